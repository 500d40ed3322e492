import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunResult } from '@suite/sandbox';
import { recordPromotions, recordRunning } from '../../packages/sandbox/src/platform/run-record.ts';
import { inRegistry, makeImage } from '../support/images.ts';
import {
  conclusions,
  dispatch,
  errorMessages,
  jobOf,
  openPipelineWorld,
  type PipelineWorld,
  transcript,
} from '../support/pipeline.ts';

const off = ['prometheus-operator-crds', 'cert-manager', 'issuers', 'kube-prometheus-stack'];

let sandbox: PipelineWorld;

beforeAll(async () => {
  sandbox = await openPipelineWorld({
    platform: text =>
      text.replace(
        /^environments:/m,
        `defaults:\n  releases: { ${off.map(name => `${name}: false`).join(', ')} }\n  rollback: on-failure\n\n$&`,
      ),
  });
  sandbox.world.settings.operationMs = 0;
});
afterAll(() => sandbox.close());

const digestOf = (version: string) => {
  const registry = sandbox.world.registries.registry('ghcr.io');
  return makeImage(inRegistry(registry, 'contoso/web'), { name: `web ${version}` }).digest;
};

/** Commits to main that `web` is that version, and promotes it. */
async function promote(version: string): Promise<RunResult> {
  const { repository, runner, push } = sandbox;
  const before = await repository.resolve('refs/heads/main');
  const file = 'platform.yaml';
  const text = (await repository.readFile(before, file)) ?? '';
  const applications = 'applications: { repository: contoso/gitops, apps: [{ name: web, images: [web] }] }\n';
  const image = `images: { web: { source: "ghcr.io/contoso/web@${digestOf(version)}" } }\n`;
  const files = { [file]: `${text.replace(/^images:[\s\S]*/m, '')}${image}${applications}` };
  const after = await repository.commit({ branch: 'main', message: `web ${version}`, author: 'mona', files });
  return runner.start(push(before, after)).result;
}

const running = () =>
  Object.fromEntries(
    recordRunning(sandbox.world.azure, sandbox.world.kubernetes).map(({ environment, digests }) => [
      environment,
      digests,
    ]),
  );
const textOf = (environment: string) =>
  sandbox.gitops?.repository.readFile('refs/heads/main', `environments/${environment}/web/kustomization.yaml`);

describe('applications in a promotion', () => {
  test('the same digest runs in dev, staging and prod, each with one signed commit of its own', async () => {
    const run = await promote('one');
    expect([run.conclusion, transcript(run)]).toEqual(['success', expect.anything()]);
    const one = digestOf('one');
    expect(running()).toEqual({ dev: [one], staging: [one], prod: [one] });
    for (const environment of ['dev', 'staging', 'prod']) expect(await textOf(environment)).toContain(one);
  }, 400_000);

  test('one that cannot run in staging stops there, what ran comes back, and prod is never begun', async () => {
    const [one, two] = [digestOf('one'), digestOf('two')];
    const clusters = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
    const staging = clusters.find(({ name }) => name.includes('staging'));
    sandbox.world.kubernetes.of(staging?.id ?? '').unpullable(`*${two}`);
    const [before, recorded] = [
      await textOf('staging'),
      recordPromotions(sandbox.world.azure, sandbox.world.registries),
    ];
    const run = await promote('two');
    expect(run.conclusion).toBe('failure');
    expect(conclusions(run)).toMatchObject({
      'Apply dev': 'success',
      'Plan staging': 'success',
      'Apply staging': 'failure',
    });
    expect(Object.keys(conclusions(run))).not.toContain('Apply prod');
    expect(errorMessages(jobOf(run, 'Apply staging')).join('\n')).toMatch(/web: .*pull/i);
    expect(running()).toEqual({ dev: [two], staging: [one], prod: [one] });
    expect(await textOf('staging')).toBe(before);
    // Only dev has proven it.
    const now = recordPromotions(sandbox.world.azure, sandbox.world.registries);
    expect(now.slice(recorded.length).map(({ environment }) => environment)).toEqual(['dev']);
  }, 400_000);

  test('dev goes back: the earlier digest runs there again, by a commit of its own, and staging and prod stay', async () => {
    const [one, two] = [digestOf('one'), digestOf('two')];
    expect(await textOf('dev')).toContain(two);
    const run = await dispatch(sandbox, 'rollback.yml', { environment: 'dev', reason: 'two cannot run', to: '' });
    expect([run.conclusion, transcript(run)]).toEqual(['success', expect.anything()]);
    expect(running()).toEqual({ dev: [one], staging: [one], prod: [one] });
    expect(await textOf('dev')).toContain(one);
    const text = jobOf(run, 'Plan dev')
      .steps.map(({ summary }) => summary)
      .join('')
      .replaceAll('&#8203;', '');
    expect(text).toContain('The digests of the images go back, by a new commit in the repository of the applications.');
  }, 400_000);
});

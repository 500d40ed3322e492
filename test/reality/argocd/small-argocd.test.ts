import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject, canonicalJson, mapInParallel, parseJson } from '@suite/foundation';
import {
  type ArgoDriver,
  argoCases,
  comparable,
} from '../../../packages/sandbox/src/kubernetes/controllers/argocd/testing/cases.ts';
import type { Fields } from '../../../packages/sandbox/src/kubernetes/objects.ts';
import { argoCdNeeds, hasArgoCd, type RunningArgoCd, startArgoCd } from '../../support/argocd.ts';
import { type RunningControlPlane, startControlPlane } from '../../support/control-plane.ts';

/**
 * What the sandbox's small Argo CD is held to: its unit test puts the same cases to it, and compares with the same record.
 * `RECORD=1` writes the record anew.
 */
const file = join(
  import.meta.dirname,
  '../../../packages/sandbox/src/kubernetes/controllers/argocd/fixtures/recorded-applications.json',
);

/** Applications of these cases as Argo CD wrote them, for tests of those who read them: `packages/argocd/src/fixtures`. */
const captured: Readonly<Record<string, readonly string[]>> = {
  'a directory is synchronized by an operation': ['out-of-sync', 'synced'],
  'automatic synchronization follows the branch, prunes and heals': ['automated', 'pruned', 'healed'],
  'what is no longer wanted waits for somebody to prune it': ['prune-skipped'],
  'a kustomization with images, and images of the Application over it': ['kustomize', 'image-override'],
  'a folder that is not there': ['no-folder'],
  'a branch that is not there': ['no-branch'],
  'an operation to a commit that is not there': ['no-commit'],
  'a project that is not there': ['no-project'],
  'a project that forbids the repository': ['forbidden-repository'],
  'a project that forbids the namespace': ['forbidden-namespace'],
  'a project that forbids a kind': ['forbidden-kind'],
  'a window that is closed': ['window-blocked'],
  'hooks before and after': ['hooks'],
  'a hook that fails': ['hook-failed'],
  'a hook that fails again': ['hook-retried'],
  'waves, one after the other': ['waves'],
  'a selective operation, and a whole one after it': ['selective', 'whole-after-selective'],
  'several sources': ['multi-source'],
  'an image that cannot be pulled': ['image-pull'],
  'a deployment that is late': ['degraded'],
  'a kind that nobody has defined': ['unknown-kind'],
  'an operation that is ended': ['waiting', 'terminated'],
};
const fixtures = join(import.meta.dirname, '../../../packages/argocd/src/fixtures');

async function capture(name: string, applications: readonly Fields[], repository: string): Promise<void> {
  await mkdir(fixtures, { recursive: true });
  for (const [index, fixture] of (captured[name] ?? []).entries()) {
    const { metadata, ...rest } = asObject(applications[index]);
    const { managedFields: _, ...kept } = asObject(metadata);
    const text = JSON.stringify({ ...rest, metadata: kept }, null, 2);
    const shown = text.replaceAll(repository, 'https://github.com/contoso/gitops');
    await writeFile(join(fixtures, `${fixture}.json`), `${shown}\n`);
  }
}

let control: RunningControlPlane;
let argo: RunningArgoCd;

(hasArgoCd ? describe : describe.skip)(`the record of ${argoCdNeeds}`, () => {
  beforeAll(async () => {
    control = await startControlPlane();
    // On a busy machine its cache of the cluster is behind, and it would heal at once what it has just synced itself.
    argo = await startArgoCd(control, {
      controller: { 'self-heal-backoff-timeout-seconds': '0', 'self-heal-timeout-seconds': '5' },
    });
  });
  afterAll(async () => {
    await argo?.stop();
    await control?.stop();
  });

  test('the real Argo CD does in every case as the record says', async () => {
    const playOnce = async ({ name, play }: (typeof argoCases)[number], application: string) => {
      // Each case has a repository of its own: others would move its branch on.
      const repository = await argo.createRepository(application);
      const commits: string[] = [];
      const driver = driverOf(repository.url, async files => {
        const commit = await repository.commit(files);
        commits.push(commit);
        return commit;
      });
      const applications = await play(driver, application);
      if (process.env['RECORD'] === '1') await capture(name, applications, repository.url);
      return [name, comparable(applications, commits, repository.url, application)] as const;
    };
    const recorded = asObject(parseJson(await readFile(file, 'utf8').catch(() => '{}')));
    const applicationOf = (one: (typeof argoCases)[number]) => `app-${argoCases.indexOf(one)}`;
    const isAsRecorded = ([name, answer]: Awaited<ReturnType<typeof playOnce>>) =>
      process.env['RECORD'] === '1' || canonicalJson(answer) === canonicalJson(recorded[name]);
    const first = await mapInParallel(argoCases, 6, one =>
      playOnce(one, `${applicationOf(one)}-first`).catch(() => undefined),
    );
    // The real controller loses a refresh or overlooks an operation, now and then, and more often the busier it is: such a case is played
    // again from its beginning, alone.
    const found: Awaited<ReturnType<typeof playOnce>>[] = [];
    for (const [index, one] of argoCases.entries()) {
      let played = first[index];
      for (const again of ['-second', '-third', '-fourth', '-fifth']) {
        if (played !== undefined && isAsRecorded(played)) break;
        played = await playOnce(one, `${applicationOf(one)}${again}`).catch(() => undefined);
      }
      found.push(played ?? (await playOnce(one, `${applicationOf(one)}-last`)));
    }
    if (process.env['RECORD'] === '1') {
      const lines = found.map(([name, answer]) => `${JSON.stringify(name)}:${canonicalJson(answer)}`);
      await writeFile(file, `{\n${lines.join(',\n')}\n}\n`);
    }
    expect(Object.fromEntries(found)).toEqual(parseJson(await readFile(file, 'utf8')));
  }, 900_000);
});

function driverOf(repository: string, commit: ArgoDriver['commit']): ArgoDriver {
  const { api } = control;
  const all = '/apis/argoproj.io/v1alpha1/namespaces/argocd';
  const succeed = async (method: string, path: string, body?: unknown) => {
    const { status, body: answer } = await api.call(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  };
  return {
    repository,
    commit,
    create: async (kind, name, spec, metadata = {}) => {
      const object = { apiVersion: 'argoproj.io/v1alpha1', kind, metadata: { name, ...metadata }, spec };
      await api.create(`${all}/${kind.toLowerCase()}s`, object);
    },
    patch: (application, patch) => succeed('PATCH', `${all}/applications/${application}`, patch),
    // Then it is played again.
    until: (application, holds) => argo.until(application, holds, 60),
    untilObject: async (path, holds) => {
      const deadline = Date.now() + 300_000;
      for (;;) {
        const { status, body } = await api.call('GET', path);
        const object = status === 200 ? (body as Record<string, unknown>) : undefined;
        if (holds(object)) return object;
        if (Date.now() > deadline) throw new Error(`${path} did not become so: ${JSON.stringify(object)}`);
        await new Promise(resolve => setTimeout(resolve, 50));
      }
    },
    remove: path => succeed('DELETE', path),
  };
}

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ChangeReport, parsePinnedCharts } from '@suite/change-report';
import { type BundleWorld, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';

/** The releases that every platform has by default, from the example as it is, on the sandbox's cluster with its small charts. */
let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  sandbox.world.settings.operationMs = 0;
  for (const scope of ['shared', 'dev']) await sandbox.deploy(scope);
});
afterAll(() => sandbox.close());

const run = (inputs: Readonly<Record<string, string>>) =>
  sandbox.run({ scope: 'dev', ...inputs }, { action: 'deploy-platform', machine: 'platform' });
const plan = async (more = {}): Promise<{ readonly report: ChangeReport; readonly releases: string }> => {
  const planned = succeeded(await run({ command: 'plan', ...more }));
  return { report: await reportOf(planned), releases: planned.outputs['releases'] ?? '' };
};

describe('prometheus-operator-crds, cert-manager, issuers, kube-prometheus-stack, argo-cd', () => {
  test('are planned, applied in the order of their needs, ready, and planned again without changes', async () => {
    const { report: first, releases: reviewed } = await plan();
    expect(first.checks.filter(({ status }) => status === 'blocked')).toEqual([]);
    expect(first.verdict).toBe('changes');
    const releases = new Set(first.changes.map(({ address }) => address.split('/')[0]));
    expect([...releases].sort()).toEqual([
      'argo-cd',
      'cert-manager',
      'issuers',
      'kube-prometheus-stack',
      'prometheus-operator-crds',
    ]);
    const applied = succeeded(
      await run({ command: 'apply', 'expected-digest': first.digest ?? '', 'expected-releases': reviewed }),
    );
    const log = applied.log.join('\n');
    const at = (release: string) => log.indexOf(`${release}: installed and ready`);
    expect(at('prometheus-operator-crds')).toBeGreaterThan(0);
    expect(at('cert-manager')).toBeGreaterThan(at('prometheus-operator-crds'));
    expect(at('issuers')).toBeGreaterThan(at('cert-manager'));
    expect(at('kube-prometheus-stack')).toBeGreaterThan(at('cert-manager'));
    // For a bundle: nobody signs in, no environment is meant, and no Helm is needed. After it, somebody moves a tag.
    const { charts = '' } = succeeded(
      await sandbox.run(
        { command: 'charts' },
        { action: 'deploy-platform', machine: 'bundle', job: {}, environment: { PATH: '/nowhere' } },
      ),
    ).outputs;
    const { version, url, digest } = sandbox.world.charts.find('argo-cd');
    expect(parsePinnedCharts(charts)).toContainEqual({ from: url, version, digest });
    sandbox.world.charts.publish(
      sandbox.world.charts.pack('argo-cd', { 'Chart.yaml': `apiVersion: v2\nname: argo-cd\nversion: ${version}\n` }),
    );
    const { report: second } = await plan({ charts });
    expect(second.changes.map(({ kind, address, attributes }) => [kind, address, attributes])).toEqual([]);
    expect(second.verdict).toBe('no-changes');
    succeeded(await run({ command: 'verify' }));
  });
});

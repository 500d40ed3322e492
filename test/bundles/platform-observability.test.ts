import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChangeReport, Check } from '@suite/change-report';
import type { KubernetesView } from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';

/** Logs, traces, alerts and dashboards from a platform file that asks for all of them, on the sandbox's cluster. */
let sandbox: BundleWorld;
let cluster: KubernetesView;

/** Argo CD has tests of its own, and takes longest. */
const everything = `    releases:
      argo-cd: false
      loki: { retention: 14d }
      alloy: true
      jaeger: { storage: disk }
      dashboards: true
      alerts:
        receivers:
          - { name: duty, type: pagerduty, secret: alerts-duty, severity: critical }
        objectives:
          - { name: web, target: 99.9, errors: 'http_requests_total{code=~"5.."}', total: http_requests_total }
`;

const inDev = (text: string, said: string) => text.replace(/( {2}dev:\n(?: {4}.*\n)*)/, dev => `${dev}${said}`);

beforeAll(async () => {
  sandbox = await openBundleWorld(undefined, { 'platform.yaml': text => inDev(text, everything) });
  sandbox.world.settings.operationMs = 0;
  for (const scope of ['shared', 'dev']) await sandbox.deploy(scope);
  const [managed] = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
  if (managed === undefined) throw new Error('dev has no cluster.');
  cluster = sandbox.world.kubernetes.of(managed.id);
});
afterAll(() => sandbox.close());
afterEach(() => sandbox.restore());

const run = (inputs: Readonly<Record<string, string>>) =>
  sandbox.run({ scope: 'dev', ...inputs }, { action: 'deploy-platform', machine: 'platform' });
const plan = async (): Promise<{ readonly report: ChangeReport; readonly releases: string }> => {
  const planned = succeeded(await run({ command: 'plan' }));
  return { report: await reportOf(planned), releases: planned.outputs['releases'] ?? '' };
};
const statuses = (checks: readonly Check[], prefix: string) =>
  Object.fromEntries(checks.filter(({ id }) => id.startsWith(prefix)).map(({ id, status }) => [id, status]));
const resource = (name: string, resourceName: string) =>
  cluster.get({ resource: resourceName, name, namespace: 'monitoring' });

test('all are planned, applied in the order of their needs, seen to work, and planned again without changes', async () => {
  const { report: first, releases: reviewed } = await plan();
  expect(first.checks.filter(({ status }) => status === 'blocked')).toEqual([]);
  const applied = succeeded(
    await run({ command: 'apply', 'expected-digest': first.digest ?? '', 'expected-releases': reviewed }),
  );
  const log = applied.log.join('\n');
  const at = (release: string) => log.indexOf(`${release}: installed and ready`);
  for (const release of ['loki', 'jaeger', 'alloy', 'alerts', 'dashboards', 'kube-prometheus-stack']) {
    expect([release, at(release) > 0]).toEqual([release, true]);
  }
  expect(at('alloy')).toBeGreaterThan(Math.max(at('loki'), at('jaeger')));
  expect(at('kube-prometheus-stack')).toBeGreaterThan(at('alerts'));
  const { report: second } = await plan();
  expect(second.changes).toEqual([]);
  expect(second.verdict).toBe('no-changes');
});

describe('verify', () => {
  test('is a table of what is seen, and says what nobody knows', async () => {
    const verified = succeeded(await run({ command: 'verify' }));
    const { checks, verdict } = await reportOf(verified);
    expect(verdict).toBe('verified');
    expect(statuses(checks, 'running/data-source/')).toEqual({
      'running/data-source/prometheus': 'passed',
      'running/data-source/loki': 'passed',
      'running/data-source/jaeger': 'passed',
    });
    expect(statuses(checks, 'running/alert/')).toEqual({
      'running/alert/Watchdog': 'passed',
      'running/alert/PlatformCanary': 'passed',
    });
    expect(statuses(checks, 'running/log-lines')).toEqual({ 'running/log-lines': 'passed' });
    const monitors = statuses(checks, 'running/target/');
    for (const name of ['loki', 'alloy', 'jaeger'])
      expect(monitors[`running/target/monitoring/${name}`]).toBe('passed');
    // The sandbox has no kubelet that Prometheus could ask.
    expect(monitors['running/target/monitoring/kube-prometheus-stack-kubelet']).toBe('unknown');
    expect(verified.summary).toContain('Lines of the canary in Loki');
  });

  test('fails when the alert that always fires is not there any more, and names it', async () => {
    const place = { resource: 'prometheusrules', name: 'platform-platform', namespace: 'monitoring' };
    const rule = cluster.get(place);
    if (rule === undefined) throw new Error('There is no such rule.');
    expect(cluster.delete(place)).toBe(true);
    const verified = await run({ command: 'verify' });
    expect(verified.conclusion).toBe('failure');
    expect(errors(verified).join('\n')).toContain('PrometheusRule monitoring/platform-platform: should be there');
    const { checks, differences } = await reportOf(verified);
    expect(statuses(checks, 'running/alert/PlatformCanary')).toEqual({ 'running/alert/PlatformCanary': 'failed' });
    expect(differences.map(({ what }) => what)).toContain('Alert PlatformCanary in Alertmanager');
    cluster.put(rule);
    succeeded(await run({ command: 'verify' }));
  });
});

describe('what is in the cluster', () => {
  test('Loki signs in as what Terraform made for it, and keeps its lines in that account', () => {
    const [identity] = sandbox.world.azure
      .resources('Microsoft.ManagedIdentity/userAssignedIdentities')
      .filter(({ name }) => /loki/.test(name));
    const account = resource('loki', 'serviceaccounts');
    expect(account?.metadata.annotations?.['azure.workload.identity/client-id']).toBe(
      (identity?.properties as { clientId?: string } | undefined)?.clientId,
    );
    const text = JSON.stringify(resource('loki', 'configmaps')?.['data']);
    const accounts = sandbox.world.azure.resources('Microsoft.Storage/storageAccounts').map(({ name }) => name);
    expect(accounts.some(name => text.includes(`account_name: ${name}`))).toBe(true);
    expect(text).toContain('use_federated_token: true');
    expect(text).toContain('retention_period: 336h');
  });

  test('Alertmanager takes its configuration from the platform file, which holds no secret', () => {
    const alertmanager = resource('kube-prometheus-stack-alertmanager', 'alertmanagers');
    expect(alertmanager?.['spec']).toMatchObject({ alertmanagerConfiguration: { name: 'platform' } });
    expect(resource('platform', 'alertmanagerconfigs')?.['spec']).toMatchObject({
      receivers: [
        { name: 'nobody' },
        { name: 'duty', pagerdutyConfigs: [{ routingKey: { name: 'alerts-duty', key: 'routing-key' } }] },
      ],
    });
  });
});

describe('what the platform file cannot have is said at its line', () => {
  test('a cache that no node holds', async () => {
    let lines: readonly string[] = [];
    const lineOf = (words: string) => 1 + lines.findIndex(line => line.includes(words));
    await sandbox.edit('platform.yaml', text => {
      const edited = text.replace('loki: { retention: 14d }', 'loki: { cache: 64Gi }');
      lines = edited.split('\n');
      return edited;
    });
    const planned = await run({ command: 'plan', 'fail-if-blocked': 'true' });
    expect(planned.conclusion).toBe('failure');
    const { checks } = await reportOf(planned);
    const blocked = checks.filter(({ status }) => status === 'blocked');
    expect(blocked).toMatchObject([{ id: 'release/loki/placement', setting: 'releases.loki' }]);
    expect(blocked[0]?.message).toMatch(
      /StatefulSet monitoring\/loki-chunks-cache.*user: requests 76\.82 GiB of 13\.81 GiB/,
    );
    expect(planned.annotations).toContainEqual(
      expect.objectContaining({
        file: 'platform.yaml',
        line: lineOf('loki: {'),
        message: expect.stringContaining('loki-chunks-cache'),
      }),
    );
  });

  test.each([
    ['loki: { retention: 14d }', 'loki: { replicas: 2 }', /^\d+:\d+: Two servers of Loki are no safer than one/],
    ['secret: alerts-duty, ', '', /^\d+:\d+: `pagerduty` of `duty` has no `secret`/],
    ['target: 99.9', 'target: 100', /^\d+:\d+: .*objectives\[0\]\.target` is `100`/],
  ])('%s → %s', async (from, to, message) => {
    await sandbox.edit('platform.yaml', text => text.replace(from, to));
    const planned = await run({ command: 'plan' });
    expect(planned.conclusion).toBe('failure');
    expect(errors(planned).join('\n')).toMatch(message);
  });
});

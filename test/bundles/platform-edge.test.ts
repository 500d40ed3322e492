import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChangeReport } from '@suite/change-report';
import { type BundleWorld, errors, openBundleWorld, type RunOptions, reportOf, succeeded } from '../support/bundle.ts';

/** The way in from the Internet and the ground, through the bundle as it ships. Each test goes on from the one before it. */
let sandbox: BundleWorld;
const everything = '{ routes: { grafana: true }, namespaces: true, network-policies: true, storage-classes: true }';

beforeAll(async () => {
  sandbox = await openBundleWorld(undefined, {
    'platform.yaml': text => text.replace(/( {2}dev:\n)/, `$1    releases: ${everything}\n`),
  });
  sandbox.world.settings.operationMs = 0;
  for (const scope of ['shared', 'dev']) await sandbox.deploy(scope);
});
afterAll(() => sandbox.close());

const run = (inputs: Readonly<Record<string, string>>, options: RunOptions = {}) =>
  sandbox.run({ scope: 'dev', ...inputs }, { action: 'deploy-platform', machine: 'edge', ...options });
const plan = async (): Promise<{ readonly report: ChangeReport; readonly releases: string }> => {
  const planned = succeeded(await run({ command: 'plan' }));
  return { report: await reportOf(planned), releases: planned.outputs['releases'] ?? '' };
};
const say = (releases: string) =>
  sandbox.edit('platform.yaml', text => text.replace(/^ {4}releases: .*$/m, `    releases: ${releases}`));
const cluster = () => {
  const { subscription, resourceGroup, cluster } = sandbox.views.find(
    (view): view is Extract<typeof view, { kind: 'environment' }> => view.scope === 'dev',
  ) as Extract<(typeof sandbox.views)[number], { kind: 'environment' }>;
  return sandbox.world.kubernetes.of(
    `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${cluster.name}`,
  );
};
const blocked = ({ checks }: ChangeReport) =>
  checks.flatMap(({ status, message }) => (status === 'blocked' ? [message] : []));

const added = [
  'alb-controller',
  'gateway',
  'gateway-api-crds',
  'namespaces',
  'network-policies',
  'routes',
  'storage-classes',
];
const gatewayDefinition = { resource: 'customresourcedefinitions', name: 'gateways.gateway.networking.k8s.io' };

describe('contradictions stop the plan at their line of the platform file', () => {
  test.each([
    [
      '{ routes: true, gateway: false }',
      '`routes` needs `gateway`, which is off. Remove `gateway: false`, or set `routes: false`.',
    ],
    [
      '{ alb-controller: { values: { albController: { installGatewayApiCRDs: true } } } }',
      'The kinds of Gateway API would have two owners: `alb-controller` and `gateway-api-crds`. Remove it, or set `gateway-api-crds: false`.',
    ],
    [
      '{ issuers: { challenge: http } }',
      "Let's Encrypt would ask the gateway, and `gateway` is off. Set `releases.gateway: true`, or `challenge: dns`.",
    ],
  ])('%s', async (releases, message) => {
    await say(releases);
    const result = await run({ command: 'plan' });
    await say(everything);
    expect(result.conclusion).toBe('failure');
    expect(result.annotations.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({ file: 'platform.yaml', line: 13, message: expect.stringContaining(message) }),
    ]);
  });

  test('kinds of Gateway API that somebody else has brought', async () => {
    cluster().put({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {
        name: gatewayDefinition.name,
        annotations: { 'app.kubernetes.io/managed-by': 'aks', 'gateway.networking.k8s.io/bundle-version': 'v1.4.1' },
      },
      spec: {
        group: 'gateway.networking.k8s.io',
        scope: 'Namespaced',
        names: { kind: 'Gateway', plural: 'gateways' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    });
    // Before the first apply the plan identity may not look; whoever applies does, and changes nothing.
    const { report, releases } = await plan();
    const refused = await run({
      command: 'apply',
      'expected-digest': report.digest ?? '',
      'expected-releases': releases,
    });
    expect(errors(refused)).toEqual([
      expect.stringContaining('The cluster has the kinds of Gateway API already (v1.4.1), from `aks`.'),
    ]);
    expect(cluster().get({ resource: 'namespaces', name: 'gateway' })).toBeUndefined();
    cluster().delete(gatewayDefinition);
    await cluster().settled();
  });
});

describe('gateway-api-crds, alb-controller, gateway, routes, namespaces, network-policies, storage-classes', () => {
  test('are planned, applied in the order of their needs, ready, and planned again without changes', async () => {
    const { report: first, releases: reviewed } = await plan();
    expect(blocked(first)).toEqual([]);
    const releases = new Set(first.changes.map(({ address }) => address.split('/')[0]));
    expect([...releases]).toEqual(expect.arrayContaining(added));
    const applied = succeeded(
      await run({ command: 'apply', 'expected-digest': first.digest ?? '', 'expected-releases': reviewed }),
    );
    const log = applied.log.join('\n');
    const at = (release: string) => log.indexOf(`${release}: installed and ready`);
    for (const release of added) expect([release, at(release) > 0]).toEqual([release, true]);
    expect(at('alb-controller')).toBeGreaterThan(at('gateway-api-crds'));
    expect(at('gateway')).toBeGreaterThan(at('alb-controller'));
    expect(at('gateway')).toBeGreaterThan(at('issuers'));
    expect(at('routes')).toBeGreaterThan(at('gateway'));
    expect(at('routes')).toBeGreaterThan(at('argo-cd'));
    const { report: second } = await plan();
    expect(second.changes.map(({ kind, address, attributes }) => [kind, address, attributes])).toEqual([]);
    expect(second.verdict).toBe('no-changes');
  });

  test('every interface answers a person through the gateway, under its name and over HTTPS', async () => {
    const report = await reportOf(succeeded(await run({ command: 'verify' })));
    expect(
      report.checks.filter(({ id }) => id.startsWith('release/routes/')).map(({ name, status }) => [name, status]),
    ).toEqual([
      ['Argo CD answers at https://argocd.dev.platform.contoso.com/healthz', 'passed'],
      ['Grafana answers at https://grafana.dev.platform.contoso.com/api/health', 'passed'],
    ]);
    const asked = sandbox.world.ledger.requests.map(({ host }) => host);
    expect(asked).toEqual(expect.arrayContaining(['argocd.dev.platform.contoso.com']));
    expect(sandbox.world.ledger.refusedHosts).toEqual([]);
    const gateway = cluster().get({ resource: 'gateways', namespace: 'gateway', name: 'platform' });
    expect(gateway).toMatchObject({ status: { addresses: [{ value: expect.stringMatching(/\.alb\.azure\.com$/) }] } });
  });

  test('a route whose service is gone is told by what it says, and by who does not answer', async () => {
    cluster().delete({ resource: 'services', namespace: 'argocd', name: 'argocd-server' });
    await cluster().settled();
    const result = await run({ command: 'verify' });
    expect(result.conclusion).toBe('failure');
    const told = errors(result).join('\n');
    expect(told).toContain('Service argocd/argocd-server: should be there, and is absent.');
    expect(told).toMatch(/release routes: should be ready, and is .*Service argocd\/argocd-server not found/);
    const report = await reportOf(result);
    const argoCd = report.checks.find(({ id }) => id === 'release/routes/argocd');
    // Its gateway has no route for the name any more, so nobody could be asked.
    expect(argoCd?.status).toBe('unknown');
  });
});

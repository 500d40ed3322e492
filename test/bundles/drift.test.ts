import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject } from '@suite/foundation';
import { type KubernetesView, rememberResources } from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';
import { heldByAnother } from '../support/held-step.ts';
import { inRegistry, makeImage } from '../support/images.ts';

/** The example's dev with Argo CD and one application, as its last apply left it. */
let sandbox: BundleWorld;
let cluster: KubernetesView;
let clusterId: string;
let undo: () => void;

const off = ['prometheus-operator-crds', 'cert-manager', 'issuers', 'kube-prometheus-stack'];

beforeAll(async () => {
  sandbox = await openBundleWorld(undefined, {
    // Releases that play no part here are switched off.
    'platform.yaml': text =>
      text.replace(
        /( {2}dev:\n(?: {4}.*\n)*)/,
        dev => `${dev}    releases: { ${off.map(name => `${name}: false`).join(', ')} }\n`,
      ),
  });
  sandbox.world.settings.operationMs = 0;
  const { digest } = makeImage(inRegistry(sandbox.world.registries.registry('ghcr.io'), 'contoso/web'), {
    name: 'web',
  });
  await sandbox.edit(
    'platform.yaml',
    text => `${text.replace(/^images:[\s\S]*/m, '')}images:
  web: { source: "ghcr.io/contoso/web@${digest}" }
applications: { repository: contoso/gitops, sync: manual, apps: [{ name: web, images: [web] }] }
`,
  );
  for (const scope of ['shared', 'dev']) await sandbox.deploy(scope);
  const planned = succeeded(await look('deploy-platform', 'plan'));
  succeeded(
    await look('deploy-platform', 'apply', {
      'expected-digest': planned.outputs['digest'] ?? '',
      'expected-releases': planned.outputs['releases'] ?? '',
    }),
  );
  succeeded(await look('push-acr', 'push'));
  succeeded(await look('sync-argocd', 'sync', access()));
  const [managed] = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
  clusterId = managed?.id ?? '';
  cluster = sandbox.world.kubernetes.of(clusterId);
  undo = rememberResources(sandbox.world.azure);
});
afterEach(() => {
  undo();
  sandbox.world.faults.clear();
});
afterAll(() => sandbox.close());

function access(): Readonly<Record<string, string>> {
  const { gitops } = sandbox;
  if (gitops === undefined) throw new Error('There is no GitOps repository.');
  return { 'gitops-app-id': gitops.app.clientId, 'gitops-app-key': gitops.app.privateKey };
}

type Action = 'provision-aks' | 'deploy-platform' | 'push-acr' | 'sync-argocd';

const look = (action: Action, command = 'drift', inputs: Readonly<Record<string, string>> = {}) =>
  sandbox.run({ command, scope: 'dev', ...inputs }, { action });

async function infrastructure() {
  const result = await look('provision-aks');
  return { result, report: await reportOf(result) };
}

/** With the platform file as it is after an edit, and as it was afterwards. */
async function withFile<T>(change: (text: string) => string, work: () => Promise<T>): Promise<T> {
  let before = '';
  await sandbox.edit('platform.yaml', text => {
    before = text;
    const after = change(text);
    if (after === text) throw new Error('The platform file is not as this test expects it.');
    return after;
  });
  try {
    return await work();
  } finally {
    await sandbox.edit('platform.yaml', () => before);
  }
}

const properties = (id: string, change: (properties: Record<string, unknown>) => void) =>
  sandbox.world.azure.mutate(id, body => change(body['properties'] as Record<string, unknown>));
const pools = () => sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters/agentPools');
const poolId = (name: string) => `${clusterId}/agentPools/${name}`;
const cleaner = (hours: number) =>
  properties(clusterId, ({ securityProfile }) => {
    (securityProfile as { imageCleaner: { intervalHours: number } }).imageCleaner.intervalHours = hours;
  });

const shorterInterval = (text: string) =>
  text.replace(/^environments:/m, 'defaults:\n  cluster:\n    features:\n      image-cleaner: { interval: 24h }\n\n$&');

/** A run of another workflow holds the lease of dev. */
function holdLease() {
  return sandbox.world.faults.add({
    match: ({ method, path }) => method === 'HEAD' && path.endsWith('/dev/westeurope.tfstate.run'),
    answer: heldByAnother('deploy-platform apply'),
  });
}
const beingChanged =
  /^What is being changed now is not compared\. The run \S+\/runs\/4712 of hubot \(deploy-platform apply, .*\) works on dev in westeurope\./;

describe('infrastructure', () => {
  test('as applied it is clean, and nothing is written to say so', async () => {
    const before = sandbox.world.ledger.writes().length;
    const { result, report } = await infrastructure();
    succeeded(result);
    expect(report).toMatchObject({
      command: 'drift',
      verdict: 'clean',
      drift: [],
      differences: [],
      warnings: [],
      checks: [],
      changes: [],
    });
    expect(sandbox.world.ledger.writes().slice(before)).toEqual([]);
    expect(result.summary).toContain('**clean**');
  });

  test('what Azure does by itself is no drift: patches, node images, and nodes that the autoscaler added', async () => {
    const newer = (version: unknown) => `${String(version).split('.').slice(0, 2).join('.')}.99`;
    properties(clusterId, own => {
      own['currentKubernetesVersion'] = newer(own['currentKubernetesVersion']);
      own['kubernetesVersion'] = newer(own['kubernetesVersion']);
    });
    for (const { id } of pools()) {
      properties(id, own => {
        own['currentOrchestratorVersion'] = newer(own['currentOrchestratorVersion']);
        own['orchestratorVersion'] = newer(own['orchestratorVersion']);
        own['nodeImageVersion'] = 'AKSUbuntu-2404gen2containerd-209912.01.0';
        own['count'] = Number(own['count']) + 1;
      });
    }
    const { result, report } = await infrastructure();
    succeeded(result);
    expect(report).toMatchObject({ verdict: 'clean', drift: [], differences: [], warnings: [] });
  });

  test('what Terraform sees is told once, from what was to what is, with its setting', async () => {
    cleaner(24);
    sandbox.world.azure.recordActivity({
      resourceId: clusterId,
      caller: 'mona@contoso.com',
      operation: 'Microsoft.ContainerService/managedClusters/write',
      at: Date.now() - 60_000,
    });
    const { result, report } = await infrastructure();
    succeeded(result);
    expect(report.warnings).toEqual([expect.stringContaining('was last changed by `mona@contoso.com` at ')]);
    expect(report).toMatchObject({
      verdict: 'drifted',
      drift: [
        {
          attributes: [
            {
              path: 'image_cleaner_interval_hours',
              before: { text: '48' },
              after: { text: '24' },
              setting: 'cluster.features.image-cleaner.interval',
            },
          ],
        },
      ],
      differences: [],
    });
    expect(result.summary).toContain('1 thing was changed by others');
  });

  test('a pool that was made by hand, and a taint of the system pool, are drift that no plan shows', async () => {
    properties(poolId('system'), own => {
      own['nodeTaints'] = [...(own['nodeTaints'] as string[]), 'team=data:NoSchedule'];
    });
    const [one] = pools();
    const { id: _, name: __, type: ___, ...body } = one ?? { id: '', name: '', type: '' };
    sandbox.world.azure.putResource(poolId('byhand'), structuredClone(body));
    const { report } = await infrastructure();
    expect(report).toMatchObject({
      verdict: 'drifted',
      drift: [],
      differences: [
        { what: 'Node pool system: taints', expected: '["CriticalAddonsOnly=true:NoSchedule"]' },
        { what: 'Node pool byhand', expected: 'absent', actual: 'byhand' },
      ],
      changes: [],
    });
  });

  test('a pool that was deleted by hand is told once, as are labels and taints', async () => {
    sandbox.world.azure.remove(poolId('gpu'));
    properties(poolId('user'), own => {
      own['nodeLabels'] = { ...(own['nodeLabels'] as object), team: 'data' };
      own['nodeTaints'] = ['team=data:NoSchedule'];
    });
    const { report } = await infrastructure();
    expect(report).toMatchObject({
      verdict: 'drifted',
      drift: [
        { kind: 'delete', title: 'node pool gpu' },
        {
          title: 'node pool user',
          attributes: [
            { path: 'node_labels.team', setting: 'cluster.pools.user.labels' },
            { path: 'node_taints', setting: 'cluster.pools.user.taints' },
          ],
        },
      ],
      differences: [],
    });
  });

  test('a platform file that waits for its apply is no drift; beside it, drift is', async () => {
    await withFile(shorterInterval, async () => {
      const { report } = await infrastructure();
      expect(report).toMatchObject({ verdict: 'clean', drift: [], differences: [] });
      expect(report.changes).toHaveLength(1);
      properties(poolId('user'), own => {
        own['maxCount'] = 9;
      });
      const { report: both } = await infrastructure();
      expect(both).toMatchObject({
        verdict: 'drifted',
        drift: [{ title: 'node pool user', attributes: [{ path: 'max_count', after: { text: '9' } }] }],
        differences: [],
      });
    });
  });

  test('what the platform file says by now is no drift any more, and is mentioned', async () => {
    cleaner(24);
    await withFile(shorterInterval, async () => {
      const { result, report } = await infrastructure();
      succeeded(result);
      expect(report).toMatchObject({ verdict: 'clean', drift: [], differences: [] });
      expect(report.warnings).toEqual([expect.stringContaining('`image_cleaner_interval_hours` (now `24`)')]);
    });
  });

  test('what cannot be read is never clean: the step fails and says what', async () => {
    sandbox.world.faults.add({
      match: ({ host, path }) => host === 'management.azure.com' && /\/registries\/[^/]+$/i.test(path),
      answer: { status: 403, body: '{"error":{"code":"AuthorizationFailed","message":"No."}}' },
    });
    const { result, report } = await infrastructure();
    expect(result.exitCode).toBe(1);
    expect(report.verdict).toBe('incomplete');
    expect(report.checks).toContainEqual(expect.objectContaining({ id: 'drift/unread', status: 'unknown' }));
    expect(errors(result).length).toBeGreaterThan(0);
  });

  test('while another run works there nothing is compared', async () => {
    const view = sandbox.views.find(({ scope }) => scope === 'dev');
    if (view === undefined) throw new Error('The example has no dev.');
    cleaner(24);
    const { account, container, key } = view.state;
    const blob = sandbox.world.azure.readBlob(account, container, key);
    sandbox.world.faults.add({
      match: request => request.method === 'HEAD' && request.path.endsWith(key),
      answer: {
        status: 200,
        headers: { 'x-ms-lease-state': 'leased', 'x-ms-lease-status': 'locked', etag: blob?.etag ?? '' },
      },
    });
    const { result, report } = await infrastructure();
    expect(result.exitCode).toBe(1);
    expect(report).toMatchObject({ verdict: 'incomplete', drift: [] });
    expect(errors(result)[0]).toMatch(/^What is being changed now is not compared\. /);
  });

  test('a cluster that Azure is upgrading is neither clean nor drifted', async () => {
    properties(clusterId, own => {
      own['provisioningState'] = 'Upgrading';
    });
    const { result, report } = await infrastructure();
    expect(result.exitCode).toBe(1);
    expect(report).toMatchObject({ verdict: 'incomplete', drift: [], differences: [] });
    expect(errors(result).join('\n')).toContain('Provisioning state is `Upgrading`: somebody, or Azure itself');
  });

  test.each([
    ['a plan file', { 'plan-file': 'p' }, 'has no meaning with `drift`'],
    ['no scope', { scope: '' }, 'is required but was not given'],
    ['a scope that there is not', { scope: 'deb' }, 'Did you mean'],
  ])('%s is refused at once', async (_, inputs, message) => {
    const result = await look('provision-aks', 'drift', inputs);
    expect(result.exitCode).toBe(1);
    expect(errors(result).join('\n')).toContain(message);
  });
});

const settings = { resource: 'configmaps', namespace: 'argocd', name: 'argocd-cm' };
const setReconciliation = (every: string) => cluster.patch(settings, { data: { 'timeout.reconciliation': every } });

describe('platform', () => {
  const platform = async () => {
    const result = await look('deploy-platform');
    return { result, report: await reportOf(result) };
  };

  test('as applied it is clean, and nothing is written', async () => {
    const before = sandbox.world.ledger.writes().length;
    const { result, report } = await platform();
    succeeded(result);
    expect(report).toMatchObject({ command: 'drift', verdict: 'clean', drift: [], changes: [] });
    expect(sandbox.world.ledger.writes().slice(before)).toEqual([]);
  });

  test('a field that somebody set and an object that somebody deleted, from what was applied to what is', async () => {
    const service = { resource: 'services', namespace: 'argocd', name: 'argocd-server' };
    const there = cluster.get(service);
    const was = asObject(cluster.get(settings)?.['data'])['timeout.reconciliation'];
    setReconciliation('7s');
    cluster.delete(service);
    const { result, report } = await platform();
    succeeded(result);
    expect(report.verdict).toBe('drifted');
    expect(report.drift).toMatchObject([
      {
        kind: 'update',
        title: 'ConfigMap argocd/argocd-cm',
        attributes: [{ before: { text: was }, after: { text: '7s' } }],
      },
      { kind: 'delete', title: 'Service argocd/argocd-server' },
    ]);
    if (there !== undefined) cluster.put(there as Parameters<KubernetesView['put']>[0]);
    setReconciliation(String(was));
  });

  test('a file that waits for its apply is no drift; beside it, what somebody set is', async () => {
    const was = asObject(cluster.get(settings)?.['data'])['timeout.reconciliation'];
    const waiting = (text: string) =>
      text.replace('releases: { ', 'releases: { argo-cd: { values: { configs: { cm: { exec.enabled: true } } } }, ');
    await withFile(waiting, async () => {
      const { result, report } = await platform();
      succeeded(result);
      expect([report.verdict, report.drift]).toEqual(['clean', []]);
      expect(report.changes.map(({ title }) => title)).toContain('ConfigMap argocd/argocd-cm');
      setReconciliation('7s');
      const { report: both } = await platform();
      expect(both.verdict).toBe('drifted');
      expect(both.drift).toMatchObject([
        { title: 'ConfigMap argocd/argocd-cm', attributes: [{ after: { text: '7s' } }] },
      ]);
      expect(both.drift[0]?.attributes).toHaveLength(1);
    });
    setReconciliation(String(was));
  });

  test('while another run works there, its half is not called drift', async () => {
    const was = asObject(cluster.get(settings)?.['data'])['timeout.reconciliation'];
    setReconciliation('7s');
    holdLease();
    const { result, report } = await platform();
    setReconciliation(String(was));
    expect([result.exitCode, report.verdict, report.drift]).toEqual([1, 'incomplete', []]);
    expect(errors(result)).toEqual([expect.stringMatching(beingChanged)]);
    expect(report.checks).toContainEqual(expect.objectContaining({ message: expect.stringMatching(beingChanged) }));
  });

  test('a cluster that does not answer is not clean', async () => {
    sandbox.world.faults.add({
      match: ({ host, path }) => host.endsWith('.azmk8s.io') && path.includes('/configmaps'),
      answer: {
        status: 403,
        body: '{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","message":"no","code":403}',
      },
    });
    const { result, report } = await platform();
    expect([result.exitCode, report.verdict]).toEqual([1, 'incomplete']);
  });
});

describe('applications', () => {
  const applications = async () => {
    const result = await look('sync-argocd', 'drift', access());
    return { result, report: await reportOf(result) };
  };

  test('as synced they are clean', async () => {
    const before = sandbox.world.ledger.writes().filter(({ host }) => host.endsWith('.azmk8s.io')).length;
    const { result, report } = await applications();
    succeeded(result);
    expect(report).toMatchObject({ command: 'drift', verdict: 'clean', drift: [] });
    expect(
      sandbox.world.ledger
        .writes()
        .filter(({ host }) => host.endsWith('.azmk8s.io'))
        .slice(before),
    ).toEqual([]);
  });

  test('a field that somebody set is drift', async () => {
    const place = { resource: 'deployments', namespace: 'web', name: 'web' };
    const before = Number(asObject(cluster.get(place)?.['spec'])['replicas'] ?? 1);
    cluster.patch(place, { spec: { replicas: before + 3 } });
    const { result, report } = await applications();
    succeeded(result);
    expect(report).toMatchObject({
      verdict: 'drifted',
      drift: [{ title: 'Deployment web/web', attributes: [{ path: 'spec.replicas' }] }],
    });
    cluster.patch(place, { spec: { replicas: before } });
  });

  test('while another run works there, its half is not called drift', async () => {
    holdLease();
    const { result, report } = await applications();
    expect([result.exitCode, report.verdict, report.drift]).toEqual([1, 'incomplete', []]);
    expect(errors(result)).toEqual([expect.stringMatching(beingChanged)]);
  });

  test('without a way to their repository nothing is known', async () => {
    const result = await look('sync-argocd', 'drift', { 'gitops-app-id': '', 'gitops-app-key': '' });
    expect(result.exitCode).toBe(1);
    expect((await reportOf(result)).verdict).toBe('incomplete');
  });
});

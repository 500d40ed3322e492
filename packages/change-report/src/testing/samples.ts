import type { Change, ChangeReport, Timing, Value } from '../model.ts';

export const shown = (text: string): Value => ({ is: 'shown', text });

/** A plan that finds nothing to do; `overrides` say what it found instead. */
export function sampleReport(overrides: Partial<ChangeReport> = {}): ChangeReport {
  return {
    schema: 'change-report/v1',
    action: 'provision-aks',
    command: 'plan',
    platform: 'contoso',
    scope: 'dev',
    region: 'westeurope',
    production: false,
    commit: { head: '9f3c2e1000000000000000000000000000000000' },
    run: { id: '4711', attempt: '1', url: 'https://example.invalid/runs/4711', actor: 'octocat' },
    startedAt: '2026-11-24T05:00:12.000Z',
    finishedAt: '2026-11-24T05:01:30.000Z',
    verdict: 'no-changes',
    changes: [],
    drift: [],
    outputs: [],
    checks: [],
    differences: [],
    warnings: [],
    timings: [],
    digest: `7c1e${'0'.repeat(56)}09af`,
    ...overrides,
  };
}

/** An identity that is added; `overrides` say what happens instead. */
export function sampleChange(overrides: Partial<Change> = {}): Change {
  return {
    address: 'azurerm_user_assigned_identity.mlflow',
    type: 'azurerm_user_assigned_identity',
    title: 'identity id-mlflow',
    kind: 'create',
    reasons: [],
    attributes: [{ path: 'name', before: { is: 'absent' }, after: shown('id-mlflow') }],
    reach: 'identity',
    risk: 'low',
    ...overrides,
  };
}

const poolSize = { path: 'vm_size', before: shown('Standard_NC24s_v3'), after: shown('Standard_NC4as_T4_v3') };

export const rotatedPool = sampleChange({
  address: 'module.pools.azurerm_kubernetes_cluster_node_pool.this["gpu"]',
  type: 'azurerm_kubernetes_cluster_node_pool',
  title: 'node pool gpu',
  kind: 'rotate',
  reasons: [{ text: '', attribute: poolSize }],
  attributes: [poolSize, { path: 'max_count', before: shown('2'), after: shown('3') }],
  reach: 'node-pool',
  risk: 'high',
  allowKey: 'node-pool/gpu',
  effect: 'Its nodes are drained and deleted one after another; pods on them restart elsewhere.',
});

const clusterNetwork = {
  path: 'network_profile.network_plugin',
  before: shown('azure'),
  after: shown('kubenet'),
};

export const replacedCluster = sampleChange({
  address: 'azurerm_kubernetes_cluster.this',
  type: 'azurerm_kubernetes_cluster',
  title: 'cluster aks-contoso-dev-westeurope',
  kind: 'replace',
  createBeforeDelete: false,
  reasons: [{ text: '', attribute: clusterNetwork }],
  attributes: [
    clusterNetwork,
    { path: 'id', before: shown('/subscriptions/0000/aks-contoso-dev-westeurope'), after: { is: 'unknown' } },
    { path: 'windows_profile.admin_password', before: { is: 'sensitive' }, after: { is: 'sensitive' } },
  ],
  reach: 'cluster',
  risk: 'critical',
  allowKey: 'cluster',
  effect: 'Everything that runs in it stops; what its disks hold is lost.',
});

export const changedCluster = sampleChange({
  address: 'azurerm_kubernetes_cluster.this',
  type: 'azurerm_kubernetes_cluster',
  title: 'cluster aks-contoso-dev-westeurope',
  kind: 'update',
  attributes: [{ path: 'image_cleaner_interval_hours', before: shown('48'), after: shown('24') }],
  reach: 'cluster',
});

export const sampleTimings: readonly Timing[] = [
  { name: 'identity id-mlflow', startMs: 4200, durationMs: 2100 },
  { name: 'cluster aks-contoso-dev-westeurope', startMs: 4300, durationMs: 61_000 },
  { name: 'node pool gpu', startMs: 66_000, durationMs: 305_000 },
];

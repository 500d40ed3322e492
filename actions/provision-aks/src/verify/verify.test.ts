import { describe, expect, test } from '@jest/globals';
import type { EnvironmentScope } from '@suite/platform-file';
import { environmentView } from '../views.fixture.ts';
import { compareCluster, expectations, type LiveCluster, type LivePool } from './index.ts';

const workspace =
  '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-contoso-shared/providers/Microsoft.OperationalInsights/workspaces/log-contoso';

const system: LivePool = {
  name: 'system',
  mode: 'System',
  size: 'Standard_D4ds_v5',
  autoscaling: true,
  min: 2,
  max: 10,
  labels: { 'node-type': 'system' },
  taints: ['CriticalAddonsOnly=true:NoSchedule'],
  zones: ['1', '2', '3'],
  gpuDriver: undefined,
  version: '1.35.2',
  provisioningState: 'Succeeded',
  powerState: 'Running',
};
const user: LivePool = { ...system, name: 'user', mode: 'User', min: 1, labels: { 'node-type': 'user' }, taints: [] };
const gpu: LivePool = {
  ...user,
  name: 'gpu',
  size: 'Standard_NC4as_T4_v3',
  min: 0,
  max: 2,
  zones: [],
  labels: { 'node-type': 'ai', accelerator: 'nvidia-gpu' },
  taints: ['nvidia.com/gpu=true:NoSchedule'],
  gpuDriver: 'Install',
};

/** What runs when the guide's defaults were applied. */
const live: LiveCluster = {
  provisioningState: 'Succeeded',
  powerState: 'Running',
  version: '1.35.2',
  tier: 'Standard',
  nodeResourceGroup: 'rg-contoso-dev-nodes',
  identity: 'UserAssigned',
  private: false,
  runCommand: true,
  authorizedRanges: [],
  localAccounts: false,
  rbac: true,
  azureRbac: true,
  entra: true,
  admins: ['66666666-6666-6666-6666-666666666666'],
  network: {
    plugin: 'azure',
    pluginMode: 'overlay',
    policy: 'cilium',
    dataplane: 'cilium',
    outboundType: 'loadBalancer',
  },
  upgrades: { cluster: 'patch', nodes: 'NodeImage' },
  features: {
    monitoring: { workspace },
    defender: { workspace },
    policy: true,
    secretsProvider: { rotation: true, rotationInterval: '2m' },
    imageCleaner: { intervalHours: 48 },
    csi: { blob: true, disk: true, file: true, snapshot: true },
    workloadIdentity: true,
    oidcIssuer: { url: 'https://issuer.example/' },
    podIdentity: false,
  },
  pools: [system, user, gpu],
};

/** The same with other features. */
const featuring = (change: Partial<LiveCluster['features']>) => ({ features: { ...live.features, ...change } });

const { cluster } = environmentView;
const differences = (actual: LiveCluster | undefined, view: EnvironmentScope = environmentView) =>
  compareCluster(expectations(view), actual);

describe('no difference', () => {
  const gpuWith = (change: Partial<LivePool>) => ({ pools: [system, user, { ...gpu, ...change }] });

  test.each<[string, Partial<LiveCluster>]>([
    ['as applied', {}],
    ['a patch that Azure upgraded to', { version: '1.35.9' }],
    ['ids in another case', featuring({ monitoring: { workspace: workspace.toUpperCase() } })],
    ['the node resource group in another case', { nodeResourceGroup: 'RG-contoso-dev-NODES' }],
    ['groups in another case', { admins: live.admins.map(id => id.toUpperCase()) }],
    ['pools in another order', { pools: [gpu, system, user] }],
    ['a label that Azure added', gpuWith({ labels: { ...gpu.labels, 'kubernetes.azure.com/x': 'y' } })],
    ['a taint that Azure added', gpuWith({ taints: [...gpu.taints, 'sku=gpu:NoSchedule'] })],
    ['a driver that Azure leaves out', gpuWith({ gpuDriver: undefined })],
    ['zones in another order', { pools: [{ ...system, zones: ['3', '1', '2'] }, user, gpu] }],
    ['an outbound type that Azure leaves out', { network: { ...live.network, outboundType: undefined } }],
  ])('%s', (_case, change) => {
    expect(differences({ ...live, ...change })).toEqual([]);
  });

  test('a channel that Azure leaves out is none', () => {
    const view = { ...environmentView, cluster: { ...cluster, upgrades: { cluster: 'none', nodes: 'None' } as const } };
    expect(differences({ ...live, upgrades: { cluster: undefined, nodes: undefined } }, view)).toEqual([]);
  });

  test('a minor that Azure chose', () => {
    const view = {
      ...environmentView,
      cluster: { ...cluster, upgrades: { cluster: 'stable', nodes: 'NodeImage' } as const },
    };
    const actual = { ...live, version: '1.36.1', upgrades: { cluster: 'stable', nodes: 'NodeImage' } };
    expect(differences({ ...actual, pools: live.pools.map(pool => ({ ...pool, version: '1.36.1' })) }, view)).toEqual(
      [],
    );
  });

  test('an existing workspace, Azure network policies, no optional pool and no feature', () => {
    const features = {
      policy: false,
      secretsProvider: undefined,
      imageCleaner: undefined,
      csi: { blob: false, disk: true, file: true, snapshot: true },
      workloadIdentity: false,
    };
    const bare: EnvironmentScope = {
      ...environmentView,
      logs: { existing: true, id: '/logs' },
      cluster: {
        ...cluster,
        networkPolicy: 'azure',
        pools: { ...cluster.pools, user: undefined, gpu: undefined },
        features: { ...features, monitoring: false, defender: false },
      },
    };
    const actual: LiveCluster = {
      ...live,
      features: {
        ...features,
        monitoring: undefined,
        defender: undefined,
        oidcIssuer: { url: undefined },
        podIdentity: false,
      },
      network: { ...live.network, policy: 'azure', dataplane: undefined },
      pools: [system],
    };
    expect(differences(actual, bare)).toEqual([]);
  });
});

describe('each property that is off is named', () => {
  const at = (change: Partial<LiveCluster>) => differences({ ...live, ...change });

  test.each<[string, string, Partial<LiveCluster>]>([
    ['Provisioning state', 'provisioningState', { provisioningState: 'Failed' }],
    ['Power state', 'powerState.code', { powerState: 'Stopped' }],
    ['Kubernetes version', 'currentKubernetesVersion', { version: '1.34.9' }],
    ['Tier', 'sku.tier', { tier: 'Free' }],
    ['Control plane identity', 'identity.type', { identity: 'SystemAssigned' }],
    ['Node resource group', 'nodeResourceGroup', { nodeResourceGroup: 'MC_x' }],
    [
      'Cluster upgrade channel',
      'autoUpgradeProfile.upgradeChannel',
      { upgrades: { cluster: 'rapid', nodes: 'NodeImage' } },
    ],
    [
      'Node image upgrade channel',
      'autoUpgradeProfile.nodeOSUpgradeChannel',
      { upgrades: { cluster: 'patch', nodes: 'None' } },
    ],
    ['Container Insights', 'addonProfiles.omsagent.enabled', featuring({ monitoring: undefined })],
    [
      'Container Insights workspace',
      'addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID',
      featuring({ monitoring: { workspace: '/other' } }),
    ],
    ['Defender', 'securityProfile.defender.securityMonitoring.enabled', featuring({ defender: undefined })],
    [
      'Defender workspace',
      'securityProfile.defender.logAnalyticsWorkspaceResourceId',
      featuring({ defender: { workspace: undefined } }),
    ],
    ['Azure Policy', 'addonProfiles.azurepolicy.enabled', featuring({ policy: false })],
    [
      'Key Vault Secrets Provider',
      'addonProfiles.azureKeyvaultSecretsProvider.enabled',
      featuring({ secretsProvider: undefined }),
    ],
    [
      'Secret rotation',
      'addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation',
      featuring({ secretsProvider: { rotation: false, rotationInterval: '2m' } }),
    ],
    [
      'Secret rotation interval',
      'addonProfiles.azureKeyvaultSecretsProvider.config.rotationPollInterval',
      featuring({ secretsProvider: { rotation: true, rotationInterval: '5m' } }),
    ],
    ['Image Cleaner', 'securityProfile.imageCleaner.enabled', featuring({ imageCleaner: undefined })],
    [
      'Image Cleaner interval',
      'securityProfile.imageCleaner.intervalHours',
      featuring({ imageCleaner: { intervalHours: 168 } }),
    ],
    [
      'Blob CSI driver',
      'storageProfile.blobCSIDriver.enabled',
      featuring({ csi: { ...live.features.csi, blob: false } }),
    ],
    [
      'Disk CSI driver',
      'storageProfile.diskCSIDriver.enabled',
      featuring({ csi: { ...live.features.csi, disk: false } }),
    ],
    [
      'File CSI driver',
      'storageProfile.fileCSIDriver.enabled',
      featuring({ csi: { ...live.features.csi, file: false } }),
    ],
    [
      'Snapshot controller',
      'storageProfile.snapshotController.enabled',
      featuring({ csi: { ...live.features.csi, snapshot: false } }),
    ],
    ['Workload identity', 'securityProfile.workloadIdentity.enabled', featuring({ workloadIdentity: false })],
    ['OIDC issuer', 'oidcIssuerProfile.enabled', featuring({ oidcIssuer: undefined })],
    ['Pod identity', 'podIdentityProfile.enabled', featuring({ podIdentity: true })],
    ['Kubernetes RBAC', 'enableRBAC', { rbac: false }],
    ['Entra integration', 'aadProfile.managed', { entra: false }],
    ['Azure RBAC', 'aadProfile.enableAzureRBAC', { azureRbac: false }],
    ['Administrator groups', 'aadProfile.adminGroupObjectIDs', { admins: [...live.admins, 'another'] }],
    ['Local accounts off', 'disableLocalAccounts', { localAccounts: true }],
    ['Private API server', 'apiServerAccessProfile.enablePrivateCluster', { private: true }],
    ['Run command off', 'apiServerAccessProfile.disableRunCommand', { runCommand: false }],
    ['Authorized ranges', 'apiServerAccessProfile.authorizedIPRanges', { authorizedRanges: ['203.0.113.0/24'] }],
    ['Network plugin', 'networkProfile.networkPlugin', { network: { ...live.network, plugin: 'kubenet' } }],
    ['Network mode', 'networkProfile.networkPluginMode', { network: { ...live.network, pluginMode: undefined } }],
    ['Network policy', 'networkProfile.networkPolicy', { network: { ...live.network, policy: 'calico' } }],
    ['Network data plane', 'networkProfile.networkDataplane', { network: { ...live.network, dataplane: undefined } }],
    ['Outbound traffic', 'networkProfile.outboundType', { network: { ...live.network, outboundType: 'none' } }],
  ])('%s', (what, path, change) => {
    expect(at(change).map(found => [found.what, found.path])).toEqual([[what, path]]);
  });

  test.each<[string, string, Partial<LivePool>]>([
    ['provisioning state', 'provisioningState', { provisioningState: 'Canceled' }],
    ['power state', 'powerState.code', { powerState: 'Stopped' }],
    ['mode', 'mode', { mode: 'System' }],
    ['size', 'vmSize', { size: 'Standard_NC24ads_A100_v4' }],
    ['Kubernetes version', 'currentOrchestratorVersion', { version: '1.34.9' }],
    ['autoscaling', 'enableAutoScaling', { autoscaling: false }],
    ['least nodes', 'minCount', { min: undefined }],
    ['most nodes', 'maxCount', { max: 3 }],
    ['zones', 'availabilityZones', { zones: ['1'] }],
    ['labels', 'nodeLabels', { labels: { 'node-type': 'ai', accelerator: 'nvidia' } }],
    ['taints', 'nodeTaints', { taints: [] }],
    ['GPU driver', 'gpuProfile.driver', { gpuDriver: 'None' }],
  ])('node pool: %s', (what, path, change) => {
    const found = at({ pools: [system, user, { ...gpu, ...change }] });
    expect(found.map(difference => [difference.what, difference.path])).toEqual([
      [`Node pool gpu: ${what}`, `agentPoolProfiles[gpu].${path}`],
    ]);
  });

  test('with what was expected and what is there', () => {
    expect(at(featuring({ imageCleaner: { intervalHours: 168 } }))).toEqual([
      {
        what: 'Image Cleaner interval',
        path: 'securityProfile.imageCleaner.intervalHours',
        expected: 48,
        actual: 168,
      },
    ]);
  });

  test('a taint on the user pool keeps workloads off', () => {
    expect(at({ pools: [system, { ...user, taints: ['a=b:NoSchedule'] }, gpu] })).toEqual([
      {
        what: 'Node pool user: taints',
        path: 'agentPoolProfiles[user].nodeTaints',
        expected: [],
        actual: ['a=b:NoSchedule'],
      },
    ]);
  });

  test('in production the API server is private and the run command off', () => {
    const production = { ...environmentView, cluster: { ...cluster, private: true, runCommand: false } };
    expect(differences(live, production).map(found => found.what)).toEqual(['Private API server', 'Run command off']);
  });
});

describe('what is missing, and what is too much', () => {
  test('no cluster is one difference', () => {
    expect(differences(undefined)).toEqual([
      { what: 'Cluster aks-contoso-dev', path: '', expected: 'aks-contoso-dev', actual: undefined },
    ]);
  });

  test('no pool is one difference', () => {
    expect(differences({ ...live, pools: [system, user] })).toEqual([
      { what: 'Node pool gpu', path: 'agentPoolProfiles[gpu]', expected: 'gpu', actual: undefined },
    ]);
  });

  test('the pool that a broken rotation left is one difference', () => {
    expect(differences({ ...live, pools: [...live.pools, { ...user, name: 'usertmp' }] })).toEqual([
      { what: 'Node pool usertmp', path: 'agentPoolProfiles[usertmp]', expected: undefined, actual: 'usertmp' },
    ]);
  });
});

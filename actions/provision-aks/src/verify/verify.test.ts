import { describe, expect, test } from '@jest/globals';
import type { EnvironmentScope } from '@suite/platform-file';
import { environmentView, productionView } from '../views.fixture.ts';
import { compareCluster, expectations, type LiveCluster, type LivePool } from './index.ts';
import { liveCluster, livePools } from './live-cluster.fixture.ts';
import { logsId } from './resources/names.ts';

const workspace = logsId(environmentView);
const [system, user, gpu] = livePools(environmentView);
const live = liveCluster(environmentView);

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
    ['ids in another case', featuring({ monitoring: { workspace: workspace.toUpperCase(), entra: true } })],
    ['the node resource group in another case', { nodeResourceGroup: live.nodeResourceGroup?.toUpperCase() }],
    ['groups in another case', { admins: live.admins.map(id => id.toUpperCase()) }],
    ['pools in another order', { pools: [gpu, system, user] }],
    ['a label that Azure added', gpuWith({ labels: { ...gpu.labels, 'kubernetes.azure.com/x': 'y' } })],
    ['a taint that Azure added', gpuWith({ taints: [...gpu.taints, 'sku=gpu:NoSchedule'] })],
    ['a driver that Azure leaves out', gpuWith({ gpuDriver: undefined })],
    ['a priority that Azure says', gpuWith({ priority: 'Regular' })],
    ['a disk as large as Azure chose', { pools: [{ ...system, osDiskGb: 256 }, user, gpu] }],
    [
      'defaults of upgrades that Azure leaves out',
      gpuWith({ upgrade: { surge: '1', drainMinutes: undefined, soakMinutes: undefined } }),
    ],
    ['no mesh and no Gateway API, said', featuring({ serviceMesh: 'Disabled', gatewayApi: 'Disabled' })],
    ['the subnet in another case', { pools: [system, user, { ...gpu, subnet: gpu.subnet?.toUpperCase() }] }],
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

  test('zones in another order', () => {
    const [one, ...others] = livePools(productionView);
    const pools = [{ ...one, zones: ['3', '1', '2'] }, ...others];
    expect(differences({ ...liveCluster(productionView), pools }, productionView)).toEqual([]);
  });

  test('everything that production adds', () => {
    expect(differences(liveCluster(productionView), productionView)).toEqual([]);
  });

  test('an existing workspace and network, Azure network policies, no optional pool and no feature', () => {
    const features = {
      policy: false,
      secretsProvider: undefined,
      imageCleaner: undefined,
      csi: { blob: false, disk: true, file: true, snapshot: true },
      workloadIdentity: false,
      prometheus: false,
      costAnalysis: false,
    };
    const subnet = '/hub/subnets/nodes';
    const bare: EnvironmentScope = {
      ...environmentView,
      logs: { existing: true, id: '/logs' },
      network: { existing: true, id: '/hub', subnets: { compute: subnet }, egress: { kind: 'load-balancer' } },
      cluster: {
        ...cluster,
        networkPolicy: 'azure',
        pools: { ...cluster.pools, user: undefined, gpu: undefined },
        features: {
          ...features,
          monitoring: false,
          defender: false,
          diagnostics: false,
          podSecurity: undefined,
          safeguards: undefined,
        },
      },
    };
    const actual: LiveCluster = {
      ...live,
      features: {
        ...live.features,
        ...features,
        monitoring: undefined,
        defender: undefined,
        oidcIssuer: { url: undefined },
      },
      network: { ...live.network, policy: 'azure', dataplane: undefined, outboundType: undefined },
      pools: [{ ...system, subnet }],
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
      featuring({ monitoring: { workspace: '/other', entra: true } }),
    ],
    [
      'Container Insights by Entra',
      'addonProfiles.omsagent.config.useAADAuth',
      featuring({ monitoring: { workspace, entra: false } }),
    ],
    ['Prometheus metrics', 'azureMonitorProfile.metrics.enabled', featuring({ prometheus: true })],
    ['Cost analysis', 'metricsProfile.costAnalysis.enabled', featuring({ costAnalysis: false })],
    ['Managed service mesh', 'serviceMeshProfile.mode', featuring({ serviceMesh: 'Istio' })],
    ['Managed Gateway API', 'ingressProfile.gatewayAPI.installation', featuring({ gatewayApi: 'Standard' })],
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
      featuring({ secretsProvider: { rotation: false, rotationInterval: '2m', principal: 'p' } }),
    ],
    [
      'Secret rotation interval',
      'addonProfiles.azureKeyvaultSecretsProvider.config.rotationPollInterval',
      featuring({ secretsProvider: { rotation: true, rotationInterval: '5m', principal: 'p' } }),
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
    [
      'Control plane identity by name',
      'identity.userAssignedIdentities',
      { identityIds: [...live.identityIds, '/another'] },
    ],
    ['Public name of the API server', 'apiServerAccessProfile.enablePrivateClusterPublicFQDN', { publicName: false }],
    [
      'API server in the network',
      'apiServerAccessProfile.enableVnetIntegration',
      { vnetIntegration: { subnet: '/api-server' } },
    ],
    ['Encryption of disks', 'diskEncryptionSetID', { diskEncryptionSet: '/des' }],
    [
      'Load balancer tier',
      'networkProfile.loadBalancerSku',
      { network: { ...live.network, loadBalancerSku: 'basic' } },
    ],
    ['Addresses of pods', 'networkProfile.podCidr', { network: { ...live.network, podCidr: '10.0.0.0/8' } }],
    [
      'Addresses of services',
      'networkProfile.serviceCidr',
      { network: { ...live.network, serviceCidr: '10.9.0.0/16' } },
    ],
    ['DNS service', 'networkProfile.dnsServiceIP', { network: { ...live.network, dnsServiceIp: '10.0.0.11' } }],
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
    ['priority', 'scaleSetPriority', { priority: 'Spot' }],
    ['disk type', 'osDiskType', { osDiskType: 'Ephemeral' }],
    ['host encryption', 'enableEncryptionAtHost', { hostEncryption: true }],
    ['most pods on a node', 'maxPods', { maxPods: 30 }],
    ['subnet', 'vnetSubnetID', { subnet: '/other' }],
    ['surge', 'upgradeSettings.maxSurge', { upgrade: { ...gpu.upgrade, surge: '50%' } }],
    ['time to drain', 'upgradeSettings.drainTimeoutInMinutes', { upgrade: { ...gpu.upgrade, drainMinutes: 5 } }],
    ['time to soak', 'upgradeSettings.nodeSoakDurationInMinutes', { upgrade: { ...gpu.upgrade, soakMinutes: 9 } }],
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

  const production = liveCluster(productionView);

  test.each<[string, Partial<LiveCluster>]>([
    ['Private API server', { private: false }],
    ['Private API server', { private: false, publicName: true }],
    ['Public name of the API server', { publicName: true }],
    ['Private DNS zone', { privateDns: '/zone' }],
    ['Run command off', { runCommand: true }],
    ['API server in the network', { vnetIntegration: undefined }],
    ['Subnet of the API server', { vnetIntegration: { subnet: '/other' } }],
    ['Encryption of disks', { diskEncryptionSet: undefined }],
    ['Outbound traffic', { network: { ...production.network, outboundType: undefined } }],
  ])('in production: %s', (what, change) => {
    expect(differences({ ...production, ...change }, productionView).map(found => found.what)).toEqual([what]);
  });
});

describe('one kind of workers may be several pools', () => {
  const wanted = cluster.pools.user;
  if (wanted === undefined) throw new Error('the guide has a user pool');
  const colored = { ...wanted, zones: ['1', '2'], perZone: true, spot: true, osDiskGb: 256 };
  const view: EnvironmentScope = {
    ...environmentView,
    cluster: {
      ...cluster,
      pools: {
        ...cluster.pools,
        user: { ...colored, replacement: { ...colored, color: 'green' } },
        gpu: undefined,
      },
    },
  };
  const spot: LivePool = {
    ...user,
    priority: 'Spot',
    labels: { ...user.labels, 'kubernetes.azure.com/scalesetpriority': 'spot' },
    taints: ['kubernetes.azure.com/scalesetpriority=spot:NoSchedule'],
    osDiskGb: 256,
    upgrade: { surge: undefined, drainMinutes: undefined, soakMinutes: undefined },
  };
  const pools = ['user1', 'user2', 'usergreen1', 'usergreen2'].map(name => ({
    ...spot,
    name,
    zones: [name.slice(-1)],
  }));
  const at = (change: Partial<LivePool>) =>
    differences(
      { ...live, pools: [system, { ...spot, name: 'user1', zones: ['1'], ...change }, ...pools.slice(1)] },
      view,
    );

  test('per zone and color, on spare capacity', () => {
    expect(at({})).toEqual([]);
  });

  test.each<[string, Partial<LivePool>]>([
    ['priority', { priority: undefined }],
    ['zones', { zones: ['2'] }],
    ['taints', { taints: [] }],
    ['labels', { labels: user.labels }],
    ['disk size', { osDiskGb: 128 }],
  ])('%s', (what, change) => {
    expect(at(change).map(found => found.what)).toEqual([`Node pool user1: ${what}`]);
  });

  test('a color that was given up is one difference', () => {
    const extra = { ...spot, name: 'userblack1' };
    expect(differences({ ...live, pools: [system, ...pools, extra] }, view).map(found => found.what)).toEqual([
      'Node pool userblack1',
    ]);
  });
});

describe('what is missing, and what is too much', () => {
  test('no cluster is one difference', () => {
    expect(differences(undefined)).toEqual([
      { what: `Cluster ${cluster.name}`, path: '', expected: cluster.name, actual: undefined },
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

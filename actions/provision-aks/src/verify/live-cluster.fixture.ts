import { type EnvironmentScope, poolInstances } from '@suite/platform-file';
import type { LiveCluster, LivePool } from './live-cluster.ts';
import { controlPlaneIdentity, diskEncryptionSetId, logsId, subnetId } from './resources/names.ts';

/** What runs when a view was applied, as Azure says it. */
export function liveCluster(view: EnvironmentScope): LiveCluster {
  const { cluster } = view;
  const { features } = cluster;
  const workspace = logsId(view);
  return {
    provisioningState: 'Succeeded',
    powerState: 'Running',
    version: `${cluster.version}.2`,
    tier: cluster.tier,
    nodeResourceGroup: cluster.nodeResourceGroup,
    identity: 'UserAssigned',
    identityIds: [controlPlaneIdentity(view)],
    kubelet: 'principal-of-nodes',
    private: cluster.private,
    publicName: !cluster.private,
    privateDns: cluster.private ? cluster.privateDns.toLowerCase() : undefined,
    vnetIntegration: cluster.vnetIntegration ? { subnet: subnetId(view, 'apiServer') } : undefined,
    diskEncryptionSet: diskEncryptionSetId(view),
    runCommand: cluster.runCommand,
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
      outboundType: 'userAssignedNATGateway',
      loadBalancerSku: 'standard',
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.0.0.0/16',
      dnsServiceIp: '10.0.0.10',
    },
    upgrades: { cluster: 'patch', nodes: 'NodeImage' },
    features: {
      monitoring: { workspace, entra: true },
      prometheus: features.prometheus,
      costAnalysis: features.costAnalysis,
      defender: { workspace },
      policy: true,
      secretsProvider: { rotation: true, rotationInterval: '2m', principal: 'principal-of-secrets-provider' },
      imageCleaner: { intervalHours: 48 },
      csi: { blob: true, disk: true, file: true, snapshot: true },
      workloadIdentity: true,
      oidcIssuer: { url: 'https://issuer.example/' },
      podIdentity: false,
      serviceMesh: undefined,
      gatewayApi: undefined,
    },
    pools: livePools(view),
  };
}

/** The pools of the guide: system, user and GPU. */
export function livePools(view: EnvironmentScope): [system: LivePool, user: LivePool, gpu: LivePool] {
  const { cluster } = view;
  const zonesOf = (name: string) => poolInstances(cluster).find(instance => instance.name === name)?.zones ?? [];
  const system: LivePool = {
    name: 'system',
    mode: 'System',
    size: 'Standard_D4ds_v5',
    autoscaling: true,
    min: 2,
    max: 10,
    labels: { 'node-type': 'system' },
    taints: ['CriticalAddonsOnly=true:NoSchedule'],
    zones: cluster.pools.system.zones,
    gpuDriver: undefined,
    priority: undefined,
    osDiskGb: 128,
    osDiskType: 'Managed',
    hostEncryption: view.production,
    maxPods: 110,
    upgrade: { surge: '33%', drainMinutes: 30, soakMinutes: 0 },
    subnet: subnetId(view, 'compute'),
    version: '1.35.2',
    provisioningState: 'Succeeded',
    powerState: 'Running',
  };
  const user: LivePool = {
    ...system,
    name: 'user',
    mode: 'User',
    min: 1,
    zones: zonesOf('user'),
    labels: { 'node-type': 'user' },
    taints: [],
  };
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
    upgrade: { ...system.upgrade, surge: '1' },
  };
  return [system, user, gpu];
}

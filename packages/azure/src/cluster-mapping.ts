import type { AgentPool, ManagedCluster, ManagedClusterAddonProfile } from '@azure/arm-containerservice';
import type { LiveCluster, LiveFeatures, LiveNetwork, LivePool } from './live-cluster.ts';

/** The SDK's model of a cluster and its pools in our words. */
export function mapCluster(cluster: ManagedCluster, pools: readonly AgentPool[]): LiveCluster {
  const access = cluster.apiServerAccessProfile;
  const entra = cluster.aadProfile;
  return {
    id: cluster.id ?? '',
    name: cluster.name ?? '',
    location: cluster.location,
    provisioningState: cluster.provisioningState,
    powerState: cluster.powerState?.code,
    version: cluster.currentKubernetesVersion ?? cluster.kubernetesVersion,
    tier: cluster.sku?.tier,
    dnsPrefix: cluster.dnsPrefix,
    nodeResourceGroup: cluster.nodeResourceGroup,
    host: cluster.privateFqdn ?? cluster.fqdn,
    identity: mapIdentity(cluster.identity?.type),
    identityIds: Object.keys(cluster.identity?.userAssignedIdentities ?? {}),
    kubelet: cluster.identityProfile?.['kubeletidentity']?.objectId,
    private: access?.enablePrivateCluster === true,
    publicName: access?.enablePrivateCluster !== true || access.enablePrivateClusterPublicFqdn === true,
    privateDns: access?.privateDNSZone,
    vnetIntegration: access?.enableVnetIntegration === true ? { subnet: access.subnetId } : undefined,
    runCommand: access?.disableRunCommand !== true,
    authorizedRanges: access?.authorizedIPRanges ?? [],
    diskEncryptionSet: cluster.diskEncryptionSetID,
    localAccounts: cluster.disableLocalAccounts !== true,
    rbac: cluster.enableRbac === true,
    azureRbac: entra?.enableAzureRbac === true,
    entra: entra?.managed === true,
    admins: entra?.adminGroupObjectIDs ?? [],
    network: mapNetwork(cluster),
    upgrades: {
      cluster: cluster.autoUpgradeProfile?.upgradeChannel ?? 'none',
      nodes: cluster.autoUpgradeProfile?.nodeOSUpgradeChannel,
    },
    features: mapFeatures(cluster),
    pools: pools.map(mapPool).sort((left, right) => (left.name < right.name ? -1 : 1)),
  };
}

function mapIdentity(type: string | undefined): LiveCluster['identity'] {
  return type === 'SystemAssigned' || type === 'UserAssigned' ? type : 'None';
}

function mapNetwork({ networkProfile }: ManagedCluster): LiveNetwork {
  return {
    plugin: networkProfile?.networkPlugin,
    pluginMode: networkProfile?.networkPluginMode,
    policy: networkProfile?.networkPolicy,
    dataplane: networkProfile?.networkDataplane,
    outboundType: networkProfile?.outboundType,
    loadBalancerSku: networkProfile?.loadBalancerSku,
    podCidr: networkProfile?.podCidr,
    serviceCidr: networkProfile?.serviceCidr,
    dnsServiceIp: networkProfile?.dnsServiceIP,
  };
}

function mapFeatures(cluster: ManagedCluster): LiveFeatures {
  const addon = (name: string) => findAddon(cluster.addonProfiles, name);
  const monitoring = addon('omsagent');
  // Where Container Insights is set in newer API versions.
  const insights = cluster.azureMonitorProfile?.containerInsights;
  const vault = addon('azureKeyvaultSecretsProvider');
  const { defender, imageCleaner, workloadIdentity } = cluster.securityProfile ?? {};
  const storage = cluster.storageProfile;
  return {
    monitoring: monitoring?.enabled
      ? {
          workspace: setting(monitoring, 'logAnalyticsWorkspaceResourceID'),
          entra: setting(monitoring, 'useAADAuth')?.toLowerCase() === 'true',
        }
      : insights?.enabled
        ? // The newer form knows no keys.
          { workspace: insights.logAnalyticsWorkspaceResourceId, entra: true }
        : undefined,
    prometheus: cluster.azureMonitorProfile?.metrics?.enabled === true,
    costAnalysis: cluster.metricsProfile?.costAnalysis?.enabled === true,
    defender: defender?.securityMonitoring?.enabled
      ? { workspace: defender.logAnalyticsWorkspaceResourceId }
      : undefined,
    policy: addon('azurepolicy')?.enabled === true,
    secretsProvider: vault?.enabled
      ? {
          rotation: setting(vault, 'enableSecretRotation')?.toLowerCase() === 'true',
          rotationInterval: setting(vault, 'rotationPollInterval'),
          principal: vault.identity?.objectId,
        }
      : undefined,
    imageCleaner: imageCleaner?.enabled ? { intervalHours: imageCleaner.intervalHours } : undefined,
    csi: {
      blob: storage?.blobCSIDriver?.enabled === true,
      disk: storage?.diskCSIDriver?.enabled === true,
      file: storage?.fileCSIDriver?.enabled === true,
      snapshot: storage?.snapshotController?.enabled === true,
    },
    workloadIdentity: workloadIdentity?.enabled === true,
    oidcIssuer: cluster.oidcIssuerProfile?.enabled ? { url: cluster.oidcIssuerProfile.issuerURL } : undefined,
    podIdentity: cluster.podIdentityProfile?.enabled === true,
    serviceMesh: cluster.serviceMeshProfile?.mode,
    gatewayApi: cluster.ingressProfile?.gatewayAPI?.installation,
  };
}

// Azure answers with the spelling of whoever switched an add-on on.
function findAddon(
  addons: Readonly<Record<string, ManagedClusterAddonProfile>> | undefined,
  name: string,
): ManagedClusterAddonProfile | undefined {
  return ignoringCase(addons, name);
}

function setting(addon: ManagedClusterAddonProfile, name: string): string | undefined {
  return ignoringCase(addon.config, name);
}

function ignoringCase<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  const lower = name.toLowerCase();
  return Object.entries(record ?? {}).find(([key]) => key.toLowerCase() === lower)?.[1];
}

function mapPool(pool: AgentPool): LivePool {
  return {
    name: pool.name ?? '',
    mode: pool.mode,
    size: pool.vmSize,
    autoscaling: pool.enableAutoScaling === true,
    count: pool.count,
    min: pool.minCount,
    max: pool.maxCount,
    zones: [...(pool.availabilityZones ?? [])].sort(),
    labels: pool.nodeLabels ?? {},
    taints: pool.nodeTaints ?? [],
    priority: pool.scaleSetPriority,
    osDiskGb: pool.osDiskSizeGB,
    osDiskType: pool.osDiskType,
    hostEncryption: pool.enableEncryptionAtHost === true,
    maxPods: pool.maxPods,
    upgrade: {
      surge: pool.upgradeSettings?.maxSurge,
      drainMinutes: pool.upgradeSettings?.drainTimeoutInMinutes,
      soakMinutes: pool.upgradeSettings?.nodeSoakDurationInMinutes,
    },
    subnet: pool.vnetSubnetID,
    gpuDriver: pool.gpuProfile?.driver,
    scaleDownMode: pool.scaleDownMode,
    version: pool.currentOrchestratorVersion ?? pool.orchestratorVersion,
    provisioningState: pool.provisioningState,
    powerState: pool.powerState?.code,
  };
}

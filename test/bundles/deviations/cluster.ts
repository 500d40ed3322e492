import { type Batch, type Deviation, deviation, remove, set } from './deviation.ts';
import { another, identities, ids, subnet, suffix } from './platform.ts';

/** Of the cluster itself checks have names and paths of their own. */
type ClusterRow = readonly [check: string, path: string, made: unknown, expected: unknown, told?: unknown];

const rows = (list: readonly ClusterRow[]): Deviation[] =>
  list.map(([check, path, made, expected, told = made]) =>
    deviation(check, path, set(ids.cluster, path, made), expected, told),
  );

const secretsProvider = 'addonProfiles.azureKeyvaultSecretsProvider';
const identity = (name: string) => `${identities}/${name}`;

export const clusterBatches: readonly Batch[] = [
  {
    scope: 'prod',
    name: 'the cluster',
    deviations: [
      ...rows([
        ['Provisioning state', 'provisioningState', 'Failed', 'Succeeded'],
        ['Power state', 'powerState.code', 'Stopped', 'Running'],
        ['Kubernetes version', 'currentKubernetesVersion', '1.34.1', '1.35'],
        ['Tier', 'sku.tier', 'Free', 'Standard'],
        ['Control plane identity', 'identity.type', 'SystemAssigned', 'UserAssigned'],
        [
          'Control plane identity by name',
          'identity.userAssignedIdentities',
          { [identity('another')]: {} },
          [identity(`id-aks-${suffix}`)],
          [identity('another')],
        ],
        ['Node resource group', 'nodeResourceGroup', 'rg-another', `rg-${suffix}-nodes`],
        ['Cluster upgrade channel', 'autoUpgradeProfile.upgradeChannel', 'none', 'patch'],
        ['Node image upgrade channel', 'autoUpgradeProfile.nodeOSUpgradeChannel', 'None', 'NodeImage'],
        [
          'Container Insights workspace',
          'addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID',
          another(ids.logs),
          ids.logs,
        ],
        ['Container Insights by Entra', 'addonProfiles.omsagent.config.useAADAuth', 'false', true],
        ['Prometheus metrics', 'azureMonitorProfile.metrics.enabled', false, true],
        ['Cost analysis', 'metricsProfile.costAnalysis.enabled', false, true],
        ['Defender workspace', 'securityProfile.defender.logAnalyticsWorkspaceResourceId', another(ids.logs), ids.logs],
        ['Azure Policy', 'addonProfiles.azurepolicy.enabled', false, true],
        ['Secret rotation', `${secretsProvider}.config.enableSecretRotation`, 'false', true],
        ['Secret rotation interval', `${secretsProvider}.config.rotationPollInterval`, '1h', '2m'],
        ['Image Cleaner interval', 'securityProfile.imageCleaner.intervalHours', 24, 48],
        ['Blob CSI driver', 'storageProfile.blobCSIDriver.enabled', false, true],
        ['Disk CSI driver', 'storageProfile.diskCSIDriver.enabled', false, true],
        ['File CSI driver', 'storageProfile.fileCSIDriver.enabled', false, true],
        ['Snapshot controller', 'storageProfile.snapshotController.enabled', false, true],
        ['Workload identity', 'securityProfile.workloadIdentity.enabled', false, true],
        ['Pod identity', 'podIdentityProfile.enabled', true, false],
        ['Managed service mesh', 'serviceMeshProfile.mode', 'Istio', 'Disabled'],
        ['Managed Gateway API', 'ingressProfile.gatewayAPI.installation', 'Standard', 'Disabled'],
        ['Kubernetes RBAC', 'enableRBAC', false, true],
        ['Entra integration', 'aadProfile.managed', false, true],
        ['Azure RBAC', 'aadProfile.enableAzureRBAC', false, true],
        [
          'Administrator groups',
          'aadProfile.adminGroupObjectIDs',
          ['77777777-7777-7777-7777-777777777777'],
          ['66666666-6666-6666-6666-666666666666'],
        ],
        ['Local accounts off', 'disableLocalAccounts', false, true],
        ['Public name of the API server', 'apiServerAccessProfile.enablePrivateClusterPublicFQDN', true, false],
        ['Private DNS zone', 'apiServerAccessProfile.privateDNSZone', 'none', 'System'],
        ['Subnet of the API server', 'apiServerAccessProfile.subnetId', subnet('another'), subnet('snet-api-server')],
        ['Run command off', 'apiServerAccessProfile.disableRunCommand', false, true],
        ['Authorized ranges', 'apiServerAccessProfile.authorizedIPRanges', ['203.0.113.0/24'], []],
        ['Encryption of disks', 'diskEncryptionSetID', another(ids.encryption), ids.encryption],
        ['Network plugin', 'networkProfile.networkPlugin', 'kubenet', 'azure'],
        ['Network mode', 'networkProfile.networkPluginMode', undefined, 'overlay'],
        ['Network policy', 'networkProfile.networkPolicy', 'azure', 'cilium'],
        ['Network data plane', 'networkProfile.networkDataplane', 'azure', 'cilium'],
        ['Outbound traffic', 'networkProfile.outboundType', 'loadBalancer', 'userAssignedNATGateway'],
        ['Load balancer tier', 'networkProfile.loadBalancerSku', 'basic', 'standard'],
        ['Addresses of pods', 'networkProfile.podCidr', '10.9.0.0/16', '10.244.0.0/16'],
        ['Addresses of services', 'networkProfile.serviceCidr', '10.9.0.0/16', '10.0.0.0/16'],
        ['DNS service', 'networkProfile.dnsServiceIP', '10.9.0.10', '10.0.0.10'],
      ]),
    ],
  },
  {
    scope: 'prod',
    name: 'features of the cluster are off, and their settings are nobody’s concern then',
    deviations: rows([
      ['Container Insights', 'addonProfiles.omsagent.enabled', false, true],
      ['Defender', 'securityProfile.defender.securityMonitoring.enabled', false, true],
      ['Key Vault Secrets Provider', `${secretsProvider}.enabled`, false, true],
      ['Image Cleaner', 'securityProfile.imageCleaner.enabled', false, true],
      ['OIDC issuer', 'oidcIssuerProfile.enabled', false, true],
      ['Private API server', 'apiServerAccessProfile.enablePrivateCluster', false, true],
      ['API server in the network', 'apiServerAccessProfile.enableVnetIntegration', false, true],
    ]),
  },
  {
    scope: 'prod',
    name: 'the cluster is gone',
    deviations: [deviation(`Cluster aks-${suffix}`, '', remove(ids.cluster), `aks-${suffix}`, undefined)],
  },
];

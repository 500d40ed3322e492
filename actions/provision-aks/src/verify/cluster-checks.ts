import type { Cluster, EnvironmentScope } from '@suite/platform-file';
import { type Check, check, settings, versionCheck } from './check.ts';
import type { LiveCluster } from './live-cluster.ts';
import { anyOrder, ignoringCase, omittedMeans } from './match.ts';
import { controlPlaneIdentity, diskEncryptionSetId, logsId, subnetId } from './resources/names.ts';

/** What the cluster itself has to be, without its pools. */
export function clusterChecks(view: EnvironmentScope): Check<LiveCluster>[] {
  const { cluster } = view;
  return [...health(), ...control(view), ...features(cluster, logsId(view)), ...access(view), ...network(view)];
}

function health(): Check<LiveCluster>[] {
  return [
    check('Provisioning state', 'provisioningState', 'Succeeded', live => live.provisioningState, ignoringCase),
    check('Power state', 'powerState.code', 'Running', live => live.powerState, ignoringCase),
  ];
}

function control(view: EnvironmentScope): Check<LiveCluster>[] {
  const { cluster: wanted } = view;
  const { upgrades } = wanted;
  return [
    ...versionCheck<LiveCluster>(wanted, 'currentKubernetesVersion'),
    check('Tier', 'sku.tier', wanted.tier, live => live.tier, ignoringCase),
    check('Control plane identity', 'identity.type', 'UserAssigned', live => live.identity, ignoringCase),
    {
      ...check<LiveCluster>(
        'Control plane identity by name',
        'identity.userAssignedIdentities',
        [controlPlaneIdentity(view)],
        live => live.identityIds,
        anyOrder,
      ),
      applies: live => live.identityIds.length > 0,
    },
    check(
      'Node resource group',
      'nodeResourceGroup',
      wanted.nodeResourceGroup,
      live => live.nodeResourceGroup,
      ignoringCase,
    ),
    check(
      'Cluster upgrade channel',
      'autoUpgradeProfile.upgradeChannel',
      upgrades.cluster,
      live => live.upgrades.cluster,
      omittedMeans('none', ignoringCase),
    ),
    check(
      'Node image upgrade channel',
      'autoUpgradeProfile.nodeOSUpgradeChannel',
      upgrades.nodes,
      live => live.upgrades.nodes,
      omittedMeans('None', ignoringCase),
    ),
  ];
}

function features(wanted: Cluster, workspace: string): Check<LiveCluster>[] {
  const { monitoring, defender, policy, csi, workloadIdentity, prometheus, costAnalysis } = wanted.features;
  return [
    check('Container Insights', 'addonProfiles.omsagent.enabled', monitoring, hasInsights),
    ...settings(monitoring ? workspace : undefined, hasInsights, id => [
      check(
        'Container Insights workspace',
        'addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID',
        id,
        live => live.features.monitoring?.workspace,
        ignoringCase,
      ),
      check(
        'Container Insights by Entra',
        'addonProfiles.omsagent.config.useAADAuth',
        true,
        live => live.features.monitoring?.entra,
      ),
    ]),
    check('Prometheus metrics', 'azureMonitorProfile.metrics.enabled', prometheus, live => live.features.prometheus),
    check('Cost analysis', 'metricsProfile.costAnalysis.enabled', costAnalysis, live => live.features.costAnalysis),
    check('Defender', 'securityProfile.defender.securityMonitoring.enabled', defender, hasDefender),
    ...settings(defender ? workspace : undefined, hasDefender, id => [
      check(
        'Defender workspace',
        'securityProfile.defender.logAnalyticsWorkspaceResourceId',
        id,
        live => live.features.defender?.workspace,
        ignoringCase,
      ),
    ]),
    check('Azure Policy', 'addonProfiles.azurepolicy.enabled', policy, live => live.features.policy),
    ...secretsProvider(wanted),
    ...imageCleaner(wanted),
    check('Blob CSI driver', 'storageProfile.blobCSIDriver.enabled', csi.blob, live => live.features.csi.blob),
    check('Disk CSI driver', 'storageProfile.diskCSIDriver.enabled', csi.disk, live => live.features.csi.disk),
    check('File CSI driver', 'storageProfile.fileCSIDriver.enabled', csi.file, live => live.features.csi.file),
    check(
      'Snapshot controller',
      'storageProfile.snapshotController.enabled',
      csi.snapshot,
      live => live.features.csi.snapshot,
    ),
    check(
      'Workload identity',
      'securityProfile.workloadIdentity.enabled',
      workloadIdentity,
      live => live.features.workloadIdentity,
    ),
    // On even without workload identity: switching it off would replace the cluster.
    check('OIDC issuer', 'oidcIssuerProfile.enabled', true, live => live.features.oidcIssuer !== undefined),
    check('Pod identity', 'podIdentityProfile.enabled', false, live => live.features.podIdentity),
    // What the platform brings by itself may have one owner only.
    check(
      'Managed service mesh',
      'serviceMeshProfile.mode',
      'Disabled',
      live => live.features.serviceMesh,
      omittedMeans('Disabled', ignoringCase),
    ),
    check(
      'Managed Gateway API',
      'ingressProfile.gatewayAPI.installation',
      'Disabled',
      live => live.features.gatewayApi,
      omittedMeans('Disabled', ignoringCase),
    ),
  ];
}

function secretsProvider({ features: { secretsProvider: wanted } }: Cluster): Check<LiveCluster>[] {
  const addon = 'addonProfiles.azureKeyvaultSecretsProvider';
  const isOn = (live: LiveCluster) => live.features.secretsProvider !== undefined;
  return [
    check('Key Vault Secrets Provider', `${addon}.enabled`, wanted !== undefined, isOn),
    ...settings(wanted, isOn, ({ rotationInterval }) => [
      check(
        'Secret rotation',
        `${addon}.config.enableSecretRotation`,
        true,
        live => live.features.secretsProvider?.rotation,
      ),
      check(
        'Secret rotation interval',
        `${addon}.config.rotationPollInterval`,
        rotationInterval,
        live => live.features.secretsProvider?.rotationInterval,
      ),
    ]),
  ];
}

function imageCleaner({ features: { imageCleaner: wanted } }: Cluster): Check<LiveCluster>[] {
  const profile = 'securityProfile.imageCleaner';
  const isOn = (live: LiveCluster) => live.features.imageCleaner !== undefined;
  return [
    check('Image Cleaner', `${profile}.enabled`, wanted !== undefined, isOn),
    ...settings(wanted, isOn, ({ intervalHours }) => [
      check(
        'Image Cleaner interval',
        `${profile}.intervalHours`,
        intervalHours,
        live => live.features.imageCleaner?.intervalHours,
      ),
    ]),
  ];
}

const hasInsights = (live: LiveCluster) => live.features.monitoring !== undefined;
const hasDefender = (live: LiveCluster) => live.features.defender !== undefined;

function access(view: EnvironmentScope): Check<LiveCluster>[] {
  const { cluster, admins } = view;
  return [
    check('Kubernetes RBAC', 'enableRBAC', true, live => live.rbac),
    check('Entra integration', 'aadProfile.managed', true, live => live.entra),
    check('Azure RBAC', 'aadProfile.enableAzureRBAC', true, live => live.azureRbac),
    check('Administrator groups', 'aadProfile.adminGroupObjectIDs', admins, live => live.admins, anyOrder),
    check('Local accounts off', 'disableLocalAccounts', true, live => !live.localAccounts),
    check('Private API server', 'apiServerAccessProfile.enablePrivateCluster', cluster.private, live => live.private),
    {
      ...check<LiveCluster>(
        'Public name of the API server',
        'apiServerAccessProfile.enablePrivateClusterPublicFQDN',
        !cluster.private || cluster.privateDns === 'None',
        live => live.publicName,
      ),
      // Follows from the former where that is not as it should be.
      applies: live => live.private === cluster.private,
    },
    ...settings<LiveCluster, string>(
      cluster.private ? cluster.privateDns : undefined,
      live => live.private,
      zone => [
        check(
          'Private DNS zone',
          'apiServerAccessProfile.privateDNSZone',
          zone,
          live => live.privateDns,
          omittedMeans('System', ignoringCase),
        ),
      ],
    ),
    check(
      'API server in the network',
      'apiServerAccessProfile.enableVnetIntegration',
      cluster.vnetIntegration,
      live => live.vnetIntegration !== undefined,
    ),
    ...settings<LiveCluster, string>(
      cluster.vnetIntegration ? subnetId(view, 'apiServer') : undefined,
      live => live.vnetIntegration !== undefined,
      subnet => [
        check(
          'Subnet of the API server',
          'apiServerAccessProfile.subnetId',
          subnet,
          live => live.vnetIntegration?.subnet,
          ignoringCase,
        ),
      ],
    ),
    check('Run command off', 'apiServerAccessProfile.disableRunCommand', !cluster.runCommand, live => !live.runCommand),
    check(
      'Authorized ranges',
      'apiServerAccessProfile.authorizedIPRanges',
      cluster.authorizedRanges,
      live => live.authorizedRanges,
      anyOrder,
    ),
    check(
      'Encryption of disks',
      'diskEncryptionSetID',
      diskEncryptionSetId(view) ?? 'none',
      live => live.diskEncryptionSet,
      omittedMeans('none', ignoringCase),
    ),
  ];
}

const outboundTypes = {
  'nat-gateway': 'userAssignedNATGateway',
  'load-balancer': 'loadBalancer',
  'user-defined': 'userDefinedRouting',
} as const;

function network({ cluster: wanted, network: { egress } }: EnvironmentScope): Check<LiveCluster>[] {
  const cilium = wanted.networkPolicy === 'cilium';
  return [
    check('Network plugin', 'networkProfile.networkPlugin', 'azure', live => live.network.plugin, ignoringCase),
    check('Network mode', 'networkProfile.networkPluginMode', 'overlay', live => live.network.pluginMode, ignoringCase),
    check(
      'Network policy',
      'networkProfile.networkPolicy',
      wanted.networkPolicy,
      live => live.network.policy,
      ignoringCase,
    ),
    check(
      'Network data plane',
      'networkProfile.networkDataplane',
      cilium ? 'cilium' : 'azure',
      live => live.network.dataplane,
      omittedMeans('azure', ignoringCase),
    ),
    check(
      'Outbound traffic',
      'networkProfile.outboundType',
      outboundTypes[egress.kind],
      live => live.network.outboundType,
      omittedMeans('loadBalancer', ignoringCase),
    ),
    check(
      'Load balancer tier',
      'networkProfile.loadBalancerSku',
      'standard',
      live => live.network.loadBalancerSku,
      ignoringCase,
    ),
    check('Addresses of pods', 'networkProfile.podCidr', wanted.podCidr, live => live.network.podCidr),
    check('Addresses of services', 'networkProfile.serviceCidr', wanted.serviceCidr, live => live.network.serviceCidr),
    check('DNS service', 'networkProfile.dnsServiceIP', wanted.dnsServiceIp, live => live.network.dnsServiceIp),
  ];
}

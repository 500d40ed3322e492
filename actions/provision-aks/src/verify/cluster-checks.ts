import type { Cluster, EnvironmentScope, LogsReference } from '@suite/platform-file';
import { workspaceId } from '../resource-ids.ts';
import { type Check, check, settings, versionCheck } from './check.ts';
import type { LiveCluster } from './live-cluster.ts';
import { anyOrder, ignoringCase, omittedMeans } from './match.ts';

/** What the cluster itself has to be, without its pools. */
export function clusterChecks(view: EnvironmentScope): Check<LiveCluster>[] {
  const { cluster } = view;
  return [
    ...health(),
    ...control(cluster),
    ...features(cluster, logsId(view.logs)),
    ...access(view),
    ...network(cluster),
  ];
}

function health(): Check<LiveCluster>[] {
  return [
    check('Provisioning state', 'provisioningState', 'Succeeded', live => live.provisioningState, ignoringCase),
    check('Power state', 'powerState.code', 'Running', live => live.powerState, ignoringCase),
  ];
}

function control(wanted: Cluster): Check<LiveCluster>[] {
  const { upgrades } = wanted;
  return [
    ...versionCheck<LiveCluster>(wanted, 'currentKubernetesVersion'),
    check('Tier', 'sku.tier', wanted.tier, live => live.tier, ignoringCase),
    check('Control plane identity', 'identity.type', 'UserAssigned', live => live.identity, ignoringCase),
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
  const { monitoring, defender, policy, csi, workloadIdentity } = wanted.features;
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
    ]),
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
    check('Run command off', 'apiServerAccessProfile.disableRunCommand', !cluster.runCommand, live => !live.runCommand),
    check(
      'Authorized ranges',
      'apiServerAccessProfile.authorizedIPRanges',
      cluster.authorizedRanges,
      live => live.authorizedRanges,
      anyOrder,
    ),
  ];
}

function network(wanted: Cluster): Check<LiveCluster>[] {
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
      'loadBalancer',
      live => live.network.outboundType,
      omittedMeans('loadBalancer', ignoringCase),
    ),
  ];
}

function logsId(logs: LogsReference): string {
  return logs.existing ? logs.id : workspaceId(logs.resourceGroup, logs.name, logs.subscription);
}

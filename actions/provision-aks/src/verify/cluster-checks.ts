import type { Cluster, EnvironmentScope, LogsReference } from '@suite/platform-file';
import { type Check, check, versionCheck } from './check.ts';
import type { LiveCluster } from './live-cluster.ts';
import { anyOrder, ignoringCase, omittedMeans } from './match.ts';

/** What the cluster itself has to be, without its pools. */
export function clusterChecks(view: EnvironmentScope): Check<LiveCluster>[] {
  const { cluster } = view;
  return [
    ...health(),
    ...control(cluster),
    ...features(cluster, workspaceId(view.logs)),
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
    check('Control plane identity', 'identity.type', 'UserAssigned', live => live.identityType, ignoringCase),
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
  const { monitoring, defender, policy, secretsProvider, imageCleaner, csi, workloadIdentity } = wanted.features;
  return [
    check('Container Insights', 'addonProfiles.omsagent.enabled', monitoring, live => live.monitoring.enabled),
    ...(monitoring
      ? [
          check<LiveCluster>(
            'Container Insights workspace',
            'addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID',
            workspace,
            live => live.monitoring.workspaceId,
            ignoringCase,
          ),
        ]
      : []),
    check('Defender', 'securityProfile.defender.securityMonitoring.enabled', defender, live => live.defender.enabled),
    ...(defender
      ? [
          check<LiveCluster>(
            'Defender workspace',
            'securityProfile.defender.logAnalyticsWorkspaceResourceId',
            workspace,
            live => live.defender.workspaceId,
            ignoringCase,
          ),
        ]
      : []),
    check('Azure Policy', 'addonProfiles.azurepolicy.enabled', policy, live => live.policy.enabled),
    check(
      'Key Vault Secrets Provider',
      'addonProfiles.azureKeyvaultSecretsProvider.enabled',
      secretsProvider !== undefined,
      live => live.secretsProvider.enabled,
    ),
    ...(secretsProvider === undefined
      ? []
      : [
          check<LiveCluster>(
            'Secret rotation',
            'addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation',
            true,
            live => live.secretsProvider.rotation,
          ),
          check<LiveCluster>(
            'Secret rotation interval',
            'addonProfiles.azureKeyvaultSecretsProvider.config.rotationPollInterval',
            secretsProvider.rotationInterval,
            live => live.secretsProvider.rotationInterval,
          ),
        ]),
    check(
      'Image Cleaner',
      'securityProfile.imageCleaner.enabled',
      imageCleaner !== undefined,
      live => live.imageCleaner.enabled,
    ),
    ...(imageCleaner === undefined
      ? []
      : [
          check<LiveCluster>(
            'Image Cleaner interval',
            'securityProfile.imageCleaner.intervalHours',
            imageCleaner.intervalHours,
            live => live.imageCleaner.intervalHours,
          ),
        ]),
    check('Blob CSI driver', 'storageProfile.blobCSIDriver.enabled', csi.blob, live => live.csi.blob),
    check('Disk CSI driver', 'storageProfile.diskCSIDriver.enabled', csi.disk, live => live.csi.disk),
    check('File CSI driver', 'storageProfile.fileCSIDriver.enabled', csi.file, live => live.csi.file),
    check('Snapshot controller', 'storageProfile.snapshotController.enabled', csi.snapshot, live => live.csi.snapshot),
    check(
      'Workload identity',
      'securityProfile.workloadIdentity.enabled',
      workloadIdentity,
      live => live.workloadIdentity,
    ),
    // On even without workload identity: switching it off would replace the cluster.
    check('OIDC issuer', 'oidcIssuerProfile.enabled', true, live => live.oidcIssuer.enabled),
    check('Pod identity', 'podIdentityProfile.enabled', false, live => live.podIdentity),
  ];
}

function access(view: EnvironmentScope): Check<LiveCluster>[] {
  const { cluster, admins } = view;
  return [
    check('Kubernetes RBAC', 'enableRBAC', true, live => live.rbac.enabled),
    check('Entra integration', 'aadProfile.managed', true, live => live.rbac.managed),
    check('Azure RBAC', 'aadProfile.enableAzureRBAC', true, live => live.rbac.azureRbac),
    check('Administrator groups', 'aadProfile.adminGroupObjectIDs', admins, live => live.rbac.adminGroups, anyOrder),
    check('Local accounts off', 'disableLocalAccounts', true, live => live.localAccountsDisabled),
    check(
      'Private API server',
      'apiServerAccessProfile.enablePrivateCluster',
      cluster.private,
      live => live.api.private,
    ),
    check(
      'Run command off',
      'apiServerAccessProfile.disableRunCommand',
      !cluster.runCommand,
      live => live.api.runCommandDisabled,
    ),
    check(
      'Authorized ranges',
      'apiServerAccessProfile.authorizedIPRanges',
      cluster.authorizedRanges,
      live => live.api.authorizedRanges,
      anyOrder,
    ),
  ];
}

function network(wanted: Cluster): Check<LiveCluster>[] {
  const cilium = wanted.networkPolicy === 'cilium';
  return [
    check('Network plugin', 'networkProfile.networkPlugin', 'azure', live => live.network.plugin, ignoringCase),
    check('Network mode', 'networkProfile.networkPluginMode', 'overlay', live => live.network.mode, ignoringCase),
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
      live => live.network.outbound,
      omittedMeans('loadBalancer', ignoringCase),
    ),
  ];
}

function workspaceId(logs: LogsReference): string {
  if (logs.existing) return logs.id;
  const { subscription, resourceGroup, name } = logs;
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/${name}`;
}

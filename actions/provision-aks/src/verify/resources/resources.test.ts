import { describe, expect, test } from '@jest/globals';
import { type JsonObject, UserError } from '@suite/foundation';
import type { EnvironmentScope } from '@suite/platform-file';
import { environmentView, productionView, sharedView } from '../../views.fixture.ts';
import { liveCluster } from '../live-cluster.fixture.ts';
import { anything, assignments, azureBodies, changed, ids, rule, workspace } from './azure.fixture.ts';
import { environmentInspections, inspectAll, sharedInspections } from './index.ts';
import { assignmentName } from './names.ts';

const view = productionView;
const bodies = azureBodies(purpose => assignmentName(view, purpose));
const cluster = liveCluster(view);

type Change = (all: Map<string, JsonObject>) => void;

async function differences(change: Change = () => {}, of: EnvironmentScope = view) {
  const all = new Map(bodies);
  change(all);
  const found = await inspectAll(environmentInspections(of, cluster), async id => all.get(id.toLowerCase()));
  expect(found.problems).toEqual([]);
  return found.differences;
}

/** Every id that is asked for. */
async function asked(of: EnvironmentScope, live = cluster): Promise<string[]> {
  const seen: string[] = [];
  await inspectAll(environmentInspections(of, live), async id => {
    seen.push(id.toLowerCase());
    return bodies.get(id.toLowerCase());
  });
  return seen.sort();
}

function find(all: ReadonlyMap<string, JsonObject>, id: string): JsonObject {
  const body = all.get(id.toLowerCase());
  if (body === undefined) throw new Error(`there is no ${id}`);
  return body;
}

const at =
  (id: string, path: string, value: unknown): Change =>
  all =>
    void all.set(id.toLowerCase(), changed(find(all, id), path, value));

const gone =
  (id: string): Change =>
  all => {
    find(all, id);
    all.delete(id.toLowerCase());
  };

test('as applied: no difference', async () => {
  expect(await differences()).toEqual([]);
});

test('everything that the fixture has is asked for, once', async () => {
  expect(await asked(view)).toEqual([...bodies.keys()].sort());
});

const n = 'contoso-prod-westeurope';
const { network, vnet, gateway, registry, vault, storage, database, cache, backup, zone, waf, insights } = ids;
const subnet = (name: string) => `${vnet}/subnets/${name}`;
const nsg = (zone: string) => `${network}/networkSecurityGroups/nsg-${zone}`;
const endpoint = `${network}/privateEndpoints/pe-vault-${n}`;
const identity = (workload: string) => `${ids.identities}/id-${workload}-aks-${n}`;
const diagnostics = (target: string) => `${target}/providers/Microsoft.Insights/diagnosticSettings/workspace`;
const lock = (scope: string) => `${scope}/providers/Microsoft.Authorization/locks/do-not-delete`;
const window = (name: string) => `${ids.cluster}/maintenanceConfigurations/${name}`;
const safeguards = `${ids.cluster}/providers/Microsoft.ContainerService/deploymentSafeguards/default`;
const plan = `${ids.subscription}/providers/Microsoft.Security/pricings/Containers`;
const budget = `${ids.subscription}/providers/Microsoft.Consumption/budgets/budget-${n}`;
const policy = `${ids.group}/providers/Microsoft.Authorization/policyAssignments/pod-security-baseline`;
const delegation = `${ids.shared}/providers/Microsoft.Network/dnsZones/platform.contoso.com/NS/prod`;
const flowLog = `${ids.subscription}/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_westeurope/flowLogs/fl-${n}`;
const instance = `${backup}/backupInstances/aks-${n}`;
const extension = `${ids.cluster}/providers/Microsoft.KubernetesConfiguration/extensions/azure-aks-backup`;
const set = 'properties.';

describe('what deviates is named, and nothing else is', () => {
  test.each<[what: string, path: string, Change]>([
    [
      'Network: addresses',
      `virtualNetworks[vnet-${n}].addressSpace.addressPrefixes`,
      at(vnet, `${set}addressSpace.addressPrefixes`, ['10.0.0.0/8']),
    ],
    ['Subnet snet-dmz: delegation', 'subnets[snet-dmz].delegations', at(subnet('snet-dmz'), `${set}delegations`, [])],
    [
      'Subnet snet-data: delegation',
      'subnets[snet-data].delegations',
      at(subnet('snet-data'), `${set}delegations`, [
        { name: 'd', properties: { serviceName: 'Microsoft.Web/serverFarms' } },
      ]),
    ],
    [
      'Subnet snet-api-server: delegation',
      'subnets[snet-api-server].delegations',
      at(subnet('snet-api-server'), `${set}delegations`, []),
    ],
    [
      'Subnet snet-compute: addresses',
      'subnets[snet-compute].addressPrefix',
      at(subnet('snet-compute'), `${set}addressPrefix`, '10.20.64.0/20'),
    ],
    [
      'Subnet snet-data: security of private endpoints',
      'subnets[snet-data].privateEndpointNetworkPolicies',
      at(subnet('snet-data'), `${set}privateEndpointNetworkPolicies`, 'Disabled'),
    ],
    [
      'Subnet snet-data: way out that Azure gives',
      'subnets[snet-data].defaultOutboundAccess',
      at(subnet('snet-data'), `${set}defaultOutboundAccess`, undefined),
    ],
    [
      'Subnet snet-data: network security group',
      'subnets[snet-data].networkSecurityGroup',
      at(subnet('snet-data'), `${set}networkSecurityGroup`, undefined),
    ],
    [
      'Subnet snet-management: NAT gateway',
      'subnets[snet-management].natGateway',
      at(subnet('snet-management'), `${set}natGateway`, undefined),
    ],
    [
      'Subnet snet-management: route table',
      'subnets[snet-management].routeTable',
      at(subnet('snet-management'), `${set}routeTable`, { id: '/rt' }),
    ],
    [
      'NAT gateway: tier',
      `natGateways[ng-${n}].sku.name`,
      at(`${network}/natGateways/ng-${n}`, 'sku.name', 'Standard'),
    ],
    [
      'NAT gateway: public address',
      `natGateways[ng-${n}].publicIpAddresses`,
      at(`${network}/natGateways/ng-${n}`, `${set}publicIpAddresses`, undefined),
    ],
    [
      'Bastion: tunnels',
      `bastionHosts[bas-${n}].enableTunneling`,
      at(`${network}/bastionHosts/bas-${n}`, `${set}enableTunneling`, false),
    ],
    ['Flow log of the network: on', `flowLogs[fl-${n}].enabled`, at(flowLog, `${set}enabled`, false)],
    [
      'Flow log of the network: retention in days',
      `flowLogs[fl-${n}].retentionPolicy.days`,
      at(flowLog, `${set}retentionPolicy.days`, 7),
    ],
    [
      'Gateway: provisioning state',
      `trafficControllers[agc-${n}].provisioningState`,
      at(gateway, `${set}provisioningState`, 'Failed'),
    ],
    [
      'Subnet of the gateway: subnet',
      'associations[dmz].subnet.id',
      at(`${gateway}/associations/dmz`, `${set}subnet.id`, '/other'),
    ],
    [
      'Security policy of the gateway: firewall policy',
      'securityPolicies[waf].wafPolicy.id',
      at(`${gateway}/securityPolicies/waf`, `${set}wafPolicy.id`, '/other'),
    ],
    [
      'Firewall policy: mode',
      `applicationGatewayWebApplicationFirewallPolicies[waf-agc-${n}].policySettings.mode`,
      at(waf, `${set}policySettings.mode`, 'Detection'),
    ],
    [
      'Firewall policy: on',
      `applicationGatewayWebApplicationFirewallPolicies[waf-agc-${n}].policySettings.state`,
      at(waf, `${set}policySettings.state`, 'Disabled'),
    ],
    [
      'Firewall policy: rule sets',
      `applicationGatewayWebApplicationFirewallPolicies[waf-agc-${n}].managedRules.managedRuleSets`,
      at(waf, `${set}managedRules.managedRuleSets.1`, { ruleSetType: 'OWASP' }),
    ],
    [
      'DNS record *.prod.platform.contoso.com: target',
      'CNAME[*].CNAMERecord.cname',
      at(`${zone}/CNAME/*`, `${set}CNAMERecord.cname`, 'old.fz01.alb.azure.com'),
    ],
    [
      'Delegation of prod.platform.contoso.com: name servers',
      'NS[prod].NSRecords',
      at(delegation, `${set}NSRecords`, [{ nsdname: 'ns1-07.azure-dns.com' }]),
    ],
    ['Registry: tier', `registries[${name(registry)}].sku.name`, at(registry, 'sku.name', 'Standard')],
    [
      'Registry: provisioning state',
      `registries[${name(registry)}].provisioningState`,
      at(registry, `${set}provisioningState`, 'Failed'),
    ],
    [
      'Registry: admin user',
      `registries[${name(registry)}].adminUserEnabled`,
      at(registry, `${set}adminUserEnabled`, true),
    ],
    [
      'Registry: anonymous pull',
      `registries[${name(registry)}].anonymousPullEnabled`,
      at(registry, `${set}anonymousPullEnabled`, true),
    ],
    [
      'Registry: public access',
      `registries[${name(registry)}].publicNetworkAccess`,
      at(registry, `${set}publicNetworkAccess`, undefined),
    ],
    [
      'Registry: zone redundancy',
      `registries[${name(registry)}].zoneRedundancy`,
      at(registry, `${set}zoneRedundancy`, 'Disabled'),
    ],
    [
      'Registry: deletion of untagged images',
      `registries[${name(registry)}].policies.retentionPolicy.status`,
      at(registry, `${set}policies.retentionPolicy.status`, 'disabled'),
    ],
    [
      'Registry: days until untagged images are deleted',
      `registries[${name(registry)}].policies.retentionPolicy.days`,
      at(registry, `${set}policies.retentionPolicy.days`, 1),
    ],
    [
      'Replicas of the registry: regions',
      `registries[${name(registry)}].replications.location`,
      at(`${registry}/replications`, 'value', [{ location: 'westeurope' }]),
    ],
    [
      'Key vault: rights by Azure roles',
      `vaults[${name(vault)}].enableRbacAuthorization`,
      at(vault, `${set}enableRbacAuthorization`, false),
    ],
    [
      'Key vault: protection against purging',
      `vaults[${name(vault)}].enablePurgeProtection`,
      at(vault, `${set}enablePurgeProtection`, undefined),
    ],
    ['Key vault: soft delete', `vaults[${name(vault)}].enableSoftDelete`, at(vault, `${set}enableSoftDelete`, false)],
    [
      'Key vault: public access',
      `vaults[${name(vault)}].publicNetworkAccess`,
      at(vault, `${set}publicNetworkAccess`, 'Enabled'),
    ],
    [
      'Key vault: network rules',
      `vaults[${name(vault)}].networkAcls.defaultAction`,
      at(vault, `${set}networkAcls.defaultAction`, 'Allow'),
    ],
    [
      'Storage account: replication',
      `storageAccounts[${name(storage)}].sku.name`,
      at(storage, 'sku.name', 'Standard_LRS'),
    ],
    [
      'Storage account: HTTPS only',
      `storageAccounts[${name(storage)}].supportsHttpsTrafficOnly`,
      at(storage, `${set}supportsHttpsTrafficOnly`, false),
    ],
    [
      'Storage account: least TLS',
      `storageAccounts[${name(storage)}].minimumTlsVersion`,
      at(storage, `${set}minimumTlsVersion`, 'TLS1_0'),
    ],
    [
      'Storage account: access by keys',
      `storageAccounts[${name(storage)}].allowSharedKeyAccess`,
      at(storage, `${set}allowSharedKeyAccess`, undefined),
    ],
    [
      'Storage account: public blobs',
      `storageAccounts[${name(storage)}].allowBlobPublicAccess`,
      at(storage, `${set}allowBlobPublicAccess`, true),
    ],
    [
      'Storage account: local users',
      `storageAccounts[${name(storage)}].isLocalUserEnabled`,
      at(storage, `${set}isLocalUserEnabled`, true),
    ],
    [
      'Storage account: public access',
      `storageAccounts[${name(storage)}].publicNetworkAccess`,
      at(storage, `${set}publicNetworkAccess`, 'Enabled'),
    ],
    [
      'Storage account: network rules',
      `storageAccounts[${name(storage)}].networkAcls.defaultAction`,
      at(storage, `${set}networkAcls.defaultAction`, 'Allow'),
    ],
    [
      'Blobs of the storage account: versions',
      'blobServices[default].isVersioningEnabled',
      at(`${storage}/blobServices/default`, `${set}isVersioningEnabled`, false),
    ],
    [
      'Blobs of the storage account: days that deleted blobs are kept',
      'blobServices[default].deleteRetentionPolicy.days',
      at(`${storage}/blobServices/default`, `${set}deleteRetentionPolicy`, { enabled: false }),
    ],
    [
      'Blobs of the storage account: days that deleted containers are kept',
      'blobServices[default].containerDeleteRetentionPolicy.days',
      at(`${storage}/blobServices/default`, `${set}containerDeleteRetentionPolicy.days`, 1),
    ],
    [
      'Blob container loki: public access',
      'containers[loki].publicAccess',
      at(`${storage}/blobServices/default/containers/loki`, `${set}publicAccess`, 'Blob'),
    ],
    ['Database: version', `flexibleServers[${name(database)}].version`, at(database, `${set}version`, '16')],
    ['Database: size', `flexibleServers[${name(database)}].sku.name`, at(database, 'sku.name', 'Standard_B2s')],
    [
      'Database: disk in GB',
      `flexibleServers[${name(database)}].storage.storageSizeGB`,
      at(database, `${set}storage.storageSizeGB`, 64),
    ],
    [
      'Database: sign-in by Entra',
      `flexibleServers[${name(database)}].authConfig.activeDirectoryAuth`,
      at(database, `${set}authConfig.activeDirectoryAuth`, 'Disabled'),
    ],
    [
      'Database: sign-in by password',
      `flexibleServers[${name(database)}].authConfig.passwordAuth`,
      at(database, `${set}authConfig.passwordAuth`, 'Enabled'),
    ],
    [
      'Database: public access',
      `flexibleServers[${name(database)}].network.publicNetworkAccess`,
      at(database, `${set}network.publicNetworkAccess`, 'Enabled'),
    ],
    [
      'Database: high availability',
      `flexibleServers[${name(database)}].highAvailability.mode`,
      at(database, `${set}highAvailability.mode`, 'SameZone'),
    ],
    [
      'Database: days of backups',
      `flexibleServers[${name(database)}].backup.backupRetentionDays`,
      at(database, `${set}backup.backupRetentionDays`, 7),
    ],
    [
      'Database: backups in another region',
      `flexibleServers[${name(database)}].backup.geoRedundantBackup`,
      at(database, `${set}backup.geoRedundantBackup`, 'Enabled'),
    ],
    [
      'Database setting require_secure_transport: value',
      'configurations[require_secure_transport].value',
      at(`${database}/configurations/require_secure_transport`, `${set}value`, 'off'),
    ],
    [
      'Database setting ssl_min_protocol_version: value',
      'configurations[ssl_min_protocol_version].value',
      at(`${database}/configurations/ssl_min_protocol_version`, `${set}value`, 'TLSv1'),
    ],
    [
      'Database setting pgbouncer.enabled: value',
      'configurations[pgbouncer.enabled].value',
      at(`${database}/configurations/pgbouncer.enabled`, `${set}value`, 'false'),
    ],
    ['Cache: size', `redisEnterprise[${name(cache)}].sku.name`, at(cache, 'sku.name', 'Balanced_B1')],
    [
      'Cache: public access',
      `redisEnterprise[${name(cache)}].publicNetworkAccess`,
      at(cache, `${set}publicNetworkAccess`, 'Enabled'),
    ],
    [
      'Cache: least TLS',
      `redisEnterprise[${name(cache)}].minimumTlsVersion`,
      at(cache, `${set}minimumTlsVersion`, '1.0'),
    ],
    [
      'Database of the cache: access by keys',
      'databases[default].accessKeysAuthentication',
      at(`${cache}/databases/default`, `${set}accessKeysAuthentication`, 'Enabled'),
    ],
    [
      'Database of the cache: encrypted connections',
      'databases[default].clientProtocol',
      at(`${cache}/databases/default`, `${set}clientProtocol`, 'Plaintext'),
    ],
    [
      'Private endpoint of the vault: connection',
      `privateEndpoints[pe-vault-${n}].privateLinkServiceConnections.status`,
      at(
        endpoint,
        `${set}privateLinkServiceConnections.0.properties.privateLinkServiceConnectionState.status`,
        'Rejected',
      ),
    ],
    [
      'Private endpoint of the vault: service',
      `privateEndpoints[pe-vault-${n}].privateLinkServiceConnections.privateLinkServiceId`,
      at(endpoint, `${set}privateLinkServiceConnections.0.properties.privateLinkServiceId`, '/other'),
    ],
    [
      'Private endpoint of the vault: subnet',
      `privateEndpoints[pe-vault-${n}].subnet.id`,
      at(endpoint, `${set}subnet.id`, '/other'),
    ],
    [
      'Private name of the vault: zone',
      'privateDnsZoneGroups[default].privateDnsZoneConfigs',
      at(`${endpoint}/privateDnsZoneGroups/default`, `${set}privateDnsZoneConfigs`, []),
    ],
    [
      'Link of the private zone of the vault: network',
      'virtualNetworkLinks[network].virtualNetwork.id',
      at(
        `${network}/privateDnsZones/privatelink.vaultcore.azure.net/virtualNetworkLinks/network`,
        `${set}virtualNetwork.id`,
        '/other',
      ),
    ],
    [
      'Link of the private zone of the vault: state',
      'virtualNetworkLinks[network].virtualNetworkLinkState',
      at(
        `${network}/privateDnsZones/privatelink.vaultcore.azure.net/virtualNetworkLinks/network`,
        `${set}virtualNetworkLinkState`,
        'InProgress',
      ),
    ],
    [
      'Action group: on',
      `actionGroups[ag-aks-${n}].enabled`,
      at(`${insights}/actionGroups/ag-aks-${n}`, `${set}enabled`, false),
    ],
    [
      'Action group: e-mail addresses',
      `actionGroups[ag-aks-${n}].emailReceivers`,
      at(`${insights}/actionGroups/ag-aks-${n}`, `${set}emailReceivers`, []),
    ],
    [
      'Action group: webhooks',
      `actionGroups[ag-aks-${n}].webhookReceivers`,
      at(`${insights}/actionGroups/ag-aks-${n}`, `${set}webhookReceivers.0.serviceUri`, 'https://elsewhere.example'),
    ],
    [
      'Alert node-disk: on',
      `metricAlerts[node-disk-aks-${n}].enabled`,
      at(`${insights}/metricAlerts/node-disk-aks-${n}`, `${set}enabled`, false),
    ],
    [
      'Alert node-disk: action group',
      `metricAlerts[node-disk-aks-${n}].actions`,
      at(`${insights}/metricAlerts/node-disk-aks-${n}`, `${set}actions`, []),
    ],
    ['Defender for Containers: plan', 'pricings[Containers].pricingTier', at(plan, `${set}pricingTier`, 'Free')],
    [
      'Pod security standard: enforcement',
      'policyAssignments[pod-security-baseline].enforcementMode',
      at(policy, `${set}enforcementMode`, 'DoNotEnforce'),
    ],
    [
      'Pod security standard: initiative',
      'policyAssignments[pod-security-baseline].policyDefinitionId',
      at(policy, `${set}policyDefinitionId`, '/other'),
    ],
    [
      'Pod security standard: effect',
      'policyAssignments[pod-security-baseline].parameters.effect',
      at(policy, `${set}parameters.effect.value`, 'Disabled'),
    ],
    ['Budget: amount', `budgets[budget-${n}].amount`, at(budget, `${set}amount`, 50_000)],
    ['Budget: period', `budgets[budget-${n}].timeGrain`, at(budget, `${set}timeGrain`, 'Annually')],
    [
      'Budget: e-mail addresses',
      `budgets[budget-${n}].notifications.contactEmails`,
      at(budget, `${set}notifications`, { a: { enabled: false, contactEmails: ['costs@contoso.com'] } }),
    ],
    ['Lock on the registry: level', 'locks[do-not-delete].level', at(lock(registry), `${set}level`, 'ReadOnly')],
    [
      'Maintenance of the cluster: day',
      'maintenanceConfigurations[aksManagedAutoUpgradeSchedule].maintenanceWindow.schedule.weekly.dayOfWeek',
      at(window('aksManagedAutoUpgradeSchedule'), `${set}maintenanceWindow.schedule.weekly.dayOfWeek`, 'Monday'),
    ],
    [
      'Maintenance of node images: weeks between',
      'maintenanceConfigurations[aksManagedNodeOSUpgradeSchedule].maintenanceWindow.schedule.weekly.intervalWeeks',
      at(window('aksManagedNodeOSUpgradeSchedule'), `${set}maintenanceWindow.schedule.weekly.intervalWeeks`, 4),
    ],
    [
      'Maintenance of node images: start',
      'maintenanceConfigurations[aksManagedNodeOSUpgradeSchedule].maintenanceWindow.startTime',
      at(window('aksManagedNodeOSUpgradeSchedule'), `${set}maintenanceWindow.startTime`, '12:00'),
    ],
    [
      'Maintenance of node images: hours',
      'maintenanceConfigurations[aksManagedNodeOSUpgradeSchedule].maintenanceWindow.durationHours',
      at(window('aksManagedNodeOSUpgradeSchedule'), `${set}maintenanceWindow.durationHours`, 24),
    ],
    [
      'Maintenance of node images: offset from UTC',
      'maintenanceConfigurations[aksManagedNodeOSUpgradeSchedule].maintenanceWindow.utcOffset',
      at(window('aksManagedNodeOSUpgradeSchedule'), `${set}maintenanceWindow.utcOffset`, '+05:30'),
    ],
    ['Deployment safeguards: level', 'deploymentSafeguards[default].level', at(safeguards, `${set}level`, 'Enforce')],
    [
      'Disk encryption set: key',
      `diskEncryptionSets[des-${n}].activeKey.keyUrl`,
      at(
        ids.encryptionSet,
        `${set}activeKey.keyUrl`,
        'https://kv-keys.vault.azure.net/keys/other/0123456789abcdef0123456789abcdef',
      ),
    ],
    [
      'Rule of the collection of logs: workspace',
      `dataCollectionRules[MSCI-westeurope-aks-${n}].destinations`,
      at(
        `${insights}/dataCollectionRules/MSCI-westeurope-aks-${n}`,
        `${set}destinations.logAnalytics.0.workspaceResourceId`,
        '/other',
      ),
    ],
    [
      'Rule of the collection of metrics: workspace',
      'dataCollectionRules[MSProm-westeurope-aks].destinations',
      at(`${insights}/dataCollectionRules/MSProm-westeurope-aks`, `${set}destinations`, {}),
    ],
    [
      'Logs of the control plane: categories',
      'diagnosticSettings[workspace].logs',
      at(diagnostics(ids.cluster), `${set}logs.0.enabled`, false),
    ],
    [
      'Logs of the key vault: workspace',
      'diagnosticSettings[workspace].workspaceId',
      at(diagnostics(vault), `${set}workspaceId`, '/other'),
    ],
    [
      'Sign-in of loki: issuer',
      'federatedIdentityCredentials[kubernetes].issuer',
      at(`${identity('loki')}/federatedIdentityCredentials/kubernetes`, `${set}issuer`, 'https://old.example/'),
    ],
    [
      'Sign-in of loki: subject',
      'federatedIdentityCredentials[kubernetes].subject',
      at(
        `${identity('loki')}/federatedIdentityCredentials/kubernetes`,
        `${set}subject`,
        'system:serviceaccount:default:default',
      ),
    ],
    [
      'Sign-in of loki: audience',
      'federatedIdentityCredentials[kubernetes].audiences',
      at(`${identity('loki')}/federatedIdentityCredentials/kubernetes`, `${set}audiences`, ['other']),
    ],
    [
      'Backup vault: soft delete',
      `backupVaults[bvault-${n}].securitySettings.softDeleteSettings.state`,
      at(backup, `${set}securitySettings.softDeleteSettings.state`, 'Off'),
    ],
    [
      'Backup policy: interval',
      'backupPolicies[aks-every-24h-for-7d].policyRules.repeatingTimeIntervals',
      at(`${backup}/backupPolicies/aks-every-24h-for-7d`, `${set}policyRules.0.trigger.schedule`, {
        repeatingTimeIntervals: ['R/2026-01-01T01:00:00+00:00/P1W'],
      }),
    ],
    [
      'Backup policy: retention',
      'backupPolicies[aks-every-24h-for-7d].policyRules.lifecycles',
      at(
        `${backup}/backupPolicies/aks-every-24h-for-7d`,
        `${set}policyRules.1.lifecycles.0.deleteAfter.duration`,
        'P1D',
      ),
    ],
    [
      'Backup of the cluster: state',
      `backupInstances[aks-${n}].currentProtectionState`,
      at(instance, `${set}currentProtectionState`, 'ProtectionStopped'),
    ],
    [
      'Backup of the cluster: cluster',
      `backupInstances[aks-${n}].dataSourceInfo.resourceID`,
      at(instance, `${set}dataSourceInfo.resourceID`, '/other'),
    ],
    [
      'Backup of the cluster: policy',
      `backupInstances[aks-${n}].policyInfo.policyId`,
      at(instance, `${set}policyInfo.policyId`, '/other'),
    ],
    [
      'Backup extension: type',
      'extensions[azure-aks-backup].extensionType',
      at(extension, `${set}extensionType`, 'microsoft.flux'),
    ],
    [
      'Backup extension: provisioning state',
      'extensions[azure-aks-backup].provisioningState',
      at(extension, `${set}provisioningState`, 'Failed'),
    ],
    [
      'Access of the backup vault to the cluster: vault',
      'trustedAccessRoleBindings[backup-vault].sourceResourceId',
      at(`${ids.cluster}/trustedAccessRoleBindings/backup-vault`, `${set}sourceResourceId`, '/other'),
    ],
    [
      'Access of the backup vault to the cluster: state',
      'trustedAccessRoleBindings[backup-vault].provisioningState',
      at(`${ids.cluster}/trustedAccessRoleBindings/backup-vault`, `${set}provisioningState`, 'Failed'),
    ],
  ])('%s', async (what, path, change) => {
    expect((await differences(change)).map(found => [found.what, found.path])).toEqual([[what, path]]);
  });

  test('with what was expected and what is there', async () => {
    expect(await differences(at(storage, `${set}minimumTlsVersion`, 'TLS1_0'))).toEqual([
      {
        what: 'Storage account: least TLS',
        path: `storageAccounts[${name(storage)}].minimumTlsVersion`,
        expected: 'TLS1_2',
        actual: 'TLS1_0',
      },
    ]);
  });
});

function name(id: string): string {
  return id.split('/').at(-1) ?? '';
}

describe('drift that is none', () => {
  test.each<[string, Change]>([
    ['a newer TLS', at(storage, `${set}minimumTlsVersion`, 'TLS1_3')],
    [
      'a newer TLS of the database',
      at(`${database}/configurations/ssl_min_protocol_version`, `${set}value`, 'TLSv1.3'),
    ],
    [
      'a subnet that says its addresses as a list',
      all => {
        at(subnet('snet-data'), `${set}addressPrefix`, undefined)(all);
        at(subnet('snet-data'), `${set}addressPrefixes`, ['10.20.1.0/24'])(all);
      },
    ],
    ['a category of logs more', at(diagnostics(vault), `${set}logs.1.enabled`, true)],
    ['an id in another case', at(`${gateway}/associations/dmz`, `${set}subnet.id`, subnet('SNET-DMZ').toUpperCase())],
    [
      'a soft delete that nobody can switch off any more',
      at(backup, `${set}securitySettings.softDeleteSettings.state`, 'AlwaysOn'),
    ],
    [
      'an offset that Azure leaves out',
      at(window('aksManagedAutoUpgradeSchedule'), `${set}maintenanceWindow.utcOffset`, undefined),
    ],
    [
      'a key that was rotated',
      at(
        ids.encryptionSet,
        `${set}activeKey.keyUrl`,
        'https://kv-keys.vault.azure.net/keys/disks/ffffffffffffffffffffffffffffffff',
      ),
    ],
    ['a rule set more', at(waf, `${set}managedRules.managedRuleSets.2`, { ruleSetType: 'Own' })],
    ['a name that ends in a dot', at(`${zone}/CNAME/*`, `${set}CNAMERecord.cname`, 'A1B2C3.fz01.alb.azure.com.')],
  ])('%s', async (_case, change) => {
    expect(await differences(change)).toEqual([]);
  });
});

describe('what is missing is one difference, whatever hangs on it', () => {
  test.each<[what: string, id: string]>([
    ['Network', vnet],
    ['Subnet snet-dmz', subnet('snet-dmz')],
    ['Security group of snet-data', nsg('data')],
    ['NAT gateway', `${network}/natGateways/ng-${n}`],
    ['Bastion', `${network}/bastionHosts/bas-${n}`],
    ['Flow log of the network', flowLog],
    ['Gateway', gateway],
    ['Frontend of the gateway', `${gateway}/frontends/web`],
    ['Firewall policy', waf],
    ['DNS zone prod.platform.contoso.com', zone],
    ['DNS record *.prod.platform.contoso.com', `${zone}/CNAME/*`],
    ['Delegation of prod.platform.contoso.com', delegation],
    ['Registry', registry],
    ['Key vault', vault],
    ['Storage account', storage],
    ['Blobs of the storage account', `${storage}/blobServices/default`],
    ['Blob container loki', `${storage}/blobServices/default/containers/loki`],
    ['Database', database],
    ['Database mlflow', `${database}/databases/mlflow`],
    ['Administrator of the database', `${database}/administrators/principal-of-mlflow`],
    ['Cache', cache],
    ['Private endpoint of the vault', endpoint],
    ['Private name of the vault', `${endpoint}/privateDnsZoneGroups/default`],
    ['Metric workspace', `${ids.group}/providers/Microsoft.Monitor/accounts/amw-aks-${n}`],
    ['Action group', `${insights}/actionGroups/ag-aks-${n}`],
    ['Alert pods-failed', `${insights}/metricAlerts/pods-failed-aks-${n}`],
    ['Pod security standard', policy],
    ['Budget', budget],
    ['Lock on the database', lock(database)],
    ['Lock on the DNS zone', lock(`${zone}/SOA/@`)],
    ['Maintenance of the cluster', window('aksManagedAutoUpgradeSchedule')],
    ['Deployment safeguards', safeguards],
    ['Disk encryption set', ids.encryptionSet],
    ['Identity of the control plane', `${ids.identities}/id-aks-${n}`],
    ['Identity of loki', identity('loki')],
    ['Identity of mlflow', identity('mlflow')],
    ['Sign-in of loki', `${identity('loki')}/federatedIdentityCredentials/kubernetes`],
    ['Logs of the control plane', diagnostics(ids.cluster)],
    ['Backup vault', backup],
    ['Backup policy', `${backup}/backupPolicies/aks-every-24h-for-7d`],
    ['Backup of the cluster', instance],
    ['Backup extension', extension],
  ])('%s', async (what, id) => {
    const found = await differences(gone(id));
    expect(
      found.map(({ path, actual, ...rest }) => ({
        ...rest,
        path,
        actual,
        expected: String(rest.expected).toLowerCase(),
      })),
    ).toEqual([{ what, path: '', expected: id.toLowerCase(), actual: undefined }]);
  });

  test.each(assignments)('the role that %s gives', async (purpose, scope) => {
    const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${assignmentName(view, purpose)}`;
    const missing = await differences(gone(id));
    expect(missing.map(({ actual }) => actual)).toEqual([undefined]);
    expect(missing[0]?.what).toMatch(new RegExp(`^Role .+ of .+ on ${name(scope)}$`));
    const other = await differences(at(id, `${set}principalId`, 'somebody-else'));
    expect(other.map(found => found.what)).toEqual([`${missing[0]?.what}: principal`]);
    const weaker = await differences(at(id, `${set}roleDefinitionId`, '/providers/x/roleDefinitions/weaker'));
    expect(weaker.map(({ what, actual }) => ({ what, actual }))).toEqual([
      { what: `${missing[0]?.what}: role`, actual: 'weaker' },
    ]);
  });
});

test('the frontend without a host name is one difference', async () => {
  const found = await differences(at(`${gateway}/frontends/web`, `${set}fqdn`, undefined));
  expect(found.map(({ what }) => what)).toEqual(['Frontend of the gateway: host name']);
});

describe('who may come in', () => {
  const gateway = rule(90, 'Allow', '10.20.0.0/24', anything);
  const deny = rule(4096, 'Deny', '*');
  const rules = (...all: JsonObject[]) => at(nsg('compute'), `${set}securityRules`, all);

  test.each<[string, Change, string[]]>([
    ['the Internet', rules(gateway, rule(100, 'Allow', 'Internet'), deny), ['rules that let the Internet in']],
    ['anybody', rules(gateway, rule(100, 'Allow', '*'), deny), ['rules that let the Internet in']],
    ['all addresses', rules(gateway, rule(100, 'Allow', '0.0.0.0/0'), deny), ['rules that let the Internet in']],
    [
      'the Internet among others',
      rules(gateway, rule(100, 'Allow', '10.0.0.0/8', { sourceAddressPrefixes: ['10.1.0.0/16', 'Internet'] }), deny),
      ['rules that let the Internet in'],
    ],
    ['whoever is not named', rules(gateway), ['denies everything else']],
    [
      'whoever comes by another protocol',
      rules(gateway, rule(4096, 'Deny', '*', { protocol: 'Tcp' })),
      ['denies everything else'],
    ],
    ['nobody, as what denies comes first', rules(gateway, rule(80, 'Deny', '*')), ['denies everything else']],
    ['the gateway on one port alone', rules(rule(90, 'Allow', '10.20.0.0/24'), deny), ['lets the gateway in']],
    [
      'nobody else, out is another matter',
      rules(gateway, rule(100, 'Allow', '*', { direction: 'Outbound' }), deny),
      [],
    ],
  ])('%s', async (_case, change, expected) => {
    const found = await differences(change);
    expect(found.map(({ what }) => what)).toEqual(expected.map(what => `Security group of snet-compute: ${what}`));
  });

  test('the name of the rule is told', async () => {
    const [found] = await differences(rules(gateway, rule(100, 'Allow', 'Internet'), deny));
    expect(found).toMatchObject({ expected: [], actual: ['Allow-Internet'] });
  });

  test('the Internet may come to the gateway, to its ports and only with everything else denied', async () => {
    const ports = { destinationPortRange: '', destinationPortRanges: ['80', '443', '22'] };
    const found = await differences(at(nsg('dmz'), `${set}securityRules`, [rule(100, 'Allow', 'Internet', ports)]));
    expect(found.map(({ what, actual }) => ({ what, actual }))).toEqual([
      { what: 'Security group of snet-dmz: ports open to the Internet', actual: ['22', '80', '443'] },
      { what: 'Security group of snet-dmz: denies everything else', actual: false },
    ]);
  });
});

describe('a firewall of yours', () => {
  if (view.network.existing) throw new Error('production makes its network');
  const routed: EnvironmentScope = {
    ...view,
    network: { ...view.network, egress: { kind: 'user-defined', nextHop: '10.0.0.4' } },
  };
  const table = `${network}/routeTables/rt-${n}`;
  const applied =
    (hop: string): Change =>
    all => {
      for (const zone of ['snet-compute', 'snet-management']) {
        at(subnet(zone), `${set}natGateway`, undefined)(all);
        at(subnet(zone), `${set}routeTable`, { id: table })(all);
      }
      all.set(table.toLowerCase(), {
        properties: {
          disableBgpRoutePropagation: true,
          routes: [
            { name: 'near', properties: { addressPrefix: '10.0.0.0/8', nextHopType: 'VnetLocal' } },
            {
              name: 'default',
              properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: hop },
            },
          ],
        },
      });
      const id = `${table}/providers/Microsoft.Authorization/roleAssignments/${assignmentName(view, 'route_table')}`;
      all.set(id.toLowerCase(), {
        properties: {
          principalId: 'principal-of-control-plane',
          roleDefinitionId: '/x/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7',
        },
      });
    };

  test('as applied', async () => {
    expect(await differences(applied('10.0.0.4'), routed)).toEqual([]);
  });

  test('another way', async () => {
    expect((await differences(applied('10.0.0.9'), routed)).map(({ what, actual }) => ({ what, actual }))).toEqual([
      { what: 'Route table: way to the firewall', actual: '10.0.0.9' },
    ]);
  });
});

describe('what nobody asked for', () => {
  const bare: EnvironmentScope = {
    ...view,
    cluster: { ...view.cluster, maintenance: undefined, features: { ...view.cluster.features, safeguards: undefined } },
  };

  test('is a difference where it changes what the cluster does', async () => {
    expect((await differences(undefined, bare)).map(({ what, expected }) => ({ what, expected }))).toEqual([
      { what: 'Maintenance of the cluster', expected: undefined },
      { what: 'Maintenance of node images', expected: undefined },
      { what: 'Deployment safeguards', expected: undefined },
    ]);
  });

  test('and none where it is not there', async () => {
    const none: Change = all => {
      for (const id of [
        window('aksManagedAutoUpgradeSchedule'),
        window('aksManagedNodeOSUpgradeSchedule'),
        safeguards,
      ]) {
        gone(id)(all);
      }
    };
    expect(await differences(none, bare)).toEqual([]);
  });
});

describe('what is asked', () => {
  test('nothing of what exists already, but that names lead to the gateway', async () => {
    const existing: EnvironmentScope = {
      ...environmentView,
      network: {
        existing: true,
        id: '/hub',
        subnets: { compute: '/hub/subnets/nodes' },
        egress: { kind: 'load-balancer' },
      },
      registry: { existing: true, id: '/registry' },
      vault: { existing: true, shared: false, id: '/vault' },
      storage: undefined,
      gateway: undefined,
      privateLink: undefined,
      workloads: {},
      dns: undefined,
    };
    const found = environmentInspections(existing, undefined).map(({ what }) => what);
    expect(found).toEqual(['Defender for Containers', 'Pod security standard']);
  });

  test('nothing that belongs to a cluster where there is none', () => {
    const found = environmentInspections(view, undefined).map(({ what }) => what);
    expect(found.filter(what => /Identity|Logs|Maintenance|Backup|Role/.test(what))).toEqual([]);
  });

  test('no endpoint of what is somebody else’s, but of the shared vault', () => {
    const found = environmentInspections({ ...environmentView, registry: { existing: true, id: '/r' } }, undefined);
    expect(found.map(({ what }) => what).filter(what => what.startsWith('Private endpoint'))).toEqual([
      'Private endpoint of the vault',
      'Private endpoint of the storage',
    ]);
  });

  test('a zone of a hub is the one that was given', async () => {
    const hub: EnvironmentScope = { ...view, privateLink: { zones: { vault: '/hub/zone' } } };
    expect((await differences(undefined, hub)).map(({ what, expected }) => ({ what, expected }))).toEqual([
      { what: 'Private name of the vault: zone', expected: '/hub/zone' },
    ]);
  });
});

describe('what may not be read', () => {
  const refuse = async (id: string) => {
    if (!id.includes('/flowLogs/')) return bodies.get(id.toLowerCase());
    throw new UserError({ message: `may not perform \`Microsoft.Network/networkWatchers/flowLogs/read\` on ${id}.` });
  };

  test('is one problem that hides no difference', async () => {
    const found = await inspectAll(environmentInspections(view, cluster), async id =>
      id.toLowerCase() === vault.toLowerCase() ? undefined : refuse(id),
    );
    expect(found.differences.map(({ what }) => what)).toEqual(['Key vault']);
    expect(found.problems).toEqual([
      { message: `may not perform \`Microsoft.Network/networkWatchers/flowLogs/read\` on ${flowLog}.` },
    ]);
  });

  test('a defect is none of it', async () => {
    const broken = inspectAll(environmentInspections(view, cluster), () => Promise.reject(new TypeError('defect')));
    await expect(broken).rejects.toThrow(TypeError);
  });
});

describe('the shared scope', () => {
  const zone = `${ids.shared}/providers/Microsoft.Network/dnsZones/platform.contoso.com`;
  if (sharedView.vault === undefined || sharedView.vault.existing) throw new Error('the shared scope makes a vault');
  const vault = `${ids.shared}/providers/Microsoft.KeyVault/vaults/${sharedView.vault.name}`;
  const applied = new Map<string, JsonObject>(
    Object.entries({
      [workspace]: { properties: { retentionInDays: 30, features: { disableLocalAuth: true } } },
      [zone]: { properties: {} },
      [vault]: {
        properties: { enableRbacAuthorization: true, enablePurgeProtection: true, publicNetworkAccess: 'Enabled' },
      },
      [diagnostics(vault)]: {
        properties: { workspaceId: workspace, logs: [{ category: 'AuditEvent', enabled: true }] },
      },
      [lock(workspace)]: { properties: { level: 'CanNotDelete' } },
      [lock(`${zone}/SOA/@`)]: { properties: { level: 'CanNotDelete' } },
    }).map(([id, body]) => [id.toLowerCase(), body]),
  );
  const differencesOf = async (change: Change = () => {}) => {
    const all = new Map(applied);
    change(all);
    const { differences } = await inspectAll(sharedInspections(sharedView), async id => all.get(id.toLowerCase()));
    return differences.map(({ what }) => what);
  };

  test('as applied', async () => {
    expect(await differencesOf()).toEqual([]);
  });

  test.each<[string, Change]>([
    ['Log workspace', gone(workspace)],
    ['Log workspace: retention in days', at(workspace, `${set}retentionInDays`, 7)],
    ['Log workspace: access by keys off', at(workspace, `${set}features.disableLocalAuth`, false)],
    ['DNS zone platform.contoso.com', gone(zone)],
    ['Key vault: protection against purging', at(vault, `${set}enablePurgeProtection`, undefined)],
    ['Logs of the key vault', gone(diagnostics(vault))],
    ['Lock on the log workspace', gone(lock(workspace))],
    ['Lock on the DNS zone', gone(lock(`${zone}/SOA/@`))],
  ])('%s', async (what, change) => {
    expect(await differencesOf(change)).toEqual([what]);
  });

  test('what exists already has to be there', async () => {
    const view = { ...sharedView, logs: { existing: true, id: '/logs' }, dns: undefined, vault: undefined } as const;
    const found = await inspectAll(sharedInspections(view), async () => undefined);
    expect(found.differences).toEqual([{ what: 'Log workspace', path: '', expected: '/logs', actual: undefined }]);
  });
});

test('names of role assignments are those that Terraform makes', () => {
  // terraform console: uuidv5("url", lower("/subscriptions/…/resourceGroups/rg-contoso-prod-westeurope/aks-contoso-prod-westeurope/registry_pull"))
  expect(assignmentName(view, 'registry_pull')).toBe('7acee9bb-5670-51c0-b855-e584592c88fe');
});

import { isObject, type JsonObject } from '@suite/foundation';
import { productionView as view } from '../../views.fixture.ts';

/**
 * What the resource manager holds when the view of production was applied: bodies in Azure's own shape (Azure's REST
 * reference, API versions of azurerm 5.2.0), by id in lower case. Only what verification looks at, and what lies beside it.
 */
const subscription = `/subscriptions/${view.subscription}`;
const group = `${subscription}/resourceGroups/${view.resourceGroup}`;
const shared = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-contoso-shared-westeurope';
const name = 'contoso-prod-westeurope';

export const workspace = `${shared}/providers/Microsoft.OperationalInsights/workspaces/log-contoso`;
const network = `${group}/providers/Microsoft.Network`;
const vnet = `${network}/virtualNetworks/vnet-${name}`;
const gateway = `${group}/providers/Microsoft.ServiceNetworking/trafficControllers/agc-${name}`;
const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/aks-${name}`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/${made(view.registry).name}`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/${made(view.vault).name}`;
const storage = `${group}/providers/Microsoft.Storage/storageAccounts/${view.storage?.name}`;
const database = `${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${view.database?.name}`;
const cache = `${group}/providers/Microsoft.Cache/redisEnterprise/${view.cache?.name}`;
const backup = `${group}/providers/Microsoft.DataProtection/backupVaults/bvault-${name}`;
const zone = `${network}/dnsZones/prod.platform.contoso.com`;
const insights = `${group}/providers/Microsoft.Insights`;
const identities = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;
const encryptionSet = `${group}/providers/Microsoft.Compute/diskEncryptionSets/des-${name}`;
const metrics = `${group}/providers/Microsoft.Monitor/accounts/amw-aks-${name}`;
const waf = `${network}/applicationGatewayWebApplicationFirewallPolicies/waf-agc-${name}`;
const keys = view.cluster.diskEncryption?.vault ?? '';

/** Short names of what tests change. */
export const ids = {
  vnet, gateway, cluster, registry, vault, storage, database, cache, backup, zone, waf, insights, identities, encryptionSet, network,
  subscription, group, shared,
} as const; // biome-ignore format: a list to read across

function made<T extends { readonly existing: boolean }>(wanted: T): Extract<T, { existing: false }> {
  if (wanted.existing) throw new Error('production makes its own');
  return wanted as Extract<T, { existing: false }>;
}

const properties = (values: JsonObject, more: JsonObject = {}): JsonObject => ({ ...more, properties: values });

function subnet(prefix: string, zone: string, more: JsonObject = {}): JsonObject {
  return properties({
    provisioningState: 'Succeeded',
    addressPrefix: prefix,
    defaultOutboundAccess: false,
    privateEndpointNetworkPolicies: 'Disabled',
    networkSecurityGroup: { id: `${network}/networkSecurityGroups/nsg-${zone}` },
    delegations: [],
    ...more,
  });
}

const delegated = (serviceName: string) => [{ name: 'delegation', properties: { serviceName, actions: [] } }];
const natGateway = { id: `${network}/natGateways/ng-${name}` };

export function rule(priority: number, access: string, from: string, more: JsonObject = {}): JsonObject {
  return {
    name: `${access}-${from}`,
    properties: {
      priority,
      direction: 'Inbound',
      access,
      protocol: access === 'Deny' ? '*' : 'Tcp',
      sourceAddressPrefix: from,
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: access === 'Deny' ? '*' : '443',
      ...more,
    },
  };
}

const securityGroup = (from: string, more: JsonObject = {}) =>
  properties({ securityRules: [rule(100, 'Allow', from, more), rule(4096, 'Deny', '*')] });
const web = { destinationPortRange: '', destinationPortRanges: ['80', '443'] };
export const anything = { protocol: '*', destinationPortRange: '*' };

const networkBodies: Readonly<Record<string, JsonObject>> = {
  [vnet]: properties({ addressSpace: { addressPrefixes: ['10.20.0.0/16'] } }),
  [`${vnet}/subnets/snet-dmz`]: subnet('10.20.0.0/24', 'dmz', {
    delegations: delegated('Microsoft.ServiceNetworking/trafficControllers'),
  }),
  [`${vnet}/subnets/snet-compute`]: subnet('10.20.64.0/18', 'compute', { natGateway }),
  [`${vnet}/subnets/snet-data`]: subnet('10.20.1.0/24', 'data', {
    privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled',
  }),
  [`${vnet}/subnets/snet-management`]: subnet('10.20.2.0/26', 'management', { natGateway }),
  [`${vnet}/subnets/AzureBastionSubnet`]: subnet('10.20.2.64/26', 'bastion'),
  [`${vnet}/subnets/snet-api-server`]: subnet('10.20.2.128/28', 'api-server', {
    delegations: delegated('Microsoft.ContainerService/managedClusters'),
  }),
  [`${network}/networkSecurityGroups/nsg-dmz`]: securityGroup('Internet', web),
  [`${network}/networkSecurityGroups/nsg-bastion`]: securityGroup('Internet'),
  [`${network}/networkSecurityGroups/nsg-compute`]: securityGroup('10.20.0.0/24', anything),
  [`${network}/networkSecurityGroups/nsg-data`]: securityGroup('10.20.64.0/18'),
  [`${network}/networkSecurityGroups/nsg-management`]: securityGroup('10.20.2.64/26'),
  [`${network}/networkSecurityGroups/nsg-api-server`]: securityGroup('10.20.64.0/18'),
  [natGateway.id]: properties(
    { publicIpAddresses: [{ id: `${network}/publicIPAddresses/pip-nat-${name}` }] },
    { sku: { name: 'StandardV2' } },
  ),
  [`${network}/bastionHosts/bas-${name}`]: properties({ enableTunneling: true }, { sku: { name: 'Standard' } }),
  [`${subscription}/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_westeurope/flowLogs/fl-${name}`]:
    properties({ enabled: true, targetResourceId: vnet, retentionPolicy: { enabled: true, days: 30 } }),
};

const fqdn = 'a1b2c3.fz01.alb.azure.com';
const gatewayBodies: Readonly<Record<string, JsonObject>> = {
  [gateway]: properties({ provisioningState: 'Succeeded' }),
  [`${gateway}/frontends/web`]: properties({ provisioningState: 'Succeeded', fqdn }),
  [`${gateway}/associations/dmz`]: properties({
    provisioningState: 'Succeeded',
    associationType: 'subnets',
    subnet: { id: `${vnet}/subnets/snet-dmz` },
  }),
  [`${gateway}/securityPolicies/waf`]: properties({
    provisioningState: 'Succeeded',
    policyType: 'waf',
    wafPolicy: { id: waf },
  }),
  [waf]: properties({
    policySettings: { state: 'Enabled', mode: 'Prevention' },
    managedRules: {
      managedRuleSets: [
        { ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.1' },
        { ruleSetType: 'Microsoft_BotManagerRuleSet', ruleSetVersion: '1.1' },
      ],
    },
  }),
  [zone]: properties({ nameServers: ['ns1-01.azure-dns.com.', 'ns2-01.azure-dns.net.'] }),
  [`${zone}/CNAME/*`]: properties({ TTL: 300, CNAMERecord: { cname: fqdn } }),
  [`${shared}/providers/Microsoft.Network/dnsZones/platform.contoso.com/NS/prod`]: properties({
    TTL: 300,
    NSRecords: [{ nsdname: 'ns2-01.azure-dns.net' }, { nsdname: 'ns1-01.azure-dns.com' }],
  }),
};

const container = (name: string) => ({ [`${storage}/blobServices/default/containers/${name}`]: properties({}) });
const setting = (name: string, value: string) => ({ [`${database}/configurations/${name}`]: properties({ value }) });

const dataBodies: Readonly<Record<string, JsonObject>> = {
  [registry]: properties(
    {
      provisioningState: 'Succeeded',
      adminUserEnabled: false,
      anonymousPullEnabled: false,
      publicNetworkAccess: 'Disabled',
      zoneRedundancy: 'Enabled',
      policies: { retentionPolicy: { status: 'enabled', days: 30 } },
    },
    { sku: { name: 'Premium', tier: 'Premium' } },
  ),
  [`${registry}/replications`]: { value: [{ location: 'westeurope' }, { location: 'North Europe' }] },
  [vault]: properties({
    enableRbacAuthorization: true,
    enablePurgeProtection: true,
    enableSoftDelete: true,
    softDeleteRetentionInDays: 90,
    publicNetworkAccess: 'Disabled',
    networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny' },
  }),
  [storage]: properties(
    {
      supportsHttpsTrafficOnly: true,
      minimumTlsVersion: 'TLS1_2',
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      isLocalUserEnabled: false,
      publicNetworkAccess: 'Disabled',
      networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny' },
    },
    { sku: { name: 'Standard_ZRS' }, kind: 'StorageV2' },
  ),
  [`${storage}/blobServices/default`]: properties({
    isVersioningEnabled: true,
    deleteRetentionPolicy: { enabled: true, days: 7 },
    containerDeleteRetentionPolicy: { enabled: true, days: 7 },
  }),
  ...container('loki'),
  ...container('mlflow'),
  ...container('backup'),
  [database]: properties(
    {
      version: '17',
      storage: { storageSizeGB: 32 },
      authConfig: { activeDirectoryAuth: 'Enabled', passwordAuth: 'Disabled' },
      network: { publicNetworkAccess: 'Disabled' },
      highAvailability: { mode: 'ZoneRedundant', state: 'Healthy' },
      backup: { backupRetentionDays: 14, geoRedundantBackup: 'Disabled' },
    },
    { sku: { name: 'Standard_D2ds_v5', tier: 'GeneralPurpose' } },
  ),
  [`${database}/databases/mlflow`]: properties({ charset: 'UTF8' }),
  [`${database}/administrators/principal-of-mlflow`]: properties({ principalType: 'ServicePrincipal' }),
  ...setting('require_secure_transport', 'on'),
  ...setting('ssl_min_protocol_version', 'TLSv1.2'),
  ...setting('pgbouncer.enabled', 'true'),
  [cache]: properties(
    { publicNetworkAccess: 'Disabled', minimumTlsVersion: '1.2', highAvailability: 'Enabled' },
    { sku: { name: 'Balanced_B0' } },
  ),
  [`${cache}/databases/default`]: properties({
    accessKeysAuthentication: 'Disabled',
    clientProtocol: 'Encrypted',
    port: 10000,
  }),
};

function endpoint(service: string, target: string, zone: string): Record<string, JsonObject> {
  const at = `${network}/privateEndpoints/pe-${service}-${name}`;
  const zoneId = `${network}/privateDnsZones/${zone}`;
  return {
    [at]: properties({
      subnet: { id: `${vnet}/subnets/snet-data` },
      privateLinkServiceConnections: [
        {
          name: service,
          properties: { privateLinkServiceId: target, privateLinkServiceConnectionState: { status: 'Approved' } },
        },
      ],
    }),
    [`${at}/privateDnsZoneGroups/default`]: properties({
      privateDnsZoneConfigs: [{ name: 'zone', properties: { privateDnsZoneId: zoneId } }],
    }),
    [`${zoneId}/virtualNetworkLinks/network`]: properties({
      virtualNetwork: { id: vnet },
      virtualNetworkLinkState: 'Completed',
    }),
  };
}

const endpointBodies: Readonly<Record<string, JsonObject>> = {
  ...endpoint('registry', registry, 'privatelink.azurecr.io'),
  ...endpoint('vault', vault, 'privatelink.vaultcore.azure.net'),
  ...endpoint('storage', storage, 'privatelink.blob.core.windows.net'),
  ...endpoint('database', database, 'privatelink.postgres.database.azure.com'),
  ...endpoint('cache', cache, 'privatelink.redis.azure.net'),
};

function lock(scope: string): Record<string, JsonObject> {
  return { [`${scope}/providers/Microsoft.Authorization/locks/do-not-delete`]: properties({ level: 'CanNotDelete' }) };
}

function logsOf(target: string, ...categories: string[]): Record<string, JsonObject> {
  return {
    [`${target}/providers/Microsoft.Insights/diagnosticSettings/workspace`]: properties({
      workspaceId: workspace,
      logs: [...categories.map(category => ({ category, enabled: true })), { category: 'Other', enabled: false }],
    }),
  };
}

const actionGroup = `${insights}/actionGroups/ag-aks-${name}`;
function alert(what: string): Record<string, JsonObject> {
  const body = properties({ enabled: true, actions: [{ actionGroupId: actionGroup }] });
  return { [`${insights}/metricAlerts/${what}-aks-${name}`]: body };
}

function collects(what: string, rule: string, destinations: JsonObject): Record<string, JsonObject> {
  const id = `${insights}/dataCollectionRules/${rule}`;
  return {
    [`${cluster}/providers/Microsoft.Insights/dataCollectionRuleAssociations/${what}`]: properties({
      dataCollectionRuleId: id,
    }),
    [id]: properties({ destinations }),
  };
}

const maintenance = properties({
  maintenanceWindow: {
    schedule: { weekly: { intervalWeeks: 1, dayOfWeek: 'Sunday' } },
    durationHours: 6,
    utcOffset: '+00:00',
    startDate: '2026-11-20',
    startTime: '02:00',
  },
});

const operationBodies: Readonly<Record<string, JsonObject>> = {
  ...logsOf(cluster, 'kube-audit-admin', 'guard', 'kube-apiserver'),
  ...logsOf(registry, 'ContainerRegistryLoginEvents', 'ContainerRegistryRepositoryEvents'),
  ...logsOf(vault, 'AuditEvent'),
  ...logsOf(`${storage}/blobServices/default`, 'StorageWrite', 'StorageDelete'),
  ...logsOf(gateway, 'TrafficControllerAccessLog', 'TrafficControllerFirewallLog'),
  [actionGroup]: properties({
    enabled: true,
    emailReceivers: [{ name: 'email-1', emailAddress: 'oncall@contoso.com' }],
    webhookReceivers: [{ name: 'webhook-1', serviceUri: 'https://alerts.contoso.com/azure' }],
  }),
  ...alert('node-cpu'),
  ...alert('node-memory'),
  ...alert('node-disk'),
  ...alert('node-not-ready'),
  ...alert('pods-pending'),
  ...alert('pods-failed'),
  ...alert('database-disk'),
  [metrics]: properties({}),
  ...collects('ContainerInsightsExtension', `MSCI-westeurope-aks-${name}`, {
    logAnalytics: [{ name: 'workspace', workspaceResourceId: workspace }],
  }),
  ...collects('ContainerInsightsMetricsExtension', 'MSProm-westeurope-aks', {
    monitoringAccounts: [{ name: 'workspace', accountResourceId: metrics }],
  }),
  [`${cluster}/maintenanceConfigurations/aksManagedAutoUpgradeSchedule`]: maintenance,
  [`${cluster}/maintenanceConfigurations/aksManagedNodeOSUpgradeSchedule`]: maintenance,
  [`${cluster}/providers/Microsoft.ContainerService/deploymentSafeguards/default`]: properties({ level: 'Warn' }),
  [`${subscription}/providers/Microsoft.Security/pricings/Containers`]: properties({ pricingTier: 'Standard' }),
  [`${group}/providers/Microsoft.Authorization/policyAssignments/pod-security-baseline`]: properties({
    policyDefinitionId: '/providers/Microsoft.Authorization/policySetDefinitions/a8640138-9b0a-4a28-b8cb-1666c838647d',
    enforcementMode: 'Default',
    parameters: { effect: { value: 'Audit' } },
  }),
  [`${subscription}/providers/Microsoft.Consumption/budgets/budget-${name}`]: properties({
    amount: 5000,
    timeGrain: 'Monthly',
    notifications: {
      Actual_80: { enabled: true, threshold: 80, contactEmails: ['costs@contoso.com'] },
      Actual_100: { enabled: true, threshold: 100, contactEmails: ['costs@contoso.com'] },
    },
  }),
  ...lock(registry),
  ...lock(vault),
  ...lock(storage),
  ...lock(database),
  ...lock(backup),
  ...lock(`${zone}/SOA/@`),
  [encryptionSet]: properties(
    { activeKey: { keyUrl: 'https://kv-keys.vault.azure.net/keys/disks/0123456789abcdef0123456789abcdef' } },
    { identity: { type: 'SystemAssigned', principalId: 'principal-of-disks' } },
  ),
  [backup]: properties(
    { securitySettings: { softDeleteSettings: { state: 'On', retentionDurationInDays: 14 } } },
    { identity: { type: 'SystemAssigned', principalId: 'principal-of-backup' } },
  ),
  [`${backup}/backupPolicies/aks-every-24h-for-7d`]: properties({
    objectType: 'BackupPolicy',
    policyRules: [
      { trigger: { schedule: { repeatingTimeIntervals: ['R/2026-01-01T01:00:00+00:00/P1D'], timeZone: 'UTC' } } },
      { isDefault: true, lifecycles: [{ deleteAfter: { objectType: 'AbsoluteDeleteOption', duration: 'P7D' } }] },
    ],
  }),
  [`${backup}/backupInstances/aks-${name}`]: properties({
    currentProtectionState: 'ProtectionConfigured',
    dataSourceInfo: { resourceID: cluster },
    policyInfo: { policyId: `${backup}/backupPolicies/aks-every-24h-for-7d` },
  }),
  [`${cluster}/providers/Microsoft.KubernetesConfiguration/extensions/azure-aks-backup`]: properties({
    extensionType: 'Microsoft.DataProtection.Kubernetes',
    provisioningState: 'Succeeded',
    aksAssignedIdentity: { principalId: 'principal-of-extension', type: 'SystemAssigned' },
  }),
  [`${cluster}/trustedAccessRoleBindings/backup-vault`]: properties({
    provisioningState: 'Succeeded',
    sourceResourceId: backup,
  }),
};

function signsIn(workload: string, account: string): Record<string, JsonObject> {
  const at = `${identities}/id-${workload}-aks-${name}`;
  return {
    [at]: properties({ principalId: `principal-of-${workload}`, clientId: 'c' }),
    [`${at}/federatedIdentityCredentials/kubernetes`]: properties({
      issuer: 'https://issuer.example/',
      subject: `system:serviceaccount:${account}`,
      audiences: ['api://AzureADTokenExchange'],
    }),
  };
}

const role = {
  network: '4d97b98b-1d4f-4787-a291-c67834d212e7',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  blobs: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  secrets: '4633458b-17de-408a-b874-0445c86b69e6',
} as const;

const blob = (name: string) => `${storage}/blobServices/default/containers/${name}`;

/** Purpose as the modules name it, scope, role and principal. */
export const assignments: readonly (readonly [purpose: string, scope: string, role: string, principal: string])[] = [
  ['cluster_network', `${vnet}/subnets/snet-compute`, role.network, 'principal-of-control-plane'],
  ['api_server_network', `${vnet}/subnets/snet-api-server`, role.network, 'principal-of-control-plane'],
  ['disk_encryption_set', encryptionSet, role.reader, 'principal-of-control-plane'],
  ['backup_cluster_makes_snapshots', group, 'b24988ac-6180-42a0-ab88-20f7382dd24c', 'principal-of-control-plane'],
  ['registry_pull', registry, '7f951dda-4ed3-4680-a7ca-43fe172d538d', 'principal-of-nodes'],
  ['secrets_provider', vault, role.secrets, 'principal-of-secrets-provider'],
  ['alb-controller/nodes', `${group}-nodes`, role.reader, 'principal-of-alb-controller'],
  ['alb-controller/gateway', group, 'fbc52c3f-28ad-4303-a892-8a056630b8f1', 'principal-of-alb-controller'],
  ['alb-controller/subnet', `${vnet}/subnets/snet-dmz`, role.network, 'principal-of-alb-controller'],
  ['alb-controller/waf', waf, role.network, 'principal-of-alb-controller'],
  ['cert-manager/zone', zone, 'befefa01-2a29-4197-83a8-272ff33ce314', 'principal-of-cert-manager'],
  ['loki/blobs', blob('loki'), role.blobs, 'principal-of-loki'],
  ['mlflow/blobs', blob('mlflow'), role.blobs, 'principal-of-mlflow'],
  ['external-secrets/secrets', vault, role.secrets, 'principal-of-external-secrets'],
  ['disk_encryption_key', keys, 'e147488a-f6f5-4113-8e2d-b22465e65bf6', 'principal-of-disks'],
  ['backup_vault_reads_cluster', cluster, role.reader, 'principal-of-backup'],
  ['backup_vault_reads_snapshots', group, role.reader, 'principal-of-backup'],
  ['backup_vault_makes_snapshots', group, '7efff54f-a5b4-42b5-a1c5-5411624893ce', 'principal-of-backup'],
  ['backup_vault_reads_disks', group, '959f8984-c045-4866-89c7-12bf9737be2e', 'principal-of-backup'],
  ['backup_vault_reads_blobs', storage, role.blobs, 'principal-of-backup'],
  ['backup_extension_writes_backups', storage, role.blobs, 'principal-of-extension'],
];

const identityBodies = (nameOf: (purpose: string) => string): Record<string, JsonObject> => ({
  [`${identities}/id-aks-${name}`]: properties({ principalId: 'principal-of-control-plane' }),
  ...signsIn('alb-controller', 'azure-alb-system:alb-controller-sa'),
  ...signsIn('cert-manager', 'cert-manager:cert-manager'),
  ...signsIn('loki', 'monitoring:loki'),
  ...signsIn('mlflow', 'ai-tools:mlflow'),
  ...signsIn('external-secrets', 'external-secrets:external-secrets'),
  ...Object.fromEntries(
    assignments.map(([purpose, scope, roleId, principalId]) => [
      `${scope}/providers/Microsoft.Authorization/roleAssignments/${nameOf(purpose)}`,
      properties({
        principalId,
        roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
      }),
    ]),
  ),
});

/** Everything, by id in lower case. `nameOf` gives the names of role assignments. */
export function azureBodies(nameOf: (purpose: string) => string): Map<string, JsonObject> {
  const all = {
    ...networkBodies,
    ...gatewayBodies,
    ...dataBodies,
    ...endpointBodies,
    ...operationBodies,
    ...identityBodies(nameOf),
  };
  return new Map(Object.entries(all).map(([id, body]) => [id.toLowerCase(), body]));
}

/** The body with another value at a path: `sku.name`, `properties.policies.retentionPolicy.days`, `properties.logs.0.enabled`. */
export function changed(body: JsonObject, path: string, value: unknown): JsonObject {
  const copy: unknown = structuredClone(body);
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const holder = steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], copy);
  (holder as Record<string, unknown>)[last] = value;
  if (!isObject(copy)) throw new Error(`${path} is in no object`);
  return copy;
}

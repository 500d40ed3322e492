/** What a role permits. Patterns are Azure's: `*` stands for anything, also across slashes. */
export interface RoleDefinition {
  /** GUID, the last segment of its id. */
  readonly name: string;
  readonly roleName: string;
  readonly description: string;
  readonly type: 'BuiltInRole' | 'CustomRole';
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
  /** Of a user's own role: where it can be assigned, and when it was made and changed, in ISO 8601. */
  readonly assignableScopes?: readonly string[];
  readonly createdOn?: string;
  readonly updatedOn?: string;
}

const blobs = 'Microsoft.Storage/storageAccounts/blobServices';
const repositories = 'Microsoft.ContainerRegistry/registries/repositories';
const trafficControllers = 'Microsoft.ServiceNetworking/trafficControllers';
const rightsOverRights = ['Microsoft.Authorization/*/Delete', 'Microsoft.Authorization/*/Write'];
const common = [
  'Microsoft.Authorization/*/read',
  'Microsoft.Insights/alertRules/*',
  'Microsoft.Resources/deployments/*',
  'Microsoft.Resources/subscriptions/resourceGroups/read',
  'Microsoft.Support/*',
];

/** The built-in roles that platforms assign, with Azure's own GUIDs (Microsoft Learn, "Azure built-in roles"). */
export const builtInRoles: readonly RoleDefinition[] = [
  builtIn('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', 'Full access, rights included.', { actions: ['*'] }),
  builtIn('b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor', 'Full access to resources, but not to rights.', {
    actions: ['*'],
    notActions: [...rightsOverRights, 'Microsoft.Authorization/elevateAccess/Action'],
  }),
  builtIn('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', 'Sees all resources.', { actions: ['*/read'] }),
  builtIn('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'User Access Administrator', 'Manages access to resources.', {
    actions: ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'],
  }),
  builtIn('f58310d9-a9f6-439a-9e8d-f62e7b41a168', 'Role Based Access Control Administrator', 'Assigns roles.', {
    actions: [
      'Microsoft.Authorization/roleAssignments/write',
      'Microsoft.Authorization/roleAssignments/delete',
      '*/read',
      'Microsoft.Support/*',
    ],
  }),
  builtIn('4d97b98b-1d4f-4787-a291-c67834d212e7', 'Network Contributor', 'Manages networks.', {
    actions: [...common, 'Microsoft.Network/*', 'Microsoft.ResourceHealth/availabilityStatuses/read'],
  }),
  builtIn(
    'fbc52c3f-28ad-4303-a892-8a056630b8f1',
    'AppGw for Containers Configuration Manager',
    'Reads and configures Application Gateways for Containers.',
    {
      actions: [
        ...['', '/frontends', '/associations', '/*'].flatMap(kind =>
          ['read', 'write', 'delete'].map(verb => `${trafficControllers}${kind}/${verb}`),
        ),
        ...['read', 'write', 'operations/read', 'operationstatuses/read'].map(
          verb => `Microsoft.Resources/subscriptions/resourcegroups/deployments/${verb}`,
        ),
      ],
      dataActions: ['read', 'write', 'delete'].map(
        verb => `${trafficControllers}/serviceRoutingConfigurations/${verb}`,
      ),
    },
  ),
  builtIn('7f951dda-4ed3-4680-a7ca-43fe172d538d', 'AcrPull', 'Pulls images.', {
    actions: ['Microsoft.ContainerRegistry/registries/pull/read'],
  }),
  builtIn('8311e382-0749-4cb8-b61a-304f252e45ec', 'AcrPush', 'Pushes images.', {
    actions: ['Microsoft.ContainerRegistry/registries/pull/read', 'Microsoft.ContainerRegistry/registries/push/write'],
  }),
  builtIn('c2f4ef07-c644-48eb-af81-4b1b4947fb11', 'AcrDelete', 'Deletes images.', {
    actions: ['Microsoft.ContainerRegistry/registries/artifacts/delete'],
  }),
  builtIn('b93aa761-3e63-49ed-ac28-beffa264f7ac', 'Container Registry Repository Reader', 'Reads repositories.', {
    dataActions: ['content/read', 'metadata/read'].map(verb => `${repositories}/${verb}`),
  }),
  builtIn('2a1e307c-b015-4ebd-883e-5b7698a07328', 'Container Registry Repository Writer', 'Writes repositories.', {
    dataActions: ['content/read', 'content/write', 'metadata/read', 'metadata/write'].map(
      verb => `${repositories}/${verb}`,
    ),
  }),
  builtIn('2efddaa5-3f1f-4df3-97df-af3f13818f4c', 'Container Registry Repository Contributor', 'Owns repositories.', {
    dataActions: ['content', 'metadata'].flatMap(kind =>
      ['read', 'write', 'delete'].map(verb => `${repositories}/${kind}/${verb}`),
    ),
  }),
  builtIn(
    'bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7',
    'Container Registry Repository Catalog Lister',
    'Lists repositories.',
    {
      dataActions: ['Microsoft.ContainerRegistry/registries/catalog/read'],
    },
  ),
  builtIn('2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', 'Storage Blob Data Reader', 'Reads containers and blobs.', {
    actions: [`${blobs}/containers/read`, `${blobs}/generateUserDelegationKey/action`],
    dataActions: [`${blobs}/containers/blobs/read`],
  }),
  builtIn('ba92f5b4-2d11-453d-a403-e96b0029c9fe', 'Storage Blob Data Contributor', 'Reads, writes and deletes blobs.', {
    actions: [
      `${blobs}/containers/delete`,
      `${blobs}/containers/read`,
      `${blobs}/containers/write`,
      `${blobs}/generateUserDelegationKey/action`,
    ],
    dataActions: ['delete', 'read', 'write', 'move/action', 'add/action'].map(
      verb => `${blobs}/containers/blobs/${verb}`,
    ),
  }),
  builtIn('b7e6dc6d-f1e8-4753-8033-0f276bb0955b', 'Storage Blob Data Owner', 'Full access to containers and blobs.', {
    actions: [`${blobs}/containers/*`, `${blobs}/generateUserDelegationKey/action`],
    dataActions: [`${blobs}/containers/blobs/*`],
  }),
  builtIn('73c42c96-874c-492b-b04d-ab87d138a893', 'Log Analytics Reader', 'Reads and searches logs.', {
    actions: ['*/read', 'Microsoft.OperationalInsights/workspaces/analytics/query/action', 'Microsoft.Support/*'],
    notActions: ['Microsoft.OperationalInsights/workspaces/sharedKeys/read'],
  }),
  builtIn('92aaf0da-9dab-42b6-94a3-d43ce8d16293', 'Log Analytics Contributor', 'Manages workspaces and monitoring.', {
    actions: [
      '*/read',
      'Microsoft.ClassicStorage/storageAccounts/listKeys/action',
      'Microsoft.Compute/virtualMachines/extensions/*',
      'Microsoft.Insights/alertRules/*',
      'Microsoft.Insights/diagnosticSettings/*',
      'Microsoft.OperationalInsights/*',
      'Microsoft.OperationsManagement/*',
      'Microsoft.Resources/deployments/*',
      'Microsoft.Storage/storageAccounts/listKeys/action',
    ],
  }),
  builtIn('3913510d-42f4-4e42-8a64-420c390055eb', 'Monitoring Metrics Publisher', 'Publishes metrics.', {
    actions: ['Microsoft.Insights/Register/Action', 'Microsoft.Resources/subscriptions/resourceGroups/read'],
    dataActions: ['Microsoft.Insights/Metrics/Write', 'Microsoft.Insights/Telemetry/Write'],
  }),
  builtIn('f1a07417-d97a-45cb-824c-7a7467783830', 'Managed Identity Operator', 'Reads and assigns identities.', {
    actions: [
      ...common,
      'Microsoft.ManagedIdentity/userAssignedIdentities/*/read',
      'Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action',
    ],
  }),
  builtIn('e40ec5ca-96e0-45a2-b4ff-59039f2c2b59', 'Managed Identity Contributor', 'Manages identities.', {
    actions: [
      ...common,
      'Microsoft.ManagedIdentity/userAssignedIdentities/read',
      'Microsoft.ManagedIdentity/userAssignedIdentities/write',
      'Microsoft.ManagedIdentity/userAssignedIdentities/delete',
      'Microsoft.ManagedIdentity/userAssignedIdentities/*/read',
      'Microsoft.ManagedIdentity/userAssignedIdentities/*/write',
      'Microsoft.ManagedIdentity/userAssignedIdentities/*/delete',
    ],
  }),
  builtIn('b12aa53e-6015-4669-85d0-8515ebb3ae7f', 'Private DNS Zone Contributor', 'Manages private DNS zones.', {
    actions: [...common, 'Microsoft.Network/privateDnsZones/*', 'Microsoft.Network/virtualNetworks/join/action'],
  }),
  builtIn('befefa01-2a29-4197-83a8-272ff33ce314', 'DNS Zone Contributor', 'Manages DNS zones.', {
    actions: [...common, 'Microsoft.Network/dnsZones/*'],
  }),
  builtIn('4633458b-17de-408a-b874-0445c86b69e6', 'Key Vault Secrets User', 'Reads secrets.', {
    dataActions: [
      'Microsoft.KeyVault/vaults/secrets/getSecret/action',
      'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
    ],
  }),
  builtIn('00482a5a-887f-4fb3-b363-3b7fe8e74483', 'Key Vault Administrator', 'Manages a vault and all in it.', {
    actions: [...common, 'Microsoft.KeyVault/checkNameAvailability/read', 'Microsoft.KeyVault/*/read'],
    dataActions: ['Microsoft.KeyVault/vaults/*'],
  }),
  builtIn(
    '4abbcc35-e782-43d8-92c5-2d3f1bd2253f',
    'Azure Kubernetes Service Cluster User Role',
    'Lists user credentials.',
    {
      actions: [
        'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
        'Microsoft.ContainerService/managedClusters/read',
      ],
    },
  ),
  builtIn(
    '0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8',
    'Azure Kubernetes Service Cluster Admin Role',
    'Lists admin credentials.',
    {
      actions: [
        'Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action',
        'Microsoft.ContainerService/managedClusters/accessProfiles/listCredential/action',
        'Microsoft.ContainerService/managedClusters/read',
        'Microsoft.ContainerService/managedClusters/runcommand/action',
      ],
    },
  ),
  builtIn('ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8', 'Azure Kubernetes Service Contributor Role', 'Manages clusters.', {
    actions: [
      'Microsoft.ContainerService/locations/*/read',
      'Microsoft.ContainerService/managedClusters/*',
      'Microsoft.Resources/deployments/*',
    ],
  }),
  builtIn(
    'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b',
    'Azure Kubernetes Service RBAC Cluster Admin',
    'Full access inside a cluster.',
    {
      actions: [...common, 'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action'],
      dataActions: ['Microsoft.ContainerService/managedClusters/*'],
    },
  ),
];

export const platformReader: RoleDefinition = {
  name: 'a6e0a5b2-4f0c-4f4e-9a6d-0c3c1d5e7b21',
  roleName: 'AKS Platform Plan Reader',
  description: 'What a plan reads beyond Reader: user credentials of clusters and keys of workspaces.',
  type: 'CustomRole',
  actions: [
    'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
    'Microsoft.OperationalInsights/workspaces/sharedKeys/action',
  ],
  notActions: [],
  dataActions: [],
  notDataActions: [],
};

function builtIn(
  name: string,
  roleName: string,
  description: string,
  permission: { actions?: readonly string[]; notActions?: readonly string[]; dataActions?: readonly string[] },
): RoleDefinition {
  const { actions = [], notActions = [], dataActions = [] } = permission;
  return { name, roleName, description, type: 'BuiltInRole', actions, notActions, dataActions, notDataActions: [] };
}

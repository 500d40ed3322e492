import { asObject, asString, type JsonObject } from '@suite/foundation';

/** A resource that a plan creates: its address, its type and Terraform's `after`, in which unknown values are absent. */
export interface PlannedCreate {
  readonly address: string;
  readonly type: string;
  readonly values: unknown;
}

/** Where a planned resource would be in Azure, and how to find out whether it is there already. */
export interface PredictedResource {
  readonly address: string;
  readonly type: string;
  /** ARM id, begins with `/subscriptions/`. */
  readonly id: string;
  /** For a GET of the id; the one that azurerm 5.2.0 uses itself. */
  readonly apiVersion: string;
  /** Says of the body of a successful GET whether it holds the resource; some are only a property of another one. */
  readonly heldBy: (body: unknown) => boolean;
  /** The command by which a person takes it out of Azure. */
  readonly removal: string;
}

/** `attribute` of a resource is the id of the resource at `address`; `{key}` stands for the instance key, `["x"]`. */
export interface Parent {
  readonly attribute: string;
  readonly address: string;
}

/**
 * The ids that the creates of a plan will have, as far as they can be known. An apply that was killed leaves resources
 * that its state does not hold; the next plan wants to create them again, and its apply would fail at the first. The
 * ids tell which, before anything is applied. Pass pure creates only: what is replaced exists by definition.
 *
 * @param subscription where the resources are made
 * @param parents which resource an id refers to that is unknown until then, by address without instance key
 */
export function predictResources(
  creates: readonly PlannedCreate[],
  subscription: string,
  parents: Readonly<Record<string, Parent>> = ownParents,
): PredictedResource[] {
  const byAddress = new Map(creates.map(create => [create.address, create]));
  const idOf = (create: PlannedCreate): string | undefined => {
    const [resource, key] = splitKey(create.address);
    const parent = parents[resource];
    const values = asObject(create.values);
    if (parent === undefined || values[parent.attribute] !== undefined) {
      return predictId(create.type, values, subscription);
    }
    const owner = byAddress.get(parent.address.replace('{key}', key));
    const ownerId = owner === undefined ? undefined : idOf(owner);
    return predictId(create.type, { ...values, [parent.attribute]: ownerId }, subscription);
  };
  return creates.flatMap(create => {
    const kind = kinds[create.type];
    const id = idOf(create);
    if (kind === undefined || id === undefined) return [];
    const { apiVersion, heldBy = () => true, removal = removeById } = kind;
    return [{ address: create.address, type: create.type, id, apiVersion, heldBy, removal: removal(id) }];
  });
}

/** The ARM id of one resource, or undefined when its type is not ours or a part of the id is unknown. */
export function predictId(type: string, values: JsonObject, subscription: string): string | undefined {
  const kind = kinds[type];
  if (kind === undefined) return undefined;
  const parts = kind.attributes.map(attribute => asString(values[attribute]) ?? '').filter(part => part !== '');
  return parts.length === kind.attributes.length ? kind.id(subscription, ...parts) : undefined;
}

/** Of Microsoft.OperationalInsights. */
export const workspaceApi = '2025-07-01';

export function workspaceId(resourceGroup: string, name: string, subscription: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/${name}`;
}

interface Kind {
  readonly apiVersion: string;
  /** What the id is made of, in the order that `id` takes them. */
  readonly attributes: readonly string[];
  readonly id: (subscription: string, ...parts: string[]) => string;
  readonly heldBy?: (body: unknown) => boolean;
  readonly removal?: (id: string) => string;
}

const removeById = (id: string) => `az resource delete --ids ${id}`;

const inGroup = (provider: string): Pick<Kind, 'attributes' | 'id'> => ({
  attributes: ['resource_group_name', 'name'],
  id: (subscription, group, name) =>
    `/subscriptions/${subscription}/resourceGroups/${group}/providers/${provider}/${name}`,
});

const below = (attribute: string, collection: string): Pick<Kind, 'attributes' | 'id'> => ({
  attributes: [attribute, 'name'],
  id: (_subscription, parent, name) => `${parent}/${collection}/${name}`,
});

const network = '2025-01-01';
const containerService = '2025-10-01';
const insights = '2023-03-11';

const kinds: Readonly<Record<string, Kind>> = {
  azurerm_resource_group: {
    apiVersion: '2023-07-01',
    attributes: ['name'],
    id: (subscription, name) => `/subscriptions/${subscription}/resourceGroups/${name}`,
    removal: id => {
      const [, , subscription, , name] = id.split('/');
      return `az group delete --subscription ${subscription} --name ${name}`;
    },
  },
  azurerm_virtual_network: { apiVersion: network, ...inGroup('Microsoft.Network/virtualNetworks') },
  azurerm_subnet: {
    apiVersion: network,
    attributes: ['resource_group_name', 'virtual_network_name', 'name'],
    id: (subscription, group, parent, name) =>
      `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${parent}/subnets/${name}`,
  },
  azurerm_network_security_group: { apiVersion: network, ...inGroup('Microsoft.Network/networkSecurityGroups') },
  azurerm_subnet_network_security_group_association: {
    apiVersion: network,
    // The association has no id of its own: it is a property of the subnet.
    attributes: ['subnet_id'],
    id: (_subscription, subnet = '') => subnet,
    heldBy: body => asObject(asObject(asObject(body)['properties'])['networkSecurityGroup'])['id'] !== undefined,
    removal: subnet => `az network vnet subnet update --ids ${subnet} --remove networkSecurityGroup`,
  },
  azurerm_log_analytics_workspace: {
    apiVersion: workspaceApi,
    ...inGroup('Microsoft.OperationalInsights/workspaces'),
  },
  azurerm_container_registry: { apiVersion: '2025-11-01', ...inGroup('Microsoft.ContainerRegistry/registries') },
  azurerm_user_assigned_identity: {
    apiVersion: '2024-11-30',
    ...inGroup('Microsoft.ManagedIdentity/userAssignedIdentities'),
  },
  azurerm_role_assignment: {
    apiVersion: '2022-04-01',
    ...below('scope', 'providers/Microsoft.Authorization/roleAssignments'),
    removal: id => `az role assignment delete --ids ${id}`,
  },
  azurerm_kubernetes_cluster: {
    apiVersion: containerService,
    ...inGroup('Microsoft.ContainerService/managedClusters'),
  },
  azurerm_kubernetes_cluster_node_pool: {
    apiVersion: containerService,
    ...below('kubernetes_cluster_id', 'agentPools'),
  },
  azurerm_monitor_data_collection_rule: { apiVersion: insights, ...inGroup('Microsoft.Insights/dataCollectionRules') },
  azurerm_monitor_data_collection_rule_association: {
    apiVersion: insights,
    ...below('target_resource_id', 'providers/Microsoft.Insights/dataCollectionRuleAssociations'),
  },
};

/** The references between resources of `terraform/environment` whose value is an id that is unknown at first. */
const ownParents: Readonly<Record<string, Parent>> = {
  'module.network[0].azurerm_subnet_network_security_group_association.this': {
    attribute: 'subnet_id',
    address: 'module.network[0].azurerm_subnet.this{key}',
  },
  'module.identities.azurerm_role_assignment.cluster_network': {
    attribute: 'scope',
    address: 'module.network[0].azurerm_subnet.this["compute"]',
  },
  'module.identities.azurerm_role_assignment.registry_pull': {
    attribute: 'scope',
    address: 'module.registry[0].azurerm_container_registry.this',
  },
  'module.pools.azurerm_kubernetes_cluster_node_pool.this': {
    attribute: 'kubernetes_cluster_id',
    address: 'module.cluster.azurerm_kubernetes_cluster.this',
  },
  'module.monitoring[0].azurerm_monitor_data_collection_rule_association.containers': {
    attribute: 'target_resource_id',
    address: 'module.cluster.azurerm_kubernetes_cluster.this',
  },
};

/** `a.this["x"]` → `a.this`, `["x"]`; the key of a module stays where it is. */
function splitKey(address: string): [resource: string, key: string] {
  const key = /\[[^\]]*\]$/.exec(address)?.[0] ?? '';
  return [address.slice(0, address.length - key.length), key];
}

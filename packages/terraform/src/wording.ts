/**
 * What people call a resource type, and how long its actions usually take, in seconds, where that is long enough to make
 * somebody wonder. The times are medians of what people publish of their own runs, rounded: good for patience, not for
 * time limits.
 */
interface Wording {
  readonly noun: string;
  readonly typical?: Readonly<Partial<Record<string, number>>>;
}

const wordings: Readonly<Record<string, Wording>> = {
  azurerm_container_registry: { noun: 'registry', typical: { create: 30 } },
  azurerm_federated_identity_credential: { noun: 'federated credential' },
  azurerm_key_vault: { noun: 'key vault', typical: { create: 150 } },
  azurerm_kubernetes_cluster: { noun: 'AKS cluster', typical: { create: 360, update: 240, delete: 360 } },
  azurerm_kubernetes_cluster_node_pool: { noun: 'node pool', typical: { create: 180, update: 120, delete: 240 } },
  azurerm_log_analytics_workspace: { noun: 'log workspace', typical: { create: 45, delete: 30 } },
  azurerm_network_security_group: { noun: 'network security group' },
  azurerm_private_endpoint: { noun: 'private endpoint', typical: { create: 60 } },
  azurerm_resource_group: { noun: 'resource group', typical: { create: 20, delete: 60 } },
  azurerm_role_assignment: { noun: 'role assignment', typical: { create: 30 } },
  azurerm_subnet: { noun: 'subnet' },
  azurerm_subnet_network_security_group_association: { noun: 'NSG association' },
  azurerm_user_assigned_identity: { noun: 'managed identity' },
  azurerm_virtual_network: { noun: 'virtual network' },
};

/** `AKS cluster`; for a type that is not known here its own name, without the provider. */
export function nounOf(type: string): string {
  return wordings[type]?.noun ?? type.replace(/^[a-z]+_/, '').replaceAll('_', ' ');
}

/** Milliseconds; undefined where nothing is known or it takes a moment. */
export function typicalMs(type: string, action: string): number | undefined {
  const seconds = wordings[type]?.typical?.[action];
  return seconds === undefined ? undefined : seconds * 1000;
}

const verbs: Readonly<Record<string, { readonly doing: string; readonly done: string }>> = {
  create: { doing: 'creating', done: 'created' },
  update: { doing: 'updating', done: 'updated' },
  delete: { doing: 'deleting', done: 'deleted' },
  read: { doing: 'reading', done: 'read' },
};

export function doing(action: string): string {
  return verbs[action]?.doing ?? `${action} is running`;
}

export function done(action: string): string {
  return verbs[action]?.done ?? `${action} is done`;
}

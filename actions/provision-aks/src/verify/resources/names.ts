import { uuidv5 } from '@suite/foundation';
import type { EnvironmentScope, PrivateService, Workload } from '@suite/platform-file';
import { apiVersionOf, predictId, workspaceId } from '../../resource-ids.ts';

/**
 * Names that the Terraform modules give to what the platform file does not name, and ids of both. A name here is a name
 * there: a resource that is looked for by another one is reported as missing.
 */
export interface Located {
  readonly id: string;
  readonly apiVersion: string;
}

/** Where a resource of the modules is, in the words of its Terraform type. */
export function locate(type: string, values: Readonly<Record<string, string>>, subscription = ''): Located {
  const id = predictId(type, values, subscription);
  if (id === undefined) throw new Error(`The id of ${type} takes more than ${Object.keys(values).join(', ')}`);
  return { id, apiVersion: apiVersionOf(type) };
}

/** The same in the environment's own resource group. */
export function own(view: Owner, type: string, name: string): Located {
  return locate(type, { resource_group_name: view.resourceGroup, name }, view.subscription);
}

export type Owner = Pick<EnvironmentScope, 'resourceGroup' | 'subscription'>;

export function resourceGroupId({ subscription, resourceGroup }: Owner): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
}

/** What belongs to the environment is called after its cluster: `contoso-dev-westeurope`. */
export function suffix({ cluster }: Pick<EnvironmentScope, 'cluster'>): string {
  return cluster.name.replace(/^aks-/, '');
}

export function clusterId(view: EnvironmentScope): string {
  return own(view, 'azurerm_kubernetes_cluster', view.cluster.name).id;
}

export function networkId(view: EnvironmentScope): string {
  return view.network.existing ? view.network.id : own(view, 'azurerm_virtual_network', view.network.name).id;
}

export type SubnetZone = 'dmz' | 'compute' | 'data' | 'management' | 'bastion' | 'apiServer';

/** Undefined where there is no such subnet. */
export function subnetId(view: EnvironmentScope, zone: SubnetZone): string | undefined {
  const { network } = view;
  if (network.existing) return zone === 'bastion' ? undefined : network.subnets[zone];
  const subnet = network.subnets[zone];
  return subnet === undefined ? undefined : `${networkId(view)}/subnets/${subnet.name}`;
}

export function logsId({ logs }: Pick<EnvironmentScope, 'logs'>): string {
  return logs.existing ? logs.id : workspaceId(logs.resourceGroup, logs.name, logs.subscription);
}

export function registryId(view: EnvironmentScope): string {
  return view.registry.existing ? view.registry.id : own(view, 'azurerm_container_registry', view.registry.name).id;
}

export function vaultId(view: EnvironmentScope): string {
  return view.vault.existing ? view.vault.id : own(view, 'azurerm_key_vault', view.vault.name).id;
}

export function zoneId(view: EnvironmentScope): string | undefined {
  if (view.dns === undefined) return undefined;
  return view.dns.existing ? view.dns.id : own(view, 'azurerm_dns_zone', view.dns.name).id;
}

export function containerId(account: string, container: string): string {
  return `${account}/blobServices/default/containers/${container}`;
}

export function diskEncryptionSetId(view: EnvironmentScope): string | undefined {
  return view.cluster.diskEncryption === undefined
    ? undefined
    : own(view, 'azurerm_disk_encryption_set', `des-${suffix(view)}`).id;
}

export function controlPlaneIdentity(view: EnvironmentScope): string {
  return own(view, 'azurerm_user_assigned_identity', view.cluster.identity).id;
}

export function workloadIdentity(view: EnvironmentScope, workload: Workload): Located {
  return own(view, 'azurerm_user_assigned_identity', `id-${workload}-${view.cluster.name}`);
}

export function privateEndpoint(view: EnvironmentScope, service: PrivateService): Located {
  return own(view, 'azurerm_private_endpoint', `pe-${service}-${suffix(view)}`);
}

/** Names of role assignments are made of what they are for (`uuidv5` in the modules), so that each can be asked for. */
export function assignmentName(view: EnvironmentScope, purpose: string): string {
  return view.cluster.roleAssignments[purpose] ?? derivedAssignmentName(view, purpose);
}

function derivedAssignmentName(view: EnvironmentScope, purpose: string): string {
  return uuidv5(urls, `${resourceGroupId(view)}/${view.cluster.name}/${purpose}`.toLowerCase());
}

/** The namespace of URLs (RFC 9562), which Terraform's `uuidv5("url", …)` takes. */
const urls = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

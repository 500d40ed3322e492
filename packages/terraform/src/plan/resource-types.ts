import type { Reach } from '@suite/change-report';
import { nounOf } from '../wording.ts';

interface Traits {
  readonly reach: Reach;
  /**
   * What `allow:` has to name before one is deleted, replaced or rotated, because a second apply does not bring back what
   * is lost.
   */
  readonly allowKey?: string | ((name: string) => string);
  /** What deleting it stops or loses, one sentence. */
  readonly loss?: string;
  /** Where underscores for spaces do not make the word that people use, and progress lines have none. */
  readonly noun?: string;
}

export const clusterType = 'azurerm_kubernetes_cluster';
export const poolType = 'azurerm_kubernetes_cluster_node_pool';

const cluster: Traits = {
  reach: 'cluster',
  allowKey: 'cluster',
  noun: 'cluster',
  loss: 'The API server, every node and every workload stop; what lives only in the cluster is lost.',
};
// An address that others know, or the ground that everything else stands on.
const ground = (loss: string): Traits => ({ reach: 'network', allowKey: 'network', loss });
const passage: Traits = { reach: 'network' };
const filter: Traits = { reach: 'network', loss: 'The traffic it filters is open or cut off in the meantime.' };
const storage = (what: string): Traits => ({ reach: 'data', allowKey: 'storage', loss: `${what} is lost.` });
const secretsOf = (loss: string): Traits => ({ reach: 'data', allowKey: 'key-vault', loss });
const permission: Traits = { reach: 'identity', loss: 'Whoever was permitted something by it loses that.' };
const addition: Traits = { reach: 'stateless' };

/** azurerm 5.2.0. What only connects or permits has no allow key: the next apply brings it back as it was. */
const traits: ReadonlyMap<string, Traits> = new Map<string, Traits>([
  [
    'azurerm_resource_group',
    { reach: 'data', allowKey: 'resource-group', loss: 'Everything in it is deleted with it.' },
  ],
  [clusterType, cluster],
  ['azurerm_kubernetes_automatic_cluster', cluster],
  [
    poolType,
    {
      reach: 'node-pool',
      allowKey: name => `node-pool/${kindOfPool(name)}`,
      loss: 'Its nodes are drained and deleted; pods on them stop, and restart only where there is room for them.',
    },
  ],
  ['azurerm_kubernetes_cluster_extension', { reach: 'cluster', noun: 'cluster extension' }],
  ['azurerm_kubernetes_cluster_deployment_safeguard', { reach: 'cluster', noun: 'deployment safeguards' }],
  [
    'azurerm_disk_encryption_set',
    { reach: 'data', allowKey: 'storage', loss: 'Disks that it encrypts cannot be read or made any more.' },
  ],
  ['azurerm_kubernetes_cluster_trusted_access_role_binding', { ...permission, noun: 'trusted access' }],

  ['azurerm_virtual_network', ground('Everything in it loses its network: nodes, private endpoints, peerings.')],
  ['azurerm_subnet', ground('Everything with an address in it loses its network.')],
  ['azurerm_public_ip', { ...ground('The address is lost; a new one is another one.'), noun: 'public IP address' }],
  ['azurerm_public_ip_prefix', { ...ground('The addresses are lost; new ones are others.'), noun: 'public IP prefix' }],
  ['azurerm_nat_gateway', { ...ground('Its subnets have no way out in the meantime.'), noun: 'NAT gateway' }],
  ['azurerm_firewall', ground('Its networks have no way out in the meantime.')],
  ['azurerm_application_load_balancer', ground('Nothing behind it can be reached; a new one has another address.')],
  [
    'azurerm_application_load_balancer_frontend',
    { ...ground('Its host name is lost; a new one has another.'), noun: 'gateway frontend' },
  ],
  [
    'azurerm_application_load_balancer_subnet_association',
    { ...passage, noun: 'gateway subnet', loss: 'The gateway takes no traffic in the meantime.' },
  ],
  ['azurerm_application_load_balancer_security_policy', { ...filter, noun: 'gateway security policy' }],
  ['azurerm_cdn_frontdoor_profile', { ...ground('Nothing behind it can be reached.'), noun: 'Front Door' }],
  ['azurerm_network_security_group', filter],
  ['azurerm_network_security_rule', { ...filter, noun: 'security rule' }],
  ['azurerm_subnet_network_security_group_association', filter],
  ['azurerm_web_application_firewall_policy', filter],
  ['azurerm_cdn_frontdoor_firewall_policy', { ...filter, noun: 'Front Door firewall policy' }],
  ['azurerm_bastion_host', { ...passage, noun: 'bastion' }],
  ['azurerm_nat_gateway_public_ip_association', { ...passage, noun: 'NAT gateway address' }],
  ['azurerm_private_endpoint', passage],
  ['azurerm_route_table', passage],
  ['azurerm_subnet_nat_gateway_association', { ...passage, noun: 'NAT gateway association' }],
  ['azurerm_subnet_route_table_association', { ...passage, noun: 'route table association' }],
  ['azurerm_virtual_network_peering', { ...passage, noun: 'network peering' }],
  [
    'azurerm_dns_zone',
    {
      reach: 'network',
      allowKey: 'dns',
      noun: 'DNS zone',
      loss: 'Its names no longer resolve; a new zone has other name servers.',
    },
  ],
  [
    'azurerm_private_dns_zone',
    { reach: 'network', allowKey: 'dns', noun: 'private DNS zone', loss: 'Its names no longer resolve.' },
  ],
  ['azurerm_dns_cname_record', { ...passage, noun: 'DNS record', loss: 'The name no longer resolves.' }],
  ['azurerm_dns_a_record', { ...passage, noun: 'DNS record', loss: 'The name no longer resolves.' }],
  ['azurerm_dns_ns_record', { ...passage, noun: 'DNS delegation', loss: 'No name below it resolves any more.' }],
  ['azurerm_private_dns_zone_virtual_network_link', { ...passage, noun: 'private DNS zone link' }],

  [
    'azurerm_container_registry',
    {
      reach: 'data',
      allowKey: 'registry',
      loss: 'Every image and chart in it is lost; pods that have to pull one do not start.',
    },
  ],
  [
    'azurerm_log_analytics_workspace',
    { reach: 'data', allowKey: 'logs', loss: 'The logs in it are lost, and what is sent to it is refused.' },
  ],
  [
    'azurerm_key_vault',
    { reach: 'data', allowKey: 'key-vault', loss: 'Nothing in it can be read until it is recovered.' },
  ],
  ['azurerm_key_vault_secret', secretsOf('Whoever reads the secret is refused.')],
  ['azurerm_key_vault_key', secretsOf('What it encrypts cannot be read.')],
  ['azurerm_key_vault_certificate', secretsOf('Whoever reads the certificate is refused.')],
  ['azurerm_storage_account', storage('Everything stored in it')],
  ['azurerm_storage_container', storage('Every blob in it')],
  ['azurerm_storage_share', { ...storage('Every file in it'), noun: 'file share' }],
  ['azurerm_managed_disk', storage('What is on it')],
  ['azurerm_storage_management_policy', { ...addition, noun: 'storage lifecycle' }],
  [
    'azurerm_postgresql_flexible_server',
    {
      reach: 'data',
      allowKey: 'database',
      noun: 'database server',
      loss: 'Every database on it is lost with its backups.',
    },
  ],
  [
    'azurerm_postgresql_flexible_server_database',
    { reach: 'data', allowKey: 'database', noun: 'database', loss: 'Everything in it is lost.' },
  ],
  ['azurerm_postgresql_flexible_server_configuration', { ...addition, noun: 'database setting' }],
  [
    'azurerm_postgresql_flexible_server_active_directory_administrator',
    { reach: 'identity', noun: 'database administrator', loss: 'Whoever signs in to the database with it is refused.' },
  ],
  [
    'azurerm_managed_redis',
    { reach: 'data', allowKey: 'cache', noun: 'cache', loss: 'Everything in it is lost, and connections break.' },
  ],
  [
    'azurerm_data_protection_backup_vault',
    { reach: 'data', allowKey: 'backup', noun: 'backup vault', loss: 'Every backup in it is lost.' },
  ],
  [
    'azurerm_data_protection_backup_instance_kubernetes_cluster',
    {
      reach: 'data',
      allowKey: 'backup',
      noun: 'backup of cluster',
      loss: 'The cluster is no longer backed up; its backups are deleted after the time of soft delete.',
    },
  ],
  ['azurerm_data_protection_backup_policy_kubernetes_cluster', { ...addition, noun: 'backup policy' }],

  [
    'azurerm_user_assigned_identity',
    {
      reach: 'identity',
      allowKey: 'identity',
      loss: 'Whatever signs in with it is refused; a new one is another principal that has no permissions yet.',
    },
  ],
  [
    'azurerm_federated_identity_credential',
    { reach: 'identity', loss: 'The workload that signs in through it is refused.' },
  ],
  ['azurerm_role_assignment', permission],
  ['azurerm_role_definition', permission],
  [
    'azurerm_resource_group_policy_assignment',
    { ...addition, noun: 'policy assignment', loss: 'Nobody reports any more what breaks the policy.' },
  ],
  [
    'azurerm_security_center_subscription_pricing',
    { ...addition, noun: 'Defender plan', loss: 'Defender no longer looks at the subscription.' },
  ],
  ['azurerm_consumption_budget_subscription', { ...addition, noun: 'budget' }],
  ['azurerm_consumption_budget_resource_group', { ...addition, noun: 'budget' }],
  ['azurerm_management_lock', { reach: 'identity', loss: 'What it protects can be deleted.' }],

  [
    'azurerm_monitor_workspace',
    {
      reach: 'data',
      allowKey: 'metrics',
      noun: 'metric workspace',
      loss: 'The metrics in it are lost, and what is sent to it is refused.',
    },
  ],
  ['azurerm_monitor_action_group', { ...addition, noun: 'action group', loss: 'Its alerts reach nobody.' }],
  ['azurerm_monitor_metric_alert', { ...addition, noun: 'alert', loss: 'Nobody is told any more.' }],
  ['azurerm_network_watcher_flow_log', { ...addition, noun: 'flow log' }],
  ['azurerm_monitor_data_collection_endpoint', addition],
  ['azurerm_monitor_data_collection_rule', addition],
  ['azurerm_monitor_data_collection_rule_association', addition],
  ['azurerm_monitor_diagnostic_setting', { ...addition, noun: 'diagnostic setting' }],
]);

// Providers whose resources live in the state alone.
const local: ReadonlySet<string> = new Set(['archive', 'http', 'local', 'null', 'random', 'terraform', 'time', 'tls']);

/** A type that is not known here may hold anything, so it counts as data. */
function traitsOf(type: string): Traits {
  return traits.get(type) ?? (local.has(type.split('_', 1)[0] ?? '') ? addition : { reach: 'data' });
}

export function reachOf(type: string): Reach {
  return traitsOf(type).reach;
}

/** `name`: the resource's own. */
export function allowKeyOf(type: string, name: string): string | undefined {
  const { allowKey } = traitsOf(type);
  return typeof allowKey === 'function' ? allowKey(name) : allowKey;
}

/** One kind of pool may be several: `user1` and `user2` in zones of their own, `usergreen` beside the one it replaces. */
function kindOfPool(name: string): string {
  return /^(user|gpu)(?:green)?\d?$/.exec(name)?.[1] ?? name;
}

export function lossOf(type: string): string | undefined {
  return traitsOf(type).loss;
}

/** `node pool gpu`. */
export function titleOf(type: string, name: string): string {
  return `${traitsOf(type).noun ?? nounOf(type)} ${name}`;
}

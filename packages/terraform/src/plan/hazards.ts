import { type Risk, risks } from '@suite/change-report';
import { asArray } from '@suite/foundation';
import { isEmpty, type Leaf } from './leaves.ts';
import { clusterType, poolType } from './resource-types.ts';

/** What makes an update in place worth a second look. */
export interface Hazard {
  /** At least. */
  readonly risk: Risk;
  /** One sentence. */
  readonly effect: string;
}

interface Rule {
  /** Only for these types; for all where absent. */
  readonly types?: readonly string[];
  /** Without indices: `default_node_pool.orchestrator_version`; also everything below it. */
  readonly path: string;
  /** Whether this difference is the dangerous direction. */
  readonly when: (leaf: Leaf) => boolean;
  readonly hazard: Hazard;
}

const always = () => true;
const changed = ({ before, after, unknown }: Leaf) => unknown || !(isEmpty(before) && isEmpty(after));
const turned =
  (to: boolean) =>
  ({ after, unknown }: Leaf) =>
    unknown || after === to || (!to && isEmpty(after));
const becomes =
  (...values: readonly string[]) =>
  ({ after, unknown }: Leaf) =>
    unknown || (typeof after === 'string' && values.includes(after.toLowerCase()));
const lowered = ({ before, after, unknown }: Leaf) =>
  unknown ||
  (typeof before === 'number' && typeof after === 'number' ? after < before : !isEmpty(before) && isEmpty(after));
// `TLS1_2`, `TLSv1.2`, `1.2`: of one spelling, the older version sorts first.
const older = ({ before, after, unknown }: Leaf) =>
  unknown || (typeof before === 'string' && (isEmpty(after) || (typeof after === 'string' && after < before)));
const replaced = ({ before, unknown }: Leaf) => unknown || !isEmpty(before);
const removed = ({ before, after, unknown }: Leaf) => !unknown && !isEmpty(before) && isEmpty(after);

const reimaged: Hazard = {
  risk: 'high',
  effect: 'Its nodes are reimaged one after another; pods on them restart elsewhere.',
};
const opened = (effect: string): Hazard => ({ risk: 'medium', effect });

// Of a list the whole is compared: only an entry that was not there before comes.
const taintComes =
  (effect: string) =>
  ({ before, after, unknown }: Leaf) =>
    unknown || asArray(after).some(taint => hasEffect(taint, effect) && !asArray(before).includes(taint));
const taintGoes = ({ before, after, unknown }: Leaf) =>
  !unknown && asArray(before).some(taint => !hasEffect(taint, 'PreferNoSchedule') && !asArray(after).includes(taint));
const hasEffect = (taint: unknown, effect: string) => typeof taint === 'string' && taint.endsWith(`:${effect}`);

const lostLabel: Hazard = {
  risk: 'medium',
  effect:
    'A label changes on its nodes as they run: pods on them stay, and new ones that select by what it was find no node here.',
};

const cluster = [clusterType];
const storage = ['azurerm_storage_account'];
const database = ['azurerm_postgresql_flexible_server'];
const databaseSetting = ['azurerm_postgresql_flexible_server_configuration'];
const cache = ['azurerm_managed_redis'];
const firewall = ['azurerm_web_application_firewall_policy'];
const oldTls = opened('It takes connections with an outdated encryption.');
const openNetwork = opened('It takes requests from every network.');
const shorter = opened('What is older is deleted.');
const rules: readonly Rule[] = [
  // An upgrade cannot be taken back: AKS goes to no lower version.
  {
    types: cluster,
    path: 'kubernetes_version',
    when: changed,
    hazard: {
      risk: 'high',
      effect: 'The control plane is upgraded, which cannot be taken back; its API may be away for minutes.',
    },
  },
  {
    types: cluster,
    path: 'default_node_pool.orchestrator_version',
    when: changed,
    hazard: {
      risk: 'high',
      effect: 'The nodes of the default pool are reimaged one after another; pods on them restart elsewhere.',
    },
  },
  { types: [poolType], path: 'orchestrator_version', when: changed, hazard: reimaged },
  { types: [poolType], path: 'node_image_version', when: changed, hazard: reimaged },
  { types: [poolType], path: 'os_sku', when: changed, hazard: reimaged },
  { types: [poolType], path: 'gpu_driver', when: changed, hazard: reimaged },
  { types: cluster, path: 'default_node_pool.os_sku', when: changed, hazard: reimaged },
  // azurerm 4.58 and later change it in place; Azure then reimages every pool.
  {
    types: cluster,
    path: 'network_profile.network_policy',
    when: changed,
    hazard: {
      risk: 'high',
      effect: 'The nodes of every pool are reimaged one after another; pods on them restart elsewhere.',
    },
  },
  {
    types: cluster,
    path: 'network_profile.network_data_plane',
    when: changed,
    hazard: {
      risk: 'high',
      effect: 'The nodes of every pool are reimaged one after another; pods on them restart elsewhere.',
    },
  },
  {
    types: cluster,
    path: 'network_profile.outbound_type',
    when: changed,
    hazard: {
      risk: 'high',
      effect: 'The way out of the cluster changes: open connections break and the outgoing address is another.',
    },
  },

  // azurerm changes labels and taints in place, and AKS does so on nodes that run.
  { types: [poolType], path: 'node_labels', when: replaced, hazard: lostLabel },
  { types: cluster, path: 'default_node_pool.node_labels', when: replaced, hazard: lostLabel },
  {
    types: [poolType],
    path: 'node_taints',
    when: taintComes('NoExecute'),
    hazard: {
      risk: 'high',
      effect: 'A taint comes onto its nodes as they run: pods on them that do not tolerate it are evicted at once.',
    },
  },
  {
    types: [poolType],
    path: 'node_taints',
    when: taintComes('NoSchedule'),
    hazard: {
      risk: 'medium',
      effect: 'A taint comes onto its nodes as they run: pods on them stay, and new ones have to tolerate it.',
    },
  },
  {
    types: [poolType],
    path: 'node_taints',
    when: taintGoes,
    hazard: {
      risk: 'medium',
      effect: 'A taint goes from its nodes as they run: pods that it kept away may come.',
    },
  },

  // Safeguards that are switched off, whichever resource has them.
  {
    types: cluster,
    path: 'private_cluster_enabled',
    when: turned(false),
    hazard: opened('The API server is reachable from the internet.'),
  },
  {
    types: cluster,
    path: 'private_cluster_public_fqdn_enabled',
    when: turned(true),
    hazard: opened('The API server has a name in public DNS.'),
  },
  {
    types: cluster,
    path: 'api_server_access_profile.authorized_ip_ranges',
    when: always,
    hazard: opened('Other addresses than before may call the API server.'),
  },
  {
    types: cluster,
    path: 'local_account_disabled',
    when: turned(false),
    hazard: opened('Whoever may read the local credentials is administrator of the cluster without Entra ID.'),
  },
  {
    types: cluster,
    path: 'role_based_access_control_enabled',
    when: turned(false),
    hazard: opened('The cluster no longer checks who may do what.'),
  },
  {
    types: cluster,
    path: 'azure_active_directory_role_based_access_control.admin_group_object_ids',
    when: changed,
    hazard: opened('Who administers the cluster changes.'),
  },
  {
    types: cluster,
    path: 'azure_active_directory_role_based_access_control.azure_rbac_enabled',
    when: turned(false),
    hazard: opened('Azure roles no longer decide who may do what in the cluster.'),
  },
  {
    types: cluster,
    path: 'azure_policy_enabled',
    when: turned(false),
    hazard: opened('Azure Policy no longer checks what is deployed.'),
  },
  {
    types: cluster,
    path: 'workload_identity_enabled',
    when: turned(false),
    hazard: opened('Pods that sign in to Azure with a workload identity are refused.'),
  },
  {
    types: cluster,
    path: 'oidc_issuer_enabled',
    when: turned(false),
    hazard: opened('Pods that sign in to Azure with a workload identity are refused.'),
  },
  {
    types: cluster,
    path: 'run_command_enabled',
    when: turned(true),
    hazard: opened('Commands can be run in the cluster through Azure, past its network.'),
  },
  {
    types: cluster,
    path: 'key_management_service',
    when: removed,
    hazard: opened('Secrets of the cluster are no longer encrypted with a key of your own.'),
  },
  {
    types: cluster,
    path: 'microsoft_defender',
    when: removed,
    hazard: opened('Defender no longer watches the cluster.'),
  },
  {
    types: cluster,
    path: 'sku_tier',
    when: ({ after }) => after === 'Free',
    hazard: opened('The API server no longer has an agreed availability.'),
  },
  { path: 'public_network_access_enabled', when: turned(true), hazard: opened('It is reachable from the internet.') },
  {
    path: 'admin_enabled',
    when: turned(true),
    hazard: opened('Whoever may read its admin password may push and pull everything.'),
  },
  { path: 'anonymous_pull_enabled', when: turned(true), hazard: opened('Everybody can pull from it.') },
  {
    path: 'local_authentication_enabled',
    when: turned(true),
    hazard: opened('Whoever may read its keys gets in without Entra ID.'),
  },
  {
    path: 'shared_access_key_enabled',
    when: turned(true),
    hazard: opened('Whoever may read its keys gets in without Entra ID.'),
  },
  {
    path: 'allow_nested_items_to_be_public',
    when: turned(true),
    hazard: opened('Containers in it can be made public.'),
  },
  { path: 'https_traffic_only_enabled', when: turned(false), hazard: opened('It answers without encryption.') },
  {
    path: 'purge_protection_enabled',
    when: turned(false),
    hazard: opened('What is deleted in it can be deleted for good at once.'),
  },
  {
    path: 'rbac_authorization_enabled',
    when: turned(false),
    hazard: opened('Azure roles no longer decide who may read it.'),
  },
  { path: 'min_tls_version', when: older, hazard: oldTls },
  { path: 'minimum_tls_version', when: older, hazard: oldTls },
  { path: 'network_acls.default_action', when: becomes('allow'), hazard: openNetwork },
  { path: 'network_rules.default_action', when: becomes('allow'), hazard: openNetwork },
  {
    path: 'container_access_type',
    when: ({ after, unknown }) => unknown || (!isEmpty(after) && after !== 'private'),
    hazard: opened('Everybody can read what is in it.'),
  },
  {
    types: storage,
    path: 'local_user_enabled',
    when: turned(true),
    hazard: opened('Whoever has the password of a local user gets in without Entra ID.'),
  },
  {
    types: storage,
    path: 'cross_tenant_replication_enabled',
    when: turned(true),
    hazard: opened('What is in it can be copied to other tenants.'),
  },
  {
    types: storage,
    path: 'blob_properties.versioning_enabled',
    when: turned(false),
    hazard: opened('What is overwritten in it cannot be brought back.'),
  },
  {
    types: storage,
    path: 'blob_properties.delete_retention_policy',
    when: lowered,
    hazard: opened('What is deleted in it can be brought back for less long.'),
  },
  {
    types: storage,
    path: 'blob_properties.container_delete_retention_policy',
    when: lowered,
    hazard: opened('What is deleted in it can be brought back for less long.'),
  },
  {
    types: database,
    path: 'authentication.password_auth_enabled',
    when: turned(true),
    hazard: opened('Whoever has a password gets in without Entra ID.'),
  },
  {
    types: database,
    path: 'authentication.active_directory_auth_enabled',
    when: turned(false),
    hazard: opened('Entra identities no longer get in.'),
  },
  {
    types: database,
    path: 'high_availability',
    when: removed,
    hazard: opened('A zone that fails takes it away.'),
  },
  { types: database, path: 'backup_retention_days', when: lowered, hazard: shorter },
  {
    types: databaseSetting,
    path: 'value',
    when: becomes('off'),
    hazard: opened('It is switched off: for `require_secure_transport`, connections need no encryption any more.'),
  },
  { types: databaseSetting, path: 'value', when: becomes('tlsv1', 'tlsv1.1'), hazard: oldTls },
  {
    types: cache,
    path: 'public_network_access',
    when: becomes('enabled'),
    hazard: opened('It is reachable from the internet.'),
  },
  {
    types: cache,
    path: 'default_database.access_keys_authentication_enabled',
    when: turned(true),
    hazard: opened('Whoever may read its keys gets in without Entra ID.'),
  },
  {
    types: cache,
    path: 'default_database.client_protocol',
    when: becomes('plaintext'),
    hazard: opened('It answers without encryption.'),
  },
  {
    types: firewall,
    path: 'policy_settings.enabled',
    when: turned(false),
    hazard: opened('The firewall lets everything through.'),
  },
  {
    types: firewall,
    path: 'policy_settings.mode',
    when: becomes('detection'),
    hazard: opened('The firewall only writes down what it blocked before.'),
  },
  {
    types: firewall,
    path: 'managed_rules',
    when: always,
    hazard: opened('The firewall looks for something else than before.'),
  },
  {
    types: ['azurerm_subnet'],
    path: 'private_endpoint_network_policies',
    when: becomes('disabled'),
    hazard: opened('Security groups no longer hold for private endpoints in it.'),
  },
  {
    types: ['azurerm_subnet'],
    path: 'default_outbound_access_enabled',
    when: turned(true),
    hazard: opened('Machines in it reach the internet by a way that Azure gives them.'),
  },
  {
    types: ['azurerm_route_table'],
    path: 'route',
    when: always,
    hazard: opened('Traffic takes another way, perhaps around the firewall.'),
  },
  {
    types: ['azurerm_log_analytics_workspace'],
    path: 'retention_in_days',
    when: lowered,
    hazard: shorter,
  },
  {
    types: ['azurerm_container_registry'],
    path: 'retention_policy_in_days',
    when: ({ before, after, unknown }) =>
      unknown ||
      (typeof after === 'number' && after > 0 && !(typeof before === 'number' && before > 0 && before < after)),
    hazard: opened('Images without a tag are deleted, also those that are known by their digest alone.'),
  },
  {
    types: ['azurerm_data_protection_backup_vault'],
    path: 'soft_delete',
    when: becomes('off'),
    hazard: opened('Deleted backups cannot be brought back.'),
  },
  {
    types: ['azurerm_kubernetes_cluster_deployment_safeguard'],
    path: 'level',
    when: becomes('warn'),
    hazard: opened('What breaks good practice is only warned of.'),
  },
  {
    types: ['azurerm_security_center_subscription_pricing'],
    path: 'tier',
    when: becomes('free'),
    hazard: opened('Defender no longer looks at the subscription.'),
  },
  {
    types: ['azurerm_monitor_diagnostic_setting'],
    path: 'enabled_log',
    when: always,
    hazard: opened('Other logs than before are kept.'),
  },
  {
    types: ['azurerm_federated_identity_credential'],
    path: 'subject',
    when: changed,
    hazard: opened('Another workload than before can sign in as this identity.'),
  },
  {
    types: cluster,
    path: 'maintenance_window_auto_upgrade',
    when: removed,
    hazard: opened('Azure may upgrade the cluster at any time.'),
  },
  {
    types: cluster,
    path: 'maintenance_window_node_os',
    when: removed,
    hazard: opened('Azure may replace the images of nodes at any time.'),
  },
  {
    types: ['azurerm_network_security_group'],
    path: 'security_rule',
    when: always,
    hazard: opened('Which traffic may pass changes.'),
  },
  {
    types: ['azurerm_network_security_rule'],
    path: 'access',
    when: always,
    hazard: opened('Which traffic may pass changes.'),
  },
];

// In JSON paths an index is a step of its own; rules are written without.
function rulePath(leaf: Leaf): string {
  return leaf.path.filter(segment => typeof segment === 'string').join('.');
}

/** What to fear of an update, the worst first; each effect once. */
export function findHazards(type: string, leaves: readonly Leaf[]): Hazard[] {
  const found = new Map<string, Hazard>();
  for (const leaf of leaves) {
    const path = rulePath(leaf);
    for (const rule of rules) {
      if (rule.types !== undefined && !rule.types.includes(type)) continue;
      if (path !== rule.path && !path.startsWith(`${rule.path}.`)) continue;
      if (rule.when(leaf)) found.set(rule.hazard.effect, rule.hazard);
    }
  }
  return [...found.values()].sort((left, right) => Number(right.risk === 'high') - Number(left.risk === 'high'));
}

export function raiseRisk(risk: Risk, hazards: readonly Hazard[]): Risk {
  return hazards.reduce(
    (worst, hazard) => (risks.indexOf(worst) < risks.indexOf(hazard.risk) ? hazard.risk : worst),
    risk,
  );
}

import { type Risk, risks } from '@suite/change-report';
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
const removed = ({ before, after, unknown }: Leaf) => !unknown && !isEmpty(before) && isEmpty(after);

const reimaged: Hazard = {
  risk: 'high',
  effect: 'Its nodes are reimaged one after another; pods on them restart elsewhere.',
};
const opened = (effect: string): Hazard => ({ risk: 'medium', effect });

const cluster = [clusterType];
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

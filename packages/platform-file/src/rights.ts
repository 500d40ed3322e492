import type { IdentityKind } from './names.ts';
import { stateGroupName } from './names.ts';
import type { Unlocked } from './resolve.ts';
import type { ScopeView } from './resolved.ts';

/**
 * What the identities of a platform may do, in one place: bootstrap grants it, and the sandbox seeds its world with it. A
 * plan identity reads, and writes nothing but new plan files; an apply identity may do everything in its subscription but
 * make somebody an owner.
 */

/** A role of the platform's own. Its name has the platform's, because names of roles are unique in a tenant. */
export interface CustomRole {
  readonly roleName: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly dataActions: readonly string[];
}

const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';

const own = {
  planReader: {
    title: 'Plan Reader',
    description: 'What a plan reads beyond Reader: cluster user credentials and workspace keys.',
    actions: [
      'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
      'Microsoft.OperationalInsights/workspaces/sharedKeys/action',
    ],
    dataActions: [],
  },
  planFileWriter: {
    title: 'Plan File Writer',
    description: 'Adds plan files; replaces, reads and deletes none.',
    actions: [],
    dataActions: [`${blobs}/add/action`],
  },
  planFileApplier: {
    title: 'Plan File Applier',
    description: 'Reads and deletes plan files; makes none.',
    actions: [],
    dataActions: [`${blobs}/read`, `${blobs}/delete`],
  },
  recordReader: {
    title: 'Record Reader',
    description: 'Reads the records of an environment: finds its registry and pulls from it.',
    actions: ['Microsoft.ContainerRegistry/registries/read', 'Microsoft.ContainerRegistry/registries/pull/read'],
    dataActions: [],
  },
  guardKeeper: {
    title: 'Guard Keeper',
    description: 'Locks against deletion and policies: what Contributor may not set.',
    actions: ['Microsoft.Authorization/locks/*', 'Microsoft.Authorization/policyAssignments/*'],
    dataActions: [],
  },
  vaultUser: {
    title: 'Vault Connector',
    description: 'Connects an environment to the shared vault by a private endpoint.',
    actions: ['Microsoft.KeyVault/vaults/read', 'Microsoft.KeyVault/vaults/privateEndpointConnectionsApproval/action'],
    dataActions: [],
  },
  dnsDelegator: {
    title: 'DNS Delegator',
    description: "Delegates an environment's zone from the platform's: records of type NS and no others.",
    actions: ['Microsoft.Network/dnsZones/read', 'Microsoft.Network/dnsZones/NS/*'],
    dataActions: [],
  },
} as const;

type Own = keyof typeof own;

export function customRoles(platform: string): CustomRole[] {
  return Object.values(own).map(({ title, description, actions, dataActions }) => ({
    roleName: ownName(platform, title),
    description,
    actions,
    dataActions,
  }));
}

function ownName(platform: string, title: string): string {
  return `AKS Platform ${title} (${platform})`;
}

/** Azure's own roles that are granted here, by their ids (Microsoft Learn, "Azure built-in roles"). */
export const builtInRoleIds = {
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  'User Access Administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  'Role Based Access Control Administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
  'Storage Blob Data Reader': '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6',
  'Key Vault Crypto Service Encryption User': 'e147488a-f6f5-4113-8e2d-b22465e65bf6',
  'Azure Kubernetes Service Cluster User Role': '4abbcc35-e782-43d8-92c5-2d3f1bd2253f',
  'Azure Kubernetes Service RBAC Cluster Admin': 'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b',
} as const;

export type BuiltInRole = keyof typeof builtInRoleIds;

/** Which roles somebody may assign and take away. */
export type GrantLimit = { readonly allBut: readonly BuiltInRole[] } | { readonly only: readonly BuiltInRole[] };

/** One role for one identity over one scope. */
export interface Right {
  readonly scope: string;
  readonly region: string;
  readonly identity: IdentityKind;
  readonly role: BuiltInRole | { readonly own: string };
  /** Id in the resource manager. */
  readonly on: string;
  readonly limit?: GrantLimit;
}

/** What is known of a scope and region that identities work in. */
export interface RightsPlace {
  readonly platform: string;
  readonly scope: string;
  readonly region: string;
  readonly subscription: string;
  /** Place in the order of promotion, from 0; undefined for the shared scope. */
  readonly order: number | undefined;
  readonly state: { readonly account: string; readonly container: string };
  /** What is used by id and may lie anywhere: the shared zone and vault; the vault of an environment's key for disks, and the cluster of its hub. */
  readonly existing?: {
    readonly zone?: string | undefined;
    readonly vault?: string | undefined;
    readonly diskVault?: string | undefined;
    readonly hub?: string | undefined;
  };
}

/** What a scope uses by id, as far as rights hang on it. */
export function usedById(view: Unlocked<ScopeView>): NonNullable<RightsPlace['existing']> {
  if (view.kind === 'environment') {
    return { diskVault: view.cluster.diskEncryption?.vault, hub: view.applications?.hub?.id };
  }
  const { dns, vault } = view;
  return {
    zone: dns?.existing === true ? dns.id : undefined,
    vault: vault?.existing === true ? vault.id : undefined,
  };
}

/** The container for plan files, beside the state's. */
export const plansContainerName = 'plans';

/** Whoever could assign one of these could make himself anything. */
const mighty: readonly BuiltInRole[] = [
  'Owner',
  'User Access Administrator',
  'Role Based Access Control Administrator',
];

export function rightsOf(places: readonly RightsPlace[]): Right[] {
  return places.flatMap(place => [
    ...rightsAtHome(place),
    ...rightsUpstream(place, places),
    ...rightsInShared(place, places),
    ...rightsOnHub(place),
  ]);
}

/** The way into the cluster whose Argo CD deploys; what may be done inside is Kubernetes' to say. In its own subscription it is there already. */
function rightsOnHub(place: RightsPlace): Right[] {
  const { subscription, existing } = place;
  if (existing?.hub === undefined || isBelow(existing.hub, `/subscriptions/${subscription}`)) return [];
  const { hub } = existing;
  const { plan, apply } = granting(place);
  return [plan, apply].map(grant => grant('Azure Kubernetes Service Cluster User Role', hub));
}

function isBelow(id: string, root: string): boolean {
  return id.toLowerCase().startsWith(`${root.toLowerCase()}/`);
}

function rightsAtHome(place: RightsPlace): Right[] {
  const { subscription, state } = place;
  const root = `/subscriptions/${subscription}`;
  const containers = `${stateAccountId(place)}/blobServices/default/containers`;
  const [container, plans] = [`${containers}/${state.container}`, `${containers}/${plansContainerName}`];
  const { plan, apply } = granting(place);
  return [
    plan('Reader', root),
    plan(named(place, 'planReader'), root),
    plan('Storage Blob Data Reader', container),
    plan(named(place, 'planFileWriter'), plans),
    apply('Contributor', root),
    apply('Role Based Access Control Administrator', root, { allBut: mighty }),
    apply(named(place, 'guardKeeper'), root),
    // What runs in the cluster is installed by it. Contributor has no rights inside of clusters.
    ...(place.order === undefined ? [] : [apply('Azure Kubernetes Service RBAC Cluster Admin', root)]),
    apply('Storage Blob Data Contributor', container),
    apply(named(place, 'planFileApplier'), plans),
  ];
}

/** A gate reads the records of the environment before, in all of its regions. */
function rightsUpstream(place: RightsPlace, places: readonly RightsPlace[]): Right[] {
  const { order } = place;
  if (order === undefined) return [];
  const before = places.filter(other => other.order === order - 1);
  const { plan, apply } = granting(place);
  return [...new Set(before.map(({ subscription }) => `/subscriptions/${subscription}`))].flatMap(root =>
    [plan, apply].map(grant => grant(named(place, 'recordReader'), root)),
  );
}

/**
 * An environment reads what is shared, delegates its domain there, connects to the vault, and lets its workloads read
 * secrets. The scope is the subscription: the shared resource group is made by the first apply, which comes later.
 */
function rightsInShared(place: RightsPlace, places: readonly RightsPlace[]): Right[] {
  const shared = places.find(({ order }) => order === undefined);
  if (place.order === undefined || shared === undefined) return [];
  const root = `/subscriptions/${shared.subscription}`;
  const { zone = root, vault = root } = shared.existing ?? {};
  const { plan, apply } = granting(place);
  return [
    ...[plan, apply].flatMap(grant => [
      ...[...new Set([root, zone, vault])]
        .filter(on => on === root || !on.startsWith(`${root}/`))
        .map(on => grant('Reader', on)),
      grant(named(place, 'planReader'), root),
    ]),
    apply(named(place, 'dnsDelegator'), zone),
    apply(named(place, 'vaultUser'), vault),
    ...grantsOnVaults(place, vault),
  ];
}

/** To let workloads read secrets of the shared vault, and the cluster's disks use their key. Azure takes a role once per scope. */
function grantsOnVaults(place: RightsPlace, sharedVault: string): Right[] {
  const { subscription, existing } = place;
  const root = `/subscriptions/${subscription}`;
  const wanted = new Map<string, BuiltInRole[]>();
  const want = (on: string, role: BuiltInRole) => {
    // In its own subscription the right to grant is there already.
    if (on !== root && !on.startsWith(`${root}/`)) wanted.set(on, [...(wanted.get(on) ?? []), role]);
  };
  want(sharedVault, 'Key Vault Secrets User');
  if (existing?.diskVault !== undefined) want(existing.diskVault, 'Key Vault Crypto Service Encryption User');
  const { apply } = granting(place);
  return [...wanted].map(([on, only]) => apply('Role Based Access Control Administrator', on, { only }));
}

function granting({ scope, region }: RightsPlace) {
  const grant =
    (identity: IdentityKind) =>
    (role: Right['role'], on: string, limit?: GrantLimit): Right => ({
      scope,
      region,
      identity,
      role,
      on,
      ...(limit === undefined ? {} : { limit }),
    });
  return { plan: grant('plan'), apply: grant('apply') };
}

function named({ platform }: RightsPlace, role: Own): Right['role'] {
  return { own: ownName(platform, own[role].title) };
}

/** The storage account of a scope and region, in the group that bootstrap makes. */
export function stateAccountId({ platform, scope, region, subscription, state }: Omit<RightsPlace, 'order'>): string {
  const group = stateGroupName(platform, scope, region);
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Storage/storageAccounts/${state.account}`;
}

/** Without what is said twice, as it is where scopes share a subscription. */
export function distinctRights(rights: readonly Right[]): Right[] {
  const key = ({ scope, region, identity, role, on }: Right) =>
    [scope, region, identity, typeof role === 'string' ? role : role.own, on.toLowerCase()].join('\n');
  return [...new Map(rights.map(right => [key(right), right])).values()];
}

/**
 * The limit as a condition of Azure's (version 2.0), in the words that Microsoft documents for delegating role assignments
 * ("Examples to delegate Azure role assignment management with conditions").
 */
export function conditionOf(limit: GrantLimit): string {
  const [operator, roles] =
    'only' in limit ? ['ForAnyOfAnyValues:GuidEquals', limit.only] : ['ForAnyOfAllValues:GuidNotEquals', limit.allBut];
  const ids = roles.map(role => builtInRoleIds[role]).join(', ');
  const clause = (verb: string, source: string) =>
    `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${verb}'})) OR (@${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ${operator} {${ids}}))`;
  return `${clause('write', 'Request')} AND ${clause('delete', 'Resource')}`;
}

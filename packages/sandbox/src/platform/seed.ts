import { randomUUID } from 'node:crypto';
import type { ScopeView } from '@suite/platform-file';
import type { Job, Repository, RepositoryHandle, World } from '../world/index.ts';

/** The repository whose workflows run in the sandbox, and the branch that it promotes from. */
export const repository: Repository = {
  name: 'contoso/platform',
  id: '701234567',
  ownerId: '98765432',
  subject: { immutable: true },
};
export const mainRef = 'refs/heads/main';

const recordReader = 'AKS Platform Record Reader';
const planRole = 'AKS Platform Plan Reader';
const guardKeeper = 'AKS Platform Guard Keeper';
const sharedUser = 'AKS Platform Shared Scope User';

/** Plan files go one way: who plans can only add them, who applies can read and remove but not make them. */
const plansContainer = 'plans';
const planFileWriter = 'AKS Platform Plan File Writer';
const planFileApplier = 'AKS Platform Plan File Applier';
const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';

/**
 * Makes what bootstrap leaves behind: per scope and region two identities with federated credentials, their rights, and
 * a storage account with an empty state and a container for plan files. Rights are those of DESIGN §5: a plan identity can
 * read, and write nothing but new plan files.
 */
export function seedPlatform(world: World, views: readonly ScopeView[]): void {
  const { azure } = world;
  azure.defineRole({
    roleName: planRole,
    description: 'What a plan reads beyond Reader: cluster user credentials and workspace keys.',
    actions: [
      'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
      'Microsoft.OperationalInsights/workspaces/sharedKeys/action',
    ],
  });
  azure.defineRole({
    roleName: planFileWriter,
    description: 'Adds plan files; replaces, reads and deletes none.',
    dataActions: [`${blobs}/add/action`],
  });
  azure.defineRole({
    roleName: planFileApplier,
    description: 'Reads and deletes plan files; makes none.',
    dataActions: [`${blobs}/read`, `${blobs}/delete`],
  });
  azure.defineRole({
    roleName: recordReader,
    description: 'Reads the records of an environment: finds its registry and pulls from it.',
    actions: ['Microsoft.ContainerRegistry/registries/read', 'Microsoft.ContainerRegistry/registries/pull/read'],
  });
  azure.defineRole({
    roleName: guardKeeper,
    description: 'Locks against deletion and policies: what Contributor may not set.',
    actions: ['Microsoft.Authorization/locks/*', 'Microsoft.Authorization/policyAssignments/*'],
  });
  azure.defineRole({
    roleName: sharedUser,
    description: 'What an environment does in the shared scope: delegates its domain and connects to the vault.',
    actions: [
      'Microsoft.Network/dnsZones/read',
      'Microsoft.Network/dnsZones/NS/*',
      'Microsoft.KeyVault/vaults/read',
      'Microsoft.KeyVault/vaults/privateEndpointConnectionsApproval/action',
    ],
  });
  const shared = views.find(view => view.kind === 'shared');
  for (const view of views) azure.addTenant(view.tenant);
  for (const view of views) azure.addSubscription(view.subscription, view.tenant);
  for (const view of views) seedScope(world, view, shared, upstreamOf(view, views));
}

/** GitHub environments as a careful team has them: only `main` deploys, and somebody approves production. */
export function protectEnvironments(handle: RepositoryHandle, views: readonly ScopeView[]): void {
  for (const view of views) {
    const reviewed = view.kind === 'environment' && view.production;
    handle.defineEnvironment({ name: view.scope, branches: ['main'], ...(reviewed ? { reviewers: ['mona'] } : {}) });
  }
}

/** The regions of the environment before it in the order of promotion. */
function upstreamOf(view: ScopeView, views: readonly ScopeView[]): ScopeView[] {
  if (view.kind === 'shared') return [];
  return views.filter(other => other.kind === 'environment' && other.order === view.order - 1);
}

function seedScope(world: World, view: ScopeView, shared: ScopeView | undefined, upstream: readonly ScopeView[]): void {
  const { azure, github } = world;
  const { subscription, tenant, state, scope, region, platform, identities } = view;
  const stateGroup = `rg-${platform}-state-${scope}-${region}`;
  azure.addStorageAccount({
    subscription,
    resourceGroup: stateGroup,
    name: state.account,
    location: region,
    containers: [state.container, plansContainer],
  });
  azure.writeBlob(state.account, state.container, state.key, emptyState());

  const subject = (context: JobContext) => github.subjectFor(jobOf(context));
  const plan = azure.addApplication({
    tenant,
    name: `${platform}-${scope}-${region}-plan`,
    clientId: identities.plan,
    githubSubjects: [subject({ event: 'pull_request', ref: 'refs/pull/1/merge' }), subject({})],
  });
  const apply = azure.addApplication({
    tenant,
    name: `${platform}-${scope}-${region}-apply`,
    clientId: identities.apply,
    githubSubjects: [subject({ environment: scope })],
  });

  const root = `/subscriptions/${subscription}`;
  const containers = `${root}/resourceGroups/${stateGroup}/providers/Microsoft.Storage/storageAccounts/${state.account}/blobServices/default/containers`;
  const [container, plans] = [`${containers}/${state.container}`, `${containers}/${plansContainer}`];
  azure.assignRole({ principal: plan, role: 'Reader', scope: root });
  azure.assignRole({ principal: plan, role: planRole, scope: root });
  azure.assignRole({ principal: plan, role: 'Storage Blob Data Reader', scope: container });
  azure.assignRole({ principal: plan, role: planFileWriter, scope: plans });
  azure.assignRole({ principal: apply, role: 'Contributor', scope: root });
  azure.assignRole({ principal: apply, role: 'Role Based Access Control Administrator', scope: root });
  azure.assignRole({ principal: apply, role: guardKeeper, scope: root });
  azure.assignRole({ principal: apply, role: 'Storage Blob Data Contributor', scope: container });
  azure.assignRole({ principal: apply, role: planFileApplier, scope: plans });
  for (const before of upstream) {
    for (const principal of [plan, apply]) {
      azure.assignRole({ principal, role: recordReader, scope: `/subscriptions/${before.subscription}` });
    }
  }
  if (shared === undefined || shared === view) return;
  // An environment finds the shared workspace as a data source, and its cluster writes there.
  const sharedGroup = `/subscriptions/${shared.subscription}`;
  for (const principal of [plan, apply]) {
    azure.assignRole({ principal, role: 'Reader', scope: sharedGroup });
    azure.assignRole({ principal, role: planRole, scope: sharedGroup });
  }
  // It delegates its domain there, connects to the vault, and lets its workloads read secrets.
  azure.assignRole({ principal: apply, role: sharedUser, scope: sharedGroup });
  azure.assignRole({ principal: apply, role: 'Role Based Access Control Administrator', scope: sharedGroup });
}

/** A state as Terraform writes it before anything is in it. */
function emptyState(): string {
  return `${JSON.stringify({
    version: 4,
    terraform_version: '1.11.0',
    serial: 1,
    lineage: randomUUID(),
    outputs: {},
    resources: [],
    check_results: null,
  })}\n`;
}

const sha = '9f3c2e1d4b5a69788796a5b4c3d2e1f009182736';

export interface JobContext {
  readonly environment?: string;
  /** `push` by default. */
  readonly event?: string;
  /** The main branch by default. */
  readonly ref?: string;
}

/** A job of the sandbox's run, as GitHub's tokens describe it. */
export function jobOf({ environment, event = 'push', ref = mainRef }: JobContext): Job {
  return {
    repository: repository.name,
    ref,
    sha,
    event,
    workflowRef: `${repository.name}/.github/workflows/platform.yml@${ref}`,
    runId: '4711',
    runAttempt: 1,
    actor: 'mona',
    ...(environment === undefined ? {} : { environment }),
  };
}

import { randomUUID } from 'node:crypto';
import {
  conditionOf,
  customRoles,
  distinctRights,
  type IdentityKind,
  identityName,
  plansContainerName,
  type RightsPlace,
  rightsOf,
  type ScopeView,
  stateGroupName,
  usedById,
} from '@suite/platform-file';
import type { AppHandle, Job, Principal, Repository, RepositoryHandle, World } from '../world/index.ts';

/** The repository whose workflows run in the sandbox, and the branch that it promotes from. */
export const repository: Repository = {
  name: 'contoso/platform',
  id: '701234567',
  ownerId: '98765432',
  subject: { immutable: true },
};
const mainRef = 'refs/heads/main';

/** Where Argo CD deploys from, and the App that may commit there. */
const gitopsName = 'contoso/gitops';
const gitopsAppName = 'contoso-gitops';

export interface GitOpsSeed {
  readonly repository: RepositoryHandle;
  readonly app: AppHandle;
}

/** Makes what a team makes once by hand: the repository with the folder's files, and the App, installed on it alone. */
export async function seedGitOps({ github }: World, folder: string): Promise<GitOpsSeed> {
  const [owner = ''] = gitopsName.split('/');
  const created = await github.createRepository({
    name: gitopsName,
    ownerId: repository.ownerId,
    // Argo CD reads it without a credential of its own.
    private: false,
    folder,
    author: 'mona',
  });
  const app = await github.createApp({
    slug: gitopsAppName,
    installations: [{ owner, repositories: [gitopsName], permissions: { contents: 'write' } }],
  });
  return { repository: created, app };
}

/** How the example's workflow finds the App: a variable and a secret of its repository. */
export function gitopsAccess({ app }: GitOpsSeed) {
  return { vars: { GITOPS_APP_ID: app.clientId }, secrets: { GITOPS_APP_KEY: app.privateKey } };
}

/**
 * Makes what bootstrap leaves behind: per scope and region two identities with federated credentials, their rights, and
 * a storage account with an empty state and a container for plan files. Rights are those that bootstrap grants.
 */
export function seedPlatform(world: World, views: readonly ScopeView[]): void {
  seedTenant(world, views);
  const principals = new Map(views.map(view => [placeKey(view), seedScope(world, view)]));
  for (const role of customRoles(views[0]?.platform ?? '')) world.azure.defineRole(role);
  for (const right of distinctRights(rightsOf(views.map(placeOf)))) {
    const principal = principals.get(placeKey(right))?.[right.identity];
    if (principal === undefined) throw new Error(`There is no ${right.identity} identity of ${right.scope}.`);
    world.azure.assignRole({
      principal,
      role: typeof right.role === 'string' ? right.role : right.role.own,
      scope: right.on,
      ...(right.limit === undefined ? {} : { condition: conditionOf(right.limit) }),
    });
  }
}

/** What is there before bootstrap: the tenant and its subscriptions. */
export function seedTenant({ azure }: World, views: readonly ScopeView[]): void {
  for (const view of views) azure.addTenant(view.tenant);
  for (const view of views) azure.addSubscription(view.subscription, view.tenant);
}

function placeKey({ scope, region }: { readonly scope: string; readonly region: string }): string {
  return `${scope}/${region}`;
}

function placeOf(view: ScopeView): RightsPlace {
  return { ...view, order: view.kind === 'environment' ? view.order : undefined, existing: usedById(view) };
}

/** GitHub environments as a careful team has them: only `main` deploys, and somebody approves production. */
export function protectEnvironments(handle: RepositoryHandle, views: readonly ScopeView[]): void {
  for (const view of views) {
    const reviewed = view.kind === 'environment' && view.production;
    handle.defineEnvironment({ name: view.scope, branches: ['main'], ...(reviewed ? { reviewers: ['mona'] } : {}) });
  }
}

/** Gives the identities of the scope and region. */
function seedScope(world: World, view: ScopeView): Readonly<Record<IdentityKind, Principal>> {
  const { azure, github } = world;
  const { subscription, state, scope, region, platform, identities } = view;
  const resourceGroup = stateGroupName(platform, scope, region);
  azure.addStorageAccount({
    subscription,
    resourceGroup,
    name: state.account,
    location: region,
    containers: [state.container, plansContainerName],
  });
  azure.writeBlob(state.account, state.container, state.key, emptyState());

  const subject = (context: JobContext) => github.subjectFor(jobOf(context));
  const identity = (kind: IdentityKind, githubSubjects: readonly string[]) =>
    azure.addManagedIdentity({
      subscription,
      resourceGroup,
      name: identityName(platform, scope, region, kind),
      location: region,
      clientId: identities[kind],
      githubSubjects,
    });
  return {
    plan: identity('plan', [subject({ event: 'pull_request', ref: 'refs/pull/1/merge' }), subject({})]),
    apply: identity('apply', [subject({ environment: scope })]),
  };
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

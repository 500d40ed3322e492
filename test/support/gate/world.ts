import type { EnvironmentScope } from '@suite/platform-file';
import type { Changes, RecordedRunState, RegistryView } from '@suite/sandbox';
import { type BundleWorld, openBundleWorld } from '../bundle.ts';

/** The example, with a second region of staging. */
const twoRegions: Changes = {
  'platform.yaml': text =>
    text.replace(
      /( {2}staging:\n {4}subscription: \S+\n) {4}location: westeurope\n/,
      '$1    rollout: { regions: in-order }\n    regions: { westeurope: , northeurope: }\n',
    ),
  'platform.lock.yaml': text =>
    text.replace(
      '  staging:\n',
      `  staging:
    northeurope:
      identities: { plan: a0000000-0000-4000-8000-000000000009, apply: a0000000-0000-4000-8000-00000000000a }
      state: { account: stcontosostagingne11, container: tfstate }
`,
    ),
};
export const runUrl = 'https://github.com/contoso/platform/actions/runs';

export let sandbox: BundleWorld;
/** Commits of main, one after the other; `side` begins at the first one and is not part of the others. */
export let commits: {
  readonly first: string;
  readonly promoted: string;
  readonly newer: string;
  readonly side: string;
};

/** Opens the one world of a test file: the example with every environment's registry, and the runs 4711 and 4712. */
export async function openWorld(): Promise<void> {
  sandbox = await openBundleWorld(undefined, twoRegions);
  const { repository } = sandbox;
  const commit = (branch: string, text: string) =>
    repository.commit({ branch, message: text, files: { 'notes.md': `${text}\n` } });
  const first = await repository.resolve('refs/heads/main');
  const side = await commit('side', 'side');
  commits = { first, side, promoted: await commit('main', 'promoted'), newer: await commit('main', 'newer') };
  for (const id of ['4711', '4712']) recordRun(id);
  for (const view of environments()) addRegistry(view);
}

export function environments(): EnvironmentScope[] {
  return sandbox.views.filter(found => found.kind === 'environment');
}

export function view(scope: string, region = 'westeurope'): EnvironmentScope {
  const found = environments().find(one => one.scope === scope && one.region === region);
  if (found === undefined) throw new Error(`The example has no ${scope} in ${region}.`);
  return found;
}

export function registryName({ registry }: EnvironmentScope): string {
  if (registry.existing) throw new Error('The example makes its registries itself.');
  return registry.name;
}

export function registryId(of: EnvironmentScope): string {
  return `/subscriptions/${of.subscription}/resourceGroups/${of.resourceGroup}/providers/Microsoft.ContainerRegistry/registries/${registryName(of)}`;
}

export function addRegistry(of: EnvironmentScope): void {
  sandbox.world.azure.putResource(registryId(of), { location: of.region, sku: { name: 'Standard' } });
}

export function registryOf(of: EnvironmentScope): RegistryView {
  return sandbox.world.registries.registry(registryName(of));
}

export function emptyRegistries(): void {
  for (const one of environments()) {
    for (const repository of registryOf(one).repositories()) registryOf(one).deleteRepository(repository);
  }
}

export function requestsSince(from: number, host: string) {
  return sandbox.world.ledger.requests.slice(from).filter(request => request.host.endsWith(host));
}

export function recordRun(id: string, more: Partial<RecordedRunState> = {}): void {
  sandbox.repository.recordRun({
    id,
    attempt: 1,
    number: Number(id),
    name: 'Platform',
    path: '.github/workflows/platform.yml',
    event: 'push',
    status: 'in_progress',
    conclusion: undefined,
    headSha: commits.promoted,
    headBranch: 'main',
    actor: 'mona',
    startedAt: Date.parse('2026-11-26T05:00:00Z'),
    jobs: [],
    ...more,
  });
}

/** Leaves somebody one role on a subscription in place of all; gives back what it was when called. */
export function reduceTo(role: string | undefined, clientId: string, subscription: string): () => void {
  const { azure } = sandbox.world;
  const scope = `/subscriptions/${subscription}`;
  const principal = azure.principals().find(one => one.clientId === clientId);
  if (principal === undefined) throw new Error(`Nobody has the client id ${clientId}.`);
  const assigned = () =>
    azure
      .resources('Microsoft.Authorization/roleAssignments')
      .filter(({ id }) => id.startsWith(`${scope}/providers/Microsoft.Authorization/`))
      .filter(({ properties }) => (properties as { principalId: string }).principalId === principal.objectId);
  const before = assigned();
  if (before.length === 0) throw new Error(`${clientId} has no role on ${scope}.`);
  for (const { id } of before) azure.remove(id);
  if (role !== undefined) azure.assignRole({ principal, role, scope });
  return () => {
    for (const { id } of assigned()) azure.remove(id);
    for (const { id, properties } of before) azure.putResource(id, { properties });
  };
}

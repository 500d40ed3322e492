import { nearest, type Problem, sentenceList, UserError } from '@suite/foundation';
import { resolveApplications } from './applications.ts';
import { resolveCharts } from './charts.ts';
import { cloudOf } from './cloud.ts';
import { environmentGroup, resolveCluster } from './cluster.ts';
import { defaults } from './defaults.ts';
import { resolveEnvironmentDns, resolveSharedDns } from './dns.ts';
import { resolveGate } from './gate.ts';
import { resolveGpuSmoke } from './gpu-smoke.ts';
import { resolveImages } from './images.ts';
import { entry, mergeLayers } from './layers.ts';
import { type Lock, lockOf } from './lock.ts';
import { resourceGroupName, stateKey, workspaceName } from './names.ts';
import { resolveNetwork } from './network.ts';
import { resolveOwnTerraform } from './own-terraform.ts';
import { engineOf, listScopes, type Platform, regionsOf } from './platform.ts';
import { resolveReleases } from './releases.ts';
import type { EnvironmentScope, LogsReference, ScopeView, SharedScope } from './resolved.ts';
import { resolveRollout } from './rollout.ts';
import type { PlatformSource } from './schema.ts';
import {
  hasOwnVault,
  type Place,
  resolveAlerts,
  resolveBackup,
  resolveBudget,
  resolveCache,
  resolveDatabase,
  resolveGateway,
  resolvePrivateLink,
  resolveRegistry,
  resolveStorage,
  resolveVault,
  resolveWorkloads,
  sharedVaultName,
} from './services.ts';
import { days } from './units.ts';

/**
 * Everything about one scope and region, defaults filled in. The region may be left out where there is one. Throws a
 * UserError when there is no such scope or region, or when the lock does not know it.
 */
export function resolveScope(
  platform: Platform,
  lock: Lock,
  wanted: { readonly scope: string; readonly region?: string },
): ScopeView {
  const { source } = platform;
  if (wanted.scope === 'shared') {
    const region = chooseRegion(wanted, [source.shared.location]);
    return { ...resolveShared(source, region), ...locked(lock, source.name, 'shared', region) };
  }
  const environments = Object.keys(source.environments);
  if (!environments.includes(wanted.scope)) {
    const all = ['shared', ...environments];
    throw unknownInput('scope', wanted.scope, all, 'The platform file has');
  }
  const region = chooseRegion(wanted, regionsOf(source, wanted.scope));
  return {
    ...resolveEnvironment(source, wanted.scope, region),
    ...locked(lock, source.name, wanted.scope, region),
  };
}

/** Every scope and region in the order of promotion. Throws a UserError with every scope that the lock does not know. */
export function resolveAll(platform: Platform, lock: Lock): ScopeView[] {
  const problems: Problem[] = [];
  const views = listScopes(platform).flatMap((name): ScopeView[] => {
    try {
      return [resolveScope(platform, lock, name)];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new UserError(problems);
  return views;
}

/** Without identities and state, which are in the lock. */
export type Unlocked<T> = T extends ScopeView ? Omit<T, 'identities' | 'state'> : never;

/** Every scope and region in the order of promotion, before there is a lock. */
export function resolveUnlocked(platform: Platform): Unlocked<ScopeView>[] {
  const { source } = platform;
  return listScopes(platform).map(({ scope, region }) =>
    scope === 'shared' ? resolveShared(source, region) : resolveEnvironment(source, scope, region),
  );
}

function locked(lock: Lock, platform: string, scope: string, region: string): Pick<ScopeView, 'identities' | 'state'> {
  const { identities, state } = lockOf(lock, scope, region);
  return { identities, state: { ...state, key: stateKey(platform, scope, region) } };
}

function chooseRegion({ scope, region }: { scope: string; region?: string }, regions: readonly string[]): string {
  const [only] = regions;
  if (region === undefined) {
    if (only !== undefined && regions.length === 1) return only;
    throw new UserError({
      message: `is needed: ${scope} has the regions ${sentenceList(regions)}.`,
      location: { kind: 'input', name: 'region' },
      remedy: 'Give one of them.',
    });
  }
  if (regions.includes(region)) return region;
  throw unknownInput('region', region, regions, `${scope} has`);
}

function unknownInput(input: string, value: string, known: readonly string[], has: string): UserError {
  const near = nearest(value, known);
  return new UserError({
    message: `is \`${value}\`, which the platform file does not know.`,
    location: { kind: 'input', name: input },
    remedy: `${has} ${sentenceList(known)}.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`,
  });
}

function baseTags(platform: string, scope: string, own: Readonly<Record<string, string>> | undefined) {
  return { ...own, platform, environment: scope, 'managed-by': 'provision-aks' };
}

function resolveShared(source: PlatformSource, region: string): Unlocked<SharedScope> {
  const { shared, existing } = source;
  return {
    kind: 'shared',
    platform: source.name,
    engine: engineOf({ source }),
    scope: 'shared',
    region,
    tenant: source.tenant,
    cloud: cloudOf({ source }),
    subscription: shared.subscription,
    runner: shared.runner ?? defaults.runner,
    // What all environments hang on deserves production's care.
    production: true,
    allow: shared.allow ?? [],
    tags: baseTags(source.name, 'shared', shared.tags),
    resourceGroup: resourceGroupName(source.name, 'shared', region),
    logs:
      existing?.logs === undefined
        ? {
            existing: false,
            name: workspaceName(source.name),
            retentionDays: days(shared.logs?.retention ?? defaults.retention),
          }
        : { existing: true, id: existing.logs },
    dns: resolveSharedDns(source),
    vault: resolveSharedVault(source),
    ...resolveOwnTerraform({ scope: 'shared', region }, shared.terraform),
  };
}

/** Made only where an environment uses it. */
function resolveSharedVault(source: PlatformSource): SharedScope['vault'] {
  const { shared, existing } = source;
  if (existing?.['key-vault'] !== undefined) return { existing: true, id: existing['key-vault'] };
  const used = Object.keys(source.environments).some(environment =>
    regionsOf(source, environment).some(region => {
      const merged = mergeLayers(source, environment, region);
      return merged.existing?.['key-vault'] === undefined && !hasOwnVault(merged, isProduction(source, environment));
    }),
  );
  if (!used) return undefined;
  return {
    existing: false,
    name: sharedVaultName(source),
    publicAccess: shared['key-vault']?.['public-access'] ?? defaults.sharedVault.publicAccess,
  };
}

/** The last environment is production, unless somebody says something else. */
function isProduction(source: PlatformSource, environment: string): boolean {
  return entry(source, environment).production ?? Object.keys(source.environments).at(-1) === environment;
}

/** Without identities and state: what the platform file alone says. */
export function resolveEnvironment(source: PlatformSource, scope: string, region: string): Unlocked<EnvironmentScope> {
  const { subscription, allow = [], gate } = entry(source, scope);
  const order = Object.keys(source.environments).indexOf(scope);
  const merged = mergeLayers(source, scope, region);
  const production = isProduction(source, scope);
  const place: Place = { platform: source.name, scope, region, subscription, order, production };
  const network = resolveNetwork(source, merged, scope, region, order);
  const cluster = resolveCluster(source.name, merged, scope, region, production, isFirstIn(source, place));
  const gateway = resolveGateway(place, merged, network);
  const storage = resolveStorage(place, merged);
  const dns = resolveEnvironmentDns(source, scope, region);
  const alerts = resolveAlerts(merged);
  const database = resolveDatabase(place, merged);
  const applications = resolveApplications(place, merged);
  const releases = resolveReleases(merged, cluster, alerts, production, {
    order,
    hasHub: applications?.hub !== undefined,
    hasDatabase: database !== undefined,
    hasStorage: storage !== undefined,
  });
  return {
    kind: 'environment',
    platform: source.name,
    engine: engineOf({ source }),
    scope,
    region,
    order,
    tenant: source.tenant,
    cloud: cloudOf({ source }),
    subscription,
    runner: merged.runner ?? defaults.runner,
    production,
    allow,
    tags: baseTags(source.name, scope, merged.tags),
    resourceGroup: environmentGroup(source.name, merged, scope, region),
    gate: resolveGate(gate),
    rollout: resolveRollout(merged, place, regionsOf(source, scope)),
    admins: merged.admins ?? [],
    logs: resolveLogs(source),
    network,
    registry: resolveRegistry(place, merged),
    mirror: merged.registry?.mirror ?? defaults.registryMirror,
    cluster,
    gateway,
    vault: resolveVault(source, place, merged),
    storage,
    database,
    cache: resolveCache(place, merged),
    backup: resolveBackup(place, merged, storage),
    dns,
    privateLink: resolvePrivateLink(merged, network),
    budget: resolveBudget(place, merged),
    alerts,
    releases,
    images: resolveImages(merged),
    charts: resolveCharts(merged),
    applications,
    rollback: merged.rollback ?? (production ? 'never' : 'on-failure'),
    gpuSmoke: resolveGpuSmoke(merged, cluster),
    protect: merged.protect ?? production,
    workloads: resolveWorkloads({
      workloadIdentity: cluster.features.workloadIdentity,
      gateway: gateway !== undefined,
      dns: dns !== undefined,
      storage: storage !== undefined,
      secrets: cluster.features.secretsProvider === undefined ? [] : (releases.secrets?.entries ?? []),
    }),
    ...resolveOwnTerraform(place, merged.terraform),
  };
}

/** What a subscription has once belongs to the first environment and region in it. */
function isFirstIn(source: PlatformSource, { scope, region, subscription }: Place): boolean {
  const first = Object.entries(source.environments).find(
    ([, environment]) => environment.subscription === subscription,
  );
  return first?.[0] === scope && regionsOf(source, scope)[0] === region;
}

function resolveLogs({ name, shared, existing }: PlatformSource): LogsReference {
  if (existing?.logs !== undefined) return { existing: true, id: existing.logs };
  return {
    existing: false,
    name: workspaceName(name),
    resourceGroup: resourceGroupName(name, 'shared', shared.location),
    subscription: shared.subscription,
  };
}

import { nearest, type Problem, sentenceList, UserError } from '@suite/foundation';
import { resolveCluster } from './cluster.ts';
import { defaults } from './defaults.ts';
import { entry, type Merged, mergeLayers } from './layers.ts';
import { type Lock, lockOf } from './lock.ts';
import { registryName, resourceGroupName, stateKey, workspaceName } from './names.ts';
import { resolveNetwork } from './network.ts';
import { listScopes, type Platform, regionsOf } from './platform.ts';
import type { EnvironmentScope, LogsReference, Registry, ScopeView, SharedScope } from './resolved.ts';
import type { PlatformSource } from './schema.ts';
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

type Unlocked<T> = Omit<T, 'identities' | 'state'>;

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
    scope: 'shared',
    region,
    tenant: source.tenant,
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
  };
}

/** Without identities and state: what the platform file alone says. */
export function resolveEnvironment(source: PlatformSource, scope: string, region: string): Unlocked<EnvironmentScope> {
  const { subscription, allow = [], production: said, gate } = entry(source, scope);
  const order = Object.keys(source.environments).indexOf(scope);
  const merged = mergeLayers(source, scope, region);
  const production = said ?? order === Object.keys(source.environments).length - 1;
  return {
    kind: 'environment',
    platform: source.name,
    scope,
    region,
    order,
    tenant: source.tenant,
    subscription,
    runner: merged.runner ?? defaults.runner,
    production,
    allow,
    tags: baseTags(source.name, scope, merged.tags),
    resourceGroup: resourceGroupName(source.name, scope, region),
    ...(gate?.hold === undefined ? {} : { hold: gate.hold }),
    admins: merged.admins ?? [],
    logs: resolveLogs(source),
    network: resolveNetwork(source, merged, scope, region, order),
    registry: resolveRegistry(source.name, merged, scope, region, subscription),
    cluster: resolveCluster(source.name, merged, scope, region, production),
  };
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

function resolveRegistry(
  platform: string,
  merged: Merged,
  scope: string,
  region: string,
  subscription: string,
): Registry {
  if (merged.existing?.registry !== undefined) return { existing: true, id: merged.existing.registry };
  return {
    existing: false,
    name: registryName(platform, scope, region, subscription),
    // Closed only on request: there is no private endpoint yet through which nodes could pull.
    publicAccess: merged.registry?.['public-access'] ?? true,
    zoneRedundant: merged.registry?.['zone-redundant'] ?? defaults.registry.zoneRedundant,
  };
}

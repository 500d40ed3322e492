import { defaults } from './defaults.ts';
import { hasSetting, layerPaths } from './layers.ts';
import type { FileLocation, Path, Positioned } from './position.ts';
import type { PlatformSource } from './schema.ts';

/** A platform file that is right: what it says, and where it says it. */
export interface Platform {
  readonly source: PlatformSource;
  readonly document: Positioned;
}

/**
 * Where the setting of a scope is decided, for annotations: the layer that says it (region, environment, defaults), else the
 * scope itself. `setting` is a path below a layer: `['cluster', 'pools', 'gpu', 'size']`.
 */
export function locateSetting(
  { source, document }: Platform,
  { scope, region }: ScopeName,
  setting: Path,
): FileLocation {
  if (scope === 'shared') return document.locate(['shared', ...setting]);
  // The innermost thing that is there: a pool that is switched off has no size.
  for (let length = setting.length; length > 0; length--) {
    const path = layerPaths(scope, region, setting.slice(0, length)).find(candidate => hasSetting(source, candidate));
    if (path !== undefined) return document.locate(path, 'key');
  }
  return document.locate(['environments', scope], 'key');
}

/** What makes the infrastructure of all scopes. */
export function engineOf({ source }: Pick<Platform, 'source'>): 'terraform' | 'opentofu' {
  return source.engine ?? defaults.engine;
}

export interface ScopeName {
  readonly scope: string;
  readonly region: string;
}

/** Every scope and region that has a state of its own, `shared` first, then in the order of promotion. */
export function listScopes({ source }: Platform): ScopeName[] {
  return [
    { scope: 'shared', region: source.shared.location },
    ...Object.keys(source.environments).flatMap(scope => regionsOf(source, scope).map(region => ({ scope, region }))),
  ];
}

export function regionsOf(source: PlatformSource, environment: string): string[] {
  const { location, regions } = source.environments[environment] ?? {};
  if (regions !== undefined) return Object.keys(regions);
  return location === undefined ? [] : [location];
}

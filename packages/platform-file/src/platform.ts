import type { Path, Positioned } from './position.ts';
import type { PlatformSource } from './schema.ts';

/** A platform file that is right: what it says, and where it says it. */
export interface Platform {
  readonly source: PlatformSource;
  readonly document: Positioned;
}

/** Where something stands in the platform file, for annotations; the innermost thing around it when it is not there. */
export function locate(platform: Platform, path: Path): { path: string; line: number; column: number } {
  const { path: file, line, column } = platform.document.locate(path);
  return { path: file, line, column };
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

import { isObject } from '@suite/foundation';
import { isOfPlatform } from './layers.ts';
import type { Path } from './position.ts';
import { type PlatformSource, platformSource } from './schema.ts';
import type { Difference } from './schema-problems.ts';

/** A setting that somebody got wrong, and for whom; without an environment, for all of them. */
interface Damage {
  readonly environment: string | undefined;
  readonly setting: Path;
}

/** Where a file that does not fit the schema can still be judged. */
export interface Soundness {
  /** False where the setting, something in it or something around it was wrong: its value is not what a person wanted. */
  isSound(environment: string, setting: Path): boolean;
}

export const sound: Soundness = { isSound: () => true };

/**
 * What is left of a file without what is wrong in it, so that one run shows mistakes of meaning beside mistakes of form.
 * Undefined when too little is left to judge.
 */
export function salvage(
  value: unknown,
  differences: readonly Difference[],
): { readonly source: PlatformSource; readonly soundness: Soundness } | undefined {
  if (!isObject(value) || !isObject(value['environments'])) return undefined;
  // Which environment comes last decides about production, so all of them have to be there.
  const lost = differences.some(
    ({ path, kind }) => path[0] === 'environments' && path.length < 3 && kind !== 'unknown-key',
  );
  if (lost) return undefined;
  const rest = structuredClone(value);
  for (const { path, kind } of differences) if (kind !== 'missing') remove(rest, path);
  fillIn(rest);
  const result = platformSource.safeParse(rest);
  if (!result.success) return undefined;
  const damages = differences.flatMap(damagesOf);
  return {
    source: result.data,
    soundness: {
      isSound: (environment, setting) =>
        !damages.some(
          damage =>
            (damage.environment === undefined || damage.environment === environment) &&
            overlap(damage.setting, setting),
        ),
    },
  };
}

function remove(value: unknown, path: Path): void {
  const parent = path.slice(0, -1).reduce<unknown>(child, value);
  const key = path.at(-1);
  if (Array.isArray(parent)) parent.length = 0;
  else if (isObject(parent) && key !== undefined) delete (parent as Record<string, unknown>)[key];
}

function child(value: unknown, step: string | number): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[step] : undefined;
}

const id = '00000000-0000-0000-0000-000000000000';
const required = { version: 1, name: 'xx', tenant: id };

/** Stand-ins for what has to be there and says nothing about anything else. */
function fillIn(rest: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(required)) rest[key] ??= value;
  if (!isObject(rest['shared'])) rest['shared'] = {};
  const shared = rest['shared'] as Record<string, unknown>;
  shared['subscription'] ??= id;
  shared['location'] ??= 'none';
  for (const environment of Object.values(rest['environments'] as Record<string, Record<string, unknown>>)) {
    environment['subscription'] ??= id;
  }
}

function damagesOf({ path, kind, meant }: Pick<Difference, 'path' | 'kind' | 'meant'>): Damage[] {
  if (kind === 'unknown-key') {
    // One that is like no known key changes nothing.
    return meant === undefined ? [] : damagesOf({ path: [...path.slice(0, -1), meant], kind: 'value' });
  }
  const [top, ...inside] = path;
  if (top === 'shared') return [{ environment: top, setting: inside }];
  if (top === 'name' || top === 'cloud' || isOfPlatform(path)) return [{ environment: undefined, setting: path }];
  if (top === 'defaults') return [{ environment: undefined, setting: inside }];
  if (top !== 'environments') return [];
  const [environment, ...setting] = inside;
  return [
    {
      environment: String(environment),
      setting: setting.length > 2 && setting[0] === 'regions' ? setting.slice(2) : setting,
    },
  ];
}

function overlap(a: Path, b: Path): boolean {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length).every((step, index) => step === b[index]);
}

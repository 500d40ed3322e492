import { builtInTypes, type ResourceType, storeKey } from './resource-type.ts';

/** The resources that one cluster serves: the built-in ones, and what its CustomResourceDefinitions add. */
export interface TypeRegistry {
  all(): readonly ResourceType[];
  find(group: string, version: string, plural: string): ResourceType | undefined;
  byKind(apiVersion: string, kind: string): ResourceType | undefined;
  /** The preferred version of a resource: by store key. */
  byKey(key: string): ResourceType | undefined;
  hasGroup(group: string): boolean;
  /** Replaces the versions that a definition serves. */
  setCustom(definition: string, types: readonly ResourceType[]): void;
}

export function createTypeRegistry(): TypeRegistry {
  const custom = new Map<string, readonly ResourceType[]>();
  const all = () => [...builtInTypes, ...[...custom.values()].flat()];
  return {
    all,
    find: (group, version, plural) =>
      all().find(type => type.group === group && type.version === version && type.plural === plural),
    byKind: (apiVersion, kind) => {
      const [version = '', group = ''] = apiVersion.split('/').reverse();
      return all().find(type => type.group === group && type.version === version && type.kind === kind);
    },
    byKey: key => all().find(type => storeKey(type) === key),
    hasGroup: group => all().some(type => type.group === group),
    setCustom: (definition, types) => {
      if (types.length === 0) custom.delete(definition);
      else custom.set(definition, types);
    },
  };
}

/** Served groups with their versions, newest first, the core group before all others. */
export function groupVersions(types: readonly ResourceType[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { group, version } of types) {
    const versions = groups.get(group) ?? [];
    if (!versions.includes(version)) versions.push(version);
    groups.set(group, versions);
  }
  return new Map([...groups].map(([group, versions]) => [group, versions.sort(newestFirst)]));
}

/** `v2`, `v1`, `v1beta2`, `v1alpha1`, then the rest by name (apimachinery, `pkg/version`). */
export function newestFirst(one: string, other: string): number {
  const [first, second] = [rankOf(one), rankOf(other)];
  const index = first.findIndex((value, at) => value !== second[at]);
  return index < 0 ? one.localeCompare(other) : (second[index] ?? 0) - (first[index] ?? 0);
}

function rankOf(version: string): readonly number[] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (match === null) return [0, 0, 0];
  const stability = match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1;
  return [stability, Number(match[1]), Number(match[3] ?? 0)];
}

import { asArray, asBoolean, asObject, asString, isObject } from '@suite/foundation';

/** What is used of an AppProject (argo-cd, types.go, AppProjectSpec). */
export interface AppProject {
  readonly name: string;
  readonly sourceRepositories: readonly string[];
  readonly destinations: readonly DestinationRule[];
  /** Namespaces beside Argo CD's own that its Applications may live in. */
  readonly sourceNamespaces: readonly string[];
  /** Undefined: every kind. */
  readonly namespacedAllowed: readonly KindRule[] | undefined;
  readonly namespacedDenied: readonly KindRule[];
  readonly clusterAllowed: readonly KindRule[];
  readonly clusterDenied: readonly KindRule[];
  readonly windows: readonly SyncWindow[];
}

export interface DestinationRule {
  readonly server: string;
  readonly name: string;
  readonly namespace: string;
}

export interface KindRule {
  readonly group: string;
  readonly kind: string;
  /** Of cluster kinds only; empty for all. */
  readonly name: string;
}

export interface SyncWindow {
  readonly kind: 'allow' | 'deny';
  readonly schedule: string;
  readonly duration: string;
  readonly timeZone: string;
  readonly applications: readonly string[];
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
  readonly manualSync: boolean;
  readonly andOperator: boolean;
  readonly description: string;
}

export function readProject(value: unknown): AppProject {
  const object = asObject(value);
  const spec = asObject(object['spec']);
  const kinds = (list: unknown): readonly KindRule[] =>
    asArray(list)
      .map(asObject)
      .map(({ group, kind, name }) => ({ group: text(group), kind: text(kind), name: text(name) }));
  return {
    name: text(asObject(object['metadata'])['name']),
    sourceRepositories: texts(spec['sourceRepos']),
    destinations: asArray(spec['destinations'])
      .map(asObject)
      .map(({ server, name, namespace }) => ({ server: text(server), name: text(name), namespace: text(namespace) })),
    sourceNamespaces: texts(spec['sourceNamespaces']),
    namespacedAllowed: Array.isArray(spec['namespaceResourceWhitelist'])
      ? kinds(spec['namespaceResourceWhitelist'])
      : undefined,
    namespacedDenied: kinds(spec['namespaceResourceBlacklist']),
    clusterAllowed: kinds(spec['clusterResourceWhitelist']),
    clusterDenied: kinds(spec['clusterResourceBlacklist']),
    windows: asArray(spec['syncWindows']).filter(isObject).map(readWindow),
  };
}

function readWindow(value: unknown): SyncWindow {
  const window = asObject(value);
  return {
    // The definition of the CRD allows any text; Argo CD counts `deny` as such and looks for `allow`.
    kind: window['kind'] === 'deny' ? 'deny' : 'allow',
    schedule: text(window['schedule']),
    duration: text(window['duration']),
    timeZone: text(window['timeZone']),
    applications: texts(window['applications']),
    clusters: texts(window['clusters']),
    namespaces: texts(window['namespaces']),
    manualSync: asBoolean(window['manualSync']) ?? false,
    andOperator: asBoolean(window['andOperator']) ?? false,
    description: text(window['description']),
  };
}

function text(value: unknown): string {
  return asString(value) ?? '';
}

function texts(value: unknown): readonly string[] {
  return asArray(value).map(text);
}

import { asArray, asObject, asString, canonicalJson, isObject, type JsonObject, parseJson } from '@suite/foundation';
import { describePath, type Path } from '@suite/kubernetes/compare';
import type { ApiClient } from './api-client.ts';

/** An object that a field manager has applied, as it stands. */
export interface AppliedObject {
  readonly resourceVersion: string;
  /** Undefined for kinds without one. */
  readonly generation: unknown;
  /** What people decide: without status and bookkeeping. */
  readonly content: JsonObject;
  /** Paths that the manager owns by apply: `spec.template.spec.containers[web].image`. */
  readonly owned: ReadonlySet<string>;
}

/** By title: `Deployment argocd/argocd-server`. */
export type Snapshot = ReadonlyMap<string, AppliedObject>;

/** Every object of the API server, of any kind, that this manager has applied and that is no hook of Helm's. */
export async function snapshotOf(api: ApiClient, manager: string): Promise<Snapshot> {
  const lists = await Promise.all(
    (await listablePaths(api)).map(async path => {
      // A kind whose definition has just come or changed is not served for a moment (429).
      const { kind, items } = await api.until(path, () => true);
      return asArray(items).map(item => ({
        kind: (asString(kind) ?? '').replace(/List$/, ''),
        object: asObject(item),
      }));
    }),
  );
  return new Map(
    lists.flat().flatMap(({ kind, object }) => {
      const { managedFields, namespace, name, annotations } = asObject(object['metadata']);
      if ('helm.sh/hook' in asObject(annotations)) return [];
      const applied = asArray(managedFields)
        .map(asObject)
        .filter(entry => entry['manager'] === manager && entry['operation'] === 'Apply');
      if (applied.length === 0) return [];
      const title = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
      return [[title, appliedObject(object, applied)] as const];
    }),
  );
}

function appliedObject(object: JsonObject, entries: readonly JsonObject[]): AppliedObject {
  const { status: _, metadata, ...rest } = object;
  const { resourceVersion, generation, managedFields: __, annotations, ...kept } = asObject(metadata);
  const { 'deployment.kubernetes.io/revision': ___, ...notes } = asObject(annotations);
  return {
    resourceVersion: asString(resourceVersion) ?? '',
    generation,
    content: { ...rest, metadata: { ...kept, annotations: notes } },
    owned: new Set(entries.flatMap(({ fieldsV1 }) => [...pathsIn(fieldsV1, [])])),
  };
}

async function listablePaths(api: ApiClient): Promise<string[]> {
  const { groups } = await api.get('/apis');
  // A kind is listed once, in the version that its group prefers; some are in another one only.
  const versions = asArray(groups).flatMap(group => {
    const { preferredVersion, versions: all } = asObject(group);
    const names = [preferredVersion, ...asArray(all)].map(version => asString(asObject(version)['groupVersion']));
    return [...new Set(names)];
  });
  const bases = ['/api/v1', ...versions.map(version => `/apis/${version}`)];
  const found = await Promise.all(
    bases.map(async base =>
      asArray((await api.get(base))['resources'])
        .map(asObject)
        .filter(({ verbs, name }) => asArray(verbs).includes('list') && !String(name).includes('/'))
        .filter(({ name }) => name !== 'componentstatuses')
        .map(({ name }) => `${base}/${name}`),
    ),
  );
  const byKind = new Map<string, string>();
  for (const path of found.flat()) {
    const kind = path.replace(/^(\/apis\/[^/]+)\/[^/]+/, '$1');
    if (!byKind.has(kind)) byKind.set(kind, path);
  }
  return [...byKind.values()];
}

/** The fields of a `fieldsV1` that have none below; items of sets and places in lists are a matter of the list. */
function* pathsIn(fields: unknown, path: Path): Generator<string> {
  const below = Object.entries(asObject(fields)).flatMap(([name, inner]) => {
    const segment = name.startsWith('f:')
      ? name.slice(2)
      : name.startsWith('k:')
        ? parseJson(name.slice(2))
        : undefined;
    return typeof segment === 'string' || isObject(segment) ? [{ at: [...path, segment], inner }] : [];
  });
  if (below.length === 0) yield describePath(path);
  for (const { at, inner } of below) yield* pathsIn(inner, at);
}

/** What came, went, or has other content: `update Deployment argocd/argocd-server`, sorted. */
export function changesBetween(before: Snapshot, after: Snapshot): string[] {
  const titles = new Set([...before.keys(), ...after.keys()]);
  return [...titles]
    .flatMap(title => {
      const [old, now] = [before.get(title), after.get(title)];
      if (old === undefined) return [`create ${title}`];
      if (now === undefined) return [`delete ${title}`];
      return canonicalJson(old.content) === canonicalJson(now.content) ? [] : [`update ${title}`];
    })
    .sort();
}

/** The fields in which two contents differ, as deep as one can say. Items of lists are known by their names. */
export function differingPaths(before: unknown, after: unknown, path: Path = []): string[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap(key => differingPaths(before[key], after[key], [...path, key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [old, now] = [byKey(before), byKey(after)];
    if (old !== undefined && now !== undefined) {
      const keys = new Map([...old, ...now].map(([text, { key }]) => [text, key]));
      return [...keys].flatMap(([text, key]) =>
        differingPaths(old.get(text)?.item, now.get(text)?.item, [...path, key]),
      );
    }
    if (before.length === after.length) {
      return before.flatMap((item, index) => differingPaths(item, after[index], [...path, index]));
    }
  }
  return [describePath(path)];
}

type Key = Readonly<Record<string, unknown>>;

/** Items by what the API knows them by: ports by their number, others by their name. Undefined where one has neither. */
function byKey(items: readonly unknown[]): Map<string, { readonly key: Key; readonly item: unknown }> | undefined {
  const keyed = items.map(item => ({ key: keyOf(asObject(item)), item }));
  if (keyed.length === 0) return undefined;
  const found = keyed.flatMap(({ key, item }) =>
    key === undefined ? [] : [[canonicalJson(key), { key, item }] as const],
  );
  return found.length === items.length ? new Map(found) : undefined;
}

function keyOf({ name, port, containerPort, protocol = 'TCP' }: JsonObject): Key | undefined {
  if (typeof containerPort === 'number') return { containerPort, protocol };
  if (typeof port === 'number') return { port, protocol };
  return typeof name === 'string' ? { name } : undefined;
}

import { asObject, asString, isObject, type JsonObject, UserError } from '@suite/foundation';
import { parseKubernetesYaml } from '../yaml/kubernetes-yaml.ts';
import type { Duplicate, Hook, HookDeletePolicy, HookEvent, ManifestObject, Manifests } from './manifests.ts';

/** `test-success` is what tests were called in Helm 2 (helm/pkg/release/v1/util/manifest_sorter.go). */
const events: Readonly<Record<string, HookEvent>> = {
  'pre-install': 'pre-install',
  'post-install': 'post-install',
  'pre-delete': 'pre-delete',
  'post-delete': 'post-delete',
  'pre-upgrade': 'pre-upgrade',
  'post-upgrade': 'post-upgrade',
  'pre-rollback': 'pre-rollback',
  'post-rollback': 'post-rollback',
  test: 'test',
  'test-success': 'test',
};
const deletePolicies: readonly HookDeletePolicy[] = ['before-hook-creation', 'hook-succeeded', 'hook-failed'];

/**
 * Reads what `helm template`, `helm get manifest` or a release's record hold. Throws a UserError that names the template of a
 * document that Kubernetes could not read.
 */
export function parseManifests(text: string): Manifests {
  const objects: ManifestObject[] = [];
  const hooks: Hook[] = [];
  for (const { source, content } of splitDocuments(text)) {
    for (const object of flatten(readDocument(source, content))) {
      const one = readObject(source, object);
      const hook = readHook(one);
      if (hook === undefined) objects.push(one);
      // Helm skips a hook with an event that it does not know.
      else if (hook !== 'unknown') hooks.push(hook);
    }
  }
  const isTest = (hook: Hook) => hook.events.every(event => event === 'test');
  return {
    objects,
    hooks: hooks.filter(hook => !isTest(hook)),
    tests: hooks.filter(isTest),
    duplicates: findDuplicates(objects),
  };
}

interface SplitDocument {
  readonly source: string;
  readonly content: string;
}

/**
 * Splits where Helm splits, at `(?:^|\s*\n)---\s*`, and reads the comment that Helm puts before each document. Before files of `crds/` it
 * puts one for the whole file, which mostly begins with a separator. The space before a separator is cut afterwards: looked for by the
 * pattern, it costs as much as to read the YAML.
 */
function splitDocuments(text: string): SplitDocument[] {
  const parts = text.split(/(?:^|\n)---\s*/);
  let source = '';
  return parts.flatMap((part, at) => {
    const document = at === parts.length - 1 ? part : part.trimEnd();
    const [, named, content = ''] = /^(?:# Source: ([^\n]*)(?:\n|$))?([\s\S]*)$/.exec(document) ?? [];
    source = named?.trim() ?? source;
    return content.trim() === '' ? [] : [{ source, content }];
  });
}

function readDocument(source: string, content: string): unknown {
  try {
    return parseKubernetesYaml(content);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError({ message: `${source === '' ? 'The manifest' : source} is no valid YAML: ${error.message}` });
  }
}

/** Kubernetes takes everything with `items` for a list, whatever its kind. */
function flatten(document: unknown): unknown[] {
  if (document === null) return [];
  const { items, apiVersion, kind } = asObject(document);
  if (!Array.isArray(items)) return [document];
  const itemKind = asString(kind)?.replace(/List$/, '');
  return items.flatMap(item =>
    flatten(isObject(item) ? { apiVersion, ...(itemKind === '' ? {} : { kind: itemKind }), ...item } : item),
  );
}

/** Whether it is of a chart's folder `crds/`, or of that of a chart inside of it: Helm creates these once, and never changes or deletes them. */
export function isOfCrds(source: string): boolean {
  return /^[^/]+(?:\/charts\/[^/]+)*\/crds\//.test(source);
}

function readObject(source: string, object: unknown): ManifestObject {
  const metadata = asObject(asObject(object)['metadata']);
  const [apiVersion, kind] = [asString(asObject(object)['apiVersion']), asString(asObject(object)['kind'])];
  const name = asString(metadata['name']);
  if (!isObject(object) || !apiVersion || !kind || !name) {
    const missing = !apiVersion ? 'apiVersion' : !kind ? 'kind' : 'metadata.name';
    throw new UserError({
      message: `${source === '' ? 'The manifest' : source} renders a document without \`${missing}\`.`,
    });
  }
  const namespace = asString(metadata['namespace']);
  return {
    source,
    apiVersion,
    kind,
    name,
    ...(namespace ? { namespace } : {}),
    keep: isOfCrds(source) || annotation(object, 'helm.sh/resource-policy')?.trim().toLowerCase() === 'keep',
    object,
  };
}

function readHook(one: ManifestObject): Hook | 'unknown' | undefined {
  const declared = annotation(one.object, 'helm.sh/hook');
  if (declared === undefined) return undefined;
  const found = words(declared).map(word => events[word]);
  if (found.includes(undefined)) return 'unknown';
  const weight = annotation(one.object, 'helm.sh/hook-weight') ?? '';
  const policies = words(annotation(one.object, 'helm.sh/hook-delete-policy') ?? '');
  return {
    ...one,
    events: found.flatMap(event => event ?? []),
    weight: /^[-+]?\d+$/.test(weight) ? Number(weight) : 0,
    deletePolicies: deletePolicies.filter(policy => policies.includes(policy)),
  };
}

function annotation(object: JsonObject, name: string): string | undefined {
  return asString(asObject(asObject(object['metadata'])['annotations'])[name]);
}

function words(list: string): string[] {
  return list.split(',').map(word => word.trim().toLowerCase());
}

function findDuplicates(objects: readonly ManifestObject[]): Duplicate[] {
  const groups = Map.groupBy(objects, ({ apiVersion, kind, namespace = '', name }) =>
    JSON.stringify([groupOf(apiVersion), kind, namespace, name]),
  );
  return [...groups.values()].flatMap(group => {
    const [first] = group;
    if (first === undefined || group.length === 1) return [];
    const { kind, name, namespace } = first;
    const sources = group.map(({ source }) => source);
    return [{ kind, name, ...(namespace === undefined ? {} : { namespace }), sources }];
  });
}

/** `apps` of `apps/v1`; empty for the core group. An object is the same in all versions of its group. */
function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

import { isObject } from '@suite/foundation';
import { groupOf, type KubernetesObject } from '@suite/kubernetes';
import type { IgnoreRule } from '../render/index.ts';

/** What is not compared of an object, by the Application's `ignoreDifferences`. */
export interface Ignored {
  /** The object without the fields that JSON pointers name (argo-cd 3.6 util/argo/normalizers/diff_normalizer.go). */
  without(object: KubernetesObject): KubernetesObject;
  /** Field managers whose fields do not count. */
  readonly managers: ReadonlySet<string>;
}

const nothing: Ignored = { without: object => object, managers: new Set() };

export function ignoredOf(object: KubernetesObject, rules: readonly IgnoreRule[]): Ignored {
  const mine = rules.filter(rule => concerns(rule, object));
  if (mine.length === 0) return nothing;
  const pointers = mine.flatMap(({ jsonPointers }) => jsonPointers).map(readPointer);
  return {
    without: one => pointers.reduce<unknown>(removeAt, one) as KubernetesObject,
    managers: new Set(mine.flatMap(({ managers }) => managers)),
  };
}

function concerns({ group, kind, name, namespace }: IgnoreRule, object: KubernetesObject): boolean {
  return (
    matches(group, groupOf(object.apiVersion)) &&
    matches(kind, object.kind) &&
    (name === undefined || matches(name, object.metadata.name)) &&
    (namespace === undefined || matches(namespace, object.metadata.namespace ?? ''))
  );
}

/** `*` stands for all. */
function matches(pattern: string, text: string): boolean {
  return pattern === '*' || pattern === text;
}

/** `/data/a~1b` → `data`, `a/b` (RFC 6901) */
function readPointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function removeAt(value: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return value;
  if (Array.isArray(value)) {
    const index = /^\d+$/.test(first) ? Number(first) : -1;
    if (index < 0 || index >= value.length) return value;
    return rest.length === 0 ? value.toSpliced(index, 1) : value.with(index, removeAt(value[index], rest));
  }
  if (!isObject(value) || !Object.hasOwn(value, first)) return value;
  const { [first]: inner, ...others } = value;
  return rest.length === 0 ? others : { ...value, [first]: removeAt(inner, rest) };
}

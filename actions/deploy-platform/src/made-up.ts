import { isObject, type JsonObject } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import type { MadeUp } from './release.ts';
import { at } from './releases/values.ts';

/** Without what the chart makes up each time that it is rendered: the same values give the same object. */
export function withoutMadeUp(object: KubernetesObject, madeUp: readonly MadeUp[] | undefined): KubernetesObject {
  return placesIn(object, madeUp).reduce((rest, { path }) => without(rest, path) as KubernetesObject, object);
}

/** With what is there in the place of what the chart makes up: Helm, which can ask the cluster, keeps it. */
export function withLiveMadeUp(
  object: KubernetesObject,
  live: KubernetesObject | undefined,
  madeUp: readonly MadeUp[] | undefined,
): KubernetesObject {
  if (live === undefined) return object;
  return placesIn(object, madeUp).reduce((rest, { path }) => {
    const there = at(live, ...path);
    // What the chart does not render it does not keep either.
    if (there === undefined || at(rest, ...path) === undefined) return rest;
    return put(rest, path, there) as KubernetesObject;
  }, object);
}

function placesIn({ kind, metadata }: KubernetesObject, madeUp: readonly MadeUp[] | undefined): readonly MadeUp[] {
  return madeUp?.filter(one => one.kind === kind && one.name === metadata.name) ?? [];
}

function without(object: JsonObject, [step = '', ...below]: readonly string[]): JsonObject {
  const { [step]: here, ...rest } = object;
  if (below.length === 0) return rest;
  return isObject(here) ? { ...rest, [step]: without(here, below) } : object;
}

function put(object: JsonObject, [step = '', ...below]: readonly string[], value: unknown): JsonObject {
  const here = object[step];
  return { ...object, [step]: below.length === 0 ? value : put(isObject(here) ? here : {}, below, value) };
}

import { createHash } from 'node:crypto';
import { asObject, asString, isObject, type JsonObject } from '@suite/foundation';
import type { Workload } from '@suite/platform-file';
import { recordNamespace } from '../record.ts';
import type { Release, TerraformOutputs } from '../release.ts';

/** Values of ours, and paths of those that nobody knows yet. */
export interface Draft {
  readonly values: JsonObject;
  readonly unknown: readonly Path[];
}

type Path = readonly string[];

/**
 * What a person says over what we say: blocks come together, everything else replaces. A null stays, because Helm takes it
 * as the word to remove the chart's own default.
 */
export function withUserValues({ values, unknown }: Draft, said: JsonObject) {
  return {
    values: merge(values, said),
    // Somebody who gives the value himself waits for nobody.
    unknownValues: unknown.filter(path => !isSaid(said, path)).map(showPath),
  };
}

/** Blocks come together, everything else of `above` replaces. */
export function merge(below: JsonObject, above: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = merged[key];
    merged[key] = isObject(under) && isObject(value) ? merge(under, value) : value;
  }
  return merged;
}

/** Also where something around it was replaced by what is no block. */
function isSaid(said: JsonObject, path: Path): boolean {
  let current: unknown = said;
  for (const step of path) {
    if (!isObject(current)) return true;
    if (!Object.hasOwn(current, step)) return false;
    current = current[step];
  }
  return true;
}

/** As `helm --set` takes it: `serviceAccount.annotations.azure\.workload\.identity/client-id`. */
function showPath(path: Path): string {
  return path.map(step => step.replaceAll('.', '\\.')).join('.');
}

/**
 * On pods that read a setting once, where their chart puts none on them itself: another setting starts them anew. Short enough for a
 * label.
 */
export function fingerprint(setting: unknown): string {
  return createHash('sha256').update(JSON.stringify(setting)).digest('hex').slice(0, 16);
}

/** What stands at the path. */
export function at(values: JsonObject, ...path: Path): unknown {
  return path.reduce<unknown>((current, step) => (isObject(current) ? current[step] : undefined), values);
}

/** The port of a service that a person may have moved; `usual` is the chart's own. */
export function portOf(values: JsonObject, path: Path, usual: string): string {
  return String(at(values, ...path) ?? usual);
}

/** The identity that a workload signs in to Azure with; undefined until Terraform has made it. */
export function clientIdOf(outputs: TerraformOutputs, workload: Workload): string | undefined {
  return asString(asObject(asObject(outputs?.['workload_identities'])[workload])['client_id']);
}

/** Without undefined values, which Helm would be told as null: the word to remove. */
export function present(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/**
 * What a container asks for, in thousandths of a core and in Mi. It may use twice the memory; cores are not limited, because
 * a limit throttles a container that nobody competes with.
 */
export function resources([cores, memory]: Size): JsonObject {
  return { requests: { cpu: `${cores}m`, memory: `${memory}Mi` }, limits: { memory: `${2 * memory}Mi` } };
}

/**
 * What runs on every node belongs to it: on one that is full, it takes the place of somebody who finds another. Without, nothing makes
 * room there, the autoscaler neither, and its release is never ready.
 */
export const onEveryNode = { priorityClassName: 'system-node-critical' } as const;

export type Size = readonly [millicores: number, mebibytes: number];

/** Pods of one kind apart from one another, as far as there are nodes and zones. */
export function spread(labels?: Readonly<Record<string, string>>): readonly JsonObject[] {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(topologyKey => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    ...(labels === undefined ? {} : { labelSelector: { matchLabels: labels } }),
  }));
}

/**
 * AKS adds a selector to webhooks so that they leave its own namespaces alone, which the next upgrade would take for somebody
 * else's field (platform-charts: admissions enforcer). The annotation is Azure's way to decline.
 */
export const withoutEnforcer = { 'admissions.enforcer/disabled': 'true' } as const;

/** Those of releases that have pods: what belongs to the whole cluster is recorded in a namespace of its own. */
export function namespacesWithPods(releases: readonly Pick<Release, 'namespace'>[]): readonly string[] {
  return releases.map(({ namespace }) => namespace).filter(namespace => namespace !== recordNamespace);
}

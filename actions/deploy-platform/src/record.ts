import { asArray, asNumber, asObject, asString, parseJson } from '@suite/foundation';
import type { KubernetesObject, ObjectRef } from '@suite/kubernetes';

/**
 * What an apply leaves in the cluster for each release: a ConfigMap that a plan may read, because Helm's own records are
 * Secrets that hold every value in clear.
 */
export interface ReleaseRecord {
  readonly release: string;
  readonly namespace: string;
  /** `applying`: an apply was begun, and nobody knows how far it came. */
  readonly status: 'applying' | 'deployed' | 'failed';
  readonly chart: { readonly name: string; readonly version: string; readonly digest: string };
  /** HMAC of everything that was rendered. */
  readonly manifest: string;
  readonly objects: readonly RecordedObject[];
  /** Releases that it needs: it goes before them when all are taken away. */
  readonly needs: readonly string[];
  readonly isStateful: boolean;
  /** While an apply has not come to its end: what ran well before it. */
  readonly good?: GoodRevision;
  /** HMACs of the data of Secrets, by `namespace/name`. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Address of the run, and the commit that it applied. */
  readonly run: string;
  readonly commit: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What a rollback goes back to. */
export interface GoodRevision {
  readonly revision: number;
  /** `argo-cd-9.5.0` */
  readonly chart: string;
}

export interface RecordedObject extends ObjectRef {
  readonly keep: boolean;
}

/** Where the records are. Nothing else is in it. */
export const recordNamespace = 'aks-platform';
export const recordLabel = 'aks-platform.io/record';
/** Who owns what this action writes beside Helm. */
export const fieldManager = 'aks-platform';

export function recordName(release: string): string {
  return `release-${release}`;
}

export function writeRecord(record: ReleaseRecord): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: recordName(record.release),
      namespace: recordNamespace,
      labels: { [recordLabel]: 'release' },
      annotations: {
        'aks-platform.io/note': 'Written by deploy-platform after each apply. Its plans compare with it.',
      },
    },
    data: { record: JSON.stringify(record) },
  };
}

/** Undefined for a ConfigMap that is no record, or one of a later version of this action. */
export function readRecord(object: KubernetesObject): ReleaseRecord | undefined {
  const record = asObject(parseJson(asString(asObject(object['data'])['record']) ?? ''));
  const chart = asObject(record['chart']);
  const [release, namespace, status] = [asString(record['release']), asString(record['namespace']), record['status']];
  const isKnown = status === 'applying' || status === 'deployed' || status === 'failed';
  if (release === undefined || namespace === undefined || !isKnown) return undefined;
  const text = (value: unknown) => asString(value) ?? '';
  const good = asObject(record['good']);
  const revision = asNumber(good['revision']);
  return {
    release,
    namespace,
    status,
    chart: { name: text(chart['name']), version: text(chart['version']), digest: text(chart['digest']) },
    manifest: text(record['manifest']),
    objects: asArray(record['objects'])
      .map(asObject)
      .map(one => ({
        apiVersion: text(one['apiVersion']),
        kind: text(one['kind']),
        name: text(one['name']),
        namespace: asString(one['namespace']),
        keep: one['keep'] === true,
      })),
    needs: asArray(record['needs']).flatMap(name => asString(name) ?? []),
    isStateful: record['isStateful'] === true,
    ...(revision === undefined ? {} : { good: { revision, chart: text(good['chart']) } }),
    secrets: Object.fromEntries(
      Object.entries(asObject(record['secrets'])).map(([name, digest]) => [name, text(digest)]),
    ),
    run: text(record['run']),
    commit: text(record['commit']),
    at: text(record['at']),
  };
}

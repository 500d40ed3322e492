import { asArray, asNumber, asObject, asString, canonicalJson, parseJson } from '@suite/foundation';
import type { Cluster, KubernetesObject } from '@suite/kubernetes';
import { fieldManager } from './objects.ts';

/** What an environment has proven: the digests that ran, and the commit that they came with. */
export interface Proven {
  /** Of the repository of the applications. */
  readonly commit: string;
  /** `sha256:…` of the bundle; undefined where there was none. */
  readonly bundle: string | undefined;
  /** Address of the run. */
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What ran: name of the image → `host/repository@sha256:…`. */
  readonly images: Readonly<Record<string, string>>;
  /** Name of the chart → `oci://host/path/chart:1.2.3@sha256:…`. */
  readonly charts: Readonly<Record<string, string>>;
  /** Names of the applications that it was proven of. */
  readonly applications: readonly string[];
}

/** A way back that has begun. */
export interface WayBack {
  /** When that was proven which it leads to. */
  readonly at: string;
  /** Names of the applications that go. */
  readonly applications: readonly string[];
}

/** A way back that has come to its end, and whose it was. */
export interface WentBack {
  /** One per step of a run, whatever its attempt. */
  readonly step: string;
  readonly attempt: number;
}

/**
 * What a sync leaves behind, where a plan may read it. The newest proof comes first; what is no longer there was
 * proven too long ago to go back to.
 */
export interface SyncRecord {
  readonly proven: readonly Proven[];
  /** Of the Secret that names the cluster, as it was written last; a plan reads no Secret. */
  readonly clusterFingerprint: string | undefined;
  /** Until it has come to its end: Git may say that already which does not run yet, and no longer tells where it was to lead. */
  readonly wayBack?: WayBack | undefined;
  /** Until something else is proven: a step that was lost when it had just been there would go back further when it is run again. */
  readonly wentBack?: WentBack | undefined;
}

export const noRecord: SyncRecord = { proven: [], clusterFingerprint: undefined };

/** Where `deploy-platform` keeps its records, too. */
const recordNamespace = 'aks-platform';
const recordName = 'applications';
const kept = 10;
const kind = { apiVersion: 'v1', kind: 'ConfigMap', namespace: recordNamespace } as const;

/** Where an environment keeps it. All throw UserError. */
export interface Records {
  read(): Promise<SyncRecord>;
  write(record: SyncRecord): Promise<void>;
}

/** In a ConfigMap of the cluster. */
export function createClusterRecords(cluster: Pick<Cluster, 'get' | 'apply'>): Records {
  return {
    read: async () => {
      const found = await cluster.get({ ...kind, name: recordName });
      return readRecordText(asString(asObject(found?.['data'])['record']));
    },
    write: async record => {
      await cluster.apply(recordObject(record), { manager: fieldManager, force: true });
    },
  };
}

export function recordText(record: SyncRecord): string {
  return JSON.stringify(record);
}

/** What somebody has spoiled counts as none. */
export function readRecordText(text = ''): SyncRecord {
  const record = asObject(parseJson(text));
  const proven = asArray(record['proven'])
    .map(asObject)
    .flatMap(({ commit, bundle, run, at, images, charts, applications }): Proven[] => {
      const known = asString(commit);
      if (known === undefined) return [];
      return [
        {
          commit: known,
          bundle: asString(bundle),
          run: asString(run) ?? '',
          at: asString(at) ?? '',
          images: readTexts(images),
          charts: readTexts(charts),
          applications: asArray(applications).flatMap(name => asString(name) ?? []),
        },
      ];
    });
  const wayBack = readWayBack(record['wayBack']);
  const wentBack = readWentBack(record['wentBack']);
  return {
    proven,
    clusterFingerprint: asString(record['clusterFingerprint']),
    ...(wayBack === undefined ? {} : { wayBack }),
    ...(wentBack === undefined ? {} : { wentBack }),
  };
}

function readTexts(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(asObject(value)).flatMap(([name, text]) =>
      typeof text === 'string' ? [[name, text] as const] : [],
    ),
  );
}

function readWayBack(value: unknown): WayBack | undefined {
  const { at, applications } = asObject(value);
  const known = asString(at);
  if (known === undefined) return undefined;
  return {
    at: known,
    applications: asArray(applications).flatMap(name => asString(name) ?? []),
  };
}

function readWentBack(value: unknown): WentBack | undefined {
  const { step, attempt } = asObject(value);
  const [known, number] = [asString(step), asNumber(attempt)];
  return known === undefined || number === undefined ? undefined : { step: known, attempt: number };
}

/** What is proven again is the newest, and stands there once. Whatever was gone back to before is over. */
export function withProven(record: SyncRecord, proven: Proven): SyncRecord {
  // With `deliver: application` the commit stays, whatever runs.
  const idOf = ({ commit, bundle, images, charts }: Proven) => canonicalJson([commit, bundle ?? null, images, charts]);
  const others = record.proven.filter(one => idOf(one) !== idOf(proven));
  return { ...record, proven: [proven, ...others].slice(0, kept), wayBack: undefined, wentBack: undefined };
}

function recordObject(record: SyncRecord): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: recordName,
      namespace: recordNamespace,
      annotations: { 'aks-platform.io/note': 'Written by sync-argocd. Its plans and rollbacks read it.' },
    },
    data: { record: recordText(record) },
  };
}

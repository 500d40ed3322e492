import type { Cluster } from '@suite/kubernetes';
import type { GoodRevision, ReleaseRecord } from './record.ts';

/** One revision in a release's history. */
export interface Revision {
  readonly revision: number;
  /** `deployed`, `superseded`, `failed`, `pending-install`, `pending-upgrade`, `pending-rollback`, `uninstalling`, … */
  readonly status: string;
}

/** Releases by `namespace/name`, with their revisions, oldest first. One that was never installed is not there. */
export type Histories = ReadonlyMap<string, readonly Revision[]>;

export type HistoryCluster = Pick<Cluster, 'listMetadata'>;

/**
 * What Helm has recorded, by the labels of its Secrets (Helm, pkg/storage/driver/secrets.go): one list for all releases instead of a
 * process for each, and nothing of what the Secrets hold.
 */
export async function readHistories(cluster: HistoryCluster, namespace?: string): Promise<Histories> {
  const secrets = await cluster.listMetadata({
    apiVersion: 'v1',
    kind: 'Secret',
    labels: 'owner=helm',
    ...(namespace === undefined ? {} : { namespace }),
  });
  const histories = new Map<string, Revision[]>();
  for (const { metadata } of secrets) {
    const { name, status = '', version } = metadata.labels ?? {};
    const revision = Number(version);
    if (name === undefined || !Number.isInteger(revision)) continue;
    const key = historyKey(name, metadata.namespace ?? '');
    histories.set(key, [...(histories.get(key) ?? []), { revision, status }]);
  }
  for (const revisions of histories.values()) revisions.sort((one, other) => one.revision - other.revision);
  return histories;
}

/**
 * The last revision that ran well: what an apply left unready is none, however often it was tried since. Undefined where there never
 * was one, or where Helm, which keeps ten, has forgotten it.
 */
export function goodRevision(
  record: Pick<ReleaseRecord, 'status' | 'chart' | 'good'> | undefined,
  history: readonly Revision[],
): GoodRevision | undefined {
  if (record?.status !== 'deployed')
    return history.some(({ revision }) => revision === record?.good?.revision) ? record?.good : undefined;
  const last = history.findLast(({ status }) => status === 'deployed');
  return last === undefined
    ? undefined
    : { revision: last.revision, chart: `${record.chart.name}-${record.chart.version}` };
}

export function historyKey(release: string, namespace: string): string {
  return `${namespace}/${release}`;
}

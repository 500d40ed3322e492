import { createHash } from 'node:crypto';
import type { Cluster } from '../cluster.ts';
import { type KubeObject, numberAt, timestamp } from '../objects.ts';

/** Tells of something that happened to an object. What happens again is counted, not told anew. */
export function recordEvent(
  cluster: Cluster,
  about: KubeObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  component: string,
): void {
  const { name, namespace = 'default', uid = '', resourceVersion } = about.metadata;
  const hash = createHash('sha256').update([uid, about.kind, reason, message].join('|')).digest('hex').slice(0, 16);
  const eventName = `${name}.${hash}`;
  const now = timestamp(cluster.clock.now());
  const before = cluster.store.get('events', namespace, eventName);
  if (cluster.store.get('namespaces', undefined, namespace) === undefined) return;
  cluster.store.put('events', {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: before?.metadata ?? { name: eventName, namespace, uid: hash, creationTimestamp: now },
    involvedObject: {
      kind: about.kind,
      ...(about.metadata.namespace === undefined ? {} : { namespace: about.metadata.namespace }),
      name,
      uid,
      apiVersion: about.apiVersion,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    reason,
    message,
    source: { component },
    firstTimestamp: before?.['firstTimestamp'] ?? now,
    lastTimestamp: now,
    count: (numberAt(before, 'count') ?? 0) + 1,
    type,
    eventTime: null,
    reportingComponent: component,
    reportingInstance: '',
  });
}

import { createHash } from 'node:crypto';
import { canonicalJson } from '@suite/foundation';
import type { Cluster } from '../../cluster.ts';
import { at, copyOf, type Fields, type KubeObject, type Metadata, ownerReferenceTo } from '../../objects.ts';
import { isReady } from '../kubelet.ts';
import { hasEnded } from '../scheduling/scheduler.ts';

/** Objects of a type that belong to an owner. */
export function owned(cluster: Cluster, key: string, owner: KubeObject): readonly KubeObject[] {
  return cluster.store
    .list(key, owner.metadata.namespace)
    .filter(object =>
      object.metadata.ownerReferences?.some(
        reference => reference.controller === true && reference.uid === owner.metadata.uid,
      ),
    );
}

/** Pods that count: neither ended nor on their way out. */
export function livePods(cluster: Cluster, owner: KubeObject): readonly KubeObject[] {
  return owned(cluster, 'pods', owner).filter(pod => pod.metadata.deletionTimestamp === undefined && !hasEnded(pod));
}

export function readyOf(pods: readonly KubeObject[]): readonly KubeObject[] {
  return pods.filter(isReady);
}

/** A pod made of an owner's template. */
export function podFrom(
  owner: KubeObject,
  template: Readonly<Fields>,
  metadata: Pick<Metadata, 'name'> | Pick<Metadata, 'generateName'>,
  labels: Readonly<Record<string, string>> = {},
): KubeObject {
  const given = at(template, 'metadata');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: '',
      ...metadata,
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      labels: { ...(at(given, 'labels') as Record<string, string>), ...labels },
      ...(given['annotations'] === undefined
        ? {}
        : { annotations: copyOf(given['annotations']) as Record<string, string> }),
      ownerReferences: [ownerReferenceTo(owner)],
    },
    spec: copyOf(at(template, 'spec')),
  };
}

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** Ten letters that stand for a template, as in the names of replica sets. */
export function templateHash(template: unknown): string {
  const digest = createHash('sha256').update(canonicalJson(template)).digest();
  return [...digest.subarray(0, 10)].map(byte => letters[byte % letters.length]).join('');
}

/** A number of pods, or a share of them in percent. */
export function portion(value: unknown, of: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const share = (Number.parseFloat(String(value ?? '0')) / 100) * of;
  return round === 'up' ? Math.ceil(share) : Math.floor(share);
}

import { asArray, asNumber, asObject, asString } from '@suite/foundation';
import type { KubernetesObject } from '../objects.ts';

/** Where a workload stands: `waiting` says for what, `failed` why it will not get there. */
export type Rollout =
  | { readonly is: 'ready'; readonly note?: string }
  | { readonly is: 'waiting'; readonly for: string }
  | { readonly is: 'failed'; readonly why: string };

/** Kinds that roll out, with the API version they are read in. */
export const workloadKinds: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
};

export function isWorkload({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return workloadKinds[kind] === apiVersion;
}

/** As `kubectl rollout status` judges it (kubectl, pkg/polymorphichelpers/rollout_status.go). */
export function rolloutOf(object: KubernetesObject): Rollout {
  const { generation = 0 } = object.metadata;
  const [spec, status] = [asObject(object['spec']), asObject(object['status'])];
  const number = (name: string, from = status) => asNumber(from[name]) ?? 0;
  if (object.kind === 'Job') return jobOf(spec, status);
  if (number('observedGeneration') < generation) return { is: 'waiting', for: 'its controller to see the change' };
  const wanted = asNumber(spec['replicas']) ?? 1;
  switch (object.kind) {
    case 'Deployment': {
      const stalled = conditionOf(object, 'Progressing');
      if (stalled?.reason === 'ProgressDeadlineExceeded') return { is: 'failed', why: stalled.message };
      const refused = conditionOf(object, 'ReplicaFailure');
      if (refused?.status === 'True') return { is: 'waiting', for: `its pods to be made: ${refused.message}` };
      const [updated, available] = [number('updatedReplicas'), number('availableReplicas')];
      if (updated < wanted) return { is: 'waiting', for: `${updated} of ${wanted} new pods` };
      if (number('replicas') > updated) {
        return { is: 'waiting', for: `${number('replicas') - updated} old pods to end` };
      }
      return available < updated ? { is: 'waiting', for: `${available} of ${updated} pods to be available` } : done;
    }
    case 'StatefulSet': {
      const ready = number('readyReplicas');
      if (ready < wanted) return { is: 'waiting', for: `${ready} of ${wanted} pods to be ready` };
      if (asObject(spec['updateStrategy'])['type'] === 'OnDelete') return done;
      const partition = asNumber(asObject(asObject(spec['updateStrategy'])['rollingUpdate'])['partition']) ?? 0;
      const updated = number('updatedReplicas');
      if (partition > 0) {
        return updated < wanted - partition
          ? { is: 'waiting', for: `${updated} of ${wanted - partition} pods to be updated` }
          : done;
      }
      return status['updateRevision'] === status['currentRevision']
        ? done
        : { is: 'waiting', for: `${updated} of ${wanted} pods to be updated` };
    }
    case 'DaemonSet': {
      const desired = number('desiredNumberScheduled');
      if (asObject(spec['updateStrategy'])['type'] !== 'OnDelete' && number('updatedNumberScheduled') < desired) {
        return { is: 'waiting', for: `${number('updatedNumberScheduled')} of ${desired} pods to be updated` };
      }
      if (number('numberAvailable') < desired) {
        return { is: 'waiting', for: `${number('numberAvailable')} of ${desired} pods to be available` };
      }
      return desired === 0 ? { is: 'ready', note: 'no node wants a pod of it' } : done;
    }
    default:
      return done;
  }
}

const done: Rollout = { is: 'ready' };

function jobOf(spec: ReturnType<typeof asObject>, status: ReturnType<typeof asObject>): Rollout {
  const conditions = asArray(status['conditions']).map(asObject);
  const failed = conditions.find(({ type, status: is }) => type === 'Failed' && is === 'True');
  if (failed !== undefined) return { is: 'failed', why: asString(failed['message']) ?? 'the job failed' };
  if (conditions.some(({ type, status: is }) => type === 'Complete' && is === 'True')) return done;
  const wanted = asNumber(spec['completions']) ?? 1;
  return { is: 'waiting', for: `${asNumber(status['succeeded']) ?? 0} of ${wanted} runs to succeed` };
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** A condition of an object's status, if it has one of this type. */
export function conditionOf(object: KubernetesObject, type: string): Condition | undefined {
  const found = asArray(asObject(object['status'])['conditions'])
    .map(asObject)
    .find(condition => condition['type'] === type);
  if (found === undefined) return undefined;
  const text = (name: string) => asString(found[name]) ?? '';
  return { type, status: text('status'), reason: text('reason'), message: text('message') };
}

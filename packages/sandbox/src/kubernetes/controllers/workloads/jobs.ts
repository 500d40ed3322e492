import type { Cluster } from '../../cluster.ts';
import { at, type Fields, type KubeObject, numberAt, objects, timestamp } from '../../objects.ts';
import { recordEvent } from '../../writes/event.ts';
import { type Controller, keyOf, ownerKeys, placeOf } from '../controller.ts';
import { type Condition, create, isTrue, remove, setStatus, withCondition } from '../keep.ts';
import { isReady } from '../kubelet.ts';
import { positive } from './deployments.ts';
import { owned, podFrom } from './pods.ts';

const key = 'jobs.batch';
const name = 'job-controller';

/** Runs pods until enough of them have succeeded, or too many have failed. Indexed jobs run as plain ones. */
export function jobs(cluster: Cluster): Controller {
  return {
    name,
    keysFor: change => {
      if (change.key === key && change.kind !== 'DELETED') return [keyOf(change.object)];
      return change.key === 'pods' ? ownerKeys(change, 'Job') : [];
    },
    reconcile: (place, { later, isRipe }) => {
      const job = cluster.store.get(key, ...placeOf(place));
      if (job === undefined || job.metadata.deletionTimestamp !== undefined) return;
      const own = keyOf(job);
      if (hasFinished(job)) {
        const seconds = numberAt(job['spec'], 'ttlSecondsAfterFinished');
        const end = `${own}/${job.metadata.uid}/ttl`;
        if (seconds === undefined) return;
        if (isRipe(end)) remove(cluster, key, job);
        else later(seconds * 1000, end);
        return;
      }
      const deadline = numberAt(job['spec'], 'activeDeadlineSeconds');
      const limit = `${own}/${job.metadata.uid}/deadline`;
      const isLate = deadline !== undefined && isRipe(limit);
      if (deadline !== undefined && !isLate) later(deadline * 1000, limit);
      work(cluster, job, isLate);
    },
  };
}

function hasFinished(job: KubeObject): boolean {
  return isTrue(job, 'Complete') || isTrue(job, 'Failed');
}

function work(cluster: Cluster, job: KubeObject, isLate: boolean): void {
  const spec = at(job, 'spec');
  const pods = owned(cluster, 'pods', job);
  const phase = (wanted: string) => pods.filter(pod => at(pod, 'status')['phase'] === wanted).length;
  const succeeded = phase('Succeeded');
  const failed = pods.filter(pod => hasFailed(pod) && !isIgnored(spec, pod)).length + restartsOf(pods);
  const active = pods.filter(pod => !['Succeeded', 'Failed'].includes(String(at(pod, 'status')['phase'])));
  const completions = numberAt(spec, 'completions') ?? 1;
  const limit = numberAt(spec, 'backoffLimit') ?? 6;
  const base = {
    startTime: at(job, 'status')['startTime'] ?? timestamp(cluster.clock.now()),
    uncountedTerminatedPods: {},
    terminating: 0,
  };
  if (succeeded >= completions) {
    finish(cluster, job, { ...base, succeeded, ready: 0 }, 'Complete');
    return;
  }
  if (isLate || failed > limit) {
    for (const pod of active) remove(cluster, 'pods', pod);
    const why = isLate ? late : exceeded;
    finish(cluster, job, { ...base, ...positive({ failed, succeeded }), ready: 0 }, why);
    return;
  }
  const wanted = spec['suspend'] === true ? 0 : Math.min(numberAt(spec, 'parallelism') ?? 1, completions - succeeded);
  for (let missing = wanted - active.length; missing > 0; missing -= 1) {
    const labels = {
      'batch.kubernetes.io/controller-uid': job.metadata.uid ?? '',
      'batch.kubernetes.io/job-name': job.metadata.name,
      'controller-uid': job.metadata.uid ?? '',
      'job-name': job.metadata.name,
    };
    const pod = create(
      cluster,
      'pods',
      podFrom(job, at(spec, 'template'), { generateName: `${job.metadata.name}-` }, labels),
    );
    recordEvent(cluster, job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`, name);
  }
  const live = cluster.store.get(key, job.metadata.namespace, job.metadata.name) ?? job;
  setStatus(cluster, key, live, {
    ...base,
    ...positive({ active: Math.max(active.length, wanted), succeeded, failed }),
    ready: active.filter(isReady).length,
  });
}

function hasFailed(pod: KubeObject): boolean {
  return at(pod, 'status')['phase'] === 'Failed';
}

/** Failures that `podFailurePolicy` does not count, by conditions of the pod; its other rules have no effect here. */
function isIgnored(spec: Readonly<Fields>, pod: KubeObject): boolean {
  return objects(at(spec, 'podFailurePolicy')['rules']).some(
    rule =>
      rule['action'] === 'Ignore' &&
      objects(rule['onPodConditions']).some(({ type, status = 'True' }) =>
        objects(at(pod, 'status')['conditions']).some(one => one['type'] === type && one['status'] === status),
      ),
  );
}

/** Containers that fail and start again count as failures too. */
function restartsOf(pods: readonly KubeObject[]): number {
  return pods
    .flatMap(pod => objects(at(pod, 'status')['containerStatuses']))
    .reduce((sum, one) => sum + (numberAt(one, 'restartCount') ?? 0), 0);
}

const exceeded = { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
const late = { reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };

function finish(
  cluster: Cluster,
  job: KubeObject,
  status: Readonly<Fields>,
  outcome: 'Complete' | { readonly reason: string; readonly message: string },
): void {
  const now = cluster.clock.now();
  const probe = { lastProbeTime: timestamp(now) };
  const isGood = outcome === 'Complete';
  const first: Condition = isGood
    ? {
        type: 'SuccessCriteriaMet',
        status: 'True',
        reason: 'CompletionsReached',
        message: 'Reached expected number of succeeded pods',
      }
    : { type: 'FailureTarget', status: 'True', ...outcome };
  const last: Condition = { ...first, type: isGood ? 'Complete' : 'Failed' };
  const conditions = [first, last].reduce<readonly Fields[]>((all, one) => withCondition(all, one, now, probe), []);
  const live = cluster.store.get(key, job.metadata.namespace, job.metadata.name) ?? job;
  setStatus(cluster, key, live, { ...status, conditions, ...(isGood ? { completionTime: timestamp(now) } : {}) });
  const words = isGood ? 'Job completed' : outcome.message;
  recordEvent(cluster, live, isGood ? 'Normal' : 'Warning', isGood ? 'Completed' : outcome.reason, words, name);
}

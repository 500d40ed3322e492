import type { Cluster } from '../../cluster.ts';
import { type Fields, type KubeObject, text } from '../../objects.ts';
import { storeKey } from '../../resources/resource-type.ts';
import { removeObject } from '../../writes/remove.ts';
import { change } from '../keep.ts';
import type { Phase } from './application.ts';
import { apply } from './apply.ts';
import type { Comparison } from './compare.ts';
import { healthOf, hookFinalizer } from './health.ts';
import { hasOption, phaseRank } from './hooks.ts';
import { isDestinationPermitted, isKindPermitted, type Target } from './projects.ts';
import {
  type HookPhase,
  hasPolicy,
  isPrune,
  objectOf,
  type ResultCode,
  resultOf,
  type Task,
  type TaskOptions,
  tasksOf,
} from './sync-tasks.ts';
import { groupOf } from './tracking.ts';

export interface SyncRequest {
  readonly cluster: Cluster;
  readonly comparison: Comparison;
  readonly project: KubeObject;
  readonly destination: Target;
  readonly options: readonly string[];
  readonly prunes: boolean;
  readonly isDry: boolean;
  readonly tasks: Omit<TaskOptions, 'createsNamespace' | 'prunesLast'>;
  /** As it stands before this step. */
  readonly phase: Phase;
  readonly message: string;
}

export interface SyncOutcome {
  readonly phase: Phase;
  readonly message: string;
  /** `syncResult.resources` */
  readonly results: readonly Fields[];
}

const manager = 'argocd-controller';

/**
 * One step of a synchronization: as far as it comes without waiting. What was done stands in the results, so that the next step, after
 * something in the cluster has changed, goes on from there (gitops-engine, pkg/sync/sync_context.go, Sync).
 */
export function syncStep(request: SyncRequest): SyncOutcome {
  const { cluster, comparison, options, prunes, isDry } = request;
  const { namespace, results } = request.tasks;
  let { phase, message } = request;
  const has = (option: string) => options.includes(option);
  const all = tasksOf(cluster, comparison, {
    ...request.tasks,
    createsNamespace: has('CreateNamespace=true'),
    prunesLast: has('PruneLast=true'),
  });
  const done = new Map<Task, number>();
  const set = (task: Task, status: ResultCode | undefined, state: HookPhase | undefined, words = '') => {
    task.status = status;
    task.state = state;
    if (words !== '') task.message = words;
    if (!done.has(task)) done.set(task, done.size);
  };
  /** Earlier results keep their places; what was not looked at this time stays. */
  const outcome = (): SyncOutcome => {
    const mine = all.filter(task => task.state !== undefined || task.status !== undefined);
    const key = (result: Readonly<Fields>) =>
      ['group', 'kind', 'namespace', 'name', 'syncPhase'].map(field => result[field]).join('|');
    const made = new Map(mine.map(task => [key(resultOf(task, namespace)), resultOf(task, namespace)]));
    const before = results.map(result => made.get(key(result)) ?? { ...result });
    const known = new Set(results.map(key));
    const fresh = [...made].filter(([one]) => !known.has(one)).map(([, result]) => result);
    return { phase, message, results: [...before, ...fresh] };
  };
  const stop = (next: Phase, words: string): SyncOutcome => {
    [phase, message] = [next, words];
    return outcome();
  };
  const wait = (tasks: readonly Task[], isDeletion: boolean) => {
    const [first] = tasks;
    if (first === undefined) return;
    const { apiVersion, kind, metadata } = objectOf(first);
    const what = isDeletion ? 'deletion of' : first.isHook ? 'completion of hook' : 'healthy state of';
    const more = tasks.length > 1 ? ` and ${tasks.length - 1} more ${first.isHook ? 'hooks' : 'resources'}` : '';
    [phase, message] = ['Running', `waiting for ${what} ${groupOf(apiVersion)}/${kind}/${metadata.name}${more}`];
  };
  const dropFinalizer = (task: Task) => {
    const { live, type } = task;
    if (live === undefined || type === undefined || !(live.metadata.finalizers ?? []).includes(hookFinalizer)) return;
    task.live = change(
      cluster,
      storeKey(type),
      live,
      object => {
        object.metadata.finalizers = (object.metadata.finalizers ?? []).filter(one => one !== hookFinalizer);
      },
      manager,
    );
  };
  const remove = (task: Task) => {
    dropFinalizer(task);
    const { live, type } = task;
    if (live === undefined || type === undefined) return;
    const found = cluster.store.get(storeKey(type), live.metadata.namespace, live.metadata.name);
    const isLeaving = found === undefined || found.metadata.deletionTimestamp !== undefined;
    if (!isLeaving) removeObject(cluster, type, found, { propagation: propagationOf(options) });
  };
  const removeAll = (tasks: readonly Task[]) => {
    for (const task of tasks) remove(task);
  };
  /** Applies and prunes; says whether something failed, or has to be gone first. */
  const run = (tasks: readonly Task[], dry: boolean): 'successful' | 'pending' | 'failed' => {
    let state: 'successful' | 'failed' = 'successful';
    for (const task of tasks.filter(isPrune)) {
      const isKept = !prunes || hasOption(objectOf(task), 'Prune=false');
      if (!isKept && !dry) remove(task);
      const words = !prunes
        ? 'ignored (requires pruning)'
        : isKept
          ? 'ignored (no prune)'
          : dry
            ? 'pruned (dry run)'
            : 'pruned';
      if (!dry || isDry) set(task, isKept ? 'PruneSkipped' : 'Pruned', 'Succeeded', words);
    }
    const wanted = tasks.filter(task => !isPrune(task));
    const inTheWay = wanted.filter(task => task.state === undefined && hasPolicy(task, 'BeforeHookCreation'));
    if (inTheWay.length > 0 && !dry) {
      removeAll(inTheWay);
      return 'pending';
    }
    for (const task of wanted) {
      const { target } = task;
      if (target === undefined) continue;
      const type = task.type ?? cluster.types.byKind(target.apiVersion, target.kind);
      // Its definition has just come, and takes a moment.
      if (type === undefined) return 'pending';
      if (dry) {
        if (isDry)
          set(task, 'Synced', 'Succeeded', `${target.kind.toLowerCase()}/${target.metadata.name} configured (dry run)`);
        continue;
      }
      try {
        const words = apply(cluster, type, target, {
          isServerSide: has('ServerSideApply=true') || hasOption(target, 'ServerSideApply=true'),
          isReplace: has('Replace=true') || hasOption(target, 'Replace=true'),
        });
        set(task, 'Synced', 'Running', words);
      } catch (error) {
        set(task, 'SyncFailed', 'Failed', error instanceof Error ? error.message : String(error));
        state = 'failed';
      }
    }
    return state;
  };
  const fail = (onFailure: readonly Task[], failed: readonly Task[], words: string): SyncOutcome => {
    const why = failed.length === 0 ? words : `${words}, reason: ${failed.map(task => task.message).join(',')}`;
    if (onFailure.length === 0 || onFailure.every(isOver)) return stop('Failed', why);
    return run(onFailure, isDry) === 'failed' ? stop('Failed', `${why}\none or more SyncFail hooks failed`) : outcome();
  };

  if (phase === 'Terminating') {
    for (const task of all.filter(one => one.isHook && one.live !== undefined)) {
      const { state } = hookStateOf(task.live as KubeObject);
      remove(task);
      if (task.state !== undefined) set(task, undefined, state === 'Running' ? 'Succeeded' : state, 'Deleted');
    }
    return stop('Failed', 'Operation terminated');
  }
  for (const task of all) {
    const why = refusalOf(request, task);
    if (why !== undefined) set(task, 'SyncFailed', undefined, why);
  }
  if (all.some(task => task.status === 'SyncFailed' && task.state === undefined)) {
    return stop('Failed', 'one or more synchronization tasks are not valid');
  }

  // How what was started stands now.
  for (const task of all.filter(one => one.state === 'Running' && one.live !== undefined)) {
    const live = task.live as KubeObject;
    if (task.isHook) {
      const { state, message: words } = hookStateOf(live);
      set(task, undefined, state, words);
    } else {
      const health = healthOf(live);
      if (health === undefined) set(task, task.status, 'Succeeded', task.message);
      else if (health.status === 'Healthy') set(task, task.status, 'Succeeded', health.message || task.message);
      else if (health.status === 'Degraded') set(task, task.status, 'Failed', health.message);
    }
  }
  const isMultiStep = new Set(all.map(({ phase: one, wave }) => `${one}|${wave}`)).size > 1;
  const running = all.filter(task => task.state === 'Running' && (isMultiStep || task.isHook));
  if (running.length > 0) {
    wait(running, false);
    return outcome();
  }
  const leaving = all.filter(task => task.status === 'Pruned' && task.live?.metadata.deletionTimestamp !== undefined);
  if (leaving.length > 0) {
    wait(leaving, true);
    return outcome();
  }
  for (const task of all.filter(one => one.isHook && isOver(one))) dropFinalizer(task);
  const afterSuccess = all.filter(task => task.state !== 'Running' && hasPolicy(task, 'HookSucceeded'));
  const afterFailure = all.filter(task => task.state !== 'Running' && hasPolicy(task, 'HookFailed'));
  const onFailure = all.filter(task => task.phase === 'SyncFail');
  const others = all.filter(task => task.phase !== 'SyncFail');
  if (others.some(task => isOver(task) && task.state !== 'Succeeded')) {
    removeAll(afterFailure);
    const failed = others.filter(task => task.status === 'SyncFailed');
    return fail(onFailure, failed, 'one or more synchronization tasks completed unsuccessfully');
  }
  const left = others.filter(
    task => task.state === undefined && (!has('ApplyOutOfSyncOnly=true') || task.isHook || task.isModified),
  );
  const [next] = left;
  if (next === undefined) {
    removeAll(afterSuccess);
    return stop('Succeeded', 'successfully synced (no more tasks)');
  }
  const isNow = (task: Task) => task.phase === next.phase && task.wave === next.wave;
  const later = left.filter(task => !isNow(task) || task.isHook);
  [phase, message] = ['Running', 'one or more tasks are running'];
  const now = left.filter(isNow);
  switch (run(now, isDry)) {
    case 'failed':
      removeAll(afterFailure);
      return fail(
        onFailure,
        now.filter(task => task.status === 'SyncFailed'),
        'one or more objects failed to apply',
      );
    case 'successful':
      if (later.length === 0) {
        removeAll(afterSuccess);
        return stop('Succeeded', 'successfully synced (all tasks run)');
      }
      wait(
        [...later].sort((one, other) => phaseRank(one.phase) - phaseRank(other.phase)),
        false,
      );
      return outcome();
    case 'pending':
      wait(
        now.filter(task => hasPolicy(task, 'HookSucceeded') || hasPolicy(task, 'HookFailed')),
        true,
      );
      return outcome();
  }
}

function isOver({ state }: Task): boolean {
  return state !== undefined && state !== 'Running';
}

function hookStateOf(live: KubeObject): { readonly state: HookPhase; readonly message: string } {
  const health = healthOf(live);
  if (health === undefined) return { state: 'Succeeded', message: `${live.metadata.name} created` };
  const isFailed = health.status === 'Unknown' || health.status === 'Degraded';
  const isDone = health.status === 'Healthy';
  return { state: isFailed ? 'Failed' : isDone ? 'Succeeded' : 'Running', message: health.message };
}

/** Why a task cannot be done at all. */
function refusalOf({ project, destination, comparison, options }: SyncRequest, task: Task): string | undefined {
  const object = objectOf(task);
  const { apiVersion, kind, metadata } = object;
  const group = groupOf(apiVersion);
  const where = metadata.namespace ?? '';
  if (task.type === undefined) {
    const comesAlong = comparison.pairs.some(
      ({ target }) =>
        target?.kind === 'CustomResourceDefinition' && JSON.stringify(target['spec']).includes(`"${kind}"`),
    );
    const isSkipped =
      hasOption(object, 'SkipDryRunOnMissingResource=true') || options.includes('SkipDryRunOnMissingResource=true');
    return comesAlong || isSkipped
      ? undefined
      : `The Kubernetes API could not find ${group}/${kind} for requested resource ${where}/${metadata.name}. Make sure the ${JSON.stringify(kind)} CRD is installed on the destination cluster.`;
  }
  const name = project.metadata.name;
  if (!isKindPermitted(project, group, kind, task.type.namespaced)) {
    return `resource ${group}:${kind} is not permitted in project ${name}`;
  }
  if (task.type.namespaced && !isDestinationPermitted(project, destination, where)) {
    return `namespace ${where} is not permitted in project '${name}'`;
  }
  return undefined;
}

function propagationOf(options: readonly string[]): 'Background' | 'Foreground' | 'Orphan' {
  const chosen = text(options.find(one => one.startsWith('PrunePropagationPolicy='))?.split('=')[1]);
  return chosen === 'background' ? 'Background' : chosen === 'orphan' ? 'Orphan' : 'Foreground';
}

import type { Cluster } from '../../cluster.ts';
import { at, copyOf, type Fields, type KubeObject, text } from '../../objects.ts';
import { type ResourceType, storeKey } from '../../resources/resource-type.ts';
import type { Comparison } from './compare.ts';
import { hookFinalizer } from './health.ts';
import {
  type DeletePolicy,
  deletePoliciesOf,
  hasOption,
  isHook,
  phaseRank,
  phasesOf,
  type SyncPhase,
  waveOf,
} from './hooks.ts';
import { containerImages, groupOf } from './tracking.ts';

export type HookPhase = 'Running' | 'Succeeded' | 'Failed' | 'Error';
export type ResultCode = 'Synced' | 'SyncFailed' | 'Pruned' | 'PruneSkipped';

/** One object in one phase of a synchronization. Without a target it has to go. */
export interface Task {
  readonly phase: SyncPhase;
  readonly type: ResourceType | undefined;
  readonly target: KubeObject | undefined;
  readonly wave: number;
  readonly isHook: boolean;
  readonly isModified: boolean;
  live: KubeObject | undefined;
  status: ResultCode | undefined;
  /** Undefined until something was done. */
  state: HookPhase | undefined;
  message: string;
}

export interface TaskOptions {
  /** Of the destination. */
  readonly namespace: string;
  readonly skipsHooks: boolean;
  readonly createsNamespace: boolean;
  readonly prunesLast: boolean;
  /** Whether a selective synchronization means an object. */
  readonly isSelected: (object: KubeObject) => boolean;
  readonly startedAt: number;
  /** `syncResult.resources` so far. */
  readonly results: readonly Readonly<Fields>[];
}

/** What a synchronization does, in its order (gitops-engine, pkg/sync/sync_context.go, getSyncTasks). */
export function tasksOf(cluster: Cluster, comparison: Comparison, options: TaskOptions): readonly Task[] {
  const { namespace, skipsHooks } = options;
  const own = comparison.pairs
    .filter(({ target, live }) => options.isSelected((target ?? live) as KubeObject))
    .filter(({ target, live }) => !isHook((target ?? live) as KubeObject))
    .flatMap(({ target, live, type, isModified }) =>
      phasesOf((target ?? live) as KubeObject).map(phase => taskOf(phase, type, target, live, isModified)),
    );
  const hooks = skipsHooks
    ? []
    : comparison.hooks.flatMap(hook =>
        phasesOf(hook).map(phase => {
          const target = named(hook, phase, comparison.revisions[0] ?? '', options.startedAt);
          const type = cluster.types.byKind(target.apiVersion, target.kind);
          const live = type && cluster.store.get(storeKey(type), target.metadata.namespace, target.metadata.name);
          return taskOf(phase, type, target, live, true);
        }),
      );
  const tasks = withPruneOrder([...own, ...hooks], options.prunesLast);
  if (options.createsNamespace && namespace !== '') addNamespace(cluster, tasks, namespace);
  for (const task of tasks) {
    const before = options.results.find(result => keyOfResult(result) === resultKey(task, namespace));
    task.status = text(before?.['status']) as ResultCode | undefined;
    task.state = text(before?.['hookPhase']) as HookPhase | undefined;
    task.message = text(before?.['message']) ?? '';
  }
  return tasks.sort(inOrder);
}

function taskOf(
  phase: SyncPhase,
  type: ResourceType | undefined,
  target: KubeObject | undefined,
  live: KubeObject | undefined,
  isModified: boolean,
): Task {
  const object = (target ?? live) as KubeObject;
  const made = { phase, type, target, live, isModified, wave: waveOf(object), isHook: isHook(object) };
  return { ...made, status: undefined, state: undefined, message: '' };
}

/** A hook that only says how its name begins gets one made of what is being done. */
function named(hook: KubeObject, phase: SyncPhase, revision: string, startedAt: number): KubeObject {
  const target = copyOf(hook);
  const { generateName, finalizers = [] } = target.metadata;
  if (target.metadata.name === undefined && generateName !== undefined) {
    const suffix = `${revision.slice(0, 7)}-${phase}-${Math.floor(startedAt / 1000)}`.toLowerCase();
    target.metadata = { ...target.metadata, name: `${generateName}${suffix}` };
  }
  if (!finalizers.includes(hookFinalizer)) target.metadata.finalizers = [...finalizers, hookFinalizer];
  return target;
}

function addNamespace(cluster: Cluster, tasks: Task[], namespace: string): void {
  const isNamed = tasks.some(({ target }) => target?.kind === 'Namespace' && target.metadata.name === namespace);
  if (isNamed) return;
  const live = cluster.store.get('namespaces', undefined, namespace);
  // One that is there already is left alone.
  if (live !== undefined) return;
  const target: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  tasks.push(taskOf('PreSync', cluster.types.byKind('v1', 'Namespace'), target, undefined, true));
}

/** What goes, goes in the reverse order of waves, or at the end. */
function withPruneOrder(tasks: readonly Task[], prunesLast: boolean): Task[] {
  const waves = [...new Set(tasks.filter(isPrune).map(({ wave }) => wave))].sort((one, other) => one - other);
  const end = Math.max(0, ...tasks.filter(({ phase }) => phase === 'Sync').map(({ wave }) => wave)) + 1;
  return tasks.map(task => {
    if (!isPrune(task)) return task;
    const goesLast = prunesLast || (task.live !== undefined && hasOption(task.live, 'PruneLast=true'));
    return { ...task, wave: goesLast ? end : (waves.at(-1 - waves.indexOf(task.wave)) ?? task.wave) };
  });
}

export function isPrune({ target }: Task): boolean {
  return target === undefined;
}

export function objectOf({ target, live }: Task): KubeObject {
  return (target ?? live) as KubeObject;
}

/** gitops-engine, pkg/sync/sync_tasks.go: kinds that others need come first, kinds that it does not know last. */
const kinds = [
  'Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget ServiceAccount Secret SecretList',
  'ConfigMap StorageClass PersistentVolume PersistentVolumeClaim CustomResourceDefinition ClusterRole ClusterRoleList',
  'ClusterRoleBinding ClusterRoleBindingList Role RoleList RoleBinding RoleBindingList Service DaemonSet Pod',
  'ReplicationController ReplicaSet Deployment HorizontalPodAutoscaler StatefulSet Job CronJob IngressClass Ingress APIService',
].flatMap(line => line.split(' '));

function inOrder(one: Task, other: Task): number {
  const rank = ({ kind }: KubeObject) => (kinds.includes(kind) ? kinds.indexOf(kind) : kinds.length);
  const [first, second] = [objectOf(one), objectOf(other)];
  return (
    phaseRank(one.phase) - phaseRank(other.phase) ||
    one.wave - other.wave ||
    rank(first) - rank(second) ||
    (first.metadata.name < second.metadata.name ? -1 : 1)
  );
}

export function hasPolicy(task: Task, policy: DeletePolicy): boolean {
  return task.isHook && task.live !== undefined && deletePoliciesOf(objectOf(task)).includes(policy);
}

function resultKey(task: Task, namespace: string): string {
  return keyOfResult(resultOf(task, namespace));
}

function keyOfResult(result: Readonly<Fields>): string {
  return ['group', 'kind', 'namespace', 'name', 'syncPhase'].map(field => result[field] ?? '').join('|');
}

/** An entry of `syncResult.resources`. */
export function resultOf(task: Task, namespace: string): Fields {
  const object = objectOf(task);
  const [version = ''] = object.apiVersion.split('/').reverse();
  const spec = at(object, 'spec');
  const images = [...containerImages(spec), ...containerImages(at(spec, 'template')['spec'])];
  // What has no namespace is filed under the destination's, unless it is that itself.
  const isNamespaceItself = object.kind === 'Namespace' && object.metadata.name === namespace;
  return {
    group: groupOf(object.apiVersion),
    version,
    kind: object.kind,
    namespace: object.metadata.namespace ?? (isNamespaceItself || task.target === undefined ? '' : namespace),
    name: object.metadata.name,
    ...(task.status === undefined ? {} : { status: task.status }),
    ...(task.message === '' ? {} : { message: task.message }),
    ...(task.isHook ? { hookType: task.phase } : {}),
    ...(task.state === undefined ? {} : { hookPhase: task.state }),
    syncPhase: task.phase,
    ...(images.length === 0 ? {} : { images: [...new Set(images)] }),
  };
}

import { type Cluster, isAmong } from '../cluster.ts';
import { placeOfPod } from '../gpu/pods.ts';
import { type Ending, endingOf } from '../gpu/smoke-program.ts';
import { gpuObstacle, startFailure } from '../gpu/start.ts';
import { at, type Fields, type KubeObject, numberAt, objects, text, timestamp } from '../objects.ts';
import { recordEvent } from '../writes/event.ts';
import { type Controller, type ControllerContext, keyOf, placeOf } from './controller.ts';
import { setStatus } from './keep.ts';
import { evict, fail } from './kubelet-ends.ts';
import { missingPiece } from './kubelet-needs.ts';
import { conditionsOf, containerStatuses, containersOf, started } from './kubelet-status.ts';
import { hasEnded } from './scheduling/scheduler.ts';
import { secretProviderClassKey } from './secrets-store.ts';

const name = 'kubelet';

/** Plays the kubelets of all nodes: pods start, become ready, end, or say why they cannot. */
export function kubelet(cluster: Cluster): Controller {
  const podsIn = (namespace: string | undefined) => cluster.store.list('pods', namespace).filter(isMine).map(keyOf);
  return {
    name,
    keysFor: ({ key, object }) => {
      if (key === 'pods')
        return isMine(object) || object.metadata.deletionTimestamp !== undefined ? [keyOf(object)] : [];
      const isNeeded = ['secrets', 'configmaps', 'persistentvolumeclaims', secretProviderClassKey].includes(key);
      return isNeeded ? podsIn(object.metadata.namespace) : [];
    },
    reconcile: (key, context) => {
      const [namespace, podName] = placeOf(key);
      const pod = cluster.store.get('pods', namespace, podName);
      if (pod === undefined) return;
      // A pause that is over comes by with a longer key: whose it is stands in front.
      const own = keyOf(pod);
      if (pod.metadata.deletionTimestamp !== undefined) return stop(pod, own, context);
      if (isMine(pod)) run(pod, own, context);
    },
  };
}

function isMine(pod: KubeObject): boolean {
  return at(pod, 'spec')['nodeName'] !== undefined && !hasEnded(pod);
}

function stop(pod: KubeObject, key: string, { cluster, later, isRipe }: ControllerContext): void {
  const place = `${key}/${pod.metadata.uid}/stop`;
  const isQuick =
    at(pod, 'spec')['nodeName'] === undefined || hasEnded(pod) || pod.metadata.deletionGracePeriodSeconds === 0;
  if ((pod.metadata.finalizers ?? []).length > 0) return;
  if (isQuick || isRipe(place)) cluster.store.remove('pods', pod.metadata.namespace, pod.metadata.name);
  else later(cluster.durations.podStopMs, place);
}

function run(pod: KubeObject, key: string, context: ControllerContext): void {
  const { cluster, later, isRipe } = context;
  const [startPlace, endPlace] = [`${key}/${pod.metadata.uid}/start`, `${key}/${pod.metadata.uid}/end`];
  const isRunning = at(pod, 'status')['phase'] === 'Running';
  const waiting = obstacleOf(cluster, pod, isRunning);
  if (waiting !== undefined) {
    wait(cluster, pod, waiting);
    return;
  }
  const crashing = containersOf(pod).find(one => isAmong(cluster.troubles.crashing, String(one['image'])));
  const ends = at(pod, 'spec')['restartPolicy'] !== 'Always';
  if (!isRunning) {
    if (!isRipe(startPlace)) {
      begin(cluster, pod);
      later(cluster.durations.podStartMs, startPlace);
      return;
    }
  }
  const failure = startFailure(cluster, pod);
  if (failure !== undefined && ends) {
    fail(cluster, pod, failure);
  } else if (crashing !== undefined) {
    crash(cluster, pod, crashing, at(pod, 'spec')['restartPolicy'] === 'Never');
  } else if (ends && isRunning && isRipe(endPlace)) {
    if (placeOfPod(cluster, pod)?.state === 'evicted') evict(cluster, pod);
    else finish(cluster, pod, endingOf(cluster, pod));
  } else {
    become(cluster, pod, 'Running');
    if (ends && isRunning) later(cluster.durations.jobMs, endPlace);
  }
}

interface Obstacle {
  /** Of a container that waits. */
  readonly reason: string;
  /** Undefined where only events tell it. */
  readonly message: string | undefined;
  readonly image?: string;
  readonly events: readonly (readonly [reason: string, message: string])[];
}

function allContainers(pod: KubeObject): readonly Fields[] {
  return [...objects(at(pod, 'spec')['initContainers']), ...containersOf(pod)];
}

/** What keeps a pod from starting; a running one no longer needs anything. */
function obstacleOf(cluster: Cluster, pod: KubeObject, isRunning: boolean): Obstacle | undefined {
  if (isRunning) return undefined;
  const missing = missingPiece(cluster, pod);
  if (missing !== undefined) return missing;
  const ofGpu = gpuObstacle(cluster, pod);
  if (ofGpu !== undefined) return ofGpu;
  const container = allContainers(pod).find(one => cannotPull(cluster, String(one['image'])));
  if (container === undefined) return undefined;
  const image = String(container['image']);
  const why = `failed to pull and unpack image ${JSON.stringify(image)}: failed to resolve reference ${JSON.stringify(image)}: ${image}: not found`;
  return {
    reason: 'ImagePullBackOff',
    message: `Back-off pulling image ${JSON.stringify(image)}: ErrImagePull: ${why}`,
    image,
    events: [
      ['Failed', `Failed to pull image ${JSON.stringify(image)}: ${why}`],
      ['Failed', 'Error: ErrImagePull'],
      ['BackOff', `Back-off pulling image ${JSON.stringify(image)}`],
      ['Failed', 'Error: ImagePullBackOff'],
    ],
  };
}

function cannotPull(cluster: Cluster, image: string): boolean {
  return isAmong(cluster.troubles.unpullable, image) || cluster.outside.image(image)?.is === 'missing';
}

function wait(cluster: Cluster, pod: KubeObject, { reason, message, image, events }: Obstacle): void {
  const isIt = (container: Fields) => image === undefined || container['image'] === image;
  const waiting = (container: Fields): Fields =>
    isIt(container)
      ? { waiting: { reason, ...(message === undefined ? {} : { message }) } }
      : { waiting: { reason: 'PodInitializing' } };
  const status = {
    ...started(cluster, pod),
    phase: 'Pending',
    ...containerStatuses(cluster, pod, container => ({ ready: false, started: false, state: waiting(container) })),
    conditions: conditionsOf(cluster, pod, { initialized: true, ready: false }),
  };
  const before = at(containerStatus(pod, reason), 'state', 'waiting');
  if (before['reason'] === reason && before['message'] === message) return;
  setStatus(cluster, 'pods', pod, status, name);
  for (const [why, words] of events) recordEvent(cluster, pod, 'Warning', why, words, name);
}

function containerStatus(pod: KubeObject, reason: string): Readonly<Fields> {
  const status = at(pod, 'status');
  const all = [...objects(status['initContainerStatuses']), ...objects(status['containerStatuses'])];
  return all.find(one => at(one, 'state', 'waiting')['reason'] === reason) ?? {};
}

function begin(cluster: Cluster, pod: KubeObject): void {
  const state = {
    waiting: {
      reason: objects(at(pod, 'spec')['initContainers']).length > 0 ? 'PodInitializing' : 'ContainerCreating',
    },
  };
  setStatus(
    cluster,
    'pods',
    pod,
    {
      ...started(cluster, pod),
      phase: 'Pending',
      ...containerStatuses(cluster, pod, () => ({ ready: false, started: false, state })),
      conditions: conditionsOf(cluster, pod, { initialized: false, ready: false }),
    },
    name,
  );
}

function become(cluster: Cluster, pod: KubeObject, phase: 'Running' | 'Succeeded'): void {
  const unready = containersOf(pod).filter(one => isAmong(cluster.troubles.unready, String(one['image'])));
  const isDone = phase === 'Succeeded';
  const now = timestamp(cluster.clock.now());
  const startedAt = text(at(pod, 'status')['startTime']) ?? now;
  const ended = { terminated: { exitCode: 0, reason: 'Completed', startedAt, finishedAt: now } };
  const ready = !isDone && unready.length === 0;
  const isInit = (container: Fields) => !containersOf(pod).includes(container);
  const isSidecar = (container: Fields) => container['restartPolicy'] === 'Always';
  const status = {
    ...started(cluster, pod),
    phase,
    ...containerStatuses(cluster, pod, container => {
      const hasEndedWell = isDone || (isInit(container) && !isSidecar(container));
      const isReady = isInit(container) ? true : !isDone && !unready.includes(container);
      return { ready: isReady, started: !hasEndedWell, state: hasEndedWell ? ended : { running: { startedAt } } };
    }),
    conditions: conditionsOf(cluster, pod, { initialized: true, ready, ...(isDone ? { reason: 'PodCompleted' } : {}) }),
  };
  if (at(pod, 'status')['phase'] !== 'Running' && phase === 'Running') {
    for (const container of containersOf(pod)) {
      recordEvent(
        cluster,
        pod,
        'Normal',
        'Pulled',
        `Successfully pulled image ${JSON.stringify(container['image'])}`,
        name,
      );
      recordEvent(cluster, pod, 'Normal', 'Started', `Started container ${String(container['name'])}`, name);
    }
  }
  const isSteady = at(pod, 'status')['phase'] === phase && isReady(pod) === ready;
  if (isSteady) return;
  setStatus(cluster, 'pods', pod, status, name);
  if (unready.length > 0) {
    recordEvent(
      cluster,
      pod,
      'Warning',
      'Unhealthy',
      'Readiness probe failed: HTTP probe failed with statuscode: 503',
      name,
    );
  }
}

/** The end of a pod that nobody starts again: what its program printed can be read then. */
function finish(cluster: Cluster, pod: KubeObject, ending: Ending | undefined): void {
  if (ending === undefined) {
    become(cluster, pod, 'Succeeded');
    return;
  }
  const { namespace, name: podName } = pod.metadata;
  for (const container of containersOf(pod)) {
    cluster.logs.set(`${namespace}/${podName}/${String(container['name'])}`, ending.log);
  }
  if (ending.exitCode === 0) {
    become(cluster, pod, 'Succeeded');
    return;
  }
  const [container] = containersOf(pod);
  const message = container?.['terminationMessagePolicy'] === 'FallbackToLogsOnError' ? ending.log : undefined;
  fail(cluster, pod, { exitCode: ending.exitCode, reason: 'Error', ...(message === undefined ? {} : { message }) });
}

export function isReady(pod: KubeObject): boolean {
  return objects(at(pod, 'status')['conditions']).some(one => one['type'] === 'Ready' && one['status'] === 'True');
}

function crash(cluster: Cluster, pod: KubeObject, container: Fields, isFinal: boolean): void {
  const containerName = String(container['name']);
  const now = timestamp(cluster.clock.now());
  const terminated = { terminated: { exitCode: 1, reason: 'Error', startedAt: now, finishedAt: now } };
  const before = objects(at(pod, 'status')['containerStatuses']).find(one => one['name'] === containerName);
  if (at(before, 'state', 'waiting')['reason'] === 'CrashLoopBackOff') return;
  const why = `back-off 10s restarting failed container=${containerName} pod=${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
  const restarts = (numberAt(before, 'restartCount') ?? 0) + 1;
  const broken = isFinal
    ? { ready: false, started: false, state: terminated }
    : {
        ready: false,
        started: false,
        restartCount: restarts,
        state: { waiting: { reason: 'CrashLoopBackOff', message: why } },
        lastState: terminated,
      };
  setStatus(
    cluster,
    'pods',
    pod,
    {
      ...started(cluster, pod),
      phase: isFinal ? 'Failed' : 'Running',
      ...containerStatuses(cluster, pod, one =>
        one === container ? broken : { ready: !isFinal, started: true, state: { running: { startedAt: now } } },
      ),
      conditions: conditionsOf(cluster, pod, { initialized: true, ready: false }),
    },
    name,
  );
  if (!isFinal) {
    const words = `Back-off restarting failed container ${containerName} in pod ${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
    recordEvent(cluster, pod, 'Warning', 'BackOff', words, name);
  }
}

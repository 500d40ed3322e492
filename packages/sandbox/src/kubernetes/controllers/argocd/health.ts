import { at, type Fields, type KubeObject, numberAt, objects, text } from '../../objects.ts';

/** Keeps the objects of hooks until their phase is over. */
export const hookFinalizer = 'argocd.argoproj.io/hook-finalizer';

/** From the best to the worst (gitops-engine, pkg/health/health.go). */
const order = ['Healthy', 'Suspended', 'Progressing', 'Missing', 'Degraded', 'Unknown'] as const;
export type HealthCode = (typeof order)[number];

export interface Health {
  readonly status: HealthCode;
  readonly message: string;
}

export function worse(one: HealthCode, other: HealthCode): HealthCode {
  return order.indexOf(one) >= order.indexOf(other) ? one : other;
}

const say = (status: HealthCode, message = ''): Health => ({ status, message });

type Judge = (object: KubeObject, spec: Readonly<Fields>, status: Readonly<Fields>) => Health;

/** By group and kind; other kinds have no health of their own. */
const judges: Readonly<Record<string, Judge>> = {
  'apps/Deployment': deployment,
  'apps/StatefulSet': statefulSet,
  'apps/DaemonSet': daemonSet,
  'apps/ReplicaSet': replicaSet,
  'batch/Job': job,
  '/Pod': pod,
  '/PersistentVolumeClaim': (_object, _spec, status) => {
    const phase = text(status['phase']);
    if (phase === 'Lost') return say('Degraded');
    return say(phase === 'Bound' ? 'Healthy' : phase === 'Pending' ? 'Progressing' : 'Unknown');
  },
  '/Service': (_object, spec, status) =>
    say(
      spec['type'] !== 'LoadBalancer' || objects(at(status, 'loadBalancer')['ingress']).length > 0
        ? 'Healthy'
        : 'Progressing',
    ),
  'networking.k8s.io/Ingress': (_object, _spec, status) =>
    say(objects(at(status, 'loadBalancer')['ingress']).length > 0 ? 'Healthy' : 'Progressing'),
};

/** As Argo CD judges what is built into Kubernetes (gitops-engine, pkg/health). Undefined for kinds without a health. */
export function healthOf(object: KubeObject): Health | undefined {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  if (deletionTimestamp !== undefined && !finalizers.includes(hookFinalizer)) {
    return say('Progressing', 'Pending deletion');
  }
  return judges[kindKey(object)]?.(object, at(object, 'spec'), at(object, 'status'));
}

export function hasHealth(object: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return kindKey(object) in judges;
}

function kindKey({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): string {
  return `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${kind}`;
}

function conditionsOf(status: Readonly<Fields>): readonly Fields[] {
  return objects(status['conditions']);
}

const rollout = 'Waiting for rollout to finish:';

function deployment(object: KubeObject, spec: Readonly<Fields>, status: Readonly<Fields>): Health {
  if (spec['paused'] === true) return say('Suspended', 'Deployment is paused');
  if ((object.metadata.generation ?? 0) > number(status, 'observedGeneration')) {
    return say('Progressing', `${rollout} observed deployment generation less than desired generation`);
  }
  const progress = conditionsOf(status).find(({ type }) => type === 'Progressing');
  if (progress?.['reason'] === 'ProgressDeadlineExceeded') {
    return say('Degraded', `Deployment ${JSON.stringify(object.metadata.name)} exceeded its progress deadline`);
  }
  const [wanted, updated] = [numberAt(spec, 'replicas'), number(status, 'updatedReplicas')];
  if (wanted !== undefined && updated < wanted) {
    return say('Progressing', `${rollout} ${updated} out of ${wanted} new replicas have been updated...`);
  }
  const old = number(status, 'replicas') - updated;
  if (old > 0) return say('Progressing', `${rollout} ${old} old replicas are pending termination...`);
  const available = number(status, 'availableReplicas');
  return available < updated
    ? say('Progressing', `${rollout} ${available} of ${updated} updated replicas are available...`)
    : say('Healthy');
}

function statefulSet(object: KubeObject, spec: Readonly<Fields>, status: Readonly<Fields>): Health {
  const observed = number(status, 'observedGeneration');
  if (observed === 0 || (object.metadata.generation ?? 0) > observed) {
    return say('Progressing', 'Waiting for statefulset spec update to be observed...');
  }
  const [wanted, ready] = [numberAt(spec, 'replicas'), number(status, 'readyReplicas')];
  if (wanted !== undefined && ready < wanted) {
    return say('Progressing', `Waiting for ${wanted - ready} pods to be ready...`);
  }
  const strategy = at(spec, 'updateStrategy');
  if (strategy['type'] === 'OnDelete') return say('Healthy', `statefulset has ${ready} ready pods`);
  const [updated, revision] = [number(status, 'updatedReplicas'), text(status['updateRevision']) ?? ''];
  const partition = numberAt(at(strategy, 'rollingUpdate'), 'partition') ?? 0;
  if (partition > 0 && wanted !== undefined) {
    return updated < wanted - partition
      ? say(
          'Progressing',
          `Waiting for partitioned roll out to finish: ${updated} out of ${wanted - partition} new pods have been updated...`,
        )
      : say('Healthy', `partitioned roll out complete: ${updated} new pods have been updated...`);
  }
  return revision === status['currentRevision']
    ? say(
        'Healthy',
        `statefulset rolling update complete ${number(status, 'currentReplicas')} pods at revision ${revision}...`,
      )
    : say(
        'Progressing',
        `waiting for statefulset rolling update to complete ${updated} pods at revision ${revision}...`,
      );
}

function daemonSet(object: KubeObject, spec: Readonly<Fields>, status: Readonly<Fields>): Health {
  if ((object.metadata.generation ?? 0) > number(status, 'observedGeneration')) {
    return say('Progressing', `${rollout} observed daemon set generation less than desired generation`);
  }
  const [wanted, updated] = [number(status, 'desiredNumberScheduled'), number(status, 'updatedNumberScheduled')];
  const available = number(status, 'numberAvailable');
  if (at(spec, 'updateStrategy')['type'] === 'OnDelete') {
    return say('Healthy', `daemon set ${updated} out of ${wanted} new pods have been updated`);
  }
  if (updated < wanted)
    return say('Progressing', `${rollout} ${updated} out of ${wanted} new pods have been updated...`);
  return available < wanted
    ? say('Progressing', `${rollout} ${available} of ${wanted} updated pods are available...`)
    : say('Healthy');
}

function replicaSet(object: KubeObject, spec: Readonly<Fields>, status: Readonly<Fields>): Health {
  if ((object.metadata.generation ?? 0) > number(status, 'observedGeneration')) {
    return say('Progressing', `${rollout} observed replica set generation less than desired generation`);
  }
  const failure = conditionsOf(status).find(({ type, status: is }) => type === 'ReplicaFailure' && is === 'True');
  if (failure !== undefined) return say('Degraded', text(failure['message']));
  const [wanted, available] = [numberAt(spec, 'replicas'), number(status, 'availableReplicas')];
  return wanted !== undefined && available < wanted
    ? say('Progressing', `${rollout} ${available} out of ${wanted} new replicas are available...`)
    : say('Healthy');
}

function job(_object: KubeObject, _spec: Readonly<Fields>, status: Readonly<Fields>): Health {
  const find = (type: string) => conditionsOf(status).find(one => one['type'] === type);
  const [failed, complete, suspended] = [find('Failed'), find('Complete'), find('Suspended')];
  if (failed !== undefined) return say('Degraded', text(failed['message']));
  if (suspended?.['status'] === 'True') return say('Suspended');
  return complete === undefined && suspended === undefined
    ? say('Progressing')
    : say('Healthy', text((complete ?? suspended)?.['message']));
}

function pod(object: KubeObject, spec: Readonly<Fields>, status: Readonly<Fields>): Health {
  const message = text(status['message']) ?? '';
  const containers = objects(status['containerStatuses']);
  const staysUp = spec['restartPolicy'] === 'Always';
  const waiting = containers
    .map(one => at(one, 'state', 'waiting'))
    .filter(({ reason }) => /^Err|Error$|BackOff$/.test(text(reason) ?? ''));
  if (staysUp && waiting.length > 0) return say('Degraded', waiting.map(one => text(one['message']) ?? '').join(', '));
  switch (status['phase']) {
    case 'Pending':
      return say('Progressing', message);
    case 'Succeeded':
      return say('Healthy', message);
    case 'Failed': {
      const all = [...objects(status['initContainerStatuses']), ...containers];
      return say('Degraded', message === '' ? (all.map(failureOf).find(one => one !== '') ?? '') : message);
    }
    case 'Running': {
      if (!staysUp) return say('Progressing', message);
      const isReady = conditionsOf(status).some(one => one['type'] === 'Ready' && one['status'] === 'True');
      if (isReady) return say('Healthy', message);
      const hasEnded = containers.some(one => at(one, 'lastState')['terminated'] !== undefined);
      return say(hasEnded ? 'Degraded' : 'Progressing', message);
    }
    default:
      return say('Unknown', `${object.metadata.name}: ${message}`);
  }
}

function failureOf(container: Readonly<Fields>): string {
  const ended = at(container, 'state', 'terminated');
  const message = text(ended['message']) ?? '';
  if (message !== '') return message;
  if (ended['reason'] === 'OOMKilled') return 'OOMKilled';
  const code = numberAt(ended, 'exitCode') ?? 0;
  return code === 0 ? '' : `container ${JSON.stringify(container['name'])} failed with exit code ${code}`;
}

function number(holder: Readonly<Fields>, key: string): number {
  return numberAt(holder, key) ?? 0;
}

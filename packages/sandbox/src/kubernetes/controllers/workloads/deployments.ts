import type { Cluster } from '../../cluster.ts';
import {
  at,
  copyOf,
  type Fields,
  type KubeObject,
  numberAt,
  ownerReferenceTo,
  stringMap,
  text,
} from '../../objects.ts';
import { recordEvent } from '../../writes/event.ts';
import { type Controller, type ControllerContext, keyOf, ownerKeys, placeOf } from '../controller.ts';
import { change, conditionOf, create, remove, setStatus, withCondition } from '../keep.ts';
import { livePods, owned, portion, templateHash } from './pods.ts';
import { replicaSetKey } from './replica-sets.ts';

export const deploymentKey = 'deployments.apps';
const name = 'deployment-controller';
const revisionNote = 'deployment.kubernetes.io/revision';

/** Rolls templates out over replica sets, within what the strategy allows. */
export function deployments(cluster: Cluster): Controller {
  return {
    name,
    keysFor: one => {
      if (one.key === deploymentKey && one.kind !== 'DELETED') return [keyOf(one.object)];
      if (one.key === replicaSetKey) return ownerKeys(one, 'Deployment');
      if (one.key !== 'pods') return [];
      // Recreate waits until the last old pod is gone.
      return ownerKeys(one, 'ReplicaSet').flatMap(key => {
        const set = cluster.store.get(replicaSetKey, ...placeOf(key));
        const owner = set?.metadata.ownerReferences?.find(reference => reference.kind === 'Deployment');
        return owner === undefined ? [] : [`${set?.metadata.namespace ?? ''}/${owner.name}`];
      });
    },
    reconcile: (key, context) => {
      const place = placeOf(key);
      const deployment = cluster.store.get(deploymentKey, ...place);
      if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return;
      const sets = owned(cluster, replicaSetKey, deployment);
      if (at(deployment, 'spec')['paused'] === true)
        return report(deployment, nameOfSet(deployment), keyOf(deployment), context);
      const current = currentSet(cluster, deployment, sets);
      rollOut(cluster, deployment, current);
      const latest = cluster.store.get(deploymentKey, ...place) ?? deployment;
      report(latest, current.metadata.name, keyOf(latest), context);
      forget(cluster, latest);
    },
  };
}

const specReplicas = (set: KubeObject) => numberAt(set['spec'], 'replicas') ?? 0;
/** A set that was just told to shrink has not said yet what is left of it. */
const available = (set: KubeObject) => Math.min(numberAt(set['status'], 'availableReplicas') ?? 0, specReplicas(set));

function nameOfSet(deployment: KubeObject): string {
  return `${deployment.metadata.name}-${templateHash(at(deployment, 'spec', 'template'))}`;
}

/** The replica set of the template as it stands; made when there is none. */
function currentSet(cluster: Cluster, deployment: KubeObject, sets: readonly KubeObject[]): KubeObject {
  const template = at(deployment, 'spec', 'template');
  const hash = templateHash(template);
  const setName = nameOfSet(deployment);
  const revisions = sets.map(set => Number(set.metadata.annotations?.[revisionNote] ?? 0));
  const newest = Math.max(0, ...revisions);
  const found = sets.find(set => set.metadata.name === setName);
  const foundRevision = Number(found?.metadata.annotations?.[revisionNote] ?? 0);
  const revision = found !== undefined && foundRevision === newest ? newest : newest + 1;
  if (deployment.metadata.annotations?.[revisionNote] !== String(revision)) {
    change(cluster, deploymentKey, deployment, object => {
      object.metadata.annotations = { ...object.metadata.annotations, [revisionNote]: String(revision) };
    });
  }
  if (found !== undefined) {
    if (foundRevision === revision) return found;
    return change(cluster, replicaSetKey, found, object => {
      object.metadata.annotations = { ...object.metadata.annotations, [revisionNote]: String(revision) };
    });
  }
  const labels = { ...stringMap(at(template, 'metadata')['labels']), 'pod-template-hash': hash };
  const selector = at(deployment, 'spec', 'selector');
  return create(cluster, replicaSetKey, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: setName,
      namespace: deployment.metadata.namespace ?? '',
      labels,
      annotations: { [revisionNote]: String(revision) },
      ownerReferences: [ownerReferenceTo(deployment)],
    },
    spec: {
      replicas: 0,
      selector: {
        ...copyOf(selector),
        matchLabels: { ...stringMap(selector['matchLabels']), 'pod-template-hash': hash },
      },
      template: { ...copyOf(template), metadata: { ...copyOf(at(template, 'metadata')), labels } },
    },
  });
}

function scaleTo(cluster: Cluster, deployment: KubeObject, set: KubeObject, replicas: number): void {
  const before = specReplicas(set);
  if (before === replicas) return;
  change(cluster, replicaSetKey, set, object => {
    object['spec'] = { ...at(object, 'spec'), replicas };
  });
  const verb = replicas > before ? 'up' : 'down';
  const words = `Scaled ${verb} replica set ${set.metadata.name} from ${before} to ${replicas}`;
  recordEvent(cluster, deployment, 'Normal', 'ScalingReplicaSet', words, name);
}

function rollOut(cluster: Cluster, deployment: KubeObject, current: KubeObject): void {
  const spec = at(deployment, 'spec');
  const wanted = numberAt(spec, 'replicas') ?? 1;
  const others = owned(cluster, replicaSetKey, deployment).filter(set => set.metadata.uid !== current.metadata.uid);
  if (at(spec, 'strategy')['type'] === 'Recreate') {
    for (const set of others) scaleTo(cluster, deployment, set, 0);
    const isClear = others.every(set => owned(cluster, 'pods', set).length === 0);
    if (isClear) scaleTo(cluster, deployment, current, wanted);
    return;
  }
  const { surge, unavailable } = bounds(spec, wanted);
  const total = [current, ...others].reduce((sum, set) => sum + specReplicas(set), 0);
  const growth = Math.min(wanted - specReplicas(current), wanted + surge - total);
  if (specReplicas(current) > wanted) scaleTo(cluster, deployment, current, wanted);
  else if (growth > 0) scaleTo(cluster, deployment, current, specReplicas(current) + growth);
  shrink(cluster, deployment, others, wanted - unavailable);
}

function bounds(spec: Readonly<Fields>, wanted: number): { readonly surge: number; readonly unavailable: number } {
  const rolling = at(spec, 'strategy', 'rollingUpdate');
  const surge = portion(rolling['maxSurge'], wanted, 'up');
  const unavailable = portion(rolling['maxUnavailable'], wanted, 'down');
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

/** Takes old pods away as long as enough of all stay available; those that are not available may go first. */
function shrink(cluster: Cluster, deployment: KubeObject, others: readonly KubeObject[], least: number): void {
  const all = owned(cluster, replicaSetKey, deployment);
  const totalAvailable = all.reduce((sum, set) => sum + available(set), 0);
  let spare = totalAvailable - least;
  for (const set of others) {
    const idle = Math.max(0, specReplicas(set) - available(set));
    const removable = Math.min(available(set), Math.max(0, spare));
    spare -= removable;
    scaleTo(cluster, deployment, set, Math.max(0, specReplicas(set) - idle - removable));
  }
}

function report(
  deployment: KubeObject,
  currentName: string,
  key: string,
  { cluster, later, isRipe }: ControllerContext,
): void {
  const spec = at(deployment, 'spec');
  const wanted = numberAt(spec, 'replicas') ?? 1;
  const sets = owned(cluster, replicaSetKey, deployment);
  const current = sets.find(set => set.metadata.name === currentName);
  const sum = (of: (set: KubeObject) => number) => sets.reduce((total, set) => total + of(set), 0);
  const replicas = sum(set => livePods(cluster, set).length);
  const updated = current === undefined ? 0 : livePods(cluster, current).length;
  const ready = sum(set => numberAt(set['status'], 'readyReplicas') ?? 0);
  const availableReplicas = sum(available);
  const isComplete = updated === wanted && replicas === wanted && availableReplicas === wanted;
  const generation = deployment.metadata.generation ?? 1;
  const deadline = `${key}/${deployment.metadata.uid}/${generation}`;
  const isLate =
    !isComplete &&
    (isRipe(deadline) || conditionOf(deployment, 'Progressing')?.['reason'] === 'ProgressDeadlineExceeded');
  if (!isComplete && !isLate) later((numberAt(spec, 'progressDeadlineSeconds') ?? 600) * 1000, deadline);
  const isAvailable = availableReplicas >= wanted - bounds(spec, wanted).unavailable;
  const before = at(deployment, 'status')['conditions'];
  const now = cluster.clock.now();
  const conditions = withCondition(
    withCondition(before, isAvailable ? minimum.there : minimum.missing, now),
    progress(currentName, isComplete, isLate && numberAt(deployment['status'], 'observedGeneration') === generation),
    now,
  );
  const missing = Math.max(0, wanted - availableReplicas);
  setStatus(cluster, deploymentKey, deployment, {
    observedGeneration: generation,
    conditions,
    ...positive({
      replicas,
      updatedReplicas: updated,
      readyReplicas: ready,
      availableReplicas,
      unavailableReplicas: missing,
    }),
  });
}

/** Counts of zero are left out, as Kubernetes does. */
export function positive(counts: Readonly<Record<string, number>>): Fields {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

const minimum = {
  there: {
    type: 'Available',
    status: 'True',
    reason: 'MinimumReplicasAvailable',
    message: 'Deployment has minimum availability.',
  },
  missing: {
    type: 'Available',
    status: 'False',
    reason: 'MinimumReplicasUnavailable',
    message: 'Deployment does not have minimum availability.',
  },
} as const;

function progress(set: string, isComplete: boolean, isLate: boolean) {
  const type = 'Progressing';
  const quoted = `ReplicaSet ${JSON.stringify(set)}`;
  if (isComplete) {
    return {
      type,
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `${quoted} has successfully progressed.`,
    } as const;
  }
  if (isLate)
    return {
      type,
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `${quoted} has timed out progressing.`,
    } as const;
  return { type, status: 'True', reason: 'ReplicaSetUpdated', message: `${quoted} is progressing.` } as const;
}

/** Old replica sets without pods are kept up to the limit, newest first. */
function forget(cluster: Cluster, deployment: KubeObject): void {
  const limit = numberAt(deployment['spec'], 'revisionHistoryLimit') ?? 10;
  const revision = (set: KubeObject) => Number(text(set.metadata.annotations?.[revisionNote]) ?? 0);
  const idle = owned(cluster, replicaSetKey, deployment)
    .filter(set => specReplicas(set) === 0 && (numberAt(set['status'], 'replicas') ?? 0) === 0)
    .filter(set => revision(set) !== Number(deployment.metadata.annotations?.[revisionNote] ?? 0))
    .sort((one, other) => revision(other) - revision(one));
  for (const set of idle.slice(limit)) remove(cluster, replicaSetKey, set);
}

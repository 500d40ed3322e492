import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '@suite/foundation';
import { groupOf, type KubernetesObject } from '@suite/kubernetes';

/** Something rendered that makes pods. */
export interface Workload {
  readonly object: KubernetesObject;
  readonly kind: string;
  /** What the pods look like. */
  readonly labels: JsonObject;
  readonly annotations: JsonObject;
  readonly spec: JsonObject;
  /** How many there are at once; of a DaemonSet 1 for each node. */
  readonly replicas: number;
}

/** Every workload among the objects; tests of charts are left out, since nothing but a person runs them. */
export function workloadsOf(objects: readonly KubernetesObject[]): Workload[] {
  const autoscaled = autoscalersOf(objects);
  return objects.flatMap(object => {
    const template = templateOf(object);
    if (template === undefined || isChartTest(object)) return [];
    const { labels, annotations } = asObject(template['metadata']);
    return [
      {
        object,
        kind: object.kind,
        labels: asObject(labels),
        annotations: asObject(annotations),
        spec: asObject(template['spec']),
        replicas: autoscaled.get(keyOf(object.kind, object)) ?? replicasOf(object),
      },
    ];
  });
}

function templateOf(object: KubernetesObject): JsonObject | undefined {
  const spec = asObject(object['spec']);
  switch (`${groupOf(object.apiVersion)}/${object.kind}`) {
    case '/Pod':
      return { metadata: object.metadata, spec };
    case 'batch/CronJob':
      return asObject(asObject(asObject(spec['jobTemplate'])['spec'])['template']);
    case 'apps/DaemonSet':
    case 'apps/Deployment':
    case 'apps/ReplicaSet':
    case 'apps/StatefulSet':
    case 'batch/Job':
      return asObject(spec['template']);
    default:
      return undefined;
  }
}

function isChartTest({ metadata }: KubernetesObject): boolean {
  return /(?:^|,)\s*test(?:-success|-failure)?\s*(?:,|$)/.test(metadata.annotations?.['helm.sh/hook'] ?? '');
}

function replicasOf({ kind, ...object }: KubernetesObject): number {
  const spec = asObject(object['spec']);
  if (kind === 'Job') return asNumber(spec['parallelism']) ?? 1;
  return asNumber(spec['replicas']) ?? 1;
}

/** The least that an autoscaler keeps, by what it scales. */
function autoscalersOf(objects: readonly KubernetesObject[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const object of objects) {
    if (object.kind !== 'HorizontalPodAutoscaler') continue;
    const { scaleTargetRef, minReplicas } = asObject(object['spec']);
    const { kind, name } = asObject(scaleTargetRef);
    const target = { metadata: { ...object.metadata, name: String(name) } };
    found.set(keyOf(String(kind), target), asNumber(minReplicas) ?? 1);
  }
  return found;
}

function keyOf(kind: string, { metadata }: Pick<KubernetesObject, 'metadata'>): string {
  return [kind, metadata.namespace ?? '', metadata.name].join('\n');
}

export interface Container extends JsonObject {
  readonly name: string;
}

/** Containers that run all the time: those proper, and sidecars among the init containers. */
export function runningContainers(spec: JsonObject): Container[] {
  return [...list(spec['containers']), ...initContainers(spec).filter(isSidecar)];
}

export function initContainers(spec: JsonObject): Container[] {
  return list(spec['initContainers']);
}

/** In the order in which pod security visits them. */
export function allContainers(spec: JsonObject): Container[] {
  return [...initContainers(spec), ...list(spec['containers']), ...list(spec['ephemeralContainers'])];
}

/** An init container that goes on running beside the others. */
export function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

function list(value: unknown): Container[] {
  return asArray(value)
    .filter(isObject)
    .map(container => ({ ...container, name: asString(container['name']) ?? '' }));
}

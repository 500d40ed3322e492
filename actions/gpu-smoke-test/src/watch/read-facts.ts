import { asArray, asNumber, asObject, asString, printable, shorten } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { parse } from 'yaml';
import { gpuResource } from '../labels.ts';
import type { EventFacts, HolderFacts, JobFacts, NodeFacts, PodFacts, ScalerGroup } from './facts.ts';

/** Objects of a cluster in the words of facts. Whatever is not as expected is absent, never guessed. */

export function readJob(job: KubernetesObject | undefined): JobFacts {
  // The controller says why it will fail a Job before it deletes its pods, and that it has failed afterwards.
  const failed = conditionsOf(job).find(
    ({ type, status }) => (type === 'Failed' || type === 'FailureTarget') && status === 'True',
  );
  return {
    exists: job !== undefined && job.metadata.deletionTimestamp === undefined,
    failed: failed === undefined ? undefined : { reason: failed.reason, message: failed.message },
  };
}

/** The newest of a Job's pods. */
export function newestPod(pods: Iterable<KubernetesObject>): PodFacts | undefined {
  const [newest] = [...pods].sort((left, right) => createdOf(right).localeCompare(createdOf(left)));
  return newest === undefined ? undefined : readPod(newest);
}

function readPod(pod: KubernetesObject): PodFacts {
  const status = asObject(pod['status']);
  const state = asObject(asObject(asArray(status['containerStatuses'])[0])['state']);
  const [waiting, ended] = [state['waiting'], state['terminated']].map(asObject);
  const conditions = conditionsOf(pod);
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  const disrupted = conditions.find(({ type, status: is }) => type === 'DisruptionTarget' && is === 'True');
  const exitCode = asNumber(ended?.['exitCode']);
  const why = asString(waiting?.['reason']);
  return {
    name: pod.metadata.name,
    phase: asString(status['phase']) ?? 'Pending',
    node: asString(asObject(pod['spec'])['nodeName']),
    unschedulable: scheduled?.status === 'False' ? scheduled.message : undefined,
    disruption: disrupted === undefined ? undefined : `${disrupted.reason}: ${disrupted.message}`,
    isDeleted: pod.metadata.deletionTimestamp !== undefined,
    reason: asString(status['reason']),
    message: asString(status['message']),
    waiting: why === undefined ? undefined : { reason: why, message: words(waiting?.['message']) },
    isRunning: state['running'] !== undefined,
    ended:
      exitCode === undefined
        ? undefined
        : { exitCode, reason: asString(ended?.['reason']) ?? '', message: words(ended?.['message']) },
  };
}

export function readEvent(event: KubernetesObject): EventFacts {
  const series = asObject(event['series']);
  const times = [series['lastObservedTime'], event['lastTimestamp'], event['eventTime'], event['firstTimestamp']];
  const last = times.map(time => Date.parse(asString(time) ?? '')).find(time => !Number.isNaN(time));
  return {
    reason: asString(event['reason']) ?? '',
    message: words(event['message']),
    isWarning: event['type'] === 'Warning',
    at: last,
  };
}

/** The pods and Jobs that an event is about: `Pod/name`. */
export function subjectOf(event: KubernetesObject): string {
  const { kind, name } = asObject(event['involvedObject']);
  return `${asString(kind) ?? ''}/${asString(name) ?? ''}`;
}

/** AKS sets both labels on every node of a pool. */
export function isOfPool(node: KubernetesObject, pool: string): boolean {
  const { labels = {} } = node.metadata;
  return (labels['kubernetes.azure.com/agentpool'] ?? labels['agentpool']) === pool;
}

export function readNode(node: KubernetesObject): NodeFacts {
  const { spec, status } = { spec: asObject(node['spec']), status: asObject(node['status']) };
  const conditions = conditionsOf(node);
  const ready = conditions.find(({ type }) => type === 'Ready');
  return {
    name: node.metadata.name,
    isReady: ready?.status === 'True',
    readiness: ready === undefined ? 'it has reported nothing yet' : `${ready.reason}: ${ready.message}`,
    isCordoned: spec['unschedulable'] === true,
    labels: node.metadata.labels ?? {},
    capacity: gpusOf(status['capacity']),
    allocatable: gpusOf(status['allocatable']),
    slices: Object.entries(asObject(status['allocatable']))
      .filter(([name, amount]) => name.startsWith('nvidia.com/mig-') && amount !== '0')
      .map(([name]) => name)
      .sort(),
    taints: asArray(spec['taints'])
      .map(asObject)
      .map(({ key, value, effect }) => `${asString(key) ?? ''}=${asString(value) ?? ''}:${asString(effect) ?? ''}`),
    problems: conditions
      .filter(({ type, status: is }) => type !== 'Ready' && is === 'True')
      .map(({ type, message }) => ({ type, message })),
    reported: conditions.map(({ type }) => type),
  };
}

/** GPUs that a pod holds of its node: those that it asks for, until it has ended. */
export function readHolder(pod: KubernetesObject): HolderFacts | undefined {
  const { containers, nodeName } = asObject(pod['spec']);
  const phase = asString(asObject(pod['status'])['phase']);
  const gpus = asArray(containers)
    .map(container => gpusOf(asObject(asObject(container)['resources'])['limits']))
    .reduce((sum, each) => sum + each, 0);
  if (gpus === 0 || phase === 'Succeeded' || phase === 'Failed') return undefined;
  return { pod: `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`, node: asString(nodeName) ?? '', gpus };
}

/** Whether a scale set belongs to a pool: AKS names them `aks-<pool>-<number>-vmss`. */
export function isGroupOf(group: string, pool: string): boolean {
  return new RegExp(`(?:^|[^a-z0-9])aks-${pool}-\\d+-vmss`, 'i').test(group);
}

/**
 * The autoscaler's status of the pool's scale sets. Since 1.30 it is YAML (clusterstate/api/types.go, ClusterAutoscalerStatus);
 * before it was text for people, of which the status of a scale-up alone is read. Undefined where it is neither.
 */
export function readScaler(map: KubernetesObject | undefined, pool: string): readonly ScalerGroup[] | undefined {
  const text = asString(asObject(map?.['data'])['status']);
  if (text === undefined) return undefined;
  return (readYaml(text) ?? readLegacy(text))?.filter(({ name }) => isGroupOf(name, pool));
}

function readYaml(text: string): readonly ScalerGroup[] | undefined {
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    return undefined;
  }
  const status = asObject(document);
  if (status['autoscalerStatus'] === undefined) return undefined;
  return asArray(status['nodeGroups'])
    .map(asObject)
    .map(group => {
      const scaleUp = asObject(group['scaleUp']);
      const backoff = asObject(scaleUp['backoffInfo']);
      return {
        name: asString(group['name']) ?? '',
        scaleUp: asString(scaleUp['status']) ?? '',
        backoff:
          scaleUp['status'] === 'Backoff'
            ? { code: asString(backoff['errorCode']) ?? '', message: words(backoff['errorMessage']) }
            : undefined,
      };
    });
}

function readLegacy(text: string): readonly ScalerGroup[] | undefined {
  const [, groups] = text.split(/^NodeGroups:$/m);
  return groups?.split(/^\s+Name:\s+/m).flatMap(part => {
    const [, name = ''] = /^(\S+)/.exec(part) ?? [];
    const [, scaleUp = ''] = /^\s+ScaleUp:\s+(\w+)/m.exec(part) ?? [];
    if (name === '') return [];
    return [{ name, scaleUp, backoff: scaleUp === 'Backoff' ? { code: '', message: '' } : undefined }];
  });
}

function gpusOf(resources: unknown): number {
  const given = asObject(resources)[gpuResource];
  const number = typeof given === 'number' ? given : Number(asString(given) ?? 0);
  return Number.isSafeInteger(number) && number >= 0 ? number : 0;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

function conditionsOf(object: KubernetesObject | undefined): Condition[] {
  return asArray(asObject(object?.['status'])['conditions'])
    .map(asObject)
    .map(({ type, status, reason, message }) => ({
      type: asString(type) ?? '',
      status: asString(status) ?? '',
      reason: asString(reason) ?? '',
      message: words(message),
    }));
}

function createdOf({ metadata }: KubernetesObject): string {
  return asString(metadata['creationTimestamp']) ?? '';
}

/** A sentence of a cluster's, harmless and of bounded length. */
function words(value: unknown): string {
  return shorten(
    printable(asString(value) ?? '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
    600,
  );
}

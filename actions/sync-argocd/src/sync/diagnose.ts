import { type Application, type Cause, type ResourceKey, resourceTitle } from '@suite/argocd';
import { asArray, asObject, asString, printable, quote, shorten } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { isSelected, type PodTrouble, rolloutOf, troubleOf, workloadKinds } from '@suite/kubernetes/workloads';
import type { Evidence } from './plan.ts';
import type { WorkloadCluster } from './ports.ts';

/** Pods of an application that do not run. */
export interface Trouble {
  readonly namespace: string;
  readonly workload: string;
  readonly pod: PodTrouble | undefined;
  readonly message: string;
  readonly isLasting: boolean;
}

const mostEvents = 5;
const logLines = 15;
/** Clocks of the runner and of the cluster may differ by this much. */
const skewMs = 60_000;

/** What an application's workloads show. */
export interface Look {
  readonly trouble: Trouble | undefined;
  /** What the first of them that is not there waits for, where nothing is wrong: Argo CD itself keeps no health of single objects. */
  readonly waitsFor: string | undefined;
}

/** Looks for pods in trouble among an application's workloads and running hooks. Finds none rather than failing. */
export async function lookAtWorkloads(
  application: Application,
  cluster: WorkloadCluster,
  sinceMs: number,
): Promise<Look> {
  try {
    return await look(application, cluster, sinceMs);
  } catch {
    return { trouble: undefined, waitsFor: undefined };
  }
}

async function look(application: Application, cluster: WorkloadCluster, sinceMs: number): Promise<Look> {
  const workloads = workloadsOf(application);
  let waitsFor: string | undefined;
  for (const namespace of new Set(workloads.map(({ namespace: place }) => place))) {
    const named = workloads.filter(one => one.namespace === namespace);
    const kinds = [...new Set(named.map(({ kind }) => kind))];
    const [pods, ...lists] = await Promise.all([
      cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace }),
      ...kinds.map(kind => cluster.list({ apiVersion: workloadKinds[kind] ?? 'apps/v1', kind, namespace })),
    ]);
    const live = lists
      .flat()
      .filter(object => named.some(({ kind, name }) => kind === object.kind && name === object.metadata.name));
    const troubles = live.flatMap(workload => {
      const workloadTitle = resourceTitle({ kind: workload.kind, namespace, name: workload.metadata.name });
      const ofPods = (pods ?? [])
        .filter(pod => pod.metadata.deletionTimestamp === undefined && isSelected(pod, workload))
        .flatMap(pod => {
          const trouble = troubleOf(pod);
          return trouble === undefined ? [] : [podTrouble(workloadTitle, namespace, trouble)];
        });
      return [...ofPods, ...ownTrouble(workload, workloadTitle, namespace)];
    });
    const found = troubles.find(({ isLasting }) => isLasting) ?? troubles[0];
    if (found !== undefined) return { trouble: found, waitsFor: undefined };
    const refused = await refusedPods(namespace, named, cluster, sinceMs);
    if (refused !== undefined) return { trouble: refused, waitsFor: undefined };
    waitsFor ??= live.flatMap(workload => {
      const rollout = rolloutOf(workload);
      const title = resourceTitle({ kind: workload.kind, namespace, name: workload.metadata.name });
      return rollout.is === 'waiting' ? [`${title}: ${rollout.for}`] : [];
    })[0];
  }
  return { trouble: undefined, waitsFor };
}

function podTrouble(workload: string, namespace: string, trouble: PodTrouble): Trouble {
  const container = trouble.container === undefined ? '' : `, container ${trouble.container}`;
  return {
    namespace,
    workload,
    pod: trouble,
    message: `${workload}: pod ${trouble.pod}${container} does not run: ${trouble.reason}${trouble.message === '' ? '' : `: ${quote(trouble.message)}`}`,
    isLasting: trouble.isLasting,
  };
}

function ownTrouble(workload: KubernetesObject, title: string, namespace: string): Trouble[] {
  const rollout = rolloutOf(workload);
  if (rollout.is !== 'failed') return [];
  return [
    { namespace, workload: title, pod: undefined, message: `${title} failed: ${quote(rollout.why)}`, isLasting: true },
  ];
}

/** Pods that cannot even be made (a quota, pod security, a webhook) are told of in events alone. */
async function refusedPods(
  namespace: string,
  workloads: readonly WorkloadRef[],
  cluster: WorkloadCluster,
  sinceMs: number,
): Promise<Trouble | undefined> {
  const events = await cluster.list({ apiVersion: 'v1', kind: 'Event', namespace, fields: 'reason=FailedCreate' });
  for (const event of events) {
    if (Date.parse(timeOf(event)) < sinceMs - skewMs) continue;
    const about = asObject(event['involvedObject']);
    const [kind, name] = [asString(about['kind']) ?? '', asString(about['name']) ?? ''];
    // A Deployment's pods are made by its ReplicaSet, whose name begins with its.
    const of = workloads.find(
      one => (one.kind === kind && one.name === name) || (kind === 'ReplicaSet' && name.startsWith(`${one.name}-`)),
    );
    if (of === undefined) continue;
    const message = quote(asString(event['message']) ?? '');
    const title = resourceTitle(of);
    return {
      namespace,
      workload: title,
      pod: undefined,
      message: `${title}: its pods cannot be made: ${message}`,
      isLasting: true,
    };
  }
  return undefined;
}

interface WorkloadRef extends Omit<ResourceKey, 'namespace'> {
  readonly namespace: string;
}

/** Workloads of an application, and hooks of it that run. */
export function workloadsOf({ destination, status }: Application): readonly WorkloadRef[] {
  const hooks = (status.state?.resources ?? []).filter(({ hook, hookPhase }) => hook !== '' && hookPhase === 'Running');
  return [...status.resources.filter(({ isHook }) => !isHook), ...hooks]
    .filter(({ group, kind }) => workloadKinds[kind]?.startsWith(`${group}/`) === true)
    .map(({ group, kind, name, namespace }) => ({ group, kind, name, namespace: namespace ?? destination.namespace }));
}

/** What is said beside a failure. Says nothing rather than failing, and nothing where the cause says it all. */
export async function gatherEvidence(
  application: Application,
  cause: Cause,
  trouble: Trouble | undefined,
  sinceMs: number,
  cluster: WorkloadCluster,
): Promise<Evidence> {
  if (!['hook', 'health', 'pods', 'time', 'resource'].includes(cause.kind)) return { events: [], log: [] };
  const found = trouble ?? (await lookAtWorkloads(application, cluster, sinceMs)).trouble;
  const namespace = found?.namespace ?? cause.resource?.namespace ?? application.destination.namespace;
  const [events, log] = await Promise.all([
    recentWarnings(namespace, found?.pod?.pod, sinceMs - skewMs, cluster).catch(() => []),
    logOf(namespace, found?.pod, cause, cluster).catch(() => []),
  ]);
  return { events: isAboutImage(found?.pod) ? [] : events, log };
}

async function recentWarnings(
  namespace: string,
  pod: string | undefined,
  sinceMs: number,
  cluster: WorkloadCluster,
): Promise<string[]> {
  const events = await cluster.list({ apiVersion: 'v1', kind: 'Event', namespace, fields: 'type=Warning' });
  const lines = events
    .filter(event => pod === undefined || asObject(event['involvedObject'])['name'] === pod)
    .filter(event => Date.parse(timeOf(event)) >= sinceMs)
    .sort((one, other) => timeOf(other).localeCompare(timeOf(one)))
    .map(event => {
      const about = asObject(event['involvedObject']);
      const text = (value: unknown) => asString(value) ?? '';
      const who = `${text(about['kind'])} ${namespace}/${text(about['name'])}`;
      return shown(`${who}: ${text(event['reason'])}: ${text(event['message'])}`);
    });
  return [...new Set(lines)].slice(0, mostEvents);
}

/** Of the container in trouble; of a hook's pod, which may be over. */
async function logOf(
  namespace: string,
  trouble: PodTrouble | undefined,
  cause: Cause,
  cluster: WorkloadCluster,
): Promise<readonly string[]> {
  // A container whose image was never pulled has printed nothing.
  if (isAboutImage(trouble)) return [];
  const place =
    trouble?.container === undefined
      ? await hookPod(namespace, cause, cluster)
      : { pod: trouble.pod, container: trouble.container };
  if (place === undefined) return [];
  const ref = { namespace, ...place };
  const text = (await cluster.logs(ref, logLines)) || (await cluster.logs({ ...ref, previous: true }, logLines)) || '';
  return text
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(-logLines)
    .map(shown);
}

async function hookPod(namespace: string, { resource }: Cause, cluster: WorkloadCluster) {
  if (resource?.kind !== 'Job' && resource?.kind !== 'Pod') return undefined;
  const pods =
    resource.kind === 'Pod'
      ? [await cluster.get({ apiVersion: 'v1', kind: 'Pod', namespace, name: resource.name })]
      : await cluster.list({
          apiVersion: 'v1',
          kind: 'Pod',
          namespace,
          labels: `batch.kubernetes.io/job-name=${resource.name}`,
        });
  for (const pod of pods) {
    const status = asObject(pod?.['status']);
    const containers = [...asArray(status['initContainerStatuses']), ...asArray(status['containerStatuses'])].map(
      asObject,
    );
    const failed = containers.find(({ state }) => {
      const ended = asObject(asObject(state)['terminated']);
      return Object.keys(ended).length > 0 && ended['exitCode'] !== 0;
    });
    const container = asString(failed?.['name']);
    if (pod !== undefined && container !== undefined) return { pod: pod.metadata.name, container };
  }
  return undefined;
}

function isAboutImage(trouble: PodTrouble | undefined): boolean {
  return trouble !== undefined && /Image/.test(trouble.reason);
}

function shown(line: string): string {
  return printable(shorten(line.replaceAll('\n', ' '), 300));
}

function timeOf(event: KubernetesObject): string {
  return (
    asString(event['lastTimestamp']) ??
    asString(event['eventTime']) ??
    asString(event.metadata['creationTimestamp']) ??
    ''
  );
}

import type { Answer, ClusterReader, LivePool, PreflightReader } from '@suite/azure';
import { asArray, asObject } from '@suite/foundation';
import { type Cluster, KubernetesFailure, type KubernetesObject } from '@suite/kubernetes';
import { quantityNumber } from '@suite/kubernetes/compare';
import { readNode, readScaler } from '../watch/read-facts.ts';
import type { Level } from '../workload/index.ts';
import type { FoundNamespace, ImageSight, NamespaceFacts, PlannedPool, PreflightFacts } from './facts.ts';
import { readDaemon } from './read-daemons.ts';
import { readLimits, readQuota } from './read-quota.ts';
import { unanswered } from './unanswered.ts';

export interface PreflightQuestion {
  readonly location: string;
  readonly level: Level;
  readonly pool: PlannedPool;
  /** With its digest. */
  readonly image: string;
  /** Host of the environment's registry, where images may come from there alone; undefined where they may come from anywhere. */
  readonly ownRegistry: string | undefined;
  readonly namespace: { readonly name: string; readonly isOwn: boolean };
  /** The Job and every further pod, as they would be made. */
  readonly job: KubernetesObject;
  readonly pods: readonly KubernetesObject[];
}

export interface PreflightPorts {
  /** Undefined where there is no cluster yet. */
  readonly cluster: Pick<Cluster, 'get' | 'list' | 'tryCreate'> | undefined;
  readonly azure: Pick<PreflightReader, 'sizes' | 'usages'>;
  /** Every pool of the cluster; undefined when there is no cluster. */
  pools(): Promise<Answer<readonly LivePool[] | undefined>>;
  image(reference: string): Promise<Answer<ImageSight | undefined>>;
}

/** Asks everybody at once; nothing is made. Whatever cannot be read is an unknown answer with its reason. */
export async function readPreflight(question: PreflightQuestion, ports: PreflightPorts): Promise<PreflightFacts> {
  const { pool, location, level, image, ownRegistry } = question;
  const { cluster, azure } = ports;
  const [pools, sizes, usages, sight, namespace, nodes, plugins, scaler] = await Promise.all([
    ports.pools(),
    azure.sizes(location, [pool.size]),
    azure.usages(location),
    ports.image(image),
    readNamespace(question, cluster),
    ask(cluster, async one => (await one.list({ apiVersion: 'v1', kind: 'Node' })).map(readNode)),
    ask(cluster, readDaemons),
    ask(cluster, async one => readScaler(await one.get(scalerStatus), pool.name)),
  ]);
  return {
    location,
    level,
    pool,
    pools,
    size: sizes.known ? { known: true, value: sizes.value[0] } : sizes,
    usages,
    image: { reference: image, sight, ownRegistry },
    namespace,
    nodes,
    plugins,
    scaler,
    test: testOf(question),
  };
}

const scalerStatus = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: 'cluster-autoscaler-status',
  namespace: 'kube-system',
};

/** The pools of a cluster as ARM shows them. */
export async function readPools(
  reader: ClusterReader,
  resourceGroup: string,
  name: string,
): Promise<Answer<readonly LivePool[] | undefined>> {
  try {
    return { known: true, value: (await reader.read(resourceGroup, name))?.pools };
  } catch (error) {
    return unanswered(error);
  }
}

async function ask<C, T>(cluster: C | undefined, question: (cluster: C) => Promise<T>): Promise<Answer<T>> {
  if (cluster === undefined) return { known: false, why: 'There is no cluster yet.' };
  try {
    return { known: true, value: await question(cluster) };
  } catch (error) {
    return unanswered(error);
  }
}

async function readNamespace(
  { namespace, job, pods }: PreflightQuestion,
  cluster: PreflightPorts['cluster'],
): Promise<NamespaceFacts> {
  const { name } = namespace;
  const found = await ask(cluster, one => one.get({ apiVersion: 'v1', kind: 'Namespace', name, namespace: undefined }));
  const absent = { ...namespace, found: { known: true, value: undefined } } as const;
  if (!found.known) return { ...namespace, found };
  if (found.value === undefined) return absent;
  const isGoing = found.value.metadata.deletionTimestamp !== undefined;
  // The sweep just before deletes it and does not wait: whoever makes the test does.
  if (namespace.isOwn && isGoing) return absent;
  const list = (kind: string) => (one: Pick<Cluster, 'list'>) => one.list({ apiVersion: 'v1', kind, namespace: name });
  const [quotas, limits, refusal] = await Promise.all([
    ask(cluster, async one => (await list('ResourceQuota')(one)).flatMap(readQuota)),
    ask(cluster, async one => (await list('LimitRange')(one)).flatMap(readLimits)),
    ask(cluster, one => refusalOf(job, pods, one)),
  ]);
  // Another test has ended in between and taken it along.
  if (namespace.isOwn && refusal.known && /being terminated/.test(refusal.value ?? '')) return absent;
  const enforces = found.value.metadata.labels?.['pod-security.kubernetes.io/enforce'];
  const seen: FoundNamespace = { isGoing, enforces, quotas, limits, refusal };
  return { ...namespace, found: { known: true, value: seen } };
}

/**
 * Lets the API server judge what the test would make, its pod above all: pod security judges pods, and only warns about Jobs. Rejects
 * when the answer says nothing about the objects: a right is missing, or nobody answered.
 */
async function refusalOf(
  job: KubernetesObject,
  pods: readonly KubernetesObject[],
  cluster: Pick<Cluster, 'tryCreate'>,
): Promise<string | undefined> {
  const { metadata, spec } = asObject(asObject(job['spec'])['template']) as { metadata?: object; spec?: object };
  const { name, namespace } = job.metadata;
  const pod: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name, ...(namespace === undefined ? {} : { namespace }) },
    spec,
  };
  for (const object of [job, pod, ...pods]) {
    try {
      await cluster.tryCreate(object);
    } catch (error) {
      if (error instanceof KubernetesFailure && isAboutObject(error))
        return error.problems[0]?.message ?? error.message;
      throw error;
    }
  }
  return undefined;
}

/** Admission answers 403 as authorization does, which names the user: `jobs.batch is forbidden: User "x" cannot create …`. */
function isAboutObject({ kind, message }: KubernetesFailure): boolean {
  return kind === 'refused' || kind === 'invalid' || (kind === 'forbidden' && !/is forbidden: user "/i.test(message));
}

async function readDaemons(cluster: Pick<Cluster, 'list'>) {
  const [daemons, deployments] = await Promise.all([
    cluster.list({ apiVersion: 'apps/v1', kind: 'DaemonSet' }),
    // On the Deployment itself; `app` is a label of its pods alone.
    cluster.list({ apiVersion: 'apps/v1', kind: 'Deployment', labels: 'app.kubernetes.io/component=gpu-operator' }),
  ]);
  return [...daemons, ...deployments].flatMap(readDaemon);
}

function testOf({ job, pods }: PreflightQuestion): PreflightFacts['test'] {
  const specs = [
    asObject(asObject(asObject(job['spec'])['template'])['spec']),
    ...pods.map(pod => asObject(pod['spec'])),
  ];
  const containers = specs.flatMap(spec => asArray(spec['containers']).map(asObject));
  const demands = containers.map(({ resources }) => {
    const limits = asObject(asObject(resources)['limits']);
    return {
      cpu: quantityNumber(limits['cpu']),
      memory: quantityNumber(limits['memory']),
      gpus: quantityNumber(limits['nvidia.com/gpu']),
    };
  });
  const over = (choose: (values: readonly number[]) => number) => ({
    cpu: choose(demands.map(({ cpu }) => cpu)),
    memory: choose(demands.map(({ memory }) => memory)),
    gpus: choose(demands.map(({ gpus }) => gpus)),
  });
  return {
    tolerations: asArray(specs[0]?.['tolerations']).map(asObject),
    pods: specs.length,
    container: over(values => Math.max(0, ...values)),
    total: over(values => values.reduce((sum, value) => sum + value, 0)),
  };
}

import type { Log } from '@suite/action-kit';
import { type Clock, duration, longestSilenceMs } from '@suite/foundation';
import type { Cluster, KubernetesObject } from '@suite/kubernetes';
import type { Finding } from '../verdict.ts';
import { awaited, typical } from './budgets.ts';
import type { Facts, HolderFacts, PodFacts } from './facts.ts';
import { judge } from './judge.ts';
import { advance, beginning, type Progress, type Watched } from './phases.ts';
import {
  isGroupOf,
  isOfPool,
  newestPod,
  readEvent,
  readHolder,
  readJob,
  readNode,
  readScaler,
  subjectOf,
} from './read-facts.ts';

export interface WatchPorts {
  readonly cluster: Pick<Cluster, 'follow' | 'list'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info'>;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
}

export interface WatchedTest extends Watched {
  readonly namespace: string;
  readonly job: string;
  readonly driver: 'Install' | 'None';
}

export interface Watching {
  readonly progress: Progress;
  readonly facts: Facts;
  /** How the container ended, or why it was not waited for any longer. */
  readonly end:
    | { readonly kind: 'ended'; readonly pod: PodFacts }
    | { readonly kind: 'given-up'; readonly finding: Finding };
}

/** Often enough that a budget is kept to within seconds; nothing is asked of the cluster for it. */
const tickMs = 2000;
/** Who else holds GPUs is asked, not watched. */
const lookEveryMs = 20_000;
/** Clocks of runners and clusters differ. */
const skewMs = 30_000;

/**
 * Follows one test until its container has ended or its verdict is clear: from watches on the Job, its pods, events, nodes and the
 * autoscaler's status. Rejects with the signal's reason when that is aborted, and with a KubernetesFailure when the cluster cannot be watched.
 */
export async function watchTest(test: WatchedTest, ports: WatchPorts): Promise<Watching> {
  const { cluster, clock, log, signal } = ports;
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const seen = emptySight();
  let progress = beginning(test);
  let ending: Watching | undefined;

  const look = (): boolean => {
    if (ending !== undefined) return true;
    const facts = factsOf(seen, test);
    const before = progress.current;
    progress = advance(progress, facts, test, clock.now());
    if (progress.current !== before && progress.current !== 'done') {
      log.info(`${test.pool}: ${awaited[progress.current]} (${typical[progress.current]})`);
    }
    const finding = judge(progress, facts, test, clock.now());
    if (finding !== undefined) ending = { progress, facts, end: { kind: 'given-up', finding } };
    else if (progress.current === 'done' && facts.pod !== undefined) {
      ending = { progress, facts, end: { kind: 'ended', pod: facts.pod } };
    }
    if (ending !== undefined) stop.abort();
    return ending !== undefined;
  };

  const follow = (selection: Parameters<Cluster['follow']>[0], keep: (objects: readonly KubernetesObject[]) => void) =>
    cluster.follow(
      selection,
      objects => {
        keep([...objects.values()]);
        return look();
      },
      until,
    );
  const { namespace, job } = test;
  log.info(`${test.pool}: ${awaited.queued} (${typical.queued})`);
  const works = [
    follow({ apiVersion: 'batch/v1', kind: 'Job', namespace, fields: `metadata.name=${job}` }, objects => {
      seen.job = objects[0];
    }),
    follow({ apiVersion: 'v1', kind: 'Pod', namespace, labels: `job-name=${job}` }, objects => {
      seen.pods = objects;
      for (const { metadata } of objects) seen.podNames.add(metadata.name);
    }),
    follow({ apiVersion: 'v1', kind: 'Event', namespace }, objects => {
      seen.events = objects;
    }),
    follow({ apiVersion: 'v1', kind: 'Node' }, objects => {
      seen.nodes = objects.filter(node => isOfPool(node, test.pool));
    }),
    follow(
      { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', fields: `metadata.name=${scalerStatus}` },
      objects => {
        seen.status = objects[0];
      },
    ),
    follow({ apiVersion: 'v1', kind: 'Event', namespace: 'kube-system' }, objects => {
      seen.scalerEvents = objects.filter(event => subjectOf(event) === `ConfigMap/${scalerStatus}`);
    }),
    tick(),
  ];
  try {
    await Promise.all(works.map(work => work.catch(ignoreWhen(stop.signal))));
  } finally {
    stop.abort();
    // Of several that broke one is told.
    for (const work of works) work.catch(() => undefined);
  }
  signal.throwIfAborted();
  if (ending === undefined) throw new Error('The watch of a test ended without a result.');
  return ending;

  async function tick(): Promise<void> {
    let said = clock.now();
    let looked = Number.NEGATIVE_INFINITY;
    while (!look()) {
      await clock.sleep(tickMs, until);
      const { nodes } = seen;
      if (nodes !== undefined && progress.boundAt === undefined && clock.now() - looked >= lookEveryMs) {
        looked = clock.now();
        seen.holders = await holdersOf(nodes, test, cluster, until);
      }
      if (clock.now() - said < longestSilenceMs || progress.current === 'done') continue;
      said = clock.now();
      const since = progress.reached[progress.current] ?? test.startedAt;
      log.info(`${test.pool}: ${awaited[progress.current]} (${duration(said - since)}; ${typical[progress.current]})`);
    }
  }
}

function ignoreWhen(stopped: AbortSignal) {
  return (error: unknown) => {
    if (!stopped.aborted) throw error;
  };
}

/** Where the autoscaler writes how it is doing, in kube-system. */
const scalerStatus = 'cluster-autoscaler-status';

/** The objects as they were last seen. */
interface Sight {
  job: KubernetesObject | undefined;
  pods: readonly KubernetesObject[];
  readonly podNames: Set<string>;
  events: readonly KubernetesObject[];
  /** Undefined until they were listed. */
  nodes: readonly KubernetesObject[] | undefined;
  status: KubernetesObject | undefined;
  scalerEvents: readonly KubernetesObject[];
  holders: readonly HolderFacts[] | undefined;
}

function emptySight(): Sight {
  return {
    job: undefined,
    pods: [],
    podNames: new Set(),
    events: [],
    nodes: undefined,
    status: undefined,
    scalerEvents: [],
    holders: undefined,
  };
}

function factsOf(seen: Sight, { job, pool, startedAt }: WatchedTest): Facts {
  const isOurs = (event: KubernetesObject) => {
    const [kind, name = ''] = subjectOf(event).split('/');
    return kind === 'Job' ? name === job : kind === 'Pod' && seen.podNames.has(name);
  };
  const inOrder = (events: readonly KubernetesObject[]) =>
    events.map(readEvent).sort((left, right) => (left.at ?? 0) - (right.at ?? 0));
  return {
    job: readJob(seen.job),
    pod: newestPod(seen.pods),
    events: inOrder(seen.events.filter(isOurs)),
    nodes: (seen.nodes ?? []).map(readNode),
    scaler: {
      groups: readScaler(seen.status, pool),
      failures: inOrder(seen.scalerEvents).filter(
        ({ reason, message, at }) =>
          /^(?:FailedToScaleUpGroup|ScaleUpTimedOut|ScaleUpFailed)$/.test(reason) &&
          isGroupOf(message, pool) &&
          (at === undefined || at >= startedAt - skewMs),
      ),
    },
    holders: seen.holders,
  };
}

async function holdersOf(
  nodes: readonly KubernetesObject[],
  { namespace, job }: WatchedTest,
  cluster: Pick<Cluster, 'list'>,
  signal: AbortSignal,
): Promise<readonly HolderFacts[]> {
  const pods = await Promise.all(
    nodes.map(({ metadata }) =>
      cluster.list({ apiVersion: 'v1', kind: 'Pod', fields: `spec.nodeName=${metadata.name}` }, signal),
    ),
  );
  return pods
    .flat()
    .flatMap(pod => readHolder(pod) ?? [])
    .filter(({ pod }) => !pod.startsWith(`${namespace}/${job}-`));
}

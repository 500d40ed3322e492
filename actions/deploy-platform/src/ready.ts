import { asObject, type Clock, duration, sentenceList } from '@suite/foundation';
import { type Cluster, KubernetesFailure, type KubernetesObject, titleOf } from '@suite/kubernetes';
import { quantityNumber } from '@suite/kubernetes/compare';
import {
  conditionOf,
  isSelected,
  isWorkload,
  type PodTrouble,
  type Rollout,
  rolloutOf,
} from '@suite/kubernetes/workloads';
import { NotReady } from './not-ready.ts';
import type { Probe } from './release.ts';
import type { RenderedRelease } from './render.ts';
import { isReplaced } from './replaced-pods.ts';
import { httpRoute, routeState } from './route-state.ts';
import { watchPods } from './watch-pods.ts';
import { watchRefusals } from './watch-refusals.ts';

/** What a wait asks of the cluster. */
export type ReadyCluster = Pick<Cluster, 'follow' | 'get' | 'tryCreate' | 'ask'>;

export interface ReadyOptions {
  readonly cluster: ReadyCluster;
  readonly clock: Clock;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** Told what is waited for, whenever that changes. */
  readonly onWait?: (what: string) => void;
}

/** After which one looks closer. */
const slowMs = 10_000;
/** Pause between two questions that nothing can be watched for. */
const pauseMs = 2_000;

/**
 * Waits until every probe of the release passes. Watches instead of asking where it can. Throws NotReady when the time is
 * over, or before that as soon as something has been visibly wrong for a while.
 */
export async function waitUntilReady(rendered: RenderedRelease, options: ReadyOptions): Promise<readonly string[]> {
  const { release } = rendered;
  const limitMs = release.timeoutSeconds * 1000;
  const began = options.clock.now();
  const over = new AbortController();
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal, stop.signal]);
  const waits = new Map<string, string>();
  const context: ProbeContext = {
    ...options,
    signal,
    rendered,
    say: (what, why) => {
      if (why === undefined) waits.delete(what);
      else waits.set(what, why);
      options.onWait?.(describeWaits(waits));
    },
    notes: [],
  };
  options.clock.sleep(limitMs, stop.signal).then(
    () => over.abort(),
    () => undefined,
  );
  try {
    await Promise.all(release.readiness.map(probe => perform(probe, context)));
    return context.notes;
  } catch (error) {
    if (error instanceof NotReady || !over.signal.aborted || options.signal.aborted) throw error;
    throw new NotReady(
      `${release.name} is not ready after ${duration(options.clock.now() - began)}: it waits for ${describeWaits(waits)}.`,
      undefined,
      { cause: error },
    );
  } finally {
    stop.abort();
  }
}

/** `Deployment a/b (1 of 2 new pods) and pod c (ImagePullBackOff)` */
export function describeWaits(waits: ReadonlyMap<string, string>): string {
  const shown = [...waits].slice(0, 3).map(([what, why]) => `${what} (${why})`);
  if (waits.size > shown.length) shown.push(`${waits.size - shown.length} more`);
  return sentenceList(shown);
}

interface ProbeContext extends ReadyOptions {
  readonly rendered: RenderedRelease;
  /** What is waited for, and why; undefined when it is there. */
  readonly say: (what: string, why: string | undefined) => void;
  /** What looks ready and may not be. */
  readonly notes: string[];
}

function perform(probe: Probe, context: ProbeContext): Promise<void> {
  switch (probe.kind) {
    case 'rollouts':
      return rollouts(context);
    case 'crds':
      return definitions(context);
    case 'condition': {
      const { apiVersion, objectKind, namespace, name, condition } = probe;
      return followOne(context, { apiVersion, kind: objectKind, namespace, name }, found => {
        const state = found === undefined ? undefined : conditionOf(found, condition);
        if (state?.status === 'True') return { is: 'ready' };
        const said = state === undefined || state.message === '' ? '' : `: ${state.message}`;
        return { is: 'waiting', for: found === undefined ? 'it to be made' : `condition ${condition}${said}` };
      });
    }
    case 'route': {
      const { namespace, name } = probe;
      return followOne(context, { ...httpRoute, namespace, name }, routeState);
    }
    case 'dry-run':
      return repeat(context, `a dry run of ${String(probe.object['kind'])}`, () =>
        context.cluster.tryCreate(probe.object as unknown as KubernetesObject, context.signal),
      );
    case 'allocatable':
      return nodesOffer(context, probe);
    case 'http': {
      const { namespace, service, port, scheme, path } = probe;
      return repeat(context, `${scheme}://${service}.${namespace}:${port}${path}`, async () => {
        await context.cluster.ask(probe, context.signal);
      });
    }
  }
}

/** Workloads by kind and namespace, each watched once. */
async function rollouts(context: ProbeContext): Promise<void> {
  const groups = new Map<string, KubernetesObject[]>();
  for (const { object } of context.rendered.objects) {
    if (!isWorkload(object)) continue;
    const key = [object.apiVersion, object.kind, object.metadata.namespace].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), object]);
  }
  const namespaces = new Set([...groups.values()].flatMap(group => group[0]?.metadata.namespace ?? []));
  const rolled = new AbortController();
  const workloads = [...groups.values()].flat();
  const watching = [...namespaces].map(namespace => {
    const mine = workloads.filter(({ metadata: { namespace: place } }) => place === namespace);
    const isMine = (pod: KubernetesObject) => mine.some(workload => isSelected(pod, workload));
    // Who may not look closer takes what there is for what was applied.
    const mayPass = ({ pod }: PodTrouble) => isReplaced({ namespace, name: pod }, context.cluster).catch(() => false);
    return watchPods({ namespace, isMine, mayPass }, context, rolled.signal);
  });
  const refusals = [...namespaces].map(async namespace => {
    const isMine = (kind: string, name: string) =>
      workloads.some(one => one.kind === kind && one.metadata.namespace === namespace && one.metadata.name === name);
    // What runs well is ready before.
    const isSlow = await context.clock.sleep(slowMs, AbortSignal.any([context.signal, rolled.signal])).then(
      () => true,
      () => false,
    );
    if (isSlow) await watchRefusals({ namespace, isMine }, context, rolled.signal);
  });
  const rolling = Promise.all(
    [...groups.values()].map(group => {
      const [{ apiVersion = '', kind = '', metadata = undefined } = {}] = group;
      const wanted = new Set(group.map(object => object.metadata.name));
      return context.cluster.follow(
        { apiVersion, kind, namespace: metadata?.namespace },
        objects => {
          const found = new Map([...objects.values()].map(object => [object.metadata.name, object]));
          return [...wanted]
            .map(name => judge(context, kind, name, metadata?.namespace, found.get(name)))
            .every(Boolean);
        },
        context.signal,
      );
    }),
  );
  try {
    // Whatever the pods show ends the wait early.
    await Promise.race([rolling, ...watching.map(watch => watch.then(() => rolling))]);
  } finally {
    rolled.abort();
    await Promise.allSettled([...watching, ...refusals]);
  }
}

function judge(
  context: ProbeContext,
  kind: string,
  name: string,
  namespace: string | undefined,
  found: KubernetesObject | undefined,
): boolean {
  const what = titleOf({ kind, name, namespace });
  const rollout: Rollout = found === undefined ? { is: 'waiting', for: 'it to be made' } : rolloutOf(found);
  if (rollout.is === 'failed') throw new NotReady(`${what} failed: ${rollout.why}`);
  context.say(what, rollout.is === 'waiting' ? rollout.for : undefined);
  const isOnDemand = kind === 'DaemonSet' && (context.rendered.release.onDemand?.includes(name) ?? false);
  if (rollout.is === 'ready' && rollout.note !== undefined && !isOnDemand) {
    const note = `${what}: ${rollout.note}`;
    if (!context.notes.includes(note)) context.notes.push(note);
  }
  return rollout.is === 'ready';
}

function definitions(context: ProbeContext): Promise<void> {
  const wanted = context.rendered.objects
    .map(({ object }) => object)
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .map(({ metadata }) => metadata.name);
  return wanted.length === 0 ? Promise.resolve() : untilEstablished(wanted, context);
}

/** Waits until the API server serves what these definitions define. Ends early when the signal is aborted: rejects with its reason. */
export async function untilEstablished(
  wanted: readonly string[],
  { cluster, signal, say }: Pick<ProbeContext, 'signal' | 'say'> & { readonly cluster: Pick<Cluster, 'follow'> },
): Promise<void> {
  await cluster.follow(
    { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
    objects => {
      const found = new Map([...objects.values()].map(object => [object.metadata.name, object]));
      return wanted
        .map(name => {
          const object = found.get(name);
          const isThere = object !== undefined && conditionOf(object, 'Established')?.status === 'True';
          say(`CustomResourceDefinition ${name}`, isThere ? undefined : 'it to be established');
          return isThere;
        })
        .every(Boolean);
    },
    signal,
  );
}

/** What pods can ask for of nodes that come and go. Where there is none, nothing shows whether they will have it. */
function nodesOffer(
  context: ProbeContext,
  { resource, labels }: Extract<Probe, { readonly kind: 'allocatable' }>,
): Promise<void> {
  const selector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const what = `nodes with ${selector}`;
  return context.cluster.follow(
    { apiVersion: 'v1', kind: 'Node', labels: selector },
    objects => {
      const nodes = [...objects.values()];
      const without = nodes.filter(
        node => quantityNumber(asObject(asObject(node['status'])['allocatable'])[resource]) === 0,
      );
      const [first] = without;
      context.say(what, first === undefined ? undefined : `${resource} on ${first.metadata.name}`);
      const note = `there are no ${what} now, so nothing shows yet that pods get ${resource} there`;
      if (nodes.length === 0 && !context.notes.includes(note)) context.notes.push(note);
      return first === undefined;
    },
    context.signal,
  );
}

interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

function followOne(
  context: ProbeContext,
  { apiVersion, kind, namespace, name }: Named,
  judgeOne: (found: KubernetesObject | undefined) => Rollout,
): Promise<void> {
  const what = titleOf({ kind, name, namespace });
  return context.cluster.follow(
    { apiVersion, kind, namespace, fields: `metadata.name=${name}` },
    objects => {
      const rollout = judgeOne([...objects.values()][0]);
      if (rollout.is === 'failed') throw new NotReady(`${what}: ${rollout.why}`);
      context.say(what, rollout.is === 'waiting' ? rollout.for : undefined);
      return rollout.is === 'ready';
    },
    context.signal,
  );
}

/** Asks until it is answered: for what cannot be watched. Missing rights are told at once. */
async function repeat(context: ProbeContext, what: string, ask: () => Promise<void>): Promise<void> {
  for (;;) {
    context.say(what, 'an answer');
    try {
      await ask();
      context.say(what, undefined);
      return;
    } catch (error) {
      if (!(error instanceof KubernetesFailure)) throw error;
      if (error.kind === 'forbidden' && !/webhook/.test(error.message)) throw error;
      context.say(what, firstLine(error));
    }
    await context.clock.sleep(pauseMs, context.signal);
  }
}

function firstLine(error: KubernetesFailure): string {
  return error.problems[0]?.message.split('\n')[0] ?? 'an answer';
}

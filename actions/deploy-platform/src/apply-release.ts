import type { Log } from '@suite/action-kit';
import { CancelledError, type Clock, count, duration, errorMessage } from '@suite/foundation';
import { type Cluster, identityOf, type KubernetesObject, refOf } from '@suite/kubernetes';
import { applyDefinitions, definitionsToApply, differingObjects, isDefinedBy } from './apply-definitions.ts';
import { goodRevision, type Histories, type HistoryCluster, historyKey } from './history.ts';
import { whileHooksRun } from './hooks.ts';
import { removeLeftovers } from './leftovers.ts';
import type { ReleasePlan } from './plan.ts';
import type { Helm } from './ports.ts';
import { progress } from './progress.ts';
import { type ReadyCluster, waitUntilReady } from './ready.ts';
import {
  fieldManager,
  type GoodRevision,
  type ReleaseRecord,
  recordName,
  recordNamespace,
  writeRecord,
} from './record.ts';
import { describeSilence, type FindServer } from './served-webhooks.ts';
import { tryObjects, untilAnswered } from './try-objects.ts';
import { repair, upgrade } from './upgrade.ts';

export type ApplyCluster = ReadyCluster &
  HistoryCluster &
  Pick<Cluster, 'apply' | 'remove' | 'list' | 'logs' | 'discovery' | 'forget'>;

export interface ApplyOptions {
  readonly helm: Helm;
  readonly cluster: ApplyCluster;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warning'>;
  readonly signal: AbortSignal;
  /** Of the run: its address, and the commit that is applied. */
  readonly run: string;
  readonly commit: string;
  /** What to do with a release that was upgraded and did not become ready. */
  readonly rollback: 'on-failure' | 'never';
  /** Releases that are changed at once. Those that only wait until they are ready do not count. */
  readonly limit: number;
}

/** What the releases of one apply have in common. */
export interface SharedState {
  readonly histories: Histories;
  /** Revisions that ran well before this apply, by release. */
  readonly good: Map<string, GoodRevision>;
  /** Releases that anything was changed of. */
  readonly touched: Set<string>;
  readonly findServer: FindServer;
}

/** How a release went. */
export interface Applied {
  readonly action: ReleasePlan['action'];
  /** What looks ready and may not be. */
  readonly notes: readonly string[];
}

export async function applyRelease(
  plan: ReleasePlan,
  options: ApplyOptions,
  { histories, good, touched, findServer }: SharedState,
  rest: () => void,
): Promise<Applied> {
  const { cluster, clock, log, signal } = options;
  const { rendered, name, namespace, action } = plan;
  if (rendered === undefined) throw new Error(`${name} was not rendered.`);
  const { release, chart } = rendered;
  const began = clock.now();
  const elapsed = () => duration(clock.now() - began);
  const reporter = progress(name, options, began);
  try {
    if (action !== 'none') {
      const history = histories.get(historyKey(name, namespace)) ?? [];
      const before = goodRevision(plan.record, history);
      if (before !== undefined) good.set(name, before);
      await repair(plan, history, options);
      reporter.say('asking the API server about every object that differs');
      const definitions = definitionsToApply(plan);
      const differing = differingObjects(plan).map(({ object }) => object);
      const isForced = (object: KubernetesObject) => takesOwnership(plan) || definitions.includes(object);
      // What the old schema says of objects that come with a new one does not count.
      const isChanging = isDefinedBy(differing);
      const trial = { cluster, release: name, isForced, findServer };
      const waiting = { ...trial, clock, signal, onWait: (what: string) => reporter.say(`waiting for ${what}`) };
      const tryEach = async (objects: readonly KubernetesObject[]) => {
        const untried = await tryObjects(objects, trial);
        const others = untried.filter(({ server }) => server.release !== name).map(({ object }) => object);
        // What the release needs is ready, and its webhook answers in a moment.
        if (others.length > 0) await untilAnswered(rendered, others, { ...waiting, limitMs: momentMs });
        const [first, ...more] = untried.filter(({ server }) => server.release === name);
        if (first === undefined) return;
        log.warning(
          `${name}: ${count(more.length + 1, 'object')} cannot be tried before it is upgraded: ${describeSilence(first.webhook)}, and it is its own`,
        );
      };
      await tryEach(differing.filter(object => !isChanging(object)));
      const request = {
        chart,
        release: name,
        namespace,
        values: release.values,
        forceConflicts: takesOwnership(plan),
        timeoutSeconds: release.timeoutSeconds,
        description: `${options.commit.slice(0, 12)} by ${options.run}`,
      };
      if (signal.aborted) throw new CancelledError('Cancelled before it was changed.');
      await leaveRecord(plan, 'applying', options, before);
      touched.add(name);
      const doing = `${action === 'install' ? 'installing' : 'upgrading'} ${chart.name} ${chart.version}`;
      await applyDefinitions(definitions, { cluster, clock, signal });
      // A changed schema takes effect a moment later, which the dry run waits for.
      await tryEach(differing.filter(isDefinedBy(definitions)));
      reporter.say(doing);
      const onWait = (what: string) => reporter.say(what === '' ? doing : `${doing}, waiting for ${what}`);
      await whileHooksRun(rendered, { cluster, clock, onWait }, stop =>
        upgrade(
          plan,
          { ...request, stop },
          {
            ...options,
            // Helm applies all of it, also what does not differ.
            untilAnswered: () =>
              untilAnswered(
                rendered,
                rendered.objects.map(({ object }) => object),
                { ...waiting, signal: AbortSignal.any([signal, stop]), limitMs: release.timeoutSeconds * 1000, onWait },
              ),
          },
        ),
      );
      cluster.forget();
      await removeLeftovers(plan, cluster);
    }
    rest();
    const notes = await waitUntilReady(rendered, {
      cluster,
      clock,
      signal,
      onWait: what => reporter.say(what === '' ? 'waiting until it is ready' : `waiting for ${what}`),
    });
    if (action !== 'none' || isOutdated(plan)) await leaveRecord(plan, 'deployed', options);
    const what = action === 'none' ? 'unchanged' : action === 'install' ? 'installed' : 'upgraded';
    log.info(`${name}: ${what} and ready after ${elapsed()}`);
    for (const note of notes) log.warning(`${name}: ${note}`);
    return { action, notes };
  } catch (error) {
    log.info(`${name}: failed after ${elapsed()}: ${errorMessage(error).split('\n')[0]}`);
    if (action !== 'none' && !(error instanceof CancelledError) && !signal.aborted) {
      await leaveRecord(plan, 'failed', options, good.get(name)).catch(() => undefined);
    }
    throw error;
  } finally {
    reporter.end();
  }
}

/** How long a webhook of another release may take that is ready. */
const momentMs = 60_000;

/**
 * Whether fields of other managers are taken. A field conflicts only where its value differs, so all that this takes stands in
 * the plan that was reviewed.
 */
function takesOwnership({ rendered, takesBack }: ReleasePlan): boolean {
  return rendered?.release.apply.forceConflicts === true || takesBack.length > 0;
}

/** What a release needs can change without anything that it renders. */
function isOutdated({ record: left, rendered }: ReleasePlan): boolean {
  if (left === undefined || rendered === undefined) return false;
  const { needs, isStateful } = rendered.release;
  return left.isStateful !== isStateful || left.needs.join() !== needs.join();
}

/** What a plan compares with from now on. */
export async function leaveRecord(
  plan: ReleasePlan,
  status: ReleaseRecord['status'],
  options: ApplyOptions,
  good?: GoodRevision,
): Promise<void> {
  const { rendered, name, namespace, manifest, secrets } = plan;
  if (rendered === undefined) return;
  const now = rendered.objects.map(({ object, keep }) => ({ ...refOf(object), keep }));
  // Until the upgrade is through, what it is to delete may still be there.
  const isThrough = status === 'deployed';
  const before = isThrough ? [] : (plan.record?.objects ?? []);
  const known = new Set(now.map(identityOf));
  const objects = [...now, ...before.filter(ref => !known.has(identityOf(ref)))];
  const { name: chart, version, digest } = rendered.chart;
  await options.cluster.apply(
    writeRecord({
      release: name,
      namespace,
      status,
      chart: { name: chart, version, digest },
      manifest,
      objects,
      needs: rendered.release.needs,
      isStateful: rendered.release.isStateful,
      ...(good === undefined ? {} : { good }),
      // Nor is it known which of them are what they are to be; one that a rollback takes back would never be planned again.
      secrets: isThrough ? secrets : (plan.record?.secrets ?? {}),
      run: options.run,
      commit: options.commit,
      at: new Date(options.clock.now()).toISOString(),
    }),
    { manager: fieldManager, force: true },
  );
}

export async function removeRelease(
  { name, namespace }: ReleasePlan,
  options: ApplyOptions,
  histories: Histories,
): Promise<Applied> {
  const { helm, cluster, clock, log } = options;
  const began = clock.now();
  if (histories.has(historyKey(name, namespace))) await helm.uninstall(name, namespace, 600);
  await cluster.remove({ apiVersion: 'v1', kind: 'ConfigMap', namespace: recordNamespace, name: recordName(name) });
  log.info(`${name}: taken away after ${duration(clock.now() - began)}`);
  return { action: 'uninstall', notes: [] };
}

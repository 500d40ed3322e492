import { errorMessage } from '@suite/foundation';
import { identityOf, type ObjectRef, refOf } from '@suite/kubernetes';
import { type Applied, type ApplyOptions, leaveRecord } from './apply-release.ts';
import type { Run } from './graph.ts';
import { historyKey, readHistories } from './history.ts';
import type { PlatformPlan, ReleasePlan } from './plan.ts';
import { progress } from './progress.ts';
import { waitUntilReady } from './ready.ts';
import type { GoodRevision } from './record.ts';
import type { Probe } from './release.ts';
import { inTheirNamespaces, type RenderedRelease } from './render.ts';
import { httpRoute } from './route-state.ts';
import { describeWayBack, type WayBack } from './way-back.ts';

type Goods = ReadonlyMap<string, GoodRevision>;
type Back = Extract<WayBack, { readonly is: 'back' }>;

/** How long what ran before may take to run again. Mostly its pods are still there. */
const patienceSeconds = 300;

/**
 * Brings failed upgrades back to the revision that ran before, and with each what the same apply has upgraded and hangs together with it:
 * what ran together runs together again. The last ones first. What holds data stays as it is. Then waits until all that went back is ready.
 */
export async function rollBack(
  plan: PlatformPlan,
  runs: readonly Run<Pick<Applied, 'action'>>[],
  good: Goods,
  options: ApplyOptions,
): Promise<readonly WayBack[]> {
  if (options.rollback === 'never') return [];
  const failed = runs.filter(({ result }) => result === 'failed').map(({ name }) => name);
  const tied = tiedTo(failed, plan, runs, good);
  const gone: { readonly way: WayBack; readonly rendered: RenderedRelease }[] = [];
  for (const { name } of runs.toReversed()) {
    if (!failed.includes(name) && !tied.has(name)) continue;
    const one = plan.releases.find(found => found.name === name);
    if (one?.rendered === undefined) continue;
    const way = await bringBack(one, one.rendered, failed, good.get(name), options);
    if (way !== undefined) gone.push({ way, rendered: one.rendered });
  }
  // One that needs another has it back by now.
  options.cluster.forget();
  const ways = await Promise.all(
    gone.map(({ way, rendered }) => (way.is === 'back' ? seeWhetherItRuns(way, rendered, options) : way)),
  );
  for (const way of ways) options.log.warning(describeWayBack(way));
  return ways;
}

/** Undefined where nothing was applied. */
async function bringBack(
  plan: ReleasePlan,
  { release }: RenderedRelease,
  failed: readonly string[],
  to: GoodRevision | undefined,
  options: ApplyOptions,
): Promise<WayBack | undefined> {
  const { helm, cluster, log } = options;
  const { name, namespace } = plan;
  if (release.isStateful) return { release: name, is: 'kept', because: 'holds-data' };
  if (to === undefined) return { release: name, is: 'kept', because: 'never-ran-well' };
  try {
    const now = (await readHistories(cluster, namespace)).get(historyKey(name, namespace));
    if (now?.at(-1)?.revision === to.revision) return undefined;
    const hasFailed = failed.includes(name);
    // Whatever becomes of it now, the next plan has it again.
    if (!hasFailed) await leaveRecord(plan, 'failed', options, to);
    await helm.rollback(name, namespace, to.revision, release.timeoutSeconds);
    log.info(`${name}: back at revision ${to.revision} (${to.chart})`);
    return { release: name, is: 'back', to, with: hasFailed ? [] : failed };
  } catch (error) {
    return { release: name, is: 'stuck', error };
  }
}

/** Waits for what runs now by what says that the release is ready. Never rejects. */
async function seeWhetherItRuns(way: Back, failed: RenderedRelease, options: ApplyOptions): Promise<Back> {
  const { cluster, clock, signal } = options;
  const reporter = progress(way.release, options, clock.now());
  reporter.say('waiting until what ran before is ready again');
  try {
    await waitUntilReady(await renderedBefore(failed, way.to, options), {
      cluster,
      clock,
      signal,
      onWait: what => reporter.say(`waiting for ${what === '' ? 'nothing more' : what}`),
    });
    return way;
  } catch (error) {
    const [first = ''] = errorMessage(error).split('\n');
    return { ...way, unready: signal.aborted ? 'The run was cancelled before that was seen' : first };
  } finally {
    reporter.end();
  }
}

/** The release as it ran before: objects of that revision, and what says that they are ready. */
async function renderedBefore(
  failed: RenderedRelease,
  { revision }: GoodRevision,
  { helm, cluster }: Pick<ApplyOptions, 'helm' | 'cluster'>,
): Promise<RenderedRelease> {
  const { release } = failed;
  const [discovery, manifests] = await Promise.all([
    cluster.discovery(),
    helm.manifests(release.name, release.namespace, revision),
  ]);
  const isNamespaced = (apiVersion: string, kind: string) => discovery.find(apiVersion, kind)?.isNamespaced;
  const [before = failed] = inTheirNamespaces([{ ...failed, ...manifests }], { isNamespaced });
  const namesOf = ({ objects }: RenderedRelease) => new Set(objects.map(({ object }) => identityOf(refOf(object))));
  const [then, now] = [namesOf(before), namesOf(failed)];
  // What only the failed revision had is gone.
  const isThere = (probe: Probe) => {
    const subject = subjectOf(probe);
    if (subject === undefined) return true;
    const name = identityOf(subject);
    return then.has(name) || !now.has(name);
  };
  return {
    ...before,
    release: {
      ...release,
      timeoutSeconds: Math.min(release.timeoutSeconds, patienceSeconds),
      readiness: release.readiness.filter(isThere),
    },
  };
}

/** The object that a probe asks for by name. */
function subjectOf(probe: Probe): ObjectRef | undefined {
  switch (probe.kind) {
    case 'condition': {
      const { apiVersion, objectKind: kind, namespace, name } = probe;
      return { apiVersion, kind, namespace, name };
    }
    case 'route':
      return { ...httpRoute, namespace: probe.namespace, name: probe.name };
    case 'http':
      return { apiVersion: 'v1', kind: 'Service', namespace: probe.namespace, name: probe.service };
    default:
      return undefined;
  }
}

/** What went well, and is needed by what goes back, or needs it, or hangs together with such a release. */
function tiedTo(
  failed: readonly string[],
  { releases }: PlatformPlan,
  runs: readonly Run<Pick<Applied, 'action'>>[],
  good: Goods,
): ReadonlySet<string> {
  const goesBack = new Map(
    releases.flatMap(({ name, rendered }) =>
      rendered === undefined || rendered.release.isStateful || !good.has(name)
        ? []
        : [[name, rendered.release.needs] as const],
    ),
  );
  const upgraded = new Set(
    runs.flatMap(run =>
      run.result === 'done' && run.value.action !== 'none' && goesBack.has(run.name) ? [run.name] : [],
    ),
  );
  const tied = new Set<string>();
  const visit = (name: string) => {
    for (const other of upgraded) {
      const isTied = goesBack.get(name)?.includes(other) || goesBack.get(other)?.includes(name);
      if (!isTied || tied.has(other)) continue;
      tied.add(other);
      visit(other);
    }
  };
  for (const name of failed.filter(one => goesBack.has(one))) visit(name);
  return tied;
}

import {
  CancelledError,
  count,
  duration,
  mapInParallel,
  type Problem,
  sentenceList,
  shortList,
  UserError,
} from '@suite/foundation';
import { type KubernetesObject, refOf, titleOf } from '@suite/kubernetes';
import { demandCluster } from '@suite/platform-file';
import { coveredBy, goBackTo } from './back.ts';
import { chartText } from './charts.ts';
import { MovedOn } from './deliver/index.ts';
import type { Request } from './inputs.ts';
import { fieldManager, fingerprintOf } from './objects.ts';
import { refusal } from './plan-command.ts';
import type { Connected, ReachedCluster, Services } from './ports.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type Proven, type SyncRecord, withProven } from './record.ts';
import { type Outcome, planned, runningOf, timingsOf } from './report.ts';
import { deliverCargo, portsOf, syncPlanOf } from './run.ts';
import {
  type ApplicationResult,
  checkApplications,
  explainProofs,
  explainSync,
  proveApplications,
  type SyncPlan,
  type SyncPorts,
  syncApplications,
  waitApplications,
  waitForOthers,
} from './sync/index.ts';
import type { Target } from './target.ts';

type SyncRequest = Extract<Request, { command: 'sync' }>;

/** The repository may be written to by others between the plan and the commit; then it is planned, and held to its review, anew. */
const mostPlans = 5;

/**
 * Delivers, syncs, waits and proves. What can be refused is refused before anything is delivered. May be killed anywhere: what is
 * committed, applied or synced is found by the next run, and not done again.
 */
export async function sync(
  request: SyncRequest,
  target: Target,
  services: Services,
  connected: Connected,
  startedAt: number,
): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await syncOnce(request, target, services, connected, startedAt);
    } catch (error) {
      if (!(error instanceof MovedOn)) throw error;
      if (attempt === mostPlans) {
        throw new UserError({
          message: `Others write to ${target.applications.repository} all the time. Nothing was delivered.`,
          remedy: 'Run the job again.',
        });
      }
      services.log.info(`${target.applications.repository} has moved on; planning again.`);
    }
  }
}

async function syncOnce(
  request: SyncRequest,
  target: Target,
  services: Services,
  connected: Connected,
  startedAt: number,
): Promise<Outcome> {
  const { clock, log, signal } = services;
  const cluster = demandCluster(target.view, connected);
  const prepared = await prepare(target, services, connected, {
    images: request.images,
    bases: request.bases,
    changing: new Set(),
    isApply: true,
  });
  const found = planned(prepared);
  const blocked = prepared.checks.filter(({ status }) => status === 'blocked');
  if (blocked.length > 0) return { findings: { ...found, verdict: 'blocked' }, error: refusal(blocked) };
  if (request.expectedDigest !== undefined && request.expectedDigest !== prepared.digest) {
    return { findings: { ...found, verdict: 'blocked' }, error: notReviewed(target) };
  }
  const ports = portsOf(target, services, connected);
  const planAt = (revision: string | undefined): SyncPlan =>
    syncPlanOf(request, target, services, prepared.cargo, revision);
  await demandArgo(cluster, target);
  const known = await knownOf(planAt(undefined), prepared, ports);
  await demandOpen(known, prepared, ports);
  const waitedSince = clock.now();
  demandNone(await waitForOthers(known, ports));
  const timeoutMs = request.timeoutMs - (clock.now() - waitedSince);
  await demandImages(prepared, connected);
  if (signal.aborted) throw new CancelledError('Nothing was delivered.');

  const { commit, changed, files } =
    target.applications.delivery === 'git'
      ? await deliverCargo(request, target, services, connected, prepared)
      : { commit: prepared.commit, changed: false, files: [] };
  if (changed) log.info(`Delivered as ${commit.slice(0, 12)}: ${sentenceList(files.slice(0, 5))}`);
  const after = { ...found, commit };
  try {
    const record = await applyOwn(prepared, cluster);
    const offset = clock.now() - startedAt;
    const plan = { ...planAt(commit), timeoutMs };
    const results = await bring(plan, prepared, ports);
    const timings = timingsOf(results, offset);
    const failure = explainSync(results);
    const proofs = failure === undefined ? await proveApplications(plan, ports) : [];
    const notes = [...results, ...proofs].flatMap(({ name, notes: own }) => own.map(note => `${name}: ${note}`));
    const error = failure ?? explainProofs(proofs);
    if (error !== undefined) {
      const warnings = [...notes, ...(await goBack(request, target, services, connected, prepared))];
      return { findings: { ...after, verdict: 'failed', timings, running: runningOf(proofs), warnings }, error };
    }
    const left = await takeAway(prepared.ownPlan.gone, cluster, services);
    await cluster.records.write(withProven(record, provenOf(request, target, services, prepared, commit)));
    log.info(
      `${count(results.length, 'application')} at ${commit.slice(0, 12)}, proven after ${duration(clock.now() - startedAt)}`,
    );
    const isIdle = !changed && found.plan.changes.length === 0;
    const verdict = isIdle ? 'no-changes' : 'applied';
    return { findings: { ...after, verdict, timings, running: runningOf(proofs), warnings: [...notes, ...left] } };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const warnings = await goBack(request, target, services, connected, prepared);
    return { findings: { ...after, verdict: 'failed', warnings }, error };
  }
}

const removalMs = 120_000;
const removalPauseMs = 1000;

/** Argo CD deletes what an Application has deployed before it is gone itself. Gives what is still going after two minutes. */
async function takeAway(
  gone: readonly KubernetesObject[],
  { home }: ReachedCluster,
  { clock, log, signal }: Pick<Services, 'clock' | 'log' | 'signal'>,
): Promise<readonly string[]> {
  for (const object of gone) await home.remove(refOf(object));
  const until = clock.now() + removalMs;
  const warnings: string[] = [];
  for (const object of gone) {
    const { name } = object.metadata;
    for (;;) {
      if ((await home.get(refOf(object))) === undefined) {
        log.info(`${name} is taken away, with what it deployed`);
        break;
      }
      if (clock.now() >= until || signal.aborted) {
        warnings.push(`${name} is still being taken away: Argo CD waits for what it deployed to go.`);
        break;
      }
      await clock.sleep(removalPauseMs, signal).catch(() => undefined);
    }
  }
  return warnings;
}

function provenOf(
  { bundle }: SyncRequest,
  { chosen }: Target,
  { clock, context }: Services,
  { cargo: { images, charts } }: Prepared,
  commit: string,
): Proven {
  const used = new Set(chosen.flatMap(({ images: own }) => own));
  const versioned = new Set(chosen.flatMap(({ charts: own }) => own));
  return {
    commit,
    bundle,
    run: context.runUrl ?? '',
    at: new Date(clock.now()).toISOString(),
    images: Object.fromEntries(
      images
        .filter(({ name }) => used.has(name))
        .map(({ name, repository, digest }) => [name, `${repository}@${digest}`]),
    ),
    charts: Object.fromEntries(
      charts.filter(({ name }) => versioned.has(name)).map(chart => [chart.name, chartText(chart)]),
    ),
    applications: chosen.map(({ name }) => name),
  };
}

function notReviewed({ view }: Target): UserError {
  return new UserError({
    message: `What would be delivered to ${view.scope} now is not what was reviewed. Nothing was changed.`,
    remedy:
      'The platform file, or a folder of these applications in their repository, was changed since. Plan again, and review that.',
  });
}

/** Argo CD itself has to be there. */
async function demandArgo({ home }: ReachedCluster, { view, applications }: Target): Promise<void> {
  const discovery = await home.discovery();
  if (discovery.find('argoproj.io/v1alpha1', 'Application') !== undefined) return;
  const { hub } = applications;
  if (hub !== undefined) {
    throw new UserError({
      message: `There is no Argo CD in ${hub.name}, which \`applications: argo-cd: cluster:\` names: it serves no Applications.`,
      remedy: 'Name the cluster that it runs in.',
    });
  }
  throw new UserError({
    message: `There is no Argo CD in ${view.cluster.name}: it serves no Applications.`,
    remedy: `Apply the platform first, with \`deploy-platform\` (its release \`argo-cd\`, namespace ${applications.argoNamespace}).`,
  });
}

/** Namespaces, then projects and what names the cluster, then Applications: those that the command is about. */
async function applyOwn({ own, record }: Prepared, cluster: ReachedCluster): Promise<SyncRecord> {
  const { isArgoAlone, home } = cluster;
  const apply = (objects: readonly KubernetesObject[], where: Pick<ReachedCluster, 'apply'> = home) =>
    Promise.all(objects.map(object => where.apply(object, { manager: fieldManager, force: true })));
  if (!isArgoAlone) await apply(own.namespaces, cluster);
  await apply([...own.argo.filter(({ kind }) => kind === 'AppProject'), ...(isArgoAlone ? [] : [own.cluster])]);
  // A plan knows the Secret by this alone.
  const known = isArgoAlone ? record : { ...record, clusterFingerprint: fingerprintOf(own.cluster) };
  if (known.clusterFingerprint !== record.clusterFingerprint) await cluster.records.write(known);
  await apply(own.argo.filter(({ kind }) => kind === 'Application'));
  return known;
}

/** What has nothing to sync is only waited for: its hooks do not run again, and a closed window is no matter. */
async function bring(
  plan: SyncPlan,
  prepared: Prepared,
  ports: Parameters<typeof syncApplications>[1],
): Promise<readonly ApplicationResult[]> {
  const idle = idleOf(prepared);
  const part = (isIdle: boolean): SyncPlan => ({
    ...plan,
    applications: plan.applications.filter(({ name }) => idle.has(name) === isIdle),
  });
  const [waiting, syncing] = [part(true), part(false)];
  const results = await Promise.all([
    syncing.applications.length === 0 ? [] : syncApplications(syncing, ports),
    waiting.applications.length === 0 ? [] : waitApplications(waiting, ports),
  ]);
  return results.flat();
}

/** Applications that stay as they are, themselves and all that they render. */
function idleOf({ plan, ownPlan, own }: Prepared): ReadonlySet<string> {
  // What an Application over others brings may have to be synced, though it stays as it is itself.
  if (plan.applications.some(({ rendered }) => rendered.origin.is !== 'given')) return new Set();
  const changed = new Set(ownPlan.changes.map(({ title }) => title));
  const roots = new Set(own.argo.map(({ metadata }) => metadata.name));
  return new Set(
    plan.applications
      .filter(({ name, action, drift, rendered: { application } }) => {
        const isOurs = roots.has(name);
        const title = titleOf({ kind: 'Application', name, namespace: application.object.metadata.namespace });
        return isOurs && action === 'none' && drift.length === 0 && !changed.has(title);
      })
      .map(({ name }) => name),
  );
}

/** More applications with the same trouble are counted. */
const mostNamed = 5;

/** The part of a plan that is there already, and has something to sync. */
async function knownOf(plan: SyncPlan, prepared: Prepared, { argo }: Pick<SyncPorts, 'argo'>): Promise<SyncPlan> {
  const ours = new Set(prepared.own.argo.map(({ metadata }) => metadata.name));
  const there = new Set((await argo.list(plan.argoNamespace)).map(({ name }) => name));
  const idle = idleOf(prepared);
  const applications = plan.applications.filter(({ name }) => (there.has(name) || !ours.has(name)) && !idle.has(name));
  return { ...plan, applications };
}

/** What is there may be held shut. What its project will allow was planned with the project as it will be. */
async function demandOpen(
  known: SyncPlan,
  prepared: Prepared,
  ports: Parameters<typeof checkApplications>[1],
): Promise<void> {
  const ours = new Set(prepared.own.argo.map(({ metadata }) => metadata.name));
  const refusals = await checkApplications(known, ports);
  demandNone(refusals.filter(({ ref, cause }) => cause.kind !== 'project' || !ours.has(ref.name)));
}

/** Before anything is delivered. */
function demandNone(counted: Awaited<ReturnType<typeof checkApplications>>): void {
  if (counted.length === 0) return;
  // What holds many up, such as a window of their project, is said once.
  const causes = Map.groupBy(counted, ({ cause }) => cause.message);
  throw new UserError(
    [...causes.values()].flatMap(([first, ...others]) => {
      if (first === undefined) return [];
      const names = [first, ...others].map(({ ref }) => ref.name);
      const { message, remedy } = first.cause;
      return {
        message: `${shortList(names, mostNamed)}: ${message.replace(/[.]?$/, '.')} Nothing was delivered.`,
        ...(remedy === undefined ? {} : { remedy }),
      };
    }),
  );
}

/** What no registry has would be found by nodes, one by one, after Git says it. */
async function demandImages(
  { cargo: { images }, delivered }: Prepared,
  { platformDigests }: Pick<Connected, 'platformDigests'>,
): Promise<void> {
  const used = new Set(delivered.flatMap(({ images: own }) => own));
  const problems = await mapInParallel(
    images.filter(({ name }) => used.has(name)),
    8,
    async ({ repository, digest }) => {
      try {
        await platformDigests(`${repository}@${digest}`);
        return [];
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return error.problems.map(problem => ({ ...problem, message: `${problem.message} Nothing was delivered.` }));
      }
    },
  );
  if (problems.flat().length > 0) throw new UserError(problems.flat());
}

/** What was done about a failure, one sentence each. */
async function goBack(
  request: SyncRequest,
  target: Target,
  services: Services,
  connected: Connected,
  { record }: Prepared,
): Promise<readonly string[]> {
  const { log, signal } = services;
  if (!request.rollsBack || signal.aborted) return [];
  const said: string[] = [];
  const say = (sentence: string) => {
    said.push(sentence);
    log.warning(sentence);
  };
  const [last] = record.proven;
  if (last === undefined) {
    say('Nothing was proven here before, so there is nothing to go back to.');
    return said;
  }
  const covered = coveredBy(last, target);
  for (const app of target.chosen) {
    if (covered.includes(app)) continue;
    say(
      `${app.name} was not brought back: what was proven last was without it, or without all of its images and charts.`,
    );
  }
  if (covered.length === 0) return said;
  try {
    const { names, error, commit } = await goBackTo(last, request, target, services, connected);
    if (error === undefined) {
      const { records } = demandCluster(target.view, connected);
      await records.write({ ...(await records.read()), wayBack: undefined });
      for (const name of names) say(`${name} was brought back to what was proven last (${commit.slice(0, 12)}).`);
    }
    for (const problem of error?.problems ?? []) say(notBack(problem));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const problem of error.problems) say(notBack(problem));
  }
  return said;
}

function notBack({ message, remedy }: Problem): string {
  return `Not brought back: ${message}${remedy === undefined ? '' : ` ${remedy}`}`;
}

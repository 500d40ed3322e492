import { mapInParallel, UserError } from '@suite/foundation';
import type { Cluster } from '@suite/kubernetes';
import { demandCluster } from '@suite/platform-file';
import { clear } from './cleanup/clear.ts';
import { sweep } from './cleanup/sweep.ts';
import type { RunRequest } from './inputs.ts';
import { isolationPod, type JobPlan, jobOf } from './job.ts';
import { ownNamespace } from './labels.ts';
import { unfinished, unlooked } from './left-open.ts';
import { ensureNamespace } from './namespace.ts';
import type { Connected, Services } from './ports.ts';
import { plannedPool } from './preflight/index.ts';
import type { PoolReport } from './report.ts';
import { watchScaleDown } from './scale-down.ts';
import { settleInParallel } from './settle.ts';
import { gpuSizeOf } from './sizes.ts';
import type { GpuPoolInstance, Target } from './target.ts';
import { testPool } from './test-pool.ts';
import { type Finding, findingText } from './verdict.ts';
import { workloadImage } from './workload/index.ts';

/** Pools of one cluster are tested at the same time: their machines have nothing to do with one another. */
const atOnce = 6;

export async function testPools(
  request: RunRequest,
  target: Target,
  services: Services,
  connected: Connected,
  startedAt: number,
): Promise<readonly PoolReport[]> {
  const { log, clock, signal } = services;
  const cluster = demandCluster(target.view, connected);
  await sweep({ ...services, cluster });
  const deadlineAt = startedAt + request.timeoutMs;
  const hub = target.view.releases.jupyterHub;
  const run = services.newRun();
  const looks = await lookBefore(request, target, services, connected, { run, deadlineAt });
  signal.throwIfAborted();
  // A test that goes on takes long: who reads its log learns now what is not as it should be.
  for (const { instance, preflight } of looks) {
    const notes = preflight.findings.filter(({ level }) => level === 'bad' || level === 'warning');
    for (const finding of notes) log.info(findingText(instance.name, finding));
  }
  const ready = looks.filter(({ preflight }) => preflight.findings.every(({ level }) => level !== 'bad'));
  const refused = looks
    .filter(look => !ready.includes(look))
    .map(({ instance, preflight }): PoolReport => {
      log.info(`${instance.name}: nothing was made, because it cannot come right`);
      return { pool: instance.name, findings: preflight.findings, phases: {}, result: undefined, nodes: [] };
    });
  if (ready.length === 0) return refused;

  // Said before there is anything: a process that is killed in between is swept by its post stage.
  services.remember(run);
  let isCancelled = false;
  let tested: readonly TestedPool[] = [];
  try {
    const namespace = ensureNamespace(request.namespace, run, { cluster, clock, log });
    // Nothing is taken away before the last of them has ended, and what the cluster refuses to one says nothing about the others.
    tested = await settleInParallel(ready, atOnce, async ({ instance, plan, preflight }): Promise<TestedPool> => {
      const pool = instance.name;
      try {
        await namespace;
        const outcome = await testPool(
          {
            plan: { ...plan, now: new Date(clock.now()).toISOString() },
            size: instance.pool.size,
            gpusOfSize: preflight.gpusOfSize ?? gpuSizeOf(instance.pool.size)?.gpus,
            driver: instance.pool.driver,
            labels: plannedPool(instance).labels,
            startTimeoutSeconds: hub?.profiles.some(({ gpus }) => gpus > 0) ? hub.startTimeoutSeconds : undefined,
            deadlineAt,
          },
          { ...services, cluster },
        );
        const { progress, result, nodes } = outcome;
        const findings = [...preflight.findings, ...outcome.findings];
        return {
          report: { pool, findings, phases: phasesOf(progress.reached, startedAt), result, nodes },
          came: nodes.filter(({ came }) => came).map(({ name }) => name),
        };
      } catch (error) {
        signal.throwIfAborted();
        const findings = [...preflight.findings, unfinished(error)];
        return { report: { pool, findings, phases: {}, result: undefined, nodes: [] }, came: undefined };
      }
    });
  } catch (error) {
    isCancelled = signal.aborted;
    throw error;
  } finally {
    if ((await takeAway(run, cluster, isCancelled || signal.aborted, log)) && !isCancelled)
      services.remember(undefined);
  }
  const reports = tested.map(({ report }) => report);
  if (!request.watchesScaleDown) return [...refused, ...reports];
  return [
    ...refused,
    ...(await mapInParallel(tested, atOnce, async ({ report, came }) => ({
      ...report,
      findings: [...report.findings, ...(await scaleDownOf(came, { ...services, cluster }))],
    }))),
  ];
}

interface Look {
  readonly instance: GpuPoolInstance;
  readonly plan: JobPlan;
  readonly preflight: Awaited<ReturnType<Connected['checkBefore']>>;
}

/** What would be made for each pool, and what can be said of it before anything is. */
async function lookBefore(
  request: RunRequest,
  target: Target,
  services: Services,
  connected: Connected,
  { run, deadlineAt }: { readonly run: string; readonly deadlineAt: number },
): Promise<readonly Look[]> {
  const { clock } = services;
  const settings = {
    namespace: request.namespace ?? ownNamespace,
    image:
      request.image === undefined
        ? `${workloadImage.reference}@${workloadImage.digest}`
        : `${request.image.host}/${request.image.repository}@${request.image.digest}`,
    level: request.level,
  };
  const program = await services.program();
  return mapInParallel(target.chosen, atOnce, async instance => {
    const plan: JobPlan = {
      ...settings,
      run,
      pool: instance.name,
      program,
      // Where the GPU request alone would not say which pool is meant.
      selector: target.pools.length > 1 ? { 'kubernetes.azure.com/agentpool': instance.name } : undefined,
      taints: plannedPool(instance).taints,
      deadlineSeconds: Math.ceil((deadlineAt - clock.now()) / 1000) + 60,
      now: new Date(clock.now()).toISOString(),
    };
    const preflight = await connected.checkBefore({
      pool: instance,
      level: settings.level,
      namespace: { name: settings.namespace, isOwn: request.namespace === undefined },
      image: settings.image,
      job: jobOf(plan),
      pods: [isolationPod(plan, undefined, instance.name)],
    });
    return { instance, plan, preflight };
  });
}

interface TestedPool {
  readonly report: PoolReport;
  /** Names of the nodes that came for the test; undefined where the test came to no end. */
  readonly came: readonly string[] | undefined;
}

async function scaleDownOf(
  came: readonly string[] | undefined,
  ports: Parameters<typeof watchScaleDown>[1],
): Promise<readonly Finding[]> {
  const check = 'Scale-down';
  if (came === undefined) return [{ check, level: 'unknown', evidence: 'Which nodes came for the test is not known.' }];
  return watchScaleDown(came, ports).catch(error => {
    ports.signal.throwIfAborted();
    return [unlooked(check, error)];
  });
}

/** Whether everything is gone. What could not be taken away hides nothing of what was found. */
async function takeAway(run: string, cluster: Cluster, isHurried: boolean, log: Services['log']): Promise<boolean> {
  try {
    const left = await clear(run, { cluster, log }, isHurried);
    if (left.length > 0) log.warning(`Still there after a minute: ${left.join(', ')}. The next test takes it away.`);
    return left.length === 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.warning(`What the test made could not be taken away, which the next one does: ${error.message}`);
    return false;
  }
}

/** Seconds since the beginning, by milestone. */
function phasesOf(
  reached: Readonly<Record<string, number | undefined>>,
  startedAt: number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(reached).flatMap(([milestone, at]) =>
      at === undefined ? [] : [[milestone, Math.max(0, Math.round((at - startedAt) / 1000))]],
    ),
  );
}

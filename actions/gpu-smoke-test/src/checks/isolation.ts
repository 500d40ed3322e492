import type { Log } from '@suite/action-kit';
import { asArray, asObject, asString, type Clock, duration, longestSilenceMs } from '@suite/foundation';
import type { Cluster, KubernetesObject } from '@suite/kubernetes';
import { isolationContainers, isolationName, isolationPod, type JobPlan } from '../job.ts';
import { fieldManager } from '../labels.ts';
import type { Finding } from '../verdict.ts';
import { judgeIsolation, parseWorkloadLog, type WorkloadOutcome } from '../workload/index.ts';

export interface IsolationPorts {
  readonly cluster: Pick<Cluster, 'apply' | 'follow' | 'logs'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info'>;
  readonly signal: AbortSignal;
}

const patienceMs = 120_000;
const check = 'Isolation';

/** Runs a pod beside the test that asks for no GPU, and says whether it sees one. */
export async function checkIsolation(
  plan: JobPlan,
  jobUid: string,
  node: string,
  ports: IsolationPorts,
): Promise<readonly Finding[]> {
  const { cluster, log } = ports;
  log.info(`${plan.pool}: a pod that asks for no GPU looks for one on ${node}`);
  await cluster.apply(isolationPod(plan, jobUid, node), { manager: fieldManager });
  if (!(await waitForEnd(plan, node, ports))) {
    return [{ check, level: 'unknown', evidence: `A pod that asks for no GPU has not run on ${node} in two minutes.` }];
  }
  const outcomeOf = async (container: string) =>
    parseWorkloadLog(
      (await cluster.logs({ namespace: plan.namespace, pod: isolationName(plan), container }, 20)) ?? '',
    );
  return judgeBoth({
    plain: await outcomeOf(isolationContainers.plain),
    asking: await outcomeOf(isolationContainers.asking),
  });
}

/**
 * A pod that sees a GPU without a word is a hole; one that must name its wish first, itself or by its image, is a door that many clusters
 * leave open.
 */
function judgeBoth({
  plain,
  asking,
}: {
  readonly plain: WorkloadOutcome;
  readonly asking: WorkloadOutcome;
}): readonly Finding[] {
  if (plain.kind !== 'isolation') {
    return [{ check, level: 'unknown', evidence: 'The pod that asks for no GPU has told nothing.' }];
  }
  const first = judgeIsolation(plain);
  if (first.level !== 'fine' || asking.kind !== 'isolation') return [first];
  if (asking.ok && asking.deviceFiles.length === 0) return [first];
  return [
    first,
    {
      check: 'Isolation against NVIDIA_VISIBLE_DEVICES',
      level: 'warning',
      evidence: `A pod without a GPU that sets NVIDIA_VISIBLE_DEVICES=all, or whose image does, sees ${asking.deviceFiles.join(', ') || 'one'}.`,
      remedy:
        'In the configuration of the NVIDIA container toolkit, `accept-nvidia-visible-devices-envvar-when-unprivileged = false` closes that way around quota and scheduler.',
      link: 'https://github.com/elastisys/compliantkubernetes-apps/issues/2473',
    },
  ];
}

/** Whether the pod ended in time. */
async function waitForEnd(
  plan: JobPlan,
  node: string,
  { cluster, clock, log, signal }: IsolationPorts,
): Promise<boolean> {
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const following = cluster
    .follow(
      { apiVersion: 'v1', kind: 'Pod', namespace: plan.namespace, fields: `metadata.name=${isolationName(plan)}` },
      pods => [...pods.values()].some(hasEnded),
      until,
    )
    .then(() => true);
  const began = clock.now();
  const waiting = (async () => {
    for (let waited = 0; waited < patienceMs; waited = clock.now() - began) {
      if (waited > 0) log.info(`${plan.pool}: that pod runs on ${node} (${duration(waited)}; usually a few seconds)`);
      await clock.sleep(Math.min(longestSilenceMs, patienceMs - waited), until);
    }
    return false;
  })();
  try {
    return await Promise.race([following, waiting]);
  } finally {
    stop.abort();
    following.catch(() => undefined);
    waiting.catch(() => undefined);
  }
}

/** All containers, whatever became of them. */
function hasEnded(pod: KubernetesObject): boolean {
  const status = asObject(pod['status']);
  const phase = asString(status['phase']);
  const states = asArray(status['containerStatuses']).map(each => asObject(asObject(each)['state']));
  const allEnded = states.length > 0 && states.every(state => state['terminated'] !== undefined);
  return phase === 'Succeeded' || phase === 'Failed' || allEnded;
}

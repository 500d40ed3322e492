import { duration } from '@suite/foundation';
import type { Finding } from '../verdict.ts';
import { budgets, deletionPatience, operatorBudget, pullBudget, refusalPatience } from './budgets.ts';
import type { Facts } from './facts.ts';
import { judgeContainer } from './judge-container.ts';
import { judgeNode, slicesOnly } from './judge-node.ts';
import { judgeQueue } from './judge-queue.ts';
import { nodeInSight, type Progress, type Watched } from './phases.ts';

/** What a test is ended for before its work has ended; undefined as long as it may still come right. */
export function judge(
  progress: Progress,
  facts: Facts,
  watched: Watched & { readonly driver: 'Install' | 'None' },
  now: number,
): Finding | undefined {
  return (
    judgeJob(progress, facts) ??
    judgeInterruption(progress, facts, now) ??
    judgeContainer(progress, facts, now) ??
    (progress.current === 'done' ? undefined : judgeWaiting(progress, facts, watched, now))
  );
}

function judgeWaiting(
  progress: Progress,
  facts: Facts,
  watched: Watched & { readonly driver: 'Install' | 'None' },
  now: number,
): Finding | undefined {
  const { current } = progress;
  if (current === 'done') return undefined;
  const since = progress.reached[current] ?? watched.startedAt;
  const waited = now - since;
  const isOver = now >= watched.deadlineAt || facts.job.failed?.reason === 'DeadlineExceeded';
  switch (current) {
    case 'queued':
    case 'scale-up': {
      const found = judgeQueue(progress, facts, watched, { waited, isOver });
      if (found !== undefined) return found;
      break;
    }
    case 'node':
    case 'ready': {
      const budget = current === 'ready' && watched.driver === 'None' ? operatorBudget : budgets[current];
      const node = nodeInSight(facts, watched);
      // Names that the device plugin has given stay: there is nothing to wait for.
      if (current === 'ready' && node !== undefined && node.slices.length > 0 && waited >= refusalPatience) {
        return slicesOnly(node);
      }
      if (waited >= budget && node !== undefined) return judgeNode(current, node, waited, watched);
      // Another one may be on its way, which takes as long as the first.
      if (waited >= budgets['scale-up'] && node === undefined) return nodeGone(waited);
      break;
    }
    case 'plugin':
      if (progress.boundAt === undefined) {
        const found = judgeQueue(progress, facts, watched, { waited, isOver });
        if (found !== undefined) return found;
      } else if (now - progress.boundAt >= pullBudget) {
        return {
          check: 'Image',
          level: 'bad',
          verdict: { kind: 'blocked', cause: 'registry' },
          evidence:
            `The node has not pulled the image in ${duration(now - progress.boundAt)}. ${lastWarning(facts)}`.trim(),
          remedy: 'Look at the way from the node to the registry, and whether the image is as small as it should be.',
        };
      }
      break;
    case 'pulled':
      if (waited >= budgets.pulled) {
        return unknown(
          `The container has not started ${duration(waited)} after its image was there. ${lastWarning(facts)}`,
        );
      }
      break;
    case 'running':
      if (waited >= budgets.running) {
        return {
          ...unknown(`The work has come to no end in ${duration(waited)}, though it gives itself less.`),
          remedy: 'A GPU that hangs: look at the Xid errors of the node, and take the node out.',
        };
      }
      break;
  }
  if (!isOver) return undefined;
  return {
    ...unknown(
      `The time was over while the test ${current === 'running' ? 'ran' : `was at "${current}"`}, for ${duration(waited)}. ${lastWarning(facts)}`.trim(),
    ),
    remedy: 'Give it more with `timeout`: a pool that starts from zero needs about 20 minutes at worst.',
  };
}

function nodeGone(waited: number): Finding {
  return {
    check: 'Node',
    level: 'bad',
    verdict: { kind: 'inconclusive', cause: 'interrupted' },
    evidence: `A node came for the test, and was gone again before the pod could run on it; ${duration(waited)} later there is no other.`,
    remedy:
      'Azure takes spot machines back, and the autoscaler removes nodes that do not become usable: see its events, and run the test again.',
  };
}

function unknown(evidence: string): Finding {
  return {
    check: 'Way to the result',
    level: 'bad',
    verdict: { kind: 'inconclusive', cause: 'unknown' },
    evidence: evidence.trim(),
  };
}

/** The newest warning, for a reader who has to go on from there. */
function lastWarning({ events }: Pick<Facts, 'events'>): string {
  const last = events.findLast(({ isWarning }) => isWarning);
  return last === undefined ? '' : `The last warning: ${last.reason}: ${last.message}`;
}

/** A Job whose pod is never made, or that is taken away. */
function judgeJob({ wasSeen }: Progress, { job, pod, events }: Facts): Finding | undefined {
  if (wasSeen && !job.exists) {
    return {
      check: 'Job',
      level: 'bad',
      verdict: { kind: 'inconclusive', cause: 'interrupted' },
      evidence: 'Somebody deleted the Job while it was tested.',
      remedy: 'Run the test again.',
    };
  }
  if (pod !== undefined) return undefined;
  const refusal = events.findLast(({ reason }) => reason === 'FailedCreate')?.message;
  if (refusal === undefined) return undefined;
  const isQuota = /exceeded quota|must specify .*(?:limits|requests)/i.test(refusal);
  return {
    check: 'Pod',
    level: 'bad',
    verdict: { kind: 'blocked', cause: isQuota ? 'quota' : 'configuration' },
    evidence: `Kubernetes refuses the pod: ${refusal}`,
    remedy: isQuota
      ? 'Give the ResourceQuota of the namespace room for one GPU, or name another `namespace`.'
      : 'The policy of the namespace has to allow a pod of the level restricted that asks for a GPU; or name another `namespace`.',
  };
}

/** Ends that are nobody's fault: pkg/kubelet and pkg/scheduler give them as the pod's condition or reason. */
function judgeInterruption({ deletedSince }: Progress, { pod, job }: Facts, now: number): Finding | undefined {
  // What was done before is not undone by it.
  if (pod?.ended?.exitCode === 0 || job.failed?.reason === 'DeadlineExceeded') return undefined;
  const isGivenUp = /^(?:Evicted|Terminated|NodeShutdown|NodeLost|Shutdown|Preempting)$/.test(pod?.reason ?? '');
  const isDeleted = deletedSince !== undefined && now - deletedSince >= deletionPatience;
  const why =
    pod?.disruption ??
    (isGivenUp ? `${pod?.reason}: ${pod?.message ?? ''}` : isDeleted ? 'somebody deleted it' : undefined);
  if (why === undefined) return undefined;
  return {
    check: 'Interruption',
    level: 'bad',
    verdict: { kind: 'inconclusive', cause: 'interrupted' },
    evidence: `The pod was taken away from ${pod?.node ?? 'its node'}: ${why}`,
    remedy: 'Run the test again. An evicted spot node or a node that is drained says nothing about the GPU.',
  };
}

import { duration } from '@suite/foundation';
import type { Finding, Verdict } from '../verdict.ts';
import { budgets, refusalPatience } from './budgets.ts';
import type { EventFacts, Facts } from './facts.ts';
import { describeHolders } from './holders.ts';
import { hasTriggered, type Progress, type Watched } from './phases.ts';

const faq = 'https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md';

/** Why a pod gets no node: what the autoscaler says decides before its time is over. */
export function judgeQueue(
  { current }: Progress,
  facts: Facts,
  watched: Watched,
  { waited, isOver }: { readonly waited: number; readonly isOver: boolean },
): Finding | undefined {
  const failure = describeFailure(facts);
  // Azure hides it from the pod's events, and the autoscaler goes on to wait 15 min (kubernetes/autoscaler#8323).
  // It may be of before the test, and a GPU that is free needs no scale-up: then the scheduler comes first.
  const needsScaleUp = facts.holders !== undefined && !hasFreeGpu(facts);
  const decides = needsScaleUp || waited >= refusalPatience || isOver;
  if (failure !== undefined && current !== 'plugin' && decides) return scaleUpFailed(failure);
  const isTriggered = hasTriggered(facts);
  // What it says once a scale-up is under way is about the next one (Azure/AKS#1565).
  const refusal = isTriggered ? undefined : facts.events.findLast(({ reason }) => reason === 'NotTriggerScaleUp');
  if (refusal !== undefined && (waited >= refusalPatience || isOver)) return refused(refusal, facts, watched);
  const budget = budgets[current === 'scale-up' || current === 'plugin' ? current : 'queued'];
  if (waited < budget) return undefined;
  if (current === 'scale-up') {
    return {
      check: 'Scale-up',
      level: 'bad',
      verdict: { kind: 'blocked', cause: 'capacity' },
      evidence: `The autoscaler asked Azure for a node of ${watched.pool}, and none has come in ${duration(waited)}.`,
      remedy:
        'Azure is most likely out of this size in this place: look at the activity log of the node resource group, try another zone or size, or reserve capacity.',
      link: 'https://github.com/Azure/AKS/issues/1444',
    };
  }
  return unscheduled(facts, watched, waited);
}

/** What failed of a scale-up of this pool, in the autoscaler's words. */
function describeFailure({ scaler }: Facts): string | undefined {
  const group = scaler.groups?.find(({ backoff }) => backoff !== undefined);
  const event = scaler.failures.at(-1)?.message;
  if (group?.backoff === undefined) return event;
  const { code, message } = group.backoff;
  const said = [code, message].filter(part => part !== '').join(': ');
  return `${group.name} waits after a failed scale-up${said === '' ? '' : `: ${said}`}${event === undefined || said !== '' ? '' : `: ${event}`}`;
}

/** Codes of Microsoft.Compute and of the resource manager, as the autoscaler passes them on. */
const configuration =
  /RequestDisallowedByPolicy|AuthorizationFailed|LinkedAuthorization|SubnetIsFull|InsufficientSubnetSize|ScopeLocked|InvalidParameter|VMExtension/i;
const quota = /quota|approved .*cores|OperationNotAllowed/i;

function causeOfFailedScaleUp(text: string): Extract<Verdict, { kind: 'blocked' }>['cause'] {
  if (quota.test(text)) return 'quota';
  return configuration.test(text) ? 'configuration' : 'capacity';
}

const remedies = {
  quota: 'Ask for more cores of this VM family in this region (Azure portal, Quotas), or use another size.',
  capacity: 'Azure is out of this size here for now: try another zone or region, another size, or reserve capacity.',
  configuration: 'Read what Azure refuses, and put it right in the platform file or the subscription.',
  registry: '',
} as const;

function scaleUpFailed(failure: string): Finding {
  const cause = causeOfFailedScaleUp(failure);
  return {
    check: 'Scale-up',
    level: 'bad',
    verdict: { kind: 'blocked', cause },
    evidence: failure,
    remedy: remedies[cause],
    link: 'https://github.com/kubernetes/autoscaler/issues/8323',
  };
}

/** The autoscaler's reasons (`pod didn't trigger scale-up: 1 max node group size reached, 2 …`), of which it lists those of all pools. */
function refused({ message }: EventFacts, facts: Facts, watched: Watched): Finding {
  const base = {
    check: 'Scale-up',
    level: 'bad',
    evidence: `The autoscaler adds no node: ${message}`,
    link: faq,
  } as const;
  if (/backoff/i.test(message)) {
    return {
      ...base,
      verdict: { kind: 'blocked', cause: 'capacity' },
      remedy:
        'An earlier scale-up of this pool failed, for want of quota or capacity: look at the events of kube-system.',
    };
  }
  if (/max (?:node group size|cluster|total nodes|limit)/i.test(message)) {
    if (isBusy(facts)) return busy(facts, watched, message);
    return {
      ...base,
      verdict: { kind: 'blocked', cause: 'capacity' },
      remedy: `The pool ${watched.pool} is at its maximum and none of its nodes has room: raise \`max\` in the platform file, or look at what its nodes lack.`,
    };
  }
  if (/node affinity|selector/i.test(message) && !/taint/i.test(message)) {
    return {
      ...base,
      verdict: { kind: 'blocked', cause: 'configuration' },
      remedy:
        'The autoscaler knows the labels of a pool without nodes only from its template, and may have another `accelerator` there: select by no label, or by one of your own.',
    };
  }
  return {
    ...base,
    verdict: { kind: 'blocked', cause: 'configuration' },
    remedy: `Look whether the pool ${watched.pool} scales, has a size with GPUs, and no taint that nobody tolerates.`,
  };
}

/** Neither a place nor a word of the autoscaler's. */
function unscheduled(facts: Facts, watched: Watched, waited: number): Finding {
  const said = facts.pod?.unschedulable ?? '';
  if (isBusy(facts)) return busy(facts, watched, said);
  const base = { check: 'Place', level: 'bad' } as const;
  if (/taint/.test(said) && !/Insufficient/.test(said)) {
    return {
      ...base,
      verdict: { kind: 'blocked', cause: 'configuration' },
      evidence: `No node takes the pod: ${said}`,
      remedy: 'Remove the taint that nothing tolerates, or name it in the platform file.',
    };
  }
  return {
    ...base,
    verdict: { kind: 'inconclusive', cause: 'unknown' },
    evidence:
      `The pod has had no place for ${duration(waited)}, and the autoscaler says nothing about it. ${said}`.trim(),
    remedy:
      'Look whether the autoscaler of the cluster runs: `kubectl -n kube-system get configmap cluster-autoscaler-status`.',
    link: faq,
  };
}

/** Whether a node that takes pods has a GPU that nobody holds. */
function hasFreeGpu({ nodes, holders }: Facts): boolean {
  return nodes.some(({ name, isReady, isCordoned, allocatable }) => {
    const held = (holders ?? []).filter(({ node }) => node === name).reduce((sum, { gpus }) => sum + gpus, 0);
    return isReady && !isCordoned && allocatable > held;
  });
}

/** Whether there are GPUs, and others hold all of them. */
function isBusy({ nodes, holders }: Facts): boolean {
  const there = nodes
    .filter(({ isReady, isCordoned }) => isReady && !isCordoned)
    .reduce((sum, { allocatable }) => sum + allocatable, 0);
  const held = (holders ?? []).reduce((sum, { gpus }) => sum + gpus, 0);
  return there > 0 && held >= there;
}

function busy({ holders }: Facts, { pool }: Watched, said: string): Finding {
  return {
    check: 'Place',
    level: 'bad',
    verdict: { kind: 'inconclusive', cause: 'busy' },
    evidence: `All GPUs of ${pool} are in use: ${describeHolders(holders)}. ${said}`.trim(),
    remedy:
      'Nothing is wrong with that: run the test when a GPU is free, or raise `max`. Nobody is ever displaced for it.',
  };
}

import type { Finding } from '../verdict.ts';
import type { NodeFacts } from '../watch/facts.ts';

/**
 * Work that ran on no node that can be looked at says nothing about the pool: another pool or node auto-provisioning took it, or the node
 * is gone by now. `ran`: its name. `seen`: nodes of the pool while it ran.
 */
export function judgePlace(pool: string, ran: string | undefined, seen: readonly Pick<NodeFacts, 'name'>[]): Finding {
  const base = {
    check: 'Node of the work',
    level: 'bad',
    verdict: { kind: 'inconclusive', cause: 'unknown' },
  } as const;
  if (ran === undefined) {
    return { ...base, evidence: 'The work ran, and nothing says on which node.', remedy: 'Run the test again.' };
  }
  if (seen.some(({ name }) => name === ran)) {
    return {
      ...base,
      evidence: `The work ran on ${ran}, which was gone before it could be looked at.`,
      remedy: 'Run the test again.',
    };
  }
  return {
    ...base,
    evidence: `The work ran on ${ran}, which is no node of this pool, ${pool}.`,
    remedy:
      'Another pool of the cluster or node auto-provisioning took the pod: taint what is not in the platform file, so that a request for a GPU finds this pool.',
  };
}

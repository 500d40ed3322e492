import type { Finding } from '../verdict.ts';
import type { PodFacts } from '../watch/facts.ts';
import type { WorkloadOutcome } from '../workload/index.ts';

/** The program ends with 0 where it calls its work right, and with nothing else. One who says so and ends otherwise is not believed. */
export function judgeExit(outcome: WorkloadOutcome, { ended }: Pick<PodFacts, 'ended'>): readonly Finding[] {
  if (outcome.kind !== 'result' || !outcome.result.ok || ended === undefined || ended.exitCode === 0) return [];
  return [
    {
      check: 'End of the work',
      level: 'bad',
      verdict: { kind: 'inconclusive', cause: 'unknown' },
      evidence: `The work says that all is right, and its container ended with exit code ${ended.exitCode}${ended.reason === '' ? '' : ` (${ended.reason})`}.`,
      remedy: 'Run the test again; look at the messages of the node’s kernel if it happens again.',
    },
  ];
}

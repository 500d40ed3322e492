import { gpuSizeOf } from '../sizes.ts';
import type { Finding } from '../verdict.ts';
import { judgeDevices, type Sharing, sharingOf } from './judge-devices.ts';
import { judgeError } from './judge-error.ts';
import { judgeFigures } from './judge-figures.ts';
import { judgeIsolation } from './judge-isolation.ts';
import { judgeResults, wrongResults } from './judge-results.ts';
import type { Level, WorkloadOutcome } from './result.ts';

export interface Expectation {
  /** VM size of the node. */
  readonly size: string;
  /** As the cluster shows it: labels of the node, configuration of the device plugin. */
  readonly sharing: Sharing;
  readonly level: Level;
}

/** What the workload's outcome says about the GPU: one finding for each thing that was looked at. Pure. */
export function judgeWorkload(outcome: WorkloadOutcome, expectation: Expectation): readonly Finding[] {
  switch (outcome.kind) {
    case 'isolation':
      return [judgeIsolation(outcome)];
    case 'none':
      return [judgeSilence(outcome.tail)];
    case 'result': {
      const { result } = outcome;
      const size = gpuSizeOf(expectation.size);
      const sharing = sharingOf(result, size, expectation.sharing);
      if (result.error !== undefined) {
        return [
          ...judgeDevices(result, size, sharing),
          ...wrongResults(result),
          judgeError(result.error, result, size),
        ];
      }
      return [
        ...judgeDevices(result, size, sharing),
        ...judgeResults(result),
        ...judgeFigures(result, { name: expectation.size, known: size }, sharing, expectation.level),
      ];
    }
  }
}

const check = 'Output of the work';

function judgeSilence(tail: string): Finding {
  // Words of Python's launcher, of shells, and of Python versions that do not know the program's words.
  const cannotRun = /can't open file|No module named|SyntaxError|not found|AttributeError/.test(tail);
  const said = tail === '' ? 'Its log is empty.' : `Its log ends with: ${tail}`;
  return {
    check,
    level: 'bad',
    verdict: cannotRun ? { kind: 'blocked', cause: 'configuration' } : { kind: 'inconclusive', cause: 'unknown' },
    evidence: `The work printed no result. ${said}`,
    remedy: cannotRun
      ? 'Use the default image, or one that has python3, 3.9 or newer.'
      : 'Run the test again, and look at the pod with `kubectl describe` while it is there.',
  };
}

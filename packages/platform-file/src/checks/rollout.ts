import type { Path } from '../position.ts';
import { longestPauseMs } from '../rollout.ts';
import { milliseconds } from '../units.ts';
import type { Checker } from './checker.ts';

const pauseAt: Path = ['rollout', 'pause'];

/** A pause that no region would make, or that outlasts its job. `first` is the first of the environment's regions. */
export function checkRollout(first: Checker, regions: number): void {
  const { merged, view, report, saidBy, isSound } = first;
  const pause = merged.rollout?.pause;
  if (pause === undefined) return;
  if (milliseconds(pause) > longestPauseMs) {
    report(
      pauseAt,
      `A region that pauses for ${pause} leaves its job too little time for what it applies.`,
      'Use 2h or less.',
    );
  }
  const isOwn = saidBy(pauseAt) === 'environment';
  if (regions === 1) {
    // What is said for all environments concerns those that have several.
    if (!isOwn || !isSound(['regions'])) return;
    report(pauseAt, `\`${view.scope}\` has one region, and none that would wait for it.`, 'Remove `pause`.');
  } else if (view.rollout.after.length === 0 && (isOwn || saidBy(['rollout', 'regions']) === 'defaults')) {
    report(
      pauseAt,
      `The regions of \`${view.scope}\` go in parallel, so none waits for another.`,
      'Say `regions: in-order` beside it, or remove `pause`.',
    );
  }
}

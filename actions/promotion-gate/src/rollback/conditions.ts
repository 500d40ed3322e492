import { type Problem, sentenceList, withFullStop } from '@suite/foundation';
import { inUtc } from '../conditions.ts';
import type { PromotionRecord } from '../record.ts';
import { outOfTurn, type Predecessor } from '../turn.ts';
import type { Rollback } from './rollback.ts';

/** What is known when an environment asks to go back to a bundle. */
export interface RollbackFacts {
  readonly environment: string;
  readonly bundle: { readonly digest: string; readonly commit: string };
  readonly rollback: Rollback;
  /** Its regions, as the platform file of that bundle has them. */
  readonly regions: readonly {
    readonly region: string;
    /** That this very bundle was verified there. */
    readonly record: PromotionRecord | undefined;
    readonly running: PromotionRecord | undefined;
  }[];
  /** Why nothing may change there, as the branch has it by now. */
  readonly hold: string | undefined;
  /** Why nobody's approval lets it go back, where somebody had to approve. */
  readonly unapproved?: Problem | undefined;
  /** Of the region that goes back now, where those of the environment go one after another. */
  readonly before: readonly Predecessor[];
}

/**
 * Everything that keeps an environment from going back, each with what would let it. Pure. What was verified there has stood all that a gate
 * asks of a newcomer, so neither time, freezes nor checks are asked for again. A hold is a person's word, and stands.
 */
export function judgeRollback(facts: RollbackFacts): readonly Problem[] {
  return [
    ...held(facts),
    ...ofAnother(facts),
    ...neverVerified(facts),
    ...movedOn(facts),
    ...(facts.unapproved === undefined ? [] : [facts.unapproved]),
    ...notItsTurn(facts),
  ];
}

function held({ environment, hold }: RollbackFacts): Problem[] {
  return hold === undefined ? [] : [describeHeld(environment, hold)];
}

export function describeHeld(environment: string, hold: string): Problem {
  return {
    message: `\`${environment}\` is on hold: ${withFullStop(hold)} Nothing goes back meanwhile.`,
    remedy: `Take \`gate: hold:\` of ${environment} out of the platform file, and start this again on that commit.`,
  };
}

function notItsTurn({ environment, before }: RollbackFacts): Problem[] {
  const problem = outOfTurn(environment, before);
  return problem === undefined ? [] : [problem];
}

function ofAnother({ environment, rollback }: RollbackFacts): Problem[] {
  if (rollback.environment === environment) return [];
  return [
    {
      message: `This way back was chosen for \`${rollback.environment}\`, not for \`${environment}\`.`,
      remedy: 'Give the `rollback` output of `choose` for the same environment.',
    },
  ];
}

function neverVerified({ environment, bundle, regions }: RollbackFacts): Problem[] {
  const missing = regions.filter(({ record }) => record === undefined).map(({ region }) => region);
  if (missing.length === 0) return [];
  return [
    {
      message: `${bundle.commit.slice(0, 7)} was never verified in \`${environment}\`: ${sentenceList(missing)} ${missing.length === 1 ? 'has' : 'have'} no record of it. Nothing goes back to what was not there.`,
      remedy: 'Choose a commit that all its regions have verified, or promote this one.',
    },
  ];
}

/** Who approved has seen what goes back from one bundle to another. */
function movedOn({ environment, bundle, rollback, regions }: RollbackFacts): Problem[] {
  return regions.flatMap(({ region, running }) => {
    const from = rollback.from.find(one => one.region === region);
    if (running === undefined || running.bundle === bundle.digest || running.bundle === from?.bundle) return [];
    const planned = from === undefined ? 'nothing' : from.commit.slice(0, 7);
    return [
      {
        message: `${environment} · ${region} runs ${running.commit.slice(0, 7)} since ${inUtc(Date.parse(running.recordedAt))} (${running.run.url}); when this way back was chosen, it ran ${planned}.`,
        remedy: 'Start the rollback again if it is still wanted.',
      },
    ];
  });
}

import { type Problem, UserError } from '@suite/foundation';
import type { Change, Check, Difference } from './model.ts';

export interface LookedAt {
  /** From what was applied to what is there. */
  readonly drift: readonly Change[];
  /** Drift that no plan shows. */
  readonly differences?: readonly Difference[];
  /** What could not be looked at. */
  readonly gaps: readonly Problem[];
}

/**
 * The end of a look for drift, the same for every action. What was found stands, whatever could not be looked at; without anything
 * found, a gap is an error: a run that could not look must not end as one that saw nothing.
 */
export function judgeDrift({ drift, differences = [], gaps }: LookedAt) {
  const isDrifted = drift.length > 0 || differences.length > 0;
  const verdict = isDrifted ? 'drifted' : gaps.length > 0 ? 'incomplete' : 'clean';
  const checks = gaps.map(
    ({ message, remedy }): Check => ({
      id: 'drift/unread',
      name: 'Everything could be looked at',
      status: 'unknown',
      message,
      ...(remedy === undefined ? {} : { remedy }),
    }),
  );
  const error = verdict === 'incomplete' ? new UserError(gaps) : undefined;
  return { verdict, checks, error } as const;
}

/** What checks could not say, as gaps. */
export function gapsOfChecks(checks: readonly Check[]): Problem[] {
  return checks
    .filter(({ status }) => status === 'unknown')
    .map(({ message, remedy }) => ({ message, ...(remedy === undefined ? {} : { remedy }) }));
}

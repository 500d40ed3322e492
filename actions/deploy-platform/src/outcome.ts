import type { Check } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import type { Request } from './inputs.ts';
import type { PlatformPlan } from './plan.ts';
import type { Findings } from './report.ts';
import type { Review } from './review.ts';

/** A command that performs what was reviewed. */
export type ApplyRequest = Extract<Request, { readonly review: Review }>;

/** What a command comes to. */
export interface Outcome {
  readonly findings: Findings;
  /** What the command fails with, after its report was written. */
  readonly error?: unknown;
}

export function blockedOf({ checks }: Pick<PlatformPlan, 'checks'>): readonly Check[] {
  return checks.filter(({ status }) => status === 'blocked');
}

/** A plan for people to read; with `failIfBlocked` it fails with what an apply would refuse. */
export function shown(
  findings: Omit<Findings, 'verdict'> & { readonly plan: PlatformPlan },
  changes: boolean,
  failIfBlocked: boolean,
): Outcome {
  const blocked = blockedOf(findings.plan);
  const verdict = blocked.length > 0 ? 'blocked' : changes ? 'changes' : 'no-changes';
  const made = { findings: { ...findings, verdict } as const };
  return blocked.length > 0 && failIfBlocked ? { ...made, error: refusal(blocked) } : made;
}

export function isIdle({ changes, releases }: PlatformPlan): boolean {
  return changes.length === 0 && releases.every(({ action }) => action === 'none');
}

/** What apply refuses, as an error. */
export function refusal(blocked: readonly Check[]): UserError {
  return new UserError(
    blocked.map(({ message, remedy }) => ({ message, ...(remedy === undefined ? {} : { remedy }) })),
  );
}

import type { Check } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { locateSetting } from '@suite/platform-file';
import type { Request } from './inputs.ts';
import type { PlatformPlan } from './plan.ts';
import type { Findings } from './report.ts';
import type { Review } from './review.ts';
import type { Target } from './target.ts';

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
  { failIfBlocked }: { readonly failIfBlocked: boolean },
  target: Target,
): Outcome {
  const blocked = blockedOf(findings.plan);
  const verdict = blocked.length > 0 ? 'blocked' : changes ? 'changes' : 'no-changes';
  const made = { findings: { ...findings, verdict } as const };
  return blocked.length > 0 && failIfBlocked ? { ...made, error: refusal(blocked, target) } : made;
}

export function isIdle({ changes, releases }: PlatformPlan): boolean {
  return changes.length === 0 && releases.every(({ action }) => action === 'none');
}

/** What apply refuses, as an error at the lines of the platform file that decide it. */
export function refusal(blocked: readonly Check[], { platform, view }: Pick<Target, 'platform' | 'view'>): UserError {
  return new UserError(
    blocked.map(({ message, remedy, setting }) => ({
      message,
      ...(remedy === undefined ? {} : { remedy }),
      ...(setting === undefined ? {} : { location: locateSetting(platform, view, setting.split('.')) }),
    })),
  );
}

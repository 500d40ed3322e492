import { type Check, judgeAllowance, type Verdict } from '@suite/change-report';
import type { Problem } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import type { PlanContent } from '@suite/terraform';
import type { Unrecorded } from './adopt.ts';
import { withoutAutomaticUpgrades } from './automatic-upgrades.ts';
import { judgeImports } from './imports.ts';
import { withSettings } from './settings.ts';
import { describeUnrecorded } from './unrecorded.ts';

/** A plan as the report shows it and as apply judges it. */
export interface JudgedPlan {
  readonly content: PlanContent;
  readonly digest: string;
  /** Terraform's own checks and ours; a blocked one stops apply. */
  readonly checks: readonly Check[];
  readonly verdict: Extract<Verdict, 'no-changes' | 'changes' | 'blocked'>;
}

/** What is to be thought of a plan. Pure. */
export function judgePlan(
  view: ScopeView,
  platformFile: string,
  content: PlanContent,
  digest: string,
  unrecorded: readonly Unrecorded[],
): JudgedPlan {
  const checks: Check[] = [
    ...content.checks,
    ...judgeAllowance(content.changes, view.allow, { scope: view.scope, platformFile }),
    ...judgeImports(content.imports, view),
    ...describeUnrecorded(unrecorded, view).map(
      ({ address, ...problem }): Check => ({
        id: `unrecorded/${address}`,
        name: 'Everything that exists is recorded',
        status: 'blocked',
        ...problem,
      }),
    ),
  ];
  const blocked = checks.some(check => check.status === 'blocked');
  return {
    content: {
      ...content,
      changes: withSettings(content.changes, view),
      drift: withoutAutomaticUpgrades(content.drift),
    },
    digest,
    checks,
    verdict: blocked ? 'blocked' : content.applyable ? 'changes' : 'no-changes',
  };
}

/** The plan with more checks; a blocked one blocks it. */
export function withChecks(plan: JudgedPlan, more: readonly Check[]): JudgedPlan {
  const blocked = more.some(({ status }) => status === 'blocked');
  return { ...plan, checks: [...plan.checks, ...more], verdict: blocked ? 'blocked' : plan.verdict };
}

/** What apply refuses, one problem per blocked check. */
export function refusals(plan: JudgedPlan): Problem[] {
  return plan.checks
    .filter(check => check.status === 'blocked')
    .map(({ message, remedy }) => ({ message, ...(remedy === undefined ? {} : { remedy }) }));
}

import { judgeAllowance, unusedAllowances } from '@suite/change-report';
import { allowKeyOf } from '@suite/kubernetes/compare';
import type { EnvironmentScope } from '@suite/platform-file';
import type { PlatformPlan } from './plan.ts';

type Allowing = Pick<EnvironmentScope, 'scope' | 'allow'>;

/**
 * The plan with a check per release that would lose data: blocked unless the environment allows it. `platformFile`: as a person
 * would name it. What would have to be replaced is refused in any case, so nobody is told to allow that.
 */
export function withAllowance(plan: PlatformPlan, { scope, allow }: Allowing, platformFile: string): PlatformPlan {
  const lost = plan.changes.filter(({ kind }) => kind !== 'replace');
  return { ...plan, checks: [...plan.checks, ...judgeAllowance(lost, allow, { scope, platformFile })] };
}

/** A sentence for each release that is allowed to lose what it holds, and does not. */
export function spareAllowances({ changes }: Pick<PlatformPlan, 'changes'>, { scope, allow }: Allowing): string[] {
  const ours = allow.filter(key => key.startsWith(allowKeyOf('')));
  return unusedAllowances(changes, ours).map(
    key => `\`allow:\` of ${scope} names ${key}, which this plan does not need: take it out.`,
  );
}

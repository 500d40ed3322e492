import { type Check, changingOutputs, compareWithReviewed, readReviewed } from '@suite/change-report';
import { count, UserError } from '@suite/foundation';
import type { Request } from './inputs.ts';
import type { Connected, Services } from './ports.ts';
import { prepare } from './prepare.ts';
import { type Outcome, planned } from './report.ts';
import type { Target } from './target.ts';

/** Shows what a sync would change. Writes nothing. */
export async function planFor(
  request: Extract<Request, { command: 'plan' }>,
  target: Target,
  services: Services,
  connected: Connected,
): Promise<Outcome> {
  const { reviewed, infrastructureReport, approval, failIfBlocked, images, bases } = request;
  const seen = reviewed === undefined ? undefined : { report: await readReviewed(reviewed, 'sync-argocd') };
  const changing = infrastructureReport === undefined ? new Set<string>() : await changingOutputs(infrastructureReport);
  const prepared = await prepare(target, services, connected, { images, bases, changing, isApply: false });
  for (const { name, action, changes } of prepared.plan.applications) {
    services.log.info(`${name}: ${action}${changes.length === 0 ? '' : ` (${count(changes.length, 'change')})`}`);
  }
  const { plan, ...rest } = planned(prepared);
  const { changes } = plan;
  const review =
    seen === undefined
      ? []
      : [
          compareWithReviewed(
            { digest: prepared.digest, changes, applyable: changes.length > 0 || prepared.edits.files.length > 0 },
            seen.report,
            approval,
          ),
        ];
  const checks = [...review, ...prepared.checks];
  const blocked = checks.filter(({ status }) => status === 'blocked');
  const verdict = blocked.length > 0 ? 'blocked' : changes.length > 0 ? 'changes' : 'no-changes';
  const findings = { verdict, plan: { ...plan, checks }, ...rest } as const;
  return blocked.length === 0 || !failIfBlocked ? { findings } : { findings, error: refusal(blocked) };
}

/** What a sync refuses, as an error. */
export function refusal(blocked: readonly Check[]): UserError {
  return new UserError(
    blocked.map(({ message, remedy }) => ({ message, ...(remedy === undefined ? {} : { remedy }) })),
  );
}

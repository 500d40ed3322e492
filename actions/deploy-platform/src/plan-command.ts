import { changingOutputs, compareWithReviewed, readReviewed } from '@suite/change-report';
import { spareAllowances } from './allowance.ts';
import type { Request } from './inputs.ts';
import { isIdle, type Outcome, shown } from './outcome.ts';
import { summaryOf } from './plan.ts';
import type { Connected, Services } from './ports.ts';
import { prepare } from './prepare.ts';
import type { Target } from './target.ts';

/** What would change, object by object. */
export async function planReleases(
  request: Extract<Request, { command: 'plan' }>,
  target: Target,
  services: Services,
  connected: Connected,
): Promise<Outcome> {
  const { infrastructureReport, approval } = request;
  const seen =
    request.reviewed === undefined ? undefined : { report: await readReviewed(request.reviewed, 'deploy-platform') };
  const changing = infrastructureReport === undefined ? new Set<string>() : await changingOutputs(infrastructureReport);
  const { plan: plain } = await prepare(target, services, connected, {
    isApply: false,
    changing,
    hold: request.bundle,
  });
  for (const one of plain.releases) services.log.info(summaryOf(one));
  const review =
    seen === undefined ? [] : [compareWithReviewed({ ...plain, applyable: !isIdle(plain) }, seen.report, approval)];
  const made = { ...plain, checks: [...review, ...plain.checks] };
  const findings = { plan: made, warnings: spareAllowances(made, target.view) };
  return shown(findings, !isIdle(made), request, target);
}

import { gapsOfChecks, judgeDrift } from '@suite/change-report';
import type { Request } from './inputs.ts';
import type { Connected, Services } from './ports.ts';
import { prepare } from './prepare.ts';
import { type Outcome, planned } from './report.ts';
import type { Target } from './target.ts';

/**
 * What no run will ever see: jq expressions of `ignoreDifferences`, and applications that go to another cluster. What registries have of charts
 * is nothing that anybody has changed in the cluster.
 */
const lastingGap = /\/(?:ignored|elsewhere)$|^chart\//;

/** What others have changed of the applications since Argo CD brought them, apart from what waits for a sync. Writes nothing. */
export async function driftFor(
  { images }: Pick<Request, 'images'>,
  target: Target,
  services: Services,
  connected: Connected,
): Promise<Outcome> {
  if (connected.cluster === undefined) {
    return { findings: { verdict: 'clean', warnings: ['There is no cluster yet, so nothing was applied to it.'] } };
  }
  const prepared = await prepare(target, services, connected, { images, changing: new Set(), isApply: false });
  const { plan, drift, commit } = planned(prepared);
  const lasting = prepared.checks.filter(({ id }) => lastingGap.test(id));
  const gaps = gapsOfChecks(prepared.checks.filter(check => !lasting.includes(check)));
  const { verdict, checks, error } = judgeDrift({ drift, gaps });
  return {
    findings: {
      verdict,
      plan: { ...plan, checks: [] },
      drift,
      checks,
      commit,
      warnings: lasting.map(({ message }) => message),
    },
    ...(error === undefined ? {} : { error }),
  };
}

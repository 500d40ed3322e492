import { gapsOfChecks, judgeDrift } from '@suite/change-report';
import { driftOf, unfinishedOf } from './drift.ts';
import type { Outcome } from './outcome.ts';
import type { Connected, Services } from './ports.ts';
import { prepare } from './prepare.ts';
import type { Target } from './target.ts';

/** What others have changed since the last apply. Drift is no failure. */
export async function findDrift(target: Target, services: Services, connected: Connected): Promise<Outcome> {
  if (connected.cluster === undefined) {
    return { findings: { verdict: 'clean', warnings: ['There is no cluster yet, so nothing was applied to it.'] } };
  }
  const { plan: made } = await prepare(target, services, connected, {
    isApply: false,
    changing: new Set(),
    hold: 'applied',
  });
  const found = driftOf(made.releases);
  const gaps = [...gapsOfChecks(made.checks), ...unfinishedOf(made.releases)];
  const { verdict, checks, error } = judgeDrift({ drift: found, gaps });
  // Those say who owns a field by now, and whether an apply would be let take it back.
  const told = made.checks.filter(({ id, status }) => status === 'blocked' || id.endsWith('/taken-back'));
  return {
    findings: {
      verdict,
      plan: { ...made, checks: found.length === 0 ? [] : told },
      drift: found,
      checks,
    },
    ...(error === undefined ? {} : { error }),
  };
}

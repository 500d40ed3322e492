import type { Change } from '@suite/change-report';
import type { Difference } from '../verify/compare.ts';
import { namesOf } from './sort-differences.ts';

/** As Azure's activity log has it; `at` in ISO 8601. */
export interface Activity {
  readonly resourceId: string;
  readonly caller: string;
  readonly clientId: string;
  readonly operation: string;
  readonly at: string;
}

/** How far back is looked. */
export const activityDays = 14;

/**
 * Who last changed what drifted, one sentence each, as far as the log tells. The suite's own identities are left out: what an apply
 * did is not drift. Pure.
 */
export function describeWho(
  drift: readonly Change[],
  unseen: readonly Difference[],
  activity: readonly Activity[],
  /** Client ids of the suite's own identities, and the name of the cluster, which settings without a name of their own belong to. */
  { own, cluster }: { readonly own: readonly string[]; readonly cluster: string },
): string[] {
  const names = [
    ...drift.map(({ title }) => title.slice(title.lastIndexOf(' ') + 1)),
    ...unseen.flatMap(difference => namesOf(difference).slice(-1)),
    ...unseen.filter(difference => namesOf(difference).length === 0).map(() => cluster),
  ];
  const theirs = activity
    .filter(({ operation, clientId }) => /\/(?:write|delete|action)$/i.test(operation) && !own.includes(clientId))
    .toSorted((one, other) => (one.at < other.at ? 1 : -1));
  return [...new Set(names.map(name => name.toLowerCase()))].flatMap(name => {
    const last = theirs.find(({ resourceId }) => resourceId.toLowerCase().split('/').at(-1) === name);
    if (last === undefined) return [];
    const when = `${last.at.slice(0, 16).replace('T', ' ')} UTC`;
    return [
      `\`${last.resourceId.split('/').at(-1)}\` was last changed by \`${last.caller}\` at ${when} (\`${last.operation}\`), says Azure's activity log.`,
    ];
  });
}

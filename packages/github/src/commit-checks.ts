import { asObject, asString } from '@suite/foundation';
import { splitRepository } from './repository.ts';
import type { Requests } from './requests.ts';

/** How a check, or a commit status, of one name stands on a commit. */
export interface CommitCheck {
  readonly name: string;
  readonly state: 'passed' | 'pending' | 'failed' | 'missing';
}

/** As a required check of a protected branch counts: what was skipped or is neutral has passed. */
const passing: readonly unknown[] = ['success', 'neutral', 'skipped'];

/**
 * One for each name: of the newest check runs that have it, all have to have passed; where there is none, the commit status of that
 * name counts. Needs `checks: read`, and `statuses: read` where a name is not that of a check.
 */
export async function readCommitChecks(
  requests: Requests,
  repository: string,
  commit: string,
  names: readonly string[],
): Promise<readonly CommitCheck[]> {
  const place = { ...splitRepository(repository), ref: commit };
  const purpose = `read the checks of ${commit.slice(0, 7)}`;
  const found = await Promise.all(
    names.map(async (name): Promise<CommitCheck> => {
      const runs = await requests.readAll(
        purpose,
        'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
        { ...place, check_name: name },
        'check_runs',
      );
      const states = runs.map(asObject).map(({ status, conclusion }) => {
        if (status !== 'completed') return 'pending';
        return passing.includes(conclusion) ? 'passed' : 'failed';
      });
      return { name, state: worst(states) };
    }),
  );
  if (found.every(({ state }) => state !== 'missing')) return found;
  const statuses = await requests.readAll(
    purpose.replace('checks', 'commit statuses'),
    'GET /repos/{owner}/{repo}/commits/{ref}/status',
    place,
    'statuses',
  );
  const states = new Map(statuses.map(asObject).map(({ context, state }) => [asString(context), state]));
  return found.map(check => {
    if (check.state !== 'missing' || !states.has(check.name)) return check;
    const state = states.get(check.name);
    return { ...check, state: state === 'success' ? 'passed' : state === 'pending' ? 'pending' : 'failed' };
  });
}

function worst(states: readonly ('passed' | 'pending' | 'failed')[]): CommitCheck['state'] {
  if (states.length === 0) return 'missing';
  return (['failed', 'pending'] as const).find(state => states.includes(state)) ?? 'passed';
}

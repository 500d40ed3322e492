import { json } from '../../network/http.ts';
import type { Need } from '../permissions.ts';
import { refusals } from '../refusals.ts';
import { findCommit } from '../store/refs.ts';
import { pageOf } from './paging.ts';
import type { Route } from './route.ts';

const read: Need = { level: 'read', anyOf: ['statuses'] };

export const statusRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/commits/{ref}/status',
    need: read,
    isPublic: true,
    docs: 'commits/statuses#get-the-combined-status-for-a-specific-reference',
    answer: async call => {
      const ref = call.params['ref'] ?? '';
      const sha = await findCommit(call.repository.git, ref);
      if (sha === undefined) throw refusals.noCommit(ref);
      const all = [...(call.repository.statuses.get(sha) ?? [])].map(([context, state]) => ({ context, state }));
      const { items, headers } = pageOf(call, `/commits/${ref}/status`, all);
      return json(200, { state: combined(all), sha, total_count: all.length, statuses: items }, headers);
    },
  },
];

/** `success` only where there is one and all are: no status at all is `pending`. */
function combined(statuses: readonly { readonly state: string }[]): string {
  if (statuses.some(({ state }) => state === 'failure' || state === 'error')) return 'failure';
  return statuses.length > 0 && statuses.every(({ state }) => state === 'success') ? 'success' : 'pending';
}

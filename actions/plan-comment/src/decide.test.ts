import { describe, expect, test } from '@jest/globals';
import type { Marker } from '@suite/change-report';
import { type Decision, decideWrite, newestOf, type Ours, type PlanId } from './decide.ts';

const old = 'a'.repeat(40);
const new_ = 'b'.repeat(40);

function ours(id: number, plan: Partial<PlanId>, state: Marker['state'] = 'planned'): Ours {
  return {
    comment: { id, author: 'github-actions[bot]', body: '', url: '' },
    marker: { pull: 7, file: 'platform.yaml', head: old, run: '10', attempt: 1, state, ...plan },
  };
}

const plan = (more: Partial<PlanId> = {}): PlanId => ({ head: new_, run: '11', attempt: 1, ...more });
const brief = (decision: Decision) =>
  decision.is === 'create'
    ? `create${decision.stale ? ' stale' : ''}`
    : `${decision.is} ${decision.target.comment.id}${decision.is === 'update' && decision.stale ? ' stale' : ''}`;

describe('what happens to the comment', () => {
  const at = (time: string) => `2026-11-26T${time}:00Z`;
  test.each<readonly [string, PlanId, string, Ours[], string]>([
    ['there is none', plan(), new_, [], 'create'],
    ['there is none, and a newer commit came', plan({ head: old }), new_, [], 'create stale'],
    ['it has an older commit', plan(), new_, [ours(1, {})], 'update 1'],
    [
      'it has the same commit of an older run',
      plan({ run: '12' }),
      new_,
      [ours(1, { head: new_, run: '11' })],
      'update 1',
    ],
    ['it is of this very run', plan(), new_, [ours(1, plan())], 'update 1'],
    [
      'it has the newest commit, and this run an older one',
      plan({ head: old, run: '99' }),
      new_,
      [ours(1, { head: new_ })],
      'keep 1',
    ],
    [
      'it has the same commit of a newer run',
      plan({ run: '11' }),
      new_,
      [ours(1, { head: new_, run: '12' })],
      'keep 1',
    ],
    ['it has the same commit of a later attempt', plan(), new_, [ours(1, plan({ attempt: 2 }))], 'keep 1'],
    [
      'both are old, and this run is newer',
      plan({ head: old, run: '12' }),
      new_,
      [ours(1, { run: '11' })],
      'update 1 stale',
    ],
    ['both are old, and this run is older', plan({ head: old, run: '10' }), new_, [ours(1, { run: '11' })], 'keep 1'],
    // An old commit stays old however late it is planned again.
    [
      'both are old, and the older one was planned again later',
      plan({ head: 'c'.repeat(40), run: '10', attempt: 2, startedAt: at('09:00') }),
      new_,
      [ours(1, { run: '11', startedAt: at('08:00') })],
      'keep 1',
    ],
    // Of one commit the clock of GitHub decides before the numbers: an old run that was started again is newer.
    [
      'an old run was started again later',
      plan({ run: '10', attempt: 2, startedAt: at('09:00') }),
      new_,
      [ours(1, { head: new_, run: '11', startedAt: at('08:00') })],
      'update 1',
    ],
    [
      'a newer run began before',
      plan({ run: '12', startedAt: at('08:00') }),
      new_,
      [ours(1, { head: new_, run: '11', startedAt: at('09:00') })],
      'keep 1',
    ],
    ['ids are compared as numbers', plan({ run: '9' }), new_, [ours(1, { head: new_, run: '10' })], 'keep 1'],
    // A force push back to an old commit makes it the newest.
    [
      'the newest commit is an old one again',
      plan({ head: old, run: '12' }),
      old,
      [ours(1, { head: new_, run: '11' })],
      'update 1',
    ],
    ['there are two', plan({ run: '13' }), new_, [ours(1, { run: '12' }), ours(2, { run: '11' })], 'update 1'],
  ])('%s', (_, wanted, head, existing, expected) => {
    expect(brief(decideWrite(wanted, { headSha: head }, existing))).toBe(expected);
  });

  test('of two equal ones the later comment is the newest', () => {
    expect(newestOf([ours(2, {}), ours(1, {})])?.comment.id).toBe(2);
    expect(newestOf([])).toBeUndefined();
  });
});

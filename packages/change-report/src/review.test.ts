import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Change } from './model.ts';
import { compareWithReviewed, readReviewed } from './review.ts';

const change = (address: string, kind: Change['kind'] = 'update'): Change => ({
  address,
  type: 't',
  title: `thing ${address}`,
  kind,
  reasons: [],
  attributes: [],
  reach: 'stateless',
  risk: 'low',
});
const plan = (digest: string, ...changes: Change[]) => ({ digest, changes, applyable: true });

test('the same digest is the same plan', () => {
  expect(compareWithReviewed(plan('a', change('x')), plan('a', change('x')), false).status).toBe('passed');
});

test('where nothing is left to apply, nobody has to see it again', () => {
  const done = { ...plan('b'), applyable: false };
  for (const approval of [true, false]) {
    expect(compareWithReviewed(done, plan('a', change('x')), approval)).toMatchObject({
      status: 'passed',
      message: 'Nothing of it is left to apply.',
    });
  }
});

test.each([
  [plan('b', change('x'), change('y', 'delete')), 'delete of thing y was not in it'],
  [plan('b'), 'update of thing x is gone'],
  [plan('b', change('x', 'replace')), 'replace of thing x was not in it; update of thing x is gone'],
  [plan('b', change('x')), 'the changes are the same, but not all their values'],
  [
    plan('b', ...'abcde'.split('').map(name => change(name))),
    'update of thing a, update of thing b, update of thing c and 2 more changes were not in it',
  ],
])('what differs is named %#', (now, text) => {
  const seen = compareWithReviewed(now, plan('a', change('x')), true);
  expect([seen.status, seen.message]).toEqual(['failed', expect.stringContaining(text)]);
  expect(compareWithReviewed(now, plan('a', change('x')), false).status).toBe('blocked');
});

test('a folder without a report is a wrong input', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reviewed-'));
  await expect(readReviewed(folder, 'provision-aks')).rejects.toThrow('input reviewed: names');
  await expect(readReviewed(join(folder, 'gone'), 'provision-aks')).rejects.toThrow('which holds no report');
  await rm(folder, { recursive: true });
});

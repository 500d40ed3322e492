import { expect, test } from '@jest/globals';
import type { DriftVerdict } from '@suite/change-report';
import { type OurIssue, settle } from './decide.ts';

const run = { head: 'h', run: '20', attempt: 1 };
const issue = (number: number, state: 'open' | 'closed', by = '19', attempt = 1): OurIssue => ({
  issue: { number, state, author: 'bot', body: '', url: `https://x/${number}` },
  marker: { head: 'h', run: by, attempt, since: '2026-11-20T05:00:00.000Z' },
});

const cases: readonly (readonly [string, DriftVerdict, readonly OurIssue[], string, readonly number[]])[] = [
  ['nothing is there and nothing drifted', 'clean', [], 'nothing', []],
  ['nothing is there and nobody could look', 'incomplete', [], 'nothing', []],
  ['the first drift', 'drifted', [], 'open', []],
  ['drift again', 'drifted', [issue(3, 'open')], 'update', [3]],
  ['drift after it was closed', 'drifted', [issue(3, 'closed')], 'reopen', [3]],
  ['drift after several were closed', 'drifted', [issue(3, 'closed'), issue(7, 'closed')], 'reopen', [7]],
  ['an open one before a newer closed one', 'drifted', [issue(3, 'open'), issue(7, 'closed')], 'update', [3]],
  ['clean again', 'clean', [issue(3, 'open')], 'close', [3]],
  ['clean with two of them', 'clean', [issue(3, 'open'), issue(7, 'open')], 'close', [7, 3]],
  ['clean, and closed by hand before', 'clean', [issue(3, 'closed')], 'nothing', []],
  ['nobody could look, and it stays open', 'incomplete', [issue(3, 'open')], 'unread', [3]],
  ['nobody could look, and it stays closed', 'incomplete', [issue(3, 'closed')], 'nothing', []],
  ['a newer run has been here', 'drifted', [issue(3, 'open', '21')], 'keep', [3]],
  ['a newer run has closed it', 'drifted', [issue(3, 'closed', '21')], 'keep', [3]],
  ['a newer attempt has been here', 'clean', [issue(3, 'open', '20', 2)], 'keep', [3]],
  ['this run begins again', 'drifted', [issue(3, 'open', '20')], 'update', [3]],
];

test.each(cases)('%s', (_, verdict, ours, is, numbers) => {
  const settlement = settle(verdict, run, ours);
  const targets = 'targets' in settlement ? settlement.targets : 'target' in settlement ? [settlement.target] : [];
  expect([settlement.is, targets.map(one => one.issue.number)]).toEqual([is, numbers]);
});

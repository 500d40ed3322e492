import { expect, test } from '@jest/globals';
import { describeRun } from './describe-run.ts';
import type { RunNote } from './environment-lease.ts';

const now = Date.UTC(2026, 10, 23, 5);
const note: RunNote = {
  run: 'https://github.com/contoso/platform/actions/runs/6',
  runId: '6',
  actor: 'hubot',
  command: 'apply',
  startedAt: '2026-11-23T04:58:00.000Z',
};

test.each<[string, RunNote | undefined, string]>([
  [
    'a run',
    note,
    'The run https://github.com/contoso/platform/actions/runs/6 of hubot (apply, since 2026-11-23 04:58:00 UTC, 2 min ago)',
  ],
  [
    'a note that says no time',
    { ...note, startedAt: 'yesterday' },
    'The run https://github.com/contoso/platform/actions/runs/6 of hubot (apply)',
  ],
  ['a run that took it this moment', undefined, 'A run that has not said its name yet'],
])('%s', (_, seen, expected) => {
  expect(describeRun(seen, now)).toBe(expected);
});

test('a note is text of others', () => {
  expect(describeRun({ ...note, actor: 'mona\u202e' }, now)).not.toContain('\u202e');
});

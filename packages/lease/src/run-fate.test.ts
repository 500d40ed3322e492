import { expect, test } from '@jest/globals';
import type { RunNote } from './environment-lease.ts';
import { runFate, type SeenRun } from './run-fate.ts';

const late = '2026-11-23T05:30:00Z';
const note: RunNote = {
  run: 'https://github.com/contoso/platform/actions/runs/6',
  runId: '6',
  actor: 'hubot',
  command: 'apply',
  startedAt: '2026-11-23T05:00:00.000Z',
  attempt: '2',
  job: 'apply',
};
const context = { repository: 'Contoso/platform' };
const running: SeenRun = {
  attempt: 2,
  isOver: false,
  conclusion: undefined,
  createdAt: '2026-11-23T04:00:00Z',
  updatedAt: late,
  startedAt: '2026-11-23T04:59:00Z',
  jobs: [],
};
const done = '2026-11-23T05:10:00Z';
const job = (name: string, startedAt: string | undefined, isOver: boolean) => ({
  name,
  startedAt,
  isOver,
  completedAt: isOver ? done : undefined,
});
const early = '2026-11-23T04:59:30Z';

test.each<[string, RunNote, SeenRun | undefined, string]>([
  ['finished', note, { ...running, isOver: true, conclusion: 'failure' }, 'over: is over: failure'],
  [
    'another attempt runs',
    note,
    { ...running, attempt: 3, jobs: [job('apply', early, false)] },
    'over: is over: attempt 2 was followed by attempt 3',
  ],
  [
    'its job is over, the run goes on with others',
    note,
    { ...running, jobs: [job('Plan', early, true), job('Apply dev', early, true), job('Apply prod', late, false)] },
    'over: goes on, but every job of it that had begun by then is over',
  ],
  [
    'its job works',
    note,
    { ...running, jobs: [job('Plan', early, true), job('Apply dev', early, false)] },
    'at work: still works, in job "Apply dev"',
  ],
  [
    'one that began a little later by another clock',
    note,
    { ...running, jobs: [job('Plan', early, true), job('Apply dev', '2026-11-23T05:00:20Z', false)] },
    'at work: still works, in job "Apply dev"',
  ],
  ['no job has begun by then', note, { ...running, jobs: [job('Apply', undefined, false)] }, 'at work: still works'],
  ['which attempt it was is not known', { ...note, attempt: '' }, running, 'at work: still works'],
  ['a note without a time', { ...note, startedAt: 'soon' }, running, 'at work: still works'],
  ['an attempt that GitHub does not know yet', { ...note, attempt: '3' }, running, 'at work: still works'],
  [
    'taken before the run was made',
    { ...note, startedAt: '2026-11-23T03:00:00Z' },
    { ...running, isOver: true },
    'unknown: had not begun when it was taken',
  ],
  [
    'taken when the run was over',
    { ...note, startedAt: '2026-11-23T06:00:00Z' },
    { ...running, isOver: true },
    'unknown: was over already when it was taken',
  ],
  ['deleted', note, undefined, 'unknown: is not known to GitHub any more'],
  [
    'of another repository',
    { ...note, run: 'https://github.com/contoso/shop/actions/runs/6' },
    { ...running, isOver: true },
    'unknown: is one of another repository, contoso/shop: it can be asked for only from there',
  ],
  [
    'by hand',
    { ...note, run: 'outside of a workflow', runId: '' },
    { ...running, isOver: true },
    'unknown: cannot be asked for: it ran outside of a workflow',
  ],
  [
    'an address that is not that of its id',
    { ...note, runId: '7' },
    { ...running, isOver: true },
    'unknown: cannot be asked for: it ran outside of a workflow',
  ],
])('%s', async (_, seen, run, expected) => {
  const fate = await runFate(seen, context, async () => run);
  expect(fate.isOver ? `over: ${fate.how}` : `${fate.isKnown ? 'at work' : 'unknown'}: ${fate.why}`).toBe(expected);
});

test.each<[string, SeenRun, number]>([
  ['GitHub heard of it last', { ...running, isOver: true, conclusion: 'failure' }, Date.parse(late)],
  [
    'the attempt after it began',
    { ...running, attempt: 3, startedAt: '2026-11-23T05:20:00Z' },
    Date.parse('2026-11-23T05:20:00Z'),
  ],
  [
    'the last of its jobs was over',
    { ...running, jobs: [{ ...job('Plan', early, true), completedAt: early }, job('Apply dev', early, true)] },
    Date.parse(done),
  ],
  ['nobody knows', { ...running, isOver: true, updatedAt: '' }, Number.NaN],
])('it did nothing after %s', async (_, run, expected) => {
  expect(await runFate(note, context, async () => run)).toMatchObject({ isOver: true, endedAt: expected });
});

import { describe, expect, test } from '@jest/globals';
import type { ChangeReport, ExpectedScope } from '@suite/change-report';
import type { Run } from './ports.ts';
import type { Collection } from './reports.ts';
import { joinRows } from './rows.ts';

const binding = { platform: 'contoso', head: 'h1', run: '4711', attempt: '1' };
const scope = (name: string, region = 'westeurope'): ExpectedScope => ({
  scope: name,
  region,
  title: name,
  production: false,
  actions: ['provision-aks'],
  gate: { reviewers: 0, waitMinutes: 0 },
});

function report(of: string, more: Partial<ChangeReport> = {}): ChangeReport {
  return {
    schema: 'change-report/v1',
    action: 'provision-aks',
    command: 'plan',
    platform: 'contoso',
    scope: of,
    region: 'westeurope',
    production: false,
    commit: { head: 'h1' },
    run: { id: '4711', attempt: '1', url: 'https://x', actor: 'mona' },
    startedAt: '2026-11-26T05:00:00.000Z',
    finishedAt: '2026-11-26T05:01:00.000Z',
    verdict: 'no-changes',
    changes: [],
    drift: [],
    outputs: [],
    checks: [],
    differences: [],
    warnings: [],
    timings: [],
    ...more,
  };
}

const collect = (reports: readonly ChangeReport[], unreadable: Collection['unreadable'] = []): Collection => ({
  reports,
  unreadable,
});
const job = (name: string, conclusion: string | undefined): Run['jobs'][number] => ({
  id: '5',
  name,
  conclusion,
  url: `https://x/${name}`,
});

test('rows are in the order of promotion, each with its reports', () => {
  const rows = joinRows([scope('dev'), scope('prod')], collect([report('prod'), report('dev')]), binding, undefined);
  expect(rows.map(row => [row.scope, row.reports.length, row.missing])).toEqual([
    ['dev', 1, undefined],
    ['prod', 1, undefined],
  ]);
});

test('the reports of a row are in the order in which they are applied, and one that is missing is named', () => {
  const both = { ...scope('dev'), actions: ['provision-aks', 'deploy-platform'] };
  const platform = report('dev', { action: 'deploy-platform' });
  const join = (...reports: ChangeReport[]) => joinRows([both], collect(reports), binding, undefined)[0];
  const actionsOf = (row: ReturnType<typeof join>) => row?.reports.map(({ action }) => action);
  expect(actionsOf(join(platform, report('dev')))).toEqual(['provision-aks', 'deploy-platform']);
  expect(join(platform, report('dev'))?.missing).toBeUndefined();
  expect(join(report('dev'))?.missing).toEqual({
    actions: ['deploy-platform'],
    reason: 'its job left no report',
  });
  // What failed says why nothing came after it.
  expect(join(report('dev', { verdict: 'failed' }))?.missing).toBeUndefined();
});

test('of a job that was run again the newest report counts', () => {
  const again = report('dev', { finishedAt: '2026-11-26T06:00:00.000Z', verdict: 'changes' });
  const [row] = joinRows([scope('dev')], collect([again, report('dev')]), binding, undefined);
  expect(row?.reports.map(({ verdict }) => verdict)).toEqual(['changes']);
});

test('a report of an earlier attempt counts unless its job was run again in vain', () => {
  const again = { ...binding, attempt: '2' };
  const join = (conclusion: string) =>
    joinRows([scope('dev')], collect([report('dev')]), again, {
      startedAt: undefined,
      jobs: [job('plan / Plan dev', conclusion)],
    })[0];
  expect(join('success')?.reports).toHaveLength(1);
  expect(join('cancelled')?.missing?.reason).toBe('its job was cancelled');
});

test('two jobs of the same name: nobody knows whose it is', () => {
  const run = { startedAt: undefined, jobs: [job('eu / Plan dev', 'failure'), job('us / Plan dev', 'success')] };
  expect(joinRows([scope('dev')], collect([]), binding, run)[0]?.missing).toEqual({
    actions: ['provision-aks'],
    reason: 'its job left no report',
  });
});

describe('a report that is missing says why', () => {
  test.each<readonly [string, Collection, Run['jobs'], string]>([
    ['cancelled', collect([]), [job('plan / Plan dev', 'cancelled')], 'its job was cancelled'],
    ['failed', collect([]), [job('plan / Plan dev', 'failure')], 'its job failed before it could report'],
    ['skipped', collect([]), [job('Plan dev', 'skipped')], 'its job was skipped'],
    ['running', collect([]), [job('plan / Plan dev', undefined)], 'its job has not ended'],
    ['gone', collect([]), [job('plan / Plan dev', 'success')], 'its job left no report'],
    [
      'cancelled, where the caller has a job of the same name',
      collect([]),
      [job('Plan dev', 'skipped'), job('plan / Plan dev', 'cancelled')],
      'its job was cancelled',
    ],
    [
      'unknown, where two calls have a job of the same name',
      collect([]),
      [job('one / Plan dev', 'success'), job('two / Plan dev', 'failure')],
      'its job left no report',
    ],
    ['unknown', collect([]), [job('plan / Plan dev2', 'failure')], 'its job left no report'],
    [
      'of another run',
      collect([report('dev', { run: { id: '1', attempt: '1', url: '', actor: '' } })]),
      [],
      'its report belongs to another commit, run or attempt than attempt 1 of this one',
    ],
    [
      'of another commit',
      collect([report('dev', { commit: { head: 'h0' } })]),
      [],
      'its report belongs to another commit, run or attempt than attempt 1 of this one',
    ],
    ['of another platform', collect([report('dev', { platform: 'fabrikam' })]), [], 'its job left no report'],
    ['of another region', collect([report('dev', { region: 'northeurope' })]), [], 'its job left no report'],
    [
      'broken',
      collect([], [{ artifact: 'report-contoso-dev-westeurope', file: 'a.json', why: 'It is cut off.' }]),
      [],
      'its report cannot be read: It is cut off.',
    ],
    [
      'broken and alone',
      collect([], [{ artifact: '', file: 'report-plan-contoso-dev-westeurope.json', why: 'It is cut off.' }]),
      [],
      'its report cannot be read: It is cut off.',
    ],
    [
      'somebody else’s broken one',
      collect([], [{ artifact: 'report-contoso-prod-westeurope', file: 'a.json', why: 'x' }]),
      [],
      'its job left no report',
    ],
  ])('%s', (_, collection, jobs, reason) => {
    const [row] = joinRows([scope('dev')], collection, binding, { startedAt: undefined, jobs });
    expect(row?.missing?.reason).toBe(reason);
    expect(row?.reports).toEqual([]);
  });

  test('and links to its job', () => {
    const run = { startedAt: undefined, jobs: [job('plan / Plan dev', 'failure')] };
    expect(joinRows([scope('dev')], collect([]), binding, run)[0]?.missing?.url).toBe('https://x/plan / Plan dev');
    expect(joinRows([scope('dev')], collect([]), binding, undefined)[0]?.missing).toEqual({
      actions: ['provision-aks'],
      reason: 'its job left no report',
    });
  });
});

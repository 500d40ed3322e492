import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ChangeReport, ExpectedScope } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import {
  changedCluster,
  sampleChange,
  sampleReport,
  shown,
} from '../../../../packages/change-report/src/testing/samples.ts';
import { head1, Passing, pullInMemory, services } from '../conversation.fixture.ts';
import { drift } from './drift.ts';
import { trackerInMemory } from './tracker.fixture.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const place = (scope: string, region = 'westeurope'): ExpectedScope => ({
  scope,
  region,
  title: region === 'westeurope' ? scope : `${scope} · ${region}`,
  production: false,
  actions: ['provision-aks', 'push-acr'],
  gate: { reviewers: 0, waitMinutes: 0 },
});

/** What a look for drift in run `id` reported. */
const looked = (scope: string, id: string, more: Partial<ChangeReport> = {}): ChangeReport =>
  sampleReport({
    scope,
    command: 'drift',
    verdict: 'clean',
    commit: { head: head1 },
    run: { id, attempt: '1', url: `https://github.com/contoso/platform/actions/runs/${id}`, actor: 'mona' },
    ...more,
  });
const drifted = (scope: string, id: string, more: Partial<ChangeReport> = {}) =>
  looked(scope, id, { verdict: 'drifted', drift: [changedCluster], ...more });

const repository = trackerInMemory();

/** Runs the command as a run of that id that left these reports. */
async function look(
  id: string,
  reports: readonly ChangeReport[],
  { tracker } = repository,
  expected: readonly ExpectedScope[] = [place('dev')],
) {
  const folder = await mkdtemp(join(tmpdir(), 'drift-'));
  folders.push(folder);
  for (const [index, report] of reports.entries()) {
    await writeFile(join(folder, `${index}.json`), JSON.stringify(report));
  }
  const given = services(
    pullInMemory().port,
    { sha: head1, runId: id, runUrl: `https://github.com/contoso/platform/actions/runs/${id}` },
    tracker,
  );
  const request = {
    command: 'drift' as const,
    platformFile: '/w/platform.yaml',
    file: 'platform.yaml',
    token: 't',
    platform: 'contoso',
    expected,
    problems: [],
    reports: folder,
  };
  const error = await drift(request, given.services).then(
    () => undefined,
    caught => caught,
  );
  return { ...given, error };
}

describe('the life of an issue', () => {
  const { issues, comments } = repository;
  const states = () => issues.map(({ number, state }) => [number, state]);

  test('nothing is opened where nothing drifted', async () => {
    const { outputs, error } = await look('1', [looked('dev', '1')]);
    expect([outputs['verdict'], states(), error]).toEqual(['clean', [], undefined]);
  });

  test('drift opens one, which says what, and both ways out', async () => {
    const { outputs, summaries } = await look('2', [drifted('dev', '2')]);
    expect(outputs).toMatchObject({
      verdict: 'drifted',
      'issue-urls': 'https://github.com/contoso/platform/issues/1',
    });
    expect(issues).toMatchObject([{ title: 'Drift in dev of contoso', labels: ['platform-drift'], state: 'open' }]);
    const body = issues[0]?.body ?? '';
    expect(body).toContain('image_cleaner_interval_hours');
    expect(body).toMatch(/\*\*Undo it:\*\*.*\n.*\*\*Keep it:\*\*/);
    expect(body).toContain('Seen since 2026-11-26 05:00 UTC');
    expect(summaries.join('\n')).toContain('**drifted**');
  });

  test('the next run changes it in place', async () => {
    await look('3', [
      drifted('dev', '3', { drift: [changedCluster, sampleChange({ kind: 'delete', attributes: [] })] }),
    ]);
    expect(states()).toEqual([[1, 'open']]);
    expect(issues[0]?.body).toMatch(/2 things were changed by others[\s\S]*deleted/);
    expect(issues[0]?.body).toContain('run 3');
  });

  test('a run that could not look leaves it open and says so above what is known', async () => {
    const unread = { id: 'drift/unread', name: 'n', status: 'unknown' as const, message: 'No @answer `x`.' };
    const { outputs } = await look('4', [looked('dev', '4', { verdict: 'incomplete', checks: [unread] })]);
    expect([outputs['verdict'], states()]).toEqual(['incomplete', [[1, 'open']]]);
    expect(issues[0]?.body).toMatch(/> \[!WARNING\]\n> \*\*\[Run 4\].*dev: No &#64;&#8203;answer `x`/);
    expect(issues[0]?.body).toContain('image_cleaner_interval_hours');
    // And so does one whose job left no report.
    await look('5', []);
    expect(states()).toEqual([[1, 'open']]);
    expect(issues[0]?.body).toContain('its job left no report');
  });

  test('a clean run closes it, with a comment', async () => {
    await look('6', [looked('dev', '6')]);
    expect(states()).toEqual([[1, 'closed']]);
    expect(comments).toEqual([{ number: 1, body: expect.stringMatching(/^\*\*Clean\.\*\* \[Run 6\]/) }]);
    expect(issues[0]?.body).toContain('**Clean since');
    await look('7', [looked('dev', '7')]);
    expect(comments).toHaveLength(1);
  });

  test('new drift opens it again, and an older run that comes late changes nothing', async () => {
    await look('9', [drifted('dev', '9')]);
    expect(states()).toEqual([[1, 'open']]);
    expect(issues[0]?.body).not.toContain('Clean since');
    const { lines } = await look('8', [looked('dev', '8')]);
    expect(states()).toEqual([[1, 'open']]);
    expect(lines.join('\n')).toContain('run 9 is newer');
  });
});

test('each environment has its own, over all its regions', async () => {
  const own = trackerInMemory();
  const expected = [place('shared'), place('prod'), place('prod', 'northeurope')];
  await look(
    '1',
    [looked('shared', '1'), looked('prod', '1'), drifted('prod', '1', { region: 'northeurope' })],
    own,
    expected,
  );
  expect(own.issues.map(({ title }) => title)).toEqual(['Drift in prod of contoso']);
  // One region is clean and of the other nothing is known: that closes nothing.
  await look('2', [looked('shared', '2'), looked('prod', '2')], own, expected);
  expect(own.issues.map(({ state }) => state)).toEqual(['open']);
});

test('an issue by somebody else, or about another platform file, is not ours', async () => {
  const own = trackerInMemory();
  await look('1', [drifted('dev', '1')], own);
  const [first] = own.issues;
  if (first === undefined) throw new Error('There is no issue.');
  own.issues[0] = { ...first, author: 'eve' };
  await look('2', [drifted('dev', '2')], own);
  expect(own.issues).toHaveLength(2);
});

test('after a broken answer it is looked for again, and not doubled', async () => {
  let broken = true;
  const own = trackerInMemory(call => {
    if (call === 'opened' && broken) {
      broken = false;
      throw new Passing('no answer');
    }
  });
  await look('1', [drifted('dev', '1')], own);
  expect([own.issues.length, own.calls.filter(name => name === 'open')]).toEqual([1, ['open']]);
});

test('a refusal is told once, after the summary was written', async () => {
  const own = trackerInMemory(call => {
    if (call === 'open') throw new UserError({ message: 'The token may not.' });
  });
  const { error, summaries, outputs } = await look('1', [drifted('dev', '1'), drifted('prod', '1')], own, [
    place('dev'),
    place('prod'),
  ]);
  expect(error.problems).toEqual([{ message: 'The token may not.' }]);
  expect([outputs['verdict'], summaries.join('\n').match(/image_cleaner_interval_hours/g)?.length]).toEqual([
    'drifted',
    2,
  ]);
});

test('without a platform file nothing was looked at', async () => {
  const { error, outputs } = await look('1', [], trackerInMemory(), []);
  expect(error.message).toContain('the platform file could not be resolved');
  expect(outputs['verdict']).toBe('incomplete');
});

describe('a pull request that would put it back', () => {
  const plan = (address: string, command: 'plan' | 'apply' = 'plan') =>
    JSON.stringify(sampleReport({ command, changes: [sampleChange({ address })] }));
  const named = async (texts: readonly string[], fail?: string) => {
    const own = trackerInMemory(call => {
      if (call === fail) throw new UserError({ message: 'No.' });
    });
    own.pulls.push({
      number: 12,
      title: 'A *fix* for @mona',
      url: 'https://github.com/contoso/platform/pull/12',
      headSha: 'h',
    });
    own.artifacts.set('h report-contoso-dev-westeurope', texts);
    const { error } = await look('1', [drifted('dev', '1')], own);
    expect(error).toBeUndefined();
    return /Pull request 12.*/.exec(own.issues[0]?.body ?? '')?.[0];
  };

  test('is named, and its title is only text', async () => {
    const line = await named(['no report', plan('other'), plan(changedCluster.address)]);
    expect(line).toMatch(
      /^Pull request 12\]\(https:\/\/github\.com\/contoso\/platform\/pull\/12\) .* would put it back/,
    );
    expect(line).toContain('A &#42;fix&#42; for &#64;&#8203;mona');
  });

  test.each([
    ['plans something else', ['{}', plan('other')], undefined],
    ['left no plan', [], undefined],
    ['left something else than a plan', [plan(changedCluster.address, 'apply')], undefined],
    ['may not be read', [plan(changedCluster.address)], 'pulls'],
  ])('is not when it %s', async (_, texts, fail) => {
    expect(await named(texts, fail)).toBeUndefined();
  });
});

test('text of a cluster does not break out', async () => {
  const own = trackerInMemory();
  const hostile = '```\n</details><img src=x> @everyone #1 |';
  await look(
    '1',
    [
      drifted('dev', '1', {
        drift: [
          sampleChange({
            title: `identity ${hostile}`,
            kind: 'update',
            attributes: [{ path: hostile, before: shown(hostile), after: shown(hostile) }],
          }),
        ],
        differences: [{ what: hostile, path: hostile, expected: hostile, actual: hostile }],
        warnings: [hostile],
      }),
    ],
    own,
  );
  const body = own.issues[0]?.body ?? '';
  expect(body).not.toMatch(/<img|<\/details>\s*<img|@everyone|^```/m);
  expect(body).toContain('&#64;&#8203;everyone');
});

import { expect, test } from '@jest/globals';
import { readCommitChecks } from './commit-checks.ts';
import { createRequests } from './requests.ts';
import { stubGitHub } from './testing/stub.ts';

const commit = 'c'.repeat(40);
const completed = (conclusion: string) => ({ status: 'completed', conclusion });

async function read(runs: readonly object[], statuses: readonly object[] = []) {
  const { options, requests } = stubGitHub(({ path }) => ({
    body: path.includes('/check-runs') ? { check_runs: runs } : { state: 'pending', statuses },
  }));
  const [found] = await readCommitChecks(createRequests(options), 'contoso/platform', commit, ['e2e tests']);
  return {
    state: found?.state,
    paths: requests.map(({ path }) => path.replace(/^.*commits\/c+/, '').replace(/per_page=\d+&page=1&/, '')),
  };
}

test.each([
  ['passed', [completed('success')]],
  ['passed', [completed('skipped')]],
  ['passed', [completed('neutral'), completed('success')]],
  ['failed', [completed('success'), completed('failure')]],
  ['failed', [completed('timed_out'), { status: 'in_progress', conclusion: null }]],
  ['pending', [completed('success'), { status: 'queued', conclusion: null }]],
])('%s: %j', async (state, runs) => {
  const found = await read(runs);
  expect(found.state).toBe(state);
  // A right that is not needed is not asked for.
  expect(found.paths).toEqual(['/check-runs?check_name=e2e%20tests']);
});

test.each([
  ['passed', 'success'],
  ['pending', 'pending'],
  ['failed', 'failure'],
  ['failed', 'error'],
])('a commit status: %s', async (state, answer) => {
  const found = await read(
    [],
    [
      { context: 'other', state: 'error' },
      { context: 'e2e tests', state: answer },
    ],
  );
  expect(found.state).toBe(state);
});

test('neither', async () => {
  expect((await read([], [{ context: 'other', state: 'success' }])).state).toBe('missing');
});

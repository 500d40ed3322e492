import { expect, test } from '@jest/globals';
import { readWorkflow } from './read-workflow.ts';
import { matchesTrigger } from './triggers.ts';

const jobs = 'jobs: { a: { runs-on: x, steps: [{ run: b }] } }';
const push = (ref: string) => ({ event: { name: 'push', payload: {} }, ref });
const pull = (action: string, baseRef = 'main') => ({
  event: { name: 'pull_request', payload: { action } },
  ref: 'refs/pull/7/merge',
  baseRef,
});
const main = push('refs/heads/main');

test.each([
  ['push', main, true],
  ['[push, pull_request]', pull('opened'), true],
  ['pull_request', pull('synchronize'), true],
  ['pull_request', pull('closed'), false],
  ['{ pull_request: { types: [closed] } }', pull('closed'), true],
  ['{ pull_request: { branches: [main] } }', pull('opened', 'next'), false],
  ['{ push: { branches: [main] } }', main, true],
  ['{ push: { branches: [main] } }', push('refs/tags/v1'), false],
  ['{ push: { tags: [v*] } }', push('refs/tags/v1'), true],
  ['{ push: { tags: [v*] } }', main, false],
  ["{ push: { branches: ['releases/**', '!releases/**-alpha'] } }", push('refs/heads/releases/1/2'), true],
  ["{ push: { branches: ['releases/**', '!releases/**-alpha'] } }", push('refs/heads/releases/1-alpha'), false],
  ["{ push: { branches: ['feature/*'] } }", push('refs/heads/feature/a/b'), false],
  ['{ push: { branches-ignore: [main] } }', main, false],
  ['workflow_call', main, false],
  ['{ schedule: [{ cron: "0 0 * * *" }] }', { event: { name: 'schedule', payload: {} }, ref: 'refs/heads/main' }, true],
])('on: %s lets %j in: %s', async (on, happened, matches) => {
  expect(matchesTrigger(await readWorkflow('w.yml', `on: ${on}\n${jobs}`), happened)).toBe(matches);
});

test('filters for paths are refused by name', async () => {
  await expect(readWorkflow('w.yml', `on: { push: { paths: [a] } }\n${jobs}`)).rejects.toThrow(
    "The sandbox's runner does not know `paths:` in on.push.",
  );
});

import { expect, test } from '@jest/globals';
import type { PullRequestEvent, RunContext } from '@suite/action-kit';
import { modeOf } from './mode.ts';

const pull = (more: Partial<PullRequestEvent> = {}): PullRequestEvent => ({
  number: 7,
  action: 'synchronize',
  headSha: 'a',
  baseSha: 'b',
  merged: false,
  author: 'mona',
  fromFork: false,
  ...more,
});
const run = (pullRequest: PullRequestEvent | undefined, more: Partial<RunContext> = {}) => ({
  event: 'pull_request',
  actor: 'mona',
  pullRequest,
  ...more,
});

test.each([
  ['a push', run(undefined, { event: 'push' }), 'plan'],
  ['a pull request', run(pull()), 'plan'],
  ['one from a fork', run(pull({ fromFork: true })), 'check'],
  ['one by Dependabot', run(pull({ author: 'dependabot[bot]' })), 'check'],
  // Somebody who runs it again lends it no credentials.
  ['one by Dependabot, reopened by a person', run(pull({ author: 'dependabot[bot]', action: 'reopened' })), 'check'],
  ['a push of Dependabot to a branch of somebody', run(pull(), { actor: 'dependabot[bot]' }), 'check'],
  ['a closed one', run(pull({ action: 'closed' })), 'closed'],
  ['a closed one from a fork', run(pull({ action: 'closed', fromFork: true })), 'closed'],
])('%s', (_, context, mode) => {
  expect(modeOf(context)).toBe(mode);
});

test('a payload that cannot be read is no reason for trust', () => {
  expect(() => modeOf(run(undefined))).toThrow('names no pull request');
});

test.each(['pull_request_target', 'workflow_run'])('%s is refused', event => {
  expect(() => modeOf(run(pull(), { event }))).toThrow(
    `The event \`${event}\` gives credentials to code of a fork. Use \`on: pull_request\`; pull requests from forks are then checked without credentials.`,
  );
});

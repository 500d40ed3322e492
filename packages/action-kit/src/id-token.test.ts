import { expect, test } from '@jest/globals';
import { CancelledError, type Clock } from '@suite/foundation';
import { createIdTokenRequest } from './id-token.ts';

/** As @actions/core 3 says it. */
const failed = (status: string, said: string) =>
  new Error(
    `Error message: Failed to get ID Token. \n \n        Error Code : ${status}\n \n        Error Message: ${said}`,
  );

function start(answers: readonly (string | Error)[], sleep: Clock['sleep'] = () => Promise.resolve()) {
  const asked: string[] = [];
  const request = createIdTokenRequest({
    env: { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.example' },
    clock: { now: () => 0, sleep },
    issue: async audience => {
      const answer = answers[Math.min(asked.push(audience), answers.length) - 1] ?? '';
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { asked, request };
}

test('a connection that breaks is tried again, and so is one that came too early', async () => {
  const { asked, request } = start([
    failed('undefined', 'read ECONNRESET'),
    failed('429', 'slow down'),
    failed('503', 'busy'),
    'token-1',
  ]);
  await expect(request('api://x')).resolves.toBe('token-1');
  expect(asked).toEqual(Array.from({ length: 4 }, () => 'api://x'));
});

test('one that stays broken says why, and where to look', async () => {
  const { asked, request } = start([failed('undefined', 'connect ECONNREFUSED 127.0.0.1:1')]);
  await expect(request('x')).rejects.toThrow(
    'GitHub did not issue an OIDC token for this job: connect ECONNREFUSED 127.0.0.1:1. Check the runner’s network, proxy and certificates (HTTPS_PROXY, NODE_EXTRA_CA_CERTS), and run the job again; see githubstatus.com if it persists.',
  );
  expect(asked).toHaveLength(4);
});

test('a refusal is an answer', async () => {
  const { asked, request } = start([failed('403', 'Forbidden')]);
  await expect(request('x')).rejects.toThrow('did not issue an OIDC token for this job: Forbidden.');
  expect(asked).toHaveLength(1);
});

test('a page of something in between is no token', async () => {
  const { request } = start([new Error('Error message: Response json body do not have ID Token field')]);
  await expect(request('x')).rejects.toThrow('for this job: Response json body do not have ID Token field.');
});

test('a cancellation stays one', async () => {
  const cancelled = new CancelledError('Nothing was changed.');
  const { request } = start([failed('undefined', 'read ECONNRESET')], () => Promise.reject(cancelled));
  await expect(request('x')).rejects.toBe(cancelled);
});

test('a job that may not have one', async () => {
  const request = createIdTokenRequest({ env: {}, clock: { now: () => 0, sleep: () => Promise.resolve() } });
  await expect(request('x')).rejects.toThrow('Add `permissions: { id-token: write }` to the job.');
});

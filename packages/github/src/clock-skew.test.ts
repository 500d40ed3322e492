import { expect, test } from '@jest/globals';
import { clockSkew } from './clock-skew.ts';
import { createRequests } from './requests.ts';
import { stubGitHub } from './testing/stub.ts';

const second = 1000;

test.each([
  ['agrees', 0, 0],
  ['is ahead by less than a date can tell', -900, 0],
  ['is behind by less than the answer took', 2 * second, 0],
  ['is behind', 3600 * second, 3600 * second - 2 * second],
  ['is ahead', -3600 * second, -3600 * second + second],
])('a clock that %s', async (_, ahead, expected) => {
  const { options, clock } = stubGitHub(() => {
    // GitHub writes it when two seconds have passed here, and one more passes until it is read.
    return { headers: { date: new Date(clock.now() + ahead).toUTCString() } };
  });
  let calls = 0;
  const local = { now: () => clock.now() + (calls++ === 0 ? 0 : 2 * second) };
  expect(await clockSkew(createRequests(options), 'contoso/platform', local)).toBe(expected);
});

test.each([{}, { date: 'soon' }])('an answer that does not say when it was given is not GitHub’s', async headers => {
  const { options } = stubGitHub(() => ({ headers }));
  await expect(clockSkew(createRequests(options), 'contoso/platform', options.clock)).rejects.toThrow(
    'What answered when this job tried to read the time was not GitHub’s API.',
  );
});

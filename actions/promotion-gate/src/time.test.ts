import { expect, test } from '@jest/globals';
import { githubTime } from './time.ts';

const hour = 3_600_000;

test.each([
  ['that agrees', 0, []],
  ['that is off by less than anybody cares for', -30_000, []],
  [
    'that is ahead',
    -2 * hour,
    [
      "The clock of this runner is 2 h ahead of GitHub's, by which the gate goes. Set it right: tokens depend on it, too.",
    ],
  ],
  [
    'that is ahead, asked while an answer was under way,',
    -2 * hour + 1_900,
    [
      "The clock of this runner is 2 h ahead of GitHub's, by which the gate goes. Set it right: tokens depend on it, too.",
    ],
  ],
  [
    'that is behind',
    3 * hour,
    [
      "The clock of this runner is 3 h behind GitHub's, by which the gate goes. Set it right: tokens depend on it, too.",
    ],
  ],
])('a clock %s is corrected, and said once if it matters', async (_, skew, warnings) => {
  const said: string[] = [];
  const now = githubTime(async () => skew, {
    clock: { now: () => 10 * hour },
    log: { warning: text => said.push(text) },
  });
  expect([await now(), await now()]).toEqual([10 * hour + skew, 10 * hour + skew]);
  expect(said).toEqual(warnings);
});

test('it is asked anew each time: a clock may be put right meanwhile', async () => {
  const skews = [-2 * hour, 0];
  let local = 10 * hour;
  const now = githubTime(async () => skews.shift() ?? 0, {
    clock: { now: () => local },
    log: { warning: () => undefined },
  });
  expect(await now()).toBe(8 * hour);
  local = 8 * hour;
  expect(await now()).toBe(8 * hour);
});

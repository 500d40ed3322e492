import { expect, test } from '@jest/globals';
import { missingPlatforms } from './platforms.ts';

test.each([
  [[], ['linux/amd64'], []],
  [['linux/amd64', 'linux/arm64'], ['linux/amd64'], ['linux/arm64']],
  [['linux/arm64'], ['linux/arm64/v8'], []],
  [['linux/arm/v7'], ['linux/arm/v6'], ['linux/arm/v7']],
  [['linux/arm'], ['linux/arm64'], ['linux/arm']],
])('%j of %j: missing are %j', (wanted, there, expected) => {
  expect(missingPlatforms(wanted, there)).toEqual(expected);
});

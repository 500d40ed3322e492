import { expect, test } from '@jest/globals';
import { missingPlatforms } from './platforms.ts';
import { sizeOf } from './sizes.ts';

test.each([
  [[], ['linux/amd64'], []],
  [['linux/amd64', 'linux/arm64'], ['linux/amd64'], ['linux/arm64']],
  [['linux/arm64'], ['linux/arm64/v8'], []],
  [['linux/arm/v7'], ['linux/arm/v6'], ['linux/arm/v7']],
  [['linux/arm'], ['linux/arm64'], ['linux/arm']],
])('%j of %j: missing are %j', (wanted, there, expected) => {
  expect(missingPlatforms(wanted, there)).toEqual(expected);
});

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [14_200_000, '14 MB'],
  [999_600, '1.0 MB'],
  [2_070_000_000, '2.1 GB'],
  [3_000_000_000_000_000, '3000 TB'],
])('%i bytes are %s', (bytes, expected) => {
  expect(sizeOf(bytes)).toBe(expected);
});

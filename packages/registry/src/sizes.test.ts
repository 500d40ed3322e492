import { expect, test } from '@jest/globals';
import { sizeOf } from './sizes.ts';

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

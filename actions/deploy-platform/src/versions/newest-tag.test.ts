import { expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { newestTag } from './newest-tag.ts';

const tags = ['latest', 'v1.9.0', 'v1.10.0', 'v1.21.1', 'v1.22.0', 'v1.23.0-rc.1', 'v2.0.0', 'sha256-1.sig'];

test.each([
  ['any', 'v1.21.1', 'v2.0.0'],
  ['compatible', 'v1.21.1', 'v1.22.0'],
  ['any', 'v2.0.0', 'v2.0.0'],
] as const)('%s from %s: %s', (reach, from, expected) => {
  expect(newestTag(tags, from, reach)).toBe(expected);
});

test('a build is behind an underscore', () => {
  expect(newestTag(['1.0.0_build.2'], '1.0.0', 'any')).toBe('1.0.0+build.2');
});

test('a registry that lists nothing newer or equal is no registry of this chart', () => {
  expect(() => newestTag(tags, 'v3.0.0', 'any')).toThrow(UserError);
});

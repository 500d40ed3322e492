import { expect, test } from '@jest/globals';
import { guidOf } from './guid.ts';

test('the same parts give the same GUID, of version 5, whatever their case', () => {
  expect(guidOf('/subscriptions/A', 'p', 'r')).toBe(guidOf('/SUBSCRIPTIONS/a', 'P', 'r'));
  expect(guidOf('a', 'b')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set([guidOf('ab', 'c'), guidOf('a', 'bc'), guidOf('abc')]).size).toBe(3);
});

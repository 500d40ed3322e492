import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { reuse } from './reuse.ts';

fc.configureGlobal({ seed: 1 });

test('what is equal is the same object, at any depth; the rest is as it is now', () => {
  const before = { a: { list: [1, { deep: 'text' }], other: 1 }, b: [{ c: 1 }, { d: 2 }], gone: true };
  const now = { a: { list: [1, { deep: 'text' }], other: 2 }, b: [{ c: 1 }, { d: 2 }] };
  const result = reuse(now, before);
  expect(result).toEqual(now);
  expect(result.a.list).toBe(before.a.list);
  expect(result.b).toBe(before.b);
  expect(reuse(structuredClone(before), before)).toBe(before);
});

test.each<[unknown, unknown]>([
  [{}, []],
  [[], {}],
  [{ a: undefined }, {}],
  [{ a: undefined }, { b: undefined }],
  [{}, { a: undefined }],
  [null, {}],
  [[1, 2], [1]],
  ['1', 1],
])('%j is not made of %j', (now, before) => {
  expect(reuse(now, before)).toStrictEqual(now);
});

test('is always what is now', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (now, before) => {
      expect(reuse(now, before)).toStrictEqual(now);
    }),
  );
});

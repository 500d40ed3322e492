import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { causes, describeProblem, UserError } from './errors.ts';
import { canonicalJson } from './json.ts';

fc.configureGlobal({ seed: 1 });

test('a problem reads: where, what, what to do', () => {
  const location = { kind: 'file', path: 'platform.yaml', line: 3, column: 5 } as const;
  expect(describeProblem({ message: 'unknown key `tear`.', location, remedy: 'Did you mean `tier`?' })).toBe(
    'platform.yaml:3:5: unknown key `tear`. Did you mean `tier`?',
  );
});

test('an error of several problems has a line for each and keeps its causes', () => {
  const root = new Error('socket hang up');
  const error = new UserError([{ message: 'one.' }, { message: 'two.' }], { cause: new Error('503', { cause: root }) });
  expect(error.message).toBe('one.\ntwo.');
  expect(causes(error)).toEqual(['503', 'socket hang up']);
});

test('a cause is one line, however long its library was', () => {
  const cause = new Error(JSON.stringify([{ code: 'invalid_type', path: ['scope', 'gate'.repeat(1000)] }], null, 2));
  const [line = ''] = causes(new UserError({ message: 'is no list' }, { cause }));
  expect(line).toMatch(/^\[ \{ "code": "invalid_type", "path": \[ "scope", "gate/);
  expect(line).toHaveLength(1500);
});

test('a circle of causes ends', () => {
  const error = new Error('a');
  error.cause = error;
  expect(causes(error)).toEqual(['a']);
});

test('canonical JSON does not depend on the order of keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), value => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

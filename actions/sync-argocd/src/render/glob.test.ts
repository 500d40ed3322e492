import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGlob, type GlobRules } from './glob.ts';
import { NotRendered } from './not-rendered.ts';

fc.configureGlobal({ seed: 1 });

/** What gobwas/glob v0.2.3 and Go's path.Match take. */
interface Recording {
  readonly names: readonly string[];
  readonly globs: readonly {
    readonly pattern: string;
    readonly rules: string;
    readonly bad?: boolean;
    readonly matches: readonly string[];
  }[];
}
const recording = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'globs.json'), 'utf8')) as Recording;
const rulesOf = (rules: string): GlobRules =>
  rules === 'path' ? { are: 'path' } : { are: 'argo', separators: rules.slice('argo'.length) };

describe('patterns as Go has them', () => {
  test.each(recording.globs.map(one => [one.rules, one.pattern, one] as const))(
    '%s %s',
    (rules, pattern, { bad, matches }) => {
      const take = () => {
        const isTaken = createGlob(pattern, rulesOf(rules));
        return recording.names.filter(isTaken);
      };
      // gobwas takes a brace that is not closed for one that is, by chance.
      if (bad || (pattern === '{a' && rules !== 'path')) expect(take).toThrow(NotRendered);
      else expect(take()).toEqual(matches);
    },
  );
});

test.each([
  ['apps/*/config.yaml', 'apps/a/config.yaml', true],
  ['apps/*/config.yaml', 'apps/a/b/config.yaml', true],
  ['apps', 'apps/a.yaml', true],
  ['apps/', 'apps/a.yaml', true],
  ['apps', 'apps2/a.yaml', false],
  ['**/config.json', 'a/b/config.json', true],
  ['.', 'a.yaml', true],
  ['a?c', 'a/c', true],
])('git takes `%s` for %s: %s', (pattern, name, expected) => {
  expect(createGlob(pattern, { are: 'pathspec' })(name)).toBe(expected);
});

test('a pattern that would make others hang takes no time', () => {
  const isTaken = createGlob(`${'*a'.repeat(200)}b`, { are: 'path' });
  expect(isTaken('a'.repeat(4000))).toBe(false);
});

test('alternatives that multiply are refused', () => {
  expect(() => createGlob('{a,b}'.repeat(12), { are: 'argo', separators: '' })).toThrow('too many alternatives');
});

test('a text is taken by itself, and by itself with stars', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '.', '-') }), fc.nat(), (text, place) => {
      const at = text.length === 0 ? 0 : place % text.length;
      for (const pattern of [text, `${text.slice(0, at)}*${text.slice(at)}`]) {
        for (const rules of [{ are: 'path' }, { are: 'argo', separators: '' }, { are: 'pathspec' }] as const) {
          expect(createGlob(pattern, rules)(text)).toBe(true);
        }
      }
    }),
  );
});

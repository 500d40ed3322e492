import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createDigest } from './digest.ts';

function digestOf(key: string, ...parts: readonly unknown[]): string {
  const digest = createDigest(key);
  for (const part of parts) digest.add(part);
  return digest.end();
}

describe('createDigest', () => {
  test('is HMAC-SHA-256 over canonical lines', () => {
    const expected = createHmac('sha256', 'lineage').update('{"a":1,"b":[true,null]}\n"x"\n').digest('hex');
    expect(digestOf('lineage', { b: [true, null], a: 1 }, 'x')).toBe(expected);
  });

  test('knows no order of keys, but that of parts and of items', () => {
    expect(digestOf('k', { a: 1, b: 2 })).toBe(digestOf('k', { b: 2, a: 1 }));
    expect(digestOf('k', 1, 2)).not.toBe(digestOf('k', 2, 1));
    expect(digestOf('k', [1, 2])).not.toBe(digestOf('k', [2, 1]));
  });

  test('depends on the key, which must be one', () => {
    expect(digestOf('one', 1)).not.toBe(digestOf('two', 1));
    expect(() => createDigest('')).toThrow(TypeError);
  });

  test('tells lists of parts apart, whatever they hold', () => {
    const parts = fc.array(fc.oneof(fc.string(), fc.integer(), fc.constantFrom('\n', '"\n"', '1\n2', [], {})), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(parts, parts, (left, right) => {
        const same = JSON.stringify(left) === JSON.stringify(right);
        expect(digestOf('k', ...left) === digestOf('k', ...right)).toBe(same);
      }),
      { seed: 1 },
    );
    expect(digestOf('k', 'a', 'b')).not.toBe(digestOf('k', 'a\nb'));
    expect(digestOf('k', 12)).not.toBe(digestOf('k', 1, 2));
  });
});

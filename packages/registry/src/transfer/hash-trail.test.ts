import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digestOf } from '../descriptor.ts';
import { noise } from '../testing/images.ts';
import { createHashTrail } from './hash-trail.ts';

fc.configureGlobal({ seed: 1 });

test('after any walk forth and back, the digest is that of the content', () => {
  const content = noise(40_000, 1);
  const step = fc.record({
    forth: fc.integer({ min: 1, max: 9000 }),
    back: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 3000 }), (steps, spacing) => {
      const trail = createHashTrail(spacing);
      for (const { forth, back } of steps) {
        trail.update(content.subarray(trail.position, trail.position + forth));
        if (back === null) continue;
        const offset = Math.floor(trail.position * back);
        const place = trail.rewind(offset);
        expect(place).toBeLessThanOrEqual(offset);
        expect(trail.position).toBe(place);
        expect(trail.digest()).toBe(digestOf(content.subarray(0, place)));
      }
      trail.update(content.subarray(trail.position));
      expect(trail.digest()).toBe(digestOf(content));
    }),
  );
});

test('goes back a bounded way, however much passed', () => {
  const trail = createHashTrail(10);
  for (let passed = 0; passed < 100_000; passed += 10) trail.update(noise(10, passed));
  const offset = 77_777;
  expect(offset - trail.rewind(offset)).toBeLessThan(100_000 / 16);
  expect(trail.rewind(0)).toBe(0);
});

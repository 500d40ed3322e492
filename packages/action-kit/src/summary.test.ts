import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { utf8Length } from '@suite/foundation';
import fc from 'fast-check';
import { createSummary, fitBlocks } from './summary.ts';

fc.configureGlobal({ seed: 1 });

test('never exceeds the limit, keeps the order, and says what it left out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 300 })),
      fc.integer({ min: 0, max: 4000 }),
      (blocks, limit) => {
        const text = fitBlocks(blocks, limit);
        expect(utf8Length(text)).toBeLessThanOrEqual(limit);
        const whole = blocks.map(block => `${block}\n\n`).join('');
        if (text !== whole && limit >= 120) expect(text).toMatch(/_\d+ of \d+ sections left out/);
      },
    ),
  );
});

test('what earlier steps of the file took counts', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'summary-')), 'summary.md');
  await writeFile(file, 'x'.repeat(700));
  const summary = createSummary(file, () => {}, 1000);
  expect(await summary.room()).toBe(298);
  await summary.append(['a'.repeat(100), 'b'.repeat(200)]);
  const text = await readFile(file, 'utf8');
  expect(utf8Length(text)).toBeLessThanOrEqual(1000);
  expect(text).toContain('a'.repeat(100));
  expect(text).not.toContain('b'.repeat(200));
});

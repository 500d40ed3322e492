import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..');

test('what tests draw at random is the same in every run: each says from which seed', async () => {
  const drawing: string[] = [];
  const unseeded: string[] = [];
  for await (const file of glob('{actions,packages}/*/src/**/*.test.ts', { cwd: root })) await look(file);
  for await (const file of glob('test/**/*.ts', { cwd: root })) await look(file);
  expect(drawing.length).toBeGreaterThan(20);
  expect(unseeded).toEqual([]);

  async function look(file: string) {
    const text = await readFile(join(root, file), 'utf8');
    if (!/from 'fast-check'/.test(text)) return;
    drawing.push(file);
    const isAll = /fc\.configureGlobal\(\{ seed: \d+ \}\)/.test(text);
    const [runs, seeds] = [/fc\.(?:assert|check|sample)\(/g, /\bseed: \d+/g].map(one => text.match(one)?.length ?? 0);
    if (!isAll && (seeds ?? 0) < (runs ?? 0)) unseeded.push(file);
  }
});

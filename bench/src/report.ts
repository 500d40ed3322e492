import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measureBesideParse } from './beside-parse.ts';
import { bigPlan } from './big-plan.ts';
import type { Case, Measurement } from './measurement.ts';

const root = join(import.meta.dirname, '..', '..');
const sizes = [50, 500, 5_000, 20_000];

/** From plan JSON to digest, report and summary, beside `JSON.parse` of the same file. A process of its own per run. */
export async function measureReport(): Promise<Measurement> {
  const folder = join(root, 'out', 'bench');
  await mkdir(folder, { recursive: true });
  const cases: Case[] = [];
  for (const size of sizes) {
    const file = join(folder, `plan-${size}.json`);
    await writeFile(file, bigPlan(size));
    cases.push(...measureBesideParse('report-worker.ts', 'report', file, `${size} changes`));
  }
  return { name: 'report', cases };
}

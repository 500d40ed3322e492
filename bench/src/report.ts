import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bigPlan } from './big-plan.ts';
import { type Case, type Measurement, median } from './measurement.ts';

const root = join(import.meta.dirname, '..', '..');
const sizes = [50, 500, 5_000, 20_000];
const runs = 5;

interface Figures {
  readonly ms: number;
  readonly megabytes: number;
}

/** From plan JSON to digest, report and summary, beside `JSON.parse` of the same file. A process of its own per run. */
export async function measureReport(): Promise<Measurement> {
  const folder = join(root, 'out', 'bench');
  await mkdir(folder, { recursive: true });
  const cases: Case[] = [];
  for (const size of sizes) {
    const file = join(folder, `plan-${size}.json`);
    await writeFile(file, bigPlan(size));
    const ours: Figures[] = [];
    const parse: Figures[] = [];
    for (let run = 0; run < runs; run++) {
      ours.push(measure('report', file));
      parse.push(measure('parse', file));
    }
    const row = (metric: 'ms' | 'megabytes', name: string, unit: string): Case => ({
      case: `${size} changes`,
      metric: name,
      unit,
      ours: median(ours.map(figures => figures[metric])),
      peers: { 'JSON.parse': median(parse.map(figures => figures[metric])) },
    });
    cases.push(row('ms', 'time', 'ms'), row('megabytes', 'peak memory', 'MB'));
  }
  return { name: 'report', cases };
}

function measure(what: 'report' | 'parse', file: string): Figures {
  const worker = join(import.meta.dirname, 'report-worker.ts');
  const exit = spawnSync(process.execPath, ['--conditions=source', worker, what, file], { encoding: 'utf8' });
  if (exit.status !== 0) throw new Error(exit.stderr);
  return JSON.parse(exit.stdout);
}

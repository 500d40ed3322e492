import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Case, median } from './measurement.ts';

interface Figures {
  readonly ms: number;
  readonly megabytes: number;
}

const runs = 5;

/**
 * Time and peak memory of what a worker does with a path, beside `JSON.parse` of the same. A process of its own per run. The worker
 * gets `task` or `parse` and the path, and prints its figures as JSON.
 */
export function measureBesideParse(worker: string, task: string, path: string, name: string): Case[] {
  const measure = (what: string): Figures => {
    const file = join(import.meta.dirname, worker);
    const exit = spawnSync(process.execPath, ['--conditions=source', file, what, path], { encoding: 'utf8' });
    if (exit.status !== 0) throw new Error(exit.stderr);
    return JSON.parse(exit.stdout);
  };
  const ours: Figures[] = [];
  const parse: Figures[] = [];
  for (let run = 0; run < runs; run++) {
    ours.push(measure(task));
    parse.push(measure('parse'));
  }
  const row = (metric: keyof Figures, title: string, unit: string): Case => ({
    case: name,
    metric: title,
    unit,
    ours: median(ours.map(figures => figures[metric])),
    peers: { 'JSON.parse': median(parse.map(figures => figures[metric])) },
  });
  return [row('ms', 'time', 'ms'), row('megabytes', 'peak memory', 'MB')];
}

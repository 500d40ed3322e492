import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Measurement, median } from './measurement.ts';

const root = join(import.meta.dirname, '..', '..');
const runs = 15;

/** From the start of the process to its end with a wrong input, beside a bundle that only imports @actions/core. */
export async function measureColdStart(): Promise<Measurement> {
  const baseline = await bundleBaseline();
  const programs: Record<string, { args: string[]; status: number }> = {
    ours: { args: [join(root, 'out', 'release', 'provision-aks', 'dist', 'index.js')], status: 1 },
    '@actions/core only': { args: [baseline], status: 0 },
    'node -e 0': { args: ['-e', '0'], status: 0 },
  };
  const times: Record<string, number[]> = {};
  for (let run = 0; run < runs + 1; run++) {
    for (const [name, { args, status }] of Object.entries(programs)) {
      const started = performance.now();
      const env = { PATH: process.env['PATH'] ?? '', INPUT_COMMAND: 'plam', INPUT_SCOPE: 'dev' };
      const exit = spawnSync(process.execPath, args, { env, cwd: tmpdir() });
      if (exit.status !== status) throw new Error(`${name} ended with ${exit.status}: ${exit.stderr}`);
      // The first run fills the file cache.
      if (run > 0) times[name] = [...(times[name] ?? []), performance.now() - started];
    }
  }
  const [ours, ...peers] = Object.entries(times).map(([name, values]) => [name, median(values)] as const);
  return {
    name: 'cold-start',
    cases: [
      { case: 'wrong input', metric: 'wall', unit: 'ms', ours: ours?.[1] ?? 0, peers: Object.fromEntries(peers) },
    ],
  };
}

async function bundleBaseline(): Promise<string> {
  const folder = join(root, 'out', 'bench', 'core');
  await mkdir(folder, { recursive: true });
  // Lies in this package so that the import is found.
  const entry = join(import.meta.dirname, 'baseline.js');
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  const require = createRequire(import.meta.url);
  const ncc = join(dirname(require.resolve('@vercel/ncc/package.json')), 'dist', 'ncc', 'cli.js');
  const args = [ncc, 'build', entry, '--out', folder, '--target', 'es2024', '--no-cache', '--quiet'];
  const exit = spawnSync(process.execPath, args, { cwd: root });
  if (exit.status !== 0) throw new Error(`ncc: ${exit.stdout}${exit.stderr}`);
  return join(folder, 'index.js');
}

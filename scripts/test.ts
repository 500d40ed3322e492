/**
 * Everything: check, build, and every tier of tests (DESIGN §8). Ends with one line that counts what ran.
 * `pnpm test unit` (or bundles, pipelines, reality) runs the build and that tier alone; further arguments go to jest.
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from './build.ts';

const root = join(import.meta.dirname, '..');
const tiers = ['unit', 'bundles', 'pipelines', 'reality'];
const [first, ...rest] = process.argv.slice(2);
const tier = first !== undefined && tiers.includes(first) ? first : undefined;
// jest takes everything after --selectProjects for names of projects, up to the next option.
const jestArguments = tier === undefined ? process.argv.slice(2) : ['--selectProjects', tier, '--', ...rest];

let failed = false;
if (tier === undefined) failed = (await node(['--conditions=source', 'scripts/check.ts'])) !== 0;
console.log('building the release tree …');
console.log(`release tree: ${await build()}`);

const results = join(root, 'out', 'test-results.json');
await mkdir(join(root, 'out'), { recursive: true });
const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin', 'jest.js');
const jestExit = await node(
  ['--experimental-vm-modules', '--no-warnings', jest, '--json', `--outputFile=${results}`, ...jestArguments],
  {
    silentStdout: true,
  },
);
const counts = JSON.parse(await readFile(results, 'utf8'));
failed ||= jestExit !== 0;
for (const suite of counts.testResults) {
  for (const test of suite.assertionResults) {
    if (test.status === 'pending') console.log(`SKIPPED: ${test.fullName}`);
  }
}
const skipped = counts.numPendingTests > 0 ? `, ${counts.numPendingTests} skipped` : '';
console.log(
  `${counts.numPassedTests} passed, ${counts.numFailedTests + counts.numRuntimeErrorTestSuites} failed${skipped}`,
);
process.exitCode = failed ? 1 : 0;

function node(args: readonly string[], options: { silentStdout?: boolean } = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const stdout = options.silentStdout ? 'ignore' : 'inherit';
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', stdout, 'inherit'] });
    child.on('error', reject);
    child.on('close', code => resolve(code ?? 1));
  });
}

/**
 * `pnpm build-peers [NAME…]`: builds the real programs that tests need (or those named, also those of benchmarks), once, into a cache
 * outside of the repository. Needs Go. What is built already is skipped.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { mapInParallel } from '@suite/foundation';
import { findPeer, type PeerRecipe, peerCache, peerRecipes } from './peer-list.ts';

const names = process.argv.slice(2);
const started = Date.now();
try {
  const wanted = names.length === 0 ? peerRecipes.filter(recipe => !recipe.isForBenchmarks) : names.map(findPeer);
  await mkdir(peerCache, { recursive: true });
  // Two compilations of one package at the same time would both be made, so what shares packages is built in a row.
  const rows = [...Map.groupBy(wanted, recipe => recipe.module).values()];
  await mapInParallel(rows, 2, async row => {
    for (const recipe of row) await build(recipe);
  });
  console.log(`${wanted.length} peers in ${seconds(started)}, in ${peerCache}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function build(recipe: PeerRecipe): Promise<void> {
  if (existsSync(recipe.path)) return console.log(`${basename(recipe.path)}: there already`);
  const from = Date.now();
  // Whoever finds the file finds it whole, also when two checkouts build at once.
  const unfinished = `${recipe.path}.${process.pid}`;
  const variables = Object.entries(recipe.variables).map(([variable, value]) => `-X ${variable}=${value}`);
  try {
    await go(recipe, ['build', '-trimpath', '-ldflags', ['-s -w', ...variables].join(' '), '-o', unfinished]);
    await rename(unfinished, recipe.path);
  } finally {
    await rm(unfinished, { force: true });
  }
  console.log(`${basename(recipe.path)}: built in ${seconds(from)}`);
}

function go(recipe: PeerRecipe, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', [...args, recipe.package], {
      cwd: recipe.module,
      // No C compiler is needed, and no library of the machine.
      env: { ...process.env, CGO_ENABLED: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const output: Buffer[] = [];
    child.stderr.on('data', chunk => output.push(chunk));
    child.on('error', cause => reject(new Error('Go 1.26 or newer has to be on PATH.', { cause })));
    child.on('close', code => {
      if (code === 0) resolve();
      else
        reject(new Error(`${recipe.name} ${recipe.version} was not built:\n${Buffer.concat(output).toString('utf8')}`));
    });
  });
}

function seconds(from: number): string {
  return `${((Date.now() - from) / 1000).toFixed(1)} s`;
}

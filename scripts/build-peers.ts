/**
 * `pnpm build-peers [NAME…]`: builds the real programs that tests need (or those named, also those that no run builds by itself), once, into a cache
 * outside of the repository. Needs Go. What is built already is skipped.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { mapInParallel } from '@suite/foundation';
import { findPeer, type PeerFile, type PeerRecipe, peerCache, peerRecipes } from './peer-list.ts';

const names = process.argv.slice(2);
const started = Date.now();
try {
  const wanted = names.length === 0 ? peerRecipes.filter(recipe => !recipe.isOnDemand) : names.map(findPeer);
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
  if ([recipe, ...recipe.files].every(({ path }) => existsSync(path)))
    return console.log(`${basename(recipe.path)}: there already`);
  const from = Date.now();
  // Whoever finds the file finds it whole, also when two checkouts build at once.
  const unfinished = `${recipe.path}.${process.pid}`;
  const variables = Object.entries(recipe.variables).map(([variable, value]) => `-X ${variable}=${value}`);
  try {
    const flags = ['-trimpath', '-ldflags', ['-s -w', ...variables].join(' ')];
    await go(recipe, ['build', ...flags, '-o', unfinished, recipe.package]);
    for (const file of recipe.files) await copy(recipe, file);
    await rename(unfinished, recipe.path);
  } finally {
    await rm(unfinished, { force: true });
  }
  console.log(`${basename(recipe.path)}: built in ${seconds(from)}`);
}

async function copy(recipe: PeerRecipe, { module, source, path }: PeerFile): Promise<void> {
  const folder = (await go(recipe, ['list', '-m', '-f', '{{.Dir}}', module])).trim();
  const unfinished = `${path}.${process.pid}`;
  await copyFile(join(folder, source), unfinished);
  await rename(unfinished, path);
}

/** Gives what it prints. */
function go(recipe: PeerRecipe, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', args, {
      cwd: recipe.module,
      // No C compiler is needed, and no library of the machine.
      env: { ...process.env, CGO_ENABLED: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on('data', chunk => printed.push(chunk));
    child.stderr.on('data', chunk => complaints.push(chunk));
    child.on('error', cause => reject(new Error('Go 1.26 or newer has to be on PATH.', { cause })));
    child.on('close', code => {
      const said = Buffer.concat(code === 0 ? printed : complaints).toString('utf8');
      if (code === 0) resolve(said);
      else reject(new Error(`${recipe.name} ${recipe.version} was not built:\n${said}`));
    });
  });
}

function seconds(from: number): string {
  return `${((Date.now() - from) / 1000).toFixed(1)} s`;
}

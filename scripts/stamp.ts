import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

const skipped = new Set(['node_modules', 'dist', '.terraform', '.terraform.lock.hcl']);

/** A digest over the names and contents of all files under `paths`, tests left out. */
export async function stamp(root: string, paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) await addTo(hash, root, path);
  return hash.digest('hex');
}

export async function isStale(stampFile: string, current: string): Promise<boolean> {
  return readFile(stampFile, 'utf8').then(
    text => text !== current,
    () => true,
  );
}

async function addTo(hash: ReturnType<typeof createHash>, root: string, path: string): Promise<void> {
  const full = join(root, path);
  const found = await stat(full).catch(() => undefined);
  if (found === undefined) return;
  if (found.isDirectory()) {
    for (const name of (await readdir(full)).sort()) if (!skipped.has(name)) await addTo(hash, root, join(path, name));
  } else if (!path.endsWith('.test.ts')) {
    hash
      .update(`${path}\0`)
      .update(await readFile(full))
      .update('\0');
  }
}

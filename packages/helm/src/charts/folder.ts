import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { UserError } from '@suite/foundation';

/** Files of a chart's folder by their path inside of it, with `/`. Packed charts in `charts/` stay closed. */
export async function readChartFolder(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const isFolder = await stat(folder).then(
    found => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UserError({ message: 'There is no such folder.' });
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length).split(sep).join('/').replace(/^\/+/, ''), await readFile(path));
  }
  return files;
}

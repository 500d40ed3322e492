import { readdir } from 'node:fs/promises';
import { sep } from 'node:path';
import { placeIn, type Sources } from './sources.ts';

/** `placeIn` for the files that there are. `dataDir`: where Terraform puts modules from elsewhere. */
export async function placesOf(sources: Sources, dataDir: string): Promise<(file: string) => string | undefined> {
  const names = sources.kind === 'extension' ? await readdir(sources.folder, { recursive: true }) : [];
  const theirs = new Set(names.map(name => name.split(sep).join('/')));
  return placeIn(sources, path => theirs.has(path), dataDir);
}

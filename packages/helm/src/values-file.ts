import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@suite/foundation';

/** Hands `use` the path of a file with the values, which only we can read; it is gone when `use` ends. */
export async function withValuesFile<T>(
  folder: string,
  values: JsonObject,
  use: (path: string) => Promise<T>,
): Promise<T> {
  // Values are no place for secrets, and hold some nevertheless.
  const own = await mkdtemp(join(folder, 'values-'));
  try {
    const path = join(own, 'values.json');
    await writeFile(path, JSON.stringify(values), { mode: 0o600 });
    return await use(path);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

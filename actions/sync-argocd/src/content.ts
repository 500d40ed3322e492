import { createHash } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** SHA-256 over names and contents of everything below a folder of a repository; of nothing where there is no such folder. */
export async function contentDigest(root: string, folder: string): Promise<string> {
  const hash = createHash('sha256');
  const top = join(root, folder);
  const entries = await readdir(top, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter(entry => entry.isFile() || entry.isSymbolicLink())
    .map(entry => ({ path: join(entry.parentPath, entry.name), isLink: entry.isSymbolicLink() }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  for (const { path, isLink } of files) {
    const content = isLink ? Buffer.from(await readlink(path)) : await readFile(path);
    hash.update(`${relative(top, path)}\0${isLink ? 'link' : 'file'}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

import { isAbsolute, relative, sep } from 'node:path';

/**
 * A file as a repository names it: relative to the folder and with `/`, on Windows as well. One outside of the folder stays as
 * it is.
 */
export function pathInside(folder: string, file: string): string {
  const path = relative(folder, file);
  if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) return file;
  return path.split(sep).join('/');
}

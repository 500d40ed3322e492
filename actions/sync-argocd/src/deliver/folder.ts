import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { UserError } from '@suite/foundation';
import type { Read } from './types.ts';

/** Above it nobody writes a file by hand, and reading it as YAML takes seconds. */
const largestBytes = 1024 * 1024;
const mostFiles = 20_000;

function tooMany(folder: string): UserError {
  return new UserError({
    message: `The folder ${folder} of the GitOps repository holds more than ${mostFiles} files.`,
    remedy: 'Give each application a folder of its own (`path`).',
  });
}

/** The files of a repository that lies in a folder of this machine. */
export function readFolder(root: string): Read {
  /** Undefined for what is not there or lies outside. */
  const inside = async (path: string): Promise<string | undefined> => {
    const parts = path.split('/').filter(part => part !== '' && part !== '.');
    if (parts.includes('..')) return undefined;
    const [top, real] = await Promise.all([realpath(root), realpath(join(root, ...parts)).catch(() => undefined)]);
    return real === undefined || !(real === top || real.startsWith(top + sep)) ? undefined : real;
  };
  return {
    list: async folder => {
      const files: string[] = [];
      const walk = async (path: string): Promise<void> => {
        const real = await inside(path);
        // A file below a link would be committed in the link's place.
        const isLinked = real !== join(await realpath(root), ...path.split('/'));
        const entries =
          real === undefined || isLinked ? [] : await readdir(real, { withFileTypes: true }).catch(() => []);
        for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
          const child = path === '' ? entry.name : `${path}/${entry.name}`;
          if (entry.isDirectory()) await walk(child);
          // A link is written through by whoever writes where it leads.
          else if (entry.isFile()) files.push(child);
          if (files.length > mostFiles) throw tooMany(folder);
        }
      };
      await walk(folder.replace(/^(?:\.?\/)+|\/+$/g, '').replace(/^\.$/, ''));
      return files;
    },
    text: async path => {
      const file = await inside(path);
      const found = file === undefined ? undefined : await stat(file);
      if (file === undefined || found?.isFile() !== true || found.size > largestBytes) return undefined;
      const bytes = await readFile(file);
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch {
        return undefined;
      }
    },
  };
}

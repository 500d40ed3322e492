import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { NotRendered } from './not-rendered.ts';

/** What is read of a checkout for one application at most. Argo CD's own bound for plain manifests is 10 MiB. */
export const bounds = { files: 20_000, bytes: 100 * 1024 * 1024, manifestBytes: 10 * 1024 * 1024 } as const;

export interface TreeFile {
  /** Inside of the folder, with `/`. */
  readonly path: string;
  readonly full: string;
  readonly bytes: number;
}

/**
 * The files of a checkout, and nothing beside it: paths and links that lead out of it are refused. All throw NotRendered with a path
 * as the repository names it.
 */
export interface Tree {
  /** Full path, with links resolved. */
  readonly root: string;
  /** Full path of a folder in the repository; `path` as Applications have it. */
  folder(path: string): Promise<string>;
  /**
   * Full path of a file or folder as a source in `from` names it: relative to it, or with a slash in front to the repository. Undefined
   * when nothing is there.
   */
  find(from: string, path: string): Promise<string | undefined>;
  /** Files below a folder, in the order of their paths; without `.git`. Links count as what they lead to, and folders behind one are left out. */
  files(folder: string, options?: { readonly isDeep: boolean }): Promise<readonly TreeFile[]>;
  /** Folders below the root, but hidden ones; with `/`. */
  folders(): Promise<readonly string[]>;
  text(full: string, mostBytes?: number): Promise<string>;
  /** Of everything below a folder; undefined where a folder hangs on a link. */
  fingerprint(folder: string): Promise<string | undefined>;
  /** As the repository names it. */
  nameOf(full: string): string;
}

export async function openTree(checkout: string): Promise<Tree> {
  const root = await realpath(checkout);
  const nameOf = (full: string) => relative(root, full).split(sep).join('/') || '.';
  const isInside = (full: string) => full === root || full.startsWith(root + sep);
  const prints = new Map<string, Promise<string | undefined>>();

  /** What a path leads to at the end. Undefined when nothing is there. */
  const follow = async (full: string, said: string): Promise<string | undefined> => {
    if (full.includes('\0')) throw new NotRendered('A path holds a character that no path has.');
    if (!isInside(full)) throw new NotRendered(`\`${said}\` leads out of the repository.`);
    const found = await realpath(full).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      if (error.code === 'ELOOP') throw new NotRendered(`\`${said}\` is a link that leads to itself.`);
      throw error;
    });
    if (found !== undefined && !isInside(found)) throw new NotRendered(`\`${said}\` is a link out of the repository.`);
    return found;
  };

  const walk = async (folder: string, isDeep: boolean) => {
    const files: TreeFile[] = [];
    let bytes = 0;
    let linksFolders = false;
    const visit = async (at: string): Promise<void> => {
      const entries = await readdir(at, { withFileTypes: true });
      for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
        const full = join(at, entry.name);
        if (entry.isDirectory()) {
          if (isDeep && !(entry.name === '.git' && at === root)) await visit(full);
          continue;
        }
        const target = entry.isSymbolicLink() ? await followLink(full) : full;
        if (target === undefined) continue;
        const found = await stat(target);
        if (found.isDirectory()) {
          linksFolders = true;
          // Programs follow it, so what lies behind it may not lead out either.
          await check(target);
        }
        if (!found.isFile()) continue;
        bytes += found.size;
        files.push({ path: relative(folder, full).split(sep).join('/'), full, bytes: found.size });
        if (files.length > bounds.files)
          throw new NotRendered(`\`${nameOf(folder)}\` holds more than ${bounds.files} files.`);
        if (bytes > bounds.bytes) {
          throw new NotRendered(`\`${nameOf(folder)}\` holds more than ${bounds.bytes / 1024 / 1024} MiB.`);
        }
      }
    };
    await visit(folder);
    return { files, linksFolders };
  };

  const checked = new Set<string>();
  const check = async (folder: string): Promise<void> => {
    if (checked.has(folder)) return;
    checked.add(folder);
    await walk(folder, true);
  };

  const followLink = async (full: string): Promise<string | undefined> => {
    // Where nothing is at the other end, the link itself still says where it leads.
    const target = resolve(dirname(full), await readlink(full));
    if (!isInside(target)) throw new NotRendered(`\`${nameOf(full)}\` is a link out of the repository.`);
    return follow(full, nameOf(full));
  };

  const fingerprint = async (folder: string): Promise<string | undefined> => {
    const { files, linksFolders } = await walk(folder, true);
    if (linksFolders) return undefined;
    const hash = createHash('sha256');
    for (const { path, full } of files) {
      const content = await readFile(full);
      hash.update(`${JSON.stringify(path)} ${content.length}\n`).update(content);
    }
    return hash.digest('hex');
  };

  return {
    root,
    nameOf,
    folder: async path => {
      if (isAbsolute(path)) throw new NotRendered(`\`${path}\` is no path inside of the repository.`);
      const found = await follow(resolve(root, path), path);
      if (found === undefined) throw new NotRendered(`The repository has no folder \`${path}\`.`);
      if (!(await lstat(found)).isDirectory()) throw new NotRendered(`\`${path}\` is no folder.`);
      return found;
    },
    find: async (from, path) => follow(isAbsolute(path) ? join(root, path) : resolve(from, path), path),
    files: async (folder, { isDeep } = { isDeep: true }) => (await walk(folder, isDeep)).files,
    folders: async () => {
      const found: string[] = [];
      const visit = async (at: string): Promise<void> => {
        for (const entry of await readdir(at, { withFileTypes: true })) {
          if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
          found.push(nameOf(join(at, entry.name)));
          if (found.length > bounds.files)
            throw new NotRendered(`The repository has more than ${bounds.files} folders.`);
          await visit(join(at, entry.name));
        }
      };
      await visit(root);
      return found.sort();
    },
    text: async (full, mostBytes = bounds.manifestBytes) => {
      const { size } = await stat(full);
      if (size > mostBytes) throw new NotRendered(`\`${nameOf(full)}\` is larger than ${mostBytes / 1024 / 1024} MiB.`);
      return readFile(full, 'utf8');
    },
    fingerprint: folder => {
      const known = prints.get(folder) ?? fingerprint(folder);
      prints.set(folder, known);
      return known;
    },
  };
}

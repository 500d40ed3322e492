import { execFileSync } from 'node:child_process';
import { isolated } from './git.ts';

/** Reads a bare repository, and blocks for the milliseconds that git takes. */
export interface GitReader {
  /** The commit that a branch or a tag points to, or HEAD; undefined when there is none of that name. */
  resolve(revision: string): string | undefined;
  /** Every file of a commit by its path; undefined when the repository has no such commit. */
  files(commit: string): ReadonlyMap<string, string> | undefined;
}

const maxBuffer = 256 * 1024 * 1024;

export function createGitReader(dir: string): GitReader {
  /** What a commit holds never changes, and only the latest commits are asked for. */
  const known = new Map<string, ReadonlyMap<string, string>>();
  const run = (args: readonly string[], input = ''): Buffer | undefined => {
    try {
      const env = { ...isolated(), GIT_DIR: dir };
      return execFileSync('git', [...args], { env, input, maxBuffer, stdio: ['pipe', 'pipe', 'ignore'] });
    } catch {
      return undefined;
    }
  };
  const read = (commit: string): ReadonlyMap<string, string> | undefined => {
    const listing = run(['ls-tree', '-r', '-z', '--full-tree', commit]);
    if (listing === undefined) return undefined;
    const entries = listing
      .toString('utf8')
      .split('\0')
      .filter(line => line.startsWith('100'))
      .map(line => ({ blob: line.slice(12, 52), path: line.slice(line.indexOf('\t') + 1) }));
    const contents = run(['cat-file', '--batch'], entries.map(({ blob }) => `${blob}\n`).join(''));
    if (contents === undefined) return undefined;
    const files = new Map<string, string>();
    let at = 0;
    for (const { path } of entries) {
      // `<object> blob <size>\n<content>\n`
      const end = contents.indexOf('\n', at);
      const size = Number(contents.toString('utf8', at, end).split(' ')[2]);
      files.set(path, contents.toString('utf8', end + 1, end + 1 + size));
      at = end + 2 + size;
    }
    return files;
  };

  return {
    resolve: revision => {
      const names = revision === 'HEAD' ? ['HEAD'] : [`refs/heads/${revision}`, `refs/tags/${revision}`, revision];
      for (const name of names.filter(one => one === 'HEAD' || one.startsWith('refs/'))) {
        const found = run(['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
        if (found !== undefined) return found.toString('utf8').trim();
      }
      return undefined;
    },
    files: commit => {
      const found = known.get(commit) ?? read(commit);
      if (found === undefined) return undefined;
      known.delete(commit);
      known.set(commit, found);
      for (const old of [...known.keys()].slice(0, -20)) known.delete(old);
      return found;
    },
  };
}

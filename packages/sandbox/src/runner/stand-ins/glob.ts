import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

/** What the `path` of upload-artifact found. */
export interface Found {
  /** Absolute, sorted. */
  readonly files: readonly string[];
  /** Folder that the names in the artifact are relative to. */
  readonly root: string;
}

interface Pattern {
  readonly isExclusion: boolean;
  /** The part without wildcards: where the search begins. */
  readonly start: string;
  readonly expression: RegExp;
}

/** Links within links can make any number of paths out of a few folders; then the search has no end in sight. */
const mostPaths = 200_000;

/**
 * Finds files as @actions/glob does: lines of `path`, `!` excludes, `*`, `?`, `[…]` and `**`; a folder stands for all that
 * is in it. Hidden files and folders are left out unless they are asked for. Throws when there are more than `limit` paths
 * to look at.
 */
export async function findFiles(
  path: string,
  workspace: string,
  includeHidden: boolean,
  limit = mostPaths,
): Promise<Found> {
  const patterns = path
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => readPattern(line, workspace));
  const starts = outermost(patterns.filter(({ isExclusion }) => !isExclusion).map(({ start }) => start));
  const files: string[] = [];
  let seen = 0;
  const search: Search = {
    includeHidden,
    onPath: () => {
      seen += 1;
      if (seen > limit)
        throw new Error(`The sandbox looks at no more than ${limit} files and folders for one artifact.`);
    },
    onFile: file => files.push(file),
  };
  for (const start of starts) await walk(start, [], search);
  const matching = files.filter(file =>
    // The last pattern that matches decides.
    patterns.reduce((isIn, { isExclusion, expression }) => (expression.test(file) ? !isExclusion : isIn), false),
  );
  return { files: matching.sort(), root: rootOf(starts, matching) };
}

/** Matches the name of an artifact; `**` means no more than `*` there. */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const expression = new RegExp(`^${translate(pattern, '.*')}$`);
  return name => expression.test(name);
}

function readPattern(line: string, workspace: string): Pattern {
  const isExclusion = line.startsWith('!');
  const absolute = resolve(workspace, isExclusion ? line.slice(1).trim() : line);
  const segments = absolute.split(sep);
  const wild = segments.findIndex(segment => /[*?[]/.test(segment));
  const start = wild < 0 ? absolute : segments.slice(0, wild).join(sep) || sep;
  return { isExclusion, start, expression: new RegExp(`^${translate(absolute, '[^/]*')}(/.*)?$`) };
}

function translate(pattern: string, star: string): string {
  if (/[{}]/.test(pattern)) throw new Error(`The sandbox's runner does not know braces in the pattern '${pattern}'.`);
  return pattern.replace(/\/\*\*(?=\/|$)|\*\*?|\?|\[[^\]/]+\]|[^*?[]|\[/g, part => {
    if (part === '/**') return '(/.*)?';
    if (part.startsWith('*')) return star;
    if (part === '?') return '[^/]';
    return part.length > 1 && part.startsWith('[')
      ? part.replace(/^\[!/, '[^')
      : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
}

/** A start within another one is searched with it. */
function outermost(starts: readonly string[]): string[] {
  const all = [...new Set(starts)];
  return all.filter(
    start => !all.some(other => other !== start && start.startsWith(`${other === sep ? '' : other}${sep}`)),
  );
}

interface Search {
  readonly includeHidden: boolean;
  readonly onPath: () => void;
  readonly onFile: (file: string) => void;
}

/** Follows links, but not back into one of `parents`, the real paths of the folders on the way (internal-globber.ts). */
async function walk(path: string, parents: readonly string[], search: Search): Promise<void> {
  if (!search.includeHidden && basename(path).startsWith('.')) return;
  const target = await stat(path).catch(() => undefined);
  if (target === undefined) return;
  search.onPath();
  if (!target.isDirectory()) return search.onFile(path);
  const real = await realpath(path);
  if (parents.includes(real)) return;
  for (const name of await readdir(path)) await walk(join(path, name), [...parents, real], search);
}

/** One path is the root itself, of several it is the folder that they have in common; of a single file its folder. */
function rootOf(starts: readonly string[], files: readonly string[]): string {
  const [start = sep] = starts;
  if (starts.length === 1) return files.length === 1 && files[0] === start ? dirname(start) : start;
  return starts.reduce((common, other) => {
    let folder = common;
    while (relative(folder, other).startsWith('..')) folder = dirname(folder);
    return folder;
  }, start);
}

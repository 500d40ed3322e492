import { mkdir, open, realpath, rm, symlink } from 'node:fs/promises';
import { dirname, join, posix, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { asObject, asString, UserError } from '@suite/foundation';
import { NotReadable } from '../requests.ts';
import { readTar, type TarEntry } from './tar.ts';

/** What a folder was filled with. Paths are those of the repository, with `/`. */
export interface Unpacked {
  readonly files: number;
  /** Of all files together. */
  readonly bytes: number;
  /** Links that lead out of the repository or nowhere: they are not there. */
  readonly leftOut: readonly string[];
}

export interface UnpackLimits {
  /** Of all files together, and of one. */
  readonly bytes: number;
  readonly fileBytes: number;
  readonly entries: number;
}

/** GitHub takes no file above 100 MiB (docs.github.com, "About large files on GitHub"). */
const repositoryLimits: UnpackLimits = { bytes: 1024 ** 3, fileBytes: 100 * 1024 ** 2, entries: 200_000 };

/**
 * Unpacks a gzipped tar archive as GitHub makes it of a commit, with everything inside of one folder, into an empty folder and
 * nowhere else. Throws NotReadable for what is no such archive, UserError for what is too large.
 */
export async function unpack(
  bytes: AsyncIterable<Uint8Array>,
  folder: string,
  limits: UnpackLimits = repositoryLimits,
): Promise<Unpacked> {
  const root = await realpath(folder);
  const gunzip = createGunzip();
  let unpacked: Unpacked | undefined;
  await pipeline(bytes, gunzip, async content => {
    unpacked = await write(readTar(content), root, limits);
  }).catch((error: unknown) => {
    throw isZlib(error) ? new NotReadable('It is no gzip archive.', { cause: error }) : error;
  });
  if (unpacked === undefined) throw new NotReadable('It ends too early.');
  return unpacked;
}

function isZlib(error: unknown): boolean {
  return asString(asObject(error)['code'])?.startsWith('Z_') === true;
}

async function write(entries: AsyncIterable<TarEntry>, root: string, limits: UnpackLimits): Promise<Unpacked> {
  const links: { readonly path: string; readonly target: string }[] = [];
  const folders = new Set<string>();
  let [seen, files, bytes] = [0, 0, 0];
  for await (const entry of entries) {
    seen += 1;
    if (seen > limits.entries) throw tooLarge(`more than ${limits.entries} files`);
    const path = insideOf(entry.path);
    // The folder around everything.
    if (path === '') continue;
    if (entry.kind === 'link') links.push({ path, target: entry.target });
    if (entry.kind !== 'file') continue;
    bytes += entry.size;
    if (entry.size > limits.fileBytes) throw tooLarge(`the file ${path} of ${megabytes(entry.size)}`);
    if (bytes > limits.bytes) throw tooLarge(`more than ${megabytes(limits.bytes)}`);
    const file = join(root, ...path.split('/'));
    if (!folders.has(dirname(file))) await mkdir(dirname(file), { recursive: true });
    folders.add(dirname(file));
    await writeNew(file, entry);
    files += 1;
  }
  if (seen === 0) throw new NotReadable('It holds nothing.');
  return { files, bytes, leftOut: await makeLinks(root, links) };
}

/** Never over something that is there, and never through a link: links are made when every file stands. */
async function writeNew(file: string, { isExecutable, content }: Extract<TarEntry, { kind: 'file' }>): Promise<void> {
  const handle = await open(file, 'wx', isExecutable ? 0o755 : 0o644).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new NotReadable('It holds a file twice.', { cause: error }) : error;
  });
  try {
    for await (const part of content()) await handle.writeFile(part);
  } finally {
    await handle.close();
  }
}

/** Gives those that were left out. One link may lead through another, so it is the system that says where each ends. */
async function makeLinks(
  root: string,
  links: readonly { readonly path: string; readonly target: string }[],
): Promise<readonly string[]> {
  const made: string[] = [];
  const leftOut: string[] = [];
  for (const { path, target } of links) {
    const end = posix.join(posix.dirname(path), target);
    const isInside = !target.startsWith('/') && end !== '..' && !end.startsWith('../');
    const file = join(root, ...path.split('/'));
    if (isInside) await mkdir(dirname(file), { recursive: true });
    if (
      isInside &&
      (await symlink(target, file).then(
        () => true,
        () => false,
      ))
    )
      made.push(path);
    else leftOut.push(path);
  }
  // Removing one may break those that lead through it.
  for (let before = -1; before !== leftOut.length; ) {
    before = leftOut.length;
    for (const path of made.splice(0)) {
      const file = join(root, ...path.split('/'));
      const end = await realpath(file).catch(() => undefined);
      if (end !== undefined && (end === root || end.startsWith(root + sep))) made.push(path);
      else {
        await rm(file, { force: true });
        leftOut.push(path);
      }
    }
  }
  return leftOut.toSorted();
}

/** The path below the archive's one folder; empty for the folder itself. Throws for a name that could lead elsewhere. */
function insideOf(name: string): string {
  const parts = name.replace(/\/+$/, '').split('/');
  const isBad = (part: string) => part === '' || part === '.' || part === '..' || /[\\\0]/.test(part);
  if (parts.some(isBad) || parts.some(part => part.toLowerCase() === '.git')) {
    throw new NotReadable('A name in it leads out of it.');
  }
  return parts.slice(1).join('/');
}

function tooLarge(what: string): UserError {
  return new UserError({
    message: `The GitOps repository is too large to be brought onto the runner: it holds ${what}.`,
    remedy: 'Keep Applications’ manifests in a repository of their own.',
  });
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}

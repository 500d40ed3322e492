import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asObject, UserError } from '@suite/foundation';
import { readTarIndex } from './tar.ts';

export interface LayoutFile {
  /** In bytes. */
  readonly size: number;
  read(offset: number): AsyncIterable<Uint8Array>;
}

/** The files of a layout, wherever they lie. Paths are ours, with `/`. */
export interface LayoutFiles {
  /** `the OCI layout dist/api.tar` */
  readonly name: string;
  find(path: string): Promise<LayoutFile | undefined>;
  close(): Promise<void>;
}

const chunkBytes = 256 * 1024;

/** A directory, or a tar archive of one. Throws UserError for what is neither. */
export async function openLayoutFiles(path: string): Promise<LayoutFiles> {
  const name = `the OCI layout ${path}`;
  const found = await stat(path).catch((error: unknown) => {
    throw new UserError({ message: `There is no OCI layout ${path}.` }, { cause: error });
  });
  if (found.isDirectory()) return directoryFiles(name, await realpath(path));
  const handle = await open(path, 'r');
  try {
    const entries = await readTarIndex(name, handle, found.size);
    return {
      name,
      find: async wanted => {
        const entry = entries.get(wanted);
        if (entry === undefined) return undefined;
        return {
          size: entry.size,
          read: offset => readPart(name, handle, entry.offset + offset, entry.offset + entry.size),
        };
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function directoryFiles(name: string, root: string): LayoutFiles {
  return {
    name,
    find: async path => {
      const file = join(root, ...path.split('/'));
      const real = await realpath(file).catch(absent);
      if (real === undefined) return undefined;
      // A link would let a layout publish any file of the runner.
      if (real !== file) throw new UserError({ message: `${name} has a link at ${path}, which is not followed.` });
      const found = await stat(file);
      if (!found.isFile()) throw new UserError({ message: `${name} has no file at ${path}.` });
      return { size: found.size, read: offset => readFilePart(name, file, offset, found.size) };
    },
    close: async () => undefined,
  };
}

function absent(error: unknown): undefined {
  if (asObject(error)['code'] !== 'ENOENT' && asObject(error)['code'] !== 'ENOTDIR') throw error;
}

async function* readFilePart(name: string, file: string, from: number, to: number): AsyncIterable<Uint8Array> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    yield* readPart(name, handle, from, to);
  } finally {
    await handle.close();
  }
}

async function* readPart(name: string, handle: FileHandle, from: number, to: number): AsyncIterable<Uint8Array> {
  for (let at = from; at < to; ) {
    const buffer = Buffer.allocUnsafeSlow(Math.min(chunkBytes, to - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at).catch((error: unknown) => {
      throw new UserError({ message: `${name} could not be read at byte ${at}.` }, { cause: error });
    });
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

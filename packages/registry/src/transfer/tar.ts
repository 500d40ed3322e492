import type { FileHandle } from 'node:fs/promises';
import { UserError } from '@suite/foundation';

export interface TarEntry {
  /** Of its content in the archive. */
  readonly offset: number;
  readonly size: number;
}

const block = 512;
/** Long names and extended headers are short; anything else is an attack. */
const largestExtra = 64 * 1024;
const mostEntries = 100_000;

/**
 * Where the regular files of a tar archive lie (POSIX pax and ustar, GNU long names), without reading their content. Links
 * and everything else are no files and so not there; a name that leaves the archive, a name that comes twice, and sizes
 * that lie are refused. Throws UserError.
 */
export async function readTarIndex(
  name: string,
  handle: FileHandle,
  length: number,
): Promise<ReadonlyMap<string, TarEntry>> {
  const fail = (what: string): never => {
    throw new UserError({ message: `${name} is no archive that can be read: ${what}.` });
  };
  const read = async (at: number, bytes: number): Promise<Buffer> => {
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await handle.read(buffer, 0, bytes, at);
    if (bytesRead < bytes) fail('it ends in the middle');
    return buffer;
  };
  const entries = new Map<string, TarEntry>();
  let extra: { readonly path?: string; readonly size?: number } = {};
  let seen = 0;
  for (let at = 0; at < length; ) {
    // A part of a header is none: what is read to its end says so.
    const header = await read(at, block);
    if (at === 0) {
      const problem = compressionOf(header);
      if (problem !== undefined) fail(problem);
    }
    if (header.every(byte => byte === 0)) break;
    if (!hasChecksum(header)) fail('it is no tar archive');
    seen += 1;
    if (seen > mostEntries) fail(`it has more than ${mostEntries} entries`);
    const type = String.fromCharCode(header[156] ?? 0);
    const own = readNumber(header.subarray(124, 136)) ?? fail('an entry has no size');
    const isExtra = type === 'x' || type === 'L' || type === 'K' || type === 'g';
    const size = isExtra ? own : (extra.size ?? own);
    const content = at + block;
    if (content + size > length) fail('an entry is larger than the archive');
    if (isExtra) {
      if (size > largestExtra) fail('an extended header is too large');
      const bytes = await read(content, size);
      if (type === 'x') extra = { ...extra, ...readPax(bytes.toString('utf8')) };
      if (type === 'L') extra = { ...extra, path: textOf(bytes) };
    } else {
      const path = cleanPath(extra.path ?? headerPath(header)) ?? fail('a name leaves the archive');
      if (type === '0' || type === '\0' || type === '7') {
        if (entries.has(path)) fail(`it holds ${path} twice`);
        entries.set(path, { offset: content, size });
      }
      extra = {};
    }
    at = content + Math.ceil(size / block) * block;
  }
  if (entries.size === 0) fail('it holds no files');
  return entries;
}

function compressionOf(header: Buffer): string | undefined {
  if (header[0] === 0x1f && header[1] === 0x8b) return 'it is compressed with gzip; unpack it before';
  if (header.readUInt32LE(0) === 0xfd2fb528) return 'it is compressed with zstd; unpack it before';
  return undefined;
}

/** The checksum counts its own field as spaces. */
function hasChecksum(header: Buffer): boolean {
  const told = readNumber(header.subarray(148, 156));
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  return told === sum;
}

/** Octal digits, or base 256 where the first bit is set (GNU). */
function readNumber(field: Buffer): number | undefined {
  if (((field[0] ?? 0) & 0x80) !== 0) {
    const value = BigInt(`0x${field.toString('hex')}`) & ((1n << BigInt(field.length * 8 - 1)) - 1n);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(value);
  }
  const digits = textOf(field).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

function headerPath(header: Buffer): string {
  const prefix = header.subarray(257, 262).toString('latin1') === 'ustar' ? textOf(header.subarray(345, 500)) : '';
  const path = textOf(header.subarray(0, 100));
  // GNU's header has times where POSIX' has the prefix.
  return prefix === '' || header[262] === 32 ? path : `${prefix}/${path}`;
}

/** Records of `LENGTH KEY=VALUE\n`. */
function readPax(text: string): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {};
  for (const [, key, value = ''] of text.matchAll(/\d+ ([^=\n]+)=([^\n]*)\n/g)) {
    if (key === 'path') found.path = value;
    if (key === 'size' && /^\d{1,15}$/.test(value)) found.size = Number(value);
  }
  return found;
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? bytes.length : end).toString('utf8');
}

/** `./blobs/x` and `blobs/x` are the same; undefined for what would lie outside. */
function cleanPath(path: string): string | undefined {
  const parts = path.split('/').filter(part => part !== '' && part !== '.');
  return path.startsWith('/') || parts.includes('..') ? undefined : parts.join('/');
}

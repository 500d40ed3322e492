import { gunzipSync } from 'node:zlib';
import { UserError } from '@suite/foundation';

/** A chart unpacked is a few megabytes; this is where something else begins. */
const largestArchive = 200 * 1024 * 1024;
const block = 512;

/**
 * Regular files of a gzipped tar archive by their path (POSIX ustar, with the long names of pax and GNU). Throws a UserError for
 * anything that is none.
 */
export function readTarGz(bytes: Uint8Array): ReadonlyMap<string, Buffer> {
  const tar = unpack(bytes);
  const files = new Map<string, Buffer>();
  let longName: string | undefined;
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + block);
    const size = readNumber(header.subarray(124, 136));
    const start = at + block;
    if (start + size > tar.length) throw new UserError({ message: 'The archive ends in the middle of a file.' });
    const content = tar.subarray(start, start + size);
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'x') longName = readPaxPath(content) ?? longName;
    else if (type === 'L') longName = readText(content);
    else {
      if (type === '0' || type === '\0') files.set(longName ?? readName(header), Buffer.from(content));
      longName = undefined;
    }
    at = start + Math.ceil(size / block) * block;
  }
  return files;
}

function unpack(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: largestArchive });
  } catch (cause) {
    throw new UserError({ message: 'It is no gzipped archive, or far too large for a chart.' }, { cause });
  }
}

function readName(header: Buffer): string {
  const name = readText(header.subarray(0, 100));
  const isUstar = header.toString('latin1', 257, 262) === 'ustar';
  const prefix = isUstar ? readText(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function readNumber(field: Buffer): number {
  const size = Number.parseInt(readText(field).trim() || '0', 8);
  if (!Number.isSafeInteger(size) || size < 0) throw new UserError({ message: 'The archive is no tar file.' });
  return size;
}

function readText(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

/** Records are `<length> <key>=<value>\n`. */
function readPaxPath(content: Buffer): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(content.toString('utf8'))?.[1];
}

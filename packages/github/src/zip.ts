import { inflateRawSync } from 'node:zlib';

export interface ZipFile {
  readonly name: string;
  readonly content: Buffer;
}

// PKWARE APPNOTE.TXT 6.3.10: end of central directory (4.3.16), central directory header (4.3.12), local header (4.3.7).
const endMark = 0x0605_4b50;
const entryMark = 0x0201_4b50;
const localMark = 0x0403_4b50;
const endBytes = 22;
const longestComment = 0xffff;

/**
 * The files of a small ZIP archive, stored or deflated, as artifacts of a workflow come. Undefined for what is none, is encrypted,
 * needs ZIP64, or would unpack to more than `mostBytes` in all.
 */
export function readZip(archive: Buffer, mostBytes: number): readonly ZipFile[] | undefined {
  try {
    return entriesOf(archive, mostBytes);
  } catch {
    // Offsets that lead outside, and data that does not inflate.
    return undefined;
  }
}

function entriesOf(archive: Buffer, mostBytes: number): readonly ZipFile[] | undefined {
  const end = findEnd(archive);
  if (end === undefined) return undefined;
  const quantity = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  let left = mostBytes;
  const files: ZipFile[] = [];
  for (let index = 0; index < quantity; index++) {
    if (archive.readUInt32LE(at) !== entryMark) return undefined;
    const isEncrypted = (archive.readUInt16LE(at + 8) & 1) === 1;
    const method = archive.readUInt16LE(at + 10);
    const packed = archive.readUInt32LE(at + 20);
    const size = archive.readUInt32LE(at + 24);
    const [nameLength, extra, comment] = [28, 30, 32].map(offset => archive.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const local = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    at += 46 + nameLength + extra + comment;
    if (isEncrypted || archive.readUInt32LE(local) !== localMark || size > left) return undefined;
    left -= size;
    if (name.endsWith('/')) continue;
    const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const data = archive.subarray(from, from + packed);
    const content =
      method === 0 ? data : method === 8 ? inflateRawSync(data, { maxOutputLength: Math.max(1, size) }) : undefined;
    if (content?.length !== size) return undefined;
    files.push({ name, content });
  }
  return files;
}

/** It stands last, but for a comment. */
function findEnd(archive: Buffer): number | undefined {
  for (let at = archive.length - endBytes; at >= Math.max(0, archive.length - endBytes - longestComment); at--) {
    if (archive.readUInt32LE(at) === endMark) return at;
  }
  return undefined;
}

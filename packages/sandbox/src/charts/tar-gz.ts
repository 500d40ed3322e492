import { crc32, gunzipSync } from 'node:zlib';

const block = 512;

/** A tar archive (POSIX ustar) with nothing of the time, the machine or the person in it: equal files give equal bytes. */
export function writeTar(files: readonly (readonly [path: string, content: Buffer])[]): Buffer {
  const parts = files.flatMap(([path, content]) => [header(path, content.length), padded(content)]);
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

/**
 * The gzip form (RFC 1952) of bytes that stay as they are, in stored blocks (RFC 1951 3.2.4): what a compressor makes of them differs
 * from one version of zlib to the next, and digests have to last.
 */
export function gzipStored(content: Buffer): Buffer {
  const largest = 0xffff;
  const parts: Buffer[] = [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])];
  for (let at = 0; at === 0 || at < content.length; at += largest) {
    const part = content.subarray(at, at + largest);
    const head = Buffer.alloc(5);
    head[0] = at + largest >= content.length ? 1 : 0;
    head.writeUInt16LE(part.length, 1);
    head.writeUInt16LE(part.length ^ largest, 3);
    parts.push(head, part);
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(content), 0);
  tail.writeUInt32LE(content.length, 4);
  return Buffer.concat([...parts, tail]);
}

/** One file of a gzipped tar archive; undefined when it is not there. Names longer than 100 bytes are not looked for. */
export function readFromTarGz(archive: Buffer, matches: (path: string) => boolean): Buffer | undefined {
  const tar = gunzipSync(archive);
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8);
    const path = tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const content = tar.subarray(at + block, at + block + size);
    if (matches(path)) return content;
    at += block + Math.ceil(size / block) * block;
  }
  return undefined;
}

function header(path: string, size: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new Error(`The path ${path} is too long for the sandbox's archives.`);
  const bytes = Buffer.alloc(block);
  const octal = (value: number, at: number, length: number) =>
    bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  bytes.write(path, 0, 'utf8');
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  bytes.write('        0', 148, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((block - (content.length % block)) % block)]);
}

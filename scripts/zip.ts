import { inflateRawSync } from 'node:zlib';

const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;
const deflated = 8;

/** The content of one file of a zip archive (PKWARE APPNOTE 4.3; no zip64, no encryption). Throws when it is not there. */
export function readZipEntry(zip: Buffer, name: string): Buffer {
  let at = zip.length - 22;
  while (at >= 0 && zip.readUInt32LE(at) !== endOfDirectory) at--;
  if (at < 0) throw new Error('This is no zip archive.');
  let entry = zip.readUInt32LE(at + 16);
  for (let left = zip.readUInt16LE(at + 10); left > 0; left--) {
    if (zip.readUInt32LE(entry) !== directoryEntry) throw new Error('The directory of the zip archive is broken.');
    const method = zip.readUInt16LE(entry + 10);
    const size = zip.readUInt32LE(entry + 20);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map(offset => zip.readUInt16LE(entry + offset)) as [
      number,
      number,
      number,
    ];
    const header = zip.readUInt32LE(entry + 42);
    if (zip.toString('utf8', entry + 46, entry + 46 + nameLength) === name) {
      const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
      const content = zip.subarray(start, start + size);
      return method === deflated ? inflateRawSync(content) : content;
    }
    entry += 46 + nameLength + extraLength + commentLength;
  }
  throw new Error(`The zip archive holds no ${name}.`);
}

import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { readZipEntry } from './zip.ts';

/** A zip archive as far as its reader looks at it: local headers, a directory, its end. */
function zip(files: Readonly<Record<string, string>>, method: 0 | 8): Buffer {
  const [bodies, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = method === 8 ? deflateRawSync(text) : Buffer.from(text);
    const header = Buffer.alloc(30);
    header.writeUInt16LE(name.length, 26);
    bodies.push(header, Buffer.from(name), content);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(content.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, Buffer.from(name));
    offset += 30 + name.length + content.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}

describe.each([0, 8] as const)('method %d', method => {
  const archive = zip({ 'a/one': 'first', 'a/two': 'x'.repeat(1000) }, method);

  test('a file by its name', () => {
    expect(readZipEntry(archive, 'a/one').toString()).toBe('first');
    expect(readZipEntry(archive, 'a/two')).toHaveLength(1000);
  });

  test('one that is not there', () => {
    expect(() => readZipEntry(archive, 'two')).toThrow('holds no two');
  });
});

test('what is no archive', () => {
  expect(() => readZipEntry(Buffer.from('x'.repeat(100)), 'a')).toThrow('no zip archive');
});

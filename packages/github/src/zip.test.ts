import { deflateRawSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { readZip } from './zip.ts';

interface Entry {
  readonly name: string;
  readonly text: string;
  readonly method?: 0 | 8 | 12;
  readonly flags?: number;
  readonly claims?: number;
}

/** A ZIP archive as streaming writers make it: local headers without sizes, a comment at the end. */
function zip(entries: readonly Entry[], comment = ''): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, text, method = 8, flags = 8, claims } of entries) {
    const content = Buffer.from(text);
    const data = method === 8 ? deflateRawSync(content) : content;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x0403_4b50, 0);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x0201_4b50, 0);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(claims ?? content.length, 24);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(at, 42);
    directory.push(entry, Buffer.from(name));
    const whole = Buffer.concat([local, Buffer.from(name), data]);
    parts.push(whole);
    at += whole.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, listing, end, Buffer.from(comment)]);
}

test('files, deflated and stored, without folders', async () => {
  const archive = zip(
    [
      { name: 'a/', text: '', method: 0 },
      { name: 'a/plan.json', text: '{"schema":"change-report/v1"}' },
      { name: 'b.json', text: '{}', method: 0 },
      { name: 'empty', text: '' },
    ],
    'a comment',
  );
  const files = (await readZip(archive, 1000))?.map(({ name, content }) => [name, content.toString()]);
  expect(files).toEqual([
    ['a/plan.json', '{"schema":"change-report/v1"}'],
    ['b.json', '{}'],
    ['empty', ''],
  ]);
});

const one = (more: Partial<Entry>) => zip([{ name: 'a', text: 'x'.repeat(100), ...more }]);

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a page', Buffer.from('<html></html>'.repeat(10))],
  ['one that is cut off', one({}).subarray(20)],
  ['one that is encrypted', one({ flags: 9 })],
  ['an unknown method', one({ method: 12 })],
  ['more than it says', one({ claims: 99 })],
  ['less than it says', one({ claims: 101 })],
  ['more than is allowed', zip([{ name: 'a', text: 'x'.repeat(1001) }])],
  ['more than is allowed together', zip(['a', 'b'].map(name => ({ name, text: 'x'.repeat(501) })))],
  ['data that does not inflate', Buffer.from(one({})).fill(255, 31, 40)],
])('%s is no archive', async (_, archive) => {
  expect(await readZip(archive, 1000)).toBeUndefined();
});

import { execFile } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import fc from 'fast-check';
import { NotReadable } from '../requests.ts';
import { unpack } from './unpack.ts';

let directory: string;
let target: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'unpack-'));
  target = join(directory, 'inside', 'target');
  await mkdir(target, { recursive: true });
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function* pieces(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Entry {
  readonly name: string;
  readonly content?: string;
  readonly type?: string;
  readonly link?: string;
  readonly size?: number;
}

/** An archive by hand, for what no program makes. */
function tar(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ name, content = '', type = '0', link = '', size = Buffer.byteLength(content) }) => {
    const head = Buffer.alloc(512);
    head.write(name, 0);
    head.write('0000644\0', 100);
    head.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
    head.write('        ', 148);
    head.write(type, 156);
    head.write(link, 157);
    head.write('ustar\x0000', 257);
    const sum = head.reduce((total, byte) => total + byte, 0);
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
    body.write(content);
    return [head, body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const bring = (entries: readonly Entry[], limits?: Parameters<typeof unpack>[2]) =>
  unpack(pieces(gzipSync(tar(entries))), target, limits);
const everything = async () =>
  (await readdir(directory, { recursive: true })).filter(name => !/^inside(\/target)?$/.test(name));

describe('an archive as programs make them', () => {
  const long = `${'long-'.repeat(60)}name.yaml`;
  test.each(['pax', 'gnu', 'ustar'])('in the form %s', async format => {
    const top = join(directory, 'owner-name-abc');
    await mkdir(join(top, 'deep', 'er'), { recursive: true });
    await writeFile(join(top, 'a.yaml'), 'a: é\n');
    await writeFile(join(top, 'deep', 'er', 'empty'), '');
    await writeFile(join(top, 'large'), 'x'.repeat(300_000));
    if (format !== 'ustar') await mkdir(join(top, long.slice(0, 200)));
    if (format !== 'ustar') await writeFile(join(top, long.slice(0, 200), long.slice(0, 120)), 'long');
    await writeFile(join(top, 'run.sh'), '#!/bin/sh\n');
    await chmod(join(top, 'run.sh'), 0o755);
    await symlink('er/../../a.yaml', join(top, 'deep', 'link'));
    const { stdout } = await promisify(execFile)(
      'tar',
      ['-c', `--format=${format}`, '-z', '-C', directory, 'owner-name-abc'],
      {
        encoding: 'buffer',
        maxBuffer: 1e9,
      },
    );
    const unpacked = await unpack(pieces(stdout, 777), target);
    expect(unpacked).toMatchObject({ files: format === 'ustar' ? 4 : 5, leftOut: [] });
    expect(await readFile(join(target, 'deep', 'link'), 'utf8')).toBe('a: é\n');
    expect(await readFile(join(target, 'large'), 'utf8')).toHaveLength(300_000);
    expect((await lstat(join(target, 'run.sh'))).mode & 0o111).not.toBe(0);
    if (format !== 'ustar') {
      expect(await readFile(join(target, long.slice(0, 200), long.slice(0, 120)), 'utf8')).toBe('long');
    }
  });
});

describe('links', () => {
  test.each([
    ['out', [{ name: 'r/out', type: '2', link: '../secret' }]],
    ['to the root', [{ name: 'r/out', type: '2', link: '/etc/passwd' }]],
    ['to nowhere', [{ name: 'r/out', type: '2', link: 'none' }]],
    [
      'that lead out through another link',
      [
        { name: 'r/d/e/f', content: 'x' },
        { name: 'r/d/top', type: '2', link: '..' },
        { name: 'r/out', type: '2', link: 'd/top/../secret' },
      ],
    ],
    [
      'in a circle',
      [
        { name: 'r/a', type: '2', link: 'out' },
        { name: 'r/out', type: '2', link: 'a' },
      ],
    ],
  ])('%s are left out', async (_, entries) => {
    await writeFile(join(directory, 'inside', 'secret'), 's');
    const { leftOut } = await bring([{ name: 'r/', type: '5' }, ...entries]);
    expect(leftOut).toContain('out');
    await expect(lstat(join(target, 'out'))).rejects.toThrow('ENOENT');
  });

  test('inside stay links', async () => {
    await bring([
      { name: 'r/b/f', content: 'x' },
      { name: 'r/l', type: '2', link: 'b' },
    ]);
    expect(await readlink(join(target, 'l'))).toBe('b');
    expect(await readFile(join(target, 'l', 'f'), 'utf8')).toBe('x');
  });

  test('are never written through', async () => {
    const entries = [
      { name: 'r/l', type: '2', link: '..' },
      { name: 'r/l/file', content: 'x' },
    ];
    expect((await bring(entries)).leftOut).toEqual(['l']);
    expect(await everything()).toEqual(['inside/target/l', 'inside/target/l/file']);
  });

  test('hard ones, devices and pipes are not made', async () => {
    const types = ['1', '3', '4', '6'].map((type, at) => ({ name: `r/x${at}`, type, link: 'a' }));
    await bring([{ name: 'r/a', content: 'x' }, ...types]);
    expect(await readdir(target)).toEqual(['a']);
  });
});

describe('names that lead elsewhere make the whole unreadable', () => {
  test.each(['r/../../x', '/x', '../x', 'r/./x', 'r//x', 'r/a\\b', 'r/.git/config', 'r/sub/.GIT/hooks/x'])(
    '%s',
    async name => {
      await expect(bring([{ name, content: 'x' }])).rejects.toThrow(NotReadable);
      expect(await everything()).toEqual([]);
    },
  );

  test('so does one that comes twice', async () => {
    await expect(
      bring([
        { name: 'r/a', content: '1' },
        { name: 'r/a', content: '2' },
      ]),
    ).rejects.toThrow(NotReadable);
  });
});

describe('sizes have an end', () => {
  const limits = { bytes: 100, fileBytes: 60, entries: 3 };
  test.each([
    ['a file', [{ name: 'r/a', content: 'x'.repeat(61) }]],
    [
      'all together',
      [
        { name: 'r/a', content: 'x'.repeat(60) },
        { name: 'r/b', content: 'x'.repeat(41) },
      ],
    ],
    ['how many', ['a', 'b', 'c', 'd'].map(name => ({ name: `r/${name}` }))],
  ])('%s', async (_, entries) => {
    await expect(bring(entries, limits)).rejects.toThrow(UserError);
  });

  test('a header of megabytes', async () => {
    await expect(bring([{ name: 'x', type: 'x', content: 'x'.repeat(70_000) }])).rejects.toThrow(NotReadable);
  });
});

describe('what is no archive', () => {
  test.each([
    ['a page', Buffer.from('<html></html>')],
    ['nothing', Buffer.alloc(0)],
    ['a gzip of something else', gzipSync(Buffer.from('hello'.repeat(200)))],
    ['an archive of nothing', gzipSync(Buffer.alloc(1024))],
    ['half an archive', gzipSync(tar([{ name: 'r/a', content: 'x'.repeat(2000) }])).subarray(0, -10)],
    ['one whose size lies', gzipSync(tar([{ name: 'r/a', content: 'x', size: 1_000_000 }]))],
    ['one whose numbers are none', gzipSync(tar([{ name: 'r/a', content: 'x', size: -1 }]))],
  ])('%s', async (_, bytes) => {
    await expect(unpack(pieces(bytes), target)).rejects.toThrow(NotReadable);
  });

  test('whatever is thrown at it, nothing is written outside', async () => {
    const good = tar([
      { name: 'r/a', content: 'x' },
      { name: 'r/l', type: '2', link: '../a' },
      { name: 'r/b/c', content: 'y' },
    ]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }), async changes => {
        const bytes = Buffer.from(good);
        for (const [at, byte] of changes) bytes[at] = byte;
        await rm(target, { recursive: true, force: true });
        await mkdir(target, { recursive: true });
        await unpack(pieces(gzipSync(bytes)), target).catch(error => {
          if (!(error instanceof NotReadable) && !(error instanceof UserError)) throw error;
        });
        expect((await everything()).filter(name => !name.startsWith('inside/target'))).toEqual([]);
      }),
      { numRuns: 150, seed: 9 },
    );
  });
});

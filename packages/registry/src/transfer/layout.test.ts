import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { digestOf, imageManifest } from '../descriptor.ts';
import { noise } from '../testing/images.ts';
import { openLayoutFiles } from './layout-files.ts';
import { chooseEntry, openLayout } from './layout-source.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'layout-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

type Files = Readonly<Record<string, string | Uint8Array>>;

const pathOf = (digest: string) => `blobs/sha256/${digest.slice(7)}`;
const layer = noise(300_000, 1);
const config = '{}';
const descriptor = (mediaType: string, content: string | Uint8Array) => {
  const bytes = Buffer.from(content);
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
};
const manifestOf = (fields: object = {}) =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: imageManifest,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar', layer)],
    ...fields,
  });
const manifest = manifestOf();
const image = descriptor(imageManifest, manifest);
const layerDescriptor = descriptor('application/vnd.oci.image.layer.v1.tar', layer);

function layoutOf(more: Files = {}, entries: readonly object[] = [image]): Files {
  return {
    'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
    'index.json': JSON.stringify({ schemaVersion: 2, manifests: entries }),
    [pathOf(image.digest)]: manifest,
    [pathOf(layerDescriptor.digest)]: layer,
    [pathOf(digestOf(Buffer.from(config)))]: config,
    ...more,
  };
}

async function writeAll(files: Files): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return directory;
}

interface Entry {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly type?: string;
  /** What the header says, where it lies. */
  readonly size?: number;
}

function tarEntry({ name, content, type = '0', size }: Entry): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name.slice(0, 100), 0);
  header.write('0000644\0', 100);
  header.write(`${(size ?? bytes.length).toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

const archive = (entries: readonly Entry[]) => Buffer.concat([...entries.map(tarEntry), Buffer.alloc(1024)]);
const entriesOf = (files: Files): readonly Entry[] =>
  Object.entries(files).map(([name, content]) => ({ name, content }));

async function writeArchive(entries: readonly Entry[] | Buffer): Promise<string> {
  const path = join(directory, 'layout.tar');
  await writeFile(path, Buffer.isBuffer(entries) ? entries : archive(entries));
  return path;
}

const open = async (path: string) => openLayout(await openLayoutFiles(path));

async function read(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

describe('a layout', () => {
  test.each<readonly [string, (files: Files) => Promise<string>]>([
    ['in a directory', writeAll],
    ['in an archive', files => writeArchive(entriesOf(files))],
    ['in an archive of ./', files => writeArchive(entriesOf(files).map(one => ({ ...one, name: `./${one.name}` })))],
    [
      'in an archive with long names and folders',
      files =>
        writeArchive(
          entriesOf(files).flatMap(one => [
            { name: 'blobs/', content: '', type: '5' },
            { name: 'pax', content: paxOf('path', one.name), type: 'x' },
            { ...one, name: 'something/else' },
          ]),
        ),
    ],
  ])('is read %s', async (_, write) => {
    const signature = manifestOf({ subject: image });
    const signed = descriptor(imageManifest, signature);
    const files = layoutOf({ [pathOf(signed.digest)]: signature }, [
      { ...image, annotations: { 'org.opencontainers.image.ref.name': 'v1' } },
      signed,
    ]);
    const layout = await open(await write(files));
    expect(chooseEntry(layout, 'v1').digest).toBe(image.digest);
    expect(await layout.tags()).toEqual(['v1']);
    expect((await layout.manifest(image.digest))?.descriptor).toEqual(image);
    expect(await layout.referrers(image.digest)).toEqual([signed.digest]);
    expect(await layout.manifest(digestOf(noise(1, 1)))).toBeUndefined();
    for (const offset of [0, 299_000]) {
      const bytes = await read(await layout.blob(layerDescriptor, offset));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(
        createHash('sha256').update(layer.subarray(offset)).digest('hex'),
      );
    }
    await layout.close();
  });

  test('with several images wants one of them named', async () => {
    const other = manifestOf({ annotations: { other: 'yes' } });
    const second = descriptor(imageManifest, other);
    const layout = await open(await writeAll(layoutOf({ [pathOf(second.digest)]: other }, [image, second])));
    expect(() => chooseEntry(layout)).toThrow(`holds ${image.digest}, ${second.digest}. Name one of them`);
    expect(() => chooseEntry(layout, 'v1')).toThrow('and not one v1');
    expect(chooseEntry(layout, second.digest)).toEqual(second);
  });
});

const paxOf = (key: string, value: string) => {
  const rest = ` ${key}=${value}\n`;
  const length = rest.length + String(rest.length + 3).length;
  return `${length}${rest}`;
};

describe('what is no layout, or a hostile one, is refused by name', () => {
  const files = entriesOf(layoutOf());
  test.each<readonly [string, () => Promise<string>, string]>([
    ['nothing', async () => join(directory, 'none'), 'There is no OCI layout'],
    ['a folder of something else', () => writeAll({ 'a.txt': 'x' }), 'it holds no oci-layout'],
    ['another version', () => writeAll(layoutOf({ 'oci-layout': '{"imageLayoutVersion":"2.0.0"}' })), 'version 2.0.0'],
    ['no index', () => writeAll(layoutOf({ 'index.json': '[]' })), 'no index of schema version 2'],
    [
      'a broken entry',
      () => writeAll(layoutOf({}, [{ digest: 'sha256:../../etc/passwd', size: 1, mediaType: 'a/b' }])),
      'no descriptor',
    ],
    ['an endless index', () => writeAll(layoutOf({ 'index.json': new Uint8Array(5_000_000) })), 'of 5000000 bytes'],
    ['a text', () => writeArchive(Buffer.alloc(2048, 'text')), 'it is no tar archive'],
    [
      'gzip',
      () => writeArchive(Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(1022)])),
      'compressed with gzip',
    ],
    [
      'zstd',
      () => writeArchive(Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), Buffer.alloc(1020)])),
      'compressed with zstd',
    ],
    ['an empty archive', () => writeArchive([]), 'it holds no files'],
    ['a name that leaves', () => writeArchive([...files, { name: '../etc/passwd', content: 'x' }]), 'a name leaves'],
    ['an absolute name', () => writeArchive([...files, { name: '/etc/passwd', content: 'x' }]), 'a name leaves'],
    ['a file twice', () => writeArchive([...files, { name: './index.json', content: 'x' }]), 'holds index.json twice'],
    [
      'a size that lies',
      () => writeArchive([...files, { name: 'x', content: 'x', size: 1_000_000 }]),
      'larger than the archive',
    ],
    [
      'an archive that ends within a header',
      () => writeArchive(archive(files).subarray(0, 512 + 512 + 100)),
      'ends in',
    ],
    [
      'a header without end',
      () => writeArchive([{ name: 'x', content: Buffer.alloc(70_000), type: 'x' }]),
      'header is too large',
    ],
    [
      'links in place of files',
      () => writeArchive(files.map(one => ({ ...one, content: '', type: '2' }))),
      'it holds no files',
    ],
  ])('%s', async (_, write, message) => {
    await expect(write().then(open)).rejects.toThrow(message);
  });

  test('a link to a file of the runner', async () => {
    await writeAll(layoutOf());
    await writeFile(join(directory, 'secret'), layer);
    await rm(join(directory, pathOf(layerDescriptor.digest)));
    await symlink(join(directory, 'secret'), join(directory, pathOf(layerDescriptor.digest)));
    const layout = await open(directory);
    await expect(layout.blob(layerDescriptor, 0)).rejects.toThrow('has a link at blobs/sha256/');
  });

  test('a file of another size, one that is missing, and a manifest with other bytes', async () => {
    const layout = await open(await writeAll(layoutOf({ [pathOf(image.digest)]: `${manifest} ` })));
    await expect(layout.blob({ ...layerDescriptor, size: 5 }, 0)).rejects.toThrow('holds 300000 bytes of');
    await expect(layout.blob({ ...layerDescriptor, digest: digestOf(noise(1, 1)) }, 0)).rejects.toThrow(
      'which one of its manifests',
    );
    await expect(layout.manifest(image.digest)).rejects.toThrow('it hashes to');
  });
});

import { cpSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { packChart, readArchive } from './archive.ts';
import { gzipStored, readFromTarGz, writeTar } from './tar-gz.ts';

const charts = join(import.meta.dirname, '..', '..', 'charts');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'charts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([0, 1, 65_535, 65_536, 200_000])('%d bytes come out of the gzip form as they went in', size => {
  const content = Buffer.alloc(size, 'abcdefg');
  expect(gunzipSync(gzipStored(content)).equals(content)).toBe(true);
});

test('files of an archive are found by their path', () => {
  const archive = gzipStored(
    writeTar([
      ['a/one', Buffer.from('1')],
      ['a/two', Buffer.alloc(513, '2')],
    ]),
  );
  expect(readFromTarGz(archive, path => path === 'a/two')?.length).toBe(513);
  expect(readFromTarGz(archive, path => path === 'two')).toBeUndefined();
  expect(() => writeTar([['x'.repeat(101), Buffer.alloc(0)]])).toThrow('is too long');
});

test('a digest hangs on the files alone: not on their times, nor on the folder they lie in', () => {
  const copy = join(folder, 'argo-cd');
  cpSync(join(charts, 'argo-cd'), copy, { recursive: true });
  utimesSync(join(copy, 'Chart.yaml'), 1, 1);
  const packed = packChart(copy);
  expect(packed.digest).toBe(packChart(join(charts, 'argo-cd')).digest);
  expect(packed).toMatchObject({ name: 'argo-cd', version: '10.1.1' });
  writeFileSync(join(copy, 'values.yaml'), 'other: true\n');
  expect(packChart(copy).digest).not.toBe(packed.digest);
});

test.each(readdirSync(charts))('%s is packed under its own name', name => {
  expect(packChart(join(charts, name)).name).toBe(name);
});

test('what is no chart is refused', () => {
  expect(() => readArchive(gzipStored(writeTar([['x/values.yaml', Buffer.from('a: 1')]])))).toThrow(
    'holds no Chart.yaml',
  );
  expect(() => readArchive(gzipStored(writeTar([['x/Chart.yaml', Buffer.from('a: 1')]])))).toThrow(
    'no name or no version',
  );
});

import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { asObject, asString, type JsonObject } from '@suite/foundation';
import { parse } from 'yaml';
import { digestOf } from '../registry/content.ts';
import { gzipStored, readFromTarGz, writeTar } from './tar-gz.ts';

/** A packed chart. */
export interface ChartArchive {
  readonly name: string;
  readonly version: string;
  /** Chart.yaml as it stands in the archive. */
  readonly about: JsonObject;
  readonly content: Buffer;
  /** Of the archive. */
  readonly digest: string;
}

/** Packs a chart's folder; the same files always give the same bytes. */
export function packChart(folder: string): ChartArchive {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name));
  const inside = (path: string) => path.slice(folder.length + 1).replaceAll(sep, '/');
  const files = new Map(paths.map(path => [inside(path), readFileSync(path)]));
  return readArchive(pack(folder.split(sep).at(-1) ?? '', files));
}

/** The same for files that lie nowhere, by their path inside of the chart's folder. */
export function packFiles(name: string, files: Readonly<Record<string, string>>): Buffer {
  return pack(name, new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));
}

function pack(name: string, files: ReadonlyMap<string, Buffer>): Buffer {
  const sorted = [...files].sort(([one], [other]) => (one < other ? -1 : 1));
  return gzipStored(writeTar(sorted.map(([path, content]) => [`${name}/${path}`, content] as const)));
}

/** Throws when the bytes are no chart. */
export function readArchive(content: Buffer): ChartArchive {
  const file = readFromTarGz(content, path => /^[^/]+\/Chart\.yaml$/.test(path));
  if (file === undefined) throw new Error('This archive holds no Chart.yaml.');
  const about = asObject(parse(file.toString('utf8')));
  const [name, version] = [asString(about['name']), asString(about['version'])];
  if (name === undefined || version === undefined) throw new Error('This Chart.yaml has no name or no version.');
  return { name, version, about, content, digest: digestOf(content) };
}

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { asObject, isObject, type JsonObject } from '@suite/foundation';
import { parse, stringify } from 'yaml';
import { parsePlatform } from './index.ts';
import { platformSource } from './schema.ts';
import { problemsOf } from './testing/index.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const pages = [
  'README.md',
  ...['docs', 'actions', 'examples'].flatMap(folder =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.md') && !file.includes('node_modules'))
      .map(file => `${folder}/${file}`),
  ),
];

const id = '11111111-2222-3333-4444-555555555555';

/** Ids and digests of which a page shows no more than the beginning. */
function withoutEllipses(yaml: string): string {
  return yaml
    .replace(/sha256:[0-9a-f]*…[0-9a-f]*/g, `sha256:${'a'.repeat(64)}`)
    .replace(/[0-9a-f]*(?:-[0-9a-f]+)*-?…/g, id);
}

/** What each page shows of a platform file, all or a part of it. Blocks of other files have keys that it does not know. */
function partsOf(page: string): (readonly [place: string, part: JsonObject])[] {
  const text = read(page);
  return [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].flatMap(({ 1: yaml = '', index }) => {
    const part = asObject(parse(withoutEllipses(yaml), { logLevel: 'silent' }));
    const keys = Object.keys(part);
    if (keys.length === 0 || !keys.every(key => key in platformSource.shape)) return [];
    return [[`${page}:${text.slice(0, index).split('\n').length}`, part]];
  });
}

function merge(below: unknown, above: unknown): unknown {
  if (!isObject(below) || !isObject(above)) return above;
  // One place or several: a page that shows the one takes the other out.
  const { location, ...others } = below;
  const kept = 'regions' in above ? others : below;
  const merged = Object.entries(above).map(([key, value]) => [key, key in kept ? merge(kept[key], value) : value]);
  return { ...kept, ...Object.fromEntries(merged) };
}

/** The platform that a reader has who reads about a part: the example, with what pages are silent about because another one tells it. */
const before = {
  ...asObject(parse(read('examples/platform-repository/platform.yaml'))),
  images: { web: { source: `ghcr.io/contoso/web@sha256:${'b'.repeat(64)}` } },
  applications: {
    repository: 'contoso/gitops',
    path: 'environments/{environment}/{region}',
    apps: [{ name: 'web', images: ['web'] }],
  },
};

test.each(pages.flatMap(partsOf))('the platform file of %s is right', (_place, part) => {
  const isWhole = 'tenant' in part && 'environments' in part;
  const file = isWhole ? { version: 1, ...part } : merge(before, part);
  expect(problemsOf(() => parsePlatform(stringify(file), 'platform.yaml'))).toEqual([]);
});

import { describe, expect, test } from '@jest/globals';
import { parseImageReference, parsePlatform } from './index.ts';
import { resolveEnvironment } from './resolve.ts';
import { problemsOf } from './testing/index.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const web = `ghcr.io/contoso/web@${digest}`;

/** One line each: the platform's images from line 11 on, dev's at line 7. */
const file = (images: string, dev = '', region = '') => `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
  dev:
    ${dev === '' ? 'production: false' : `images: ${dev}`}
    subscription: 33333333-3333-3333-3333-333333333333
    regions: { westeurope: ${region === '' ? '' : `{ images: ${region} }`} }
  prod: { subscription: 55555555-5555-5555-5555-555555555555, location: westeurope, runner: inside }
images: ${images}
`;
const imagesOf = (text: string, environment = 'dev') =>
  resolveEnvironment(parsePlatform(text, 'p.yaml').source, environment, 'westeurope').images;

describe('images', () => {
  test('one says where it comes from; the rest is made of its name', () => {
    expect(imagesOf(file(`{ web: { source: "${web}" } }`))).toEqual([
      {
        name: 'web',
        source: { host: 'ghcr.io', repository: 'contoso/web', digest },
        repository: 'web',
        tags: [],
        platforms: [],
        setting: 'images.web',
      },
    ]);
  });

  test('an environment and a region say what is different there, or leave one out', () => {
    const all = `{ web: { source: "${web}", tags: [v1], platforms: [linux/amd64] }, worker: { source: "${web}" } }`;
    const text = file(all, '{ web: { repository: apps/web }, worker: false }', `{ web: { tags: [v2, latest] } }`);
    expect(imagesOf(text)).toEqual([
      expect.objectContaining({
        name: 'web',
        repository: 'apps/web',
        tags: ['v2', 'latest'],
        platforms: ['linux/amd64'],
      }),
    ]);
    expect(imagesOf(text, 'prod').map(({ name }) => name)).toEqual(['web', 'worker']);
  });

  test('an environment has one of its own', () => {
    const text = file('{}', `{ debug: { source: "${web}" } }`);
    expect(imagesOf(text).map(({ name }) => name)).toEqual(['debug']);
    expect(imagesOf(text, 'prod')).toEqual([]);
  });

  test.each([
    [
      'a tag as the source',
      file('{ web: { source: "ghcr.io/contoso/web:1.2.3" } }'),
      'p.yaml:11:26: `images.web.source` is `ghcr.io/contoso/web:1.2.3`. Expected registry/repository@sha256:… with the digest, because a tag may move: `docker buildx imagetools inspect <reference>` prints it.',
    ],
    [
      'no source',
      file('{ web: { tags: [v1] } }'),
      'p.yaml:11:16: The image `web` has no `source`. Name it by digest: registry/repository@sha256:….',
    ],
    [
      'no source in one environment',
      file('{}', '{ web: { tags: [v1] } }'),
      'p.yaml:7:20: The image `web` has no `source`. Name it by digest: registry/repository@sha256:….',
    ],
    [
      'one tag for two images',
      file(`{ web: { source: "${web}", tags: [v1] }, api: { source: "${web}", repository: web, tags: [v0, v1] } }`),
      'p.yaml:11:273: The tag `web:v1` is that of the image `web` already. Use another tag or another `repository`.',
    ],
    [
      'a platform twice',
      file(`{ web: { source: "${web}", platforms: [linux/amd64, linux/amd64] } }`),
      'p.yaml:11:146: `linux/amd64` stands there twice. Remove one.',
    ],
    [
      'the repository of records',
      file(`{ web: { source: "${web}", repository: promotion/contoso } }`),
      'p.yaml:11:133: The repository `promotion/contoso` is for the records of promotions. Use a name that does not begin with promotion/.',
    ],
    [
      'a misspelt key',
      file(`{ web: { source: "${web}", platfroms: [linux/amd64] } }`),
      'p.yaml:11:121: Unknown key `images.web.platfroms`. Did you mean `platforms`?',
    ],
    [
      'a name that is none',
      file(`{ Web: { source: "${web}" } }`),
      'p.yaml:11:11: `Web` cannot be a name in `images`. Expected at most 63 lower-case letters, digits and dashes.',
    ],
    [
      'switched on where nothing is',
      file('{ web: true }'),
      'p.yaml:11:16: `images.web` is `true`. Expected a block of settings, or false.',
    ],
  ])('%s', (_name, text, expected) => {
    expect(problemsOf(() => parsePlatform(text, 'p.yaml'))).toEqual([expected]);
  });
});

test.each([
  [`ghcr.io/contoso/web@${digest}`, { host: 'ghcr.io', repository: 'contoso/web', digest }],
  [`GHCR.io/contoso/web:1.2.3@${other}`, { host: 'ghcr.io', repository: 'contoso/web', digest: other }],
  [`registry.example:5000/a@${digest}`, { host: 'registry.example:5000', repository: 'a', digest }],
  ['ghcr.io/contoso/web', undefined],
  ['ghcr.io/contoso/web:1', undefined],
  [`contoso/web@${digest}`, undefined],
  [`ghcr.io/../web@${digest}`, undefined],
  [`ghcr.io/contoso/web@sha256:${'a'.repeat(63)}`, undefined],
])('the reference %s', (text, expected) => {
  expect(parseImageReference(text)).toEqual(expected);
});

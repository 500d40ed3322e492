import { describe, expect, test } from '@jest/globals';
import { parsePlatform } from './index.ts';
import { resolveEnvironment } from './resolve.ts';
import { problemsOf } from './testing/index.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const url = 'oci://ghcr.io/contoso/charts/redis';
const redis = `{ chart: "${url}", version: 1.2.3, digest: "${digest}" }`;

/** One line each: dev's own charts at line 7, the platform's at line 11, applications at line 12. */
const file = (charts: string, dev = '', apps = '[]', more = '') => `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
  dev:
    ${dev === '' ? 'production: false' : `charts: ${dev}`}
    subscription: 33333333-3333-3333-3333-333333333333
    regions: { westeurope: , northeurope: ${more} }
  prod: { subscription: 55555555-5555-5555-5555-555555555555, location: westeurope, runner: inside }
charts: ${charts}
applications: { repository: a/b, apps: ${apps} }
`;
const chartsOf = (text: string, environment = 'dev') =>
  resolveEnvironment(parsePlatform(text, 'p.yaml').source, environment, 'westeurope').charts;

describe('charts of applications', () => {
  test('one says where it is, and which one, in full', () => {
    const http = `{ chart: mongo, repository: "https://charts.contoso.com", version: v2.0.0, digest: "${other}" }`;
    expect(chartsOf(file(`{ redis: ${redis}, mongo: ${http} }`))).toEqual([
      { name: 'redis', source: { kind: 'oci', url, version: '1.2.3', digest }, setting: 'charts.redis' },
      {
        name: 'mongo',
        source: {
          kind: 'http',
          repository: 'https://charts.contoso.com',
          name: 'mongo',
          version: 'v2.0.0',
          digest: other,
        },
        setting: 'charts.mongo',
      },
    ]);
  });

  test('an environment says what is different there, or leaves one out', () => {
    const text = file(
      `{ redis: ${redis}, x: ${redis} }`,
      `{ redis: { version: 2.0.0, digest: "${other}" }, x: false }`,
    );
    expect(chartsOf(text).map(({ name, source }) => [name, source.version, source.digest])).toEqual([
      ['redis', '2.0.0', other],
    ]);
    expect(chartsOf(text, 'prod').map(({ name, source }) => [name, source.version])).toEqual([
      ['redis', '1.2.3'],
      ['x', '1.2.3'],
    ]);
  });

  test('belong to applications by their names', () => {
    const text = file(`{ redis: ${redis} }`, '', '[{ name: shop, charts: [redis] }]');
    const view = resolveEnvironment(parsePlatform(text, 'p.yaml').source, 'dev', 'westeurope');
    expect(view.applications?.apps.map(({ charts }) => charts)).toEqual([['redis']]);
  });

  test('regions may share a folder as long as its charts are the same', () => {
    const apps = '[{ name: shop, charts: [redis] }]';
    const of = (region: string) =>
      problemsOf(() => parsePlatform(file(`{ redis: ${redis} }`, '', apps, region), 'p.yaml'));
    expect(of('')).toEqual([]);
    expect(of(`{ charts: { redis: { version: 1.3.0, digest: "${other}" } } }`)).toEqual([
      expect.stringContaining(
        'has the folder `environments/dev/shop` in westeurope and in northeurope, whose charts differ. Put {region} into `applications: path:`.',
      ),
    ]);
  });

  test.each([
    ['no chart', file('{ redis: { version: 1.2.3 } }'), '11:18: Nothing says which chart `redis` is.'],
    [
      'a name without its repository',
      file(`{ redis: { chart: redis, version: 1.2.3, digest: "${digest}" } }`),
      '11:27: Nothing says where the chart `redis` is. Add `repository: https://…`, or write oci://….',
    ],
    [
      'two places at once',
      file(`{ redis: { repository: "https://a.b", chart: "${url}", version: 1.2.3, digest: "${digest}" } }`),
      'says already where the chart is.',
    ],
    ['no version', file(`{ redis: { chart: "${url}" } }`), '11:18: `redis` has no `version`.'],
    [
      'no digest',
      file(`{ redis: { chart: "${url}", version: 1.2.3 } }`),
      'Of `1.2.3` of `redis` no digest is known. Name the digest beside it',
    ],
    ['a range', file(`{ redis: { chart: "${url}", version: ^1.2.3 } }`), 'Expected one version of the chart'],
    ['a folder', file('{ redis: { chart: ./charts/redis } }'), 'Expected oci://…, or with `repository`'],
    [
      'an application with a chart that is none',
      file(`{ redis: ${redis} }`, '', '[{ name: shop, charts: [reds] }]'),
      '12:64: There is no chart `reds` under `charts`. Did you mean `redis`?',
    ],
    [
      'one that is like none',
      file(`{ redis: ${redis} }`, '', '[{ name: shop, charts: [elastic-search] }]'),
      'There is redis.',
    ],
    [
      'two that are one',
      file(`{ redis: ${redis}, cache: ${redis} }`, '', '[{ name: shop, charts: [redis, cache] }]'),
      '`cache` is the same chart as `redis` of this application.',
    ],
    [
      'overrides instead of commits',
      file(`{ redis: ${redis} }`, '', '[{ name: shop, charts: [redis] }], deliver: application'),
      '12:63: The version of a chart stands in the repository',
    ],
  ])('%s', (_, text, expected) => {
    const problems = problemsOf(() => parsePlatform(text, 'p.yaml'));
    // What all regions say is told once.
    expect(new Set(problems)).toEqual(new Set([expect.stringContaining(expected)]));
  });
});

import { expect, test } from '@jest/globals';
import { releaseOf } from '../checks/checks.fixture.ts';
import type { ChartSource } from '../release.ts';
import { locateCharts } from './charts.ts';
import { mirrorOf } from './mirror.fixture.ts';
import { pulling } from './pulling.ts';

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
const oci = (digest?: string, version = '1.0.0'): ChartSource => ({
  kind: 'oci',
  url: 'oci://ghcr.io/a/web',
  version,
  digest,
});
const http = (digest: string | undefined): ChartSource => ({
  kind: 'http',
  repository: 'https://example.org/charts/',
  name: 'web',
  version: '1.0.0+one',
  digest,
});
const ofOci = 'mirror/ghcr.io/a/web';
const ofHttp = 'mirror/example.org/charts/web';
const there = (repository: string, digest: string): ChartSource => ({
  kind: 'oci',
  url: `oci://cr.azurecr.io/${repository}`,
  version: repository === ofOci ? '1.0.0' : '1.0.0+one',
  digest,
});

test.each<readonly [string, ChartSource, Parameters<typeof mirrorOf>[0], ChartSource]>([
  ['that the mirror has', oci(), { [`${ofOci}:1.0.0`]: digestOf('a') }, there(ofOci, digestOf('a'))],
  ['with its digest', oci(digestOf('a')), { [`${ofOci}:1.0.0`]: digestOf('a') }, there(ofOci, digestOf('a'))],
  ['with another digest', oci(digestOf('b')), { [`${ofOci}:1.0.0`]: digestOf('a') }, oci(digestOf('b'))],
  [
    'whose tag has moved there since',
    oci(digestOf('a')),
    { [`${ofOci}:1.0.0`]: digestOf('b'), [`${ofOci}@${digestOf('a')}`]: digestOf('a') },
    there(ofOci, digestOf('a')),
  ],
  ['that the mirror has not', oci(), {}, oci()],
  ['before there is a registry', oci(), undefined, oci()],
  [
    'of a repository',
    http(digestOf('c')),
    { [`${ofHttp}:1.0.0_one`]: digestOf('m'), [`${ofHttp}@${digestOf('m')}`]: digestOf('c') },
    there(ofHttp, digestOf('m')),
  ],
  [
    'of a repository, as earlier releases of the suite noted it',
    http(digestOf('m')),
    { [`${ofHttp}:1.0.0_one`]: digestOf('m'), [`${ofHttp}@${digestOf('m')}`]: digestOf('c') },
    there(ofHttp, digestOf('m')),
  ],
  [
    'of a repository, another archive',
    http(digestOf('c')),
    { [`${ofHttp}:1.0.0_one`]: digestOf('m'), [`${ofHttp}@${digestOf('m')}`]: digestOf('d') },
    http(digestOf('c')),
  ],
])('a chart %s', async (_, chart, held, expected) => {
  const { mirror } = mirrorOf(held);
  const [found] = await locateCharts([releaseOf({ chart })], mirror);
  expect(found).toMatchObject({
    source: expected,
    isPresent: expected !== chart && expected.kind === 'oci' && expected.url.includes('cr.azurecr.io'),
  });
});

test('folders, and what lies in the registry already, are not mirrored', async () => {
  const { mirror, asked } = mirrorOf({});
  const own: ChartSource = { kind: 'oci', url: 'oci://cr.azurecr.io/charts/web', version: '1.0.0', digest: undefined };
  expect(await locateCharts([releaseOf(), releaseOf({ chart: own })], mirror)).toEqual([]);
  expect(asked).toEqual([]);
});

test.each<readonly [string, string | undefined]>([
  ['pinned', digestOf('c')],
  ['not pinned', undefined],
])('each is pulled once, and an archive is the same chart wherever it comes from: %s', async (_, digest) => {
  const { mirror } = mirrorOf({
    [`${ofHttp}:1.0.0_one`]: digestOf('m'),
    [`${ofHttp}@${digestOf('m')}`]: digestOf('c'),
  });
  const chart = http(digest);
  const charts = await locateCharts([releaseOf({ chart })], mirror);
  const pulled: ChartSource[] = [];
  const helm = pulling(
    {
      pull: async source => {
        pulled.push(source);
        return { path: '/chart.tgz', name: 'web', version: '1.0.0+one', digest: digestOf('m') };
      },
      render: async () => ({ objects: [], hooks: [] }),
    },
    charts,
  );
  expect((await helm.pull(chart)).digest).toBe(digestOf('c'));
  await helm.pull(chart);
  expect(pulled).toEqual([there(ofHttp, digestOf('m'))]);
});

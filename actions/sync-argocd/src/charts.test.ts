import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { HelmFailure } from '@suite/helm';
import { chartChanges, chartChecks, chartRepositories, chartText, placedCharts, readChartText } from './charts.ts';
import { viewWith } from './view.fixture.ts';

const [a, b] = ['a', 'b'].map(digit => `sha256:${digit.repeat(64)}`) as [string, string];
const view = viewWith('{ repository: a/b, apps: [{ name: shop, charts: [redis] }] }');
const chosen = view.applications?.apps ?? [];

test('charts stay where they are', () => {
  const charts = placedCharts(view);
  expect(charts).toEqual([
    { name: 'redis', address: 'oci://ghcr.io/contoso/charts/redis', version: '1.3.0', digest: a },
    { name: 'mongo', address: 'https://charts.contoso.com/mongo', version: '2.1.0', digest: b },
  ]);
  expect(chartRepositories(charts)).toEqual([
    'ghcr.io/contoso/charts',
    'oci://ghcr.io/contoso/charts',
    'oci://ghcr.io/contoso/charts/redis',
    'https://charts.contoso.com',
    'https://charts.contoso.com/',
  ]);
});

test('a record keeps them, and what somebody has spoiled is none', () => {
  for (const chart of placedCharts(view)) expect(readChartText(chart.name, chartText(chart))).toEqual(chart);
  expect(readChartText('redis', 'oci://ghcr.io/contoso/charts/redis@1')).toBeUndefined();
});

describe('what the registry has', () => {
  const checks = (answer: () => Promise<string>) =>
    chartChecks({ view, chosen }, { pull: async source => ({ digest: await answer(), path: '', source, ...chart }) });
  const chart = { name: 'redis', version: '1.3.0', dependencies: [], values: '', crds: [] };

  test('is what the digest says, of charts that are used', async () => {
    expect(await checks(async () => a)).toEqual([]);
  });

  test('is another chart by now', async () => {
    expect(await checks(async () => b)).toEqual([
      expect.objectContaining({
        status: 'blocked',
        message: `oci://ghcr.io/contoso/charts/redis in the version 1.3.0 has the digest ${b} now, and the platform file says ${a}.`,
        setting: 'charts.redis',
      }),
    ]);
  });

  test('has no such version', async () => {
    const absent = async () => {
      const cause = new HelmFailure('helm pull', { kind: 'chart-not-found', reason: 'not found' }, '');
      throw new UserError({ message: 'It is not there.' }, { cause });
    };
    expect(await checks(absent)).toEqual([
      expect.objectContaining({
        status: 'blocked',
        message: 'There is no oci://ghcr.io/contoso/charts/redis in the version 1.3.0.',
      }),
    ]);
  });

  test('is not known to whoever may not look', async () => {
    const refused = async () => {
      throw new UserError({ message: 'It refuses.', remedy: 'Ask.' });
    };
    expect(await checks(refused)).toEqual([
      expect.objectContaining({
        status: 'unknown',
        message:
          'oci://ghcr.io/contoso/charts/redis in the version 1.3.0 could not be held against its digest: It refuses.',
        remedy: 'Ask.',
      }),
    ]);
  });
});

test('what a delivery changes of a version is told once for each application, and images are told by their objects', () => {
  const place = { app: 'shop', kind: 'chart', item: 'redis', form: 'chart', file: 'f', line: 1 } as const;
  expect(
    chartChanges({
      places: [
        { ...place, before: '1.2.3', after: '1.3.0' },
        { ...place, file: 'g', before: '1.2.3', after: '1.3.0' },
        { ...place, app: 'other', before: '1.3.0', after: '1.3.0' },
        { ...place, kind: 'image', item: 'web', before: 'a', after: 'b' },
      ],
    }).map(({ title, kind, attributes }) => [title, kind, attributes]),
  ).toEqual([
    [
      'chart redis of shop',
      'update',
      [
        {
          path: 'version',
          before: { is: 'shown', text: '1.2.3' },
          after: { is: 'shown', text: '1.3.0' },
          setting: 'charts.redis.version',
        },
      ],
    ],
  ]);
});

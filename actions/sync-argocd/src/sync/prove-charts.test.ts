import { expect, test } from '@jest/globals';
import { readApplication } from '@suite/argocd';
import { UserError } from '@suite/foundation';
import type { PlannedChart } from './plan.ts';
import { proveCharts } from './prove-charts.ts';
import { lasting, passing } from './unproven.ts';

const repository = 'https://github.com/contoso/gitops';
const commit = 'c'.repeat(40);
const redis: PlannedChart = {
  name: 'redis',
  address: 'oci://ghcr.io/contoso/charts/redis',
  version: '1.3.0',
  digest: `sha256:${'a'.repeat(64)}`,
};
const application = (name: string, sources: readonly object[], revisions: readonly string[]) =>
  readApplication({ metadata: { name, namespace: 'argocd' }, spec: { sources }, status: { sync: { revisions } } });
const git = { repoURL: `${repository}.git`, path: 'environments/dev/shop' };
const chart = { repoURL: 'ghcr.io/contoso/charts', chart: 'redis', targetRevision: '1.3.0' };
const prove = (
  family: readonly ReturnType<typeof application>[],
  said: string | UserError = '1.3.0',
  asked: string[] = [],
) =>
  proveCharts(
    { name: 'shop', charts: [redis] },
    family,
    { repository },
    {
      chartsAt: async (name, _, revision) => {
        asked.push(`${name} ${revision}`);
        if (said instanceof UserError) throw said;
        return [{ name: 'redis', version: said, place: 'shop/Chart.yaml:7' }];
      },
    },
  );

test('what stands in the commit that is synced counts, whatever Git says by now', async () => {
  const asked: string[] = [];
  expect(await prove([application('shop', [git], [commit])], '1.3.0', asked)).toEqual({
    problems: [],
    running: { [redis.address]: '1.3.0' },
  });
  expect(asked).toEqual([`shop ${commit}`]);
  expect(await prove([application('shop', [git], [commit])], '1.2.3')).toEqual({
    problems: [
      lasting(
        'the commit cccccccccccc, which is synced, has the chart redis in 1.2.3 (shop/Chart.yaml:7) instead of 1.3.0',
      ),
    ],
    running: {},
  });
});

test.each<[string, string[], string[]]>([
  ['at its version', ['v1.3.0'], []],
  ['at another one', ['1.2.3'], ['the chart redis is 1.2.3 in cache instead of 1.3.0']],
  ['at none', [], ['the chart redis is in no version in cache instead of 1.3.0']],
])('a source that is the chart, of an application that this one brings, %s', async (_, revisions, problems) => {
  const family = [application('shop', [git], [commit]), application('cache', [chart], revisions)];
  expect((await prove(family)).problems).toEqual(problems.map(passing));
});

test('what has been synced with no commit, or with one that does not name it, proves nothing', async () => {
  expect((await prove([application('shop', [git], [])])).problems).toEqual([passing('it is synced with no commit')]);
  const error = new UserError({ message: 'Nothing in shop says where it belongs.' });
  expect((await prove([application('shop', [git], [commit])], error)).problems).toEqual([
    passing('Nothing in shop says where it belongs'),
  ]);
});

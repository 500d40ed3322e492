import { expect, test } from '@jest/globals';
import type { PinnedChart } from '@suite/change-report';
import { describeCharts } from './ledger-charts.ts';

const chart = (name: string, version: string, letter = 'a'): PinnedChart => ({
  from: `oci://ghcr.io/charts/${name}`,
  version,
  digest: `sha256:${letter.repeat(64)}`,
});
const [argo, loki] = [chart('argo-cd', '10.1.1'), chart('loki', '18.11.0')];

test.each<readonly [string, Parameters<typeof describeCharts>, string]>([
  ['the first ones', [[argo, loki], undefined], '2 charts'],
  [
    'the same',
    [
      [argo, loki],
      [argo, loki],
    ],
    'as before',
  ],
  [
    'a newer version',
    [
      [chart('argo-cd', '10.2.0'), loki],
      [argo, loki],
    ],
    'argo-cd 10.2.0',
  ],
  ['one more, and one less', [[argo], [loki]], 'argo-cd 10.1.1; no loki 18.11.0'],
  ['another one under its version', [[chart('argo-cd', '10.1.1', 'b')], [argo]], 'argo-cd 10.1.1, published anew'],
  ['a second version beside it', [[argo, chart('argo-cd', '10.2.0')], [argo]], 'argo-cd 10.2.0'],
  ['none before they were part of it', [undefined, [argo]], ''],
])('%s', (_, given, expected) => {
  expect(describeCharts(...given)).toBe(expected);
});

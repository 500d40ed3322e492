import { expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { type ChartRow, chartVerdict, parseChartVersions } from './content.ts';
import { readChartsMarker, writeChartsMarker } from './marker.ts';
import { chartGaps, chartsHeadline, renderChartsIssue } from './render.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const current: ChartRow = {
  release: 'cert-manager',
  environments: ['dev', 'prod'],
  setting: 'releases.cert-manager',
  from: 'oci://quay.io/jetstack/charts/cert-manager',
  version: 'v1.21.1',
  isNamed: false,
  tested: 'v1.21.1',
  isBehind: false,
  isTested: false,
};
const newer: ChartRow = { ...current, newest: { version: 'v1.22.0', digest: digest('a') } };
const major: ChartRow = {
  ...newer,
  newest: { version: 'v2.0.0', digest: digest('b') },
  compatible: { version: 'v1.22.0', digest: digest('a') },
};
const ended: ChartRow = {
  ...newer,
  release: 'argo-cd',
  support: { isOver: true, says: 'The support of `argo-cd` `v3.4.4` has ended', source: 'https://example.com/support' },
};
const lost: ChartRow = { ...current, release: 'own', problem: 'registry `x.example` is *unreachable*.' };

const content = (rows: readonly ChartRow[]) => ({
  platform: 'contoso',
  rows,
  file: 'platform.yaml',
  commit: { head: '1'.repeat(40) },
  run: { id: '7', url: 'https://github.com/contoso/platform/actions/runs/7' },
  finishedAt: '2026-11-27T05:41:00.000Z',
  since: '2026-11-20T05:41:00.000Z',
});
const body = (rows: readonly ChartRow[]) => renderChartsIssue(content(rows), { limit: 60_000 });

test.each<[string, readonly ChartRow[], string, string]>([
  ['nothing is newer', [current], 'current', 'All 1 chart are the newest ones'],
  ['one is newer', [current, newer], 'newer', 'One chart has a newer version'],
  ['two are newer, one is lost', [newer, major, lost], 'newer', '2 charts have newer versions'],
  ['the file is behind the suite', [{ ...current, isBehind: true }], 'newer', 'One chart has a newer version'],
  [
    'one of two is out of support',
    [ended, newer],
    'newer',
    '2 charts have newer versions; one of those that run is out of support',
  ],
  ['a registry is away', [current, lost], 'incomplete', expect.stringContaining('Not every registry') as never],
])('%s', (_, rows, verdict, headline) => {
  expect([chartVerdict({ rows }), chartsHeadline({ rows })]).toEqual([verdict, headline]);
});

test('a proposal has its lines as the platform file takes them, and says that nobody tested it', () => {
  const text = body([newer]);
  expect(text).toContain(`releases:\n  cert-manager:\n    version: v1.22.0\n    digest: ${digest('a')}`);
  expect(text).toContain('The suite was **not tested with it**, but with `v1.21.1`');
  expect(text).toContain('Newer since 2026-11-20 05:41 UTC');
});

test('a step to another major is told apart from a compatible one, which stands before it', () => {
  const text = body([major]);
  expect(text.indexOf('to `v1.22.0`')).toBeGreaterThan(0);
  expect(text.indexOf('to `v2.0.0`')).toBeGreaterThan(text.indexOf('to `v1.22.0`'));
  expect(text).toMatch(/to `v2\.0\.0`.*no compatible step/);
  expect(text).not.toMatch(/to `v1\.22\.0`.*no compatible step/);
});

test('a version of the file that the suite has passed is to be removed', () => {
  const text = body([{ ...current, isNamed: true, version: 'v1.20.0', isBehind: true }]);
  expect(text).toContain('remove `version` and `digest` at `releases.cert-manager`');
});

test('what its makers say of its support stands in the table, and above the step', () => {
  const dated: ChartRow = {
    ...newer,
    support: {
      isOver: false,
      until: '2027-05-18',
      says: 'The support of `Grafana 13.2` ends on 2027-05-18',
      source: 'none',
    },
  };
  const text = body([ended, dated]);
  expect(text).toMatch(/\| `argo-cd` .*\| \*\*ended\*\* \|/);
  expect(text).toMatch(/\| `cert-manager` .*\| 2027-05-18 \|/);
  expect(text).toMatch(
    /> \[!WARNING\]\n> The support of `argo-cd` `v3\.4\.4` has ended, as \[its makers say\]\(https:\/\/example\.com\/support\)\.\n\nFrom `v1\.21\.1` to/,
  );
  expect(text).toContain('The support of `Grafana 13.2` ends on 2027-05-18, as its makers say.');
});

test('a setting further down, and a chart of the platform itself', () => {
  const { tested: _, ...own } = newer;
  const text = body([{ ...own, setting: 'releases.gpu.exporter' }]);
  expect(text).toContain('releases:\n  gpu:\n    exporter:\n      version: v1.22.0');
  expect(text).not.toContain('tested with it');
});

test('what could not be asked is said, and its text does not break out', () => {
  expect(chartGaps({ rows: [lost] })).toEqual(['`own`: registry `x.example` is *unreachable*.']);
  const text = body([lost, { ...newer, release: 'x`|<img src=x>\n@everyone' }]);
  expect(text).toContain('**Could not be asked**');
  expect(text).not.toMatch(/<img|@everyone|is \*unreachable/);
});

test('what was found is handed over whole', () => {
  const found = { platform: 'contoso', rows: [ended, newer, major, lost] };
  expect(parseChartVersions(JSON.stringify(found))).toEqual(found);
});

test.each([
  '',
  'null',
  '{}',
  '{"platform":"x","rows":[{}]}',
  JSON.stringify({ platform: 'x', rows: [{ ...newer, newest: { version: '1', digest: 'x' } }] }),
])('what is nothing of the kind is refused: %s', text => {
  expect(() => parseChartVersions(text)).toThrow(UserError);
});

test('a marker is found again, unless somebody changed it', () => {
  const marker = { file: 'platform.yaml', head: 'h', run: '1', attempt: 1, since: '2026-11-24T05:00:00.000Z' };
  const written = writeChartsMarker(marker);
  expect(readChartsMarker(`${written}\nbody`)).toEqual(marker);
  expect(readChartsMarker(written.replace('charts', 'drift'))).toBeUndefined();
});

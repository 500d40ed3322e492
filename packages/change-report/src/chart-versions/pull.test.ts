import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import type { Change } from '../model.ts';
import { type ChartDifference, type ChartRow, parseChartProposals } from './content.ts';
import { chartProposals, chartPullTitle, endChartPull, readChartPullMarker, renderChartPull } from './pull.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const row: ChartRow = {
  release: 'cert-manager',
  environments: ['dev', 'prod'],
  setting: 'releases.cert-manager',
  from: 'oci://quay.io/jetstack/charts/cert-manager',
  version: 'v1.21.1',
  isNamed: false,
  tested: 'v1.21.1',
  isBehind: false,
  isTested: false,
  newest: { version: 'v1.22.0', digest: digest('a') },
};
const change = (title: string, path: string, more: Partial<Change> = {}): Change => ({
  address: `cert-manager/${title}`,
  type: 'apps/v1 Deployment',
  title,
  kind: 'update',
  reasons: [],
  attributes: [{ path, before: { is: 'shown', text: 'one' }, after: { is: 'shown', text: 'two' } }],
  reach: 'stateless',
  risk: 'low',
  ...more,
});
const image = change('Deployment cert-manager/webhook', 'spec.template.spec.containers[webhook].image', {
  effect: 'It restarts 1 pod.',
  risk: 'medium',
});
const label = change('ServiceAccount cert-manager/webhook', 'metadata.labels["helm.sh/chart"]');
const difference = (environment: string, changes: readonly Change[]): ChartDifference => ({
  release: 'cert-manager',
  environment,
  from: 'v1.21.1',
  to: 'v1.22.0',
  changes,
  omitted: 0,
});
const found = (differences: readonly ChartDifference[], rows: readonly ChartRow[] = [row]) => ({
  platform: 'contoso',
  rows,
  differences,
});
const bodyOf = (differences: readonly ChartDifference[], rows?: readonly ChartRow[], limit = 60_000) =>
  chartProposals(found(differences, rows)).map(one => renderChartPull(one, 'platform.yaml', { limit }).body)[0] ?? '';

describe('the description', () => {
  test('tells what becomes different, once for environments in which it is the same', () => {
    const text = bodyOf([difference('dev', [image, label]), difference('prod', [image, label])]);
    expect(text).toContain('**dev, prod**: From `v1.21.1` to `v1.22.0`. The suite was **not tested with it**');
    expect(text.match(/^### .*/gm)).toEqual(['### dev, prod']);
    expect(text).toContain('1 changed. 1 object more in labels that name the version alone.');
    expect(text).toMatch(/containers\[webhook\]\.image.*`one` → `two`/);
    expect(text).not.toContain('ServiceAccount');
  });

  test('says that what runs is out of support', () => {
    const support = {
      isOver: true,
      says: 'The support of `cert-manager` `v1.19.6` has ended',
      source: 'https://example.com',
    };
    expect(bodyOf([], [{ ...row, support }])).toContain(
      '> [!WARNING]\n> The support of `cert-manager` `v1.19.6` has ended',
    );
  });

  test('keeps environments apart that differ', () => {
    const text = bodyOf([difference('dev', [image]), difference('prod', [])]);
    expect(text.match(/^### .*/gm)).toEqual(['### dev', '### prod']);
    expect(text).toContain('### prod\n\nNothing becomes different but the chart’s own version.');
  });

  test('proposes the compatible step first, and names the one behind it', () => {
    const major = { ...row, newest: { version: 'v2.0.0', digest: digest('b') }, compatible: row.newest };
    const [proposal] = chartProposals(found([], [major]));
    expect(proposal && chartPullTitle(proposal)).toBe('Update the chart of cert-manager to v1.22.0');
    expect(bodyOf([], [major])).toContain('There is `v2.0.0`, too, which its number calls incompatible');
  });

  test('says what cannot be rendered, and no text of a chart breaks out of it', () => {
    const hostile = '`</details>` @everyone <img src=x> fixes #1\n```';
    const text = bodyOf([
      { ...difference('dev', []), problem: hostile },
      difference('prod', [
        change('ConfigMap a/b', 'data["@everyone"]', {
          attributes: [{ path: hostile, before: { is: 'sensitive' }, after: { is: 'shown', text: hostile } }],
        }),
      ]),
    ]);
    expect(text).toContain('It cannot be rendered with the values of the platform file');
    const outside = text.replace(/^(`{3,})diff\n[\s\S]*?\n\1$/gm, '').replace(/`[^`\n]*`/g, '');
    expect(outside).not.toMatch(/@everyone|<img|#1\b/);
    expect(outside.match(/<\/details>/g)?.length).toBe(outside.match(/<details>/g)?.length);
  });

  test('fits, however much there is: what is least dangerous goes first and is counted', () => {
    const many = Array.from({ length: 400 }, (_, index) =>
      change(`ConfigMap a/${index}`, 'data.x', {
        attributes: [{ path: 'data.x', before: { is: 'absent' }, after: { is: 'shown', text: 'x'.repeat(290) } }],
      }),
    );
    const text = bodyOf([difference('dev', [image, ...many])], undefined, 20_000);
    expect(text.length).toBeLessThan(20_500);
    expect(text).toContain('Left out to keep within the size limit');
    expect(text).toContain('Kept up to date until somebody else commits');
  });
});

test('a proposal of each release that has something newer, with all of its rows', () => {
  const other = { ...row, environments: ['prod'], version: 'v1.20.0' };
  const still = { ...row, release: 'argo-cd', newest: undefined };
  const proposals = chartProposals(found([difference('dev', [])], [row, still, other]));
  expect(proposals.map(({ release, rows, differences }) => [release, rows.length, differences.length])).toEqual([
    ['cert-manager', 2, 1],
  ]);
});

test('the marker is found in what was written and in what was ended; the same proposal gives the same text', () => {
  const [proposal] = chartProposals(found([difference('dev', [image])]));
  if (proposal === undefined) throw new Error('nothing is proposed');
  const one = renderChartPull(proposal, 'platform.yaml', { limit: 60_000 });
  expect(renderChartPull(proposal, 'platform.yaml', { limit: 60_000 })).toEqual(one);
  expect(readChartPullMarker(one.body)).toEqual({ ...one.marker });
  const ended = endChartPull(one.body, one.marker);
  expect(readChartPullMarker(ended)).toEqual({ ...one.marker, ended: true });
  expect(ended.split('\n').slice(1)).toEqual(one.body.split('\n').slice(1));
});

test('what was proposed is handed over whole, and nothing else is taken for it', () => {
  const all = found([difference('dev', [image]), { ...difference('prod', []), problem: 'No.' }]);
  expect(parseChartProposals(JSON.stringify(all))).toEqual(all);
  const wrong = { ...all, rows: [{ ...row, newest: { version: '1.0.0\nevil: true', digest: digest('a') } }] };
  for (const text of ['', '{}', JSON.stringify(wrong)]) expect(() => parseChartProposals(text)).toThrow(UserError);
});

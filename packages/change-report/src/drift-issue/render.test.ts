import { describe, expect, test } from '@jest/globals';
import type { Row } from '../comment/content.ts';
import type { ChangeReport } from '../model.ts';
import { changedCluster, sampleChange, sampleReport } from '../testing/samples.ts';
import { type DriftContent, driftedAddresses, driftVerdict, gapsOf } from './content.ts';
import { readDriftMarker, writeDriftMarker } from './marker.ts';
import { driftOverview } from './overview.ts';
import { driftHeadline, renderDriftIssue } from './render.ts';

const looked = (verdict: ChangeReport['verdict'], more: Partial<ChangeReport> = {}) =>
  sampleReport({ command: 'drift', verdict, ...more });
const drifted = looked('drifted', { drift: [changedCluster] });
const unseen = looked('drifted', {
  differences: [{ what: 'Node pool byhand', path: 'agentPoolProfiles[byhand]', expected: 'absent', actual: 'byhand' }],
});
const unread = looked('incomplete', {
  checks: [{ id: 'drift/unread', name: 'n', status: 'unknown', message: 'It does not answer.', remedy: 'Ask again.' }],
});

const row = (reports: readonly ChangeReport[], more: Partial<Row> = {}): Row => ({
  scope: 'dev',
  region: 'westeurope',
  title: 'dev',
  production: false,
  actions: ['provision-aks'],
  gate: { reviewers: 0, waitMinutes: 0 },
  reports,
  ...more,
});
const lost = row([], { missing: { actions: ['provision-aks'], reason: 'its job was cancelled' } });

const content = (rows: readonly Row[], more: Partial<DriftContent> = {}): DriftContent => ({
  platform: 'contoso',
  scope: 'dev',
  file: 'platform.yaml',
  commit: { head: '9f3c2e1000000000000000000000000000000000' },
  run: { id: '4711', attempt: '1', url: 'https://github.com/contoso/platform/actions/runs/4711' },
  finishedAt: '2026-11-26T05:00:00.000Z',
  since: '2026-11-24T05:00:00.000Z',
  rows,
  repairs: [],
  ...more,
});
const render = (rows: readonly Row[], more: Partial<DriftContent> = {}, limit = 60_000) =>
  renderDriftIssue(content(rows, more), { limit, measure: text => text.length });

describe('the verdict of a scope', () => {
  test.each<[string, readonly Row[], string]>([
    ['nothing at all', [], 'incomplete'],
    ['clean everywhere', [row([looked('clean'), looked('clean')])], 'clean'],
    ['drift in one region', [row([looked('clean')]), row([drifted])], 'drifted'],
    ['drift, and a gap', [row([drifted]), lost], 'drifted'],
    ['a gap', [row([looked('clean'), unread])], 'incomplete'],
    ['no report', [row([looked('clean')]), lost], 'incomplete'],
    ['a report of something else', [row([looked('no-changes')])], 'incomplete'],
  ])('%s', (_, rows, verdict) => {
    expect(driftVerdict(rows)).toBe(verdict);
  });
});

test('an issue says what, both ways out, what could not be looked at, and which run it is of', () => {
  const waiting = looked('drifted', {
    drift: [changedCluster],
    changes: [changedCluster, sampleChange()],
    warnings: ['`aks` was last changed by `mona@contoso.com`.'],
  });
  const text = render([row([waiting, unread]), lost]);
  expect(text).toContain('### `dev`: 1 thing was changed by others');
  expect(text).toContain('**Infrastructure of dev**\n\n| Resource | Was → is | Reach |');
  expect(text).toMatch(/- \*\*Undo it:\*\*.*\n- \*\*Keep it:\*\* write it into `platform\.yaml`\./);
  expect(text).toMatch(
    /\*\*Could not be looked at\*\*\n\n- dev: It does not answer\. Ask again\.\n- dev: nothing is known of provision-aks/,
  );
  expect(text).toContain('1 change of the platform file waits for an apply (infrastructure).');
  expect(text).toContain('last changed by `mona@contoso.com`');
  expect(text).toMatch(
    /Seen since 2026-11-24 05:00 UTC · last looked at by \[run 4711\]\(.*\) at 2026-11-26 05:00 UTC · compared with `9f3c2e1` · this issue closes by itself\n$/,
  );
});

test('what no plan shows is undone by hand, and no apply is promised', () => {
  const text = render([row([unseen])]);
  expect(text).toContain('out of sight of every plan');
  expect(text).toContain('| Node pool byhand<br>`agentPoolProfiles[byhand]` | `absent` | `byhand` |');
  expect(text).toContain('**Undo by hand**');
  expect(text).not.toContain('the next apply puts it back');
});

test('where there is no room whole sections are left out, and the first and last lines stay', () => {
  const many = looked('drifted', {
    drift: Array.from({ length: 500 }, (_, index) => ({ ...changedCluster, address: `a${index}` })),
  });
  const text = render([row([many])], {}, 3000);
  expect(text.length).toBeLessThanOrEqual(3000);
  expect(text).toMatch(/^### `dev`: 500 things were changed by others/);
  expect(text).toMatch(/_Left out to keep within the size limit: [\s\S]*Seen since/);
});

test('a summary has one line for each scope', () => {
  expect(driftOverview([content([row([looked('clean')])]), content([row([drifted])]), content([lost])])).toBe(
    [
      '| Environment |  |  |',
      '| :-- | :-- | :-- |',
      '| dev | clean | `dev` is as its last apply left it |',
      '| dev | **drifted** | `dev`: 1 thing was changed by others |',
      '| dev | **incomplete** | `dev` could not be looked at to the end |',
    ].join('\n'),
  );
  expect(driftHeadline(content([row([drifted])]))).toBe('`dev`: 1 thing was changed by others');
});

test('a marker is found again, unless somebody changed it', () => {
  const marker = {
    file: 'platform.yaml',
    scope: 'dev',
    head: 'h',
    run: '1',
    attempt: 1,
    since: '2026-11-24T05:00:00.000Z',
  };
  const written = writeDriftMarker(marker);
  expect(readDriftMarker(`${written}\nbody`)).toEqual(marker);
  expect(readDriftMarker(`x${written}`)).toBeUndefined();
  expect(readDriftMarker(written.replace('drift', 'plan'))).toBeUndefined();
  expect(readDriftMarker('<!-- platform-drift:v1 e30 -->')).toBeUndefined();
});

test('addresses are told apart by the tool that puts them back', () => {
  expect([...driftedAddresses([row([drifted, { ...drifted, action: 'deploy-platform' }])])]).toEqual([
    `provision-aks ${changedCluster.address}`,
    `deploy-platform ${changedCluster.address}`,
  ]);
  expect(gapsOf(row([drifted]))).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { ChartRow } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { targetOf } from './target.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const row = (release: string, appVersion?: string): ChartRow => ({
  release,
  environments: ['dev'],
  setting: `releases.${release}`,
  from: 'oci://registry.example.com/charts/loki',
  version: '1.0.0',
  isNamed: false,
  tested: '1.0.0',
  isBehind: false,
  isTested: false,
  newest: { version: '1.1.0', digest: digest('a'), ...(appVersion === undefined ? {} : { appVersion }) },
});
const list = targetOf({ file: 'platform.yaml', list: 'charts.json' });
const propose = (text: string, release: string, appVersion?: string) =>
  list.edit(text, { release, rows: [row(release, appVersion)], differences: [] });

test('a list of charts gets version, digest and app version, and keeps its order, the others and what holds for every version', () => {
  const source = 'https://example.com/support';
  const support = { minors: 2, source };
  const known = { appVersion: '1', endOfSupport: { day: '2026-12-31', source }, support };
  const entry = { url: 'oci://a', version: '1.0.0', digest: digest('b'), ...known };
  const before = { loki: entry, alloy: { url: 'https://b', version: '1.0.0' } };
  const text = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  const next = { url: 'oci://a', version: '1.1.0', digest: digest('a'), support, appVersion: '1.1' };
  expect([list.path, propose(text(before), 'loki', '1.1')]).toEqual([
    'charts.json',
    text({ loki: next, alloy: before.alloy }),
  ]);
  expect(propose(text(before), 'alloy')).toContain('"version": "1.1.0",\n    "digest"');
  expect(() => propose(text(before), 'jaeger')).toThrow(UserError);
  expect(() => propose(JSON.stringify(before), 'loki')).toThrow(UserError);
});

test('a platform file gets version and digest, and nothing else of what is known of a chart', () => {
  const path = '../../../../examples/platform-files/minimal.yaml';
  const text = readFileSync(new URL(path, import.meta.url), 'utf8');
  const after = targetOf({ file: 'platform.yaml', list: undefined }).edit(text, {
    release: 'cert-manager',
    rows: [row('cert-manager', '1.1')],
    differences: [],
  });
  expect(after.replace(text, '')).toBe(
    `defaults:\n  releases:\n    cert-manager:\n      version: "1.1.0"\n      digest: ${digest('a')}\n`,
  );
});

test('the suite’s own list can be changed', () => {
  const own = readFileSync(new URL('../../../deploy-platform/src/releases/charts.json', import.meta.url), 'utf8');
  for (const release of Object.keys(JSON.parse(own))) expect(propose(own, release)).toContain(digest('a'));
});

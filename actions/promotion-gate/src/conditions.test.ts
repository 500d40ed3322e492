import { expect, test } from '@jest/globals';
import { describeProblem } from '@suite/foundation';
import { type Facts, unmetConditions } from './conditions.ts';
import type { PromotionRecord } from './record.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const record = (environment: string, commit = '1'.repeat(40)): PromotionRecord => ({
  schema: 'record/v1',
  repository: '7',
  platform: 'contoso',
  environment,
  region: 'westeurope',
  bundle: digest,
  commit,
  verdict: 'verified',
  plans: { 'provision-aks': 'd'.repeat(64) },
  run: { id: '4711', attempt: '1', url: 'https://github.com/r/4711' },
  actor: 'mona',
  approvers: [],
  recordedAt: '2026-11-26T05:00:00.000Z',
});

const facts = (more: Partial<Facts>): Facts => ({
  environment: 'prod',
  bundle: { digest, commit: '2'.repeat(40) },
  running: [],
  ...more,
});
const upstream = (...regions: [string, boolean][]) => ({
  environment: 'staging',
  regions: regions.map(([region, there]) => ({ region, record: there ? record('staging') : undefined })),
});
const runs = (relation: Facts['running'][number]['relation']) => [
  { region: 'westeurope', record: record('prod'), relation },
];

test.each<readonly [string, Facts]>([
  ['the first environment', facts({})],
  ['verified upstream', facts({ upstream: upstream(['westeurope', true], ['northeurope', true]) })],
  ['newer than what runs', facts({ running: runs('ahead') })],
  ['what runs already', facts({ running: runs('identical') })],
])('%s may enter', (_, given) => {
  expect(unmetConditions(given)).toEqual([]);
});

test.each<readonly [string, Facts, string]>([
  ['hold', facts({ hold: 'migration until Monday.' }), '`prod` is on hold: migration until Monday.'],
  [
    'a region is missing',
    facts({ upstream: upstream(['westeurope', true], ['northeurope', false]) }),
    'This bundle (aaaaaaaaaaaa) is not verified in `staging`: northeurope has no record of it.',
  ],
  [
    'older',
    facts({ running: runs('behind') }),
    '2222222 is older than 1111111, which runs in prod · westeurope since 2026-11-26 05:00 UTC',
  ],
  ['another line', facts({ running: runs('diverged') }), 'is on another line of history than'],
  ['a lost commit', facts({ running: runs('unknown') }), 'GitHub does not know that commit any more'],
])('%s keeps it out', (_, given, message) => {
  const problems = unmetConditions(given);
  expect(problems.map(describeProblem)).toEqual([expect.stringContaining(message)]);
  expect(problems[0]?.remedy).toBeDefined();
});

test('all of it is told at once', () => {
  const all = facts({ hold: 'x', upstream: upstream(['a', false], ['b', false]), running: runs('behind') });
  expect(unmetConditions(all)).toHaveLength(3);
});

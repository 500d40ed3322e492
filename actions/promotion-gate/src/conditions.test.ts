import { describe, expect, test } from '@jest/globals';
import { describeProblem } from '@suite/foundation';
import type { EnvironmentGate } from '@suite/platform-file';
import { type Facts, judge } from './conditions.ts';
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

const now = Date.parse('2026-11-26T06:00:00Z');
const gate = (more: Partial<EnvironmentGate>): EnvironmentGate => ({
  hold: undefined,
  soakMs: 0,
  freezes: [],
  checks: [],
  attestation: false,
  breakGlass: undefined,
  ...more,
});
const facts = (more: Partial<Facts>): Facts => ({
  environment: 'prod',
  now,
  bundle: { digest, commit: '2'.repeat(40) },
  gate: gate({}),
  running: [],
  before: [],
  mayBegin: true,
  checks: [],
  ...more,
});
const upstream = (...regions: [string, boolean][]) => ({
  environment: 'staging',
  regions: regions.map(([region, there]) => ({ region, record: there ? record('staging') : undefined })),
});
/** Not verified upstream, for a reason. */
const without = (why: Partial<NonNullable<Facts['upstream']>['regions'][number]>) =>
  facts({
    upstream: { environment: 'staging', regions: [{ region: 'westeurope', record: undefined, ...why }] },
  });
const runs = (relation: Facts['running'][number]['relation']) => [
  { region: 'westeurope', record: record('prod'), relation },
];
const hour = 3_600_000;
const verified = upstream(['westeurope', true]);
/** Thursday in Berlin. */
const night = { from: 'Thu 06:00', to: 'Thu 20:00', zone: 'Europe/Berlin' };
const emergency = { reason: 'log4shell', until: now + hour };

test.each<readonly [string, Facts]>([
  ['the first environment', facts({})],
  ['the shared scope', facts({ gate: undefined })],
  ['verified upstream', facts({ upstream: upstream(['westeurope', true], ['northeurope', true]) })],
  ['newer than what runs', facts({ running: runs('ahead') })],
  ['what runs already', facts({ running: runs('identical') })],
  ['verified for long enough', facts({ upstream: verified, gate: gate({ soakMs: hour }) })],
  ['outside of a freeze', facts({ gate: gate({ freezes: [{ ...night, from: 'Thu 07:30' }] }) })],
  ['with its checks', facts({ checks: [{ name: 'e2e', state: 'passed' }] })],
])('%s may enter', (_, given) => {
  expect(judge(given)).toEqual({ problems: [], lifted: [], opensAt: undefined });
});

test.each<readonly [string, Facts, string, number | undefined]>([
  [
    'hold',
    facts({ gate: gate({ hold: 'migration until Monday.' }) }),
    '`prod` is on hold: migration until Monday.',
    undefined,
  ],
  [
    'a region is missing',
    facts({ upstream: upstream(['westeurope', true], ['northeurope', false]), gate: gate({ soakMs: hour }) }),
    'This bundle (aaaaaaaaaaaa) is not verified in `staging`: northeurope has no record of it.',
    undefined,
  ],
  [
    'soak',
    facts({ upstream: verified, gate: gate({ soakMs: 24 * hour }) }),
    'This bundle has to have been verified in `staging` for 24 h: it was 1 h ago. It may enter from 2026-11-27 05:00 UTC on',
    now + 23 * hour,
  ],
  [
    'soak that ends in a freeze',
    facts({
      upstream: verified,
      gate: gate({ soakMs: 24 * hour, freezes: [{ from: 'Fri 00:00', to: 'Sat 00:00', zone: 'UTC' }] }),
    }),
    'it was 1 h ago. That is over at 2026-11-27 05:00 UTC, when `prod` is frozen from Fri 00:00 to Sat 00:00 (UTC). It may enter from 2026-11-28 00:00 UTC on',
    now + 42 * hour,
  ],
  [
    'a freeze',
    facts({ gate: gate({ freezes: [{ ...night, reason: 'shop opens' }] }) }),
    '`prod` is frozen from Thu 06:00 to Thu 20:00 (Europe/Berlin): shop opens. It opens at Thu, 26 Nov 2026, 20:00 Europe/Berlin (2026-11-26 19:00 UTC)',
    now + 13 * hour,
  ],
  [
    'a freeze without end',
    facts({ gate: gate({ freezes: [{ cron: '0 0 * * *', for: '48h', zone: 'UTC' }] }) }),
    '`prod` is frozen for 48h from each “0 0 * * *” on (UTC). It does not open within a year',
    undefined,
  ],
  [
    'no attestation, whatever the emergency',
    facts({
      gate: gate({ attestation: true, breakGlass: emergency }),
      unattested: { message: 'This bundle has no attestation.', remedy: 'Make one.' },
    }),
    'This bundle has no attestation. Make one.',
    undefined,
  ],
  [
    'a check that runs',
    facts({ checks: [{ name: 'e2e', state: 'pending' }] }),
    'The check “e2e” of 2222222 has not ended.',
    undefined,
  ],
  [
    'a check that failed',
    facts({ checks: [{ name: 'e2e', state: 'failed' }] }),
    'The check “e2e” of 2222222 has failed.',
    undefined,
  ],
  [
    'a check that there is not',
    facts({ checks: [{ name: 'e2e', state: 'missing' }] }),
    '2222222 has neither a check nor a commit status called “e2e”.',
    undefined,
  ],
  [
    'it was destroyed there',
    without({
      gone: {
        schema: 'gone/v1',
        repository: '7',
        platform: 'contoso',
        environment: 'staging',
        region: 'westeurope',
        run: 'https://github.com/r/4711',
        actor: 'mona',
        at: '2026-11-26T05:00:00.000Z',
      },
    }),
    'westeurope has no record of it. staging · westeurope was destroyed on 2026-11-26 05:00 UTC by mona (https://github.com/r/4711); a promotion makes it anew.',
    undefined,
  ],
  [
    'the environment before it went back from it',
    without({ left: { ...record('staging'), rollback: { from: undefined, reason: 'Orders fail', notAsked: [] } } }),
    'staging · westeurope went back from this bundle (aaaaaaaaaaaa) on 2026-11-26 05:00 UTC: Orders fail. (https://github.com/r/4711) Promote a commit that puts it right',
    undefined,
  ],
  [
    'older',
    facts({ running: runs('behind') }),
    '2222222 is older than 1111111, which runs in prod · westeurope since 2026-11-26 05:00 UTC',
    undefined,
  ],
  ['another line', facts({ running: runs('diverged') }), 'is on another line of history than', undefined],
  ['a lost commit', facts({ running: runs('unknown') }), 'GitHub does not know that commit any more', undefined],
])('%s keeps it out', (_, given, message, opensAt) => {
  const judgement = judge(given);
  expect(judgement.problems.map(describeProblem)).toEqual([expect.stringContaining(message)]);
  expect(judgement.problems[0]?.remedy).toBeDefined();
  expect(judgement.opensAt).toBe(opensAt);
});

test('a region whose turn has not come is planned, and does not begin', () => {
  const before = [{ region: 'westeurope', record: undefined }];
  const emergencies = gate({ breakGlass: emergency });
  expect(judge(facts({ before, mayBegin: false })).problems).toEqual([]);
  expect(judge(facts({ before, gate: emergencies })).problems.map(({ message }) => message)).toEqual([
    '`prod` goes one region after another, and it is the turn of westeurope: this run has no record of the bundle in westeurope yet.',
  ]);
  expect(judge(facts({ before: [{ region: 'westeurope', record: record('prod') }] })).problems).toEqual([]);
});

test('all of it is told at once', () => {
  const all = facts({
    gate: gate({ hold: 'x', freezes: [night] }),
    upstream: upstream(['a', false], ['b', false]),
    running: runs('behind'),
    checks: [{ name: 'e2e', state: 'failed' }],
  });
  expect(judge(all).problems).toHaveLength(5);
  expect(judge(all).opensAt).toBeUndefined();
});

test('it opens when the last of its times has come', () => {
  const given = facts({ upstream: verified, gate: gate({ soakMs: 24 * hour, freezes: [night] }) });
  expect(judge(given).opensAt).toBe(now + 23 * hour);
});

test('the last region to be verified begins the time', () => {
  const late = { ...record('staging'), recordedAt: '2026-11-26T05:30:00.000Z' };
  const regions = [...verified.regions, { region: 'northeurope', record: late }];
  const given = facts({ upstream: { ...verified, regions }, gate: gate({ soakMs: hour }) });
  expect(judge(given).opensAt).toBe(now + hour / 2);
});

describe('an emergency', () => {
  const kept = facts({
    upstream: verified,
    gate: gate({ soakMs: 24 * hour, freezes: [night], breakGlass: emergency }),
    checks: [{ name: 'e2e', state: 'failed' }],
  });

  test('lifts soak, freeze and checks, and says so', () => {
    const { problems, lifted } = judge(kept);
    expect(problems).toEqual([]);
    expect(lifted).toEqual([
      expect.stringContaining('has to have been verified'),
      expect.stringContaining('is frozen'),
      expect.stringContaining('“e2e”'),
    ]);
  });

  test('lifts neither a hold, nor what was never verified, nor what is older', () => {
    const given = facts({
      gate: gate({ hold: 'x', breakGlass: emergency }),
      upstream: upstream(['a', false]),
      running: runs('behind'),
    });
    expect(judge(given).problems).toHaveLength(3);
    expect(judge(given).lifted).toEqual([]);
  });

  test('that is over lifts nothing', () => {
    const given = { ...kept, gate: gate({ freezes: [night], breakGlass: { ...emergency, until: now } }) };
    expect(judge(given).problems).toHaveLength(2);
  });

  test('that is too far ahead lifts nothing, and has to be put right', () => {
    const until = now + 7 * 24 * hour + 1;
    const given = { ...kept, gate: gate({ freezes: [night], breakGlass: { ...emergency, until } }) };
    expect(judge(given).problems.map(({ message }) => message)).toEqual([
      '`gate: break-glass:` of prod is until 2026-12-03 06:00 UTC, which is more than seven days ahead.',
      expect.stringContaining('is frozen'),
      expect.stringContaining('“e2e”'),
    ]);
  });
});

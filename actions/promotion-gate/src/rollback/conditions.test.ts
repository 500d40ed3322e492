import { expect, test } from '@jest/globals';
import { describeProblem } from '@suite/foundation';
import type { PromotionRecord } from '../record.ts';
import { judgeRollback, type RollbackFacts } from './conditions.ts';
import { rolledBackIn } from './rollback.ts';

const [older, newer, newest] = ['a', 'b', 'c'].map(sign => ({
  bundle: `sha256:${sign.repeat(64)}`,
  commit: sign.repeat(40),
})) as [Ran, Ran, Ran];
type Ran = { readonly bundle: string; readonly commit: string };

const record = (of: Ran): PromotionRecord => ({
  schema: 'record/v1',
  repository: '7',
  platform: 'contoso',
  environment: 'prod',
  region: 'westeurope',
  ...of,
  verdict: 'verified',
  plans: {},
  run: { id: '1', attempt: '1', url: 'https://github.com/r/1' },
  actor: 'mona',
  approvers: [],
  recordedAt: '2026-11-26T05:00:00.000Z',
});
const rollback: RollbackFacts['rollback'] = {
  environment: 'prod',
  reason: 'it fails',
  from: [{ region: 'westeurope', ...newer }],
  notAsked: [],
};
const region = (more: Partial<RollbackFacts['regions'][number]> = {}) => ({
  region: 'westeurope',
  record: record(older),
  running: record(newer),
  ...more,
});
const facts = (more: Partial<RollbackFacts> = {}): RollbackFacts => ({
  environment: 'prod',
  bundle: { digest: older.bundle, commit: older.commit },
  rollback,
  hold: undefined,
  before: [],
  regions: [region()],
  ...more,
});

test.each<readonly [string, RollbackFacts]>([
  ['from what ran when it was chosen', facts()],
  ['where an attempt that was cut off has recorded it', facts({ regions: [region({ running: record(older) })] })],
  ['where nothing runs any more', facts({ regions: [region({ running: undefined })] })],
])('it may go back %s', (_, given) => {
  expect(judgeRollback(given)).toEqual([]);
});

test.each<readonly [string, RollbackFacts, string]>([
  [
    'somebody holds it by now',
    facts({ hold: 'the auditors are here' }),
    '`prod` is on hold: the auditors are here. Nothing goes back meanwhile.',
  ],
  [
    'the bundle was never verified there',
    facts({
      regions: [
        region({ record: undefined }),
        region({ region: 'northeurope', record: undefined, running: undefined }),
      ],
    }),
    'aaaaaaa was never verified in `prod`: westeurope and northeurope have no record of it. Nothing goes back to what was not there.',
  ],
  [
    'it is the turn of another region',
    facts({ before: [{ region: 'northeurope', record: undefined }] }),
    '`prod` goes one region after another, and it is the turn of northeurope',
  ],
  [
    'something newer came meanwhile',
    facts({ regions: [region({ running: record(newest) })] }),
    'prod · westeurope runs ccccccc since 2026-11-26 05:00 UTC (https://github.com/r/1); when this way back was chosen, it ran bbbbbbb. Start the rollback again',
  ],
  [
    'something came where nothing was recorded',
    facts({ rollback: { ...rollback, from: [] } }),
    'when this way back was chosen, it ran nothing.',
  ],
  [
    'it was chosen for another environment',
    facts({ environment: 'staging' }),
    'This way back was chosen for `prod`, not for `staging`.',
  ],
])('it may not: %s', (_, given, message) => {
  expect(judgeRollback(given).map(describeProblem)).toEqual([expect.stringContaining(message)]);
});

test('a record tells from which bundle a region came', () => {
  const rest = { reason: 'it fails', notAsked: [] };
  expect(rolledBackIn(rollback, 'westeurope', older.bundle)).toEqual({ from: newer, ...rest });
  expect(rolledBackIn(rollback, 'westeurope', newer.bundle)).toEqual(rest);
  expect(rolledBackIn(rollback, 'northeurope', older.bundle)).toEqual(rest);
});

import { describe, expect, test } from '@jest/globals';
import { type Freeze, freezeProblem, frozenAt } from './freeze.ts';

const zone = 'Europe/Berlin';
const weekend: Freeze = { from: 'Fri 16:00', to: 'Mon 08:00', zone };
const holidays: Freeze = { from: '2026-12-20', to: '2027-01-04 06:30', zone };
/** On the day of the change to summer. */
const gap: Freeze = { from: 'Sun 02:30', to: 'Sun 04:00', zone };
const nights: Freeze = { cron: '0 22 * * *', for: '8h', zone: 'UTC' };
const at = (text: string) => Date.parse(text);
const opens = (freezes: readonly Freeze[], text: string) => {
  const frozen = frozenAt(freezes, at(text));
  return frozen === undefined
    ? 'open'
    : frozen.opensAt === undefined
      ? 'never'
      : new Date(frozen.opensAt).toISOString();
};

describe('a freeze', () => {
  test.each<readonly [string, readonly Freeze[], string, string]>([
    ['none', [], '2026-11-27T20:00:00Z', 'open'],
    // Berlin is an hour ahead in winter.
    ['the moment before', [weekend], '2026-11-27T14:59:59Z', 'open'],
    ['its first moment', [weekend], '2026-11-27T15:00:00Z', '2026-11-30T07:00:00.000Z'],
    ['its last moment', [weekend], '2026-11-30T06:59:59Z', '2026-11-30T07:00:00.000Z'],
    ['its end', [weekend], '2026-11-30T07:00:00Z', 'open'],
    ['in summer', [weekend], '2026-07-03T14:00:00Z', '2026-07-06T06:00:00.000Z'],
    ['over the change to summer', [weekend], '2026-03-27T15:00:00Z', '2026-03-30T06:00:00.000Z'],
    ['over the change to winter', [weekend], '2026-10-23T14:00:00Z', '2026-10-26T07:00:00.000Z'],
    // At 2:00 in Berlin it is 3:00.
    ['before an hour that there is not', [gap], '2026-03-29T00:59:59Z', 'open'],
    ['from an hour that there is not', [gap], '2026-03-29T01:00:00Z', '2026-03-29T02:00:00.000Z'],
    // Half an hour and two hours are put on elsewhere.
    ['on Lord Howe', [{ ...weekend, zone: 'Australia/Lord_Howe' }], '2026-04-03T05:00:00Z', '2026-04-05T21:30:00.000Z'],
    ['in Antarctica', [{ ...weekend, zone: 'Antarctica/Troll' }], '2026-03-27T16:00:00Z', '2026-03-30T06:00:00.000Z'],
    ['before dates', [holidays], '2026-12-19T22:59:59Z', 'open'],
    ['dates', [holidays], '2026-12-19T23:00:00Z', '2027-01-04T05:30:00.000Z'],
    ['after dates', [holidays], '2027-01-04T05:30:00Z', 'open'],
    ['cron', [nights], '2026-11-27T22:00:00Z', '2026-11-28T06:00:00.000Z'],
    ['cron, over midnight', [nights], '2026-11-28T05:59:59Z', '2026-11-28T06:00:00.000Z'],
    ['cron, afterwards', [nights], '2026-11-28T06:00:00Z', 'open'],
    [
      'one that meets the next',
      [weekend, { from: 'Mon 08:00', to: 'Mon 09:00', zone }],
      '2026-11-28T00:00:00Z',
      '2026-11-30T08:00:00.000Z',
    ],
    [
      'cron with thousands that overlap',
      [{ cron: '* * * * *', for: '90d', zone: 'UTC' }],
      '2026-11-28T00:00:00Z',
      'never',
    ],
    [
      'cron that began long ago',
      [{ cron: '0 0 1 1 *', for: '360d', zone: 'UTC' }],
      '2026-11-28T00:00:00Z',
      '2026-12-27T00:00:00.000Z',
    ],
    ['cron whose windows overlap', [{ cron: '0 0 * * *', for: '48h', zone: 'UTC' }], '2026-11-28T00:00:00Z', 'never'],
  ])('%s', (_, freezes, now, expected) => {
    expect(opens(freezes, now)).toBe(expected);
  });

  test('says which one', () => {
    expect(frozenAt([holidays, weekend], at('2026-11-28T00:00:00Z'))?.freeze).toBe(weekend);
  });
});

describe('what cannot be meant', () => {
  test.each<readonly [Freeze, string | undefined]>([
    [weekend, undefined],
    [holidays, undefined],
    [nights, undefined],
    [{ zone }, 'A freeze has `from` and `to`, or `cron` and `for`.'],
    [{ ...weekend, cron: '0 0 * * *', for: '1h' }, 'A freeze has `from` and `to`, or `cron` and `for`.'],
    [{ from: 'Fri 16:00', zone }, 'A freeze with `from` or `to` needs both.'],
    [{ cron: '0 0 * * *', zone }, 'A freeze with `cron` or `for` needs both.'],
    [{ from: 'Fri 16:00', to: '2026-12-01', zone }, '`from` and `to` are both days of the week, or both dates.'],
    [{ ...weekend, zone: 'Mars/Base' }, '`Mars/Base` is no time zone of the IANA database.'],
    [{ from: 'Fri 16:00', to: 'Fri 16:00', zone }, 'It begins and ends at the same time.'],
    [{ from: '2026-12-20', to: '2026-12-20', zone }, 'It ends before it begins.'],
    [{ from: '2026-02-31', to: '2026-03-05', zone }, '`2026-02-31` is a day that there is not.'],
    [{ from: '2028-02-29', to: '2028-02-30 08:00', zone }, '`2028-02-30 08:00` is a day that there is not.'],
    [{ cron: '61 * * * *', for: '1h', zone }, '`cron` cannot be read: Invalid value for minute: 61.'],
    [{ cron: '0 0 31 2 *', for: '1h', zone }, '`cron` names a time that never comes.'],
  ])('%j', (freeze, problem) => {
    expect(freezeProblem(freeze)).toBe(problem);
  });
});

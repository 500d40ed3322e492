import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { whileAtRest } from './at-rest.ts';
import type { LeaseView, RunNote } from './environment-lease.ts';
import type { StateBlob } from './state-lock.ts';

const note: RunNote = {
  run: 'https://github.com/contoso/platform/actions/runs/6',
  runId: '6',
  actor: 'hubot',
  command: 'deploy-platform apply',
  startedAt: '2026-11-23T04:58:00.000Z',
};
const open: StateBlob = { exists: true, lease: 'available', lock: undefined };
const locked: StateBlob = { exists: true, lease: 'leased', lock: undefined };
const free: LeaseView = { state: 'free' };
const held: LeaseView = { state: 'held', note };

/** Each look sees the next one; the last one stays. */
async function compare(states: readonly StateBlob[], leases: readonly (LeaseView | Error)[]) {
  const did: string[] = [];
  const lines: string[] = [];
  const nth = <T>(list: readonly T[], kind: string): T => {
    const value = list[Math.min(did.filter(one => one === kind).length, list.length - 1)];
    did.push(kind);
    return value as T;
  };
  const backend = { account: 'stcontoso', container: 'tfstate', key: 'dev.tfstate' };
  const found = await whileAtRest(
    {
      place: 'dev in westeurope',
      view: { state: backend },
      readState: async () => nth(states, 'state'),
      lease: {
        look: async () => {
          const seen = nth(leases, 'lease');
          if (seen instanceof Error) throw seen;
          return seen;
        },
      },
      describeLock: ({ holder }) => ({ message: `Locked by ${holder?.runId ?? 'nobody'}.`, remedy: 'Unlock it.' }),
      clock: { now: () => Date.parse('2026-11-23T05:00:00Z') },
      log: { warning: line => void lines.push(line) },
    },
    async () => {
      did.push('compare');
      return 'clean';
    },
  ).catch((error: unknown) => (error instanceof UserError ? error.problems[0] : error));
  return { found, lines, compared: did.includes('compare') };
}

test.each<[string, readonly StateBlob[], LeaseView]>([
  ['nobody works there', [open], free],
  ['there is no state yet', [{ exists: false }], free],
  ['a run left its note and is over', [open], { state: 'abandoned', note }],
])('%s: it is compared', async (_, states, lease) => {
  expect(await compare(states, [lease])).toEqual({ found: 'clean', lines: [], compared: true });
});

const works =
  'What is being changed now is not compared. The run https://github.com/contoso/platform/actions/runs/6 of hubot (deploy-platform apply, since 2026-11-23 04:58:00 UTC, 2 min ago) works on dev in westeurope.';

describe('while a run works there nothing is compared', () => {
  test('one that holds the lease', async () => {
    expect(await compare([open], [held])).toEqual({ found: { message: works }, lines: [], compared: false });
  });

  test('one whose Terraform has locked the state: how it is released is said', async () => {
    const { found } = await compare([locked], [{ state: 'abandoned', note }]);
    expect(found).toEqual({ message: 'What is being changed now is not compared. Locked by 6.', remedy: 'Unlock it.' });
  });

  test.each<[string, readonly StateBlob[], readonly LeaseView[], RegExp]>([
    ['that took the lease', [open], [free, held], /runs\/6 of hubot/],
    ['that locked the state', [open, locked], [free], /Locked by nobody/],
  ])('one that began meanwhile, %s: what was found by then counts for nothing', async (_, states, leases, message) => {
    const { found, compared } = await compare(states, leases);
    expect(compared).toBe(true);
    expect(found).toMatchObject({ message: expect.stringMatching(message) });
  });
});

test('a note that may not be read is a warning', async () => {
  const { found, lines } = await compare([open], [new UserError({ message: 'May not.' })]);
  expect(found).toBe('clean');
  expect(lines).toEqual(Array(2).fill('Whether another run works on this could not be read. May not.'));
});

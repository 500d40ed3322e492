import { describe, expect, test } from '@jest/globals';
import { CancelledError, UserError } from '@suite/foundation';
import { recordingLog } from './run.fixture.ts';
import { continues, isRestored, keepErrored, onlyKept, requireNothingSaved, revisionOf } from './saved-state.ts';
import { environmentView as view } from './views.fixture.ts';

const revision = { lineage: 'a', serial: 7 };

test.each([
  ['the next one', { lineage: 'a', serial: 8 }, revision, true],
  ['the same', revision, revision, false],
  ['an older one', { lineage: 'a', serial: 6 }, revision, false],
  ['of another state', { lineage: 'b', serial: 8 }, revision, false],
  ['no state', undefined, revision, false],
  ['of none', revision, undefined, false],
])('%s continues it: %j after %j: %s', (_, saved, current, expected) => {
  expect(continues(saved, current)).toBe(expected);
});

test.each<[string, number, number, string, boolean]>([
  ['the same', 7, 7, 'x', true],
  ['counted on', 7, 8, 'x', true],
  ['older', 7, 6, 'x', false],
  ['something else', 7, 8, 'y', false],
])('the state is %s: %d kept, %d there', (_, kept, there, id, expected) => {
  const resource = { mode: 'managed', type: 't', name: 'n', instances: [{ attributes: { id: 'x' } }] };
  const content = JSON.stringify({ lineage: 'a', serial: kept, resources: [resource] });
  const recorded = [{ address: 't.n', type: 't', id, dependencies: [] }];
  expect(isRestored(content, { lineage: 'a', serial: kept }, { lineage: 'a', serial: there }, recorded)).toBe(expected);
});

test('what only the kept state has is named with its id', () => {
  const instance = (name: string, id?: string) => ({
    mode: 'managed',
    type: 't',
    name,
    instances: [{ attributes: id === undefined ? {} : { id } }],
  });
  const content = JSON.stringify({
    resources: [instance('a', '/a'), instance('moved', '/b'), instance('c'), instance('d', '/d')],
  });
  const there = (address: string, id: string) => ({ address, type: 't', id, dependencies: [] });
  expect(onlyKept(content, [there('t.a', '/a2'), there('t.b', '/b')])).toEqual(['`t.c`', '`t.d` (/d)']);
});

test('a state says which it is', () => {
  expect(revisionOf('{"lineage":"a","serial":7,"resources":[]}')).toEqual(revision);
  expect(revisionOf('{"lineage":"a"}')).toBeUndefined();
  expect(revisionOf('nothing')).toBeUndefined();
});

describe('an apply that failed', () => {
  const error = new UserError([
    { message: 'The state could not be written.' },
    { message: 'What this apply did is recorded nowhere but in the file /t/errored.tfstate.' },
  ]);
  const keep = async (content: string | undefined, refusal?: Error, failed: UserError | CancelledError = error) => {
    const { log, lines } = recordingLog();
    const written: string[] = [];
    const savedState = {
      read: async () => undefined,
      remove: async () => undefined,
      write: async (text: string) => {
        if (refusal !== undefined) throw refusal;
        written.push(text);
      },
    };
    const told = await keepErrored(
      failed,
      view,
      { savedState },
      { readErrored: async () => content, erroredFile: '/t/errored.tfstate' },
      log,
    );
    return { told, written, lines };
  };

  test('and has written its state fails as it did', async () => {
    expect(await keep(undefined)).toEqual({ told: error, written: [], lines: [] });
  });
  test('and could not write it: kept beside it, and the message says how it is restored', async () => {
    const { told, written } = await keep('{"serial":8}');
    expect(written).toEqual(['{"serial":8}']);
    expect(told.message).toBe(
      'The state could not be written.\nWhat this apply did could not be written to the state. It is kept in state/contoso/dev/westeurope.tfstate.errored in stcontoso. Remove the cause, then let it be restored with `gh workflow run unlock.yml -f environment=dev -f region=westeurope`. Nothing is planned or applied here before that.',
    );
  });
  test('and was cancelled meanwhile: the same', async () => {
    const { told } = await keep('{}', undefined, new CancelledError('Terraform was asked to stop.'));
    expect(told).toBeInstanceOf(UserError);
  });
  test('and the storage refuses that as well: where it is, why, and what is left when the runner is gone', async () => {
    const refusal = new UserError({ message: 'stcontoso refuses.' });
    const { told, lines } = await keep('{}', refusal);
    expect(lines).toEqual([expect.stringMatching(/^warning: .*could not be kept in .* either\. stcontoso refuses\./)]);
    expect((told as UserError).problems).toEqual([
      { message: 'The state could not be written.' },
      {
        message:
          'What this apply did is recorded nowhere but in the file /t/errored.tfstate of this runner: it could not be kept beside the state either. stcontoso refuses.',
        remedy: expect.stringMatching(
          /az storage blob upload .*\.tfstate\.errored .*gh workflow run unlock\.yml -f environment=dev -f region=westeurope.* On a runner of GitHub it is gone .* the next plan names .* `adopt` under `allow:` of dev/,
        ),
      },
    ]);
  });
});

test('while one is kept, nothing is planned on the old one', async () => {
  const saved = (content: string | undefined) => ({
    savedState: { read: async () => content, write: async () => undefined, remove: async () => undefined },
  });
  await requireNothingSaved(view, saved(undefined));
  await expect(requireNothingSaved(view, saved('{}'))).rejects.toThrow(
    /kept it in state\/contoso\/dev\/westeurope\.tfstate\.errored in stcontoso.*gh workflow run unlock\.yml/,
  );
});

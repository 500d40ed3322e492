import { describe, expect, test } from '@jest/globals';
import { CancelledError, UserError } from '@suite/foundation';
import { recordingLog } from './run.fixture.ts';
import { continues, isRestored, keepErrored, requireNothingSaved, revisionOf } from './saved-state.ts';
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
    const told = await keepErrored(failed, view, { savedState }, { readErrored: async () => content }, log);
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
  test('and the storage refuses that as well: what Terraform said stays, with a warning', async () => {
    const { told, lines } = await keep('{}', new UserError({ message: 'stcontoso refuses.' }));
    expect(told).toBe(error);
    expect(lines).toEqual([expect.stringMatching(/^warning: .*could not be kept in .* either\. stcontoso refuses\./)]);
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

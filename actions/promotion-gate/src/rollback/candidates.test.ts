import { describe, expect, test } from '@jest/globals';
import type { PromotionRecord } from '../record.ts';
import { candidatesOf, chooseEarlier, demandAnother, type History } from './candidates.ts';

const digest = (sign: string) => `sha256:${sign.repeat(64)}`;
const commit = (sign: string) => sign.repeat(40);
/** Of bundle and commit `sign`, at that minute; `from`: by a way back from there. */
const record = (sign: string, minute: number, { region = 'westeurope', from = '' } = {}): PromotionRecord => ({
  schema: 'record/v1',
  repository: '7',
  platform: 'contoso',
  environment: 'prod',
  region,
  bundle: digest(sign),
  commit: commit(sign),
  verdict: 'verified',
  plans: {},
  run: { id: `${minute}`, attempt: '1', url: `https://github.com/r/${minute}` },
  actor: 'mona',
  approvers: [],
  ...(from === ''
    ? {}
    : { rollback: { from: { bundle: digest(from), commit: commit(from) }, reason: 'it fails', notAsked: [] } }),
  recordedAt: new Date(Date.UTC(2026, 10, 26, 5, minute)).toISOString(),
});
const history = (running: readonly (PromotionRecord | undefined)[], records: readonly PromotionRecord[]): History => ({
  environment: 'prod',
  running: running.map((found, index) => ({ region: found?.region ?? `region-${index}`, record: found })),
  records,
});

describe('the bundle before the one that runs', () => {
  const [a, b, c] = [record('a', 1), record('b', 2), record('c', 3)];

  test.each<readonly [string, History, string]>([
    ['is the one that was verified last before it', history([c], [a, b, c]), 'b'],
    ['whatever the order of the records', history([c], [c, a, b]), 'b'],
    ['which was there first, though it was recorded again', history([b], [a, b, record('a', 4)]), 'a'],
    [
      'not one that somebody went back from',
      history([record('d', 5)], [a, b, record('a', 3, { from: 'b' }), record('d', 5)]),
      'a',
    ],
    [
      'but one that was verified again after that',
      history([record('d', 5)], [a, b, record('a', 3, { from: 'b' }), record('b', 4), record('d', 5)]),
      'b',
    ],
    ['in any region', history([c], [record('b', 2, { region: 'northeurope' }), c]), 'b'],
    ['not one of the same commit', history([c], [a, b, { ...record('d', 2), commit: commit('c') }, c]), 'b'],
    ['when the newest records are no longer listed', history([c], [a]), 'a'],
  ])('%s', (_, given, expected) => {
    expect(chooseEarlier(given).commit).toBe(commit(expected));
  });

  test.each<readonly [string, History, string]>([
    [
      'nothing was ever recorded',
      history([undefined], []),
      'Nothing is recorded in prod, so there is nothing to go back from.',
    ],
    [
      'nothing was before it',
      history([a], [a, b]),
      'prod has verified nothing before aaaaaaa that nobody has gone back from. Name a commit',
    ],
    [
      'what runs was gone back to',
      history([record('a', 3, { from: 'b' })], [a, b, record('a', 3, { from: 'b' })]),
      'prod has verified nothing before aaaaaaa',
    ],
    [
      'regions differ',
      history([b, record('a', 1, { region: 'northeurope' })], [a, b]),
      'The regions of prod run different bundles: westeurope bbbbbbb and northeurope aaaaaaa. Name the commit',
    ],
  ])('is not there: %s', (_, given, message) => {
    expect(() => chooseEarlier(given)).toThrow(message);
  });
});

test('a candidate tells its regions, and the way back from it', () => {
  const left = record('a', 4, { from: 'b' });
  const found = candidatesOf({
    records: [record('a', 1), record('b', 2), record('b', 3, { region: 'northeurope' }), left],
  });
  expect(found.map(({ commit: sha, regions, left: way }) => [sha, regions, way])).toEqual([
    [commit('b'), ['westeurope', 'northeurope'], left],
    [commit('a'), ['westeurope'], undefined],
  ]);
});

describe('what runs is nothing to go back to', () => {
  const [a, b] = [record('a', 1), record('b', 2, { region: 'northeurope' })];

  test('where all regions run it, with how to apply it again', () => {
    expect(() => demandAnother(history([a], [a]), digest('a'))).toThrow(
      'input to: aaaaaaa is what runs in prod since 2026-11-26 05:01 UTC: there is nothing to go back from. Name an earlier one. Where a newer commit was applied in part and never recorded, run the job of prod in https://github.com/r/1 again: its gate lets the same bundle in.',
    );
  });

  test('but it is where one region runs another', () => {
    expect(() => demandAnother(history([a, b], [a, b]), digest('a'))).not.toThrow();
  });
});

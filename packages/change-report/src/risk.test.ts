import { describe, expect, test } from '@jest/globals';
import { kinds, reaches, risks } from './model.ts';
import { byRisk, countKinds, highestRisk, isAtLeast, rateChange } from './risk.ts';

describe('rateChange', () => {
  test.each([
    ['create', 'cluster', false, false, 'low'],
    ['update', 'cluster', true, false, 'low'],
    ['update', 'cluster', true, true, 'medium'],
    ['rotate', 'node-pool', true, false, 'high'],
    ['replace', 'node-pool', true, false, 'high'],
    ['replace', 'cluster', true, false, 'critical'],
    ['delete', 'data', true, false, 'critical'],
    ['delete', 'identity', true, false, 'high'],
    ['delete', 'network', false, false, 'medium'],
    ['delete', 'stateless', false, false, 'low'],
    ['forget', 'data', true, false, 'medium'],
    ['forget', 'stateless', false, false, 'low'],
    ['move', 'cluster', true, false, 'none'],
    ['import', 'cluster', true, false, 'none'],
  ] as const)('%s of %s, guarded %s, disruptive %s: %s', (kind, reach, guarded, disruptive, risk) => {
    expect(rateChange({ kind, reach, guarded, disruptive })).toBe(risk);
  });

  test('what needs a word under allow: is never less than high', () => {
    for (const kind of ['delete', 'replace', 'rotate'] as const) {
      for (const reach of reaches) {
        const risk = rateChange({ kind, reach, guarded: true, disruptive: false });
        expect([kind, reach, isAtLeast(risk, 'high')]).toEqual([kind, reach, true]);
      }
    }
  });
});

describe('over several changes', () => {
  test('highestRisk', () => {
    expect(highestRisk([])).toBe('none');
    expect(highestRisk([{ risk: 'low' }, { risk: 'critical' }, { risk: 'medium' }])).toBe('critical');
  });

  test('byRisk puts the most dangerous first', () => {
    const sorted = risks.map(risk => ({ risk })).toSorted(byRisk);
    expect(sorted.map(({ risk }) => risk)).toEqual(risks.toReversed());
  });

  test('countKinds leaves out what does not occur and keeps the order of kinds', () => {
    expect(countKinds([])).toEqual({});
    const counts = countKinds([{ kind: 'delete' }, { kind: 'create' }, { kind: 'delete' }]);
    expect(counts).toEqual({ create: 1, delete: 2 });
    expect(Object.keys(counts)).toEqual(kinds.filter(kind => kind in counts));
  });
});

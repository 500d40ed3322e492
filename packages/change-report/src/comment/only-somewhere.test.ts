import { describe, expect, test } from '@jest/globals';
import { sampleChange } from '../testing/samples.ts';
import { cleaner, rotated, routine, row } from './comment.fixture.ts';
import { describeOnlySomewhere } from './only-somewhere.ts';

describe('what reaches only some environments', () => {
  test('is named by its setting, with the environments', () => {
    const rows = [
      row('dev', routine('dev')),
      row('staging', routine('staging')),
      row('prod', { verdict: 'changes', changes: [sampleChange(), cleaner('prod'), rotated] }),
    ];
    expect(describeOnlySomewhere(rows)).toBe('`cluster.pools.gpu.size` (prod)');
  });

  test('names a thing without its name where every environment has its own', () => {
    const named = (scope: string) => sampleChange({ title: `registry cr${scope}`, address: 'module.registry.x.this' });
    const rows = [
      row('dev', { verdict: 'changes', changes: [named('dev')] }),
      row('staging', { verdict: 'changes', changes: [named('staging')] }),
      row('prod', {}),
    ];
    expect(describeOnlySomewhere(rows)).toBe('creating registry (dev and staging)');
  });

  test.each([
    ['all change alike', [row('dev', routine('dev')), row('prod', routine('prod'))]],
    ['there is only one environment', [row('shared', {}), row('dev', routine('dev'))]],
    [
      'a plan is missing',
      [row('dev', routine('dev')), row('prod', undefined, { missing: { actions: ['provision-aks'], reason: 'x' } })],
    ],
    [
      'one of them is made from nothing',
      [
        row('dev', routine('dev')),
        row('prod', { verdict: 'changes', changes: ['a', 'b', 'c'].map(address => sampleChange({ address })) }),
      ],
    ],
  ])('is nothing when %s', (_, rows) => {
    expect(describeOnlySomewhere(rows)).toBeUndefined();
  });

  test('a region is not an environment', () => {
    const rows = [row('dev', routine('dev')), row('prod', routine('prod')), row('prod', {}, { region: 'northeurope' })];
    expect(describeOnlySomewhere(rows)).toBeUndefined();
  });

  test('is not endless', () => {
    const many = Array.from({ length: 20 }, (_, index) =>
      sampleChange({ kind: 'delete', address: `a.b${index}`, title: `thing n${index}` }),
    );
    const text = describeOnlySomewhere([row('dev', { verdict: 'changes', changes: many }), row('prod', {})]);
    expect(text).toMatch(/^deleting thing `n0` \(dev\), .*, 12 more$/);
  });
});

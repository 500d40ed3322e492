import { describe, expect, test } from '@jest/globals';
import { judgeAllowance } from './allowance.ts';
import { headline } from './headline.ts';
import type { ChangeReport, Check } from './model.ts';
import { changedCluster, replacedCluster, rotatedPool, sampleChange, sampleReport, shown } from './testing/samples.ts';

const place = { scope: 'dev', platformFile: 'platform.yaml' };
const failed: Check = { id: 'precondition', name: 'p', status: 'failed', message: 'm' };
const unknown: Check = { id: 'preflight/quota/unknown', name: 'q', status: 'unknown', message: 'm' };
const warning: Check = { id: 'preflight/quota', name: 'q', status: 'warning', message: 'm' };
const later: Check = { id: 'condition/x', name: 'x', status: 'later', message: 'm' };
const unrecorded: Check = { id: 'unrecorded/x', name: 'Everything is recorded', status: 'blocked', message: 'm' };
const output = { name: 'o', kind: 'create', before: { is: 'absent' }, after: shown('x') } as const;
const difference = { what: 'w', path: 'p', expected: 'e', actual: 'a' };
const routine = [sampleChange(), sampleChange(), changedCluster];
const blocked = (changes: ChangeReport['changes'], ...checks: readonly Check[]): Partial<ChangeReport> => ({
  verdict: 'blocked',
  changes,
  checks: [...judgeAllowance(changes, [], place), ...checks],
});

const cases: readonly (readonly [string, Partial<ChangeReport>])[] = [
  ['dev · westeurope: nothing changes', {}],
  ['shared: nothing changes', { scope: 'shared' }],
  ['dev · westeurope: nothing changes, but 1 check fails', { checks: [failed] }],
  ['dev · westeurope: nothing changes, but 1 check could not be made', { checks: [unknown, later] }],
  [
    'dev · westeurope: nothing changes, but 1 check fails, 2 checks warn and 2 checks could not be made',
    { checks: [failed, warning, unknown, warning, unknown] },
  ],
  [
    'dev · westeurope: nothing changes, but 2 checks fail and 1 thing was changed by others',
    { checks: [failed, failed], drift: [changedCluster] },
  ],
  ['dev · westeurope: 2 to create, 1 to change', { verdict: 'changes', changes: routine }],
  ['dev · westeurope: only 1 output changes', { verdict: 'changes', outputs: [output] }],
  ['dev · westeurope: only the recorded state is brought up to date', { verdict: 'changes' }],
  [
    'dev · westeurope rotates node pool `gpu` and makes 3 other changes',
    { verdict: 'changes', changes: [...routine, rotatedPool] },
  ],
  ['dev · westeurope is blocked: rotating node pool `gpu` is not allowed', blocked([rotatedPool])],
  [
    'dev · westeurope is blocked: replacing cluster `aks-contoso-dev-westeurope` and rotating node pool `gpu` are not allowed',
    blocked([rotatedPool, replacedCluster]),
  ],
  ['dev · westeurope is blocked: `Everything is recorded` does not hold', blocked([], unrecorded, unrecorded)],
  [
    'dev · westeurope is blocked: rotating node pool `gpu` is not allowed; 2 checks do not hold',
    blocked([rotatedPool], unrecorded, { ...unrecorded, name: 'Another' }),
  ],
  ['dev · westeurope: applied, no resource was changed', { command: 'apply', verdict: 'applied' }],
  ['dev · westeurope: applied, 2 created, 1 changed', { command: 'apply', verdict: 'applied', changes: routine }],
  [
    'dev · westeurope: applied, rotated node pool `gpu`',
    { command: 'apply', verdict: 'applied', changes: [rotatedPool] },
  ],
  ['dev · westeurope is what the platform file says', { command: 'verify', verdict: 'verified' }],
  ['dev · westeurope differs from the platform file in 1 place', { verdict: 'mismatch', differences: [difference] }],
  [
    'dev · westeurope: applied, but it differs from the platform file in 2 places',
    { command: 'apply', verdict: 'mismatch', differences: [difference, difference] },
  ],
  ['dev · westeurope is blocked', { verdict: 'blocked' }],
  ['dev · westeurope: apply failed', { command: 'apply', verdict: 'failed' }],
];

describe('headline', () => {
  test.each(cases)('%s', (sentence, found) => {
    expect(headline(sampleReport(found))).toBe(sentence);
  });

  test('names the most dangerous first, wherever the plan has it', () => {
    const changes = [rotatedPool, rotatedPool, replacedCluster];
    expect(headline(sampleReport({ verdict: 'changes', changes }))).toMatch(/^dev · westeurope replaces cluster/);
    expect(headline(sampleReport(blocked(changes)))).toMatch(/blocked: replacing cluster/);
  });

  test('is one line, whatever a name holds', () => {
    const changes = [{ ...rotatedPool, title: 'node\npool a`b\r\nc' }];
    const sentence = headline(sampleReport({ verdict: 'changes', changes }));
    expect(sentence).toBe('dev · westeurope rotates node pool `a b c`');
  });
});

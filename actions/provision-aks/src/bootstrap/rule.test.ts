import { describe, expect, test } from '@jest/globals';
import { atLeast, changedBody, differences, holds, newBody, type Rule } from './rule.ts';

const account: Rule = {
  must: { properties: { minimumTlsVersion: 'TLS1_2', allowSharedKeyAccess: false } },
  once: { location: 'westeurope', properties: { accessTier: 'Hot' } },
  change: 'patch',
};
const service: Rule = {
  must: { properties: { isVersioningEnabled: true, deleteRetentionPolicy: { enabled: true, days: atLeast(30) } } },
  change: 'put',
};
const ours = { name: 'ours', days: 7 };
const policy: Rule = { must: { properties: { policy: { rules: holds('name', [ours]) } } }, change: 'put' };

describe('differences', () => {
  test.each([
    ['all holds', account, { properties: { minimumTlsVersion: 'TLS1_2', allowSharedKeyAccess: false, more: 1 } }, []],
    [
      'what differs, by its path',
      account,
      { properties: { minimumTlsVersion: 'TLS1_0' } },
      ['properties.minimumTlsVersion', 'properties.allowSharedKeyAccess'],
    ],
    [
      'more days are fine',
      service,
      { properties: { isVersioningEnabled: true, deleteRetentionPolicy: { enabled: true, days: 90 } } },
      [],
    ],
    [
      'fewer are not',
      service,
      { properties: { isVersioningEnabled: true, deleteRetentionPolicy: { enabled: true, days: 7 } } },
      ['properties.deleteRetentionPolicy.days'],
    ],
    [
      'a list in which it is missing',
      policy,
      { properties: { policy: { rules: [{ name: 'other' }] } } },
      ['properties.policy.rules[ours]'],
    ],
    [
      'a list in which it differs',
      policy,
      { properties: { policy: { rules: [{ name: 'ours', days: 9 }] } } },
      ['properties.policy.rules[ours].days'],
    ],
    ['nothing there at all', policy, undefined, ['properties.policy.rules[ours]']],
  ])('%s', (_, rule: Rule, body: unknown, expected: string[]) => {
    expect(differences(rule, body)).toEqual(expected);
  });
});

test('a new body has what must hold and what is said once', () => {
  expect(newBody(account)).toEqual({
    location: 'westeurope',
    properties: { accessTier: 'Hot', minimumTlsVersion: 'TLS1_2', allowSharedKeyAccess: false },
  });
  expect(newBody(service)).toEqual({
    properties: { isVersioningEnabled: true, deleteRetentionPolicy: { enabled: true, days: 30 } },
  });
  expect(newBody(policy)).toEqual({ properties: { policy: { rules: [ours] } } });
});

test('a patch says only what must hold', () => {
  expect(changedBody(account, { location: 'northeurope', properties: { accessTier: 'Cool' } })).toEqual({
    properties: { minimumTlsVersion: 'TLS1_2', allowSharedKeyAccess: false },
  });
});

test('a put keeps what else is there', () => {
  const body = {
    id: '/x',
    type: 't',
    properties: {
      cors: { corsRules: [] },
      deleteRetentionPolicy: { enabled: false, days: 90, allowPermanentDelete: true },
    },
  };
  expect(changedBody(service, body)).toEqual({
    properties: {
      cors: { corsRules: [] },
      isVersioningEnabled: true,
      deleteRetentionPolicy: { enabled: true, days: 90, allowPermanentDelete: true },
    },
  });
  const rules = [{ name: 'other' }, { name: 'ours', days: 9 }];
  expect(changedBody(policy, { properties: { policy: { rules } } })).toEqual({
    properties: { policy: { rules: [{ name: 'other' }, ours] } },
  });
});

test('what is put right holds', () => {
  for (const [rule, body] of [
    [account, { properties: {} }],
    [service, { properties: { deleteRetentionPolicy: { days: 365 } } }],
    [policy, { properties: { policy: { rules: [{ name: 'ours', days: 1 }] } } }],
  ] as const) {
    expect(differences(rule, changedBody(rule, body))).toEqual([]);
    expect(differences(rule, newBody(rule))).toEqual([]);
  }
});

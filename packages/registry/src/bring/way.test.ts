import { describe, expect, test } from '@jest/globals';
import { digestOf, plannedImage } from '../testing/planned.ts';
import type { PlannedImage } from '../transfer/index.ts';
import { rootsOf } from './imports.ts';
import { chooseWay, type RegistryFacts } from './way.ts';

const open = { isPublic: true, isOpen: true, trustsServices: true };
const registry = (name: string, network: Partial<typeof open> = {}) => ({
  host: `${name}.azurecr.io`,
  resource: { name, network: { ...open, ...network } },
});
const image = plannedImage('a', [{ letter: 'b' }, { letter: 'a', children: 'b' }]);
const untrusted = 'let no trusted services of Azure in (networkRuleBypassOptions)';

describe('the way of an image', () => {
  test.each<
    readonly [
      string,
      readonly [from: Parameters<typeof chooseWay>[0], to: RegistryFacts, image: PlannedImage],
      ReturnType<typeof chooseWay>,
    ]
  >([
    ['from one registry of Azure to another', [registry('dev'), registry('prod'), image], { kind: 'import' }],
    ['from outside', [undefined, registry('prod'), image], { kind: 'stream' }],
    [
      'from one that gives to everybody',
      [{ host: 'quay.io', isPublic: true }, registry('prod'), image],
      { kind: 'import' },
    ],
    [
      'from there into one that trusts nobody',
      [{ host: 'quay.io', isPublic: true }, registry('prod', { isOpen: false, trustsServices: false }), image],
      { kind: 'stream', why: `the network rules of prod ${untrusted}` },
    ],
    ['within one registry', [registry('all'), registry('all'), image], { kind: 'mount' }],
    [
      'into a private one that trusts',
      [registry('dev'), registry('prod', { isPublic: false }), image],
      { kind: 'import' },
    ],
    [
      'into a private one that trusts nobody',
      [registry('dev'), registry('prod', { isPublic: false, trustsServices: false }), image],
      { kind: 'stream', why: `the network rules of prod ${untrusted}` },
    ],
    [
      'out of one whose rules let nobody in',
      [registry('dev', { isOpen: false, trustsServices: false }), registry('prod'), image],
      { kind: 'stream', why: `the network rules of dev ${untrusted}` },
    ],
    [
      'where trust is not needed',
      [registry('dev', { trustsServices: false }), registry('prod'), image],
      { kind: 'import' },
    ],
    [
      'without the resource manager',
      [registry('dev'), { host: 'prod.azurecr.io', resource: undefined }, image],
      { kind: 'stream' },
    ],
  ])('%s', (_, given, expected) => {
    expect(chooseWay(...given, 50)).toEqual(expected);
  });

  test.each([
    [50, 0, 'import'],
    [51, 0, 'stream'],
    [50, 10, 'import'],
  ])('%i manifests and %i referrers', (own, referrers, expected) => {
    const manifests = [
      ...Array.from({ length: own }, () => ({ letter: 'a' })),
      ...Array.from({ length: referrers }, () => ({ letter: 'b', role: 'referrer' as const })),
    ];
    expect(chooseWay(registry('dev'), registry('prod'), plannedImage('a', manifests), 50).kind).toBe(expected);
  });
});

test.each<readonly [string, Parameters<typeof plannedImage>[1], string]>([
  ['an index brings its children', [{ letter: 'b' }, { letter: 'c' }, { letter: 'a', children: 'bc' }], 'a'],
  [
    'what refers to it goes by itself, and after it',
    [{ letter: 's', role: 'referrer' }, { letter: 'a' }, { letter: 't', role: 'referrer' }],
    'ast',
  ],
  [
    'what is there is left out',
    [
      { letter: 'a', isPresent: true },
      { letter: 's', role: 'referrer' },
    ],
    's',
  ],
  [
    'an index that is not there brings a child that is',
    [
      { letter: 'b', isPresent: true },
      { letter: 'a', children: 'b' },
    ],
    'a',
  ],
  ['everything is there', [{ letter: 'a', isPresent: true }], ''],
])('what is imported: %s', (_, manifests, letters) => {
  expect(rootsOf(plannedImage('a', manifests))).toEqual([...letters].map(digestOf));
});

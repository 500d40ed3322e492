import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import type { Way } from '@suite/registry';
import { type PlannedTag, totalsOf } from '@suite/registry';
import { digestOf, type ManifestSeed, plannedImage } from '@suite/registry/testing';
import type { Known, Observed } from './observe.ts';
import { planImages, planToCome } from './plan.ts';
import type { WantedImage } from './target.ts';

const image: WantedImage = {
  name: 'web',
  origin: { kind: 'upstream', repository: 'apps/web', digest: digestOf('a') },
  repository: 'apps/web',
  tags: ['v1'],
  platforms: [],
  setting: 'images.web',
};
const whole: readonly ManifestSeed[] = [
  { letter: 'b', blobs: [['1', 14_000_000]] },
  { letter: 'a', children: 'b' },
  { letter: 's', role: 'referrer' },
];
const present = whole.map(one => ({ ...one, isPresent: true }));
const tag = (state: PlannedTag['state'], before?: string): PlannedTag => ({
  tag: 'v1',
  digest: digestOf('a'),
  state,
  ...(before === undefined ? {} : { before }),
});

function known(manifests: readonly ManifestSeed[], tags: readonly PlannedTag[], more: Partial<Known> = {}): Known {
  const planned = plannedImage('a', manifests, tags);
  const blobs = planned.manifests
    .filter(({ isPresent }) => !isPresent)
    .flatMap(({ manifest }) => manifest.blobs)
    .map(descriptor => ({
      repository: 'apps/web',
      descriptor,
      source: planned.copy.source,
      action: { kind: 'send' } as const,
    }));
  const totals = totalsOf({ images: [planned], blobs });
  return { state: 'known', image, planned, totals, wholeBytes: 212_000_000, missingPlatforms: [], ...more };
}

function plan(observed: Observed, way: Way = { kind: 'import' }, overwrite = false) {
  return planImages({ host: 'cr.azurecr.io', images: [{ observed, way }], overwrite });
}

describe('changes', () => {
  test.each<readonly [string, Known, Way, readonly unknown[]]>([
    [
      'an image that is new',
      known(whole, [tag('new')]),
      { kind: 'import' },
      [
        'create',
        'low',
        ['digest', 'absent', digestOf('a')],
        ['tag v1', 'absent', digestOf('a')],
        ['transfer', 'absent', 'imported by Azure: 14 MB of 212 MB in 1 blob; 1 signature or other referrer'],
      ],
    ],
    [
      'one that goes through the runner',
      known(whole, [tag('same')]),
      { kind: 'stream', why: 'it has 51 manifests' },
      [
        'create',
        'low',
        ['digest', 'absent', digestOf('a')],
        [
          'transfer',
          'absent',
          'through the runner, because it has 51 manifests: 14 MB of 212 MB in 1 blob; 1 signature or other referrer',
        ],
      ],
    ],
    ['one that is there', known(present, [tag('same')]), { kind: 'import' }, []],
    [
      'a tag alone',
      known(present, [tag('new')]),
      { kind: 'import' },
      ['update', 'low', ['tag v1', 'absent', digestOf('a')]],
    ],
    [
      'a tag that moves',
      known(present, [tag('moves', digestOf('0'))]),
      { kind: 'import' },
      ['update', 'medium', ['tag v1', digestOf('0'), digestOf('a')]],
    ],
    [
      'a signature that came later',
      known([...present.slice(0, 2), { letter: 's', role: 'referrer' }], [tag('same')]),
      { kind: 'mount' },
      [
        'update',
        'low',
        [
          'transfer',
          'absent',
          'mounted in the same registry: 0 bytes of 212 MB in 0 blobs; 1 signature or other referrer',
        ],
      ],
    ],
  ])('%s', (_, observed, way, expected) => {
    const shown = plan(observed, way).changes.flatMap(({ kind, risk, attributes }) => [
      kind,
      risk,
      ...attributes.map(({ path, before, after }) => [
        path,
        ...[before, after].map(one => ('text' in one ? one.text : one.is)),
      ]),
    ]);
    expect(shown).toEqual(expected);
  });
});

describe('checks', () => {
  const absent = {
    state: 'absent',
    image,
    digest: digestOf('a'),
    source: 'dev.azurecr.io/apps/web',
    isThere: false,
  } as const;
  const failure = new UserError({ message: 'No answer.', remedy: 'Look there.' });

  test.each<readonly [string, Observed, boolean, readonly (readonly [string, string])[]]>([
    ['nothing to say', known(whole, [tag('new')]), false, []],
    ['not in the environment before yet', absent, false, [['source/web', 'later']]],
    [
      'not in its source',
      {
        ...absent,
        image: {
          ...image,
          origin: { kind: 'registry', source: { host: 'a.b', repository: 'c', digest: digestOf('a') } },
        },
      },
      false,
      [['source/web', 'blocked']],
    ],
    ['purged in its source, and there', { ...absent, isThere: true }, false, [['source/web', 'warning']]],
    ['nobody knows', { state: 'unreadable', image, failure }, false, [['source/web', 'unknown']]],
    ['a tag that moves', known(present, [tag('moves', digestOf('0'))]), false, [['tag/apps/web:v1', 'blocked']]],
    ['a tag that is meant to', known(present, [tag('moves', digestOf('0'))]), true, [['tag/apps/web:v1', 'warning']]],
    ['a signature tag that grows', known(present, [tag('grows', digestOf('0'))]), false, []],
    [
      'a platform',
      known(whole, [tag('new')], { missingPlatforms: ['linux/arm64'] }),
      false,
      [['platforms/web', 'blocked']],
    ],
  ])('%s', (_, observed, overwrite, expected) => {
    const { checks } = plan(observed, undefined, overwrite);
    expect(checks.map(({ id, status }) => [id, status])).toEqual(expected);
    for (const { setting } of checks) expect(setting).toBe('images.web');
  });
});

test('what the environment before does not have yet is planned by its digest, unless it is there', () => {
  const absent = { state: 'absent', image, digest: digestOf('a'), source: 'dev.azurecr.io/apps/web' } as const;
  const [change] = plan({ ...absent, isThere: false }).changes;
  expect([change?.kind, change?.attributes.map(({ path, after }) => [path, after.is])]).toEqual([
    'create',
    [
      ['digest', 'shown'],
      ['transfer', 'unknown'],
    ],
  ]);
  expect(plan({ ...absent, isThere: true }).changes).toEqual([]);
});

test('the digest is of what would be done, not of what has arrived already', () => {
  const digests = [
    known(whole, [tag('new')]),
    known([{ ...whole[0], letter: 'b', isPresent: true }, ...whole.slice(1)], [tag('new')]),
    known(whole, [tag('moves', digestOf('0'))]),
    known(whole, [tag('moves', digestOf('1'))]),
  ].map(observed => plan(observed).digest);
  expect(digests[0]).toBe(digests[1]);
  expect(new Set(digests).size).toBe(3);
});

test('without a registry every image that is known by its digest is one to come', () => {
  const source = { host: 'ghcr.io', repository: 'contoso/web', digest: digestOf('c') };
  const built = { context: '/w', file: undefined, target: undefined, arguments: [] };
  const images: readonly WantedImage[] = [
    image,
    { ...image, name: 'api', repository: 'apps/api', origin: { kind: 'registry', source } },
    { ...image, name: 'built', repository: 'apps/built', origin: { kind: 'build', build: built } },
  ];
  const { changes, checks, digest } = planToCome(images, 'the registry of dev in westeurope');
  expect(changes.map(({ address, kind, risk }) => [address, kind, risk])).toEqual([
    [`apps/web@${digestOf('a')}`, 'create', 'low'],
    [`apps/api@${digestOf('c')}`, 'create', 'low'],
  ]);
  expect(changes[0]?.attributes.map(({ path, after, setting }) => [path, after.is, setting])).toEqual([
    ['digest', 'shown', 'images.web'],
    ['tag v1', 'shown', undefined],
    ['transfer', 'unknown', undefined],
  ]);
  expect(checks.map(({ id, status }) => [id, status])).toEqual([
    ['source/web', 'later'],
    ['source/api', 'later'],
    ['source/built', 'later'],
  ]);
  expect(checks[0]?.message).toMatch(
    /^There is no registry of dev in westeurope yet: .* when the infrastructure is there\.$/,
  );
  expect(planToCome(images.slice(1), 'x').digest).not.toBe(digest);
});

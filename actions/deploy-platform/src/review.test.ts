import { describe, expect, test } from '@jest/globals';
import type { Action } from './release.ts';
import { beyondReview, digestOf, parseReviewedReleases, type ReviewedReleases, reviewOf } from './review.ts';

const release = (name: string, action: Action, intent = 'i', plan?: string, wasBegun = false) => ({
  name,
  action,
  wasBegun,
  reviewed: { action, intent, ...(plan === undefined ? {} : { plan }) },
});
const review = (releases: ReviewedReleases) => ({ digest: digestOf(releases), releases });
const seen = review({
  whole: { action: 'upgrade', intent: 'i', plan: 'p' },
  part: { action: 'install', intent: 'i' },
  gone: { action: 'uninstall', intent: 'i', plan: 'p' },
});
const same = [
  release('whole', 'upgrade', 'i', 'p'),
  release('part', 'install'),
  release('gone', 'uninstall', 'i', 'p'),
];

test('what was reviewed to the last may be applied, with its digest alone', () => {
  expect(beyondReview(same, seen)).toEqual([]);
  expect(beyondReview(same, { digest: seen.digest, releases: undefined })).toEqual([]);
});

test('the digest alone takes nothing else', () => {
  const digest = { digest: seen.digest, releases: undefined };
  expect(beyondReview([release('whole', 'none')], digest)).toEqual(['its digest differs']);
});

test('a list that the digest does not cover counts for nothing', () => {
  const forged = { ...seen.releases, part: { action: 'install', intent: 'other' } } as const;
  expect(beyondReview([release('part', 'install', 'other')], { digest: seen.digest, releases: forged })).toEqual([
    'the digest is not that of the reviewed releases',
  ]);
});

describe('with what was reviewed, release by release', () => {
  test.each([
    ['nothing is left of it', [release('whole', 'none', 'x', 'x'), ...same.slice(1)]],
    [
      'only its intent could be reviewed, and is the same',
      [...same.slice(0, 1), release('part', 'install', 'i', 'new')],
    ],
    ['it was begun and cut off', [release('whole', 'upgrade', 'i', 'rest', true), ...same.slice(1)]],
    ['it is taken away already', same.slice(0, 2)],
  ])('%s', (_, now) => {
    expect(beyondReview(now.length === 3 ? now : [...now, release('gone', 'none')], seen)).toEqual([]);
  });

  test.each([
    ['whole', release('whole', 'upgrade', 'i', 'other'), 'what whole changes in the cluster is not the same'],
    ['whole', release('whole', 'upgrade', 'other', 'other', true), 'whole is not the same'],
    ['part', release('part', 'install', 'other'), 'part is not the same'],
    ['gone', release('gone', 'install', 'i', 'other', true), 'gone is not the same'],
  ])('%s goes beyond it', (name, now, what) => {
    expect(beyondReview([...same.filter(one => one.name !== name), now], seen)).toEqual([what]);
  });

  test('a release that came or went is named', () => {
    expect(beyondReview([...same.slice(1), release('new', 'install', 'i', 'p')], seen)).toEqual([
      'new was not in it',
      'whole is gone',
    ]);
  });

  test('a name such as constructor is nobody’s', () => {
    expect(beyondReview([...same, release('constructor', 'install')], seen)).toEqual(['constructor was not in it']);
  });
});

test('the list is read as it was written, and nothing else is', () => {
  expect(parseReviewedReleases(JSON.stringify(reviewOf(same)))).toEqual(seen.releases);
  for (const text of [
    '',
    '[]',
    '7',
    'null',
    '{"a":1}',
    '{"a":{"action":"x","intent":"i"}}',
    '{"a":{"action":"none"}}',
  ]) {
    expect(parseReviewedReleases(text)).toBeUndefined();
  }
});

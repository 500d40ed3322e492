import { describe, expect, test } from '@jest/globals';
import { likeness, match, parseReference } from './match.ts';
import { web, worker } from './testing.ts';

test.each([
  ['web', 'web', undefined, undefined],
  ['web:1.2', 'web', '1.2', undefined],
  ['localhost:5000/web', 'localhost:5000/web', undefined, undefined],
  ['localhost:5000/a/web:v1@sha256:ab', 'localhost:5000/a/web', 'v1', 'sha256:ab'],
  ['ghcr.io/contoso/web@sha256:ab', 'ghcr.io/contoso/web', undefined, 'sha256:ab'],
])('%s', (text, repository, tag, digest) => {
  expect(parseReference(text)).toEqual({ repository, tag, digest });
});

test.each([
  ['crdev.azurecr.io/apps/web', 3],
  ['CRDEV.azurecr.io/apps/web', 3],
  ['ghcr.io/contoso/web', 3],
  ['crprod.azurecr.io/apps/web', 2],
  ['apps/web', 2],
  ['web', 2],
  ['quay.io/somebody/web', 1],
  ['quay.io/somebody/webby', 0],
  ['nginx', 0],
])('%s is like it by %d', (repository, degree) => {
  expect(likeness(repository, web)).toBe(degree);
});

describe('of several candidates', () => {
  const find = (candidates: readonly string[]) => {
    const { found, doubtful } = match(candidates, one => one, [web, worker]);
    return { web: found.get(web), worker: found.get(worker), doubt: doubtful.get(web) };
  };
  test.each([
    ['each is its own', ['web', 'worker'], { web: ['web'], worker: ['worker'] }],
    ['what is surely meant, not what looks alike', ['web', 'quay.io/x/web'], { web: ['web'] }],
    [
      'one that only looks alike is taken',
      ['quay.io/x/web', 'quay.io/x/web'],
      { web: ['quay.io/x/web', 'quay.io/x/web'] },
    ],
    ['two that only look alike are not', ['a.io/x/web', 'b.io/y/web'], { doubt: ['a.io/x/web', 'b.io/y/web'] }],
    ['nothing', ['nginx'], {}],
  ])('%s', (_, candidates, expected) => {
    expect(find(candidates)).toEqual({ web: undefined, worker: undefined, doubt: undefined, ...expected });
  });

  test('two images of the same last part are told apart by their paths, or not at all', () => {
    const [apps, jobs] = [
      { name: 'one', repository: 'cr.io/apps/api', digest: 'd' },
      { name: 'two', repository: 'cr.io/jobs/api', digest: 'd' },
    ];
    const both = match(['other.io/apps/api', 'other.io/jobs/api'], one => one, [apps, jobs]);
    expect([both.found.get(apps), both.found.get(jobs)]).toEqual([['other.io/apps/api'], ['other.io/jobs/api']]);
    const unclear = match(['other.io/x/api'], one => one, [apps, jobs]);
    expect([unclear.found.size, unclear.doubtful.size]).toEqual([0, 2]);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@suite/foundation';
import type { ImageForm, ImagePlace } from './place.ts';
import { matchPlaces, type Pointer, pointValues } from './point-values.ts';

const digits = 'a'.repeat(64);
const place = (path: string, repository: string, form: ImageForm = 'registry-sha'): ImagePlace => ({
  path: path.split('.'),
  repository,
  form,
});
const pointer: Pointer = {
  host: 'cr.azurecr.io',
  repository: 'mirror/quay.io/a/b',
  digest: `sha256:${digits}`,
  tag: 'v1',
};

describe('values that point to the mirror', () => {
  test.each<readonly [ImageForm, JsonObject, JsonObject]>([
    ['repository-digest', {}, { repository: 'cr.azurecr.io/mirror/quay.io/a/b', digest: `sha256:${digits}` }],
    [
      'repository-digest',
      { image: { registry: 'quay.io' } },
      { registry: '', repository: 'cr.azurecr.io/mirror/quay.io/a/b', digest: `sha256:${digits}` },
    ],
    [
      'registry-digest',
      {},
      { registry: 'cr.azurecr.io', repository: 'mirror/quay.io/a/b', digest: `sha256:${digits}` },
    ],
    ['registry-sha', {}, { registry: 'cr.azurecr.io', repository: 'mirror/quay.io/a/b', sha: digits }],
    [
      'registry-whole-sha',
      {},
      { registry: 'cr.azurecr.io', repository: 'mirror/quay.io/a/b', sha: `sha256:${digits}` },
    ],
    ['repository-tag', {}, { repository: 'cr.azurecr.io/mirror/quay.io/a/b', tag: `v1@sha256:${digits}` }],
    [
      'repository-tag-digest',
      {},
      { repository: 'cr.azurecr.io/mirror/quay.io/a/b', tag: 'v1', digest: `sha256:${digits}` },
    ],
    ['name-tag', {}, { name: 'cr.azurecr.io/mirror/quay.io/a/b', tag: `v1@sha256:${digits}` }],
    [
      'folder-image-version',
      {},
      { repository: 'cr.azurecr.io/mirror/quay.io/a', image: 'b', version: `v1@sha256:${digits}` },
    ],
  ])('as %s', (form, values, expected) => {
    expect(pointValues(new Map([[place('image', 'a/b', form), pointer]]), values)).toEqual({ image: expected });
  });

  test('a digest without a tag has to stand behind one', () => {
    const without = { ...pointer, tag: undefined };
    expect(pointValues(new Map([[place('image', 'a/b', 'repository-tag'), without]]), {})).toMatchObject({
      image: { tag: `mirrored@sha256:${digits}` },
    });
  });

  test('of a list of containers those with the image', () => {
    const other = { name: 'other', image: 'quay.io/a/c:1' };
    const values = { sidecars: [{ name: 'one', image: 'quay.io/a/b:1', env: [] }, other] };
    expect(pointValues(new Map([[place('sidecars', 'a/b', 'containers'), pointer]]), values)).toEqual({
      sidecars: [{ name: 'one', image: `cr.azurecr.io/mirror/quay.io/a/b@sha256:${digits}`, env: [] }, other],
    });
    expect(pointValues(new Map([[place('sidecars', 'a/b', 'containers'), pointer]]), {})).toEqual({});
  });

  test('a registry for all images gives way', () => {
    const values = { global: { imageRegistry: 'mine.example' } };
    expect(pointValues(new Map([[place('image', 'a/b'), pointer]]), values)).toMatchObject({
      global: { imageRegistry: '' },
    });
  });
});

describe('the image of a place', () => {
  test.each<readonly [ImageForm, JsonObject, string | undefined]>([
    ['folder-image-version', {}, 'nvcr.io/nvidia/op:1'],
    ['folder-image-version', { image: { repository: 'nvcr.io/nvidia', image: 'op' } }, 'nvcr.io/nvidia/op:1'],
    ['folder-image-version', { image: { repository: 'me.example/nvidia' } }, undefined],
    ['name-tag', { image: { name: 'nvcr.io/nvidia/op' } }, 'nvcr.io/nvidia/op:1'],
    ['name-tag', { image: { name: 'me.example/op' } }, undefined],
  ])('in the form %s', (form, values, expected) => {
    const one = place('image', 'nvidia/op', form);
    expect(matchPlaces([one], ['nvcr.io/nvidia/op:1'], values).get(one)).toBe(expected);
  });

  const one = place('one.image', 'a/b', 'repository-tag');
  const two = place('two.image', 'a/b', 'repository-tag');
  test.each<readonly [string, readonly string[], JsonObject, readonly (string | undefined)[]]>([
    ['is that of its repository', ['quay.io/a/b:1', 'quay.io/x/a-b:1'], {}, ['quay.io/a/b:1', 'quay.io/a/b:1']],
    ['is none where none is rendered', ['quay.io/c/d:1'], {}, [undefined, undefined]],
    [
      'is that of the repository that somebody names',
      ['quay.io/a/b:1', 'ghcr.io/me/b:2'],
      { two: { image: { repository: 'ghcr.io/me/b' } } },
      ['quay.io/a/b:1', 'ghcr.io/me/b:2'],
    ],
    [
      'is that of the tag that somebody names',
      ['quay.io/a/b:1', 'quay.io/a/b:2'],
      { two: { image: { tag: '2' } } },
      ['quay.io/a/b:1', 'quay.io/a/b:2'],
    ],
    ['is none where it could be several', ['quay.io/a/b:1', 'quay.io/a/b:2'], {}, [undefined, undefined]],
  ])('%s', (_, rendered, values, expected) => {
    const found = matchPlaces([one, two], rendered, values);
    expect([found.get(one), found.get(two)]).toEqual(expected);
  });
});

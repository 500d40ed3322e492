import { expect, test } from '@jest/globals';
import { loginServerIn, placedImages } from './images.ts';
import { viewWith } from './view.fixture.ts';

const view = viewWith('{ repository: a/b, apps: [] }');
const [a, b, c] = ['a', 'b', 'c'].map(digit => `sha256:${digit.repeat(64)}`) as [string, string, string];

test("the platform file's images, in the registry of the environment", () => {
  expect(placedImages(view, 'cr.azurecr.io', [])).toEqual([
    { name: 'web', repository: 'cr.azurecr.io/apps/web', digest: a, knownAs: ['ghcr.io/contoso/web'] },
    { name: 'worker', repository: 'cr.azurecr.io/worker', digest: b, knownAs: ['ghcr.io/contoso/worker'] },
  ]);
});

test('an input takes the place of one, or adds one', () => {
  const source = (repository: string) => ({ host: 'other.io', repository, digest: c });
  const images = placedImages(view, 'cr.azurecr.io', [
    { name: 'web', source: source('x/web') },
    { name: 'extra', source: source('extra') },
  ]);
  expect(images.map(({ name, repository, digest }) => [name, repository, digest])).toEqual([
    ['web', 'other.io/x/web', c],
    ['worker', 'cr.azurecr.io/worker', b],
    ['extra', 'other.io/extra', c],
  ]);
  expect(images[0]?.knownAs).toEqual(['ghcr.io/contoso/web', 'cr.azurecr.io/apps/web']);
});

test.each([
  ['public', { existing: false, name: 'crContoso' }, undefined, 'crcontoso.azurecr.io'],
  ['public', { existing: true, id: '/subscriptions/s/registries/crTheirs' }, {}, 'crtheirs.azurecr.io'],
  ['public', { existing: false, name: 'cr' }, { registry_login_server: 'cr-hash.azurecr.io' }, 'cr-hash.azurecr.io'],
  ['usgovernment', { existing: false, name: 'crContoso' }, undefined, 'crcontoso.azurecr.us'],
] as const)('in %s, where %j with %j is', (cloud, registry, outputs, expected) => {
  expect(loginServerIn({ cloud, registry: registry as never }, outputs)).toBe(expected);
});

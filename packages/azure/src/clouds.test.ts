import { expect, test } from '@jest/globals';
import { cloudNames, cloudOfRegistry, clouds, isRegistryOf, loginServerOf } from './clouds.ts';

const hosts = (value: object) => Object.values(value).filter(one => String(one).includes('.'));

test('no host and no audience is the same in two clouds', () => {
  const all = cloudNames.flatMap(name => [...new Set(hosts(clouds[name]))]);
  expect(new Set(all).size).toBe(all.length);
});

test.each([
  ['crcontoso.azurecr.io', 'public'],
  ['crcontoso-a1b2.azurecr.us', 'usgovernment'],
  ['crcontoso.azurecr.cn', 'china'],
  ['ghcr.io', undefined],
  ['azurecr.io', undefined],
  ['crcontoso.azurecr.io.example.com', undefined],
])('%s is a registry of %s', (host, expected) => {
  expect(cloudOfRegistry(host)?.name).toBe(expected);
  expect(cloudNames.filter(name => isRegistryOf(clouds[name], host))).toEqual(expected === undefined ? [] : [expected]);
});

test("a registry's id says where it is reached, until Azure says it", () => {
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/crContoso';
  expect(loginServerOf(clouds.china, id)).toBe('crcontoso.azurecr.cn');
});

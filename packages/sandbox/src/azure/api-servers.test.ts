import { expect, test } from '@jest/globals';
import { createApiServers } from './api-servers.ts';

const cluster = (properties: object) => ({
  id: '/c',
  type: 'Microsoft.ContainerService/managedClusters',
  name: 'c',
  etag: '"1"',
  body: { properties },
});

test.each([
  ['inside', true],
  ['outside', false],
])('from %s: API servers of clusters that exist are reached, and nobody gets in', async (_place, isInside) => {
  const { exists, handler } = createApiServers(
    () => [
      cluster({ fqdn: 'a.hcp.westeurope.azmk8s.io' }),
      cluster({ privateFQDN: 'b.privatelink.westeurope.azmk8s.io' }),
    ],
    () => isInside,
  );
  expect(
    ['a.hcp.westeurope.azmk8s.io', 'b.privatelink.westeurope.azmk8s.io', 'c.hcp.westeurope.azmk8s.io'].map(exists),
  ).toEqual([true, isInside, false]);
  expect((await handler()).status).toBe(401);
});

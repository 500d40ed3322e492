import { expect, test } from '@jest/globals';
import { createApiServers } from './api-servers.ts';

const cluster = (properties: object) => ({
  id: '/c',
  type: 'Microsoft.ContainerService/managedClusters',
  name: 'c',
  etag: '"1"',
  body: { properties },
});

test('only API servers of clusters that exist are reached, and nobody gets in', async () => {
  const { exists, handler } = createApiServers(() => [
    cluster({ fqdn: 'a.hcp.westeurope.azmk8s.io' }),
    cluster({ privateFQDN: 'b.privatelink.westeurope.azmk8s.io' }),
  ]);
  expect(
    ['a.hcp.westeurope.azmk8s.io', 'b.privatelink.westeurope.azmk8s.io', 'c.hcp.westeurope.azmk8s.io'].map(exists),
  ).toEqual([true, true, false]);
  expect((await handler()).status).toBe(401);
});

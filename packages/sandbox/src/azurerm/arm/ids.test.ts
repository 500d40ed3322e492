import { describe, expect, test } from '@jest/globals';
import { describeId, formatId, type IdKind, parseId } from './ids.ts';

const pool: IdKind = {
  label: 'Agent Pool',
  namespace: 'Microsoft.ContainerService',
  segments: [
    ['managedClusters', 'Managed Cluster Name'],
    ['agentPools', 'Agent Pool Name'],
  ],
};
const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c/agentPools/p';

describe('resource ids', () => {
  test('are put together from what they are taken apart into', () => {
    const parts = parseId(pool, id.toLowerCase());
    expect(parts).toMatchObject({ subscriptions: 's', resourceGroups: 'g', managedClusters: 'c', agentPools: 'p' });
    expect(formatId(pool, parts ?? {})).toBe(id);
  });

  test('are named as azurerm names them', () => {
    expect(describeId(pool, id)).toBe(
      'Agent Pool (Subscription: "s"\nResource Group Name: "g"\nManaged Cluster Name: "c"\nAgent Pool Name: "p")',
    );
  });

  test.each([
    '',
    '/',
    id.slice(0, -2),
    `${id}/x/y`,
    id.replace('agentPools', 'pools'),
    id.replace('ContainerService', 'Compute'),
  ])('%s is none', text => {
    expect(parseId(pool, text)).toBeUndefined();
  });
});

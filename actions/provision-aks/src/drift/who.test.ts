import { expect, test } from '@jest/globals';
import type { Change } from '@suite/change-report';
import type { Difference } from '../verify/compare.ts';
import { type Activity, describeWho } from './who.ts';

const aks = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks-contoso-dev';
const event = (caller: string, at: string, more: Partial<Activity> = {}): Activity => ({
  resourceId: aks,
  caller,
  clientId: 'portal',
  operation: 'Microsoft.ContainerService/managedClusters/write',
  at,
  ...more,
});

const cleaner: Change = {
  address: 'module.cluster.azurerm_kubernetes_cluster.this',
  type: 'azurerm_kubernetes_cluster',
  title: 'cluster aks-contoso-dev',
  kind: 'update',
  reasons: [],
  attributes: [],
  reach: 'cluster',
  risk: 'low',
};
const pool: Difference = {
  what: 'Node pool byhand',
  path: 'agentPoolProfiles[byhand]',
  expected: undefined,
  actual: 'byhand',
};
const setting: Difference = {
  what: 'Run command',
  path: 'apiServerAccessProfile.disableRunCommand',
  expected: true,
  actual: false,
};

const told = (drift: readonly Change[], unseen: readonly Difference[], activity: readonly Activity[]) =>
  describeWho(drift, unseen, activity, { own: ['apply'], cluster: 'aks-contoso-dev' });

test('the last one who changed it, and when', () => {
  const activity = [
    event('lisa@contoso.com', '2026-11-25T03:12:44.1Z'),
    event('mona@contoso.com', '2026-11-26T03:12:44.1Z'),
    event('eve@contoso.com', '2026-11-24T03:12:44.1Z'),
  ];
  expect(told([cleaner], [], activity)).toEqual([
    "`aks-contoso-dev` was last changed by `mona@contoso.com` at 2026-11-26 03:12 UTC (`Microsoft.ContainerService/managedClusters/write`), says Azure's activity log.",
  ]);
  // A setting without a name of its own is the cluster's, and nothing is told twice.
  expect(told([cleaner], [setting], activity)).toHaveLength(1);
});

test('a pool that was made by hand, whatever the case', () => {
  const made = event('mona@contoso.com', '2026-11-26T03:12:44Z', { resourceId: `${aks}/agentPools/ByHand` });
  expect(told([], [pool], [made])).toEqual([
    expect.stringMatching(/^`ByHand` was last changed by `mona@contoso\.com`/),
  ]);
});

test.each<[string, readonly Activity[]]>([
  ['nobody', []],
  ['the suite itself', [event('apply', '2026-11-26T03:12:44Z', { clientId: 'apply' })]],
  [
    'who only read',
    [event('mona', '2026-11-26T03:12:44Z', { operation: 'Microsoft.ContainerService/managedClusters/read' })],
  ],
  ['who changed something else', [event('mona', '2026-11-26T03:12:44Z', { resourceId: `${aks}/agentPools/user` })]],
])('%s is not named', (_, activity) => {
  expect(told([cleaner], [], activity)).toEqual([]);
});

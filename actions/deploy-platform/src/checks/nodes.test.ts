import { expect, test } from '@jest/globals';
import { resolve } from './checks.fixture.ts';
import { nodePoolsOf } from './nodes.ts';

test('pools of another tool keep their names, and a system pool that is not dedicated takes workloads', () => {
  const pools = nodePoolsOf(
    resolve(
      '    cluster: { pools: { system: { name: nodepool1, dedicated: false }, user: { name: apps }, gpu: false } }\n',
    ),
  );
  expect(pools.map(({ name, taints }) => [name, taints])).toEqual([
    ['nodepool1', []],
    ['apps', []],
  ]);
  expect(pools.map(({ labels }) => labels.get('kubernetes.azure.com/agentpool'))).toEqual([['nodepool1'], ['apps']]);
});

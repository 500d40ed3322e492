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

test('pools have the labels and taints that the platform file gives them, and taints that only ask count for nothing', () => {
  const pools = nodePoolsOf(
    resolve(`
    cluster:
      pools:
        system: { labels: { tier: base } }
        user: { labels: { team: web }, taints: [spare=:PreferNoSchedule] }
        gpu: { labels: { team: ml }, taints: [team=ml:NoExecute], spot: true }
`),
  );
  expect(pools.map(({ labels }) => [labels.get('tier') ?? labels.get('team'), labels.get('node-type')])).toEqual([
    [['base'], ['system']],
    [['web'], ['user']],
    [['ml'], ['ai']],
  ]);
  expect(pools.map(({ taints }) => taints.map(({ key, effect }) => `${key} ${effect}`))).toEqual([
    ['CriticalAddonsOnly NoSchedule'],
    [],
    ['nvidia.com/gpu NoSchedule', 'team NoExecute', 'kubernetes.azure.com/scalesetpriority NoSchedule'],
  ]);
});

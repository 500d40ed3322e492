import { expect, test } from '@jest/globals';
import { systemClock } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { releaseOf } from './checks/checks.fixture.ts';
import { waitUntilReady } from './ready.ts';

const node = (name: string, gpus?: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: { allocatable: { cpu: '4', ...(gpus === undefined ? {} : { 'nvidia.com/gpu': gpus }) } },
});

/** Tells of the nodes as they are one after another, and gives what was waited for on the way. */
async function wait(states: readonly (readonly KubernetesObject[])[]) {
  const waits: string[] = [];
  const asked: unknown[] = [];
  const notes = await waitUntilReady(
    {
      release: releaseOf({
        readiness: [{ kind: 'allocatable', resource: 'nvidia.com/gpu', labels: { 'node-type': 'ai' } }],
      }),
      chart: { path: '', name: '', version: '', digest: '' },
      objects: [],
      hooks: [],
    },
    {
      clock: systemClock,
      signal: new AbortController().signal,
      onWait: what => waits.push(what),
      cluster: {
        get: async () => undefined,
        tryCreate: async () => undefined,
        ask: async () => '',
        follow: async (selection, isOver) => {
          asked.push(selection);
          for (const nodes of states) if (isOver(new Map(nodes.map(one => [one.metadata.name, one])))) return;
          throw new Error('never ready');
        },
      },
    },
  );
  return { notes, waits, asked };
}

test('waits until every node offers some', async () => {
  const { notes, waits, asked } = await wait([
    [node('a'), node('b', '1')],
    [node('a', '0'), node('b', '1')],
    [node('a', '1'), node('b', '1')],
  ]);
  expect(asked).toEqual([{ apiVersion: 'v1', kind: 'Node', labels: 'node-type=ai' }]);
  expect(waits.slice(0, 2)).toEqual(Array(2).fill('nodes with node-type=ai (nvidia.com/gpu on a)'));
  expect(notes).toEqual([]);
});

test('without a node it is ready, and says that nothing shows it', async () => {
  expect((await wait([[]])).notes).toEqual([
    'there are no nodes with node-type=ai now, so nothing shows yet that pods get nvidia.com/gpu there',
  ]);
});

import { expect, test } from '@jest/globals';
import { waitForOthers } from './others.ts';
import { app, createWorld, plan } from './testing/world.fixture.ts';

const run = 'https://ci.example/runs/4711';
const running = (by: object, info: readonly object[] = []) => {
  const operation = { ...by, info, sync: {} };
  const operationState = {
    operation,
    phase: 'Running',
    message: 'waiting for a hook',
    startedAt: '2026-03-02T09:59:00Z',
  };
  return { operation, status: { operationState } };
};
const mona = running({ initiatedBy: { username: 'mona' } });
const wait = (given: Parameters<typeof app>[1], timeoutMs = 10_000) => {
  const world = createWorld([app('api', given), app('web')]);
  return { world, work: world.settle(waitForOthers(plan(['api', 'web'], { timeoutMs }), world.ports)) };
};

test('a sync of somebody else that ends is waited for', async () => {
  const { world, work } = wait(mona);
  world.clock.sleep(4000).then(() => world.cluster.change('Application', 'api', { operation: null }));
  expect(await work).toEqual([]);
  expect(world.said[0]?.line).toContain('api is waiting for the sync of mona since 2026-03-02T09:59:00.000Z to end');
});

test('one that does not end is told with whose it is, since when, and what it waits for', async () => {
  expect(await wait(mona).work).toMatchObject([
    {
      ref: { name: 'api' },
      cause: {
        kind: 'taken',
        message:
          'another operation is in progress: mona syncs it since 2026-03-02T09:59:00.000Z (waiting for a hook); waited 10 s',
      },
    },
  ]);
});

test.each([
  ['of Argo CD itself', running({ initiatedBy: { automated: true } })],
  ['of an earlier attempt of this run', running({}, [{ name: 'gha-run-url', value: run }])],
  ['of nobody', {}],
])('one %s is not waited for', async (_, given) => {
  const { world, work } = wait(given);
  expect(await work).toEqual([]);
  expect(world.said).toEqual([]);
});

test('a run that is cancelled waits no longer', async () => {
  const { world, work } = wait(mona);
  world.clock.sleep(3000).then(() => world.cancel.abort(new Error('cancelled')));
  expect(await work).toEqual([]);
});

import { expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { explainRollbacks } from './explain.ts';
import type { RollbackPlan } from './plan.ts';
import type { RollbackPorts } from './ports.ts';
import { rollbackApplications } from './roll-back.ts';
import { app, commit, createWorld, olderCommit, plan, repository } from './testing/world.fixture.ts';

const automated = { syncPolicy: { automated: {} } };
const source = { repoURL: repository, path: 'dev/web' };
const history = [
  { id: 1, revision: olderCommit, source },
  { id: 2, revision: commit, source },
];
const failed = { operation: {}, phase: 'Failed', message: 'no', finishedAt: '2026-03-02T09:59:00Z' };
const revertCommit = 'd'.repeat(40);

const back = async (
  objects: Parameters<typeof createWorld>[0],
  names: readonly string[],
  { revert, head, ...more }: Partial<RollbackPlan> & { revert?: RollbackPorts['revert']; head?: string } = {},
) => {
  const world = createWorld(objects, { revert });
  if (head !== undefined) world.argo.head = head;
  const results = await world.settle(
    rollbackApplications({ ...plan(names), verified: undefined, ...more }, world.ports),
  );
  return { world, results };
};

test('each its own way: Git for what Argo CD syncs, history for the others', async () => {
  const reverted: (readonly string[])[] = [];
  const { results, world } = await back(
    [
      app('api', { spec: automated, status: { operationState: failed } }),
      app('web', { status: { history, operationState: failed } }),
    ],
    ['api', 'web'],
    {
      revert: async names => {
        reverted.push(names);
        return { revision: revertCommit };
      },
      head: revertCommit,
    },
  );
  expect(reverted).toEqual([['api']]);
  expect(results.map(({ name, by, isDone, revisions }) => [name, by, isDone, revisions])).toEqual([
    ['web', 'history', true, [olderCommit]],
    ['api', 'git', true, [revertCommit]],
  ]);
  expect(world.cluster.patches.map(({ body }) => body['operation'])).toMatchObject([
    { info: [{ value: '4711/1.rollback' }, {}], sync: { revision: olderCommit, source } },
    { sync: { revision: revertCommit } },
  ]);
  expect(explainRollbacks(results)).toBeUndefined();
});

test('what still runs of this run is ended first', async () => {
  const operation = {
    initiatedBy: { username: 'gha:contoso/platform' },
    info: [{ name: 'gha-run-url', value: 'https://ci.example/runs/4711' }],
  };
  const running = { operation, phase: 'Running', startedAt: '2026-03-02T09:59:00Z' };
  const world = createWorld([app('web', { operation, status: { history, operationState: running } })]);
  world.cluster.afterPatch = (_object, body) => {
    if ('operation' in body) return;
    world.cluster.change('Application', 'web', { operation: null, status: { operationState: { phase: 'Failed' } } });
  };
  const results = await world.settle(rollbackApplications({ ...plan(['web']), verified: olderCommit }, world.ports));
  expect(results).toMatchObject([{ by: 'history', isDone: true }]);
  expect(world.cluster.patches[0]?.body).toMatchObject({ status: { operationState: { phase: 'Terminating' } } });
});

test.each<[string, Parameters<typeof createWorld>[0], Parameters<typeof back>[2], string]>([
  [
    'nobody may write to Git',
    [app('api', { spec: automated })],
    {},
    'api: Argo CD syncs it by itself, so that Git has to go back, and this run may not write there. Give the action',
  ],
  [
    'Git refuses',
    [app('api', { spec: automated })],
    { revert: () => Promise.reject(new UserError({ message: 'main is protected', remedy: 'Allow the App.' })) },
    'api: main is protected. Allow the App.',
  ],
  ['there is nothing to go back to', [app('api')], {}, 'api: its history has nothing that it could go back to.'],
  [
    'what was verified is forgotten',
    [app('api', { status: { history } })],
    { verified: 'e'.repeat(40) },
    'api: its history no longer has the commit eeeeeeeeeeee that was verified last.',
  ],
  [
    'it is not there',
    [app('apy')],
    {},
    'api: Argo CD in aks-contoso-dev has no Application api in the namespace argocd.',
  ],
])('%s: said, and nothing is done', async (_name, objects, more, message) => {
  const { results, world } = await back(objects, ['api'], more);
  expect(results).toMatchObject([{ name: 'api', isDone: false }]);
  expect(explainRollbacks(results)?.message.startsWith(message)).toBe(true);
  expect(world.cluster.patches).toEqual([]);
});

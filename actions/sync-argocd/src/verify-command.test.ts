import { expect, test } from '@jest/globals';
import { readApplication } from '@suite/argocd';
import { app } from './sync/testing/world.fixture.ts';
import { healthOf } from './verify-command.ts';

const resource = (kind: string, name: string) => ({ group: 'argoproj.io', kind, namespace: 'argocd', name });
const status = (health: string, sync = 'Synced', resources: readonly object[] = []) => ({
  sync: { status: sync },
  health: { status: health },
  resources,
});
const look = async (...objects: readonly object[]) =>
  healthOf(
    { argoNamespace: 'argocd', applications: [{ name: 'root', images: [] }] },
    { list: async () => objects.map(readApplication) },
  );

test('what an Application brings, itself or by an ApplicationSet, has to be synced and healthy as well', async () => {
  const brings = [resource('Application', 'child'), resource('ApplicationSet', 'all')];
  const { unwell } = await look(
    app('root', { status: status('Healthy', 'Synced', brings) }),
    app('child', { status: status('Healthy', 'OutOfSync') }),
    app('made', { set: 'all', status: status('Degraded') }),
    app('stranger', { set: 'others', status: status('Degraded') }),
  );
  expect(unwell.map(({ what, expected, actual }) => [what, expected, actual])).toEqual([
    ['application child', 'Synced', 'OutOfSync'],
    ['application made', 'Healthy', 'Degraded'],
  ]);
});

test('what is suspended is told, and no difference: a sync ends well with it', async () => {
  expect(await look(app('root', { status: status('Suspended') }))).toEqual({ unwell: [], suspended: ['root'] });
});

test('what is not there', async () => {
  expect((await look()).unwell).toMatchObject([{ what: 'application root', actual: 'absent' }]);
});

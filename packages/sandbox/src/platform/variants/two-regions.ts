import { aksError } from '../../faults/builders.ts';
import { recordPromotions } from '../run-record.ts';
import { pushRequest } from '../run-requests.ts';
import { developer, type Stage } from '../story/stage.ts';
import { withoutStaging } from './smaller.ts';
import type { Variant } from './variant.ts';

const west = 'Apply dev · westeurope';

/** dev in two regions, one after the other; prod after it, in one. */
export const twoRegions: Variant = {
  name: 'two-regions',
  tells:
    'An environment in two regions, one after the other: the first becomes unhealthy, the second fails, and it goes on there',
  changes: {
    'platform.yaml': text =>
      withoutStaging(text).replace(
        /^( {2}dev:\n(?: {4}.*\n)*?) {4}location: westeurope\n/m,
        '$1    rollout: { regions: in-order, pause: 1s }\n    regions:\n      westeurope:\n      northeurope:\n',
      ),
    'platform.lock.yaml': text =>
      text.replace(
        /^ {2}staging:/m,
        `    northeurope:
      identities: { plan: a0000000-0000-4000-8000-000000000009, apply: a0000000-0000-4000-8000-00000000000a }
      state: { account: stcontosodevne41c9, container: tfstate }
$&`,
      ),
  },
  chapters: [
    {
      number: 1,
      title: 'The first region does not stay healthy',
      tells:
        'dev runs in two regions, and a region has to stay healthy for a while before the next one begins. In that time cert-manager goes ' +
        'down in westeurope: the run stops there, and northeurope is not begun.',
      after: [],
      play: async ({ repository, world, run, see, when }) => {
        when(west, 'Wait whether it stays healthy', () => scale(world, 0));
        const first = await repository.resolve('refs/heads/main');
        await run('The first commit on main', pushRequest(repository, '0'.repeat(40), first, developer), 'failure');
        see('There is a cluster in westeurope alone', clusters(world).join() === 'aks-contoso-dev-westeurope');
        see('Nothing is recorded as proven', proven(world).length === 0);
      },
    },
    {
      number: 2,
      title: 'The second region fails',
      tells:
        'Put right, the failed jobs are run again: nothing is applied anew in westeurope, it stays healthy, and is recorded. Now northeurope begins, ' +
        'and has no capacity for a cluster. Production is not begun.',
      after: [1],
      play: async ({ world, rerun, runs, see }) => {
        scale(world, 1);
        world.faults.add({
          match: ({ method, path }) =>
            method === 'PUT' && path.includes('-northeurope/') && /\/managedClusters\/[^/]+$/.test(path),
          answer: aksError(400, 'BadRequest', 'No capacity in northeurope.'),
        });
        await rerun('The failed jobs again', lastOf(runs()), { failedOnly: true }, 'failure');
        see('dev is recorded, for westeurope', proven(world).join() === 'dev');
        see('There is no cluster in prod', !clusters(world).some(name => name.includes('prod')));
      },
    },
    {
      number: 3,
      title: 'It goes on where it stopped',
      tells:
        'Azure has capacity again. The failed job alone has a plan that is half applied, so that it touches nothing and says what to do: ' +
        'all jobs again. What is left is planned and applied, westeurope stays as it is, and production follows.',
      after: [1, 2],
      play: async ({ world, rerun, runs, see }) => {
        world.faults.clear();
        await rerun('The failed job alone', lastOf(runs()), { failedOnly: true }, 'failure');
        await rerun('All jobs again', lastOf(runs()), { failedOnly: false });
        see(
          'There are clusters in both regions, and in prod',
          clusters(world).join() ===
            'aks-contoso-dev-northeurope,aks-contoso-dev-westeurope,aks-contoso-prod-westeurope',
        );
        see('Each is recorded', proven(world).join() === 'dev,dev,prod');
      },
    },
  ],
};

type World = Stage['world'];

function lastOf<T>(all: readonly T[]): T {
  const last = all.at(-1);
  if (last === undefined) throw new Error('Nothing has run.');
  return last;
}

const clusters = ({ azure }: World) =>
  azure
    .resources('Microsoft.ContainerService/managedClusters')
    .map(({ name }) => name)
    .sort();

const proven = ({ azure, registries }: World) =>
  recordPromotions(azure, registries).map(({ environment }) => environment);

/** Of a deployment of cert-manager in dev · westeurope. */
function scale({ azure, kubernetes }: World, replicas: number): void {
  const found = azure
    .resources('Microsoft.ContainerService/managedClusters')
    .find(({ name }) => name === 'aks-contoso-dev-westeurope');
  if (found === undefined) throw new Error('There is no cluster in westeurope.');
  const cluster = kubernetes.of(found.id);
  const [deployment] = cluster.list('deployments', 'cert-manager');
  const name = deployment?.metadata.name ?? '';
  cluster.patch({ resource: 'deployments', namespace: 'cert-manager', name }, { spec: { replicas } });
}

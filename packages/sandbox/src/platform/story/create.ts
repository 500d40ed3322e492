import { pushRequest } from '../run-requests.ts';
import { type Chapter, developer } from './stage.ts';

export const create: Chapter = {
  number: 1,
  title: 'A platform comes to life',
  tells:
    'One file, platform.yaml, describes a shared scope and three environments. The first commit on main creates all of it, one environment ' +
    'after the other: Azure with Terraform, what runs in the cluster with Helm. Production waits until somebody approves.',
  after: [],
  play: async ({ repository, run }) => {
    const first = await repository.resolve('refs/heads/main');
    await run('The first commit on main', pushRequest(repository, '0'.repeat(40), first, developer));
  },
};

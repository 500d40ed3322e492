import { dispatchRequest } from '../run-requests.ts';
import { type Chapter, developer } from './stage.ts';
import { runsOf } from './what-runs.ts';

export const rollBack: Chapter = {
  number: 6,
  title: 'dev goes back as well',
  tells:
    'dev still runs the new version. The rollback workflow takes it to the bundle that it had proven before, through the same plan, gate and ' +
    'record as every promotion, and says what does not go back.',
  after: [1, 2, 3, 4, 5],
  play: async ({ repository, world, run, see }) => {
    const inputs = { environment: 'dev', reason: 'web 2 crashes in staging', to: '' };
    await run('Roll back dev', await dispatchRequest(repository, 'rollback.yml', inputs, developer));
    const [dev, staging] = ['dev', 'staging'].map(name => runsOf(world, name, 'web'));
    see('dev, staging and prod run the same version again', dev !== undefined && dev === staging);
  },
};

import { scheduleRequest } from '../run-requests.ts';
import { type Chapter, developer } from './stage.ts';
import { clusterOf } from './what-runs.ts';

export const drift: Chapter = {
  number: 4,
  title: 'Somebody changes something by hand',
  tells:
    'A setting of the cluster in dev is changed in the portal. Next morning a scheduled run looks at every environment, writes nothing, and ' +
    'opens one issue that says what it was and what it is. Running the last promotion again puts it back, and the issue closes itself.',
  after: [1],
  play: async ({ repository, world, run, again, see, promotion }) => {
    const morning = () => scheduleRequest(repository, 'drift.yml', '17 4 * * 1-5', developer);
    const found = () => repository.issues().find(({ title }) => title.startsWith('Drift in dev'));
    world.azure.mutate(clusterOf(world, 'dev'), ({ properties }) => {
      const { securityProfile } = properties as { securityProfile: { imageCleaner: { intervalHours: number } } };
      securityProfile.imageCleaner.intervalHours = 168;
    });
    await run('The next morning', await morning());
    const issue = found();
    see(
      'One issue says which setting, from what to what, and both ways out',
      repository.issues().length === 1 &&
        issue?.state === 'open' &&
        issue.body.includes('image_cleaner_interval_hours'),
      issue === undefined ? {} : { issue: issue.number },
    );
    await again('The last promotion is run again', promotion());
    await run('The morning after', await morning());
    see(
      'Nothing is left, and the issue is closed',
      found()?.state === 'closed',
      issue === undefined ? {} : { issue: issue.number },
    );
  },
};

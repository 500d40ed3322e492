import { scheduleRequest } from '../run-requests.ts';
import { type Chapter, developer, type Stage } from './stage.ts';
import { clusterOf } from './what-runs.ts';

export const drift: Chapter = {
  number: 4,
  title: 'Somebody changes something by hand',
  tells:
    'A setting of the cluster in dev is changed in the portal. Next morning a scheduled run looks at every environment, writes nothing, and ' +
    'opens one issue that says what it was, what it is, and both ways out: to take it into the platform file, or to let the next promotion ' +
    'put it back.',
  after: [1],
  play: async stage => {
    const { repository, world, see } = stage;
    world.azure.mutate(clusterOf(world, 'dev'), ({ properties }) => {
      const { securityProfile } = properties as { securityProfile: { imageCleaner: { intervalHours: number } } };
      securityProfile.imageCleaner.intervalHours = 168;
    });
    await lookForDrift(stage, 'The next morning');
    const issue = driftIssue(stage);
    see(
      'One issue says which setting, from what to what, and both ways out',
      repository.issues().length === 1 &&
        issue?.state === 'open' &&
        issue.body.includes('image_cleaner_interval_hours'),
      issue === undefined ? {} : { issue: issue.number },
    );
  },
};

/** Lets GitHub start what it starts every morning. */
export async function lookForDrift({ repository, run }: Stage, words: string): Promise<void> {
  await run(words, await scheduleRequest(repository, 'drift.yml', '17 4 * * 1-5', developer));
}

export function driftIssue({ repository }: Pick<Stage, 'repository'>) {
  return repository.issues().find(({ title }) => title.startsWith('Drift in dev'));
}

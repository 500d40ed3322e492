import { pullRequestRun, scheduleRequest } from '../run-requests.ts';
import { propose } from './platform-edits.ts';
import { mergeAndPromote } from './promote.ts';
import { type Chapter, developer } from './stage.ts';
import { clusterOf } from './what-runs.ts';

export const drift: Chapter = {
  number: 4,
  title: 'Somebody changes something by hand',
  tells:
    'A setting of the cluster in dev is changed in the portal. Next morning a scheduled run looks at every environment, writes nothing, and ' +
    'opens one issue that says what it was and what it is. A pull request shows the plan that puts it back; once that is promoted, the issue ' +
    'closes itself.',
  after: [1],
  play: async stage => {
    const { repository, world, run, see } = stage;
    const morning = () => scheduleRequest(repository, 'drift.yml', '17 4 * * 1-5', developer);
    const found = () => repository.issues().find(({ title }) => title.startsWith('Drift in dev'));
    world.azure.mutate(clusterOf(world, 'dev'), ({ properties }) => {
      const { securityProfile } = properties as { securityProfile: { imageCleaner: { intervalHours: number } } };
      securityProfile.imageCleaner.intervalHours = 168;
    });
    await run('The next morning', await morning());
    const issue = found();
    const where = issue === undefined ? {} : { issue: issue.number };
    see(
      'One issue says which setting, from what to what, and both ways out',
      repository.issues().length === 1 &&
        issue?.state === 'open' &&
        issue.body.includes('image_cleaner_interval_hours'),
      where,
    );
    const { number } = await propose(repository, 'put-back', 'Clusters are changed here, not in the portal', text =>
      text.replace('version: 1\n', 'version: 1\n# Settings of clusters are changed here, not in the portal.\n'),
    );
    await run(`Pull request ${number} is opened`, pullRequestRun(repository, number, 'opened'));
    see(
      'Its comment shows that dev will be put back',
      repository.pull(number).comments.some(({ body }) => body.includes('image_cleaner_interval_hours')),
      { pull: number },
    );
    await mergeAndPromote(stage, number);
    await run('The morning after', await morning());
    see('Nothing is left, and the issue is closed', found()?.state === 'closed', where);
  },
};

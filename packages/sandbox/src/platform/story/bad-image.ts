import { pullRequestRun } from '../run-requests.ts';
import { driftIssue, lookForDrift } from './drift.ts';
import { propose } from './platform-edits.ts';
import { mergeAndPromote, sayOn } from './promote.ts';
import type { Chapter } from './stage.ts';
import { clusterOf, runsOf } from './what-runs.ts';

export const badImage: Chapter = {
  number: 5,
  title: 'A bad image is stopped in staging',
  tells:
    'A pull request brings a new version of the team’s web image; its comment says that dev will be put back as well. In dev all of that ' +
    'works, and the next morning’s look closes the issue. In staging the new version crashes: the promotion stops there and says why, ' +
    'staging runs what it ran before, and production is never begun.',
  after: [1, 2, 3, 4],
  play: async stage => {
    const { repository, world, build, run, see } = stage;
    const before = runsOf(world, 'staging', 'web');
    const image = build('web', '2');
    const { number } = await propose(repository, 'web-2', 'web 2', text =>
      text.replace(/^( {2}web: \{ source: ")[^"]+/m, `$1${image}`),
    );
    const digest = image.slice(image.indexOf('@') + 1);
    world.kubernetes.of(clusterOf(world, 'staging')).crashing(`*${digest}`);
    await run(`Pull request ${number} is opened`, pullRequestRun(repository, number, 'opened'));
    see(
      'Its comment shows that dev will be put back',
      repository.pull(number).comments.some(({ body }) => body.includes('image_cleaner_interval_hours')),
      { pull: number },
    );
    await mergeAndPromote(stage, number, 'failure');
    sayOn(stage, number, 'Stopped in staging');
    see('dev runs the new version', runsOf(world, 'dev', 'web') === digest);
    see('staging runs the one before again', runsOf(world, 'staging', 'web') === before);
    see(
      'Nothing was deployed to prod',
      runsOf(world, 'prod', 'web') === before &&
        repository
          .deployments()
          .every(({ environment, sha }) => environment !== 'prod' || sha !== repository.pull(number).mergeSha),
    );
    await lookForDrift(stage, 'The morning after');
    const issue = driftIssue(stage);
    see(
      'Nothing is left of the change by hand, and its issue is closed',
      repository.issues().length === 1 && issue?.state === 'closed',
      issue === undefined ? {} : { issue: issue.number },
    );
  },
};

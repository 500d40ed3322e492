import { pullRequestRun, pushRequest } from '../run-requests.ts';
import { merge } from './platform-edits.ts';
import { type Chapter, developer, type Stage } from './stage.ts';
import { runsOf } from './what-runs.ts';

export const promote: Chapter = {
  number: 3,
  title: 'It is merged, and promoted',
  tells:
    'What was merged goes through dev, staging and production as one bundle: the plans that were reviewed, the images by digest. Each ' +
    'environment is planned, applied and proven before the next one begins, and keeps the proof in its own registry.',
  after: [1, 2],
  play: async stage => {
    const { repository, see } = stage;
    const [pull] = repository.pulls();
    if (pull === undefined) throw new Error('Nothing was proposed.');
    await mergeAndPromote(stage, pull.number);
    sayOn(stage, pull.number, 'Verified in prod');
    const all = ['dev', 'staging', 'prod'].map(name => runsOf(stage.world, name, 'web'));
    see('The same digest of web runs in dev, staging and prod', all[0] !== undefined && new Set(all).size === 1);
  },
};

/** The comment of a pull request begins with what has become of it. */
export function sayOn({ repository, see }: Pick<Stage, 'repository' | 'see'>, number: number, verdict: string) {
  const says = repository
    .pull(number)
    .comments.some(({ body, deleted }) => !deleted && body.includes(`> **${verdict}`));
  see(`The comment on pull request ${number} says: ${verdict}`, says, { pull: number });
}

/** Merges a pull request and lets GitHub start what that starts: the comment's later life, and a promotion, whose run it gives. */
export async function mergeAndPromote({ repository, run }: Stage, number: number, expected?: 'failure') {
  const { before, after } = await merge(repository, number);
  await run(`Pull request ${number} is merged`, pullRequestRun(repository, number, 'closed', after));
  return run('What was merged is promoted', pushRequest(repository, before, after, developer), expected);
}

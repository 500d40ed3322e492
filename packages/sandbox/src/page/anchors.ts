import type { CheckRunView, CommentView, IssueView, PullView } from '../github/views.ts';
import type { JobResult, RunResult } from '../runner/results.ts';
import type { PageContent, ShownChapter } from './content.ts';
import type { FollowLink } from './markdown/links.ts';

/** Ids of the page's parts; GitHub's numbers make them unique. */
export const anchors = {
  chapter: ({ number }: ShownChapter) => `chapter-${number}`,
  issue: ({ number }: Pick<IssueView, 'number'>) => `issue-${number}`,
  pull: ({ number }: Pick<PullView, 'number'>) => `pull-${number}`,
  checks: ({ number }: PullView) => `pull-${number}-checks`,
  comment: ({ id }: CommentView) => `issuecomment-${id}`,
  check: ({ id }: CheckRunView) => `check-${id}`,
  run: ({ id, attempt }: Pick<RunResult, 'id' | 'attempt'>) => `run-${slug(id)}-attempt-${attempt}`,
  job: ({ id }: JobResult) => `job-${slug(id)}`,
};

function slug(text: string): string {
  return text.replace(/[^A-Za-z0-9]+/g, '-');
}

/** Addresses on GitHub of what stands on the page lead there. */
export function followLinks({ repository, pulls, issues = [], runs }: PageContent): FollowLink {
  const targets = new Map<string, string>();
  for (const { pull, checks } of pulls) {
    targets.set(`pull/${pull.number}`, anchors.pull(pull));
    for (const comment of pull.comments) {
      targets.set(`pull/${pull.number}#issuecomment-${comment.id}`, anchors.comment(comment));
    }
    for (const check of checks) targets.set(`runs/${check.id}`, anchors.check(check));
  }
  for (const issue of issues) {
    targets.set(`issues/${issue.number}`, anchors.issue(issue));
    for (const comment of issue.comments) {
      targets.set(`issues/${issue.number}#issuecomment-${comment.id}`, anchors.comment(comment));
    }
  }
  for (const run of runs) {
    targets.set(`actions/runs/${run.id}`, anchors.run(run));
    targets.set(`actions/runs/${run.id}/attempts/${run.attempt}`, anchors.run(run));
    for (const job of run.jobs) targets.set(`actions/runs/${run.id}/job/${job.id}`, anchors.job(job));
  }
  return url => {
    const place = placeIn(repository, url);
    const anchor = place === undefined ? undefined : targets.get(place);
    return anchor === undefined ? undefined : `#${anchor}`;
  };
}

/** The part of an address behind the repository's own. */
function placeIn(repository: string, url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, pathname, hash } = new URL(url);
  const home = `/${repository.toLowerCase()}/`;
  if (protocol !== 'https:' || !pathname.toLowerCase().startsWith(home)) return undefined;
  return pathname.slice(home.length).replace(/\/$/, '') + (hash.startsWith('#issuecomment-') ? hash : '');
}

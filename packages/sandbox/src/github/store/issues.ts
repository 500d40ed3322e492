import type { IssueView } from '../views.ts';
import { commentView } from './comments.ts';
import type { GitHubState, Issue, RepositoryState } from './state.ts';

/** Issues and pull requests are counted together. */
export function nextNumber({ pulls, issues }: RepositoryState): number {
  return pulls.size + issues.size + 1;
}

export function openIssue(
  state: GitHubState,
  repository: RepositoryState,
  seed: Pick<Issue, 'title' | 'author' | 'body' | 'labels'>,
): Issue {
  const at = state.clock.now();
  const issue: Issue = {
    ...seed,
    id: state.newId(),
    number: nextNumber(repository),
    createdAt: at,
    updatedAt: at,
    closed: undefined,
    reason: undefined,
    revisions: [{ at, body: seed.body }],
  };
  repository.issues.set(issue.number, issue);
  return issue;
}

export interface IssueChange {
  readonly title?: string;
  readonly body?: string;
  readonly labels?: readonly string[];
  readonly state?: 'open' | 'closed';
  readonly reason?: string;
}

export function changeIssue(state: GitHubState, issue: Issue, change: IssueChange, by: string): void {
  const at = state.clock.now();
  issue.updatedAt = at;
  issue.title = change.title ?? issue.title;
  issue.labels = change.labels ?? issue.labels;
  if (change.body !== undefined && change.body !== issue.body) {
    issue.body = change.body;
    issue.revisions.push({ at, body: change.body });
  }
  if (change.state === 'closed' && issue.closed === undefined) {
    issue.closed = { at, by };
    issue.reason = change.reason ?? 'completed';
  }
  if (change.state === 'open' && issue.closed !== undefined) {
    issue.closed = undefined;
    issue.reason = 'reopened';
  }
}

export function issueView(repository: RepositoryState, issue: Issue): IssueView {
  const { number, title, author, body, labels, closed, revisions } = issue;
  return {
    number,
    title,
    author,
    body,
    labels: [...labels],
    state: closed === undefined ? 'open' : 'closed',
    revisions: [...revisions],
    comments: [...repository.comments.values()].filter(({ pull }) => pull === number).map(commentView),
  };
}

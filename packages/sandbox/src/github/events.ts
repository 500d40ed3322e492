import { ownerJson, pullJson, repositoryJson, userJson, web } from './shapes.ts';
import type { Pull, RepositoryState } from './store/state.ts';

export type PullAction = 'opened' | 'synchronize' | 'reopened' | 'closed';

/** `github.event` of `pull_request`. */
export function pullRequestEvent(
  repository: RepositoryState,
  pull: Pull,
  action: PullAction,
  sender = pull.author,
): object {
  return {
    action,
    number: pull.number,
    pull_request: pullJson(repository, pull),
    repository: repositoryJson(repository),
    organization: organizationOf(repository),
    sender: userJson(sender),
  };
}

export interface Push {
  readonly branch: string;
  readonly before: string;
  readonly after: string;
  readonly sender: string;
}

/** `github.event` of `push`; its commits carry no lists of files, as in GitHub Actions. */
export function pushEvent(repository: RepositoryState, { branch, before, after, sender }: Push): object {
  const { git, name } = repository;
  const isNew = /^0+$/.test(before);
  const range = isNew ? after : `${before}..${after}`;
  // One record per commit; the separators cannot stand in a message.
  const log = git.runSync([
    'log',
    '--reverse',
    '--max-count=2048',
    '--format=%H%x1f%T%x1f%an%x1f%ae%x1f%cI%x1f%B%x1e',
    range,
  ]);
  const commits = log
    .split('\x1e')
    .map(record => record.replace(/^\n/, ''))
    .filter(record => record !== '')
    .map(record => {
      const [id = '', tree_id = '', author = '', email = '', timestamp = '', message = ''] = record.split('\x1f');
      const who = { name: author, email, username: author };
      return {
        id,
        tree_id,
        distinct: true,
        message: message.trimEnd(),
        timestamp,
        url: `${web}/${name}/commit/${id}`,
        author: who,
        committer: who,
      };
    });
  return {
    ref: `refs/heads/${branch}`,
    before,
    after,
    created: isNew,
    deleted: false,
    forced: false,
    base_ref: null,
    compare: `${web}/${name}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits,
    head_commit: commits.at(-1) ?? null,
    pusher: { name: sender, email: `${sender}@users.noreply.github.com` },
    repository: repositoryJson(repository),
    organization: organizationOf(repository),
    sender: userJson(sender),
  };
}

function organizationOf(repository: RepositoryState) {
  const { login, id, node_id, url, avatar_url } = ownerJson(repository);
  return { login, id, node_id, url, avatar_url };
}

import { json } from '../../network/http.ts';
import { nodeId } from '../ids.ts';
import type { Need } from '../permissions.ts';
import { refusals } from '../refusals.ts';
import { api, userJson, web } from '../shapes.ts';
import { type CommitFacts, listCommitsOf, readCommit, readCommits } from '../store/commits.ts';
import { findCommit } from '../store/refs.ts';
import { defaultBranch, type RepositoryState } from '../store/state.ts';
import { pageOf } from './paging.ts';
import type { Call, Route } from './route.ts';

const read: Need = { level: 'read', anyOf: ['contents'] };

export const commitRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/compare/{basehead*}',
    need: read,
    isPublic: true,
    docs: 'commits/commits#compare-two-commits',
    answer: compare,
  },
  {
    method: 'GET',
    pattern: '/commits',
    need: read,
    isPublic: true,
    docs: 'commits/commits#list-commits',
    answer: listCommits,
  },
  {
    method: 'GET',
    pattern: '/commits/{ref}',
    need: read,
    isPublic: true,
    docs: 'commits/commits#get-a-commit',
    answer: async ({ repository, params }) => {
      const ref = params['ref'] ?? '';
      const sha = await findCommit(repository.git, ref);
      if (sha === undefined) throw refusals.noCommit(ref);
      return json(200, commitJson(repository, await readCommit(repository.git, sha)));
    },
  },
  {
    method: 'GET',
    pattern: '/git/commits/{sha}',
    need: read,
    isPublic: true,
    docs: 'git/commits#get-a-commit-object',
    answer: async ({ repository, params }) => {
      const asked = params['sha'] ?? '';
      const sha = /^[0-9a-f]{40}$/.test(asked) ? await findCommit(repository.git, asked) : undefined;
      if (sha === undefined) throw refusals.notFound();
      return json(200, gitCommitJson(repository, await readCommit(repository.git, sha)));
    },
  },
];

const played = new Set(['sha', 'path', 'per_page', 'page']);

/** The newest first. */
async function listCommits(call: Call) {
  const { repository, query } = call;
  const other = [...query.keys()].find(name => !played.has(name));
  if (other !== undefined) throw new Error(`The sandbox's GitHub does not play a list of commits by ${other}.`);
  const sha = await findCommit(repository.git, query.get('sha') ?? defaultBranch);
  if (sha === undefined) throw refusals.notFound();
  const { items, headers } = pageOf(
    call,
    '/commits',
    await listCommitsOf(repository.git, sha, query.get('path') ?? ''),
  );
  return json(
    200,
    items.map(commit => commitJson(repository, commit)),
    headers,
  );
}

/** Without pages GitHub shows this many commits (docs, compare two commits). */
const unpagedCommits = 250;

/** How the head stands to the base. The changed files, which GitHub tells too, are left out. */
async function compare(call: Call) {
  const { repository, params, query } = call;
  const { git, name } = repository;
  const [, base, head] = /^(.+?)\.\.\.(.+)$/.exec(params['basehead'] ?? '') ?? [];
  if (base === undefined || head === undefined) throw refusals.notFound();
  for (const side of [base, head]) {
    if (side.includes(':')) throw new Error(`The sandbox's GitHub does not play comparisons across forks: ${side}.`);
  }
  const [baseSha, headSha] = [await findCommit(git, base), await findCommit(git, head)];
  if (baseSha === undefined || headSha === undefined) throw refusals.notFound();
  const mergeBase = await git.tryRun(['merge-base', baseSha, headSha]);
  if (mergeBase === undefined) throw refusals.noCommonAncestor(base, head);

  const [commits, behind] = await Promise.all([
    readCommits(git, `${baseSha}..${headSha}`),
    git.run(['rev-list', '--count', `${headSha}..${baseSha}`]),
  ]);
  const isPaged = query.has('page') || query.has('per_page');
  const path = `/compare/${base}...${head}`;
  const { items, headers } = isPaged
    ? pageOf(call, path, commits)
    : { items: commits.slice(0, unpagedCommits), headers: {} };
  const html = `${web}/${name}${path}`;
  return json(
    200,
    {
      url: `${api}/repos/${name}${path}`,
      html_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      base_commit: commitJson(repository, await readCommit(git, baseSha)),
      merge_base_commit: commitJson(repository, await readCommit(git, mergeBase)),
      status: statusOf(commits.length, Number(behind)),
      ahead_by: commits.length,
      behind_by: Number(behind),
      total_commits: commits.length,
      commits: items.map(commit => commitJson(repository, commit)),
    },
    headers,
  );
}

function statusOf(ahead: number, behind: number): 'identical' | 'ahead' | 'behind' | 'diverged' {
  if (ahead === 0) return behind === 0 ? 'identical' : 'behind';
  return behind === 0 ? 'ahead' : 'diverged';
}

function commitJson({ name }: RepositoryState, commit: CommitFacts) {
  const { sha, message, author, committer, tree, parents } = commit;
  const url = `${api}/repos/${name}/commits/${sha}`;
  return {
    sha,
    node_id: nodeId('C', sha),
    url,
    html_url: `${web}/${name}/commit/${sha}`,
    comments_url: `${url}/comments`,
    commit: {
      url: `${api}/repos/${name}/git/commits/${sha}`,
      author,
      committer,
      message,
      tree: { sha: tree, url: `${api}/repos/${name}/git/trees/${tree}` },
      comment_count: 0,
    },
    author: userJson(loginOf(author.name)),
    committer: userJson(loginOf(committer.name)),
    parents: parents.map(parent => ({
      sha: parent,
      url: `${api}/repos/${name}/commits/${parent}`,
      html_url: `${web}/${name}/commit/${parent}`,
    })),
  };
}

function gitCommitJson({ name }: RepositoryState, { sha, message, author, committer, tree, parents }: CommitFacts) {
  const link = (kind: 'commits' | 'trees', id: string) => `${api}/repos/${name}/git/${kind}/${id}`;
  return {
    sha,
    node_id: nodeId('C', sha),
    url: link('commits', sha),
    html_url: `${web}/${name}/commit/${sha}`,
    author,
    committer,
    message,
    tree: { sha: tree, url: link('trees', tree) },
    parents: parents.map(parent => ({
      sha: parent,
      url: link('commits', parent),
      html_url: `${web}/${name}/commit/${parent}`,
    })),
  };
}

/** Whoever commits here signs with the login; GitHub's own commits are of `web-flow`. */
function loginOf(name: string): string {
  return name === 'GitHub' ? 'web-flow' : name;
}

import { madeUpId, nodeId } from './ids.ts';
import { defaultBranch, type Pull, type RepositoryState } from './store/state.ts';
import { actionsBot } from './tokens.ts';

/** JSON as REST and events give it; fields that say nothing here are left out. */
export const api = 'https://api.github.com';
export const web = 'https://github.com';

/** `2026-11-23T05:00:00Z` */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

const bots: Readonly<Record<string, string>> = { [actionsBot]: '41898282', 'dependabot[bot]': '49699333' };

export function userJson(login: string) {
  const id = Number(bots[login] ?? madeUpId(login));
  const isBot = login.endsWith('[bot]');
  return {
    login,
    id,
    node_id: nodeId(isBot ? 'BOT' : 'U', id),
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    url: `${api}/users/${encodeURIComponent(login)}`,
    html_url: isBot ? `${web}/apps/${login.slice(0, -'[bot]'.length)}` : `${web}/${login}`,
    type: isBot ? 'Bot' : 'User',
    user_view_type: 'public',
    site_admin: false,
  };
}

/** The GitHub App that jobs act as. */
export const actionsApp = {
  id: 15_368,
  slug: 'github-actions',
  node_id: nodeId('A', 15_368),
  name: 'GitHub Actions',
  html_url: `${web}/apps/github-actions`,
};

export function ownerJson({ name, ownerId }: Pick<RepositoryState, 'name' | 'ownerId'>) {
  const [login = ''] = name.split('/');
  return {
    ...userJson(login),
    id: Number(ownerId),
    node_id: nodeId('O', ownerId),
    type: 'Organization',
  };
}

export function repositoryJson(
  repository: Pick<RepositoryState, 'name' | 'id' | 'ownerId' | 'isPrivate' | 'createdAt'>,
) {
  return repositoryFields(repository, false);
}

/** A fork of which nothing is known but its name. */
export function forkJson(name: string, parent: RepositoryState) {
  const [owner = ''] = name.split('/');
  const { isPrivate, createdAt } = parent;
  return repositoryFields({ name, id: madeUpId(name), ownerId: madeUpId(owner), isPrivate, createdAt }, true);
}

function repositoryFields(
  repository: Pick<RepositoryState, 'name' | 'id' | 'ownerId' | 'isPrivate' | 'createdAt'>,
  isFork: boolean,
) {
  const { name, id, isPrivate, createdAt } = repository;
  return {
    id: Number(id),
    node_id: nodeId('R', id),
    name: name.split('/')[1] ?? '',
    full_name: name,
    private: isPrivate,
    visibility: isPrivate ? 'private' : 'public',
    owner: ownerJson(repository),
    html_url: `${web}/${name}`,
    url: `${api}/repos/${name}`,
    clone_url: `${web}/${name}.git`,
    description: null,
    fork: isFork,
    archived: false,
    disabled: false,
    default_branch: defaultBranch,
    created_at: isoTime(createdAt),
  };
}

/** A pull request without what has to be counted. */
export function pullJson(repository: RepositoryState, pull: Pull) {
  const { name } = repository;
  const [owner = ''] = name.split('/');
  const [headOwner = ''] = pull.headRepository.split('/');
  const isFork = pull.headRepository !== name;
  const url = `${api}/repos/${name}/pulls/${pull.number}`;
  const html = `${web}/${name}/pull/${pull.number}`;
  const { closed } = pull;
  const isMerged = closed?.isMerge === true;
  return {
    url,
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: `${api}/repos/${name}/issues/${pull.number}`,
    comments_url: `${api}/repos/${name}/issues/${pull.number}/comments`,
    number: pull.number,
    state: closed === undefined ? 'open' : 'closed',
    locked: false,
    title: pull.title,
    user: userJson(pull.author),
    body: pull.body,
    created_at: isoTime(pull.createdAt),
    updated_at: isoTime(pull.updatedAt),
    closed_at: closed === undefined ? null : isoTime(closed.at),
    merged_at: isMerged ? isoTime(closed.at) : null,
    merge_commit_sha: pull.mergeSha ?? null,
    draft: false,
    labels: [],
    assignees: [],
    requested_reviewers: [],
    head: {
      label: `${headOwner}:${pull.headBranch}`,
      ref: pull.headBranch,
      sha: pull.headSha,
      user: pull.isForkDeleted ? null : isFork ? userJson(headOwner) : ownerJson(repository),
      repo: pull.isForkDeleted ? null : isFork ? forkJson(pull.headRepository, repository) : repositoryJson(repository),
    },
    base: {
      label: `${owner}:${pull.baseBranch}`,
      ref: pull.baseBranch,
      sha: pull.baseSha,
      user: ownerJson(repository),
      repo: repositoryJson(repository),
    },
    author_association: associationOf(pull.author, isFork),
    auto_merge: null,
    merged: isMerged,
    mergeable: closed === undefined ? pull.mergeSha !== undefined : null,
    mergeable_state: closed !== undefined ? 'unknown' : pull.mergeSha === undefined ? 'dirty' : 'clean',
    merged_by: isMerged ? userJson(closed.by) : null,
  };
}

export function associationOf(login: string, isStranger: boolean): string {
  return isStranger || login.endsWith('[bot]') ? 'NONE' : 'MEMBER';
}

import { madeUpId, nodeId } from '../ids.ts';
import type { Need } from '../permissions.ts';
import { commentUrl } from '../rest/comments.ts';
import { isoTime, userJson, web } from '../shapes.ts';
import { commentsOf } from '../store/comments.ts';
import type { Comment, Pull, RepositoryState } from '../store/state.ts';
import { canSee } from '../tokens.ts';
import { type CommitInput, createCommitOnBranch } from './commit-on-branch.ts';
import { demand, failure, findRepository, type Viewer } from './viewer.ts';

const readPulls: Need = { level: 'read', anyOf: ['pull-requests'] };
const readComments: Need = { level: 'read', anyOf: ['issues', 'pull-requests'] };
const writeComments: Need = { level: 'write', anyOf: ['issues', 'pull-requests'] };

/** The fields of `Query` and `Mutation`, for graphql-js. */
export function rootOf(viewer: Viewer) {
  return {
    viewer: () => ({ ...actorOf(viewer.caller.login), __typename: 'User', login: viewer.caller.login }),
    repository: ({ owner, name }: { readonly owner: string; readonly name: string }) => {
      return repositoryOf(viewer, findRepository(viewer, `${owner}/${name}`));
    },
    createCommitOnBranch: ({ input }: { readonly input: CommitInput }) => createCommitOnBranch(viewer, input),
    minimizeComment: ({ input }: { readonly input: MinimizeInput }) => minimize(viewer, input),
  };
}

interface MinimizeInput {
  readonly subjectId: string;
  readonly classifier: string;
  readonly clientMutationId?: string;
}

function minimize(viewer: Viewer, { subjectId, classifier, clientMutationId }: MinimizeInput) {
  for (const repository of viewer.state.repositories.values()) {
    if (!canSee(viewer.caller, repository)) continue;
    for (const comment of repository.comments.values()) {
      if (comment.isDeleted || nodeId('IC', comment.id) !== subjectId) continue;
      demand(viewer, repository, writeComments);
      comment.minimized = classifier.toLowerCase().replace('_', '-');
      return {
        clientMutationId: clientMutationId ?? null,
        minimizedComment: { ...commentOf(viewer, repository, comment), __typename: 'IssueComment' },
      };
    }
  }
  throw failure('NOT_FOUND', `Could not resolve to a node with the global id of '${subjectId}'`);
}

function repositoryOf(viewer: Viewer, repository: RepositoryState) {
  const { name, id, isPrivate, pulls } = repository;
  return {
    id: nodeId('R', id),
    databaseId: Number(id),
    isPrivate,
    name: name.split('/')[1],
    nameWithOwner: name,
    url: `${web}/${name}`,
    pullRequest: ({ number }: { readonly number: number }) => {
      demand(viewer, repository, readPulls);
      const pull = pulls.get(number);
      if (pull === undefined) {
        throw failure('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
      }
      return pullOf(viewer, repository, pull);
    },
  };
}

function pullOf(viewer: Viewer, repository: RepositoryState, pull: Pull) {
  const { closed } = pull;
  return {
    id: nodeId('PR', pull.id),
    author: actorOf(pull.author),
    baseRefName: pull.baseBranch,
    baseRefOid: pull.baseSha,
    body: pull.body ?? '',
    createdAt: isoTime(pull.createdAt),
    headRefName: pull.headBranch,
    headRefOid: pull.headSha,
    isDraft: false,
    mergeable: closed !== undefined ? 'UNKNOWN' : pull.mergeSha === undefined ? 'CONFLICTING' : 'MERGEABLE',
    merged: closed?.isMerge === true,
    number: pull.number,
    state: closed === undefined ? 'OPEN' : closed.isMerge ? 'MERGED' : 'CLOSED',
    title: pull.title,
    updatedAt: isoTime(pull.updatedAt),
    url: `${web}/${repository.name}/pull/${pull.number}`,
    comments: (page: { readonly first?: number; readonly after?: string }) => {
      demand(viewer, repository, readComments);
      return commentsPage(viewer, repository, pull, page);
    },
  };
}

const longestPage = 100;

function commentsPage(
  viewer: Viewer,
  repository: RepositoryState,
  pull: Pull,
  { first, after }: { readonly first?: number; readonly after?: string },
) {
  if (first === undefined || first === null) {
    throw failure(
      'MISSING_PAGINATION_BOUNDARIES',
      'You must provide a `first` or `last` value to properly paginate the `comments` connection.',
    );
  }
  if (first > longestPage) {
    throw failure(
      'EXCESSIVE_PAGINATION',
      `Requesting ${first} records on the \`comments\` connection exceeds the \`first\` limit of ${longestPage} records.`,
    );
  }
  const all = commentsOf(repository, pull.number);
  const start = after === undefined || after === null ? 0 : all.findIndex(comment => cursorOf(comment) === after) + 1;
  if (start === 0 && typeof after === 'string') {
    throw failure('INVALID_CURSOR_ARGUMENTS', `\`${after}\` does not appear to be a valid cursor.`);
  }
  const page = all.slice(start, start + Math.max(0, first));
  const [head, tail] = [page[0], page.at(-1)];
  return {
    nodes: page.map(comment => commentOf(viewer, repository, comment)),
    totalCount: all.length,
    pageInfo: {
      startCursor: head === undefined ? null : cursorOf(head),
      endCursor: tail === undefined ? null : cursorOf(tail),
      hasNextPage: start + page.length < all.length,
      hasPreviousPage: start > 0,
    },
  };
}

function commentOf({ caller }: Viewer, repository: RepositoryState, comment: Comment) {
  return {
    id: nodeId('IC', comment.id),
    author: actorOf(comment.author),
    body: comment.body,
    createdAt: isoTime(comment.createdAt),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    isMinimized: comment.minimized !== undefined,
    minimizedReason: comment.minimized ?? null,
    updatedAt: isoTime(comment.updatedAt),
    url: commentUrl(repository, comment),
    viewerDidAuthor: comment.author === caller.login,
  };
}

/** A bot's login has no `[bot]` here, other than in REST and in `viewer` (claude-code-action#1514, seen 2026-07). */
function actorOf(login: string) {
  const { html_url, node_id, id } = userJson(login);
  const isBot = login.endsWith('[bot]');
  return {
    __typename: isBot ? 'Bot' : 'User',
    id: node_id,
    login: isBot ? login.slice(0, -'[bot]'.length) : login,
    url: html_url,
    databaseId: id ?? Number(madeUpId(login)),
  };
}

function cursorOf({ id }: Comment): string {
  return Buffer.from(`cursor:v2:${id}`).toString('base64');
}

import { asString } from '@suite/foundation';
import { json } from '../../network/http.ts';
import { nodeId } from '../ids.ts';
import type { Need } from '../permissions.ts';
import { refusals } from '../refusals.ts';
import { actionsApp, api, associationOf, isoTime, userJson, web } from '../shapes.ts';
import { addComment, changeComment, commentBytes, commentsOf, findComment } from '../store/comments.ts';
import type { Comment, Issue, Pull, RepositoryState } from '../store/state.ts';
import { actionsBot } from '../tokens.ts';
import { pageOf } from './paging.ts';
import type { Call, Route } from './route.ts';

const read: Need = { level: 'read', anyOf: ['issues', 'pull-requests'] };
const write: Need = { level: 'write', anyOf: ['issues', 'pull-requests'] };

export const commentRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/issues/{number}/comments',
    need: read,
    isPublic: true,
    docs: 'issues/comments#list-issue-comments',
    answer: call => {
      const { number } = demandConversation(call);
      const since = Date.parse(call.query.get('since') ?? '');
      const all = commentsOf(call.repository, number).filter(
        ({ updatedAt }) => Number.isNaN(since) || updatedAt >= since,
      );
      const { items, headers } = pageOf(call, `/issues/${number}/comments`, all);
      return json(
        200,
        items.map(comment => commentJson(call.repository, comment)),
        headers,
      );
    },
  },
  {
    method: 'POST',
    pattern: '/issues/{number}/comments',
    need: write,
    isPublic: false,
    docs: 'issues/comments#create-an-issue-comment',
    answer: call => {
      const { number } = demandConversation(call);
      const body = demandBody(call);
      const author = call.caller?.login ?? '';
      const comment = commentJson(
        call.repository,
        addComment(call.state, call.repository, { pull: number, author, body }),
      );
      return json(201, comment, { location: comment.url });
    },
  },
  {
    method: 'GET',
    pattern: '/issues/comments/{id}',
    need: read,
    isPublic: true,
    docs: 'issues/comments#get-an-issue-comment',
    answer: call => json(200, commentJson(call.repository, demandComment(call))),
  },
  {
    method: 'PATCH',
    pattern: '/issues/comments/{id}',
    need: write,
    isPublic: false,
    docs: 'issues/comments#update-an-issue-comment',
    answer: call => {
      const comment = demandComment(call);
      changeComment(call.state, comment, demandBody(call));
      return json(200, commentJson(call.repository, comment));
    },
  },
  {
    method: 'DELETE',
    pattern: '/issues/comments/{id}',
    need: write,
    isPublic: false,
    docs: 'issues/comments#delete-an-issue-comment',
    answer: call => {
      demandComment(call).isDeleted = true;
      return { status: 204 };
    },
  },
];

export function commentUrl({ name, issues }: RepositoryState, { id, pull }: Comment): string {
  return `${web}/${name}/${issues.has(pull) ? 'issues' : 'pull'}/${pull}#issuecomment-${id}`;
}

/** A pull request or an issue: comments make no difference between them. */
function demandConversation({ repository, params }: Call): Pull | Issue {
  const number = Number(params['number']);
  const found = repository.pulls.get(number) ?? repository.issues.get(number);
  if (found === undefined) throw refusals.notFound();
  return found;
}

function commentJson(repository: RepositoryState, comment: Comment) {
  const { name, pulls } = repository;
  const pull = pulls.get(comment.pull);
  return {
    url: `${api}/repos/${name}/issues/comments/${comment.id}`,
    html_url: commentUrl(repository, comment),
    issue_url: `${api}/repos/${name}/issues/${comment.pull}`,
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    user: userJson(comment.author),
    created_at: isoTime(comment.createdAt),
    updated_at: isoTime(comment.updatedAt),
    body: comment.body,
    author_association: associationOf(comment.author, isStranger(pull, comment.author, name)),
    performed_via_github_app: comment.author === actionsBot ? actionsApp : null,
  };
}

function isStranger(pull: Pull | undefined, author: string, repository: string): boolean {
  return pull !== undefined && pull.author === author && pull.headRepository !== repository;
}

function demandComment({ repository, params }: Call): Comment {
  const comment = findComment(repository, Number(params['id']));
  if (comment === undefined) throw refusals.notFound();
  return comment;
}

function demandBody({ body }: Call): string {
  const value = body['body'];
  if (value === undefined) throw refusals.invalidRequest(['"body" wasn\'t supplied.']);
  const text = asString(value);
  if (text === undefined) throw refusals.invalidRequest([`${JSON.stringify(value)} is not a string.`]);
  if (text.trim() === '') throw refusals.commentEmpty();
  if (Buffer.byteLength(text) > commentBytes) throw refusals.commentTooLong();
  return text;
}

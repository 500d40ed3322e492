import { asNumber, asObject, asString } from '@suite/foundation';
import { unexpected } from './failure.ts';
import { splitRepository } from './repository.ts';
import type { Requests } from './requests.ts';

export interface Comment {
  readonly id: number;
  /** As REST writes it: `github-actions[bot]` (GraphQL leaves `[bot]` out of an author, but not out of the viewer). */
  readonly author: string;
  readonly body: string;
  readonly url: string;
}

/** The conversation of one pull request, as whoever the token belongs to. */
export interface Conversation {
  /** Login of the token's owner. */
  viewer(): Promise<string>;
  /** Every comment, from all pages. */
  list(): Promise<readonly Comment[]>;
  create(body: string): Promise<Comment>;
  update(id: number, body: string): Promise<Comment>;
  remove(id: number): Promise<void>;
}

export function createConversation(requests: Requests, repository: string, number: number): Conversation {
  const place = splitRepository(repository);
  const where = `pull request ${number}`;
  return {
    viewer: () => readViewer(requests),
    list: async () => {
      const purpose = `read the comments of ${where}`;
      const comments = await requests.readAll(purpose, 'GET /repos/{owner}/{repo}/issues/{number}/comments', {
        ...place,
        number,
      });
      return comments.map(comment => readComment(comment) ?? fail(purpose, false));
    },
    create: async body =>
      written(
        `comment on ${where}`,
        await requests.write(`comment on ${where}`, 'POST /repos/{owner}/{repo}/issues/{number}/comments', {
          ...place,
          number,
          body,
        }),
      ),
    update: async (id, body) =>
      written(
        `change its comment on ${where}`,
        await requests.write(`change its comment on ${where}`, 'PATCH /repos/{owner}/{repo}/issues/comments/{id}', {
          ...place,
          id,
          body,
        }),
      ),
    remove: async id => {
      await requests.write(`delete its comment on ${where}`, 'DELETE /repos/{owner}/{repo}/issues/comments/{id}', {
        ...place,
        id,
      });
    },
  };
}

/** Login of the token's owner. */
export async function readViewer(requests: Requests): Promise<string> {
  // REST answers a job's token with 403 here.
  const purpose = 'ask whose token it is';
  const answer = asObject(await requests.query(purpose, '{ viewer { login } }', {}));
  const login = asString(asObject(answer['viewer'])['login']);
  if (login === undefined) throw unexpected(purpose);
  return login;
}

function written(purpose: string, value: unknown): Comment {
  return readComment(value) ?? fail(purpose, true);
}

function fail(purpose: string, isWrite: boolean): never {
  throw unexpected(purpose, isWrite);
}

/** Undefined for what is no comment. */
function readComment(value: unknown): Comment | undefined {
  const comment = asObject(value);
  const id = asNumber(comment['id']);
  if (id === undefined) return undefined;
  return {
    id,
    author: asString(asObject(comment['user'])['login']) ?? '',
    body: asString(comment['body']) ?? '',
    url: asString(comment['html_url']) ?? '',
  };
}

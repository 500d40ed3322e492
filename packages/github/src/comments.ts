import { asNumber, asObject, asString } from '@suite/foundation';
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
    viewer: async () => {
      // REST answers a job's token with 403 here.
      const answer = asObject(await requests.query('ask whose token it is', '{ viewer { login } }', {}));
      const login = asString(asObject(answer['viewer'])['login']);
      if (login === undefined) throw new Error('GitHub named no viewer for the token.');
      return login;
    },
    list: async () => {
      const comments = await requests.readAll(
        `read the comments of ${where}`,
        'GET /repos/{owner}/{repo}/issues/{number}/comments',
        { ...place, number },
      );
      return comments.map(readComment);
    },
    create: async body =>
      readComment(
        await requests.write(`comment on ${where}`, 'POST /repos/{owner}/{repo}/issues/{number}/comments', {
          ...place,
          number,
          body,
        }),
      ),
    update: async (id, body) =>
      readComment(
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

function readComment(value: unknown): Comment {
  const comment = asObject(value);
  return {
    id: asNumber(comment['id']) ?? 0,
    author: asString(asObject(comment['user'])['login']) ?? '',
    body: asString(comment['body']) ?? '',
    url: asString(comment['html_url']) ?? '',
  };
}

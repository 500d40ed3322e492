import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Permissions } from '../permissions.ts';
import { startGitHub, type TestGitHub } from '../testing.ts';
import { operationOf } from './graphql.ts';

let hub: TestGitHub;

beforeEach(async () => {
  hub = await startGitHub();
  await hub.openPull();
});

afterEach(() => hub.close());

const comments = `query ($first: Int, $after: String) {
  repository(owner: "octo-org", name: "platform") {
    pullRequest(number: 1) {
      number state merged headRefOid
      comments(first: $first, after: $after) {
        nodes { databaseId fullDatabaseId body viewerDidAuthor isMinimized author { __typename login } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

interface Page {
  readonly nodes: readonly { readonly body: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

describe('queries', () => {
  test('the viewer of a job has [bot] in its login, the author of its comments has not', async () => {
    const token = hub.job({ 'pull-requests': 'write' });
    const { body: comment } = await hub.call(token, 'POST', '/issues/1/comments', { body: 'ours' });
    hub.repository.comment(1, 'mona', 'theirs');
    expect((await hub.query(token, '{ viewer { login } }')).body).toEqual({
      data: { viewer: { login: 'github-actions[bot]' } },
    });
    const { head } = hub.repository.pull(1);
    expect((await hub.query(token, comments, { first: 10 })).body.data.repository.pullRequest).toEqual({
      number: 1,
      state: 'OPEN',
      merged: false,
      headRefOid: head.sha,
      comments: {
        nodes: [
          {
            databaseId: comment.id,
            fullDatabaseId: String(comment.id),
            body: 'ours',
            viewerDidAuthor: true,
            isMinimized: false,
            author: { __typename: 'Bot', login: 'github-actions' },
          },
          {
            databaseId: comment.id + 1,
            fullDatabaseId: String(comment.id + 1),
            body: 'theirs',
            viewerDidAuthor: false,
            isMinimized: false,
            author: { __typename: 'User', login: 'mona' },
          },
        ],
        pageInfo: { hasNextPage: false, endCursor: expect.any(String) },
      },
    });
    await hub.repository.closePull(1, { merge: true, by: 'mona' });
    expect((await hub.query(token, comments, { first: 1 })).body.data.repository.pullRequest).toMatchObject({
      state: 'MERGED',
      merged: true,
    });
  });

  test('cursors lead through 250 comments', async () => {
    for (let index = 0; index < 250; index++) hub.repository.comment(1, 'mona', `c${index}`);
    const token = hub.job({ 'pull-requests': 'read' });
    const bodies: string[] = [];
    let after: string | null = null;
    do {
      const page: Page = (await hub.query(token, comments, { first: 100, after })).body.data.repository.pullRequest
        .comments;
      bodies.push(...page.nodes.map(({ body }) => body));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(bodies).toEqual(Array.from({ length: 250 }, (_, index) => `c${index}`));
  });

  const refused: [string, string, object, object][] = [
    [
      'an unknown repository',
      '{ repository(owner: "a", name: "b") { id } }',
      {},
      { type: 'NOT_FOUND', path: ['repository'], message: "Could not resolve to a Repository with the name 'a/b'." },
    ],
    [
      'an unknown pull request',
      '{ repository(owner: "octo-org", name: "platform") { pullRequest(number: 9) { id } } }',
      {},
      {
        type: 'NOT_FOUND',
        path: ['repository', 'pullRequest'],
        message: 'Could not resolve to a PullRequest with the number of 9.',
      },
    ],
    ['no page', comments, {}, { type: 'MISSING_PAGINATION_BOUNDARIES' }],
    ['a page of 101', comments, { first: 101 }, { type: 'EXCESSIVE_PAGINATION' }],
    ['a cursor that is none', comments, { first: 1, after: 'x' }, { type: 'INVALID_CURSOR_ARGUMENTS' }],
    [
      'a field that there is not',
      '{ viewer { shoeSize } }',
      {},
      { message: expect.stringContaining('Cannot query field "shoeSize"') },
    ],
    ['a text that is none', '{ viewer', {}, { message: expect.stringContaining('Syntax Error') }],
    [
      'a comment that there is not',
      'mutation { minimizeComment(input: { subjectId: "x", classifier: SPAM }) { clientMutationId } }',
      {},
      { type: 'NOT_FOUND' },
    ],
  ];
  test.each(refused)('refused with 200: %s', async (_, query, variables, error) => {
    const answer = await hub.query(hub.job({ 'pull-requests': 'write' }), query, variables);
    expect(answer).toMatchObject({ status: 200, body: { errors: [error] } });
  });

  test('no query at all', async () => {
    const answer = await hub.send(hub.job({}), 'POST', '/graphql', {});
    expect(answer.body).toEqual({ errors: [{ message: 'A query attribute must be specified and must be a string.' }] });
  });

  const needs: [string, Permissions, string, object][] = [
    ['pull requests', {}, comments, { first: 1 }],
    ['comments', { 'pull-requests': 'read' }, 'MINIMIZE', {}],
  ];
  test.each(needs)('%s need their permission', async (_, permissions, query, variables) => {
    const id = hub.repository.comment(1, 'mona', 'x');
    const { node_id } = (await hub.call(hub.job({ issues: 'read' }), 'GET', `/issues/comments/${id}`)).body;
    const text = query === 'MINIMIZE' ? minimize(node_id) : query;
    expect((await hub.query(hub.job(permissions), text, variables)).body.errors).toMatchObject([
      { type: 'FORBIDDEN', message: 'Resource not accessible by integration', extensions: { saml_failure: false } },
    ]);
  });
});

const minimize = (id: string) =>
  `mutation { minimizeComment(input: { subjectId: "${id}", classifier: OFF_TOPIC, clientMutationId: "7" }) {
    clientMutationId minimizedComment { isMinimized minimizedReason } } }`;

test('a comment is folded away', async () => {
  const token = hub.job({ 'pull-requests': 'write' });
  const { node_id } = (await hub.call(token, 'POST', '/issues/1/comments', { body: 'x' })).body;
  expect((await hub.query(token, minimize(node_id))).body).toEqual({
    data: {
      minimizeComment: { clientMutationId: '7', minimizedComment: { isMinimized: true, minimizedReason: 'off-topic' } },
    },
  });
});

test.each([
  ['{ viewer { login } }', undefined, 'query'],
  ['query A { viewer { login } } mutation B { x }', 'A', 'query'],
  ['query A { viewer { login } } mutation B { x }', 'B', 'mutation'],
  ['fragment F on User { login } mutation { x }', undefined, 'mutation'],
  ['not a query', undefined, 'query'],
])('%s (%s) is a %s', (query, operationName, expected) => {
  expect(operationOf({ query, operationName })).toBe(expected);
});

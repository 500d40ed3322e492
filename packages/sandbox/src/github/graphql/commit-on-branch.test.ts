import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Permissions } from '../permissions.ts';
import { startGitHub, type TestGitHub } from '../testing.ts';

let hub: TestGitHub;

beforeAll(async () => {
  hub = await startGitHub();
});

afterAll(() => hub.close());

const mutation = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) {
    clientMutationId
    commit { oid message signature { isValid wasSignedByGitHub } }
    ref { name }
  }
}`;

async function commit(more: object = {}, permissions: Permissions = { contents: 'write' }) {
  const input = {
    branch: { repositoryNameWithOwner: 'octo-org/platform', branchName: 'main' },
    expectedHeadOid: await hub.repository.resolve('main'),
    message: { headline: 'Deliver' },
    fileChanges: { additions: [{ path: 'a/b.yaml', contents: Buffer.from('x: 1\r\n').toString('base64') }] },
    ...more,
  };
  return (await hub.query(hub.job(permissions), mutation, { input })).body;
}

test('a commit is signed by GitHub and of the token’s owner; the branch and its pull requests follow', async () => {
  await hub.openPull();
  const before = await hub.repository.resolve('main');
  const { data } = await commit({ message: { headline: 'Deliver', body: 'Why\n\nRun: 1' }, clientMutationId: '7' });
  const sha = await hub.repository.resolve('main');
  expect(data.createCommitOnBranch).toEqual({
    clientMutationId: '7',
    commit: { oid: sha, message: 'Deliver\n\nWhy\n\nRun: 1', signature: { isValid: true, wasSignedByGitHub: true } },
    ref: { name: 'main' },
  });
  expect(await hub.repository.readFile('main', 'a/b.yaml')).toBe('x: 1\r\n');
  expect(await hub.repository.readFile('main', 'platform.yaml')).toContain('name: shop');
  const { body } = await hub.call(hub.job({ contents: 'read' }), 'GET', `/commits/${sha}`);
  expect(body).toMatchObject({
    author: { login: 'github-actions[bot]' },
    committer: { login: 'web-flow' },
    parents: [{ sha: before }],
    commit: { author: { email: '41898282+github-actions[bot]@users.noreply.github.com' } },
  });
});

test('files are removed, and a commit of nothing is one', async () => {
  const { data } = await commit({ fileChanges: { deletions: [{ path: 'docs/a b.md' }] } });
  expect(await hub.repository.readFile('main', 'docs/a b.md')).toBeUndefined();
  const empty = await commit({ fileChanges: undefined });
  expect(empty.data.createCommitOnBranch.commit.oid).not.toBe(data.createCommitOnBranch.commit.oid);
});

describe('refused, and nothing is written', () => {
  const old = 'e'.repeat(40);
  test.each<readonly [string, object, Permissions, object]>([
    [
      'a head that has moved on',
      { expectedHeadOid: old },
      { contents: 'write' },
      { type: 'STALE_DATA', message: `Expected branch to point to "${old}" but it did not.  Pull and try again.` },
    ],
    [
      'a token that only reads',
      {},
      { contents: 'read' },
      { type: 'FORBIDDEN', message: 'Resource not accessible by integration' },
    ],
    [
      'a repository that the token does not see',
      { branch: { repositoryNameWithOwner: 'octo-org/none', branchName: 'main' } },
      { contents: 'write' },
      { type: 'NOT_FOUND', message: "Could not resolve to a Repository with the name 'octo-org/none'." },
    ],
    [
      'a branch that there is not',
      { branch: { repositoryNameWithOwner: 'octo-org/platform', branchName: 'none' } },
      { contents: 'write' },
      { type: 'NOT_FOUND' },
    ],
    [
      'a deletion of nothing',
      { fileChanges: { deletions: [{ path: 'none' }] } },
      { contents: 'write' },
      { type: 'NOT_FOUND', message: expect.stringContaining('A path was requested for deletion which does not exist') },
    ],
    [
      'no expected head',
      { expectedHeadOid: null },
      { contents: 'write' },
      { message: expect.stringContaining('expectedHeadOid') },
    ],
  ])('%s', async (_, more, permissions, error) => {
    const before = await hub.repository.resolve('main');
    expect((await commit(more, permissions)).errors).toMatchObject([error]);
    expect(await hub.repository.resolve('main')).toBe(before);
  });

  test.each([
    ['protection', 'BRANCH_PROTECTION_RULE_VIOLATION', 'Changes must be made through a pull request.'],
    [
      'ruleset',
      'UNPROCESSABLE',
      'Repository rule violations found\n\nChanges must be made through a pull request.\n\n',
    ],
  ] as const)('a branch under %s', async (rule, type, message) => {
    hub.repository.protectBranch('main', rule);
    expect((await commit()).errors).toMatchObject([{ type, message }]);
    hub.repository.protectBranch('main', undefined);
    expect((await commit()).errors).toBeUndefined();
  });
});

test('of many at once on one head, one is made', async () => {
  const expectedHeadOid = await hub.repository.resolve('main');
  const all = await Promise.all(Array.from({ length: 8 }, () => commit({ expectedHeadOid })));
  expect(all.filter(({ errors }) => errors === undefined)).toHaveLength(1);
  expect(all.filter(({ errors }) => errors?.[0].type === 'STALE_DATA')).toHaveLength(7);
});

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { GitHubFailure } from '../failure.ts';
import { createRequests } from '../requests.ts';
import { type StubAnswer, stubGitHub, systemError } from '../testing/stub.ts';
import { createGitOps } from './gitops.ts';

const sha = 'a'.repeat(40);
const next = 'b'.repeat(40);

function open(answer: Parameters<typeof stubGitHub>[0]) {
  const stub = stubGitHub(answer);
  return { ...stub, gitops: createGitOps(createRequests(stub.options), 'contoso/gitops') };
}

const request = {
  branch: 'main',
  parent: sha,
  headline: 'Deliver',
  body: 'Why',
  additions: [{ path: 'a.yaml', content: 'a: é\n' }],
  deletions: ['b.yaml'],
};
const failed = (type: string | undefined, message: string): StubAnswer => ({
  body: { data: { createCommitOnBranch: null }, errors: [{ ...(type === undefined ? {} : { type }), message }] },
});

test('the head of a branch, whatever its name', async () => {
  const { gitops, requests } = open(() => ({ body: { ref: 'refs/heads/env/dev', object: { sha } } }));
  expect(await gitops.head('env/dev')).toBe(sha);
  expect(requests[0]?.path).toBe('/repos/contoso/gitops/git/ref/heads%2Fenv%2Fdev');
});

test('a commit', async () => {
  const body = { sha, commit: { message: 'Deliver\n\nRun: 1' }, parents: [{ sha: next }] };
  const { gitops } = open(() => ({ body }));
  expect(await gitops.commitOf('aaaaaaa')).toEqual({ sha, message: 'Deliver\n\nRun: 1', parents: [next] });
});

test('who has changed a folder, and what came since a commit', async () => {
  const commit = {
    sha: next,
    author: { login: 'lisa' },
    commit: { message: 'Raise limits', author: { name: 'Lisa' }, committer: { date: '2026-11-26T05:00:00Z' } },
  };
  const read = { sha: next, message: 'Raise limits', author: 'lisa', at: '2026-11-26T05:00:00Z' };
  // GitHub knows nobody of that address.
  const unknown = { ...commit, author: null };
  const logged = open(() => ({ body: [commit, unknown] }));
  expect(await logged.gitops.log(sha, 'env/dev')).toEqual([read, { ...read, author: 'Lisa' }]);
  expect(logged.requests[0]?.path).toBe(`/repos/contoso/gitops/commits?sha=${sha}&path=env%2Fdev&per_page=100`);
  const whole = open(() => ({ body: [] }));
  await whole.gitops.log(sha, '');
  expect(whole.requests[0]?.path).toBe(`/repos/contoso/gitops/commits?sha=${sha}&per_page=100`);
  const since = open(() => ({ body: { status: 'ahead', total_commits: 300, commits: [commit] } }));
  expect(await since.gitops.range(sha, next)).toEqual({ relation: 'ahead', commits: [read], total: 300 });
  // A force push has left it behind, and GitHub has cleaned up.
  const gone = open(() => ({ status: 404, body: { message: 'Not Found' } }));
  expect((await gone.gitops.range(sha, next)).relation).toBe('unknown');
});

describe('a commit is made', () => {
  test('with its files in base64, on the head that was read', async () => {
    const { gitops, requests } = open(() => ({ body: { data: { createCommitOnBranch: { commit: { oid: next } } } } }));
    expect(await gitops.commit(request)).toEqual({ kind: 'committed', commit: next });
    expect(requests[0]?.path).toBe('/graphql');
    expect(requests[0]?.body).toMatchObject({
      variables: {
        input: {
          branch: { repositoryNameWithOwner: 'contoso/gitops', branchName: 'main' },
          expectedHeadOid: sha,
          message: { headline: 'Deliver', body: 'Why' },
          fileChanges: { additions: [{ path: 'a.yaml', contents: 'YTogw6kK' }], deletions: [{ path: 'b.yaml' }] },
        },
      },
    });
  });

  test.each([
    ['STALE_DATA', `Expected branch to point to "${sha}" but it did not.  Pull and try again.`],
    ['UNPROCESSABLE', `Ref refs/heads/main is at ${next} but expected ${sha}`],
  ])('or not, when the branch has moved on (%s)', async (type, message) => {
    const { gitops, requests } = open(() => failed(type, message));
    expect(await gitops.commit(request)).toEqual({ kind: 'moved' });
    expect(requests).toHaveLength(1);
  });

  test.each<readonly [string, StubAnswer | Error]>([
    ['502', { status: 502 }],
    ['a broken connection', systemError('ECONNRESET')],
    ['a page', { body: '<html></html>' }],
  ])('once, although %s leaves open whether it was', async (_, answer) => {
    const { gitops, requests } = open(() => answer);
    const error = await gitops.commit(request).catch(caught => caught);
    expect(error).toBeInstanceOf(GitHubFailure);
    expect([error.isWrite, error.retry.retry, requests.length]).toEqual([true, true, 1]);
  });

  test('later, after a limit', async () => {
    const { gitops } = open(() => ({
      status: 403,
      headers: { 'retry-after': '7' },
      body: { message: 'secondary rate limit' },
    }));
    const error = await gitops.commit(request).catch(caught => caught);
    expect(error.retry).toEqual({ retry: true, afterMs: 7000 });
    expect(error.message).toContain('rate limit');
  });
});

describe('refusals name the repository and the right', () => {
  test.each<readonly [string, StubAnswer, string]>([
    [
      'classic protection',
      failed('BRANCH_PROTECTION_RULE_VIOLATION', 'Changes must be made through a pull request.'),
      'The rules of the branch refuse this commit to contoso/gitops: Changes must be made through a pull request. Add the App of `gitops-app-id` to those who may bypass the rule',
    ],
    [
      'a ruleset',
      failed('UNPROCESSABLE', 'Repository rule violations found\n\nChanges must be made through a pull request.\n\n'),
      'The rules of the branch refuse this commit to contoso/gitops: Repository rule violations found',
    ],
    [
      'a missing right',
      failed('FORBIDDEN', 'Resource not accessible by integration'),
      'The token may not write the contents of contoso/gitops: Resource not accessible by integration. Give the App, or the token, `contents: write` on contoso/gitops. A job’s own token reaches no other repository.',
    ],
    [
      'an unseen repository',
      failed('NOT_FOUND', "Could not resolve to a Repository with the name 'contoso/gitops'."),
      'The token sees no repository contoso/gitops. Check `applications.repository`, and that the App or token has `contents: write` on contoso/gitops.',
    ],
    [
      'single sign-on',
      {
        status: 403,
        body: {
          message:
            'Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization.',
        },
      },
      'The organisation of contoso/gitops asks for single sign-on, which the token has not got',
    ],
    [
      'a suspended installation',
      { status: 403, body: { message: 'This installation has been suspended' } },
      'installation on contoso/gitops is suspended',
    ],
    [
      'a token that is over',
      { status: 401, body: { message: 'Bad credentials' } },
      'GitHub does not accept the token for contoso/gitops.',
    ],
    [
      'anything else',
      failed('UNPROCESSABLE', 'Something else'),
      'GitHub refused to commit to the branch main of contoso/gitops: Something else (200).',
    ],
  ])('%s', async (_, answer, message) => {
    const { gitops } = open(() => answer);
    const error = await gitops.commit(request).catch(caught => caught);
    expect(error).toBeInstanceOf(GitHubFailure);
    expect(error.message).toContain(message);
    expect(error.retry).toEqual({ retry: false });
  });

  test.each<readonly [string, (path: string) => StubAnswer, string]>([
    [
      'no such branch',
      path =>
        path.includes('/git/ref/')
          ? { status: 404, body: { message: 'Not Found' } }
          : { body: { default_branch: 'main' } },
      'The GitOps repository has no branch prod. Its default branch is `main`. Correct `applications.branch` in the platform file, or push the branch.',
    ],
    [
      'no such repository',
      () => ({ status: 404, body: { message: 'Not Found' } }),
      'The token sees no repository contoso/gitops.',
    ],
    [
      'an empty repository',
      () => ({ status: 409, body: { message: 'Git Repository is empty.' } }),
      'The GitOps repository contoso/gitops is empty.',
    ],
  ])('%s', async (_, answer, message) => {
    await expect(open(({ path }) => answer(path)).gitops.head('prod')).rejects.toThrow(message);
  });

  test('no such commit', async () => {
    const { gitops } = open(() => ({ status: 422, body: { message: 'No commit found for SHA: zz' } }));
    await expect(gitops.commitOf('zz')).rejects.toThrow(
      'contoso/gitops has no such commit or branch: No commit found for SHA: zz',
    );
  });
});

describe('the content of a commit', () => {
  let folder = '';
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** `top/a.yaml` with `a: 1`. */
  function archive(): Buffer {
    const head = Buffer.alloc(512);
    head.write('top/a.yaml', 0);
    head.write('0000644\0', 100);
    head.write('00000000005\0', 124);
    head.write('        ', 148);
    head.write('0', 156);
    head.write('ustar\x0000', 257);
    head.write(
      `${head
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    return gzipSync(Buffer.concat([head, Buffer.from('a: 1\n'.padEnd(512, '\0')), Buffer.alloc(1024)]));
  }
  const bring = async (answers: readonly (StubAnswer | Error)[]) => {
    folder = await mkdtemp(join(tmpdir(), 'gitops-'));
    await mkdir(join(folder, 'old'));
    await writeFile(join(folder, 'old', 'file'), '');
    const stub = open((_, index) => answers[Math.min(index, answers.length - 1)] ?? {});
    return { ...stub, result: stub.gitops.bring(sha, folder) };
  };

  test('replaces what is there', async () => {
    const { result, requests } = await bring([{ stream: [archive()] }]);
    expect(await result).toEqual({ files: 1, bytes: 5, leftOut: [] });
    expect(await readdir(folder)).toEqual(['a.yaml']);
    expect(await readFile(join(folder, 'a.yaml'), 'utf8')).toBe('a: 1\n');
    expect(requests[0]?.path).toBe(`/repos/contoso/gitops/tarball/${sha}`);
  });

  test('is read again when the connection breaks', async () => {
    const whole = archive();
    const { result, requests, pauses } = await bring([
      { stream: [whole.subarray(0, 30), systemError('ECONNRESET')] },
      { status: 503 },
      { stream: [whole] },
    ]);
    expect((await result).files).toBe(1);
    expect([requests.length, pauses.length]).toEqual([3, 2]);
  });

  test('not without end', async () => {
    const { result, requests } = await bring([{ stream: [archive().subarray(0, 30), systemError('ECONNRESET')] }]);
    await expect(result).rejects.toThrow(
      'The connection to GitHub broke when this job tried to bring contoso/gitops at aaaaaaa onto the runner (ECONNRESET).',
    );
    expect(requests).toHaveLength(3);
  });

  test.each<readonly [string, StubAnswer]>([
    ['a page', { stream: [Buffer.from('<html></html>')] }],
    ['half of it', { stream: [archive().subarray(0, 40)] }],
  ])('%s is none', async (_, answer) => {
    await expect((await bring([answer])).result).rejects.toThrow('was not GitHub’s API');
  });
});

describe('one file', () => {
  test('as Git holds it', async () => {
    const { gitops, requests } = open(() => ({ stream: [Buffer.from('a: '), Buffer.from('1\r\n')] }));
    expect(Buffer.from((await gitops.fileAt(sha, 'env/a b.yaml')) ?? []).toString()).toBe('a: 1\r\n');
    expect(requests[0]?.path).toBe(`/repos/contoso/gitops/contents/env%2Fa%20b.yaml?ref=${sha}`);
    expect(requests[0]?.headers.get('accept')).toBe('application/vnd.github.raw+json');
  });

  test('that is not there, or not shown', async () => {
    expect(await open(() => ({ status: 404 })).gitops.fileAt(sha, 'a')).toBeUndefined();
    const forbidden = open(() => ({ status: 403, body: { message: 'Resource not accessible by integration' } }));
    await expect(forbidden.gitops.fileAt(sha, 'a')).rejects.toThrow(
      'The token may not read the contents of contoso/gitops',
    );
  });
});

test('a token is asked for anew for each request', async () => {
  const stub = stubGitHub(() => ({ body: { object: { sha } } }));
  let count = 0;
  const token = async () => `ghs_${++count}`;
  const gitops = createGitOps(createRequests({ ...stub.options, token }), 'contoso/gitops');
  await gitops.head('main');
  await gitops.head('main');
  expect(stub.requests.map(({ headers }) => headers.get('authorization'))).toEqual(['token ghs_1', 'token ghs_2']);
});

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startGitHub, type TestGitHub } from './testing.ts';

let hub: TestGitHub;

beforeEach(async () => {
  hub = await startGitHub();
});

afterEach(() => hub.close());

async function git(folder: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)('git', ['-C', folder, ...args])).stdout.trim();
}

describe('repositories', () => {
  test('begin with the files of a folder, and equal input gives equal commits', async () => {
    const { repository } = hub;
    expect(await repository.readFile('main', 'platform.yaml')).toContain('name: shop');
    expect(await repository.readFile('refs/heads/main', 'docs/a b.md')).toBe('# Hello\n');
    expect(await repository.readFile('main', 'missing')).toBeUndefined();
    const other = await startGitHub();
    const change = { branch: 'x', message: 'One', files: { a: '1' } };
    expect(await other.repository.commit(change)).toBe(await repository.commit(change));
    await other.close();
  });

  test('commits write, replace and delete files, and make a branch from another', async () => {
    const { repository, clock } = hub;
    const before = await repository.resolve('main');
    clock.advance(60_000);
    const sha = await repository.commit({
      branch: 'feature/one',
      message: 'Two\n\nlines',
      author: 'mona',
      files: { 'docs/a b.md': null, 'platform.yaml': 'new', 'deep/er/ü.txt': 'ü' },
    });
    expect(await repository.resolve('feature/one')).toBe(sha);
    expect(await repository.resolve(sha.slice(0, 7))).toBe(sha);
    expect(await repository.resolve('main')).toBe(before);
    expect(await repository.readFile(sha, 'docs/a b.md')).toBeUndefined();
    expect(await repository.readFile(sha, 'deep/er/ü.txt')).toBe('ü');
    const next = await repository.commit({ branch: 'second', from: 'feature/one', message: 'x', files: { b: '' } });
    const seconds = Date.UTC(2026, 10, 23, 5, 1) / 1000;
    expect((await git(repository.gitDir, 'log', '--format=%an <%ae> %ct %s', '-2', next)).split('\n')).toEqual([
      `octo-org <octo-org@users.noreply.github.com> ${seconds} x`,
      `mona <mona@users.noreply.github.com> ${seconds} Two`,
    ]);
  });

  test.each([
    ['a file to delete', { branch: 'x', message: 'x', files: { nothing: null } }, 'no file nothing'],
    ['a commit to begin at', { branch: 'x', from: 'y', message: 'x', files: {} }, 'no y in octo-org/platform'],
  ])('%s has to exist', async (_, change, message) => {
    await expect(hub.repository.commit(change)).rejects.toThrow(message);
  });

  test('are named once, whatever the case', async () => {
    expect(hub.github.repository('Octo-Org/Platform')).toBe(hub.repository);
    await expect(hub.github.createRepository({ name: 'octo-org/PLATFORM', folder: hub.folder })).rejects.toThrow(
      'already has a repository',
    );
    expect(() => hub.github.repository('a/b')).toThrow('no repository a/b');
  });

  test('know what their tokens say', async () => {
    const job = { repository: 'octo-org/new', ref: 'refs/heads/main', sha: 'a', event: 'push', actor: 'mona' };
    await hub.github.createRepository({
      name: job.repository,
      id: '7',
      ownerId: '22',
      subject: { immutable: true },
      folder: hub.folder,
    });
    expect(hub.github.subjectFor({ ...job, workflowRef: 'w', runId: '1', runAttempt: 1 })).toBe(
      'repo:octo-org@22/new@7:ref:refs/heads/main',
    );
  });

  test('parallel commits to one branch follow one another', async () => {
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(
      names.map(name => hub.repository.commit({ branch: 'main', message: name, files: { [name]: name } })),
    );
    for (const name of names) expect(await hub.repository.readFile('main', name)).toBe(name);
  });
});

describe('checkout', () => {
  test('leaves a work tree on its branch, with one commit, an origin and no credentials', async () => {
    const { repository } = hub;
    await repository.commit({ branch: 'main', message: 'Second', files: { a: '1' } });
    const folder = path.join(hub.directory, 'work');
    const sha = await repository.checkout('main', folder);
    expect(await readFile(path.join(folder, 'a'), 'utf8')).toBe('1');
    expect(await git(folder, 'log', '--format=%H %s')).toBe(`${sha} Second`);
    expect(await git(folder, 'status', '--porcelain')).toBe('');
    expect(await git(folder, 'branch', '--show-current')).toBe('main');
    expect(await git(folder, 'remote', 'get-url', 'origin')).toBe('https://github.com/octo-org/platform');
    expect(await git(folder, 'config', '--list', '--local')).not.toMatch(/extraheader|token|file:/i);
  });

  test('replaces what another checkout left there', async () => {
    const { repository } = hub;
    const folder = path.join(hub.directory, 'work');
    await repository.checkout('main', folder);
    await writeFile(path.join(folder, 'platform.yaml'), 'changed by hand');
    const sha = await repository.commit({ branch: 'x', message: 'x', files: { 'platform.yaml': 'x' } });
    expect(await repository.checkout(sha, folder)).toBe(sha);
    expect(await readFile(path.join(folder, 'platform.yaml'), 'utf8')).toBe('x');
    expect(await git(folder, 'branch', '--show-current')).toBe('');
  });

  test('a depth of 0 brings all history and all branches', async () => {
    const { number } = await hub.openPull();
    const folder = path.join(hub.directory, 'work');
    const sha = await hub.repository.checkout(`refs/pull/${number}/merge`, folder, { depth: 0 });
    expect(await git(folder, 'rev-parse', 'HEAD')).toBe(sha);
    expect((await git(folder, 'log', '--format=%s')).split('\n')).toHaveLength(3);
    expect(await git(folder, 'branch', '-r')).toContain('origin/change');
  });
});

describe('pull requests', () => {
  test('have a trial merge that follows pushes to both branches', async () => {
    const { repository } = hub;
    const opened = await hub.openPull();
    expect(opened).toMatchObject({ number: 1, state: 'open', author: 'mona', head: { branch: 'change' } });
    expect(await repository.resolve('refs/pull/1/merge')).toBe(opened.mergeSha);
    const head = await repository.commit({ branch: 'change', message: 'More', files: { 'new.txt': 'more' } });
    expect(repository.pull(1).head.sha).toBe(head);
    expect(await repository.resolve('refs/pull/1/head')).toBe(head);
    expect(await repository.readFile('refs/pull/1/merge', 'new.txt')).toBe('more');
    const base = await repository.commit({ branch: 'main', message: 'Base', files: { base: 'yes' } });
    expect(await repository.readFile('refs/pull/1/merge', 'base')).toBe('yes');
    expect(await git(repository.gitDir, 'show', '-s', '--format=%P%n%s', 'refs/pull/1/merge')).toBe(
      `${base} ${head}\nMerge ${head} into ${base}`,
    );
  });

  test.each([
    [
      'the same line',
      { 'platform.yaml': 'name: other\nregion: westeurope\nnodes: 3\n' },
      { 'platform.yaml': 'name: third\nregion: westeurope\nnodes: 3\n' },
    ],
    ['a file added twice', { x: '1' }, { x: '2' }],
    ['deleted here, changed there', { 'platform.yaml': null }, { 'platform.yaml': 'x' }],
  ])('conflict: %s', async (_, theirs, ours) => {
    const { repository } = hub;
    await repository.commit({ branch: 'change', message: 'theirs', files: theirs });
    const pull = await repository.openPull({ title: 'x', branch: 'change', author: 'mona' });
    expect(pull.mergeSha).toBeDefined();
    await repository.commit({ branch: 'main', message: 'ours', files: ours });
    expect(repository.pull(1).mergeSha).toBeUndefined();
    await expect(repository.resolve('refs/pull/1/merge')).rejects.toThrow('no refs/pull/1/merge');
    expect((await hub.call(hub.job({ 'pull-requests': 'read' }), 'GET', '/pulls/1')).body).toMatchObject({
      mergeable: false,
      mergeable_state: 'dirty',
      merge_commit_sha: null,
    });
    await expect(repository.closePull(1, { merge: true, by: 'hubot' })).rejects.toThrow('conflicts with main');
    await repository.commit({ branch: 'change', message: 'solved', files: ours });
    expect(repository.pull(1).mergeSha).toBeDefined();
  });

  test('different lines of one file merge', async () => {
    const { repository } = hub;
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    await repository.commit({ branch: 'main', message: 'long', files: { long: lines.join('\n') } });
    await repository.commit({ branch: 'change', message: 'top', files: { long: ['top', ...lines].join('\n') } });
    await repository.openPull({ title: 'x', branch: 'change', author: 'mona' });
    await repository.commit({ branch: 'main', message: 'end', files: { long: [...lines, 'end'].join('\n') } });
    expect(await repository.readFile('refs/pull/1/merge', 'long')).toBe(['top', ...lines, 'end'].join('\n'));
  });

  test('a merge is a commit on the base branch, and other pull requests follow it', async () => {
    const { repository, clock } = hub;
    await hub.openPull('one', 'one.txt');
    await hub.openPull('two', 'two.txt');
    const before = await repository.resolve('main');
    clock.advance(1000);
    const merged = await repository.closePull(1, { merge: true, by: 'hubot' });
    expect(merged).toMatchObject({ state: 'merged', mergeSha: await repository.resolve('main') });
    expect(await git(repository.gitDir, 'show', '-s', '--format=%P|%an|%cn|%B', 'main')).toBe(
      `${before} ${merged.head.sha}|hubot|GitHub|Merge pull request #1 from octo-org/one\n\nAdd one.txt`,
    );
    expect(await repository.readFile('refs/pull/2/merge', 'one.txt')).toBe('one\n');
    await expect(repository.closePull(1, { merge: true, by: 'hubot' })).rejects.toThrow('is not open');
    expect(await repository.closePull(2, { merge: false, by: 'mona' })).toMatchObject({ state: 'closed' });
    await repository.commit({ branch: 'two', message: 'late', files: { late: '1' } });
    expect(repository.pull(2).head.sha).not.toBe(await repository.resolve('two'));
  });

  test('refuses a second one for a branch, and one without commits', async () => {
    const { repository } = hub;
    await hub.openPull();
    const seed = { title: 'x', branch: 'change', author: 'mona' };
    await expect(repository.openPull(seed)).rejects.toThrow('already exists for octo-org:change');
    await expect(repository.openPull({ ...seed, branch: 'main' })).rejects.toThrow('No commits between main and main');
    await expect(repository.openPull({ ...seed, branch: 'none' })).rejects.toThrow('no branch none');
  });

  test('keep every revision of a comment', async () => {
    const { repository, clock } = hub;
    await hub.openPull();
    const id = repository.comment(1, 'mona', 'first');
    clock.advance(5000);
    repository.editComment(id, 'mona', 'second');
    repository.editComment(id, 'mona', 'second');
    const gone = repository.comment(1, 'hubot', 'oops');
    repository.deleteComment(gone);
    const at = Date.UTC(2026, 10, 23, 5);
    expect(repository.pull(1).comments).toMatchObject([
      {
        author: 'mona',
        body: 'second',
        deleted: false,
        revisions: [
          { at, body: 'first' },
          { at: at + 5000, body: 'second' },
        ],
      },
      { author: 'hubot', deleted: true },
    ]);
    expect(() => repository.editComment(gone, 'hubot', 'x')).toThrow(`no comment ${gone}`);
  });
});

describe('environments', () => {
  test('a job that names a missing one creates it without protection', () => {
    const { repository } = hub;
    const entered = repository.enterEnvironment('dev', { sha: 'a', runId: '1' });
    expect(entered.protection).toEqual({ name: 'dev', reviewers: [], waitMinutes: 0, branches: undefined });
    expect(repository.environments()).toHaveLength(1);
    expect(repository.deployments()).toMatchObject([{ environment: 'dev', state: 'in_progress' }]);
    entered.end('failure', 'https://example.com');
    expect(repository.deployments()).toMatchObject([{ state: 'failure', url: 'https://example.com' }]);
  });

  test('a protected one makes its deployment wait; a success retires the one before', () => {
    const { repository } = hub;
    repository.defineEnvironment({ name: 'Prod', reviewers: ['mona'] });
    const first = repository.enterEnvironment('prod', { sha: 'a', runId: '1' });
    expect(first.protection.name).toBe('Prod');
    expect(repository.deployments().map(({ state }) => state)).toEqual(['waiting']);
    first.start();
    expect(repository.deployments().map(({ state }) => state)).toEqual(['in_progress']);
    first.end('success');
    repository.enterEnvironment('prod', { sha: 'b', runId: '2' }).end('success');
    expect(repository.deployments().map(({ state }) => state)).toEqual(['inactive', 'success']);
    repository.removeEnvironment('PROD');
    expect(repository.environments()).toEqual([]);
  });
});

describe('reviews', () => {
  test('stand in the history of their run', () => {
    const { repository } = hub;
    repository.defineEnvironment({ name: 'Prod', reviewers: ['mona', 'hubot'] });
    const enter = (runId: string) => repository.enterEnvironment('prod', { sha: 'a', runId });
    enter('1').review({ approved: true, by: 'hubot', comment: 'Fine' });
    enter('2').review({ approved: false, by: 'mona' });
    const at = hub.clock.now();
    const approved = { runId: '1', environment: 'Prod', state: 'approved', by: 'hubot', comment: 'Fine', at };
    const rejected = { runId: '2', environment: 'Prod', state: 'rejected', by: 'mona', comment: '', at };
    expect(repository.approvals()).toEqual([approved, rejected]);
    expect(repository.approvals('2')).toEqual([rejected]);
  });

  test.each([
    ['who is no reviewer', 'eve', false, 'eve may not review deployments to prod; who may: mona, hubot.'],
    ['who started the run', 'mona', true, 'mona may not review deployments to prod; who may: hubot.'],
  ])('are not taken from %s', (_, by, preventSelfReview, message) => {
    const { repository } = hub;
    repository.defineEnvironment({ name: 'prod', reviewers: ['mona', 'hubot'], preventSelfReview });
    const entered = repository.enterEnvironment('prod', { sha: 'a', runId: '1', actor: 'mona' });
    expect(() => entered.review({ approved: true, by })).toThrow(message);
    expect(repository.approvals()).toEqual([]);
  });
});

test('a job with `deployment: false` files none and retires none', () => {
  const { repository } = hub;
  repository.enterEnvironment('dev', { sha: 'a', runId: '1' }).end('success');
  repository.enterEnvironment('dev', { sha: 'b', runId: '2', deployment: false }).end('success');
  expect(repository.deployments()).toMatchObject([{ sha: 'a', state: 'success' }]);
});

describe('events', () => {
  test('pull_request, from the repository itself, from a fork, and from one that is gone', async () => {
    const { repository } = hub;
    await hub.openPull();
    expect(repository.pullRequestEvent(1, 'opened')).toMatchObject({
      action: 'opened',
      number: 1,
      pull_request: {
        number: 1,
        state: 'open',
        merged: false,
        merged_at: null,
        draft: false,
        html_url: 'https://github.com/octo-org/platform/pull/1',
        user: { login: 'mona', type: 'User' },
        head: {
          ref: 'change',
          label: 'octo-org:change',
          repo: { full_name: 'octo-org/platform', fork: false, id: 11 },
        },
        base: { ref: 'main', repo: { full_name: 'octo-org/platform' } },
        merge_commit_sha: repository.pull(1).mergeSha,
      },
      repository: {
        full_name: 'octo-org/platform',
        id: 11,
        owner: { login: 'octo-org', id: 22 },
        private: true,
        default_branch: 'main',
      },
      sender: { login: 'mona' },
    });
    await repository.commit({ branch: 'theirs', message: 'x', files: { y: '1' } });
    await repository.openPull({ title: 'x', branch: 'theirs', author: 'stranger', fork: 'stranger/platform' });
    expect(repository.pullRequestEvent(2, 'synchronize', 'mona')).toMatchObject({
      pull_request: { head: { label: 'stranger:theirs', repo: { full_name: 'stranger/platform', fork: true } } },
      sender: { login: 'mona' },
    });
    repository.deleteFork(2);
    expect(repository.pullRequestEvent(2, 'closed')).toMatchObject({ pull_request: { head: { repo: null } } });
    expect(() => repository.deleteFork(1)).toThrow('came from no fork');
  });

  test('push, with its commits', async () => {
    const { repository } = hub;
    const before = await repository.resolve('main');
    await repository.commit({ branch: 'main', message: 'One', author: 'mona', files: { a: '1' } });
    const after = await repository.commit({
      branch: 'main',
      message: 'Two\n\nmore',
      author: 'mona',
      files: { a: '2' },
    });
    expect(repository.pushEvent({ branch: 'main', before, after, sender: 'mona' })).toMatchObject({
      ref: 'refs/heads/main',
      before,
      after,
      created: false,
      commits: [{ message: 'One' }, { message: 'Two\n\nmore' }],
      head_commit: { id: after, author: { name: 'mona', email: 'mona@users.noreply.github.com' } },
      pusher: { name: 'mona' },
    });
    const first = { branch: 'new', before: '0'.repeat(40), after, sender: 'mona' };
    expect(repository.pushEvent(first)).toMatchObject({ created: true, head_commit: { id: after } });
  });
});

import { appendFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createGit, type Git } from './git.ts';

export interface CheckoutSeed {
  /** What was asked for: `refs/pull/1/merge`, `main`, a sha. */
  readonly ref: string;
  /** Full name of the branch, undefined when `ref` is none. */
  readonly branch: string | undefined;
  readonly sha: string;
  readonly folder: string;
  /** `https://github.com/owner/name`, what `origin` says. */
  readonly url: string;
  /** Commits of history; 0 is all, with all branches. */
  readonly depth: number;
}

/** A work tree as actions/checkout leaves it: on the branch, else detached, with an `origin` but no credentials. */
export async function checkOut(source: Git, { ref, branch, sha, folder, url, depth }: CheckoutSeed): Promise<void> {
  await mkdir(folder, { recursive: true });
  await rm(path.join(folder, '.git'), { recursive: true, force: true });
  const git = createGit(path.join(folder, '.git'));
  const run = (...args: string[]) => git.run(args, { cwd: folder, env: { GIT_WORK_TREE: folder } });
  await run('-c', 'init.defaultBranch=main', 'init', '--quiet', '.');
  await appendFile(path.join(git.dir, 'config'), settings(url));
  const from = `file://${source.dir}`;
  const limit = depth > 0 ? ['--depth', String(depth)] : [];
  const tracking = trackingRef(ref, branch);
  const wanted = [
    ...(depth > 0 ? [] : ['+refs/heads/*:refs/remotes/origin/*']),
    tracking === undefined ? sha : `+${sha}:${tracking}`,
  ];
  await run('fetch', '--quiet', '--no-tags', '--update-shallow', ...limit, from, ...wanted);
  if (branch === undefined) await run('checkout', '--quiet', '--force', '--detach', tracking ?? sha);
  else await run('checkout', '--quiet', '--force', '-B', branch.slice('refs/heads/'.length), tracking ?? sha);
  await rm(path.join(folder, '.git', 'FETCH_HEAD'), { force: true });
}

/** What `git config gc.auto 0` and `git remote add origin` leave, without two more processes for every job. */
function settings(url: string): string {
  return `[gc]\n\tauto = 0\n[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`;
}

function trackingRef(ref: string, branch: string | undefined): string | undefined {
  if (branch !== undefined) return branch.replace('refs/heads/', 'refs/remotes/origin/');
  return ref.startsWith('refs/pull/') ? ref.replace('refs/', 'refs/remotes/') : undefined;
}

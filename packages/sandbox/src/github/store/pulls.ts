import { commitTree, signatureOf, webFlow } from '../git/commit.ts';
import { mergeTrees } from '../git/merge.ts';
import type { PullView } from '../views.ts';
import { commentView } from './comments.ts';
import { nextNumber } from './issues.ts';
import { findCommit, isAncestor } from './refs.ts';
import { defaultBranch, type GitHubState, type Pull, type RepositoryState } from './state.ts';

export interface PullSeed {
  readonly title: string;
  readonly branch: string;
  /** `main` by default. */
  readonly base?: string;
  readonly author: string;
  readonly body?: string;
  /** Full name of the fork that the branch is said to live in. */
  readonly fork?: string;
}

/** To be called inside `repository.exclusive`, as all that changes refs. */
export async function openPull(state: GitHubState, repository: RepositoryState, seed: PullSeed): Promise<Pull> {
  const { git, pulls } = repository;
  const baseBranch = seed.base ?? defaultBranch;
  const headSha = await demandBranch(repository, seed.branch);
  const baseSha = await demandBranch(repository, baseBranch);
  const headRepository = seed.fork ?? repository.name;
  const isSame = (pull: Pull) =>
    pull.closed === undefined &&
    pull.headBranch === seed.branch &&
    pull.headRepository === headRepository &&
    pull.baseBranch === baseBranch;
  if ([...pulls.values()].some(isSame)) {
    throw new Error(`A pull request already exists for ${headRepository.split('/')[0]}:${seed.branch}.`);
  }
  if (await isAncestor(git, headSha, baseSha)) throw new Error(`No commits between ${baseBranch} and ${seed.branch}.`);
  const now = state.clock.now();
  const pull: Pull = {
    id: state.newId(),
    number: nextNumber(repository),
    title: seed.title,
    body: seed.body ?? null,
    author: seed.author,
    createdAt: now,
    headBranch: seed.branch,
    headRepository,
    baseBranch,
    isForkDeleted: false,
    headSha,
    baseSha,
    mergeSha: undefined,
    updatedAt: now,
    closed: undefined,
  };
  pulls.set(pull.number, pull);
  await git.run(['update-ref', headRef(pull), headSha]);
  await tryMerge(state, repository, pull, baseSha);
  return pull;
}

/** Open pull requests from a branch that is gone are closed with it. */
export async function leaveBranch(
  state: GitHubState,
  repository: RepositoryState,
  branch: string,
  by: string,
): Promise<void> {
  for (const pull of repository.pulls.values()) {
    const isFrom = pull.headBranch === branch && pull.headRepository === repository.name;
    if (isFrom && pull.closed === undefined) await closePull(state, repository, pull, { merge: false, by });
  }
}

/** What a push to `branch` does to open pull requests from it and into it. */
export async function followBranch(state: GitHubState, repository: RepositoryState, branch: string): Promise<void> {
  const open = [...repository.pulls.values()].filter(pull => pull.closed === undefined);
  for (const pull of open.filter(({ headBranch, baseBranch }) => headBranch === branch || baseBranch === branch)) {
    const baseTip = await demandBranch(repository, pull.baseBranch);
    if (pull.headBranch === branch) {
      pull.headSha = await demandBranch(repository, branch);
      pull.baseSha = baseTip;
      pull.updatedAt = state.clock.now();
      await repository.git.run(['update-ref', headRef(pull), pull.headSha]);
    }
    await tryMerge(state, repository, pull, baseTip);
  }
}

/** A merge makes a merge commit on the base branch, as GitHub's button does. */
export async function closePull(
  state: GitHubState,
  repository: RepositoryState,
  pull: Pull,
  { merge, by }: { readonly merge: boolean; readonly by: string },
): Promise<void> {
  if (pull.closed !== undefined) throw new Error(`Pull request ${pull.number} is not open.`);
  const at = state.clock.now();
  if (!merge) {
    pull.closed = { at, by, isMerge: false };
    pull.updatedAt = at;
    return;
  }
  const { git } = repository;
  if (pull.mergeSha === undefined) throw new Error(`Pull request ${pull.number} conflicts with ${pull.baseBranch}.`);
  const baseTip = await demandBranch(repository, pull.baseBranch);
  const tree = await git.run(['rev-parse', `${pull.mergeSha}^{tree}`]);
  const [owner] = pull.headRepository.split('/');
  const sha = await commitTree(git, tree, [baseTip, pull.headSha], {
    message: `Merge pull request #${pull.number} from ${owner}/${pull.headBranch}\n\n${pull.title}\n`,
    author: signatureOf(by),
    committer: webFlow,
    at,
  });
  await git.run(['update-ref', `refs/heads/${pull.baseBranch}`, sha, baseTip]);
  pull.mergeSha = sha;
  pull.closed = { at, by, isMerge: true };
  pull.updatedAt = at;
  await git.tryRun(['update-ref', '-d', mergeRef(pull)]);
  await followBranch(state, repository, pull.baseBranch);
}

export function pullView(repository: RepositoryState, pull: Pull): PullView {
  return {
    number: pull.number,
    title: pull.title,
    body: pull.body ?? '',
    author: pull.author,
    state: pull.closed === undefined ? 'open' : pull.closed.isMerge ? 'merged' : 'closed',
    head: { branch: pull.headBranch, sha: pull.headSha, repository: pull.headRepository },
    base: { branch: pull.baseBranch, sha: pull.baseSha },
    mergeSha: pull.mergeSha,
    createdAt: pull.createdAt,
    comments: [...repository.comments.values()].filter(({ pull: number }) => number === pull.number).map(commentView),
  };
}

async function tryMerge(state: GitHubState, { git }: RepositoryState, pull: Pull, baseTip: string): Promise<void> {
  const mergeBase = await git.run(['merge-base', baseTip, pull.headSha]);
  const tree = await mergeTrees(git, mergeBase, baseTip, pull.headSha);
  if (tree === undefined) {
    pull.mergeSha = undefined;
    await git.tryRun(['update-ref', '-d', mergeRef(pull)]);
    return;
  }
  pull.mergeSha = await commitTree(git, tree, [baseTip, pull.headSha], {
    message: `Merge ${pull.headSha} into ${baseTip}\n`,
    author: signatureOf(pull.author),
    committer: webFlow,
    at: state.clock.now(),
  });
  await git.run(['update-ref', mergeRef(pull), pull.mergeSha]);
}

async function demandBranch({ git, name }: RepositoryState, branch: string): Promise<string> {
  const sha = await findCommit(git, `refs/heads/${branch}`);
  if (sha === undefined) throw new Error(`The sandbox's GitHub has no branch ${branch} in ${name}.`);
  return sha;
}

function headRef({ number }: Pull): string {
  return `refs/pull/${number}/head`;
}

function mergeRef({ number }: Pull): string {
  return `refs/pull/${number}/merge`;
}

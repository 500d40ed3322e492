import path from 'node:path';
import { type PullAction, type Push, pullRequestEvent, pushEvent } from './events.ts';
import { checkOut } from './git/checkout.ts';
import { changeTree, commitTree, signatureOf } from './git/commit.ts';
import { web } from './shapes.ts';
import { checkRunView } from './store/check-runs.ts';
import { addComment, changeComment, findComment } from './store/comments.ts';
import {
  approvalViews,
  defineEnvironment,
  deploymentViews,
  type EnteredEnvironment,
  type EnvironmentEntry,
  type EnvironmentSeed,
  enterEnvironment,
  environmentView,
} from './store/environments.ts';
import { changeIssue, type IssueChange, issueView, openIssue } from './store/issues.ts';
import { closePull, followBranch, openPull, type PullSeed, pullView } from './store/pulls.ts';
import { findBranch, findCommit } from './store/refs.ts';
import {
  type BranchRule,
  type Comment,
  type CommitStatus,
  defaultBranch,
  type GitHubState,
  type Pull,
  type RecordedRunState,
  type RepositoryState,
} from './store/state.ts';
import type { ApprovalView, CheckRunView, DeploymentView, EnvironmentView, IssueView, PullView } from './views.ts';

export interface Change {
  readonly branch: string;
  /** Where the branch begins when it does not exist; `main` by default. */
  readonly from?: string;
  readonly message: string;
  /** Login; the owner of the repository by default. */
  readonly author?: string;
  /** Path to content; null deletes the file. */
  readonly files: Readonly<Record<string, string | null>>;
}

/** One repository, by the back door. */
export interface RepositoryHandle {
  readonly name: string;
  readonly id: string;
  readonly ownerId: string;
  /** The bare repository on disk. */
  readonly gitDir: string;
  /** Commits and pushes to a branch; open pull requests from it and into it follow. Gives the sha. */
  commit(change: Change): Promise<string>;
  /** Sha of the commit that a branch, tag, full ref or sha names; rejects when there is none. */
  resolve(ref: string): Promise<string>;
  /** Undefined when there is no such file there. */
  readFile(ref: string, file: string): Promise<string | undefined>;
  /**
   * A work tree as actions/checkout leaves it, without credentials; gives the sha. `depth` is the commits of history
   * (1 as by default there, 0 is all of it with all branches).
   */
  checkout(ref: string, folder: string, options?: { readonly depth?: number }): Promise<string>;
  openPull(seed: PullSeed): Promise<PullView>;
  /** A merge makes a real merge commit on the base branch; it rejects when there are conflicts. */
  closePull(number: number, how: { readonly merge: boolean; readonly by: string }): Promise<PullView>;
  /** Lets GitHub Actions open pull requests in the settings, or forbids it again. */
  allowPulls(isAllowed: boolean): void;
  /** The fork that a pull request came from is gone: its `head.repo` is null from now on. */
  deleteFork(number: number): void;
  pull(number: number): PullView;
  pulls(): readonly PullView[];
  issues(): readonly IssueView[];
  openIssue(
    login: string,
    issue: { readonly title: string; readonly body: string; readonly labels?: readonly string[] },
  ): number;
  changeIssue(number: number, login: string, change: IssueChange): void;
  /** Switches them off in the settings, or on again. */
  allowIssues(isAllowed: boolean): void;
  /** Gives the comment's id. */
  comment(number: number, login: string, body: string): number;
  editComment(id: number, login: string, body: string): void;
  deleteComment(id: number): void;
  /** Those that were filed by the API, of one commit if one is named; jobs of workflow runs are not among them. */
  checkRuns(sha?: string): readonly CheckRunView[];
  /** What another app says of a commit. */
  setStatus(sha: string, context: string, status: CommitStatus): void;
  /** From now on the API makes no commits on the branch, as with a rule that asks for pull requests; undefined ends that. */
  protectBranch(branch: string, rule: BranchRule | undefined): void;
  defineEnvironment(environment: EnvironmentSeed): void;
  removeEnvironment(name: string): void;
  environments(): readonly EnvironmentView[];
  deployments(): readonly DeploymentView[];
  /** Review history: who let which run deploy where, and who did not; of one run if one is named. */
  approvals(runId?: string): readonly ApprovalView[];
  /**
   * What a job's `environment:` does: files a deployment, `waiting` if somebody has to approve or a timer runs. A missing
   * environment is created without protection.
   */
  enterEnvironment(name: string, job: EnvironmentEntry): EnteredEnvironment;
  /** What the API tells of a workflow run: the whole state of one attempt each time. */
  recordRun(run: RecordedRunState): void;
  /** `github.event` as it would be now. The sender is the author unless named. */
  pullRequestEvent(number: number, action: PullAction, sender?: string): object;
  pushEvent(push: Push): object;
}

export function createRepositoryHandle(state: GitHubState, repository: RepositoryState): RepositoryHandle {
  const { git, name, exclusive } = repository;
  const owner = name.split('/')[0] ?? '';

  const resolve: RepositoryHandle['resolve'] = async ref => {
    const sha = await findCommit(git, ref);
    if (sha === undefined) throw new Error(`The sandbox's GitHub has no ${ref} in ${name}.`);
    return sha;
  };
  const demandPull = (number: number): Pull => {
    const pull = repository.pulls.get(number);
    if (pull === undefined) throw new Error(`The sandbox's GitHub has no pull request ${number} in ${name}.`);
    return pull;
  };
  const demandComment = (id: number): Comment => {
    const comment = findComment(repository, id);
    if (comment === undefined) throw new Error(`The sandbox's GitHub has no comment ${id} in ${name}.`);
    return comment;
  };

  return {
    name,
    id: repository.id,
    ownerId: repository.ownerId,
    gitDir: git.dir,
    commit: change =>
      exclusive(async () => {
        const { branch, from = defaultBranch, files } = change;
        const tip = await findCommit(git, `refs/heads/${branch}`);
        const parent = tip ?? (await resolve(from));
        const tree = await changeTree(git, parent, files);
        const sha = await commitTree(git, tree, [parent], {
          message: `${change.message}\n`,
          author: signatureOf(change.author ?? owner),
          at: state.clock.now(),
        });
        await git.run(['update-ref', `refs/heads/${branch}`, sha]);
        await followBranch(state, repository, branch);
        return sha;
      }),
    resolve,
    readFile: async (ref, file) => {
      const sha = await resolve(ref);
      const bytes = await git
        .bytes(['cat-file', 'blob', `${sha}:${path.posix.normalize(file)}`])
        .catch(() => undefined);
      return bytes?.toString('utf8');
    },
    checkout: async (ref, folder, { depth = 1 } = {}) => {
      const sha = await resolve(ref);
      const branch = await findBranch(git, ref);
      await checkOut(git, { ref, branch, sha, folder: path.resolve(folder), url: `${web}/${name}`, depth });
      return sha;
    },
    openPull: seed => exclusive(async () => pullView(repository, await openPull(state, repository, seed))),
    closePull: (number, how) =>
      exclusive(async () => {
        const pull = demandPull(number);
        await closePull(state, repository, pull, how);
        return pullView(repository, pull);
      }),
    allowPulls: isAllowed => {
      repository.actionsMayOpenPulls = isAllowed;
    },
    deleteFork: number => {
      const pull = demandPull(number);
      if (pull.headRepository === name) throw new Error(`Pull request ${number} of ${name} came from no fork.`);
      pull.isForkDeleted = true;
    },
    pull: number => pullView(repository, demandPull(number)),
    pulls: () => [...repository.pulls.values()].map(pull => pullView(repository, pull)),
    issues: () => [...repository.issues.values()].map(issue => issueView(repository, issue)),
    openIssue: (login, { title, body, labels = [] }) =>
      openIssue(state, repository, { title, author: login, body, labels }).number,
    changeIssue: (number, login, change) => {
      const issue = repository.issues.get(number);
      if (issue === undefined) throw new Error(`The sandbox's GitHub has no issue ${number} in ${name}.`);
      changeIssue(state, issue, change, login);
    },
    allowIssues: isAllowed => {
      repository.hasIssues = isAllowed;
    },
    comment: (number, login, body) =>
      addComment(state, repository, { pull: demandPull(number).number, author: login, body }).id,
    editComment: (id, _login, body) => changeComment(state, demandComment(id), body),
    deleteComment: id => {
      demandComment(id).isDeleted = true;
    },
    checkRuns: sha =>
      [...repository.checkRuns.values()].filter(run => sha === undefined || run.headSha === sha).map(checkRunView),
    setStatus: (sha, context, status) =>
      void repository.statuses.set(sha, new Map([...(repository.statuses.get(sha) ?? []), [context, status]])),
    protectBranch: (branch, rule) =>
      void (rule === undefined ? repository.rules.delete(branch) : repository.rules.set(branch, rule)),
    defineEnvironment: seed => void defineEnvironment(state, repository, seed),
    removeEnvironment: environment => void repository.environments.delete(environment.toLowerCase()),
    environments: () => [...repository.environments.values()].map(environmentView),
    deployments: () => deploymentViews(repository),
    approvals: runId => approvalViews(repository, runId),
    enterEnvironment: (environment, job) => enterEnvironment(state, repository, environment, job),
    recordRun: run => {
      const attempts = repository.runs.get(run.id) ?? new Map<number, RecordedRunState>();
      attempts.set(run.attempt, structuredClone(run));
      repository.runs.set(run.id, attempts);
    },
    pullRequestEvent: (number, action, sender) => pullRequestEvent(repository, demandPull(number), action, sender),
    pushEvent: push => pushEvent(repository, push),
  };
}

import { asArray, asNumber, asObject, asString } from '@suite/foundation';
import { readViewer } from './comments.ts';
import { GitHubFailure, reworded, unexpected } from './failure.ts';
import { splitRepository } from './repository.ts';
import type { Requests } from './requests.ts';

/** A pull request from a branch of the repository itself. */
export interface ProposedPull {
  readonly number: number;
  /** As REST writes it: `github-actions[bot]`. */
  readonly author: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly title: string;
  readonly body: string;
  readonly url: string;
}

/** A commit that one branch has and another has not. */
export interface AheadCommit {
  readonly sha: string;
  /** Login; empty where GitHub knows nobody of that address. */
  readonly author: string;
  readonly message: string;
}

/** Branches of one repository, and pull requests from them. Needs `contents: write` and `pull-requests: write`. */
export interface Proposals {
  /** Login of the token's owner. */
  viewer(): Promise<string>;
  /** Name and last commit of the branches whose name begins so. */
  branches(prefix: string): Promise<ReadonlyMap<string, string>>;
  /** What `head` has and `base` has not; undefined for more than GitHub tells at once. */
  ahead(base: string, head: string): Promise<readonly AheadCommit[] | undefined>;
  /** Open and closed ones from the branch, the newest first. */
  pullsFrom(branch: string): Promise<readonly ProposedPull[]>;
  /** Whether it can be merged no more; GitHub may not know yet. */
  conflicts(number: number): Promise<boolean>;
  createBranch(branch: string, commit: string): Promise<void>;
  /** Does nothing when it is gone already. */
  deleteBranch(branch: string): Promise<void>;
  open(pull: {
    readonly title: string;
    readonly body: string;
    readonly branch: string;
    readonly base: string;
  }): Promise<ProposedPull>;
  change(
    number: number,
    change: { readonly title?: string; readonly body?: string; readonly state?: 'closed' },
  ): Promise<void>;
  comment(number: number, body: string): Promise<void>;
}

export function createProposals(requests: Requests, repository: string): Proposals {
  const place = splitRepository(repository);
  return {
    viewer: () => readViewer(requests),
    branches: async prefix => {
      const found = await requests.readAll(
        `list the branches ${prefix}…`,
        'GET /repos/{owner}/{repo}/git/matching-refs/{ref}',
        { ...place, ref: `heads/${prefix}` },
      );
      return new Map(
        found.map(asObject).flatMap(one => {
          const name = asString(one['ref'])?.replace(/^refs\/heads\//, '');
          const sha = asString(asObject(one['object'])['sha']);
          return name === undefined || sha === undefined ? [] : [[name, sha] as const];
        }),
      );
    },
    ahead: async (base, head) => {
      const purpose = `compare ${head} with ${base}`;
      const answer = asObject(
        await requests.read(purpose, 'GET /repos/{owner}/{repo}/compare/{basehead}', {
          ...place,
          basehead: `${base}...${head}`,
        }),
      );
      const commits = asArray(answer['commits']).map(asObject);
      if (asNumber(answer['total_commits']) !== commits.length) return undefined;
      return commits.map(commit => ({
        sha: asString(commit['sha']) ?? '',
        author: asString(asObject(commit['author'])['login']) ?? '',
        message: asString(asObject(commit['commit'])['message']) ?? '',
      }));
    },
    pullsFrom: async branch => {
      const purpose = `list the pull requests from ${branch}`;
      const found = await requests.readAll(purpose, 'GET /repos/{owner}/{repo}/pulls', {
        ...place,
        head: `${place.owner}:${branch}`,
        state: 'all',
        sort: 'created',
        direction: 'desc',
      });
      return found
        .map(asObject)
        .filter(pull => {
          const head = asObject(pull['head']);
          const own = asString(asObject(head['repo'])['full_name'])?.toLowerCase() === repository.toLowerCase();
          return own && head['ref'] === branch;
        })
        .map(pull => readProposed(pull) ?? fail(purpose, false));
    },
    conflicts: async number => {
      const purpose = `read pull request ${number}`;
      const pull = asObject(
        await requests.read(purpose, 'GET /repos/{owner}/{repo}/pulls/{number}', { ...place, number }),
      );
      return pull['mergeable'] === false;
    },
    createBranch: async (branch, commit) => {
      await requests.write(`make the branch ${branch}`, 'POST /repos/{owner}/{repo}/git/refs', {
        ...place,
        ref: `refs/heads/${branch}`,
        sha: commit,
      });
    },
    deleteBranch: async branch => {
      const purpose = `delete the branch ${branch}`;
      await requests
        .write(purpose, 'DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ...place, ref: `heads/${branch}` })
        .catch(error => {
          if (!(error instanceof GitHubFailure) || !isGone(error)) throw error;
        });
    },
    open: async ({ title, body, branch, base }) => {
      const purpose = `open the pull request “${title}”`;
      const answer = await requests
        .write(purpose, 'POST /repos/{owner}/{repo}/pulls', { ...place, title, body, head: branch, base })
        .catch(error => whyNot(error));
      return readProposed(answer) ?? fail(purpose, true);
    },
    change: async (number, change) => {
      const route = 'PATCH /repos/{owner}/{repo}/pulls/{number}';
      await requests.write(`change pull request ${number}`, route, { ...place, number, ...change });
    },
    comment: async (number, body) => {
      const route = 'POST /repos/{owner}/{repo}/issues/{number}/comments';
      await requests.write(`comment on pull request ${number}`, route, { ...place, number, body });
    },
  };
}

/** GitHub answers 422 to whoever deletes a branch that is not there. */
function isGone({ status, said }: GitHubFailure): boolean {
  return status === 404 || (status === 422 && /reference does not exist/i.test(said));
}

/** What the token may do has nothing to do with it: a setting of the repository, or of its organisation, decides. */
function whyNot(error: unknown): never {
  if (!(error instanceof GitHubFailure) || !/not permitted to create or approve pull requests/i.test(error.said)) {
    throw error;
  }
  throw reworded(error, {
    message: 'The settings of this repository do not let GitHub Actions open pull requests.',
    remedy:
      'Switch on “Allow GitHub Actions to create and approve pull requests” (Settings, Actions, General; an organisation may forbid it to all of its repositories), or give a GitHub App.',
  });
}

function fail(purpose: string, isWrite: boolean): never {
  throw unexpected(purpose, isWrite);
}

/** Undefined for what is no pull request. */
function readProposed(value: unknown): ProposedPull | undefined {
  const pull = asObject(value);
  const number = asNumber(pull['number']);
  const state = pull['state'];
  if (number === undefined || (state !== 'open' && state !== 'closed')) return undefined;
  return {
    number,
    author: asString(asObject(pull['user'])['login']) ?? '',
    state: pull['merged_at'] != null ? 'merged' : state,
    title: asString(pull['title']) ?? '',
    body: asString(pull['body']) ?? '',
    url: asString(pull['html_url']) ?? '',
  };
}

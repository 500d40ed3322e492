import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asArray, asObject, asString } from '@suite/foundation';
import {
  type CommitRange,
  commitRange,
  commitsOfPage,
  compareCommits,
  type LoggedCommit,
  loggedCommits,
  type Relation,
} from '../commits.ts';
import { readContent } from '../contents.ts';
import { GitHubFailure, unexpected } from '../failure.ts';
import { splitRepository } from '../repository.ts';
import type { Requests } from '../requests.ts';
import { explained, isMoved, MissingBranch } from './refusals.ts';
import { type Unpacked, unpack } from './unpack.ts';

/** One file as a commit is to have it. */
export interface FileContent {
  /** In the repository, with `/`. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

export interface CommitRequest {
  readonly branch: string;
  /** The branch's last commit, which this one is made on; a branch that has moved on is left as it is. */
  readonly parent: string;
  /** One line. */
  readonly headline: string;
  readonly body: string;
  readonly additions: readonly FileContent[];
  /** Paths of files that are there. */
  readonly deletions: readonly string[];
}

export type CommitOutcome =
  | { readonly kind: 'committed'; readonly commit: string }
  /** The branch has another last commit by now; nothing was written. */
  | { readonly kind: 'moved' };

export interface CommitRecord {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
}

/** The repository that Argo CD deploys from. All throw GitHubFailure, in words that name the repository and its rights. */
export interface GitOps {
  /** `owner/name` */
  readonly repository: string;
  /** Sha of a branch's last commit. */
  head(branch: string): Promise<string>;
  /** What a branch, a tag or a (shortened) sha names. */
  commitOf(revision: string): Promise<CommitRecord>;
  /** The newest commits up to `head` that touch a folder (all where it is empty), the newest first: as many as a page holds. */
  log(head: string, folder: string): Promise<readonly LoggedCommit[]>;
  /** What came to `head` since `base`. */
  range(base: string, head: string): Promise<CommitRange>;
  /** How `head` stands to `base`. */
  compare(base: string, head: string): Promise<Relation>;
  /** One file as Git holds it; undefined when it is not there. Archives may convert what they hold (`.gitattributes`). */
  fileAt(commit: string, path: string): Promise<Uint8Array | undefined>;
  /** Fills a folder, which is made or emptied first, with all files of a commit. */
  bring(commit: string, folder: string): Promise<Unpacked>;
  /** One commit, signed by GitHub, or none. Done once: after an unclear failure look before trying again. */
  commit(request: CommitRequest): Promise<CommitOutcome>;
}

export function createGitOps(requests: Requests, repository: string): GitOps {
  const place = splitRepository(repository);
  const asked = <T>(work: Promise<T>, need: 'read' | 'write' = 'read'): Promise<T> => explained(work, repository, need);

  const commitOf: GitOps['commitOf'] = async revision => {
    const purpose = `find ${revision} in ${repository}`;
    const answer = asObject(
      await asked(requests.read(purpose, 'GET /repos/{owner}/{repo}/commits/{revision}', { ...place, revision })),
    );
    const sha = asString(answer['sha']);
    const message = asString(asObject(answer['commit'])['message']);
    if (sha === undefined || message === undefined) throw unexpected(purpose);
    const parents = asArray(answer['parents']).flatMap(parent => asString(asObject(parent)['sha']) ?? []);
    return { sha, message, parents };
  };

  return {
    repository,
    commitOf,
    head: async branch => {
      const purpose = `read the branch ${branch} of ${repository}`;
      const answer = await asked(
        requests
          .read(purpose, 'GET /repos/{owner}/{repo}/git/ref/{ref}', { ...place, ref: `heads/${branch}` })
          .catch(error => whichIsMissing(error, requests, repository, branch)),
      );
      const sha = asString(asObject(asObject(answer)['object'])['sha']);
      if (sha === undefined) throw unexpected(purpose);
      return sha;
    },
    log: async (head, folder) => {
      const purpose = `read who has changed ${folder} of ${repository}`;
      const answer = await asked(
        requests.read(purpose, 'GET /repos/{owner}/{repo}/commits', {
          ...place,
          sha: head,
          ...(folder === '' ? {} : { path: folder }),
          per_page: commitsOfPage,
        }),
      );
      return loggedCommits(answer);
    },
    range: (base, head) => asked(commitRange(requests, repository, base, head)),
    compare: (base, head) => asked(compareCommits(requests, repository, base, head)),
    fileAt: (commit, path) => asked(readContent(requests, repository, path, commit)),
    bring: (commit, folder) => {
      const purpose = `bring ${repository} at ${commit.slice(0, 7)} onto the runner`;
      const fill = async (bytes: AsyncIterable<Uint8Array>) => {
        await empty(folder);
        return unpack(bytes, folder);
      };
      return asked(
        requests.download(purpose, 'GET /repos/{owner}/{repo}/tarball/{commit}', { ...place, commit }, fill),
      );
    },
    commit: async ({ branch, parent, headline, body, additions, deletions }) => {
      const purpose = `commit to the branch ${branch} of ${repository}`;
      const input = {
        branch: { repositoryNameWithOwner: repository, branchName: branch },
        expectedHeadOid: parent,
        message: { headline, body },
        fileChanges: {
          additions: additions.map(({ path, content }) => ({
            path,
            contents: Buffer.from(content).toString('base64'),
          })),
          deletions: deletions.map(path => ({ path })),
        },
      };
      try {
        const answer = asObject(await asked(requests.mutate(purpose, mutation, { input }), 'write'));
        const commit = asString(asObject(asObject(answer['createCommitOnBranch'])['commit'])['oid']);
        if (commit === undefined) throw unexpected(purpose, true);
        return { kind: 'committed', commit };
      } catch (error) {
        if (error instanceof GitHubFailure && isMoved(error)) return { kind: 'moved' };
        throw error;
      }
    },
  };
}

const mutation =
  'mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }';

/** A 404 of a branch may be one of its repository. */
async function whichIsMissing(error: unknown, requests: Requests, repository: string, branch: string): Promise<never> {
  if (!(error instanceof GitHubFailure) || error.status !== 404) throw error;
  const answer = await requests.read(`read ${repository}`, 'GET /repos/{owner}/{repo}', splitRepository(repository));
  const usual = asString(asObject(answer)['default_branch']);
  throw new MissingBranch(error, branch, usual);
}

async function empty(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}

import { changeTree, commitTree, signatureOf, webFlow } from '../git/commit.ts';
import { isoTime, userJson, web } from '../shapes.ts';
import { followBranch } from '../store/pulls.ts';
import { findCommit } from '../store/refs.ts';
import type { RepositoryState } from '../store/state.ts';
import { demand, failure, findRepository, type Viewer } from './viewer.ts';

export interface CommitInput {
  readonly branch: { readonly repositoryNameWithOwner?: string; readonly branchName?: string; readonly id?: string };
  readonly expectedHeadOid: string;
  readonly message: { readonly headline: string; readonly body?: string };
  readonly fileChanges?: {
    readonly additions?: readonly { readonly path: string; readonly contents: string }[];
    readonly deletions?: readonly { readonly path: string }[];
  };
  readonly clientMutationId?: string;
}

/**
 * `createCommitOnBranch`: by whoever's token it is, signed by GitHub (github-facts.md §10). The answers to a head that has moved
 * (modernisation-platform#11985), to a deletion of nothing and to classic branch protection were seen by others; what GitHub
 * calls a ruleset's refusal (Thinkmill/keystatic#1598 only says that it is another type) and a missing branch is [unsure].
 */
export async function createCommitOnBranch(viewer: Viewer, input: CommitInput) {
  const { branch, expectedHeadOid, message, fileChanges = {}, clientMutationId } = input;
  const { repositoryNameWithOwner: name, branchName } = branch;
  if (name === undefined || branchName === undefined) {
    throw new Error("The sandbox's GitHub plays commits on branches by repository and name only.");
  }
  const repository = findRepository(viewer, name);
  demand(viewer, repository, { level: 'write', anyOf: ['contents'] });
  return repository.exclusive(async () => {
    const { git } = repository;
    const short = branchName.replace(/^refs\/heads\//, '');
    const ref = `refs/heads/${short}`;
    const head = await findCommit(git, ref);
    if (head === undefined) throw failure('NOT_FOUND', `Could not resolve to a Ref with the name '${short}'.`);
    obeyRules(repository, short);
    if (head !== expectedHeadOid) {
      const words = `Expected branch to point to "${expectedHeadOid}" but it did not.  Pull and try again.`;
      throw failure('STALE_DATA', words);
    }
    const { additions = [], deletions = [] } = fileChanges;
    for (const { path } of deletions) {
      if ((await git.tryRun(['cat-file', '-e', `${head}:${path}`])) === undefined) {
        const words = `A path was requested for deletion which does not exist as of commit oid \`${head}\``;
        throw failure('NOT_FOUND', words);
      }
    }
    const tree = await changeTree(git, head, {
      ...Object.fromEntries(additions.map(({ path, contents }) => [path, Buffer.from(contents, 'base64')])),
      ...Object.fromEntries(deletions.map(({ path }) => [path, null])),
    });
    const { login } = viewer.caller;
    const sha = await commitTree(git, tree, [head], {
      message: `${[message.headline, message.body ?? ''].filter(Boolean).join('\n\n')}\n`,
      author: login.endsWith('[bot]')
        ? { name: login, email: `${userJson(login).id}+${login}@users.noreply.github.com` }
        : signatureOf(login),
      committer: webFlow,
      at: viewer.state.clock.now(),
    });
    await git.run(['update-ref', ref, sha]);
    await followBranch(viewer.state, repository, short);
    return {
      clientMutationId: clientMutationId ?? null,
      commit: {
        oid: sha,
        abbreviatedOid: sha.slice(0, 7),
        committedDate: isoTime(viewer.state.clock.now()),
        message: (await git.run(['log', '--max-count=1', '--format=%B', sha])).trimEnd(),
        signature: { __typename: 'GpgSignature', isValid: true, state: 'VALID', wasSignedByGitHub: true },
        url: `${web}/${repository.name}/commit/${sha}`,
      },
      ref: { name: short, prefix: 'refs/heads/' },
    };
  });
}

function obeyRules({ rules }: RepositoryState, branch: string): void {
  const rule = rules.get(branch);
  const words = 'Changes must be made through a pull request.';
  if (rule === 'protection') throw failure('BRANCH_PROTECTION_RULE_VIOLATION', words);
  if (rule === 'ruleset') throw failure('UNPROCESSABLE', `Repository rule violations found\n\n${words}\n\n`);
}

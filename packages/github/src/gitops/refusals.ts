import { type Problem, quote } from '@suite/foundation';
import { GitHubFailure, reworded } from '../failure.ts';

/**
 * The branch has moved on since its head was read. GitHub says so with STALE_DATA, and of two writers at the very same moment
 * also in the words of git (planetscale/ghcommit#153; seen by others in 2026).
 */
export function isMoved({ code, said }: GitHubFailure): boolean {
  return code === 'STALE_DATA' || /Expected branch to point to|is at [0-9a-f]{7,40} but expected/i.test(said);
}

/** The repository is there and this branch of it is not. */
export class MissingBranch extends GitHubFailure {
  constructor(cause: GitHubFailure, branch: string, usual: string | undefined) {
    const hint = usual === undefined || usual === branch ? '' : ` Its default branch is \`${usual}\`.`;
    super(
      {
        message: `The GitOps repository has no branch ${branch}.${hint}`,
        remedy: 'Correct `applications.branch` in the platform file, or push the branch.',
      },
      { retry: { retry: false }, status: 404, isWrite: false, said: cause.said, cause },
    );
  }
}

/** Waits for a request to the GitOps repository; its failure names that repository and the rights that it takes. */
export async function explained<T>(work: Promise<T>, repository: string, need: 'read' | 'write'): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const problem = error instanceof GitHubFailure ? describe(error, repository, need) : undefined;
    throw problem === undefined ? error : reworded(error as GitHubFailure, problem);
  }
}

/** Undefined where the words that there are do. */
function describe(failure: GitHubFailure, repository: string, need: 'read' | 'write'): Problem | undefined {
  const { status, code, said } = failure;
  const rights = `\`contents: ${need}\` on ${repository}`;
  // Rate limits have their own words, and these are 403, too.
  if (failure instanceof MissingBranch || status === undefined) return undefined;
  if (failure.retry.retry || /rate limit/i.test(said)) return undefined;
  if (/\bSAML\b|single sign-on/i.test(said)) {
    return {
      message: `The organisation of ${repository} asks for single sign-on, which the token has not got: ${quote(said)}`,
      remedy: 'Authorise the token for the organisation (its page on GitHub, “Configure SSO”), or use a GitHub App.',
    };
  }
  if (/suspended/i.test(said)) {
    return {
      message: `The App’s installation on ${repository} is suspended.`,
      remedy: 'An owner of the organisation can end that in the settings of the installation.',
    };
  }
  // Classic protection has this type; of rulesets GitHub's words tell (Thinkmill/keystatic#1598).
  if (code === 'BRANCH_PROTECTION_RULE_VIOLATION' || /rule violation|protected branch|branch protection/i.test(said)) {
    return {
      message: `The rules of the branch refuse this commit to ${repository}: ${quote(said)}`,
      remedy:
        'Add the App of `gitops-app-id` to those who may bypass the rule (“Bypass list”), or deliver with `deliver: application`. The commit is signed, so a rule that asks for signatures is no matter.',
    };
  }
  if (status === 401) {
    return {
      message: `GitHub does not accept the token for ${repository}.`,
      remedy: 'Give `gitops-token` one that has not expired, or `gitops-app-id` and `gitops-app-key`.',
    };
  }
  if (status === 403 || code === 'FORBIDDEN') {
    return {
      message: `The token may not ${need} the contents of ${repository}: ${quote(said)}`,
      remedy: `Give the App, or the token, ${rights}. A job’s own token reaches no other repository.`,
    };
  }
  if (status === 404 || code === 'NOT_FOUND') {
    if (/was requested for deletion/i.test(said)) return undefined;
    return {
      message: `The token sees no repository ${repository}.`,
      remedy: `Check \`applications.repository\`, and that the App or token has ${rights}.`,
    };
  }
  if (status === 422 && /^No commit found/i.test(said)) {
    return {
      message: `${repository} has no such commit or branch: ${quote(said)}`,
      remedy: 'Give the full sha of a commit that has been pushed there.',
    };
  }
  if (status === 409 && /empty/i.test(said)) {
    return { message: `The GitOps repository ${repository} is empty.`, remedy: 'Push its first commit.' };
  }
  return undefined;
}

import { asArray, asObject, asString } from '@suite/foundation';
import { splitRepository } from './repository.ts';
import type { Requests } from './requests.ts';

/** How a repository writes the `sub` claim of its OIDC tokens. */
export interface SubjectTemplate {
  /** What stands for the repository, ids included where it has them: `repo:contoso/platform`. */
  readonly prefix: string;
  /** Names of claims in their order; undefined for GitHub's own form, prefix and context. */
  readonly claims: readonly string[] | undefined;
}

/** Needs `actions: read`. */
export async function readSubjectTemplate(requests: Requests, repository: string): Promise<SubjectTemplate> {
  const answer = asObject(
    await requests.read(
      `read how ${repository} writes the subjects of its tokens`,
      'GET /repos/{owner}/{repo}/actions/oidc/customization/sub',
      splitRepository(repository),
    ),
  );
  const isOwn = answer['use_default'] === false;
  return {
    prefix: asString(answer['sub_claim_prefix']) ?? `repo:${repository}`,
    claims: isOwn ? asArray(answer['include_claim_keys']).map(String) : undefined,
  };
}

/** Name of the default branch. Every token may read it. */
export async function readDefaultBranch(requests: Requests, repository: string): Promise<string> {
  const answer = await requests.read(`read ${repository}`, 'GET /repos/{owner}/{repo}', splitRepository(repository));
  return asString(asObject(answer)['default_branch']) ?? 'main';
}

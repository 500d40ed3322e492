import { asArray, asNumber, asObject, asString } from '@suite/foundation';
import { splitRepository } from './repository.ts';
import type { Requests } from './requests.ts';

/** How a GitHub environment is protected. */
export interface EnvironmentProtection {
  readonly name: string;
  /** People and teams who may approve; one of them is enough. */
  readonly reviewers: number;
  /** Whether who started a run may not approve it. */
  readonly preventsSelfReview: boolean;
  readonly waitMinutes: number;
  /** Whether only some branches may deploy. */
  readonly branches: 'any' | 'protected' | 'selected';
}

/** All environments of a repository. Needs `actions: read`. */
export async function readEnvironments(
  requests: Requests,
  repository: string,
): Promise<readonly EnvironmentProtection[]> {
  const environments = await requests.readAll(
    `read the environments of ${repository} and how they are protected`,
    'GET /repos/{owner}/{repo}/environments',
    splitRepository(repository),
    'environments',
  );
  return environments.map(readEnvironment);
}

function readEnvironment(value: unknown): EnvironmentProtection {
  const environment = asObject(value);
  const rules = asArray(environment['protection_rules']).map(asObject);
  const policy = environment['deployment_branch_policy'];
  const restricted = asObject(policy);
  return {
    name: asString(environment['name']) ?? '',
    reviewers: rules.reduce((sum, rule) => sum + asArray(rule['reviewers']).length, 0),
    preventsSelfReview: rules.some(rule => rule['prevent_self_review'] === true),
    waitMinutes: rules.reduce((most, rule) => Math.max(most, asNumber(rule['wait_timer']) ?? 0), 0),
    branches: policy == null ? 'any' : restricted['protected_branches'] === true ? 'protected' : 'selected',
  };
}

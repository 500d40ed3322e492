import { asNumber, asObject, asString } from '@suite/foundation';
import { splitRepository } from './repository.ts';
import type { Requests } from './requests.ts';

/** A pull request as it stands now, not as the event saw it. */
export interface Pull {
  readonly number: number;
  readonly headSha: string;
  readonly state: 'open' | 'merged' | 'closed';
  /** The commit that the merge made; undefined unless it is merged. */
  readonly mergeSha: string | undefined;
}

export async function readPull(requests: Requests, repository: string, number: number): Promise<Pull> {
  const pull = asObject(
    await requests.read(`read pull request ${number}`, 'GET /repos/{owner}/{repo}/pulls/{number}', {
      ...splitRepository(repository),
      number,
    }),
  );
  const merged = pull['merged'] === true;
  return {
    number: asNumber(pull['number']) ?? number,
    headSha: asString(asObject(pull['head'])['sha']) ?? '',
    state: merged ? 'merged' : pull['state'] === 'open' ? 'open' : 'closed',
    mergeSha: merged ? asString(pull['merge_commit_sha']) : undefined,
  };
}

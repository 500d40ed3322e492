import { asNumber, asObject, asString } from '@suite/foundation';
import { unexpected } from './failure.ts';
import { splitRepository } from './repository.ts';
import type { Requests } from './requests.ts';

/** A pull request as it stands now, not as the event saw it. */
export interface Pull {
  readonly headSha: string;
  readonly state: 'open' | 'merged' | 'closed';
  /** The commit that the merge made; undefined unless it is merged. */
  readonly mergeSha: string | undefined;
}

/** A pull request from a branch of the repository itself. */
export interface OpenPull {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly headSha: string;
}

/** Open ones, the newest first, without those of forks. Needs `pull-requests: read`. */
export async function listOpenPulls(requests: Requests, repository: string): Promise<readonly OpenPull[]> {
  const pulls = await requests.readAll('list the open pull requests', 'GET /repos/{owner}/{repo}/pulls', {
    ...splitRepository(repository),
    state: 'open',
  });
  return pulls.map(asObject).flatMap(pull => {
    const head = asObject(pull['head']);
    const own = asString(asObject(head['repo'])['full_name'])?.toLowerCase() === repository.toLowerCase();
    const [number, headSha] = [asNumber(pull['number']), asString(head['sha'])];
    if (number === undefined || headSha === undefined || !own) return [];
    return [{ number, headSha, title: asString(pull['title']) ?? '', url: asString(pull['html_url']) ?? '' }];
  });
}

export async function readPull(requests: Requests, repository: string, number: number): Promise<Pull> {
  const purpose = `read pull request ${number}`;
  const pull = asObject(
    await requests.read(purpose, 'GET /repos/{owner}/{repo}/pulls/{number}', {
      ...splitRepository(repository),
      number,
    }),
  );
  const headSha = asString(asObject(pull['head'])['sha']);
  const state = pull['state'];
  // Nothing is concluded from what is missing: "closed" would be a statement.
  if (pull['number'] !== number || headSha === undefined || (state !== 'open' && state !== 'closed')) {
    throw unexpected(purpose);
  }
  const merged = pull['merged'] === true;
  return {
    headSha,
    state: merged ? 'merged' : state,
    mergeSha: merged ? asString(pull['merge_commit_sha']) : undefined,
  };
}

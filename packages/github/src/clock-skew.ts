import type { Clock } from '@suite/foundation';
import { splitRepository } from './repository.ts';
import type { Requests } from './requests.ts';

/**
 * Milliseconds by which GitHub's clock is ahead of ours, negative where it is behind: no more than its answer proves. Zero where both may
 * be right, as `Date` has no parts of a second (RFC 9110) and nobody knows when in between it was written.
 */
export async function clockSkew(requests: Requests, repository: string, clock: Pick<Clock, 'now'>): Promise<number> {
  const sent = clock.now();
  // Any token may read it.
  const date = await requests.date('read the time', 'GET /repos/{owner}/{repo}', splitRepository(repository));
  const received = clock.now();
  return Math.max(date - received, 0) + Math.min(date + secondMs - sent, 0);
}

const secondMs = 1000;

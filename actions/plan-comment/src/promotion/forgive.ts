import { UserError } from '@suite/foundation';
import type { Services } from '../ports.ts';

/** A comment is for people to read. That one could not be written stops no promotion. */
export async function forgive<T>(work: () => Promise<T>, { log }: Pick<Services, 'log'>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.warning(`The comment of the pull request does not say it: ${error.message}`);
    return undefined;
  }
}

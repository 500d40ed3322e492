import { buffer } from 'node:stream/consumers';
import { GitHubFailure } from './failure.ts';
import { splitRepository } from './repository.ts';
import type { Requests } from './requests.ts';

/**
 * A file of a repository, as a commit, a branch or a tag has it, byte by byte; undefined where that has no such file, or is not there itself.
 * Needs `contents: read`.
 */
export async function readContent(
  requests: Requests,
  repository: string,
  path: string,
  ref: string,
): Promise<Uint8Array | undefined> {
  const parameters = {
    ...splitRepository(repository),
    path,
    ref,
    headers: { accept: 'application/vnd.github.raw+json' },
  };
  try {
    return await requests.download(
      `read ${path} of ${repository}`,
      'GET /repos/{owner}/{repo}/contents/{path}',
      parameters,
      buffer,
    );
  } catch (error) {
    if (error instanceof GitHubFailure && error.status === 404) return undefined;
    throw error;
  }
}

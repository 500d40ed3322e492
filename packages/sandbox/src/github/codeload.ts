import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Handler, WorldResponse } from '../network/http.ts';
import { findCommit } from './store/refs.ts';
import type { GitHubState, RepositoryState } from './store/state.ts';

/** Where GitHub keeps archives of repositories. */
export const codeloadHost = 'codeload.github.com';

/** Addresses for private repositories end after five minutes (docs, download a repository archive). */
const ticketMs = 5 * 60_000;

export interface Codeload {
  /** Plays {@link codeloadHost}. */
  readonly handler: Handler;
  /** Where the archive of a commit, branch or tag can be fetched without a token. */
  addressOf(repository: RepositoryState, ref: string): string;
}

export function createCodeload({ repositories, clock }: GitHubState): Codeload {
  const tickets = new Map<string, { readonly repository: string; readonly until: number }>();
  return {
    addressOf: ({ name, isPrivate }, ref) => {
      const address = `https://${codeloadHost}/${name}/legacy.tar.gz/${encodeURIComponent(ref)}`;
      if (!isPrivate) return address;
      const ticket = randomBytes(16).toString('hex').toUpperCase();
      tickets.set(ticket, { repository: name, until: clock.now() + ticketMs });
      return `${address}?token=${ticket}`;
    },
    handler: async request => {
      const [, name = '', ref = ''] = /^\/([^/]+\/[^/]+)\/legacy\.tar\.gz\/(.+)$/.exec(request.path) ?? [];
      const repository = repositories.get(name.toLowerCase());
      const ticket = tickets.get(request.query.get('token') ?? '');
      const isLet = ticket?.repository === repository?.name && (ticket?.until ?? 0) > clock.now();
      if (request.method !== 'GET' || repository === undefined || (repository.isPrivate && !isLet)) return missing;
      const sha = await findCommit(repository.git, decodeURIComponent(ref));
      return sha === undefined ? missing : archive(repository, sha);
    },
  };
}

const missing: WorldResponse = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: '404: Not Found',
};

/** As GitHub makes it: everything in one folder named for repository and commit, the commit's id in a pax header. */
async function archive({ git, name }: RepositoryState, sha: string): Promise<WorldResponse> {
  const folder = `${name.replace('/', '-')}-${sha.slice(0, 7)}`;
  const tar = await git.bytes(['archive', '--format=tar', `--prefix=${folder}/`, sha]);
  return {
    status: 200,
    headers: {
      'content-type': 'application/x-gzip',
      'content-disposition': `attachment; filename=${folder}.tar.gz`,
    },
    body: await promisify(gzip)(tar),
  };
}

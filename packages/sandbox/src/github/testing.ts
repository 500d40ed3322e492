import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseJson } from '@suite/foundation';
import { manualClock } from '../azure/testing.ts';
import { makeRequest } from '../network/http.ts';
import { createApi } from './api.ts';
import { artifactHost } from './artifact-archives.ts';
import { codeloadHost } from './codeload.ts';
import { createGitHub, createGitHubState } from './github.ts';
import { githubLimits } from './limits.ts';
import { createOidc } from './oidc.ts';
import type { Permissions } from './permissions.ts';
import { createTokens } from './tokens.ts';

export const repositoryName = 'octo-org/platform';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers as they come
  readonly body: any;
}

/** GitHub without a network, with one private repository of two files. */
export async function startGitHub(options: { readonly isPrivate?: boolean } = {}) {
  const directory = await mkdtemp(path.join(tmpdir(), 'github-'));
  const folder = path.join(directory, 'seed');
  await mkdir(path.join(folder, 'docs'), { recursive: true });
  await writeFile(path.join(folder, 'platform.yaml'), 'name: shop\nregion: westeurope\nnodes: 3\n');
  await writeFile(path.join(folder, 'docs', 'a b.md'), '# Hello\n');
  const clock = manualClock();
  const state = createGitHubState(clock);
  const tokens = createTokens();
  const limits = githubLimits();
  const notPlayed: string[] = [];
  const oidc = await createOidc({ clock, expirySeconds: () => 300, onIssued: () => undefined });
  const github = createGitHub({ directory: path.join(directory, 'github'), state, tokens, oidc });
  const api = createApi({
    state,
    tokens,
    limits,
    aheadMs: () => 0,
    onNotPlayed: request => void notPlayed.push(request),
  });
  const repository = await github.createRepository({
    name: repositoryName,
    id: '11',
    ownerId: '22',
    folder,
    private: options.isPrivate ?? true,
  });

  const send = async (
    token: string | undefined,
    method: string,
    where: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const hosts = new Map([
      [codeloadHost, api.archives],
      [artifactHost, api.artifacts],
    ]);
    const play = hosts.get(URL.parse(where)?.hostname ?? '') ?? api.handler;
    const answer = await play(
      makeRequest(method, where.startsWith('https:') ? where : `https://api.github.com${where}`, {
        headers: {
          'user-agent': 'octokit',
          ...(token === undefined ? {} : { authorization: `token ${token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    );
    const text = answer.body === undefined ? '' : Buffer.from(answer.body as string).toString('utf8');
    return { status: answer.status, headers: answer.headers ?? {}, body: parseJson(text) ?? text };
  };

  return {
    api,
    clock,
    directory,
    folder,
    github,
    limits,
    notPlayed,
    repository,
    send,
    /** A token of a job of the repository. */
    job: (permissions: Permissions) => github.issueToken({ repository: repositoryName, permissions }),
    /** A request below `/repos/octo-org/platform`. */
    call: (token: string | undefined, method: string, where: string, body?: unknown) =>
      send(token, method, `/repos/${repositoryName}${where}`, body),
    query: (token: string | undefined, query: string, variables: object = {}) =>
      send(token, 'POST', '/graphql', { query, variables }),
    /** A pull request that changes one file. */
    openPull: async (branch = 'change', file = 'new.txt') => {
      await repository.commit({ branch, message: 'Change', author: 'mona', files: { [file]: `${branch}\n` } });
      return repository.openPull({ title: `Add ${file}`, branch, author: 'mona' });
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

export type TestGitHub = Awaited<ReturnType<typeof startGitHub>>;

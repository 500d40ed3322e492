import type { getOctokit } from '@actions/github';
import { type Clock, retry } from '@suite/foundation';
import { isLimit, isRequestFailure, judge, longestPauseMs, translate } from './failure.ts';

export interface GitHubOptions {
  readonly token: string;
  /** `https://api.github.com`, or an enterprise server's `https://github.example.com/api/v3`. */
  readonly apiUrl: string;
  readonly clock: Clock;
  /** Told before each pause. */
  readonly onPause?: (pauseMs: number) => void;
  readonly random?: () => number;
  /** Node's own by default: it knows the proxy and the certificates of this process. */
  readonly fetch?: typeof globalThis.fetch;
}

type Parameters = Readonly<Record<string, unknown>>;

/**
 * Calls of GitHub's API. `purpose` continues "may not" in messages: `read pull request 7`. All throw GitHubFailure.
 */
export interface Requests {
  /** Repeats what may pass by itself, and waits as GitHub asks. */
  read(purpose: string, route: string, parameters: Parameters): Promise<unknown>;
  /** The items of every page, in order. */
  readAll(purpose: string, route: string, parameters: Parameters): Promise<readonly unknown[]>;
  /** A GraphQL query. */
  query(purpose: string, query: string, variables: Parameters): Promise<unknown>;
  /**
   * Once: after a broken answer nobody knows whether it was done. Whoever may look first and then try again asks the
   * failure's `retry`.
   */
  write(purpose: string, route: string, parameters: Parameters): Promise<unknown>;
  /** The same for what stands alone: waits and asks again where a limit refused it, for then nothing was done. */
  append(purpose: string, route: string, parameters: Parameters): Promise<unknown>;
}

type Octokit = ReturnType<typeof getOctokit>;

export function createRequests(options: GitHubOptions): Requests {
  const { clock } = options;
  let loaded: Promise<Octokit> | undefined;
  const octokit = () => {
    loaded ??= connect(options);
    return loaded;
  };
  const attempt = async <T>(purpose: string, call: (octokit: Octokit) => Promise<T>, isWrite = false): Promise<T> => {
    try {
      return await call(await octokit());
    } catch (error) {
      throw isRequestFailure(error) ? translate(error, purpose, isWrite, clock.now()) : error;
    }
  };
  return {
    read: (purpose, route, parameters) =>
      attempt(purpose, async ({ request }) => (await request(route, parameters)).data as unknown),
    readAll: (purpose, route, parameters) =>
      attempt(purpose, ({ paginate }) => paginate(route, { per_page: 100, ...parameters })),
    query: (purpose, query, variables) =>
      attempt(purpose, ({ graphql }) => patiently(async () => graphql(query, variables), options)),
    write: (purpose, route, parameters) =>
      attempt(purpose, async ({ request }) => (await request(route, parameters)).data as unknown, true),
    append: (purpose, route, parameters) => {
      const once = async ({ request }: Octokit) => (await request(route, parameters)).data as unknown;
      const isRefused = (error: unknown) => isLimit(error, clock.now());
      return attempt(purpose, octokit => patiently(() => once(octokit), options, isRefused), true);
    },
  };
}

async function connect(options: GitHubOptions): Promise<Octokit> {
  const { token, apiUrl, fetch } = options;
  const { getOctokit } = await import('@actions/github');
  const octokit = getOctokit(token, {
    baseUrl: apiUrl.replace(/\/+$/, ''),
    // The SDK brings a fetch of its own, which knows the proxy but not the certificates that were added since the start.
    request: { fetch: fetch ?? globalThis.fetch },
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  octokit.hook.wrap('request', (request, endpoint) =>
    // What GraphQL says of its errors is read above this; a write is nobody's to repeat here.
    endpoint.method === 'GET' ? patiently(async () => request(endpoint), options) : request(endpoint),
  );
  return octokit;
}

/** Repeats what may pass by itself, and waits as GitHub asks. */
function patiently<T>(
  operation: () => Promise<T>,
  { clock, random, onPause }: GitHubOptions,
  mayRepeat: (error: unknown) => boolean = () => true,
): Promise<T> {
  let left = longestPauseMs;
  return retry(operation, {
    clock,
    attempts: 5,
    baseMs: 1000,
    capMs: longestPauseMs,
    judge: error => {
      const verdict = judge(error, clock.now());
      const isTooLong = verdict.retry && (verdict.afterMs ?? 0) > left;
      return isTooLong || !mayRepeat(error) ? { retry: false } : verdict;
    },
    ...(random === undefined ? {} : { random }),
    onRetry: (_error, _attempt, pauseMs) => {
      left -= pauseMs;
      onPause?.(pauseMs);
    },
  });
}

function silent(): void {}

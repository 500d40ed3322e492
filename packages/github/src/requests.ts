import type { getOctokit } from '@actions/github';
import { asObject, type Clock, retry, UserError } from '@suite/foundation';
import { GitHubFailure, isRequestFailure, judge, longestPauseMs, translate, unexpected } from './failure.ts';

export interface GitHubOptions {
  readonly token: string;
  /** `https://api.github.com`, or an enterprise server's `https://github.example.com/api/v3`. */
  readonly apiUrl: string;
  readonly clock: Clock;
  /** Aborted when the run is cancelled: requests that are under way end with its reason. */
  readonly signal?: AbortSignal;
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
  /** The items of every page, in order. `list` names the field that holds them; without it the page itself is the list. */
  readAll(purpose: string, route: string, parameters: Parameters, list?: string): Promise<readonly unknown[]>;
  /** A GraphQL query. */
  query(purpose: string, query: string, variables: Parameters): Promise<unknown>;
  /**
   * Once: after a broken answer nobody knows whether it was done. Whoever may look first and then try again asks the
   * failure's `retry`.
   */
  write(purpose: string, route: string, parameters: Parameters): Promise<unknown>;
  /** The same for what does no harm when it is done twice: repeated like a read. */
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
      // What a cancelled request says of itself is no news.
      options.signal?.throwIfAborted();
      if (error instanceof GitHubFailure || !isRequestFailure(error)) throw error;
      throw translate(error, purpose, isWrite, clock.now());
    }
  };
  return {
    read: (purpose, route, parameters) =>
      attempt(purpose, async ({ request }) => (await request(route, parameters)).data as unknown),
    readAll: (purpose, route, parameters, list) =>
      attempt(purpose, async ({ request }) => {
        const items: unknown[] = [];
        // Pages are counted here: an address in a header could lead anywhere, with the token.
        for (let page = 1; page <= mostPages; page++) {
          const { data, headers } = await request(route, { per_page: pageSize, page, ...parameters });
          const part: unknown = list === undefined ? data : asObject(data)[list];
          if (!Array.isArray(part)) throw unexpected(purpose);
          items.push(...part);
          if (part.length === 0 || !/\brel="next"/.test(String(headers.link ?? ''))) return items;
        }
        throw unexpected(purpose);
      }),
    query: (purpose, query, variables) =>
      attempt(purpose, ({ graphql }) => patiently(async () => graphql(query, variables), options)),
    write: (purpose, route, parameters) =>
      attempt(purpose, async ({ request }) => (await request(route, parameters)).data as unknown, true),
    append: (purpose, route, parameters) => {
      const once = async ({ request }: Octokit) => (await request(route, parameters)).data as unknown;
      return attempt(purpose, octokit => patiently(() => once(octokit), options), true);
    },
  };
}

async function connect(options: GitHubOptions): Promise<Octokit> {
  const { token, fetch, signal } = options;
  const baseUrl = readApiUrl(options.apiUrl);
  const getOctokit = await loadSdk();
  const octokit = getOctokit(token, {
    baseUrl,
    // The SDK brings a fetch of its own, which knows the proxy but not the certificates that were added since the start.
    request: { fetch: fetch ?? globalThis.fetch },
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  octokit.hook.wrap('request', (request, endpoint) => {
    const once = async () => {
      const limit = AbortSignal.timeout(requestMs);
      const ends = signal === undefined ? limit : AbortSignal.any([signal, limit]);
      // In place: the hook that signs the request gets these very options, whatever it is called with.
      Object.assign(endpoint.request, { signal: ends });
      return request(endpoint);
    };
    // What GraphQL says of its errors is read above this; a write is nobody's to repeat here.
    return endpoint.method === 'GET' ? patiently(once, options) : once();
  });
  return octokit;
}

// GitHub itself gives up after ten seconds.
const requestMs = 30_000;
const pageSize = 100;
const mostPages = 300;

/** Throws a UserError that does not repeat the address: it may hold a password. */
function readApiUrl(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') {
    return text.replace(/\/+$/, '');
  }
  throw new UserError({
    message: 'GITHUB_API_URL is no address of an API.',
    remedy: 'Leave it as the runner sets it, such as `https://api.github.com`.',
  });
}

/** The SDK reads the event's file as soon as it is loaded. */
async function loadSdk(): Promise<typeof getOctokit> {
  try {
    return (await import('@actions/github')).getOctokit;
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && (cause as NodeJS.ErrnoException).code !== 'EISDIR') throw cause;
    throw new UserError(
      { message: 'The event’s payload cannot be read.', remedy: 'Leave GITHUB_EVENT_PATH as the runner sets it.' },
      { cause },
    );
  }
}

/** Repeats what may pass by itself, and waits as GitHub asks. */
function patiently<T>(operation: () => Promise<T>, { clock, random, onPause, signal }: GitHubOptions): Promise<T> {
  let left = longestPauseMs;
  return retry(operation, {
    clock,
    attempts: 5,
    baseMs: 1000,
    capMs: longestPauseMs,
    judge: error => {
      const verdict = judge(error, clock.now());
      const isTooLong = verdict.retry && (verdict.afterMs ?? 0) > left;
      return isTooLong || signal?.aborted === true ? { retry: false } : verdict;
    },
    ...(random === undefined ? {} : { random }),
    onRetry: (_error, _attempt, pauseMs) => {
      left -= pauseMs;
      onPause?.(pauseMs);
    },
  });
}

function silent(): void {}

import type { getOctokit } from '@actions/github';
import { asNumber, asObject, type Clock, retry, UserError } from '@suite/foundation';
import { broken, GitHubFailure, isRequestFailure, judge, longestPauseMs, translate, unexpected } from './failure.ts';

export interface GitHubOptions {
  /** Or who gives one for each request: those of an App end after an hour. */
  readonly token: string | (() => Promise<string>);
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
  /** When GitHub answered a read, by its own clock: milliseconds since 1970, without those of the second. */
  date(purpose: string, route: string, parameters: Parameters): Promise<number>;
  /** A GraphQL query. */
  query(purpose: string, query: string, variables: Parameters): Promise<unknown>;
  /**
   * Once: after a broken answer nobody knows whether it was done. Whoever may look first and then try again asks the
   * failure's `retry`.
   */
  write(purpose: string, route: string, parameters: Parameters): Promise<unknown>;
  /** The same for what does no harm when it is done twice: repeated like a read. */
  append(purpose: string, route: string, parameters: Parameters): Promise<unknown>;
  /** A GraphQL mutation, once, as {@link Requests.write}. */
  mutate(purpose: string, mutation: string, variables: Parameters): Promise<unknown>;
  /**
   * Reads an answer's bytes as they come. `consume` is called again from the start when the connection breaks, and throws
   * NotReadable for what cannot be the answer.
   */
  download<T>(
    purpose: string,
    route: string,
    parameters: Parameters,
    consume: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T>;
}

/** Thrown by whoever consumes a download, of bytes that are not what was asked for. */
export class NotReadable extends Error {
  override readonly name = 'NotReadable';
}

type Octokit = ReturnType<typeof getOctokit>;

export function createRequests(options: GitHubOptions): Requests {
  const { clock } = options;
  let loaded: { readonly token: string; readonly octokit: Promise<Octokit> } | undefined;
  const octokit = async () => {
    const token = typeof options.token === 'string' ? options.token : await options.token();
    if (loaded?.token !== token) loaded = { token, octokit: connect(token, options) };
    return loaded.octokit;
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
    date: (purpose, route, parameters) =>
      attempt(purpose, async ({ request }) => {
        const { date } = (await request(route, parameters)).headers;
        const time = Date.parse(String(date));
        if (Number.isNaN(time)) throw unexpected(purpose);
        return time;
      }),
    query: (purpose, query, variables) =>
      attempt(purpose, ({ graphql }) => patiently(async () => graphql(query, variables), options)),
    write: (purpose, route, parameters) =>
      attempt(purpose, async ({ request }) => (await request(route, parameters)).data as unknown, true),
    append: (purpose, route, parameters) => {
      const once = async ({ request }: Octokit) => (await request(route, parameters)).data as unknown;
      return attempt(purpose, octokit => patiently(() => once(octokit), options), true);
    },
    mutate: (purpose, mutation, variables) => attempt(purpose, ({ graphql }) => graphql(mutation, variables), true),
    download: (purpose, route, parameters, consume) => {
      const once = async () => {
        const data = await attempt(purpose, async ({ request }) => {
          const streamed = { parseSuccessResponseBody: false, limitMs: downloadMs };
          return (await request(route, { ...parameters, request: streamed })).data as unknown;
        });
        if (!(data instanceof ReadableStream)) throw unexpected(purpose);
        return consumed(purpose, data, consume, options.signal);
      };
      // What the request itself can repeat, it has repeated.
      const judgeStream = (error: unknown) => (error instanceof BrokenStream ? error.failure.retry : { retry: false });
      return retry(once, {
        clock,
        attempts: 3,
        baseMs: 1000,
        capMs: longestPauseMs,
        judge: judgeStream,
        ...(options.random === undefined ? {} : { random: options.random }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      }).catch(error => {
        throw error instanceof BrokenStream ? error.failure : error;
      });
    },
  };
}

class BrokenStream extends Error {
  readonly failure: GitHubFailure;

  constructor(failure: GitHubFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

async function consumed<T>(
  purpose: string,
  data: ReadableStream<Uint8Array>,
  consume: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  let stream: { readonly error: unknown } | undefined;
  async function* bytes() {
    try {
      yield* data;
    } catch (error) {
      stream = { error };
      throw error;
    }
  }
  try {
    return await consume(bytes());
  } catch (error) {
    signal?.throwIfAborted();
    if (stream !== undefined) throw new BrokenStream(broken(purpose, stream.error));
    if (error instanceof NotReadable) throw unexpected(purpose);
    throw error;
  }
}

async function connect(token: string, options: GitHubOptions): Promise<Octokit> {
  const { fetch, signal } = options;
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
      const limit = AbortSignal.timeout(asNumber(endpoint.request['limitMs']) ?? requestMs);
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
const downloadMs = 10 * 60_000;
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

import {
  asArray,
  asNumber,
  asObject,
  asString,
  errorMessage,
  isLastingCode,
  isObject,
  isTransientStatus,
  networkCode,
  type Problem,
  parseRetryAfter,
  printable,
  sentenceList,
  shorten,
  UserError,
  type Verdict,
} from '@suite/foundation';

/** A request that GitHub refused or did not answer. `retry` says whether it may pass by itself, and when. */
export class GitHubFailure extends UserError {
  readonly retry: Verdict;
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /** It was to change something. Reads have been repeated already. */
  readonly isWrite: boolean;
  /** What GraphQL calls it (`STALE_DATA`), or how the connection broke (`ECONNRESET`). */
  readonly code: string | undefined;
  /** GitHub's own words; empty when there was no answer. */
  readonly said: string;
  /** GitHub's clock when it answered, in milliseconds since 1970; undefined when it told none. */
  readonly answeredAt: number | undefined;

  constructor(problem: Problem, options: FailureFacts) {
    super(problem, { cause: options.cause });
    this.retry = options.retry;
    this.status = options.status;
    this.isWrite = options.isWrite;
    this.code = options.code;
    this.said = options.said ?? '';
    this.answeredAt = options.answeredAt;
  }
}

interface FailureFacts {
  readonly retry: Verdict;
  readonly status: number | undefined;
  readonly isWrite: boolean;
  readonly code?: string | undefined;
  readonly said?: string;
  readonly answeredAt?: number | undefined;
  readonly cause: unknown;
}

/** The same failure in the words of somebody who knows more of what was asked for. */
export function reworded(failure: GitHubFailure, problem: Problem): GitHubFailure {
  const { retry, status, isWrite, code, said, answeredAt } = failure;
  return new GitHubFailure(problem, { retry, status, isWrite, code, said, answeredAt, cause: failure });
}

/** A connection that broke while its answer was read. */
export function broken(purpose: string, cause: unknown): GitHubFailure {
  const code = networkCode(cause);
  return new GitHubFailure(
    {
      message: `The connection to GitHub broke when this job tried to ${purpose}${code === undefined ? '' : ` (${code})`}.`,
      remedy: 'Run the job again. If it happens each time, check the runner’s network and proxy.',
    },
    { retry: { retry: true }, status: undefined, isWrite: false, code, cause },
  );
}

/**
 * An answer that is none of GitHub's, such as the page of a proxy that wants a login. Nothing is concluded from it.
 */
export function unexpected(purpose: string, isWrite = false): GitHubFailure {
  return new GitHubFailure(
    {
      message: `What answered when this job tried to ${purpose} was not GitHub’s API.`,
      remedy:
        'A proxy or a login page may be in between: check HTTPS_PROXY and GITHUB_API_URL. Otherwise run the job again.',
    },
    { retry: { retry: isWrite }, status: undefined, isWrite, cause: undefined },
  );
}

/** Whether a request failed, rather than what makes or reads it. */
export function isRequestFailure(error: unknown): boolean {
  return error instanceof Error && ['HttpError', 'GraphqlResponseError'].includes(error.name);
}

/** What is known of a failed request. */
interface Failure {
  readonly status: number | undefined;
  readonly message: string;
  /** Of the system or of GraphQL: `ENOTFOUND`, `RATE_LIMITED`. */
  readonly code: string | undefined;
  readonly header: (name: string) => string | undefined;
}

/** Reads octokit's errors: RequestError, whose status is 500 when there was no answer at all, and GraphqlResponseError. */
function readFailure(error: unknown): Failure {
  const fields = asObject(isObject(error) ? error : {});
  const response = isObject(fields['response']) ? fields['response'] : undefined;
  const headers = asObject(response?.['headers'] ?? fields['headers']);
  const header = (name: string) => {
    const value = headers[name];
    return value === undefined ? undefined : String(value);
  };
  const [first] = asArray(fields['errors']).map(asObject);
  const isGraphql = fields['name'] === 'GraphqlResponseError';
  if (isGraphql) {
    return { status: 200, message: asString(first?.['message']) ?? '', code: asString(first?.['type']), header };
  }
  const message = asString(asObject(response?.['data'])['message']) ?? errorMessage(error);
  const details = asArray(asObject(response?.['data'])['errors']).map(detail =>
    typeof detail === 'string' ? detail : (asString(asObject(detail)['message']) ?? ''),
  );
  const detailed = [message, ...details.filter(detail => detail !== '' && detail !== message)].join(': ');
  return {
    status: response === undefined ? undefined : asNumber(fields['status']),
    message: detailed,
    code: networkCode(error),
    header,
  };
}

// What GitHub asks for is an hour at most; more is a mistake of whoever answers.
const longestLimitMs = 24 * 60 * 60_000;
// GitHub's advice where it names no time (docs.github.com, "Best practices for using the REST API").
const secondaryPauseMs = 60_000;
/** All pauses of a request together: the job's own time is ten minutes, and somebody waits for it. */
export const longestPauseMs = 3 * 60_000;

/** Whether trying again makes sense. `now` in milliseconds since 1970. */
export function judge(error: unknown, now: number): Verdict {
  if (error instanceof GitHubFailure) return error.retry;
  if (!isRequestFailure(error)) return { retry: false };
  const failure = readFailure(error);
  const limit = limitEnd(failure, now);
  if (limit !== undefined) return limit > longestPauseMs ? { retry: false } : { retry: true, afterMs: limit };
  if (failure.status !== undefined) return { retry: isTransientStatus(failure.status) };
  return { retry: failure.code === undefined || !isLastingCode(failure.code) };
}

/** Milliseconds until a rate limit ends; undefined when this is none. */
function limitEnd({ status, message, code, header }: Failure, now: number): number | undefined {
  if (code === 'RATE_LIMITED') return secondaryPauseMs;
  if (status !== 403 && status !== 429) return undefined;
  const asked = parseRetryAfter(header('retry-after'), now);
  if (asked !== undefined) return asked;
  if (header('x-ratelimit-remaining') === '0') {
    const reset = Number(header('x-ratelimit-reset'));
    return Number.isFinite(reset) ? Math.max(0, reset * 1000 - now) + 1000 : secondaryPauseMs;
  }
  return status === 429 || /rate limit/i.test(message) ? secondaryPauseMs : undefined;
}

/** What failed, for a person. `purpose` continues "may not" and "could not": `write a comment on pull request 7`. */
export function translate(error: unknown, purpose: string, isWrite: boolean, now: number): GitHubFailure {
  if (error instanceof GitHubFailure) return error;
  const failure = readFailure(error);
  const { status } = failure;
  const date = Date.parse(failure.header('date') ?? '');
  return new GitHubFailure(describe(failure, purpose, now), {
    retry: judge(error, now),
    status,
    isWrite,
    code: failure.code,
    said: status === undefined ? '' : wordsOf(failure),
    answeredAt: Number.isNaN(date) ? undefined : date,
    cause: error,
  });
}

function wordsOf({ message }: Failure): string {
  return shorten(printable(message).replace(/\s+/g, ' ').trim(), 300);
}

function describe(failure: Failure, purpose: string, now: number): Problem {
  const { status, code, header } = failure;
  const said = wordsOf(failure);
  const limit = limitEnd(failure, now);
  if (limit !== undefined) {
    const until = new Date(now + Math.min(limit, longestLimitMs)).toISOString();
    const day = until.slice(0, 10) === new Date(now).toISOString().slice(0, 10) ? '' : `${until.slice(0, 10)} `;
    return {
      message: `GitHub's rate limit is used up, so this job could not ${purpose}.`,
      remedy: `Run the job again after ${day}${until.slice(11, 16)} UTC.`,
    };
  }
  if (status === undefined) {
    return {
      message: `GitHub could not be reached to ${purpose}${code === undefined ? '' : ` (${code})`}.`,
      remedy: 'Check the runner’s network, proxy and certificates (HTTPS_PROXY, NODE_EXTRA_CA_CERTS).',
    };
  }
  if (status === 401) {
    return {
      message: `GitHub does not accept the token, so this job could not ${purpose}.`,
      remedy: 'Leave out `github-token`, or give one that has not expired.',
    };
  }
  if (status === 403 || code === 'FORBIDDEN') {
    const remedy = /\blocked\b/i.test(said) ? 'Unlock the conversation.' : askFor(header);
    return { message: `The token may not ${purpose}: ${said}.`.replace('..', '.'), remedy };
  }
  if (status === 404 || code === 'NOT_FOUND') {
    return {
      message: `This job could not ${purpose}: GitHub shows its token no such thing.`,
      remedy: `Check that it exists. ${askFor(header)}`,
    };
  }
  if (status === 410 && /\bissues\b/i.test(said)) {
    return {
      message: `GitHub refused to ${purpose}: ${said}`,
      remedy: 'Switch on Issues in the settings of the repository, under General, Features.',
    };
  }
  if (isTransientStatus(status)) {
    return {
      message: `GitHub answered with ${status} when this job tried to ${purpose}.`,
      remedy: 'Run the job again; githubstatus.com tells of incidents.',
    };
  }
  return {
    message: `GitHub refused to ${purpose}: ${said} (${status}).`,
    remedy: 'The message above is GitHub’s own.',
  };
}

/** `x-accepted-github-permissions: issues=write; pull_requests=write`: alternatives, each a list. */
function askFor(header: (name: string) => string | undefined): string {
  const alternatives = (header('x-accepted-github-permissions') ?? '')
    .split(';')
    .map(alternative => alternative.split(',').flatMap(readPermission));
  const wanted = alternatives.find(list => list.some(([name]) => name === 'pull-requests')) ?? alternatives[0] ?? [];
  if (wanted.length === 0) return 'Check the `permissions:` of the job and of the job that calls the workflow.';
  const list = sentenceList(wanted.map(([name, level]) => `\`${name}: ${level}\``));
  return `Add ${list} to the \`permissions:\` of the job, and of the job that calls the workflow. A pull request from a fork never gets more than read.`;
}

function readPermission(text: string): [string, string][] {
  const [, name, level] = /^\s*([a-z_]+)=(read|write)\s*$/.exec(text) ?? [];
  // `metadata` comes with every token.
  return name === undefined || level === undefined || name === 'metadata' ? [] : [[name.replaceAll('_', '-'), level]];
}

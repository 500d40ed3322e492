import { type Clock, retry } from '@suite/foundation';
import { type Attempt, errorOf, type Identity, RegistryFailure, type Right, refusalFailure } from './failure.ts';
import type { HttpAnswer, HttpRequest, Send } from './http.ts';
import type { Tokens } from './tokens.ts';

export interface RequestOptions {
  readonly host: string;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly send: Send;
  readonly tokens: Tokens;
  /** Told before each pause. */
  readonly onPause?: (pauseMs: number) => void;
  readonly random?: () => number;
}

export interface RegistryRequest extends Omit<HttpRequest, 'attempt' | 'url'> {
  readonly repository: string;
  readonly right: Right;
  /** Reads on after "could not": `read shop/bundle@sha256:…`. */
  readonly purpose: string;
  /** Of the repository, `manifests/latest`, or where the registry itself said to go on. */
  readonly to: string | URL;
}

/** One that may ask for what is not there: 404 with one of these codes gives undefined. */
export interface SearchingRequest extends RegistryRequest {
  readonly absent: readonly string[];
}

/** Requests to one registry, signed in. All throw RegistryFailure. */
export interface Requests {
  readonly host: string;
  urlOf(repository: string, path: string): URL;
  /** Once. */
  send(request: RegistryRequest): Promise<HttpAnswer>;
  /** Repeats what may pass by itself: content goes by its digest, so nothing here does harm when it is done twice. */
  patiently(request: SearchingRequest): Promise<HttpAnswer | undefined>;
  patiently(request: RegistryRequest): Promise<HttpAnswer>;
  /** Repeats several requests as one. */
  retrying<T>(operation: () => Promise<T>): Promise<T>;
}

export function createRequests(options: RequestOptions): Requests {
  const { host, identity, clock, tokens, onPause, random } = options;
  const urlOf: Requests['urlOf'] = (repository, path) => new URL(`https://${host}/v2/${repository}/${path}`);
  const attemptOf = ({ purpose, right }: RegistryRequest): Attempt => ({ host, identity, purpose, right });

  const send: Requests['send'] = async request => {
    const { repository, right, to, headers } = request;
    const attempt = attemptOf(request);
    const url = typeof to === 'string' ? urlOf(repository, to) : to;
    const once = async () => {
      const authorization = `Bearer ${await tokens.get(repository, right)}`;
      return options.send({ ...request, url, headers: { ...headers, Authorization: authorization }, attempt });
    };
    const answer = await once();
    if (answer.status !== 401) return answer;
    // A token may be withdrawn, and a role may have come since it was made.
    tokens.forget();
    const again = await once();
    if (again.status === 401) throw refusalFailure(again, attempt, clock.now());
    return again;
  };

  const retrying: Requests['retrying'] = operation =>
    retry(operation, {
      clock,
      attempts: 5,
      baseMs: 1000,
      capMs: 60_000,
      judge: error => (error instanceof RegistryFailure ? error.retry : { retry: false }),
      ...(random === undefined ? {} : { random }),
      ...(onPause === undefined ? {} : { onRetry: (_error, _attempt, pauseMs) => onPause(pauseMs) }),
    });

  async function patiently(request: SearchingRequest): Promise<HttpAnswer | undefined>;
  async function patiently(request: RegistryRequest): Promise<HttpAnswer>;
  async function patiently(request: RegistryRequest | SearchingRequest): Promise<HttpAnswer | undefined> {
    if (!('absent' in request)) return retrying(() => send(request));
    const answer = await retrying(() => send({ ...request, accept: [...request.accept, 404] }));
    if (answer.status !== 404) return answer;
    if (request.absent.includes(errorOf(answer.body).code)) return undefined;
    throw refusalFailure(answer, attemptOf(request), clock.now());
  }

  return { host, urlOf, send, patiently, retrying };
}

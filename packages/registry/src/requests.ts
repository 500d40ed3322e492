import { type Clock, retry } from '@suite/foundation';
import { type Exchange, type FlowingAnswer, type FlowingRequest, following } from './exchange.ts';
import { type Attempt, errorOf, type Identity, RegistryFailure, type Right, refusalFailure } from './failure.ts';
import { type HttpAnswer, type HttpRequest, perform, type Send } from './http.ts';
import { createRateLimit } from './rate-limit.ts';
import type { SignIn } from './sign-in.ts';

export interface RequestOptions {
  readonly host: string;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly send: Send;
  readonly exchange: Exchange;
  readonly signIn: SignIn;
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
  /** Repository of the same registry that a blob is mounted from. */
  readonly from?: string;
  /** What is counted against a limit of its own. */
  readonly pace?: 'referrers';
}

/** One whose content flows, either way. */
export interface FlowingRegistryRequest extends Omit<RegistryRequest, 'body' | 'limit'> {
  readonly body?: FlowingRequest['body'];
}

/** One that may ask for what is not there: 404 with one of these codes gives undefined. */
export interface SearchingRequest extends RegistryRequest {
  readonly absent: readonly string[];
}

/** Requests to one registry, signed in. All throw RegistryFailure. */
export interface Requests {
  readonly host: string;
  readonly identity: Identity;
  urlOf(repository: string, path: string): URL;
  /** Once. */
  send(request: RegistryRequest): Promise<HttpAnswer>;
  /**
   * Once; what it answers is read or discarded by the caller. A body flows only once, so a 401 is a failure for a request
   * that has one: whoever can begin anew does, with a new token.
   */
  flow(request: FlowingRegistryRequest): Promise<FlowingAnswer>;
  /** Repeats what may pass by itself: content goes by its digest, so nothing here does harm when it is done twice. */
  patiently(request: SearchingRequest): Promise<HttpAnswer | undefined>;
  patiently(request: RegistryRequest): Promise<HttpAnswer>;
  /** Repeats several requests as one. */
  retrying<T>(operation: () => Promise<T>): Promise<T>;
  /** Tells of a pause and sleeps: for whoever repeats by rules of its own. */
  pause(milliseconds: number): Promise<void>;
}

/**
 * Azure's registries let far fewer lookups of referrers through than anything else, and tell no number; 250 in a minute is
 * what Microsoft's own pipelines keep to (dotnet/docker-tools#2143).
 */
const referrersPace = { permits: 250, windowMs: 60_000 };
/** Of an answer that was not wanted. */
const errorLimit = 64 * 1024;

export function createRequests(options: RequestOptions): Requests {
  const { host, identity, clock, signIn, onPause, random } = options;
  const referrers = createRateLimit(clock, referrersPace);
  const exchange = following(options.exchange);
  const urlOf: Requests['urlOf'] = (repository, path) => new URL(`https://${host}/v2/${repository}/${path}`);
  const attemptOf = ({ purpose, right }: Pick<RegistryRequest, 'purpose' | 'right'>): Attempt => ({
    host,
    identity,
    purpose,
    right,
  });
  /** What goes over the network, signed. The limiter is inside of every retry and outside of the time of an attempt. */
  const prepare = async ({ to, headers, pace, ...scope }: Omit<RegistryRequest, 'body'>) => {
    if (pace === 'referrers') await referrers.pass();
    const authorization = await signIn.authorization(scope);
    return {
      url: typeof to === 'string' ? urlOf(scope.repository, to) : to,
      headers: { ...headers, ...(authorization === undefined ? {} : { Authorization: authorization }) },
    };
  };

  const send: Requests['send'] = async request => {
    const attempt = attemptOf(request);
    const once = async () => options.send({ ...request, ...(await prepare(request)), attempt });
    const answer = await once();
    if (answer.status !== 401) return answer;
    // A token may be withdrawn, and a role may have come since it was made.
    signIn.refused(answer.headers);
    const again = await once();
    if (again.status === 401) throw refusalFailure(again, attempt, clock.now());
    return again;
  };

  const flow: Requests['flow'] = async request => {
    const { method, body, accept } = request;
    const attempt = attemptOf(request);
    const once = async () => {
      const prepared = await prepare(request);
      return perform(() => exchange({ ...prepared, method, ...(body === undefined ? {} : { body }) }), attempt);
    };
    let answer = await once();
    if (answer.status === 401) {
      signIn.refused(answer.headers);
      if (body === undefined) {
        answer.discard();
        answer = await once();
      }
    }
    const { status, headers } = answer;
    if (accept.includes(status)) return answer;
    const beginning = await perform(() => readBeginning(answer), attempt);
    throw refusalFailure({ status, headers, body: beginning }, attempt, clock.now());
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

  const pause: Requests['pause'] = async milliseconds => {
    onPause?.(milliseconds);
    await clock.sleep(milliseconds);
  };

  return { host, identity, urlOf, send, flow, patiently, retrying, pause };
}

async function readBeginning(answer: FlowingAnswer): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > errorLimit) break;
  }
  return Buffer.concat(chunks);
}

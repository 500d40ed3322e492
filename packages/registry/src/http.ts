import { type Clock, UserError } from '@suite/foundation';
import { type Attempt, isNetworkError, networkFailure, refusalFailure, untrue } from './failure.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequest {
  readonly url: URL;
  readonly method: Method;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Statuses that are answers; 401 is given back too, for whoever can sign in again. */
  readonly accept: readonly number[];
  /** Most bytes of an answer that are read; 64 KiB unless told. */
  readonly limit?: number;
  readonly attempt: Attempt;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface HttpOptions {
  readonly clock: Clock;
  /** Node's own by default: it knows the proxy and the certificates of this process. */
  readonly fetch?: typeof globalThis.fetch;
}

export type Send = (request: HttpRequest) => Promise<HttpAnswer>;

/** One attempt may take this long, its body included. */
const attemptMs = 120_000;
const errorLimit = 64 * 1024;

/** One request, once. Throws RegistryFailure for every other status than those accepted, and for no answer. */
export function createSend({ clock, fetch = globalThis.fetch }: HttpOptions): Send {
  return async ({ url, method, headers = {}, body, accept, limit = errorLimit, attempt }) => {
    const answer = await perform(async () => {
      const response = await fetch(url, {
        method,
        headers: { ...headers },
        signal: AbortSignal.timeout(attemptMs),
        // Registries hand downloads on to their storage; fetch then leaves the authorization behind.
        redirect: method === 'GET' || method === 'HEAD' ? 'follow' : 'manual',
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      });
      const isWanted = accept.includes(response.status);
      return {
        status: response.status,
        headers: response.headers,
        body: method === 'HEAD' ? new Uint8Array() : await readBody(response, isWanted ? limit : errorLimit, isWanted),
      };
    }, attempt);
    if (answer.body === undefined) {
      throw untrue(attempt.host, `more than ${limit} bytes when this job tried to ${attempt.purpose}`);
    }
    const { status } = answer;
    if (!accept.includes(status) && status !== 401) {
      throw refusalFailure({ ...answer, body: answer.body }, attempt, clock.now());
    }
    return { ...answer, body: answer.body };
  };
}

/** The network's errors, translated. */
export async function perform<T>(operation: () => Promise<T>, attempt: Attempt): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    // What a body's own source says is no word of this registry.
    throw !(error instanceof UserError) && isNetworkError(error) ? networkFailure(error, attempt) : error;
  }
}

/** Undefined when a wanted body is longer than the limit; of an unwanted one the beginning will do. */
async function readBody(response: Response, limit: number, isWanted: boolean): Promise<Uint8Array | undefined> {
  if (response.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length <= limit) continue;
    // Leaving the loop ends the download.
    if (isWanted) return undefined;
    break;
  }
  return Buffer.concat(chunks);
}

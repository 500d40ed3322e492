import { STATUS_CODES } from 'node:http';
import {
  asObject,
  asString,
  type Clock,
  errorMessage,
  isObject,
  isTransientStatus,
  type JsonObject,
  parseJson,
  parseRetryAfter,
} from '@suite/foundation';
import type { Credential } from './credential.ts';

/** A failure in the words that azurerm would use; whoever calls says before it what was being done. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  /** HTTP status, or undefined when there was no answer or the operation failed later. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

export type Method = 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';

export interface ArmRequest {
  readonly method: Method;
  /** From `/subscriptions` on; a query may be part of it. */
  readonly path: string;
  readonly apiVersion: string;
  readonly body?: JsonObject;
}

export interface ArmClient {
  /** The body, or undefined when Azure does not know the resource (404). */
  get(path: string, apiVersion: string): Promise<JsonObject | undefined>;
  /** One request whose answer is final. */
  send(request: ArmRequest): Promise<JsonObject>;
  /**
   * A request and the operation it starts, until that has ended. `name` is the operation's name in messages; an empty one
   * says nothing, as azurerm does for calls that it takes as final (they are followed all the same).
   */
  run(name: string, request: ArmRequest): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const attempts = 8;
const firstPauseMs = 200;
const longestPauseMs = 5_000;
/** How long to wait between two looks at an operation when Azure names no time. azurerm waits 10 s. */
const defaultPollMs = 250;

export function armClient(credential: Credential, origin: string, clock: Clock, signal: AbortSignal): ArmClient {
  const client = {
    async get(path: string, apiVersion: string): Promise<JsonObject | undefined> {
      const answer = await exchange('GET', armUrl(origin, path, apiVersion));
      if (answer.status === 404) return undefined;
      return bodyOf(expectSuccess(answer));
    },
    async send(request: ArmRequest): Promise<JsonObject> {
      return bodyOf(
        expectSuccess(await exchange(request.method, armUrl(origin, request.path, request.apiVersion), request.body)),
      );
    },
    async run(name: string, request: ArmRequest): Promise<void> {
      const started = await during(name === '' ? '' : `performing ${name}`, async () => {
        const answer = await exchange(request.method, armUrl(origin, request.path, request.apiVersion), request.body);
        if (request.method === 'DELETE' && answer.status === 404) return undefined;
        return expectSuccess(answer);
      });
      if (started === undefined) return;
      await during(name === '' ? '' : `polling after ${name}`, () => finish(started, request));
    },
  };
  return client;

  async function exchange(method: Method, url: string, body?: JsonObject): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await attemptOnce(method, url, body);
      const retriable = outcome instanceof Error || isTransientStatus(outcome.status);
      if (!retriable || attempt === attempts || signal.aborted) {
        if (outcome instanceof Error) throw canceledOr(outcome, signal);
        return outcome;
      }
      const asked =
        outcome instanceof Error ? undefined : parseRetryAfter(outcome.headers.get('retry-after'), clock.now());
      await pause(asked ?? Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1)));
    }
  }

  async function attemptOnce(method: Method, url: string, body?: JsonObject): Promise<Answer | Error> {
    const token = await credential.token(signal);
    try {
      const response = await fetch(url, {
        method,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal,
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      const cause =
        error instanceof Error && error.cause !== undefined ? errorMessage(error.cause) : errorMessage(error);
      return new Error(`executing request: ${method} "${url}": ${cause}`);
    }
  }

  /** Follows `Azure-AsyncOperation`, then `Location`, then the resource's own provisioning state. */
  async function finish(started: Answer, request: ArmRequest): Promise<void> {
    const operation = started.headers.get('azure-asyncoperation');
    const location = started.headers.get('location');
    let answer = started;
    if (operation !== null) {
      do {
        await pauseAfter(answer);
        answer = expectSuccess(await exchange('GET', operation));
      } while (!operationEnded(answer));
    } else if (location !== null && started.status === 202) {
      do {
        await pauseAfter(answer);
        answer = await exchange('GET', location);
        // The operation's own answer to a finished delete may be that there is nothing any more.
        if (answer.status === 404 && request.method === 'DELETE') return;
        expectSuccess(answer);
      } while (answer.status === 202 && !operationEnded(answer));
    } else if (request.method === 'DELETE') {
      while (started.status === 202) {
        await pauseAfter(answer);
        answer = await exchange('GET', armUrl(origin, request.path, request.apiVersion));
        if (answer.status === 404) return;
        expectSuccess(answer);
      }
    } else {
      while (isProvisioning(answer)) {
        await pauseAfter(answer);
        answer = expectSuccess(await exchange('GET', armUrl(origin, request.path, request.apiVersion)));
      }
    }
  }

  async function pauseAfter(answer: Answer): Promise<void> {
    await pause(parseRetryAfter(answer.headers.get('retry-after'), clock.now()) ?? defaultPollMs);
  }

  async function pause(milliseconds: number): Promise<void> {
    try {
      await clock.sleep(milliseconds, signal);
    } catch (error) {
      throw canceledOr(error, signal);
    }
  }
}

function armUrl(origin: string, path: string, apiVersion: string): string {
  return `${origin}${encodeURI(path)}${path.includes('?') ? '&' : '?'}api-version=${apiVersion}`;
}

/** Go's name for it, which is what people see when they interrupt Terraform. */
function canceledOr(error: unknown, signal: AbortSignal): Error {
  return signal.aborted ? new ArmError('context canceled') : new ArmError(errorMessage(error));
}

async function during<T>(what: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    const message = what === '' ? errorMessage(error) : `${what}: ${errorMessage(error)}`;
    throw new ArmError(message, error instanceof ArmError ? error.status : undefined);
  }
}

function expectSuccess(answer: Answer): Answer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  const line = `unexpected status ${answer.status} (${answer.status} ${STATUS_CODES[answer.status] ?? ''})`;
  // AKS answers without the wrapper, and azurerm then prints the body as it came.
  const error = asObject(asObject(parseJson(answer.text))['error']);
  const code = asString(error['code']);
  const message = asString(error['message']);
  throw new ArmError(
    code === undefined && message === undefined
      ? `${line} with response: ${answer.text}`
      : `${line} with error: ${code}: ${message}`,
    answer.status,
  );
}

function bodyOf(answer: Answer): JsonObject {
  return asObject(parseJson(answer.text));
}

function isProvisioning(answer: Answer): boolean {
  const state = asString(asObject(bodyOf(answer)['properties'])['provisioningState']);
  if (state !== undefined && failedStates.has(state.toLowerCase())) throw operationFailure(state, answer.text);
  return state !== undefined && !endedStates.has(state.toLowerCase());
}

const endedStates = new Set(['succeeded', 'ready', 'completed']);
const failedStates = new Set(['failed', 'canceled', 'cancelled']);

function operationEnded(answer: Answer): boolean {
  const body = parseJson(answer.text);
  const state = isObject(body) ? asString(body['status']) : undefined;
  if (state === undefined) return answer.status !== 202;
  if (failedStates.has(state.toLowerCase())) throw operationFailure(state, answer.text);
  return endedStates.has(state.toLowerCase());
}

function operationFailure(status: string, text: string): ArmError {
  const body = asObject(parseJson(text));
  const error = asObject(body['error'] ?? asObject(body['properties'])['error']);
  return new ArmError(
    `polling failed: the Azure API returned the following error:\n\nStatus: ${JSON.stringify(status)}\n` +
      `Code: ${JSON.stringify(asString(error['code']) ?? '')}\nMessage: ${JSON.stringify(asString(error['message']) ?? '')}\n` +
      `Activity Id: ""\n\n---\n\nAPI Response:\n\n----[start]----\n${text}\n-----[end]-----\n`,
  );
}

import {
  asObject,
  asString,
  type Clock,
  errorMessage,
  isLastingCode,
  isObject,
  isTransientStatus,
  type Problem,
  parseJson,
  parseRetryAfter,
  printable,
  retry,
  shorten,
  UserError,
  withFullStop,
} from '@suite/foundation';
import { describeIdentity, type Identity } from './identity.ts';

/** What is known of a failed request, whichever SDK made it. */
export interface RequestFailure {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /** Azure's error code (`AuthorizationFailed`), or the system's (`ENOTFOUND`). */
  readonly code: string;
  readonly message: string;
  readonly retryAfter: string | undefined;
}

/** Reads the errors of `@azure/core-rest-pipeline` and of the clients above it. */
export function readFailure(error: unknown): RequestFailure {
  const fields: Readonly<Record<string, unknown>> = isObject(error) ? error : {};
  const status = typeof fields['statusCode'] === 'number' ? fields['statusCode'] : undefined;
  const response = asObject(fields['response']);
  const headers = response['headers'] as { get?: (name: string) => string | undefined } | undefined;
  const header = (name: string) => headers?.get?.(name);
  // Clients of different generations put the body's code in different places; the body itself is always there.
  const text = asString(response['bodyAsText']) ?? '';
  const body = asObject(parseJson(text));
  const inner = isObject(body['error']) ? body['error'] : body;
  const code =
    asString(inner['code']) ?? header('x-ms-error-code') ?? systemCode(error) ?? asString(fields['code']) ?? '';
  return {
    status,
    code,
    message: asString(inner['message']) ?? readOtherBody(text) ?? errorMessage(error),
    retryAfter: header('retry-after'),
  };
}

/** Storage answers in XML, proxies in plain text. HTML pages say nothing that helps. */
function readOtherBody(text: string): string | undefined {
  const message = /<Message>([^<]+)<\/Message>/.exec(text)?.[1];
  if (message !== undefined) return message;
  const plain = text.trim();
  return plain === '' || /^[<{[]/.test(plain) ? undefined : plain;
}

function systemCode(error: unknown): string | undefined {
  // No request here is ever aborted but by its own time limit.
  if (error instanceof Error && error.name === 'AbortError') return 'ETIMEDOUT';
  for (let current = error, depth = 0; isObject(current) && depth < 5; current = current['cause'], depth++) {
    const code = asString(current['code']);
    if (code !== undefined && /^(?:E[A-Z_]+|[A-Z_]*(?:CERT|SIGNATURE)[A-Z_]*)$/.test(code)) return code;
  }
  return undefined;
}

export interface RetryContext {
  readonly clock: Clock;
  readonly random?: () => number;
  /** In all; 5 by default. */
  readonly attempts?: number;
  /** No pause is longer; a minute by default. */
  readonly capMs?: number;
}

/** Repeats what may pass by itself: 408, 429 and 5xx as Azure asks (`Retry-After`), and broken connections. */
export function withRetries<T>(
  operation: () => Promise<T>,
  { clock, random, attempts = 5, capMs = 60_000 }: RetryContext,
): Promise<T> {
  return retry(operation, {
    clock,
    ...(random === undefined ? {} : { random }),
    attempts,
    baseMs: 1000,
    capMs,
    judge: error => {
      if (error instanceof UserError) return { retry: false };
      const failure = readFailure(error);
      if (!passes(failure)) return { retry: false };
      const afterMs = failure.status === undefined ? undefined : parseRetryAfter(failure.retryAfter, clock.now());
      return { retry: true, ...(afterMs === undefined ? {} : { afterMs }) };
    },
  });
}

/** Nobody answered, or whoever did has too much to do. */
function passes({ status, code, message }: RequestFailure): boolean {
  const answered = status ?? proxyStatus(code, message);
  return answered === undefined ? code !== '' && !isLastingCode(code) : isTransientStatus(answered);
}

/** What a proxy answered instead of giving a way to the host. Of Node's error (https.Agent) the SDK keeps code and text. */
function proxyStatus(code: string, message: string): number | undefined {
  const [, status] = (code === 'ERR_PROXY_TUNNEL' && /: HTTP\/\S+ (\d{3})\b/.exec(message)) || [];
  return status === undefined ? undefined : Number(status);
}

/** Whether what a request was given up for may pass by itself, so that it says nothing of anybody's settings. */
export function mayPass({ cause }: UserError): boolean {
  return passes(readFailure(cause));
}

/** What a request was about, for the message. */
export interface RequestContext {
  readonly identity: Identity;
  /** Reads on after "while": `reading the cluster aks-x`. */
  readonly doing: string;
  readonly host: string;
  /** The right it needs and where; Azure's own words win where it names them. */
  readonly right?: { readonly action: string; readonly scope: string };
}

/** The one message for a request that failed for good. UserErrors and defects of ours pass as they are. */
export function translateRequestFailure(error: unknown, context: RequestContext): unknown {
  if (error instanceof UserError) return error;
  const failure = readFailure(error);
  if (failure.status === undefined && failure.code === '') return error;
  return new UserError(describeRequestFailure(failure, context), { cause: error });
}

function describeRequestFailure(failure: RequestFailure, context: RequestContext): Problem {
  const { status, code } = failure;
  const { identity, doing, host, right } = context;
  const said = quoted(failure);
  if (status === undefined) {
    return {
      message: `${host} could not be reached while ${doing}: ${said}`,
      remedy: /CERT|SIGNATURE/.test(code)
        ? 'Name the certificate authority of your proxy in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE of the runner.'
        : 'Check the name, the network of the runner, and HTTPS_PROXY and NO_PROXY.',
    };
  }
  if (status === 401) {
    return {
      message: `${describeIdentity(identity)} was not accepted by ${host} while ${doing}: ${said}`,
      remedy: 'Check that tenant and subscription belong together.',
    };
  }
  if (status === 403 && right !== undefined) {
    const named = /perform action '([^']+)'(?: over scope '([^']+)')?/.exec(failure.message);
    return {
      message: printable(
        `${describeIdentity(identity)} may not perform \`${named?.[1] ?? right.action}\` on ${named?.[2] ?? right.scope}.`,
      ),
      remedy: 'Give it a role with this action on that scope or above; a new assignment takes some minutes to work.',
    };
  }
  if (isTransientStatus(status)) {
    return {
      message: `${host} kept answering ${status} while ${doing}: ${said}`,
      remedy:
        status === 429
          ? 'Run it again later.'
          : 'Run it again. If it persists, check the name and the proxy, or see status.azure.com.',
    };
  }
  return { message: `${host} answered ${status} while ${doing}: ${said}` };
}

function quoted({ code, message }: RequestFailure): string {
  const text = code === '' || message.includes(code) ? message : `${code}: ${message}`;
  return withFullStop(shorten(printable(text).replace(/\s+/g, ' ').trim(), 800));
}

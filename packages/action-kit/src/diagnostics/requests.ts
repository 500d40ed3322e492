import { channel } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { errorMessage } from '@suite/foundation';

/** One request that this process made, without its body. */
export interface RequestEntry {
  readonly method: string;
  /** With host; of the query only the names, and of `api-version` the value. */
  readonly url: string;
  /** 0 where nothing came back. */
  readonly status: number;
  readonly milliseconds: number;
  /** By which the other side finds it in its own records. */
  readonly ids: Readonly<Record<string, string>>;
  readonly error?: string;
}

/** What services call a request of theirs. */
const idHeaders = ['x-ms-request-id', 'x-ms-correlation-request-id', 'x-github-request-id', 'audit-id', 'retry-after'];

interface Undici {
  readonly request: { readonly origin: string | URL; readonly path: string; readonly method: string };
  readonly response?: { readonly statusCode: number; readonly headers: readonly (Buffer | string)[] };
  readonly error?: Error;
}
interface Http {
  readonly request: ClientRequest;
  readonly response?: IncomingMessage;
  readonly error?: Error;
}

/**
 * Tells every request of this process when it is answered: those of `fetch` and those of `node:http`, by the channels on which Node
 * publishes them (Node, `diagnostics_channel`). Gives what ends it.
 */
export function watchRequests(tell: (entry: RequestEntry) => void, now: () => number): () => void {
  const begun = new WeakMap<object, number>();
  const since = (request: object) => Math.round(now() - (begun.get(request) ?? now()));
  const start = (message: unknown) => void begun.set((message as Http).request, now());
  const fetched = (message: unknown) => {
    const { request, response, error } = message as Undici;
    tell({
      method: request.method,
      url: shownUrl(`${request.origin}${request.path}`),
      status: response?.statusCode ?? 0,
      milliseconds: since(request),
      ids: idsOf(pairs(response?.headers ?? [])),
      ...(error === undefined ? {} : { error: errorMessage(error) }),
    });
  };
  const got = (message: unknown) => {
    const { request, response, error } = message as Http;
    tell({
      method: request.method,
      url: shownUrl(`${request.protocol}//${request.getHeader('host') ?? request.host}${request.path}`),
      status: response?.statusCode ?? 0,
      milliseconds: since(request),
      ids: idsOf(Object.entries(response?.headers ?? {})),
      ...(error === undefined ? {} : { error: errorMessage(error) }),
    });
  };
  const listeners = [
    ['undici:request:create', start],
    ['undici:request:headers', fetched],
    ['undici:request:error', fetched],
    ['http.client.request.start', start],
    ['http.client.response.finish', got],
    ['http.client.request.error', got],
  ] as const;
  for (const [name, listener] of listeners) channel(name).subscribe(listener);
  return () => {
    for (const [name, listener] of listeners) channel(name).unsubscribe(listener);
  };
}

function shownUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null) return '';
  const query = [...url.searchParams].map(([name, value]) => `${name}=${name === 'api-version' ? value : '…'}`);
  return `${url.protocol}//${url.host}${url.pathname}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

function pairs(headers: readonly (Buffer | string)[]): [string, string][] {
  return headers.flatMap((name, at) => (at % 2 === 0 ? [[String(name), String(headers[at + 1])]] : []));
}

function idsOf(headers: readonly (readonly [string, unknown])[]): Record<string, string> {
  return Object.fromEntries(
    headers.flatMap(([name, value]) =>
      idHeaders.includes(name.toLowerCase()) ? [[name.toLowerCase(), String(value)]] : [],
    ),
  );
}

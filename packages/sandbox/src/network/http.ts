import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';

/** A request as the stand-ins see it: who was called, and with what. Header names are in lower case, as Node gives them. */
export interface WorldRequest {
  readonly host: string;
  readonly method: string;
  /** The path as sent, percent-encoding untouched, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body as it arrives. Whoever reads it leaves nothing for `body()`. */
  readonly stream: Readable;
  /** The whole body; may be called any number of times. */
  body(): Promise<Buffer>;
}

export interface WorldResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Readable;
}

export type Handler = (request: WorldRequest) => WorldResponse | Promise<WorldResponse>;

/** `host` is exact (`api.github.com`) or a suffix (`*.blob.core.windows.net`). */
export interface Route {
  readonly host: string;
  readonly handler: Handler;
  /** Narrows a suffix to the hosts that exist: the others get no connection, as a name that does not resolve. */
  readonly exists?: (host: string) => boolean;
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): WorldResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

export function xml(status: number, text: string, headers: Readonly<Record<string, string>> = {}): WorldResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/xml', ...headers },
    body: `<?xml version="1.0" encoding="utf-8"?>${text}`,
  };
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, character => `&#${character.codePointAt(0)};`);
}

/** One header, or undefined when it was not sent. */
export function header(request: WorldRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

export function bearer(request: WorldRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header(request, 'authorization') ?? '')?.[1];
}

/** Finds who plays a host: exact names before suffixes, longer suffixes before shorter ones. */
export function findRoute(routes: readonly Route[], host: string): Route | undefined {
  const name = host.toLowerCase();
  const suffixes = routes
    .filter(route => route.host.startsWith('*.') && name.endsWith(route.host.slice(1)))
    .sort((one, other) => other.host.length - one.host.length);
  return [...routes.filter(route => route.host === name), ...suffixes].find(route => route.exists?.(name) ?? true);
}

/** A request made by hand, for calling a handler without a network. */
export function makeRequest(
  method: string,
  url: string,
  options: { readonly headers?: IncomingHttpHeaders; readonly body?: string | Buffer } = {},
): WorldRequest {
  const { hostname, pathname, searchParams } = new URL(url);
  const body = Buffer.from(options.body ?? '');
  return {
    host: hostname,
    method,
    path: pathname,
    query: searchParams,
    headers: options.headers ?? {},
    stream: Readable.from([body]),
    body: async () => body,
  };
}

import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Method } from './http.ts';

/** A request whose content flows: nothing of it is ever held as a whole. */
export interface FlowingRequest {
  readonly url: URL;
  readonly method: Method;
  readonly headers: Readonly<Record<string, string>>;
  /** Its length goes as `Content-Length`. */
  readonly body?: { readonly length: number; readonly chunks: AsyncIterable<Uint8Array> };
}

export interface FlowingAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** May be read once; whoever stops early ends the download. */
  readonly body: AsyncIterable<Uint8Array>;
  /** For whoever does not read it. */
  discard(): void;
}

/** Sends a request once, follows nothing. Rejects with the system's or the content's own error. */
export type Exchange = (request: FlowingRequest) => Promise<FlowingAnswer>;

/** Nothing moved for so long: an attempt ends. Content may take as long as it moves. */
const idleMs = 60_000;
const shortRest = 64 * 1024;

/**
 * Node's own client and global agents, which know the proxy and the certificates of this process. Not fetch: that copies
 * every body for the case of a redirect, and a layer is then in memory as a whole.
 */
export const nodeExchange: Exchange = async ({ url, method, headers, body }) => {
  const { request } = url.protocol === 'http:' ? http : https;
  const length = body === undefined ? {} : { 'Content-Length': String(body.length) };
  const sent = request(url, { method, headers: { ...headers, ...length } });
  sent.setTimeout(idleMs, () => sent.destroy(new DOMException('nothing moved any more', 'TimeoutError')));
  const answered = once(sent, 'response') as Promise<[http.IncomingMessage]>;
  // Whoever waits for the other one hears of it there.
  answered.catch(() => undefined);
  const poured = body === undefined ? Promise.resolve(void sent.end()) : pipeline(body.chunks, sent);
  let isPoured = false;
  poured.then(
    () => {
      isPoured = true;
    },
    () => undefined,
  );
  // A refusal may come before all is sent.
  const [response] = await Promise.race([answered, poured.then(() => answered)]);
  const status = response.statusCode ?? 0;
  const headersSent = headersOf(response.headersDistinct);
  if (status >= 300 && !isPoured) {
    const said = await readBeginning(response);
    // Nobody wants the rest of the content.
    sent.destroy();
    return { status, headers: headersSent, body: Readable.from([said]), discard: () => undefined };
  }
  await poured;
  return {
    status,
    headers: headersSent,
    body: response,
    // A short rest is read, so that the connection serves the next request as well.
    discard: () =>
      void (Number(response.headers['content-length'] ?? 0) <= shortRest ? response.resume() : response.destroy()),
  };
};

async function readBeginning(response: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > shortRest) break;
  }
  return Buffer.concat(chunks);
}

const mostRedirects = 5;

/**
 * Goes where a download is handed on to: to a storage with an address that is signed by itself. Another host never sees the
 * authorization, and nothing goes from TLS to no TLS.
 */
export function following(exchange: Exchange): Exchange {
  return async first => {
    let request = first;
    for (let hops = 0; ; hops++) {
      const answer = await exchange(request);
      const location = answer.headers.get('location');
      if (request.method !== 'GET' || ![301, 302, 303, 307, 308].includes(answer.status) || location === null) {
        return answer;
      }
      const next = URL.canParse(location, request.url.href) ? new URL(location, request.url) : undefined;
      if (next === undefined || hops >= mostRedirects) return answer;
      if (next.protocol !== request.url.protocol && next.protocol !== 'https:') return answer;
      answer.discard();
      const headers = next.origin === request.url.origin ? request.headers : withoutAuthorization(request.headers);
      request = { ...request, url: next, headers };
    }
  };
}

function withoutAuthorization(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
}

function headersOf(distinct: NodeJS.Dict<string[]>): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(distinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
}

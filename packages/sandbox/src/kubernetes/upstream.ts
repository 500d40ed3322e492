import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { json, type WorldRequest, type WorldResponse } from '../network/http.ts';

/** A real API server that lets us speak as anybody: it trusts our certificate as that of its front proxy. */
export interface UpstreamOptions {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** PEM of the authority of the API server's certificate. */
  readonly ca: string;
  /** PEM of the front proxy's certificate and key (the API server's `--requestheader-client-ca-file`). */
  readonly certificate: string;
  readonly key: string;
}

/** Who a request is of, to the API server. `system:authenticated` need not be among the groups: it adds that itself. */
export interface KubernetesUser {
  readonly name: string;
  readonly groups: readonly string[];
}

export type Upstream = (request: WorldRequest, user: KubernetesUser) => Promise<WorldResponse>;

/**
 * Headers of one connection (RFC 9110, 7.6.1), and those by which a client says who it is: its token is not the API server's
 * business, and nobody names himself. (Impersonation stays: the API server asks whether the user may.)
 */
const dropped =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|host|authorization|x-remote-.*)$/;

/**
 * Forwards single requests, and streams both ways: a watch arrives event by event, and ends at the API server when its client
 * goes away. Throws an Error when the API server does not answer.
 *
 * Refused by name: what needs a connection of its own (exec, attach, port-forward).
 */
export function createUpstream({ url, ca, certificate, key }: UpstreamOptions): Upstream {
  // Its own agent: what the process is told about proxies is for the world outside.
  // The API server hangs up on connections that were idle for 90 s: ours are put away before, so that no request meets that.
  const agent = new https.Agent({ keepAlive: true, timeout: 30_000, ca, cert: certificate, key });
  return async (request, user) => {
    if (request.headers.upgrade !== undefined) {
      return refusal(`The sandbox forwards no connection that changes to ${request.headers.upgrade}.`);
    }
    const query = request.query.toString();
    const outgoing = https.request(`${url}${request.path}${query === '' ? '' : `?${query}`}`, {
      agent,
      method: request.method,
      headers: headersFrom(request, user),
    });
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    outgoing.on('error', () => undefined); // whoever reads the answer learns of it
    request.stream.on('error', error => outgoing.destroy(error));
    request.stream.pipe(outgoing);
    const [incoming] = await answered;
    const body = new PassThrough();
    // A client that leaves destroys the body, and with it the connection to the API server.
    pipeline(incoming, body).catch(() => outgoing.destroy());
    return { status: incoming.statusCode ?? 502, headers: headersTo(incoming), body };
  };
}

function headersFrom(request: WorldRequest, { name, groups }: KubernetesUser): OutgoingHttpHeaders {
  const kept = Object.entries(request.headers).filter(([header]) => !dropped.test(header));
  return {
    ...Object.fromEntries(kept),
    // Node frames the body of a DELETE only when told so.
    ...(request.headers['transfer-encoding'] === undefined ? {} : { 'Transfer-Encoding': 'chunked' }),
    'X-Remote-User': name,
    ...(groups.length === 0 ? {} : { 'X-Remote-Group': [...groups] }),
  };
}

function headersTo({ headers }: IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !dropped.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

/** A refusal as the API server writes one (Status, v1). */
function refusal(message: string): WorldResponse {
  return json(501, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'NotImplemented',
    code: 501,
  });
}

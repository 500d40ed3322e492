import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { type Clock, retry } from '@suite/foundation';
import { type Attempt, KubernetesFailure, networkFailure, refusalFailure } from './failure.ts';

/** How an API server is reached, and as whom. */
export interface Connection {
  /** `https://aks-contoso-dev.hcp.westeurope.azmk8s.io:443` */
  readonly server: string;
  /** The cluster's own certificate authority, PEM. Authorities of this machine's administrator count as well. */
  readonly ca: string;
  /** Asked before each request; whoever gives it renews it. */
  readonly token: () => Promise<string>;
  /** Reads on after "The": `plan identity of dev`. */
  readonly identity: string;
  /** What to do where it lacks a right in the cluster, as sentences. */
  readonly lackingRight?: string;
  /** Where proxies are named: HTTPS_PROXY, NO_PROXY. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  /** `application/json` by default. */
  readonly contentType?: string;
  readonly accept?: string;
  /** Reads on after "could not". */
  readonly purpose: string;
  /** Whom the API server asks in its place: `monitoring/grafana`. */
  readonly behind?: string;
  /** Milliseconds without a sign of life; 30,000 by default, and more for a write. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

export interface Transport {
  readonly host: string;
  /** The answer's body. Repeats what may pass by itself; every request of this package may be done twice. */
  send(request: ApiRequest): Promise<string>;
  /** The answer while it comes; once. */
  stream(request: ApiRequest): Promise<IncomingMessage>;
  close(): void;
}

const usualPatienceMs = 30_000;
/** A write waits for every webhook that is asked about it, up to 30 s for one; the API server ends it after 60 s. */
const writingPatienceMs = 75_000;
/** As many as an API server's fairness lets one user have without waiting, roughly. */
const mostConnections = 24;

/**
 * Own requests instead of a library's: `@kubernetes/client-node` brings a class per kind, which says nothing about custom
 * resources, and takes several times an action's whole start to load.
 */
export function createTransport(connection: Connection): Transport {
  const { server, ca, token, identity, lackingRight, env, clock } = connection;
  const base = new URL(server);
  const trust = { ca: [ca, ...tls.getCACertificates('extra')], proxyEnv: env as NodeJS.ProcessEnv };
  const agent = new https.Agent({ ...trust, keepAlive: true, maxSockets: mostConnections });
  // A watch keeps its connection for minutes: no request may wait for one to end.
  const streams = new https.Agent(trust);
  const attemptOf = ({ purpose, behind }: ApiRequest): Attempt => ({
    host: base.host,
    identity,
    purpose,
    lackingRight,
    behind,
  });

  const once = async (request: ApiRequest, pool = agent): Promise<IncomingMessage> => {
    const attempt = attemptOf(request);
    const authorization = `Bearer ${await token()}`;
    const answer = await open(new URL(request.path, base), request, authorization, pool).catch(error => {
      if (request.signal?.aborted) throw request.signal.reason;
      throw networkFailure(error, attempt);
    });
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    const said = await text(answer).catch(() => '');
    const retryAfter = answer.headers['retry-after'];
    throw refusalFailure({ status, retryAfter, text: said }, attempt, clock.now());
  };

  return {
    host: base.host,
    send: request =>
      retry(
        async () => {
          const answer = await once(request);
          return text(answer).catch(error => {
            if (request.signal?.aborted) throw request.signal.reason;
            throw networkFailure(error, attemptOf(request));
          });
        },
        {
          clock,
          attempts: 4,
          baseMs: 500,
          capMs: 30_000,
          judge: error => (error instanceof KubernetesFailure ? error.retry : { retry: false }),
          ...(request.signal === undefined ? {} : { signal: request.signal }),
        },
      ),
    stream: request => once(request, streams),
    close: () => {
      agent.destroy();
      streams.destroy();
    },
  };
}

function open(url: URL, request: ApiRequest, authorization: string, agent: https.Agent): Promise<IncomingMessage> {
  const { method, body, contentType = 'application/json', accept = 'application/json', signal } = request;
  const patienceMs = request.patienceMs ?? (method === 'GET' ? usualPatienceMs : writingPatienceMs);
  const content = body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const outgoing = https.request(
      url,
      {
        method,
        agent,
        headers: {
          Accept: accept,
          Authorization: authorization,
          'User-Agent': 'aks-platform-actions',
          ...(content === undefined ? {} : { 'Content-Type': contentType, 'Content-Length': content.length }),
        },
        ...(signal === undefined ? {} : { signal }),
      },
      resolve,
    );
    outgoing.setTimeout(patienceMs, () => {
      outgoing.destroy(Object.assign(new Error(`no sign of life for ${patienceMs / 1000} s`), { code: 'ETIMEDOUT' }));
    });
    outgoing.on('error', reject);
    outgoing.end(content);
  });
}

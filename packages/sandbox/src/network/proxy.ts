import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TLSSocket } from 'node:tls';
import { errorMessage } from '@suite/foundation';
import type { CertificateAuthority } from './certificate-authority.ts';
import type { WorldRequest, WorldResponse } from './http.ts';

export interface ProxyOptions {
  readonly authority: CertificateAuthority;
  /** Whether anybody plays this host. */
  readonly plays: (host: string) => boolean;
  /** Answers what arrives inside the tunnels. `reset` breaks the connection instead. */
  readonly answer: (request: WorldRequest) => Promise<WorldResponse | 'reset'>;
  /** Called with each host (and port, unless 443) that was asked for and is not played. */
  readonly onRefused: (host: string) => void;
}

export interface Proxy {
  /** `http://127.0.0.1:PORT`, as `HTTPS_PROXY` wants it. */
  readonly url: string;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}

/**
 * The only way out of the sandbox: a CONNECT proxy on loopback that ends TLS itself and hands each request to
 * whoever plays the host. What nobody plays is refused by name, so nothing real is ever touched.
 */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const hosts = new WeakMap<object, { readonly host: string; readonly raw: Socket }>();
  const open = new Set<Socket>();

  const inside = createServer((request, response) => {
    const tunnel = hosts.get(request.socket);
    if (tunnel === undefined) return void request.socket.destroy();
    void respond(request, response, tunnel.host, tunnel.raw, options.answer);
  });
  // Clients keep connections for minutes; closing an idle one first would race with their next request.
  inside.keepAliveTimeout = 0;

  const outside = createServer((request, response) => {
    const host = hostOf(request.url) ?? request.headers.host ?? 'unknown';
    options.onRefused(host);
    response.writeHead(502, { 'Content-Type': 'text/plain' }).end(refusal(host));
  });
  outside.keepAliveTimeout = 0;
  outside.on('connection', socket => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  outside.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // A client that is killed breaks its connections; that is its business, not an error of ours.
    socket.on('error', () => socket.destroy());
    void connect(request.url ?? '', socket, head);
  });

  const connect = async (authority: string, socket: Socket, head: Buffer) => {
    const [host = '', port = '443'] = authority.toLowerCase().split(':');
    if (port !== '443' || !options.plays(host)) {
      const name = port === '443' ? host : `${host}:${port}`;
      options.onRefused(name);
      const body = refusal(name);
      return void socket.end(
        `HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    }
    const secureContext = await options.authority.contextFor(host);
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    const tls = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] });
    tls.on('error', () => tls.destroy());
    hosts.set(tls, { host, raw: socket });
    inside.emit('connection', tls);
  };

  outside.listen(0, '127.0.0.1');
  await once(outside, 'listening');
  const { port } = outside.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = once(outside, 'close');
      outside.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

async function respond(
  incoming: IncomingMessage,
  response: ServerResponse,
  host: string,
  raw: Socket,
  answer: ProxyOptions['answer'],
): Promise<void> {
  try {
    const result = await answer(readRequest(incoming, host));
    if (result === 'reset') return void raw.resetAndDestroy();
    // What the handler left unread would be taken for the next request on this connection.
    incoming.resume();
    await send(response, result, incoming.method === 'HEAD');
  } catch (error) {
    if (response.headersSent) return void response.destroy();
    response.writeHead(500, { 'Content-Type': 'text/plain' }).end(`sandbox: ${errorMessage(error)}\n`);
  }
}

async function send(response: ServerResponse, result: WorldResponse, isHead: boolean): Promise<void> {
  const { status, headers = {}, body } = result;
  if (body instanceof Readable) {
    response.writeHead(status, headers);
    if (isHead) return void response.end(() => body.destroy());
    // The body may be long in coming: a watch of Kubernetes begins with the first change. Until the head is there kubectl waits.
    response.flushHeaders();
    // The client may leave in the middle of a download.
    return pipeline(body, response).catch(() => undefined);
  }
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(body as string);
  const hasLength = Object.keys(headers).some(name => name.toLowerCase() === 'content-length');
  const bodiless = status === 204 || status === 304;
  response.writeHead(status, hasLength || bodiless ? headers : { ...headers, 'Content-Length': bytes.length });
  if (isHead || bodiless) response.end();
  else response.end(bytes);
}

function readRequest(incoming: IncomingMessage, host: string): WorldRequest {
  const url = incoming.url ?? '/';
  const question = url.indexOf('?');
  let whole: Promise<Buffer> | undefined;
  return {
    host,
    method: incoming.method ?? 'GET',
    path: question < 0 ? url : url.slice(0, question),
    query: new URLSearchParams(question < 0 ? '' : url.slice(question + 1)),
    headers: incoming.headers,
    stream: incoming,
    body: () => (whole ??= readAll(incoming)),
  };
}

async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined;
}

function refusal(host: string): string {
  return `The sandbox plays no host named ${host}; nothing outside the sandbox is ever called.\n`;
}

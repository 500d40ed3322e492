import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { asArray, asNumber, asObject, asString } from '@suite/foundation';
import type { Authority } from './certificates.ts';
import { nodeNetwork } from './nodes.ts';

/** A Service that a test answers for, in its pods' place. */
export interface ServedService {
  readonly namespace: string;
  readonly name: string;
  /** A port of the Service; all of them when left out. */
  readonly port?: number;
  /** Gets requests that came by http and by https (its certificate is of the cluster's own authority). */
  readonly answer: RequestListener;
}

/** Whose output is asked for. */
export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Of the container before its last restart. */
  readonly previous: boolean;
}

export interface ClusterNetwork {
  /** Answers for a Service until the returned function is called. */
  serve(service: ServedService): () => void;
  /** What containers print. Undefined is an answer without a line. */
  serveLogs(logs: (request: LogRequest) => string | undefined): void;
  close(): Promise<void>;
}

/**
 * The network between the API server and the cluster. The API server reaches nodes, pods and Services through it alone (its egress
 * selector, a CONNECT proxy on a Unix socket), as it does in AKS; nothing of it exists but what a test serves.
 *
 * A Service answers as through kube-proxy: only while one of its pods is ready.
 */
export async function startClusterNetwork(options: {
  /** Where to listen: a Unix socket. */
  readonly socket: string;
  readonly authority: Authority;
  /** Reads a list of the API server: `/api/v1/services`. */
  readonly list: (path: string) => Promise<readonly unknown[]>;
}): Promise<ClusterNetwork> {
  const { authority, list } = options;
  /** With the connections to each. */
  const served = new Map<ServedService, Set<Socket>>();
  const open = new Set<Socket>();
  let logsOf: (request: LogRequest) => string | undefined = () => undefined;
  const kubelet = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'https://kubelet');
    const [, what, namespace = '', pod = '', container = ''] = url.pathname.split('/');
    if (what !== 'containerLogs') {
      return void response.writeHead(501).end(`The kubelets of this control plane do logs only, not ${what}.\n`);
    }
    const previous = url.searchParams.get('previous') === 'true';
    const text = logsOf({ namespace, pod, container, previous }) ?? '';
    const isTimed = url.searchParams.get('timestamps') === 'true';
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    response.end(isTimed ? text.replace(/^(?=.)/gm, `${new Date().toISOString()} `) : text);
  });

  /** Who is behind an address; a text says why nobody is. */
  const find = async (host: string, port: number): Promise<ServedService | string> => {
    const [services, slices] = await Promise.all([
      list('/api/v1/services'),
      list('/apis/discovery.k8s.io/v1/endpointslices'),
    ]);
    const byAddress = services.find(service => asArray(specOf(service)['clusterIPs']).includes(host));
    const targets =
      byAddress === undefined
        ? slices.flatMap(slice => targetsOfSlice(slice, host, port, services))
        : [{ ...nameOf(byAddress), port }];
    const [target] = targets;
    if (target === undefined) return `No Service has an endpoint ${host}:${port}.`;
    if (byAddress !== undefined && !slices.some(slice => isOf(slice, target) && hasReady(slice))) {
      return `The Service ${target.namespace}/${target.name} has no ready pod.`;
    }
    const found = [...served.keys()].find(one =>
      targets.some(each => isSame(one, each) && (one.port ?? each.port) === each.port),
    );
    return (
      found ?? `No test answers for ${targets.map(each => `${each.namespace}/${each.name}:${each.port}`).join(', ')}.`
    );
  };

  const connect = async (target: string, socket: Socket) => {
    const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(target) ?? [];
    if (isIP(host) !== 0 && host.startsWith(nodeNetwork)) {
      return talk(socket, kubelet, host);
    }
    const found = await find(host, Number(port));
    if (typeof found === 'string') return refuse(socket, found);
    const connections = served.get(found);
    connections?.add(socket);
    socket.on('close', () => connections?.delete(socket));
    return talk(socket, createServer(found.answer), `${found.name}.${found.namespace}.svc`);
  };

  const talk = async (socket: Socket, server: Server, name: string) => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const first: Buffer | null = await firstBytes(socket);
    if (first === null) return;
    socket.unshift(first);
    if (first[0] !== handshake) return void server.emit('connection', socket);
    const { certificate, key } = await authority.issue({
      name,
      use: 'server',
      ...(isIP(name) === 0 ? { dns: [name] } : { ips: [name] }),
    });
    const secureContext = createSecureContext({ cert: certificate, key });
    const tls = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] });
    tls.on('error', () => tls.destroy());
    server.emit('connection', tls);
  };

  const proxy = createServer((_, response) => void response.writeHead(405).end());
  proxy.on('connection', socket => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy());
    connect(request.url ?? '', socket).catch(error => refuse(socket, String(error)));
  });
  proxy.listen(options.socket);
  await once(proxy, 'listening');
  return {
    serve: service => {
      const connections = new Set<Socket>();
      served.set(service, connections);
      return () => {
        served.delete(service);
        for (const socket of connections) socket.destroy();
      };
    },
    serveLogs: logs => {
      logsOf = logs;
    },
    close: async () => {
      const closed = once(proxy, 'close');
      proxy.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** What a TLS record with a handshake begins with (RFC 8446, 5.1). */
const handshake = 22;

function firstBytes(socket: Socket): Promise<Buffer | null> {
  return new Promise(resolve => {
    socket.once('readable', () => resolve(socket.read() as Buffer | null));
    socket.once('close', () => resolve(null));
  });
}

/** The API server shows the status line to its client. */
function refuse(socket: Socket, reason: string): void {
  socket.end(`HTTP/1.1 502 ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

interface Name {
  readonly namespace: string;
  readonly name: string;
}

interface Target extends Name {
  /** The Service's own port. */
  readonly port: number;
}

function nameOf(object: unknown): Name {
  const metadata = asObject(asObject(object)['metadata']);
  return { namespace: asString(metadata['namespace']) ?? '', name: asString(metadata['name']) ?? '' };
}

const specOf = (object: unknown) => asObject(asObject(object)['spec']);
const isSame = (one: Name, other: Name) => one.namespace === other.namespace && one.name === other.name;

/** The Service that an EndpointSlice is of. */
function serviceOf(slice: unknown): Name {
  const labels = asObject(asObject(asObject(slice)['metadata'])['labels']);
  return { namespace: nameOf(slice).namespace, name: asString(labels['kubernetes.io/service-name']) ?? '' };
}

const isOf = (slice: unknown, service: Name) => isSame(serviceOf(slice), service);
const endpointsOf = (slice: unknown) => asArray(asObject(slice)['endpoints']).map(asObject);

/** The ports of Services that end at this address; those of a slice bear the names of the Service's. */
function targetsOfSlice(slice: unknown, host: string, port: number, services: readonly unknown[]): Target[] {
  if (!endpointsOf(slice).some(({ addresses }) => asArray(addresses).includes(host))) return [];
  const names = asArray(asObject(slice)['ports'])
    .map(asObject)
    .filter(one => one['port'] === port)
    .map(one => one['name'] ?? '');
  const service = services.find(one => isOf(slice, nameOf(one)));
  return asArray(specOf(service)['ports'])
    .map(asObject)
    .filter(one => names.includes(one['name'] ?? ''))
    .map(one => ({ ...serviceOf(slice), port: asNumber(one['port']) ?? 0 }));
}

function hasReady(slice: unknown): boolean {
  return endpointsOf(slice).some(({ conditions }) => asObject(conditions)['ready'] !== false);
}

import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import '../network/reflect-metadata.ts';
import { makeRequest, type WorldResponse } from '../network/http.ts';
import { createUpstream, type Upstream } from './upstream.ts';

const user = { name: 'plan@example.org', groups: ['readers', 'group-2'] };
const pods = 'https://aks-1.hcp.westeurope.azmk8s.io/api/v1/pods';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly groups: readonly string[];
  readonly client: string | undefined;
}

let server: https.Server;
let upstream: Upstream;
let seen: Seen[];
let answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

beforeAll(async () => {
  const { certificate, key } = await selfSigned('front-proxy');
  server = https.createServer({ cert: certificate, key, ca: certificate, requestCert: true }, (request, response) => {
    const { method, url, headers, rawHeaders } = request;
    const groups = rawHeaders.filter((_, index) => rawHeaders[index - 1] === 'X-Remote-Group');
    const { CN } = (request.socket as TLSSocket).getPeerCertificate().subject;
    seen.push({ method, url, headers, groups, client: CN?.toString() });
    void answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  upstream = createUpstream({ url: `https://127.0.0.1:${port}`, ca: certificate, certificate, key });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen = [];
  answer = (_, response) => void response.end();
});

/** A certificate that signs itself, for both ends. */
async function selfSigned(name: string): Promise<{ certificate: string; key: string }> {
  const x509 = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`;
  return { certificate: certificate.toString('pem'), key };
}

function bodyOf({ body }: WorldResponse): Readable {
  if (!(body instanceof Readable)) throw new Error('The answer is not streamed.');
  return body;
}

test('a request arrives as it was sent, as the user and not as who sent it', async () => {
  answer = (_, response) => void response.writeHead(201, { 'Content-Type': 'application/json' }).end('{"kind":"Pod"}');
  const headers = {
    authorization: 'Bearer secret',
    accept: 'application/json;as=Table, */*',
    'content-type': 'application/apply-patch+yaml',
    'impersonate-user': 'mona',
    'x-remote-user': 'system:admin',
    'x-remote-group': 'system:masters',
    'x-remote-extra-scopes': 'all',
    host: 'aks-1.hcp.westeurope.azmk8s.io',
    connection: 'keep-alive',
  };
  const url = `${pods}/a%2Fb?labelSelector=app%3Dweb&fieldManager=helm`;
  const response = await upstream(makeRequest('PATCH', url, { headers, body: 'kind: Pod' }), user);
  expect([response.status, response.headers?.['content-type'], await text(bodyOf(response))]).toEqual([
    201,
    'application/json',
    '{"kind":"Pod"}',
  ]);
  const [request] = seen;
  expect(request).toMatchObject({
    method: 'PATCH',
    url: '/api/v1/pods/a%2Fb?labelSelector=app%3Dweb&fieldManager=helm',
    groups: ['readers', 'group-2'],
    client: 'front-proxy',
    headers: {
      accept: 'application/json;as=Table, */*',
      'content-type': 'application/apply-patch+yaml',
      'impersonate-user': 'mona',
      'x-remote-user': 'plan@example.org',
    },
  });
  for (const name of ['authorization', 'x-remote-extra-scopes']) expect(request?.headers).not.toHaveProperty([name]);
});

test('a user without groups is sent without any', async () => {
  await upstream(makeRequest('GET', pods), { name: 'mona', groups: [] });
  expect(seen).toMatchObject([{ groups: [], headers: { 'x-remote-user': 'mona' } }]);
});

test.each(['POST', 'DELETE'])('the body of a %s is streamed, whoever frames it', async method => {
  const received = new PassThrough();
  answer = async (request, response) => {
    request.pipe(received);
    await once(request, 'end');
    response.end();
  };
  const stream = new PassThrough();
  const request = { ...makeRequest(method, pods, { headers: { 'transfer-encoding': 'chunked' } }), stream };
  const answered = upstream(request, user);
  stream.write('one ');
  const [first] = (await once(received, 'data')) as [Buffer];
  expect(first.toString()).toBe('one ');
  stream.end('two');
  expect(await text(received)).toBe('two');
  expect((await answered).status).toBe(200);
});

test('a watch arrives event by event, and ends with its client', async () => {
  const stopped = new Promise<void>(resolve => {
    answer = (_, response) => {
      response.on('close', resolve);
      response.write('{"type":"ADDED"}\n');
    };
  });
  const events = bodyOf(await upstream(makeRequest('GET', `${pods}?watch=true`), user));
  const [event] = (await once(events, 'data')) as [Buffer];
  expect(event.toString()).toBe('{"type":"ADDED"}\n');
  events.destroy();
  await stopped;
});

test('a client that leaves while it sends is left by us too', async () => {
  const gone = new Promise<void>(resolve => {
    answer = request => void request.on('close', resolve).resume();
  });
  const stream = new PassThrough();
  const answered = upstream({ ...makeRequest('POST', pods, { headers: { 'content-length': '9' } }), stream }, user);
  stream.write('one');
  stream.destroy(new Error('aborted'));
  await expect(answered).rejects.toThrow('aborted');
  await gone;
});

test('an answer that breaks off breaks off for its client', async () => {
  answer = (request, response) => {
    response.write('half');
    request.socket.destroy();
  };
  await expect(upstream(makeRequest('GET', pods), user).then(response => text(bodyOf(response)))).rejects.toThrow();
});

test('exec, attach and port-forward are refused by name', async () => {
  const request = makeRequest('POST', `${pods}/a/exec`, { headers: { upgrade: 'SPDY/3.1', connection: 'Upgrade' } });
  const { status, body } = await upstream(request, user);
  expect(status).toBe(501);
  expect(JSON.parse(String(body))).toMatchObject({
    kind: 'Status',
    reason: 'NotImplemented',
    message: 'The sandbox forwards no connection that changes to SPDY/3.1.',
  });
  expect(seen).toEqual([]);
});

test('an API server that is not there is an error', async () => {
  const { certificate, key } = await selfSigned('front-proxy');
  const nowhere = createUpstream({ url: 'https://127.0.0.1:1', ca: certificate, certificate, key });
  await expect(nowhere(makeRequest('GET', pods), user)).rejects.toThrow('ECONNREFUSED');
});

import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { PassThrough } from 'node:stream';
import tls from 'node:tls';
import { expect, test } from '@jest/globals';
import { createCertificateAuthority } from './certificate-authority.ts';
import { startProxy } from './proxy.ts';

test('the head of a streamed answer is there before its body, and a client that leaves ends the body', async () => {
  const authority = await createCertificateAuthority();
  const body = new PassThrough();
  const proxy = await startProxy({
    authority,
    plays: () => true,
    answer: async () => ({ status: 200, headers: { 'Content-Type': 'text/plain' }, body }),
    onRefused: () => undefined,
  });
  const connect = http.request(proxy.url, { method: 'CONNECT', path: 'api.example:443' }).end();
  const [, tunnel] = (await once(connect, 'connect')) as [IncomingMessage, Duplex];
  const socket = tls.connect({ socket: tunnel, servername: 'api.example', ca: authority.certificate });
  const request = https.get('https://api.example/watch', { createConnection: () => socket });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(response.headers['content-type']).toBe('text/plain');
  body.write('first');
  const [chunk] = (await once(response, 'data')) as [Buffer];
  expect(chunk.toString()).toBe('first');
  const ended = new Promise(resolve => body.on('close', resolve));
  request.destroy();
  await ended;
  await proxy.close();
});

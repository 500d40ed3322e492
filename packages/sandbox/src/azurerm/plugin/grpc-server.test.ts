import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createServerCertificate } from './certificate.ts';
import { startGrpcServer } from './grpc-server.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grpc-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a client that was on its way in when the server closed is not kept', async () => {
  const [own, client] = [createServerCertificate(Date.now()), createServerCertificate(Date.now())];
  const server = await startGrpcServer({
    socket: join(folder, 'socket'),
    key: own.keyPem,
    certificate: own.certificatePem,
    clientCertificate: client.certificatePem,
    methods: new Map(),
    onLeft: () => undefined,
  });
  const options = { ca: own.certificatePem, key: client.keyPem, cert: client.certificatePem, ALPNProtocols: ['h2'] };
  const enter = async () => {
    const socket = connect(join(folder, 'socket'));
    await once(socket, 'connect');
    return () => connectTls({ ...options, socket });
  };
  const late = await enter();
  const createConnection = await enter();
  const early = connectHttp2('https://localhost', { createConnection });
  early.on('error', () => undefined);
  // The server has taken it, and so the one before it.
  await once(early, 'remoteSettings');
  server.close();
  const socket = late();
  socket.on('error', () => undefined).resume();
  const [hadError] = await once(socket, 'close');
  expect([hadError, socket.destroyed]).toEqual([false, true]);
});

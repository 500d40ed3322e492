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
  let left = 0;
  const server = await startGrpcServer({
    socket: join(folder, 'socket'),
    key: own.keyPem,
    certificate: own.certificatePem,
    clientCertificate: client.certificatePem,
    methods: new Map(),
    onLeft: () => left++,
  });
  const options = { ca: own.certificatePem, key: client.keyPem, cert: client.certificatePem, ALPNProtocols: ['h2'] };
  const enter = async () => {
    const socket = connect(join(folder, 'socket'));
    await once(socket, 'connect');
    return () => connectHttp2('https://localhost', { createConnection: () => connectTls({ ...options, socket }) });
  };
  const early = (await enter())();
  // Its settings arrive: the server has taken it, and so the one after it.
  await once(early, 'remoteSettings');
  const late = await enter();
  const another = (await enter())();
  await once(another, 'remoteSettings');
  server.close();
  const session = late();
  session.on('error', () => undefined);
  for (const one of [early, another]) one.on('error', () => undefined);
  await once(session, 'close');
  expect(left).toBe(1);
});

import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { expect, test } from '@jest/globals';
import { createServerCertificate } from './certificate.ts';

test('a TLS client that is told to trust the certificate finds localhost behind it', async () => {
  const now = Date.now();
  const { keyPem, certificatePem, der } = createServerCertificate(now);
  const certificate = new X509Certificate(der);
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(Date.parse(certificate.validTo) - now).toBeGreaterThan(80_000_000);

  const server = createServer({ key: keyPem, cert: certificatePem }, socket => socket.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: certificatePem });
  const [chunk] = await once(socket, 'data');
  expect(String(chunk)).toBe('hello');
  server.close();
  await once(server, 'close');
});

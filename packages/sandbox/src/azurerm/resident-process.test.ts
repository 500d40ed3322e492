import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { type ClientHttp2Session, connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { installedProvider, installMirror } from './mirror.ts';
import { createServerCertificate } from './plugin/certificate.ts';
import { type Resident, startResident } from './resident-process.ts';

let folder: string;
let resident: Resident;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resident-'));
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  resident = await startResident(['--conditions=source', '--disable-warning=ExperimentalWarning', main], {});
  await installMirror({ directory: folder, residentPort: resident.port });
});

afterAll(async () => {
  resident?.end();
  await rm(folder, { recursive: true, force: true });
});

const client = createServerCertificate(Date.now());

/** What Terraform does: it starts the executable of the mirror, reads the handshake, and connects. */
async function start() {
  const provider = spawn(installedProvider(folder), [], {
    env: {
      PATH: process.env['PATH'] ?? '',
      TF_PLUGIN_MAGIC_COOKIE: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
      PLUGIN_CLIENT_CERT: client.certificatePem,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(provider.stdout), 'line')) as [string];
  const [, protocol, , path = '', kind, certificate = ''] = line.split('|');
  const ca = new X509Certificate(Buffer.from(certificate, 'base64')).toString();
  const session = connect('https://localhost', { path, ca, key: client.keyPem, cert: client.certificatePem });
  await once(session, 'connect');
  return { provider, protocol, kind, path, session };
}

/** The status in the trailers of a call whose request is empty. */
async function call(session: ClientHttp2Session, path: string): Promise<string> {
  const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
  stream.resume().end(Buffer.alloc(5));
  const [trailers] = await once(stream, 'trailers');
  return String(trailers['grpc-status']);
}

test('it serves several at once, each until its own Terraform has it ended', async () => {
  const [one, other] = await Promise.all([start(), start()]);
  expect([one.protocol, one.kind]).toEqual(['5', 'grpc']);
  expect(one.path).not.toBe(other.path);
  const ended = once(one.provider, 'close');
  expect(await call(one.session, '/plugin.GRPCController/Shutdown')).toBe('0');
  expect(await ended).toEqual([0, null]);
  expect(await call(other.session, '/grpc.health.v1.Health/Check')).toBe('0');
  const left = once(other.provider, 'close');
  // A Terraform that is killed says nothing.
  other.session.destroy();
  expect(await left).toEqual([0, null]);
});

test('what is killed with its job is not served any more', async () => {
  const { provider, session, path } = await start();
  expect(await call(session, '/grpc.health.v1.Health/Check')).toBe('0');
  const closed = once(session, 'close');
  provider.kill('SIGKILL');
  await closed;
  await expect(access(path)).rejects.toThrow('ENOENT');
});

test('an interrupted terminal does not end it: it waits for the word of Terraform', async () => {
  const { provider, session } = await start();
  provider.kill('SIGINT');
  expect(await call(session, '/grpc.health.v1.Health/Check')).toBe('0');
  expect(provider.exitCode).toBeNull();
  const ended = once(provider, 'close');
  expect(await call(session, '/plugin.GRPCController/Shutdown')).toBe('0');
  expect(await ended).toEqual([0, null]);
});

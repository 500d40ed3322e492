import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { childEnvironment, configureNetwork } from './network.ts';

test('a child gets what tools need and no secret', () => {
  const env = {
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy.example:8080',
    no_proxy: 'localhost',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret',
    GITHUB_TOKEN: 'secret',
    ARM_CLIENT_SECRET: 'secret',
    TF_LOG: 'TRACE',
  };
  expect(childEnvironment(env)).toEqual({
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy.example:8080',
    no_proxy: 'localhost',
  });
});

test('a company’s own authority reaches tools that do not know Node’s variable', () => {
  expect(childEnvironment({ NODE_EXTRA_CA_CERTS: '/ca.pem' })).toEqual({
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    SSL_CERT_FILE: '/ca.pem',
  });
  expect(childEnvironment({ NODE_EXTRA_CA_CERTS: '/ca.pem', SSL_CERT_FILE: '/all.pem' })['SSL_CERT_FILE']).toBe(
    '/all.pem',
  );
});

test('SSL_CERT_FILE that cannot be read is said by name', () => {
  expect(() => configureNetwork({ SSL_CERT_FILE: '/nowhere/ca.pem' })).toThrow(
    /SSL_CERT_FILE names \/nowhere\/ca\.pem/,
  );
});

test('fetch goes through the proxy of the environment', async () => {
  // A process of its own: the setting is global.
  const script = `
    import http from 'node:http';
    import { configureNetwork } from ${JSON.stringify(join(import.meta.dirname, 'network.ts'))};
    const proxy = http.createServer().on('connect', (request, socket) => {
      console.log('CONNECT ' + request.url);
      socket.end('HTTP/1.1 502 Bad Gateway\\r\\n\\r\\n');
    });
    await new Promise(done => proxy.listen(0, '127.0.0.1', done));
    configureNetwork({ HTTPS_PROXY: 'http://127.0.0.1:' + proxy.address().port });
    await fetch('https://management.azure.com/').catch(() => {});
    proxy.close();
    process.exit(0);
  `;
  const file = join(await mkdtemp(join(tmpdir(), 'network-')), 'main.mjs');
  await writeFile(file, script);
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', '--no-warnings', file], {
    env: {},
  });
  expect(stdout).toBe('CONNECT management.azure.com:443\n');
});

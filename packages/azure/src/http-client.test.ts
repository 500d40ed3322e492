import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { translateRequestFailure, withRetries } from './failure.ts';
import { createSend } from './pipeline.ts';
import { eagerClock } from './testing/eager-clock.ts';
import { fakeCredential } from './testing/fake-azure.ts';

test.each([
  ['refuses', 403, 1],
  ['reaches nobody for the moment', 502, 5],
])('a proxy that %s is asked as often as it may help, and named', async (_, status, attempts) => {
  let asked = 0;
  const proxy = http.createServer().on('connect', (_request, socket) => {
    asked++;
    socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const restore = http.setGlobalProxyFromEnv({
    HTTPS_PROXY: `http://user:secret@127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  });
  const host = 'management.example';
  const send = createSend({ credential: fakeCredential, scope: 'https://management.example/.default' });
  const identity = { name: 'plan identity of environment dev', clientId: 'c' };
  try {
    const failure = await withRetries(() => send({ method: 'GET', url: `https://${host}/`, answers: [200] }), {
      clock: eagerClock(),
    }).catch((error: unknown) => translateRequestFailure(error, { identity, doing: 'reading it', host }));
    expect(String(failure)).toMatch(
      new RegExp(
        `${host} could not be reached while reading it: .* via http://127\\.0\\.0\\.1:\\d+/: HTTP/1\\.1 ${status} No`,
      ),
    );
    expect(String(failure)).not.toContain('secret');
    expect(asked).toBe(attempts);
  } finally {
    restore();
    proxy.close();
  }
});

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports that the system gives nobody who asks for any (on Linux those begin at 32768): between the look and the start of the server that
 * is told its port, no other listener and no connection gets it.
 */
const [lowest, count] = [10_000, 20_000];
/** Those who run beside each other never choose the same. */
const workers = 8;
const worker = Number(process.env['JEST_WORKER_ID'] ?? 0) % workers;
const taken = new Set<number>();

/** For a server that cannot say which port it was given: one of loopback that is free. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + randomInt(count / workers) * workers + worker;
    if (taken.has(port)) continue;
    taken.add(port);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.on('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

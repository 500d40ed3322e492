/**
 * Copies one image in a process of its own, so that it can be killed: `node --conditions=source transfer-worker.ts FROM TO
 * SOURCE@DIGEST TARGET:TAG [BYTES]`. It prints the result as JSON; with BYTES it says `halfway` once so many went, and then
 * stands still for ever, in the middle of whatever was under way.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '@suite/foundation';
import { createTransfers, openSourceRegistry } from '@suite/registry';
import { plainRegistry } from './plain-registry.ts';

const [from = '', to = '', image = '', target = '', bytes] = process.argv.slice(2);
const [name = '', digest = ''] = image.split('@');
const [repository = '', tag = ''] = target.split(':');
const connect = (address: string, host: string) => ({
  ...plainRegistry(address),
  host,
  mask: () => undefined,
  clock: systemClock,
});

const transfers = createTransfers(connect(to, 'target.example'));
const source = openSourceRegistry(connect(from, 'source.example'))(name);
let gone = 0;
const result = await transfers.perform(await transfers.plan([{ source, digest, repository, tags: [tag] }]), {
  blobsAtOnce: 1,
  onBytes: count => {
    gone += count;
    if (bytes === undefined || gone < Number(bytes)) return;
    writeSync(1, 'halfway\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
writeSync(1, `${JSON.stringify(result)}\n`);

import { systemClock } from '@suite/foundation';
import { createTransfers, type Exchange, nodeExchange, openSourceRegistry } from '@suite/registry';
import { ownPeak } from './process-use.ts';

const [from = '', to = '', digest = ''] = process.argv.slice(2);

/** Registries of the measurement speak no TLS: the address alone is another one. */
function connect(address: string, host: string) {
  const moved = (url: URL) => new URL(`http://${address}${url.pathname}${url.search}`);
  const exchange: Exchange = request => nodeExchange({ ...request, url: moved(request.url) });
  const there: typeof fetch = (input, init) => fetch(moved(new URL(String(input))), init);
  return { host, mask: () => undefined, clock: systemClock, exchange, fetch: there };
}

const transfers = createTransfers(connect(to, 'target.example'));
const source = openSourceRegistry(connect(from, 'source.example'))('team/api');
const plan = await transfers.plan([{ source, digest, repository: 'shop/api', tags: ['v1'] }]);
// By now everything is loaded that a transfer needs.
const before = process.memoryUsage().rss;
await transfers.perform(plan);
const grown = ownPeak() - before / (1024 * 1024);
// The promise of the transfer, whatever the layer's size.
if (grown > 64) throw new Error(`The process grew by ${grown.toFixed(0)} MiB.`);

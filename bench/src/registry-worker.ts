/**
 * Copies images as `push-acr` does, in a process of its own: `node registry-worker.js FROM TO IMAGES`, where IMAGES is JSON of
 * repositories and digests.
 */
import { createTransfers, type Exchange, nodeExchange, openSourceRegistry } from '@suite/registry';

const [from = '', to = '', list = '[]'] = process.argv.slice(2);
const clock = {
  now: () => Date.now(),
  sleep: (milliseconds: number) => new Promise<void>(resolve => setTimeout(resolve, milliseconds)),
};

/** Registries of the measurement speak no TLS: the address alone is another one. */
function connect(address: string, host: string) {
  const moved = (url: URL) => new URL(`http://${address}${url.pathname}${url.search}`);
  const exchange: Exchange = request => nodeExchange({ ...request, url: moved(request.url) });
  const there: typeof fetch = (input, init) => fetch(moved(new URL(String(input))), init);
  return { host, mask: () => undefined, clock, exchange, fetch: there };
}

const images = JSON.parse(list) as readonly { readonly repository: string; readonly digest: string }[];
const transfers = createTransfers(connect(to, 'target.example'));
const sources = openSourceRegistry(connect(from, 'source.example'));
const copies = images.map(({ repository, digest }) => ({
  source: sources(repository),
  digest,
  repository: repository.replace('team/', 'shop/'),
  tags: ['v1'],
}));
await transfers.perform(await transfers.plan(copies));

import { type Exchange, nodeExchange } from '@suite/registry';

/** A real registry speaks no TLS here: the address alone is another one. */
export function plainRegistry(address: string): {
  readonly exchange: Exchange;
  readonly fetch: typeof globalThis.fetch;
} {
  const moved = (url: URL) => new URL(`http://${address}${url.pathname}${url.search}`);
  return {
    exchange: request => nodeExchange({ ...request, url: moved(request.url) }),
    fetch: (input, init) => fetch(moved(new URL(String(input))), init),
  };
}

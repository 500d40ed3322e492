import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type FlowingAnswer, type FlowingRequest, following, nodeExchange } from './exchange.ts';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
});

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<URL> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  undo.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

async function textOf({ body }: FlowingAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function* parts(...texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe('an exchange', () => {
  test('sends content as it comes, with its length', async () => {
    const url = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
      response.end(JSON.stringify([request.method, length, encoding ?? null, Buffer.concat(chunks).toString()]));
    });
    const body = { length: 5, chunks: parts('he', 'llo') };
    const answer = await nodeExchange({ url, method: 'PATCH', headers: {}, body });
    expect(JSON.parse(await textOf(answer))).toEqual(['PATCH', '5', null, 'hello']);
  });

  test('gives a refusal that comes before all is sent', async () => {
    const url = await serve((_, response) => void response.writeHead(416, { Range: '0-4' }).end('no'));
    async function* endless(): AsyncIterable<Uint8Array> {
      for (;;) yield Buffer.alloc(1000);
    }
    const body = { length: Number.MAX_SAFE_INTEGER, chunks: endless() };
    const answer = await nodeExchange({ url, method: 'PATCH', headers: {}, body });
    expect([answer.status, answer.headers.get('range')]).toEqual([416, '0-4']);
    expect(await textOf(answer)).toBe('no');
  });

  test('fails with what the content failed with', async () => {
    const url = await serve(request => void request.resume());
    async function* failing(): AsyncIterable<Uint8Array> {
      yield Buffer.from('x');
      throw new Error('the source broke');
    }
    const body = { length: 5, chunks: failing() };
    await expect(nodeExchange({ url, method: 'PATCH', headers: {}, body })).rejects.toThrow('the source broke');
  });

  test('fails when the connection breaks, before and in the middle of an answer', async () => {
    const early = await serve(request => void request.socket.destroy());
    await expect(nodeExchange({ url: early, method: 'GET', headers: {} })).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    const late = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half', () => request.socket.destroy());
    });
    const answer = await nodeExchange({ url: late, method: 'GET', headers: {} });
    await expect(textOf(answer)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('a download that is handed on', () => {
  const answerOf = (status: number, location?: string): FlowingAnswer => ({
    status,
    headers: new Headers(location === undefined ? {} : { location }),
    body: parts(),
    discard: () => undefined,
  });
  const run = async (locations: readonly (string | undefined)[], method: 'GET' | 'PATCH' = 'GET') => {
    const seen: FlowingRequest[] = [];
    const exchange = following(async request => {
      seen.push(request);
      const location = locations[seen.length - 1];
      return answerOf(location === undefined ? 200 : 307, location);
    });
    const headers = { Authorization: 'Bearer secret', Range: 'bytes=1-2' };
    const { status } = await exchange({ url: new URL('https://registry.example/v2/a'), method, headers });
    return { status, seen: seen.map(({ url, headers: sent }) => [url.href, Object.keys(sent).sort().join()]) };
  };

  test('takes its range along, and its authorization to no other host', async () => {
    expect(await run(['/v2/b', 'https://storage.example/c?sig=1'])).toEqual({
      status: 200,
      seen: [
        ['https://registry.example/v2/a', 'Authorization,Range'],
        ['https://registry.example/v2/b', 'Authorization,Range'],
        ['https://storage.example/c?sig=1', 'Range'],
      ],
    });
  });

  test.each<readonly [string, readonly string[], 'GET' | 'PATCH', number]>([
    ['to no TLS', ['http://storage.example/c'], 'GET', 1],
    ['for ever', Array.from({ length: 20 }, () => '/again'), 'GET', 6],
    ['an upload', ['https://storage.example/c'], 'PATCH', 1],
    ['to nowhere', ['https://'], 'GET', 1],
  ])('is not followed %s', async (_, locations, method, requests) => {
    const { status, seen } = await run(locations, method);
    expect([status, seen.length]).toEqual([307, requests]);
  });
});

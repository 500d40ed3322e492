import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

type Answer = (request: SeenRequest, response: ServerResponse) => void;

const closing: (() => void)[] = [];

/** Ends all that were begun. */
export function closeServers(): void {
  for (const close of closing.splice(0)) close();
}

/** A server on this machine, and a fetch that finds it behind `https://argocd.example`. */
export async function serve(answer: Answer): Promise<typeof fetch> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      const { method = '', headers } = request;
      answer({ method, url: new URL(request.url ?? '', 'https://argocd.example'), body, headers }, response);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return (input, init) => fetch(String(input).replace('https://argocd.example', `http://127.0.0.1:${port}`), init);
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

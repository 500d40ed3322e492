import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';
import { asArray, asObject, asString } from '@suite/foundation';

/** Only ends what hangs: however busy the machine is, what is waited for has come by then. */
export const patienceSeconds = 300;

export interface ApiAnswer {
  readonly status: number;
  /** The parsed body, or its text where it is no JSON. */
  readonly body: unknown;
}

/** Calls an API server as its administrator, past every proxy that the process is set to use. */
export interface ApiClient {
  /** Sends a body as JSON, unless it is text; a PATCH is a merge patch, unless `contentType` says otherwise. */
  call(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiAnswer>;
  /** The answer's body. Throws an Error with the API server's message unless it is 2xx. */
  get(path: string): Promise<Readonly<Record<string, unknown>>>;
  create(path: string, manifest: unknown): Promise<Readonly<Record<string, unknown>>>;
  list(path: string): Promise<readonly unknown[]>;
  /**
   * Reads the object now and after each change, until `test` holds; gives it. Throws an Error with the object as it then is after
   * `seconds`.
   */
  until(
    path: string,
    test: (object: Readonly<Record<string, unknown>>) => boolean,
    seconds?: number,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** Changes of a list, from a resource version on, until the API server ends it, the reader stops reading, or the signal comes. */
  watch(path: string, resourceVersion: string, signal: AbortSignal): AsyncIterable<WatchEvent>;
  close(): void;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: Readonly<Record<string, unknown>>;
}

export function createApiClient(options: {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}): ApiClient {
  const agent = new https.Agent({ keepAlive: true, ca: options.ca });

  const call = (method: string, path: string, body?: unknown, contentType?: string) =>
    new Promise<ApiAnswer>((resolve, reject) => {
      const type = contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
      const request = https.request(`${options.url}${path}`, {
        agent,
        method,
        headers: {
          authorization: `Bearer ${options.token}`,
          ...(body === undefined ? {} : { 'content-type': type }),
        },
      });
      request.on('error', reject);
      request.on('response', async response => {
        try {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk as Buffer);
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
          resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text });
        } catch (error) {
          reject(error as Error);
        }
      });
      request.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
    });

  async function* watch(path: string, resourceVersion: string, signal: AbortSignal): AsyncIterable<WatchEvent> {
    const headers = { authorization: `Bearer ${options.token}` };
    const url = `${options.url}${path}?watch=true&resourceVersion=${resourceVersion}`;
    const request = https.get(url, { agent, headers, signal });
    try {
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      const lines = createInterface(response);
      // Both may break off while nobody reads, and after: whoever reads on hears of it.
      for (const source of [response, lines]) source.on('error', () => undefined);
      for await (const line of lines) {
        const { type, object } = asObject(JSON.parse(line));
        yield { type: asString(type) ?? '', object: asObject(object) };
      }
    } finally {
      request.destroy();
    }
  }

  const succeed = async (method: string, path: string, body?: unknown) => {
    const answer = await call(method, path, body);
    if (answer.status >= 300) {
      const reason = asString(asObject(answer.body)['message']) ?? JSON.stringify(answer.body);
      throw new Error(`${method} ${path}: ${answer.status} ${reason}`);
    }
    return asObject(answer.body);
  };

  return {
    call,
    watch,
    get: path => succeed('GET', path),
    create: (path, manifest) => succeed('POST', path, manifest),
    list: async path => asArray((await succeed('GET', path))['items']),
    until: async (path, test, seconds = patienceSeconds) => {
      const deadline = Date.now() + seconds * 1000;
      for (;;) {
        const { status, body } = await call('GET', path);
        const object = asObject(body);
        if (status === 200 && test(object)) return object;
        if (Date.now() > deadline) throw new Error(`${path} did not become so: ${JSON.stringify(body, null, 1)}`);
        await new Promise(resolve => setTimeout(resolve, 50));
      }
    },
    close: () => agent.destroy(),
  };
}

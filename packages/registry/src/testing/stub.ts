import type { Clock } from '@suite/foundation';
import type { RegistryOptions } from '../registry.ts';

export interface StubRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | object;
}

export const host = 'acrshop.azurecr.io';
export const start = Date.parse('2026-11-26T05:00:00Z');

/**
 * A registry as a function from the n-th request to an answer; an Error stands for a broken connection. Signing in works
 * (tokens live for an hour) unless `answer` has something to say about it, and is not counted.
 */
export function stubRegistry(answer: (request: StubRequest, index: number) => StubAnswer | Error | undefined) {
  const requests: StubRequest[] = [];
  const signIns: StubRequest[] = [];
  const masked: string[] = [];
  const pauses: number[] = [];
  let now = start;
  const clock: Clock = {
    now: () => now,
    sleep: async milliseconds => {
      pauses.push(milliseconds);
      now += milliseconds;
    },
  };
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = new URL(String(input));
    const request: StubRequest = {
      method: init?.method ?? 'GET',
      path: url.href.slice(url.origin.length),
      headers: new Headers(init?.headers),
      body: init?.body == null ? '' : new TextDecoder().decode(init.body as Uint8Array),
    };
    const isSignIn = url.pathname.startsWith('/oauth2/');
    const own = answer(request, requests.length);
    (isSignIn ? signIns : requests).push(request);
    const result = own ?? (isSignIn ? tokenAnswer(url.pathname, signIns.length, now) : { status: 404 });
    if (result instanceof Error) throw new TypeError('fetch failed', { cause: result });
    const { status = 200, headers = {}, body } = result;
    const bytes = body instanceof Uint8Array || typeof body === 'string' ? body : JSON.stringify(body ?? {});
    return new Response(request.method === 'HEAD' ? null : (bytes as string), { status, headers });
  };
  const options: RegistryOptions = {
    host,
    tenant: 'tenant-1',
    identity: { name: 'apply identity of environment dev', clientId: 'client-1' },
    entraToken: async () => 'entra-secret',
    mask: secret => void masked.push(secret),
    clock,
    random: () => 0.5,
    fetch,
  };
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { options, requests, signIns, masked, pauses, clock, pass };
}

function tokenAnswer(path: string, index: number, now: number): StubAnswer {
  const claims = Buffer.from(JSON.stringify({ exp: now / 1000 + 3600 })).toString('base64url');
  const token = `head.${claims}.secret${index}`;
  return { body: path === '/oauth2/exchange' ? { refresh_token: token } : { access_token: token } };
}

export function ociError(status: number, code: string, message = 'said by the registry'): StubAnswer {
  return { status, body: { errors: [{ code, message }] } };
}

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code} happened`), { code });
}

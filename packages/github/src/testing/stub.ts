import type { Clock } from '@suite/foundation';
import type { GitHubOptions } from '../requests.ts';

export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: Headers;
}

export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Instead of JSON: what comes in pieces; an Error breaks the connection there. */
  readonly stream?: readonly (Uint8Array | Error)[];
}

/** GitHub as a function from the n-th request to an answer; an Error stands for a broken connection. */
export function stubGitHub(
  answer: (request: StubRequest, index: number) => StubAnswer | Error,
  apiUrl = 'https://api.github.com',
) {
  const requests: StubRequest[] = [];
  const pauses: number[] = [];
  const start = Date.parse('2026-11-26T05:00:00Z');
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
    const request = {
      method: init?.method ?? 'GET',
      path: `${url.href.slice(url.origin.length)}`,
      body: init?.body == null ? undefined : JSON.parse(String(init.body)),
      headers: new Headers(init?.headers),
    };
    const result = answer(request, requests.length);
    requests.push(request);
    if (result instanceof Error) throw new TypeError('fetch failed', { cause: result });
    const { status = 200, headers = {}, body = {}, stream } = result;
    const content = stream === undefined ? JSON.stringify(body) : streamOf(stream);
    const response = new Response(status === 204 ? null : content, {
      status,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    });
    // A Response made by hand has no address; octokit reads the page's from it.
    return Object.defineProperty(response, 'url', { value: url.href });
  };
  const options: GitHubOptions = { token: 'ghs_secret', apiUrl, clock, random: () => 0.5, fetch };
  return { options, requests, pauses, clock };
}

function streamOf(parts: readonly (Uint8Array | Error)[]): ReadableStream<Uint8Array> {
  const left = [...parts];
  return new ReadableStream({
    pull: controller => {
      const part = left.shift();
      if (part === undefined) controller.close();
      else if (part instanceof Error) controller.error(new TypeError('terminated', { cause: part }));
      else controller.enqueue(part);
    },
  });
}

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code} happened`), { code });
}

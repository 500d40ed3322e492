import { Readable } from 'node:stream';
import type { TokenCredential } from '@azure/core-auth';
import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from '@azure/core-rest-pipeline';

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  /** What arrives of a body that is read as a stream, piece by piece; a string breaks the connection there. */
  readonly pieces?: readonly (Buffer | string)[];
}

/** An HTTP client that answers from a function and keeps what it was asked. Throwing a string is a broken connection. */
export function fakeAzure(answer: (request: PipelineRequest, index: number) => FakeAnswer | string) {
  const requests: PipelineRequest[] = [];
  const httpClient: HttpClient = {
    sendRequest: async (request): Promise<PipelineResponse> => {
      requests.push(request);
      const given = answer(request, requests.length - 1);
      if (typeof given === 'string') throw new RestError(`connect ${given}`, { code: given, request });
      return {
        request,
        status: given.status,
        headers: createHttpHeaders({ 'content-type': 'application/json', ...given.headers }),
        ...(given.pieces === undefined ? {} : { readableStreamBody: Readable.from(arrive(given.pieces)) }),
        bodyAsText: given.text ?? (given.body === undefined ? '' : JSON.stringify(given.body)),
      };
    },
  };
  return { requests, httpClient };
}

async function* arrive(pieces: readonly (Buffer | string)[]) {
  for (const piece of pieces) {
    if (typeof piece === 'string') throw Object.assign(new Error('aborted'), { code: piece });
    yield piece;
  }
}

export const fakeCredential: TokenCredential = {
  getToken: async () => ({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }),
};

/** A JWT whose signature nobody here checks. */
export function fakeJwt(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient, HttpMethods, PipelineResponse } from '@azure/core-rest-pipeline';
import { createHttpClient } from './http-client.ts';

export interface PipelineOptions {
  readonly credential: TokenCredential;
  /** Scope of the token: `https://…/.default`. */
  readonly scope: string;
  readonly httpClient?: HttpClient;
}

export interface HttpRequest {
  readonly method: HttpMethods;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Leaves the body of a 200 unread in `readableStreamBody`. */
  readonly stream?: boolean;
  /** For the whole request; 30 s by default. */
  readonly timeoutMs?: number;
  /** Statuses that are answers; any other one is thrown as the SDK's RestError. */
  readonly answers: readonly number[];
}

export type Send = (request: HttpRequest) => Promise<PipelineResponse>;

// Most requests transfer little; one that takes so long is dead.
const usualTimeoutMs = 30_000;

/** Requests to Azure for which there is no client, with a bearer token. Retrying is left to the caller. */
export function createSend(options: PipelineOptions): Send {
  let ready: Promise<Send> | undefined;
  return async request => {
    ready ??= prepare(options);
    return (await ready)(request);
  };
}

async function prepare({ credential, scope, httpClient }: PipelineOptions): Promise<Send> {
  const sdk = await import('@azure/core-rest-pipeline');
  const pipeline = sdk.createPipelineFromOptions({ retryOptions: { maxRetries: 0 } });
  pipeline.addPolicy(sdk.bearerTokenAuthenticationPolicy({ credential, scopes: scope }));
  const client = httpClient ?? (await createHttpClient());
  return async ({ method, url, headers, body, stream = false, timeoutMs = usualTimeoutMs, answers }) => {
    const request = sdk.createPipelineRequest({
      method,
      url,
      headers: sdk.createHttpHeaders(headers),
      timeout: timeoutMs,
      ...(body === undefined ? {} : { body }),
      ...(stream ? { streamResponseStatusCodes: new Set([200]) } : {}),
    });
    const response = await pipeline.sendRequest(client, request);
    if (answers.includes(response.status)) return response;
    const code = response.headers.get('x-ms-error-code');
    throw new sdk.RestError(code ?? `HTTP status ${response.status}`, {
      statusCode: response.status,
      request,
      response,
      ...(code === undefined ? {} : { code }),
    });
  };
}

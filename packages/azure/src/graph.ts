import type { TokenCredential } from '@azure/core-auth';
import type { HttpMethods } from '@azure/core-rest-pipeline';
import { asArray, asObject, parseJson, UserError } from '@suite/foundation';
import { readFailure, translateRequestFailure, withRetries } from './failure.ts';
import { createSend } from './pipeline.ts';
import type { ArmOptions } from './resource-reader.ts';

/** Microsoft Graph v1.0; `path` begins with `/`. All throw a UserError that keeps Graph's answer as its cause. */
export interface Graph {
  /** The first page of a collection, which a filter makes short. */
  list(path: string, query?: Readonly<Record<string, string>>): Promise<readonly unknown[]>;
  create(path: string, body: object): Promise<unknown>;
  update(path: string, body: object): Promise<void>;
}

export function createGraph(credential: TokenCredential, options: ArmOptions): Graph {
  const { cloud, identity, clock, httpClient } = options;
  const send = createSend({
    credential,
    scope: `${cloud.graph}/.default`,
    ...(httpClient === undefined ? {} : { httpClient }),
  });
  const call = async (method: HttpMethods, path: string, answers: readonly number[], body?: object) => {
    try {
      const response = await withRetries(
        () =>
          send({
            method,
            url: `${cloud.graph}/v1.0${path}`,
            answers,
            ...(body === undefined
              ? {}
              : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
          }),
        { clock },
      );
      return parseJson(response.bodyAsText ?? '');
    } catch (error) {
      throw translateRequestFailure(error, {
        identity,
        doing: `using ${path.split('?')[0]}`,
        host: new URL(cloud.graph).host,
        right: { action: 'Application.ReadWrite.OwnedBy', scope: 'Microsoft Graph' },
      });
    }
  };
  return {
    list: async (path, query = {}) => {
      const search = Object.keys(query).length === 0 ? '' : `?${new URLSearchParams(query)}`;
      return asArray(asObject(await call('GET', `${path}${search}`, [200]))['value']);
    },
    create: (path, body) => call('POST', path, [201], body),
    update: async (path, body) => {
      await call('PATCH', path, [200, 204], body);
    },
  };
}

/** Graph knows the caller and does not let it: no permission was consented to. */
export function isGraphRefusal(error: unknown): boolean {
  return readFailure(error instanceof UserError ? error.cause : error).status === 403;
}

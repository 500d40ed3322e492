import type { TokenCredential } from '@azure/core-auth';
import type { HttpMethods, PipelineResponse } from '@azure/core-rest-pipeline';
import { asArray, asObject, asString, type Clock, parseJson, UserError } from '@suite/foundation';
import { readFailure, translateRequestFailure, withRetries } from './failure.ts';
import { followOperation } from './follow-operation.ts';
import { createSend, type Send } from './pipeline.ts';
import { type ArmOptions, isAbsent, readAction } from './resource-reader.ts';

/**
 * The resource manager, for types that have no client. `id` is a resource's, or whatever stands in the path; bodies are
 * JSON. All throw a UserError that keeps Azure's answer as its cause.
 */
export interface ResourceManager {
  /** Undefined when there is none. */
  find(id: string, apiVersion: string): Promise<unknown>;
  /** Every page of a collection; none when what it hangs on is not there. */
  list(id: string, apiVersion: string, query?: Readonly<Record<string, string>>): Promise<readonly unknown[]>;
  /** These wait for what Azure does afterwards, and give the resource's body. */
  put(id: string, apiVersion: string, body: object): Promise<unknown>;
  patch(id: string, apiVersion: string, body: object): Promise<unknown>;
  /** What is not there counts as removed. */
  remove(id: string, apiVersion: string): Promise<void>;
  /** A POST without a body. */
  act(id: string, apiVersion: string): Promise<unknown>;
}

// What bootstrap makes is there within a minute; whoever waits longer waits for nothing.
const longestWaitMs = 10 * 60_000;
const mostPages = 200;

export function createResourceManager(credential: TokenCredential, options: ArmOptions): ResourceManager {
  const { cloud, clock, httpClient } = options;
  const send = createSend({
    credential,
    scope: `${cloud.resourceManager}/.default`,
    ...(httpClient === undefined ? {} : { httpClient }),
  });
  const urlOf = (id: string, apiVersion: string, query: Readonly<Record<string, string>> = {}) =>
    `${cloud.resourceManager}${encodeURI(id)}?${new URLSearchParams({ 'api-version': apiVersion, ...query })}`;
  const attempt = (method: HttpMethods, url: string, answers: readonly number[], body?: object) =>
    withRetries(
      () =>
        send({
          method,
          url,
          answers,
          ...(body === undefined
            ? {}
            : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        }),
      { clock },
    );
  const explained = async <T>(doing: string, right: string, id: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw translateRequestFailure(error, {
        identity: options.identity,
        doing: `${doing} ${id}`,
        host: new URL(cloud.resourceManager).host,
        right: { action: right, scope: id },
      });
    }
  };
  const written = async (method: 'PUT' | 'PATCH', id: string, apiVersion: string, body: object) => {
    const response = await attempt(method, urlOf(id, apiVersion), [200, 201, 202], body);
    await whenDone(response, send, cloud.resourceManager, clock);
    if (response.status !== 202) return parseJson(response.bodyAsText ?? '');
    const made = await attempt('GET', urlOf(id, apiVersion), [200]);
    return parseJson(made.bodyAsText ?? '');
  };
  return {
    find: (id, apiVersion) =>
      explained('looking for', readAction(id), id, async () => {
        try {
          const response = await attempt('GET', urlOf(id, apiVersion), [200]);
          return parseJson(response.bodyAsText ?? '');
        } catch (error) {
          if (isAbsent(error)) return undefined;
          throw error;
        }
      }),
    list: (id, apiVersion, query) =>
      explained('listing', readAction(`${id}/x`), id, async () => {
        const items: unknown[] = [];
        let url: string | undefined = urlOf(id, apiVersion, query);
        try {
          for (let page = 0; url !== undefined && page < mostPages; page++) {
            const response: PipelineResponse = await attempt('GET', url, [200]);
            const body = asObject(parseJson(response.bodyAsText ?? ''));
            items.push(...asArray(body['value']));
            // The token goes along, so the address has to be the resource manager's own.
            const next: string | undefined = asString(body['nextLink']);
            url = next?.startsWith(`${cloud.resourceManager}/`) === true ? next : undefined;
          }
        } catch (error) {
          if (isAbsent(error)) return [];
          throw error;
        }
        return items;
      }),
    put: (id, apiVersion, body) => explained('making', writeAction(id), id, () => written('PUT', id, apiVersion, body)),
    patch: (id, apiVersion, body) =>
      explained('changing', writeAction(id), id, () => written('PATCH', id, apiVersion, body)),
    remove: (id, apiVersion) =>
      explained('removing', readAction(id).replace(/read$/, 'delete'), id, async () => {
        const response = await attempt('DELETE', urlOf(id, apiVersion), [200, 202, 204, 404]);
        await whenDone(response, send, cloud.resourceManager, clock);
      }),
    act: (id, apiVersion) =>
      explained('asking for', readAction(`${id}/x`).replace(/read$/, 'action'), id, async () => {
        const response = await attempt('POST', urlOf(id, apiVersion), [200, 202]);
        return parseJson(response.bodyAsText ?? '');
      }),
  };
}

function writeAction(id: string): string {
  return readAction(id).replace(/read$/, 'write');
}

/** Waits for what goes on after an answer. Throws what Azure says went wrong. */
async function whenDone(first: PipelineResponse, send: Send, base: string, clock: Clock): Promise<void> {
  const end = await followOperation(first, { send, base, clock, longestMs: longestWaitMs });
  if (end.kind === 'failed') throw new UserError({ message: `Azure gave up: ${end.code}: ${end.message}` });
  if (end.kind === 'succeeded') return;
  throw new UserError({
    message: `Azure has not finished within ${longestWaitMs / 60_000} minutes.`,
    remedy: 'Run this again: it continues where it stopped.',
  });
}

/** Azure's own code of a failure that was translated already: `StorageAccountAlreadyTaken`. */
export function failureCode(error: unknown): string {
  return readFailure(error instanceof UserError ? error.cause : error).code;
}

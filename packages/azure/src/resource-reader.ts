import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { type Clock, parseJson } from '@suite/foundation';
import type { Cloud } from './clouds.ts';
import { readFailure, translateRequestFailure, withRetries } from './failure.ts';
import type { Identity } from './identity.ts';
import { createSend } from './pipeline.ts';

export interface ArmOptions {
  readonly cloud: Cloud;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly httpClient?: HttpClient;
}

/** Looks single resources up in the resource manager. */
export interface ResourceReader {
  /** The resource's body, or undefined when there is none. Throws a UserError for every other answer. */
  find(id: string, apiVersion: string): Promise<unknown>;
}

export function createResourceReader(credential: TokenCredential, options: ArmOptions): ResourceReader {
  const { cloud, identity, clock, httpClient } = options;
  const send = createSend({
    credential,
    scope: `${cloud.resourceManager}/.default`,
    ...(httpClient === undefined ? {} : { httpClient }),
  });
  return {
    find: async (id, apiVersion) => {
      const url = `${cloud.resourceManager}${encodeURI(id)}?api-version=${encodeURIComponent(apiVersion)}`;
      try {
        const response = await withRetries(() => send({ method: 'GET', url, answers: [200] }), { clock });
        return parseJson(response.bodyAsText ?? '');
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw translateRequestFailure(error, {
          identity,
          doing: `looking for ${id}`,
          host: new URL(cloud.resourceManager).host,
          right: { action: readAction(id), scope: id },
        });
      }
    },
  };
}

/** 404 for the resource or its group. A subscription that is not there is a mistake, not an absent resource. */
export function isAbsent(error: unknown): boolean {
  const { status, code } = readFailure(error);
  return status === 404 && code !== 'SubscriptionNotFound';
}

/** `Microsoft.Network/virtualNetworks/subnets/read` for the id of a subnet. */
export function readAction(id: string): string {
  const segments = id.split('/').filter(segment => segment !== '');
  const provider = segments.map(segment => segment.toLowerCase()).lastIndexOf('providers');
  if (provider < 0) return 'Microsoft.Resources/subscriptions/resourceGroups/read';
  const [namespace, ...rest] = segments.slice(provider + 1);
  const types = rest.filter((_, index) => index % 2 === 0);
  return [namespace, ...types, 'read'].join('/');
}

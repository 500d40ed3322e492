import { randomUUID } from 'node:crypto';
import { asObject, type Clock, type JsonObject, parseJson } from '@suite/foundation';
import { bearer, type Handler, json, type WorldRequest, type WorldResponse } from '../../network/http.ts';
import type { TokenMint } from '../tokens.ts';
import type { ApplicationState, GraphState } from './state.ts';

export const graphHost = 'graph.microsoft.com';

export interface GraphOptions {
  readonly clock: Clock;
  readonly mint: TokenMint;
  readonly state: GraphState;
}

/**
 * Plays applications, their service principals and federated credentials of Microsoft Graph v1.0, for whoever the
 * permission `Application.ReadWrite.OwnedBy` was consented to.
 */
export function createGraphService({ clock, mint, state }: GraphOptions): Handler {
  return async request => {
    const token = await mint.read(bearer(request) ?? '');
    const isValid = token?.audience.replace(/\/$/, '') === `https://${graphHost}` && clock.now() < token.expires * 1000;
    if (token === undefined || !isValid) {
      return refuse(401, 'InvalidAuthenticationToken', 'Access token validation failure. Invalid audience.');
    }
    if (!state.writers.has(token.objectId)) {
      return refuse(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
    }
    return answer(request, state);
  };
}

async function answer(request: WorldRequest, { applications }: GraphState): Promise<WorldResponse> {
  const [version, kind, id, part] = request.path.split('/').slice(1);
  const route = [request.method, version, kind, id === undefined ? '' : '{id}', part ?? '']
    .join('/')
    .replace(/\/+$/, '');
  const body = asObject(parseJson((await request.body()).toString('utf8')));
  switch (route) {
    case 'GET/v1.0/applications': {
      const name = filterOf(request, 'displayName');
      return collection(applications.filter(one => one.body['displayName'] === name).map(show));
    }
    case 'POST/v1.0/applications': {
      if (typeof body['displayName'] !== 'string') {
        return refuse(
          400,
          'Request_BadRequest',
          'A value is required for property displayName of resource Application.',
        );
      }
      const made: ApplicationState = {
        id: randomUUID(),
        appId: randomUUID(),
        body: { groupMembershipClaims: null, web: { redirectUris: [] }, ...body },
        hasPrincipal: false,
        credentials: [],
      };
      applications.push(made);
      return json(201, show(made));
    }
    case 'PATCH/v1.0/applications/{id}': {
      const found = applications.find(one => one.id === id);
      if (found === undefined) return absent(id);
      found.body = { ...found.body, ...body };
      return { status: 204 };
    }
    case 'GET/v1.0/applications/{id}/federatedIdentityCredentials': {
      const found = applications.find(one => one.id === id);
      return found === undefined ? absent(id) : collection(found.credentials);
    }
    case 'POST/v1.0/applications/{id}/federatedIdentityCredentials': {
      const found = applications.find(one => one.id === id);
      if (found === undefined) return absent(id);
      const isThere = found.credentials.some(one => one['name'] === body['name']);
      if (isThere)
        return refuse(
          409,
          'Request_MultipleObjectsWithSameKeyValue',
          'FederatedIdentityCredential with name already exists.',
        );
      const credential = { id: randomUUID(), ...body };
      found.credentials.push(credential);
      return json(201, credential);
    }
    case 'GET/v1.0/servicePrincipals': {
      const appId = filterOf(request, 'appId');
      const found = applications.filter(one => one.appId === appId && one.hasPrincipal);
      return collection(found.map(({ appId: of }) => ({ id: of, appId: of })));
    }
    case 'POST/v1.0/servicePrincipals': {
      const found = applications.find(one => one.appId === body['appId']);
      if (found === undefined)
        return refuse(
          400,
          'Request_BadRequest',
          `The appId '${String(body['appId'])}' of the service principal does not reference a valid application object.`,
        );
      if (found.hasPrincipal)
        return refuse(409, 'Request_MultipleObjectsWithSameKeyValue', 'The service principal already exists.');
      found.hasPrincipal = true;
      return json(201, { id: randomUUID(), appId: found.appId });
    }
    default:
      return refuse(
        501,
        'NotImplemented',
        `The sandbox does not play ${request.method} ${request.path} of Microsoft Graph.`,
      );
  }
}

function filterOf(request: WorldRequest, field: string): string | undefined {
  const [, name, value] = /^(\w+) eq '([^']*)'$/.exec(request.query.get('$filter') ?? '') ?? [];
  return name === field ? value : undefined;
}

function show({ id, appId, body }: ApplicationState): JsonObject {
  return { ...body, id, appId };
}

function collection(value: readonly JsonObject[]): WorldResponse {
  return json(200, { value });
}

function absent(id: string | undefined): WorldResponse {
  return refuse(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

function refuse(status: number, code: string, message: string): WorldResponse {
  return json(status, { error: { code, message, innerError: { 'request-id': randomUUID() } } });
}

import { randomUUID } from 'node:crypto';
import { bearer, type Handler, header, json, type WorldRequest, type WorldResponse } from '../../network/http.ts';
import type { AccessToken, TokenMint } from '../tokens.ts';
import type { EndpointCall } from './endpoints/endpoint.ts';
import { endpointOf } from './endpoints/index.ts';
import { answerProviderRegistration, featureEndpoint, listProviders } from './endpoints/providers.ts';
import { ArmError, refusals } from './errors.ts';
import { answerGroup, listGroups, listResources } from './groups.ts';
import { parseResourcePath, type ResourcePath, sameId, subscriptionOf, typeOf } from './ids.ts';
import {
  deleteResource,
  demandGroup,
  findResource,
  getResource,
  listCollection,
  patchResource,
  putResource,
  type ResourceCall,
} from './resources.ts';
import type { ArmContext } from './type.ts';
import { behaviourOf } from './types/index.ts';

export const armHost = 'management.azure.com';

/** Plays `management.azure.com`. */
export function createArmService(context: ArmContext, mint: TokenMint): Handler {
  return async request => {
    const headers = {
      'x-ms-request-id': randomUUID(),
      'x-ms-correlation-request-id': header(request, 'x-ms-correlation-request-id') ?? randomUUID(),
      'x-ms-routing-request-id': `SANDBOX:${new Date(context.clock.now()).toISOString()}:${randomUUID()}`,
      'Cache-Control': 'no-cache',
    };
    try {
      context.operations.settle();
      const caller = await authenticate(request, context, mint);
      const answer = await route(request, caller, context);
      return { ...answer, headers: { ...headers, ...answer.headers } };
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      const answer = error.toResponse();
      return { ...answer, headers: { ...headers, ...answer.headers, 'x-ms-failure-cause': 'gateway' } };
    }
  };
}

const audiences = new Set(['https://management.azure.com', 'https://management.core.windows.net']);

async function authenticate(request: WorldRequest, context: ArmContext, mint: TokenMint): Promise<AccessToken> {
  if (header(request, 'authorization') === undefined) throw refusals.noToken();
  const token = await mint.read(bearer(request) ?? '');
  if (token === undefined) throw refusals.badToken();
  if (!audiences.has(token.audience.replace(/\/$/, ''))) throw refusals.wrongAudience(token.audience);
  const now = context.clock.now();
  if (now >= token.expires * 1000) throw refusals.expiredToken(token.expires * 1000, now);
  return token;
}

async function route(request: WorldRequest, caller: AccessToken, context: ArmContext): Promise<WorldResponse> {
  const apiVersion = request.query.get('api-version');
  if (apiVersion === null) throw refusals.noApiVersion();
  const id = request.path.replace(/\/+/g, '/').replace(/\/$/, '');
  const subscription = subscriptionOf(id);
  if (subscription !== undefined) {
    const tenant = context.subscriptions.get(subscription);
    if (tenant === undefined) throw refusals.noSubscription(subscription);
    if (tenant !== caller.tenant) throw refusals.wrongTenant(caller.tenant, tenant);
  }
  const call: ResourceCall = { context, request, caller, id, apiVersion };
  const parts = id
    .split('/')
    .slice(1)
    .map(part => part.toLowerCase());
  const operation = /\/(operations|operationresults)\/([^/]+)$/i.exec(id);
  if (operation !== null && request.method === 'GET')
    return answerOperation(call, operation[1] ?? '', operation[2] ?? '');
  const path = parseResourcePath(id);
  if (path !== undefined && path.namespace !== '') return answerProvider(call, path);
  return answerSubscription(call, parts);
}

/** `/subscriptions…` down to resource groups. */
async function answerSubscription(call: ResourceCall, parts: readonly string[]): Promise<WorldResponse> {
  const { context, request, id, caller } = call;
  const [root, subscription = '', kind, , last] = parts;
  if (root !== 'subscriptions' || (request.method !== 'GET' && parts.length !== 4))
    throw refusals.noOperation(request.method, id);
  if (parts.length === 1) {
    const own = [...context.subscriptions].filter(([, tenant]) => tenant === caller.tenant);
    return json(200, { value: own.map(([one, tenant]) => showSubscription(one, tenant)) });
  }
  if (parts.length === 2) {
    demand(call, 'Microsoft.Resources/subscriptions/read');
    return json(200, showSubscription(subscription, caller.tenant));
  }
  if (kind === 'resourcegroups') {
    const type = 'Microsoft.Resources/subscriptions/resourceGroups';
    const scope = request.path;
    if (parts.length === 3) {
      demand(call, `${type}/read`, `/subscriptions/${subscription}`);
      return listGroups(context, subscription);
    }
    if (parts.length === 4) {
      demand(call, `${type}/${verbs[request.method] ?? 'read'}`);
      return answerGroup(call);
    }
    if (last === 'resources') {
      demand(call, `${type}/resources/read`);
      const group = id.slice(0, id.lastIndexOf('/'));
      demandGroup(context, group);
      return listResources(context, group, request.query.get('$filter'));
    }
    throw refusals.noOperation(request.method, scope);
  }
  if (kind === 'resources' && parts.length === 3) {
    demand(call, 'Microsoft.Resources/subscriptions/resources/read', `/subscriptions/${subscription}`);
    return listResources(context, `/subscriptions/${subscription}`, request.query.get('$filter'));
  }
  if (kind === 'locations' && parts.length === 3) {
    const value = context.locations.map(name => ({
      id: `/subscriptions/${subscription}/locations/${name}`,
      name,
      displayName: name,
    }));
    return json(200, { value });
  }
  if (kind === 'providers' && parts.length === 3) {
    return listProviders(context, subscription);
  }
  throw refusals.noOperation(request.method, id);
}

/** Everything under `/providers/{namespace}`. */
async function answerProvider(call: ResourceCall, path: ResourcePath): Promise<WorldResponse> {
  const { context, request, id } = call;
  const special = answerSpecially(call, path);
  if (special !== undefined) return special;
  if (path.names.length === path.types.length && path.types.length > 0) return answerResource(call, path);
  if (request.method === 'GET') {
    demand(call, `${canonicalType(path)}/read`, id.split('/').slice(0, -1).join('/'));
    return listCollection(context, id);
  }
  if (request.method === 'POST') return answerAction(call, path);
  throw refusals.noOperation(request.method, id);
}

async function answerResource(call: ResourceCall, path: ResourcePath): Promise<WorldResponse> {
  const { request, id } = call;
  const verb = verbs[request.method];
  if (verb === undefined) throw refusals.noOperation(request.method, id);
  demand(call, `${canonicalType(path)}/${verb}`);
  switch (request.method) {
    case 'PUT':
      return putResource(call);
    case 'PATCH':
      return patchResource(call);
    case 'DELETE':
      return deleteResource(call);
    default:
      return getResource(call);
  }
}

function answerAction(call: ResourceCall, path: ResourcePath): WorldResponse | Promise<WorldResponse> {
  const { context, request, id, caller } = call;
  const resourceId = id.slice(0, id.lastIndexOf('/'));
  const verb = path.types.at(-1) ?? '';
  const type = canonicalType({ ...path, types: path.types.slice(0, -1) });
  demand(call, `${type}/${verb}/action`, resourceId);
  const resource = findResource(context, resourceId);
  const action = behaviourOf(type)?.actions?.[verb.toLowerCase()];
  if (action === undefined) throw refusals.noOperation('POST', id);
  return action({ context, resource, request, caller });
}

/** What is no resource though its path looks like one. */
function answerSpecially(call: ResourceCall, path: ResourcePath): WorldResponse | Promise<WorldResponse> | undefined {
  const { context, request, id, caller } = call;
  const subscription = subscriptionOf(id) ?? '';
  const endpointCall: EndpointCall = {
    context,
    request,
    caller,
    id,
    path,
    scope: path.scope === '' ? '/' : path.scope,
    subscription,
    demand: (action, scope) => demand(call, action, scope),
  };
  if (sameId(path.scope, `/subscriptions/${subscription}/providers/Microsoft.Features`))
    return featureEndpoint(endpointCall);
  const isRegistration =
    path.types.length === 0 || (path.types.length === 1 && path.types[0]?.toLowerCase() === 'register');
  if (isRegistration && path.names.length === 0 && sameId(path.scope, `/subscriptions/${subscription}`)) {
    return answerProviderRegistration(endpointCall);
  }
  return endpointOf(typeOf(path))?.(endpointCall);
}

async function answerOperation({ context, id }: ResourceCall, form: string, name: string): Promise<WorldResponse> {
  const operation = context.operations.find(name);
  if (operation === undefined) {
    throw new ArmError(404, 'OperationNotFound', `The operation '${name}' was not found.`);
  }
  await context.operations.settleSoon(operation);
  const retry = operation.status === 'InProgress' ? { 'Retry-After': String(context.retryAfter) } : {};
  if (form.toLowerCase() === 'operationresults') {
    if (operation.failure !== undefined && operation.status === 'Failed') {
      const { status = 409, code, message } = operation.failure;
      throw new ArmError(status, code, message);
    }
    if (operation.status === 'InProgress') {
      return { status: 202, headers: { ...retry, Location: `https://${armHost}${id}?api-version=2023-07-01` } };
    }
    return { status: 200 };
  }
  const isOver = operation.status !== 'InProgress';
  return json(
    200,
    {
      id,
      name: operation.name,
      status: operation.status,
      startTime: new Date(operation.startedAt).toISOString(),
      ...(isOver ? { endTime: new Date(operation.dueAt).toISOString() } : {}),
      ...(operation.status === 'Failed' ? { error: operation.failure } : {}),
    },
    retry,
  );
}

const verbs: Readonly<Record<string, string>> = {
  GET: 'read',
  HEAD: 'read',
  PUT: 'write',
  PATCH: 'write',
  DELETE: 'delete',
};

/** Stops here with Azure's own sentence unless the caller may perform `action` over `scope`. */
function demand({ context, caller, id }: ResourceCall, action: string, scope = id): void {
  const denial = context.access.denialOf(caller.objectId, action, scope);
  if (denial !== undefined) throw refusals.denied(caller, action, scope, denial);
  if (context.access.permits(caller.objectId, action, scope)) return;
  throw refusals.unauthorized(caller.clientId, caller.objectId, action, scope);
}

/** Actions are named in the case of the type's definition, however the path was written. */
function canonicalType(path: ResourcePath): string {
  const type = typeOf(path);
  return behaviourOf(type)?.type ?? type;
}

function showSubscription(subscription: string, tenantId: string): object {
  return {
    id: `/subscriptions/${subscription}`,
    subscriptionId: subscription,
    tenantId,
    displayName: subscription,
    state: 'Enabled',
    authorizationSource: 'RoleBased',
  };
}

import { isObject, parseJson } from '@suite/foundation';
import { header, json, type WorldRequest, type WorldResponse } from '../../network/http.ts';
import type { AccessToken } from '../tokens.ts';
import { type Body, merge, properties, text } from './body.ts';
import { demandRegistration } from './endpoints/providers.ts';
import { ArmError, refusals } from './errors.ts';
import { groupId, groupOf, nameOf, parentIdOf, parseResourcePath, sameId, subscriptionOf, typeOf } from './ids.ts';
import { demandNoLock } from './locks.ts';
import type { Operation } from './operations.ts';
import { demandPolicies } from './policies.ts';
import { makeEtag, type Resource } from './store.ts';
import { type ArmContext, type PutCall, show, type TypeBehaviour } from './type.ts';
import { busyWith } from './types/aks-refusals.ts';
import { behaviourOf } from './types/index.ts';

export const groupType = 'Microsoft.Resources/resourceGroups';

/** A request for one resource, after its sender was found to be allowed to make it. */
export interface ResourceCall {
  readonly context: ArmContext;
  readonly request: WorldRequest;
  readonly caller: AccessToken;
  readonly id: string;
  readonly apiVersion: string;
}

export function getResource({ context, id, request }: ResourceCall): WorldResponse {
  const resource = findResource(context, id);
  if (request.method === 'HEAD') return { status: 204 };
  return json(200, show(resource, behaviourOf(resource.type), context), etagHeader(resource));
}

/** The children of a type under a parent that exists; none is an answer too. */
export function listCollection(context: ArmContext, path: string): WorldResponse {
  const parsed = parseResourcePath(path);
  if (parsed === undefined) throw refusals.noOperation('GET', path);
  const type = typeOf(parsed);
  const parent = parsed.names.length === 0 ? parsed.scope : path.split('/').slice(0, -1).join('/');
  if (parsed.names.length > 0) findResource(context, parent);
  else demandGroup(context, parent);
  const value = context.store
    .all()
    .filter(resource => sameId(resource.type, type) && resource.id.toLowerCase().startsWith(`${parent.toLowerCase()}/`))
    .map(resource => show(resource, behaviourOf(resource.type), context));
  return json(200, { value });
}

export async function putResource(call: ResourceCall): Promise<WorldResponse> {
  const { context, request, caller, id } = call;
  const sent = await readBody(request);
  const path = parseResourcePath(id);
  const behaviour = behaviourOf(path === undefined ? '' : typeOf(path));
  demandGroup(context, id, 'write');
  demandParent(context, id);
  const existing = context.store.get(id);
  judgeConditions(request, existing);
  if (existing?.operation !== undefined) throw busy(existing, behaviour);
  behaviour?.checkBusy?.(id, context);
  demandNoLock(context, existing?.id ?? id, 'write');
  if (path !== undefined) demandRegistration(context, subscriptionOf(id) ?? '', path.namespace);
  judgeLinks(call, behaviour, sent);
  if (path !== undefined)
    demandPolicies(context, id, typeOf(path), { ...sent, location: sent['location'] ?? existing?.body['location'] });
  const put = describePut(context, existing?.id ?? id, sent, caller);
  behaviour?.check?.(put);
  if (behaviour?.isTracked) judgeLocation(put);
  const resource = store(put, behaviour);
  const status = existing === undefined ? (behaviour?.createdStatus ?? 201) : (behaviour?.changedStatus ?? 200);
  if (!behaviour?.longRunning?.includes('put')) {
    return json(status, show(resource, behaviour, context), etagHeader(resource));
  }
  setState(resource, existing === undefined ? 'Creating' : 'Updating');
  const operation = begin(context, resource, 'put', succeeded =>
    setState(resource, succeeded ? 'Succeeded' : 'Failed'),
  );
  return json(behaviour.startedStatus ?? status, show(resource, behaviour, context), {
    ...etagHeader(resource),
    ...operationHeaders(call, operation, resource),
  });
}

export async function patchResource(call: ResourceCall): Promise<WorldResponse> {
  const { context, request, caller, id } = call;
  const sent = await readBody(request);
  const existing = findResource(context, id);
  const behaviour = behaviourOf(existing.type);
  judgeConditions(request, existing);
  if (existing.operation !== undefined) throw busy(existing, behaviour);
  behaviour?.checkBusy?.(existing.id, context);
  // Tags are replaced as a whole: that is how a tag is taken away.
  const tags = isObject(sent['tags']) ? { tags: sent['tags'] } : {};
  demandNoLock(context, existing.id, 'write');
  const put = describePut(context, existing.id, { ...merge(existing.body, sent), ...tags }, caller);
  behaviour?.check?.(put);
  const resource = store(put, behaviour);
  if (!behaviour?.longRunning?.includes('patch')) {
    return json(200, show(resource, behaviour, context), etagHeader(resource));
  }
  setState(resource, 'Updating');
  const operation = begin(context, resource, 'put', succeeded =>
    setState(resource, succeeded ? 'Succeeded' : 'Failed'),
  );
  return json(behaviour.startedStatus ?? 200, show(resource, behaviour, context), {
    ...etagHeader(resource),
    ...operationHeaders(call, operation, resource),
  });
}

export function deleteResource(call: ResourceCall): WorldResponse {
  const { context, request, id } = call;
  demandGroup(context, id);
  const existing = context.store.get(id);
  if (existing === undefined) return { status: 204 };
  const behaviour = behaviourOf(existing.type);
  judgeConditions(request, existing);
  if (existing.operation?.kind === 'delete') {
    return { status: 202, headers: operationHeaders(call, existing.operation, existing) };
  }
  if (existing.operation !== undefined) throw busy(existing, behaviour);
  behaviour?.checkBusy?.(existing.id, context);
  demandNoLock(context, existing.id, 'delete');
  behaviour?.checkDelete?.(existing, context, call.caller);
  if (!behaviour?.longRunning?.includes('delete')) {
    context.remove(existing);
    return json(200, show(existing, behaviour, context));
  }
  setState(existing, 'Deleting');
  const operation = begin(context, existing, 'delete', succeeded => {
    if (succeeded) context.remove(existing);
    else setState(existing, 'Failed');
  });
  return { status: 202, headers: operationHeaders(call, operation, existing) };
}

/** Stores on Azure's own account: for what a type brings along, and for what a test puts there. */
export function createAtOnce(context: ArmContext, id: string, sent: Body): Resource {
  const path = parseResourcePath(id);
  const put = describePut(context, context.store.get(id)?.id ?? id, sent);
  return store(put, behaviourOf(path === undefined ? '' : typeOf(path)));
}

export function removeAtOnce(context: ArmContext, resource: Resource): void {
  // Deepest first: a child's consequences may need its parent.
  const all = [...context.store.under(resource.id)].sort((one, other) => other.id.length - one.id.length);
  for (const one of [...all, resource]) {
    context.store.delete(one.id);
    behaviourOf(one.type)?.removed?.(one, context);
  }
}

function describePut(context: ArmContext, id: string, sent: Readonly<Body>, caller?: AccessToken): PutCall {
  const subscription = subscriptionOf(id) ?? '';
  const existing = context.store.get(id);
  return {
    context,
    id,
    name: decodeURIComponent(nameOf(id)),
    subscription,
    tenant: context.subscriptions.get(subscription) ?? caller?.tenant ?? '',
    group: groupOf(id) ?? '',
    sent: withoutIdentifiers(sent),
    ...(existing === undefined ? {} : { existing }),
    ...(caller === undefined ? {} : { caller }),
  };
}

function store(put: PutCall, behaviour: TypeBehaviour | undefined): Resource {
  const { id, name, sent, existing, context } = put;
  const path = parseResourcePath(id);
  const body = behaviour?.fill?.(put) ?? merge(sent);
  const location = text(body['location']);
  if (location !== undefined) body['location'] = location.toLowerCase().replaceAll(' ', '');
  const resource: Resource = existing ?? {
    id,
    type: behaviour?.type ?? (path === undefined ? groupType : typeOf(path)),
    name,
    body,
    etag: makeEtag(),
  };
  resource.body = body;
  setState(resource, 'Succeeded');
  context.store.set(resource);
  behaviour?.stored?.(resource, put);
  resource.etag = makeEtag();
  return resource;
}

function setState(resource: Resource, provisioningState: string): void {
  if (behaviourOf(resource.type)?.isStateless) return;
  resource.body = { ...resource.body, properties: { ...properties(resource.body), provisioningState } };
  resource.etag = makeEtag();
}

export function begin(
  context: ArmContext,
  resource: Resource,
  kind: Operation['kind'],
  end: (succeeded: boolean) => void,
): Operation {
  const operation = context.operations.start({ kind, type: resource.type, id: resource.id }, succeeded => {
    delete resource.operation;
    end(succeeded);
  });
  resource.operation = operation;
  return operation;
}

export function operationHeaders(call: ResourceCall, operation: Operation, resource: Resource): Record<string, string> {
  const { context, id, apiVersion } = call;
  const subscription = subscriptionOf(id);
  const path = parseResourcePath(id);
  const parent = context.store.get(parentIdOf(id) ?? '');
  const location = text(resource.body['location']) ?? text(parent?.body['location']) ?? 'global';
  const base =
    path === undefined
      ? `https://management.azure.com/subscriptions/${subscription}`
      : `https://management.azure.com/subscriptions/${subscription}/providers/${path.namespace}/locations/${location}`;
  const query = `api-version=${apiVersion}`;
  return {
    'Azure-AsyncOperation': `${base}/operations/${operation.name}?${query}`,
    ...(operation.kind === 'delete' ? { Location: `${base}/operationresults/${operation.name}?${query}` } : {}),
    'Retry-After': String(context.retryAfter),
  };
}

export function findResource(context: ArmContext, id: string): Resource {
  const found = context.store.get(id);
  if (found !== undefined) return found;
  const group = groupOf(id);
  const path = parseResourcePath(id);
  if (path === undefined) throw refusals.noGroup(group ?? nameOf(id));
  demandGroup(context, id);
  throw refusals.noResource(
    [path.namespace, ...path.types.flatMap((type, at) => [type, path.names[at] ?? ''])].join('/'),
    group ?? '',
  );
}

export function demandGroup(context: ArmContext, id: string, use: 'read' | 'write' = 'read'): void {
  const name = groupOf(id);
  if (name === undefined) return;
  const group = context.store.get(groupId(subscriptionOf(id) ?? '', name));
  if (group === undefined) throw refusals.noGroup(name);
  if (use === 'write' && group.operation?.kind === 'delete') throw refusals.groupGoing(name);
}

function demandParent(context: ArmContext, id: string): void {
  const path = parseResourcePath(id);
  if (path === undefined) return;
  // An extension hangs on a resource of another namespace.
  const parent = parentIdOf(id) ?? (parseResourcePath(path.scope) === undefined ? undefined : path.scope);
  if (parent !== undefined && context.store.get(parent) === undefined) {
    throw refusals.noParent(typeOf(path), parent.split('/').slice(-2).join('/'));
  }
}

function judgeLinks({ context, caller, id }: ResourceCall, behaviour: TypeBehaviour | undefined, sent: Body): void {
  for (const link of behaviour?.links?.(sent) ?? []) {
    if (context.store.get(link.id) === undefined) {
      const missing = refusals.noLinked(link.id, id);
      throw behaviour?.isBare ? new ArmError(missing.status, missing.code, missing.message, { isBare: true }) : missing;
    }
    if (!context.access.permits(caller.objectId, link.action, link.id)) {
      throw refusals.linkedUnauthorized(caller, `${behaviour?.type}/write`, id, link);
    }
  }
}

function judgeLocation({ sent, existing, name, group }: PutCall): void {
  const location = text(sent['location'])?.toLowerCase().replaceAll(' ', '');
  if (location === undefined) throw refusals.noLocation(name);
  const before = text(existing?.body['location']);
  if (before !== undefined && before !== location) throw refusals.otherLocation(name, group, before, location);
}

function judgeConditions(request: WorldRequest, existing: Resource | undefined): void {
  // azurerm sends an empty one where it has no condition.
  const ifMatch = header(request, 'if-match') || undefined;
  const isMet = ifMatch === undefined || (existing !== undefined && (ifMatch === '*' || ifMatch === existing.etag));
  if (!isMet) throw refusals.condition(ifMatch);
  if (header(request, 'if-none-match') === '*' && existing !== undefined) throw refusals.condition('*');
}

function busy(resource: Resource, behaviour: TypeBehaviour | undefined): ArmError {
  if (!behaviour?.isBare) return refusals.busy(resource.id);
  return busyWith(resource, resource.type.endsWith('agentPools') ? 'agentpool' : 'managed cluster');
}

export async function readBody(request: WorldRequest): Promise<Body> {
  const body = parseJson((await request.body()).toString('utf8'));
  if (!isObject(body)) throw refusals.badBody();
  return body as Body;
}

function withoutIdentifiers(sent: Readonly<Body>): Body {
  const { id: _, name: __, type: ___, etag: ____, systemData: _____, ...body } = sent;
  return body;
}

function etagHeader(resource: Resource): Record<string, string> {
  return { ETag: resource.etag };
}

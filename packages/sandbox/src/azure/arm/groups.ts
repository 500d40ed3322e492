import { json, type WorldResponse } from '../../network/http.ts';
import { merge, text } from './body.ts';
import { refusals } from './errors.ts';
import { nameOf, sameId } from './ids.ts';
import { demandNoLock } from './locks.ts';
import { begin, findResource, groupType, operationHeaders, type ResourceCall, readBody } from './resources.ts';
import { makeEtag, type Resource } from './store.ts';
import type { ArmContext } from './type.ts';

/** GET, HEAD, PUT, PATCH and DELETE of a resource group. */
export async function answerGroup(call: ResourceCall): Promise<WorldResponse> {
  const { request, context, id } = call;
  switch (request.method) {
    case 'GET':
      return json(200, showGroup(findResource(context, id)));
    case 'HEAD':
      return { status: context.store.get(id) === undefined ? 404 : 204 };
    case 'PUT':
      return putGroup(call);
    case 'PATCH': {
      const group = findResource(context, id);
      const sent = await readBody(request);
      group.body = { ...merge(group.body, sent), ...('tags' in sent ? { tags: sent['tags'] ?? {} } : {}) };
      group.etag = makeEtag();
      return json(200, showGroup(group));
    }
    case 'DELETE':
      return deleteGroup(call);
    default:
      throw refusals.noOperation(request.method, id);
  }
}

export function listGroups(context: ArmContext, subscription: string): WorldResponse {
  const prefix = `/subscriptions/${subscription}/`.toLowerCase();
  const groups = context.store
    .all()
    .filter(({ type, id }) => type === groupType && id.toLowerCase().startsWith(prefix));
  return json(200, { value: groups.map(showGroup) });
}

/** What lies in a group or subscription, top-level resources only, with `$filter` by type and name. */
export function listResources(context: ArmContext, scope: string, filter: string | null): WorldResponse {
  const resourceType = /resourceType eq '([^']+)'/i.exec(filter ?? '')?.[1];
  const name = /\bname eq '([^']+)'/i.exec(filter ?? '')?.[1];
  const value = context.store
    .under(scope)
    .filter(
      ({ type, id }) => type !== groupType && type.split('/').length === 2 && !/\/providers\/.*\/providers\//i.test(id),
    )
    .filter(resource => resourceType === undefined || sameId(resource.type, resourceType))
    .filter(resource => name === undefined || sameId(resource.name, name))
    .map(({ id, name, type, body: { location, tags, sku, kind } }) => ({ id, name, type, location, tags, sku, kind }));
  return json(200, { value });
}

async function putGroup({ context, request, id }: ResourceCall): Promise<WorldResponse> {
  const sent = await readBody(request);
  const location = text(sent['location'])?.toLowerCase().replaceAll(' ', '');
  if (location === undefined) throw refusals.noLocation(nameOf(id));
  const existing = context.store.get(id);
  if (existing?.operation !== undefined) throw refusals.groupGoing(existing.name);
  const before = text(existing?.body['location']);
  if (before !== undefined && before !== location) {
    throw refusals.otherLocation(nameOf(id), nameOf(id), before, location);
  }
  const group = context.create(id, { ...sent, location });
  return json(existing === undefined ? 201 : 200, showGroup(group));
}

/** Empties the group, then removes it; until then it and everything in it can still be seen. */
function deleteGroup(call: ResourceCall): WorldResponse {
  const { context, id } = call;
  const group = findResource(context, id);
  demandNoLock(context, group.id, 'delete');
  if (group.operation === undefined) begin(context, group, 'delete', () => context.remove(group));
  const operation = group.operation;
  if (operation === undefined) throw refusals.noGroup(group.name);
  const { Location = '', 'Retry-After': retryAfter = '0' } = operationHeaders(call, operation, group);
  return { status: 202, headers: { Location, 'Retry-After': retryAfter } };
}

function showGroup(group: Resource): object {
  const { id, name, type, body, operation } = group;
  const provisioningState = operation?.kind === 'delete' ? 'Deleting' : 'Succeeded';
  return { id, name, type, ...body, properties: { provisioningState } };
}

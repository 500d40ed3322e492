import { json, type WorldResponse } from '../../network/http.ts';
import type { KubeObject } from '../objects.ts';
import { storeKey } from '../resources/resource-type.ts';
import { parseFieldSelector, parseLabelSelector } from '../resources/selectors.ts';
import { refusals } from '../status.ts';
import { type ApiCall, demandObject, namespaceOf } from './call.ts';
import { viewOf } from './media.ts';
import { answerObject, showList } from './show.ts';
import { watch } from './watch.ts';

export function readObject(call: ApiCall): WorldResponse {
  const { request, type, cluster } = call;
  return answerObject(200, demandObject(call), type, viewOf(request, cluster.clock.now()));
}

/** Whether an object is among those that a list, a watch or a deletion of many asks for. */
export function selection({ request, type }: Pick<ApiCall, 'request' | 'type'>): (object: KubeObject) => boolean {
  const hasLabels = parseLabelSelector(request.query.get('labelSelector') ?? '');
  const hasFields = parseFieldSelector(request.query.get('fieldSelector') ?? '', storeKey(type));
  return object => hasLabels(object.metadata.labels ?? {}) && hasFields(object);
}

export function selectObjects(call: ApiCall): readonly KubeObject[] {
  const matches = selection(call);
  return call.cluster.store.list(storeKey(call.type), namespaceOf(call)).filter(matches);
}

export function listObjects(call: ApiCall): WorldResponse {
  const { request, type, cluster } = call;
  const view = viewOf(request, cluster.clock.now());
  const all = selectObjects(call);
  const resourceVersion = String(cluster.store.version());
  const { objects, rest } = page(all, request.query);
  const last = objects.at(-1);
  const more =
    rest === 0 || last === undefined
      ? {}
      : {
          continue: continueToken(resourceVersion, last),
          ...(hasSelector(request.query) ? {} : { remainingItemCount: rest }),
        };
  return json(200, showList(objects, type, view, { resourceVersion, ...more }));
}

const hasSelector = (query: URLSearchParams) => Boolean(query.get('labelSelector') || query.get('fieldSelector'));
const placeOf = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

function page(all: readonly KubeObject[], query: URLSearchParams): { objects: readonly KubeObject[]; rest: number } {
  const token = query.get('continue');
  const start = token ? readToken(token) : undefined;
  const left = start === undefined ? all : all.filter(object => placeOf(object) > start);
  const limit = Number(query.get('limit') ?? 0);
  if (!(limit > 0)) return { objects: left, rest: 0 };
  return { objects: left.slice(0, limit), rest: Math.max(0, left.length - limit) };
}

function continueToken(rv: string, last: KubeObject): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: Number(rv), start: placeOf(last) })).toString(
    'base64url',
  );
}

function readToken(token: string): string {
  try {
    const { start } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as { readonly start?: unknown };
    if (typeof start === 'string') return start;
  } catch {
    // Falls through to the refusal: a token that is no JSON is as bad as one without a place.
  }
  throw refusals.badRequest('continue key is not valid: unrecognized continue token');
}

export function watchObjects(call: ApiCall): WorldResponse {
  const { request, type, cluster } = call;
  const namespace = namespaceOf(call);
  return watch(cluster, type, {
    matches: selection(call),
    view: viewOf(request, cluster.clock.now()),
    query: request.query,
    ...(namespace === undefined ? {} : { namespace }),
  });
}

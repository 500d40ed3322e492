import type { Attributes } from '../access/attributes.ts';
import { nameInFieldSelector } from '../resources/selectors.ts';

/** What a path and method of the API mean (k8s.io/apiserver, `endpoints/request/requestinfo.go`). */
export type RequestInfo =
  | { readonly kind: 'path'; readonly path: string; readonly attributes: Attributes }
  | ResourceRequest;

export interface ResourceRequest {
  readonly kind: 'resource';
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  /** What follows the subresource, with its leading slash. */
  readonly rest: string;
  readonly attributes: Attributes;
}

const namespaceParts = new Set(['status', 'finalize']);

export function readRequest(method: string, path: string, query: URLSearchParams): RequestInfo {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const isCore = parts[0] === 'api' && parts.length > 2;
  const isNamed = parts[0] === 'apis' && parts.length > 3;
  if (!isCore && !isNamed) {
    return {
      kind: 'path',
      path,
      attributes: { verb: method.toLowerCase() === 'head' ? 'head' : method.toLowerCase(), path },
    };
  }
  const [group, version = ''] = isCore ? ['', parts[1]] : [parts[1] ?? '', parts[2]];
  let place = parts.slice(isCore ? 2 : 3);
  let namespace: string | undefined;
  if (place[0] === 'namespaces' && place[1] !== undefined) {
    namespace = place[1];
    if (place[2] !== undefined && !namespaceParts.has(place[2])) place = place.slice(2);
  }
  const [plural = '', pathName, subresource, ...rest] = place;
  const isList = pathName === undefined && ['GET', 'HEAD'].includes(method);
  const name = pathName ?? (isList ? nameInFieldSelector(query.get('fieldSelector')) : undefined);
  const verb = verbOf(method, pathName !== undefined, ['true', '1'].includes(query.get('watch') ?? ''));
  return {
    kind: 'resource',
    verb,
    group,
    version,
    plural,
    ...(namespace === undefined ? {} : { namespace }),
    ...(pathName === undefined ? {} : { name: pathName }),
    ...(subresource === undefined ? {} : { subresource }),
    rest: rest.length === 0 ? '' : `/${rest.join('/')}`,
    attributes: {
      verb,
      group,
      resource: plural,
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
      ...(subresource === undefined ? {} : { subresource }),
    },
  };
}

function verbOf(method: string, isNamed: boolean, isWatch: boolean): string {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return isNamed ? 'delete' : 'deletecollection';
    default:
      if (isWatch && !isNamed) return 'watch';
      return isNamed ? 'get' : 'list';
  }
}

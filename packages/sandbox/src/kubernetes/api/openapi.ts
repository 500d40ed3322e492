import { json, type WorldRequest, type WorldResponse } from '../../network/http.ts';
import type { Fields } from '../objects.ts';
import type { ResourceType } from '../resources/resource-type.ts';
import { groupVersions, type TypeRegistry } from '../resources/type-registry.ts';

/**
 * As much of `/openapi/v3` as kubectl and Helm ask for before they leave validation to the server: which types exist, and that
 * their PATCH takes `fieldValidation`. No schemas.
 */
export function openApi(types: TypeRegistry, request: WorldRequest): WorldResponse | undefined {
  const all = types.all();
  if (request.path === '/openapi/v3') {
    const paths = [...groupVersions(all)].flatMap(([group, versions]) =>
      versions.map(version => {
        const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
        return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${all.length}` }] as const;
      }),
    );
    return json(200, { paths: Object.fromEntries(paths) });
  }
  const found = /^\/openapi\/v3\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(request.path);
  if (found === null) return undefined;
  const [, group = '', version = ''] = found;
  const served = all.filter(type => type.group === group && type.version === version);
  if (served.length === 0) return undefined;
  return json(200, {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1' },
    paths: Object.fromEntries(served.map(type => [pathOf(type), { patch: patchOf(type) }])),
    components: { schemas: {} },
  });
}

function pathOf({ group, version, plural, namespaced }: ResourceType): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}/{name}`;
}

function patchOf({ group, version, kind }: ResourceType): Fields {
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(name => ({
    name,
    in: 'query',
    schema: {},
  }));
  return { 'x-kubernetes-action': 'patch', 'x-kubernetes-group-version-kind': { group, kind, version }, parameters };
}

import { header, json, type WorldRequest, type WorldResponse } from '../../network/http.ts';
import type { Fields } from '../objects.ts';
import type { ResourceType } from '../resources/resource-type.ts';
import { groupVersions, type TypeRegistry } from '../resources/type-registry.ts';

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** What the cluster serves: aggregated discovery for those that accept it, the plain lists for the rest. */
export function discover(types: TypeRegistry, request: WorldRequest): WorldResponse | undefined {
  const parts = request.path.split('/').filter(Boolean);
  const all = types.all();
  const wantsAggregated = (header(request, 'accept') ?? '')
    .split(',')
    .some(one =>
      ['g=apidiscovery.k8s.io', 'v=v2', 'as=APIGroupDiscoveryList'].every(
        part => one.includes(part) && !one.includes('v2beta1'),
      ),
    );
  const [root, group, version] = parts;
  if (root === 'api') {
    if (parts.length === 1) {
      if (wantsAggregated) return answerAggregated(all.filter(type => type.group === ''));
      return json(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] });
    }
    return group === 'v1' && parts.length === 2 ? resourceList(all, '', 'v1') : undefined;
  }
  if (root !== 'apis') return undefined;
  const named = all.filter(type => type.group !== '');
  const groups = groupVersions(named);
  if (parts.length === 1) {
    if (wantsAggregated) return answerAggregated(named);
    const list = [...groups].map(([name, versions]) => groupOf(name, versions));
    return json(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: list });
  }
  const versions = groups.get(group ?? '');
  if (group === undefined || versions === undefined) return undefined;
  if (parts.length === 2) return json(200, { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, versions) });
  const isServed = parts.length === 3 && version !== undefined && versions.includes(version);
  return isServed ? resourceList(all, group, version) : undefined;
}

function groupOf(name: string, versions: readonly string[]): Fields {
  const all = versions.map(version => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: all, preferredVersion: all[0] };
}

export const verbsOf = ({ isReview }: ResourceType): readonly string[] =>
  isReview ? ['create'] : ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const subresourceVerbs: Readonly<Record<string, readonly string[]>> = {
  status: ['get', 'patch', 'update'],
  scale: ['get', 'patch', 'update'],
  log: ['get'],
  proxy: ['create', 'delete', 'get', 'patch', 'update'],
  finalize: ['update'],
};

function subresourceKind(type: ResourceType, subresource: string): { group: string; version: string; kind: string } {
  if (subresource === 'scale') return { group: 'autoscaling', version: 'v1', kind: 'Scale' };
  const kind = subresource === 'proxy' && type.plural === 'services' ? 'ServiceProxyOptions' : type.kind;
  return { group: type.group, version: type.version, kind };
}

function resourceList(all: readonly ResourceType[], group: string, version: string): WorldResponse {
  const resources = all
    .filter(type => type.group === group && type.version === version)
    .flatMap(type => [
      {
        name: type.plural,
        singularName: type.singular,
        namespaced: type.namespaced,
        kind: type.kind,
        verbs: verbsOf(type),
        ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
        ...(type.categories.length === 0 ? {} : { categories: type.categories }),
      },
      ...type.subresources.map(subresource => ({
        name: `${type.plural}/${subresource}`,
        singularName: '',
        namespaced: type.namespaced,
        ...(subresource === 'scale' ? { group: 'autoscaling', version: 'v1' } : {}),
        kind: subresourceKind(type, subresource).kind,
        verbs: subresourceVerbs[subresource] ?? ['get'],
      })),
    ]);
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return json(200, { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources });
}

function answerAggregated(types: readonly ResourceType[]): WorldResponse {
  const items = [...groupVersions(types)].map(([group, versions]) => ({
    metadata: { name: group, creationTimestamp: null },
    versions: versions.map(version => ({
      version,
      freshness: 'Current',
      resources: types
        .filter(type => type.group === group && type.version === version)
        .map(type => ({
          resource: type.plural,
          responseKind: { group, version, kind: type.kind },
          scope: type.namespaced ? 'Namespaced' : 'Cluster',
          singularResource: type.singular,
          verbs: verbsOf(type),
          ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
          ...(type.categories.length === 0 ? {} : { categories: type.categories }),
          ...(type.subresources.length === 0
            ? {}
            : {
                subresources: type.subresources.map(subresource => ({
                  subresource,
                  responseKind: subresourceKind(type, subresource),
                  verbs: subresourceVerbs[subresource] ?? ['get'],
                })),
              }),
        })),
    })),
  }));
  const list = { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
  return { status: 200, headers: { 'Content-Type': aggregated, Vary: 'Accept' }, body: JSON.stringify(list) };
}

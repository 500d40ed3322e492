import { at, type Fields, type KubeObject, objects } from '../objects.ts';
import { type ResourceType, storeKey } from '../resources/resource-type.ts';

/**
 * AKS runs the admission plugin ExtendedResourceToleration (Azure/AKS, `faq`): a pod that asks for a resource such as
 * `nvidia.com/gpu` tolerates a taint of that name. Pods of DaemonSets ask for none, and get nothing.
 */
export function tolerating(type: ResourceType, object: KubeObject): KubeObject {
  if (storeKey(type) !== 'pods') return object;
  const spec = at(object, 'spec');
  const asked = [...objects(spec['initContainers']), ...objects(spec['containers'])].flatMap(container => {
    const { requests, limits } = at(container, 'resources');
    return Object.keys({ ...at(requests), ...at(limits) }).filter(isExtended);
  });
  const tolerations = objects(spec['tolerations']);
  const missing = [...new Set(asked)].filter(key => !tolerations.some(one => isSameToleration(one, key)));
  if (missing.length === 0) return object;
  const added = missing.map((key): Fields => ({ key, operator: 'Exists', effect: 'NoSchedule' }));
  return { ...object, spec: { ...spec, tolerations: [...tolerations, ...added] } };
}

function isExtended(resource: string): boolean {
  return resource.includes('/') && !/(?:^|\.)kubernetes\.io\//.test(resource);
}

function isSameToleration(toleration: Readonly<Fields>, key: string): boolean {
  return toleration['key'] === key && toleration['operator'] === 'Exists' && toleration['effect'] === 'NoSchedule';
}

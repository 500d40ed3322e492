import { at, type Fields, isSame, type KubeObject, list, objects, stringMap } from '../objects.ts';
import { type ResourceType, storeKey } from '../resources/resource-type.ts';
import { labelSelector } from '../resources/selectors.ts';
import type { Cause } from '../status.ts';

const required = (field: string): Cause => ({ reason: 'FieldValueRequired', message: 'Required value', field });
const invalid = (field: string, value: unknown, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
  field,
});
const forbidden = (field: string, why: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
});
const fixed = 'field is immutable';

/** What keeps an object from being made. The real server asks for much more; these are the mistakes that charts make. */
export function createCauses(type: ResourceType, object: KubeObject): readonly Cause[] {
  if (type.custom !== undefined) return type.custom.schema.validate(object);
  return [...(creation[storeKey(type)]?.(object) ?? []), ...podCauses(type, object)];
}

/** What keeps an object from becoming another one: fields that never change. */
export function updateCauses(type: ResourceType, live: KubeObject, next: KubeObject): readonly Cause[] {
  if (type.custom !== undefined) return type.custom.schema.validate(next);
  const changed = immutable[storeKey(type)]?.(live, next) ?? [];
  return [...changed, ...(creation[storeKey(type)]?.(next) ?? []), ...podCauses(type, next)];
}

const withSelector = (object: KubeObject): Cause[] => {
  const selector = at(object, 'spec')['selector'];
  if (selector === undefined) return [required('spec.selector')];
  const labels = stringMap(at(object, 'spec', 'template', 'metadata')['labels']);
  if (labelSelector(selector)(labels)) return [];
  return [invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')];
};

const creation: Readonly<Record<string, (object: KubeObject) => readonly Cause[]>> = {
  'deployments.apps': withSelector,
  'statefulsets.apps': withSelector,
  'daemonsets.apps': withSelector,
  'replicasets.apps': withSelector,
  services: object => {
    const { type, ports, clusterIP } = at(object, 'spec');
    const needsPorts = type !== 'ExternalName' && clusterIP !== 'None';
    return needsPorts && list(ports).length === 0 ? [required('spec.ports')] : [];
  },
  'customresourcedefinitions.apiextensions.k8s.io': object => {
    const spec = at(object, 'spec');
    const wanted = `${String(at(spec, 'names')['plural'])}.${String(spec['group'])}`;
    const { name } = object.metadata;
    const why = `must be spec.names.plural+"."+spec.group`;
    return name === wanted ? [] : [invalid('metadata.name', name, why)];
  },
};

/** Pods, and workloads that make them, have containers with names and images. */
function podCauses(type: ResourceType, object: KubeObject): Cause[] {
  const place = podPlaces[storeKey(type)];
  if (place === undefined) return [];
  const spec = at(object, ...place.split('.'));
  const containers = objects(spec['containers']);
  if (containers.length === 0) return [required(`${place}.containers`)];
  return containers.flatMap((container, index) => [
    ...(container['name'] ? [] : [required(`${place}.containers[${index}].name`)]),
    ...(container['image'] ? [] : [required(`${place}.containers[${index}].image`)]),
  ]);
}

const podPlaces: Readonly<Record<string, string>> = {
  pods: 'spec',
  'deployments.apps': 'spec.template.spec',
  'statefulsets.apps': 'spec.template.spec',
  'daemonsets.apps': 'spec.template.spec',
  'replicasets.apps': 'spec.template.spec',
  'jobs.batch': 'spec.template.spec',
};

type Change = (live: KubeObject, next: KubeObject) => readonly Cause[];

const fixedSelector: Change = (live, next) => fixedFields(live, next, ['selector']);

function fixedFields(live: KubeObject, next: KubeObject, names: readonly string[]): Cause[] {
  const [was, now] = [at(live, 'spec'), at(next, 'spec')];
  return names.filter(name => !isSame(was[name], now[name])).map(name => invalid(`spec.${name}`, now[name], fixed));
}

function differsOutside(live: KubeObject, next: KubeObject, free: readonly string[]): boolean {
  const rest = (object: KubeObject): Fields =>
    Object.fromEntries(Object.entries(at(object, 'spec')).filter(([key]) => !free.includes(key)));
  return !isSame(rest(live), rest(next));
}

const immutable: Readonly<Record<string, Change>> = {
  'deployments.apps': fixedSelector,
  'daemonsets.apps': fixedSelector,
  'replicasets.apps': fixedSelector,
  'statefulsets.apps': (live, next) => {
    const free = [
      'replicas',
      'ordinals',
      'template',
      'updateStrategy',
      'revisionHistoryLimit',
      'persistentVolumeClaimRetentionPolicy',
      'minReadySeconds',
    ];
    if (!differsOutside(live, next, free)) return [];
    const named = free.map(name => `'${name}'`);
    const last = named.pop();
    return [
      forbidden(
        'spec',
        `updates to statefulset spec for fields other than ${named.join(', ')} and ${last} are forbidden`,
      ),
    ];
  },
  'jobs.batch': (live, next) => fixedFields(live, next, ['selector', 'template', 'completionMode']),
  pods: (live, next) => {
    const free = [
      'activeDeadlineSeconds',
      'terminationGracePeriodSeconds',
      'tolerations',
      'nodeName',
      'containers',
      'initContainers',
    ];
    if (!differsOutside(live, next, free) && isSame(withoutImages(live), withoutImages(next))) return [];
    const why =
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
    return [forbidden('spec', why)];
  },
  persistentvolumeclaims: (live, next) => {
    const free = ['resources', 'volumeAttributesClassName', 'volumeName'];
    if (!differsOutside(live, next, free)) return [];
    const why =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    return [forbidden('spec', why)];
  },
  services: (live, next) => {
    const [was, now] = [at(live, 'spec')['clusterIP'], at(next, 'spec')['clusterIP']];
    const isFreed = at(next, 'spec')['type'] === 'ExternalName' || was === undefined || was === '';
    return isFreed || was === now
      ? []
      : [invalid('spec.clusterIPs[0]', list(at(next, 'spec')['clusterIPs']), 'may not change once set')];
  },
  secrets: (live, next) => {
    const retyped = live['type'] === next['type'] ? [] : [invalid('type', next['type'], fixed)];
    return [...retyped, ...frozenData(live, next)];
  },
  configmaps: frozenData,
  'rolebindings.rbac.authorization.k8s.io': fixedRole,
  'clusterrolebindings.rbac.authorization.k8s.io': fixedRole,
  'storageclasses.storage.k8s.io': (live, next) =>
    ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode']
      .filter(name => !isSame(live[name], next[name]))
      .map(name => forbidden(name, `updates to ${name} are forbidden.`)),
};

function withoutImages(object: KubeObject): unknown {
  const strip = (name: string) => objects(at(object, 'spec')[name]).map(({ image: _, ...rest }) => rest);
  return [strip('containers'), strip('initContainers')];
}

function frozenData(live: KubeObject, next: KubeObject): Cause[] {
  if (live['immutable'] !== true) return [];
  const why = 'field is immutable when `immutable` is set';
  return ['data', 'binaryData', 'immutable']
    .filter(name => !isSame(live[name], next[name]))
    .map(name => forbidden(name, why));
}

function fixedRole(live: KubeObject, next: KubeObject): Cause[] {
  return isSame(live['roleRef'], next['roleRef'])
    ? []
    : [invalid('roleRef', inGo(next['roleRef']), 'cannot change roleRef')];
}

/** The reference with the names that its fields have in Go, as the refusal prints it. */
function inGo(reference: unknown): Fields {
  const { apiGroup, kind, name } = at(reference);
  return { APIGroup: apiGroup, Kind: kind, Name: name };
}

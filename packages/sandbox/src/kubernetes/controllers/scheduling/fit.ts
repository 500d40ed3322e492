import { at, type Fields, type KubeObject, objects, stringMap, strings } from '../../objects.ts';
import { parseQuantity } from '../../quantity.ts';
import { labelSelector } from '../../resources/selectors.ts';

export type Resources = Readonly<Record<string, number>>;

/** What a pod asks for: the sum of its containers, or the largest of those that run before them. */
export function requestsOf(pod: KubeObject): Resources {
  const spec = at(pod, 'spec');
  const of = (container: Fields): Resources => {
    const { requests, limits } = at(container, 'resources');
    const asked = { ...at(limits), ...at(requests) };
    return Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, parseQuantity(value)]));
  };
  const sum = objects(spec['containers']).map(of).reduce(plus, { pods: 1 });
  const isSidecar = (container: Fields) => container['restartPolicy'] === 'Always';
  const sidecars = objects(spec['initContainers']).filter(isSidecar).map(of).reduce(plus, sum);
  return objects(spec['initContainers'])
    .filter(container => !isSidecar(container))
    .map(of)
    .reduce((most, one) => combine(most, one, Math.max), sidecars);
}

export function plus(one: Resources, other: Resources): Resources {
  return combine(one, other, (a, b) => a + b);
}

function combine(one: Resources, other: Resources, how: (a: number, b: number) => number): Resources {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map(name => [name, how(one[name] ?? 0, other[name] ?? 0)]));
}

/** Why a pod does not fit on a node, in the scheduler's words; empty when it does. The first kind of reason counts alone. */
export function obstacles(
  pod: KubeObject,
  node: KubeObject,
  free: Resources,
  neighbours: readonly KubeObject[],
  all: readonly KubeObject[],
  nodes: readonly KubeObject[],
): readonly string[] {
  const spec = at(pod, 'spec');
  if (at(node, 'spec')['unschedulable'] === true && !toleratesAll(spec, [unschedulable])) {
    return ['node(s) were unschedulable'];
  }
  const taint = objects(at(node, 'spec')['taints']).find(
    one =>
      one['effect'] !== 'PreferNoSchedule' &&
      !objects(spec['tolerations']).some(toleration => tolerates(toleration, one)),
  );
  if (taint !== undefined) return [`node(s) had untolerated taint {${taint['key']}: ${taint['value'] ?? ''}}`];
  if (!matchesNode(spec, node)) return ["node(s) didn't match Pod's node affinity/selector"];
  const requests = requestsOf(pod);
  const lacking = Object.keys(requests).filter(
    name => (requests[name] ?? 0) > 0 && (requests[name] ?? 0) > (free[name] ?? 0),
  );
  if (lacking.length > 0) return lacking.map(name => (name === 'pods' ? 'Too many pods' : `Insufficient ${name}`));
  if (usesHostPort(spec, neighbours)) return ["node(s) didn't have free ports for the requested pod ports"];
  return isRepelled(pod, node, all, nodes) ? ["node(s) didn't match pod anti-affinity rules"] : [];
}

const unschedulable: Fields = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

function toleratesAll(spec: Readonly<Fields>, taints: readonly Fields[]): boolean {
  return taints.every(taint => objects(spec['tolerations']).some(toleration => tolerates(toleration, taint)));
}

export function tolerates(toleration: Readonly<Fields>, taint: Readonly<Fields>): boolean {
  const { key, operator = 'Equal', value = '', effect } = toleration;
  if (effect !== undefined && effect !== '' && effect !== taint['effect']) return false;
  if (key === undefined || key === '') return operator === 'Exists';
  if (key !== taint['key']) return false;
  return operator === 'Exists' || value === (taint['value'] ?? '');
}

/** Node selector and required node affinity. */
export function matchesNode(spec: Readonly<Fields>, node: KubeObject): boolean {
  const labels = stringMap(node.metadata.labels);
  if (!Object.entries(stringMap(spec['nodeSelector'])).every(([key, value]) => labels[key] === value)) return false;
  const required = at(spec, 'affinity', 'nodeAffinity')['requiredDuringSchedulingIgnoredDuringExecution'];
  if (required === undefined) return true;
  return objects(at(required)['nodeSelectorTerms']).some(term => {
    const fields = objects(term['matchFields']);
    const isNamed = fields.every(({ key, operator, values }) =>
      key === 'metadata.name' ? strings(values).includes(node.metadata.name) === (operator !== 'NotIn') : false,
    );
    const expressions = objects(term['matchExpressions']);
    if (fields.length === 0 && expressions.length === 0) return false;
    return isNamed && labelSelector({ matchExpressions: expressions })(labels);
  });
}

function usesHostPort(spec: Readonly<Fields>, neighbours: readonly KubeObject[]): boolean {
  const portsOf = (one: Readonly<Fields>) =>
    objects(one['containers'])
      .flatMap(container => objects(container['ports']))
      .flatMap(port =>
        typeof port['hostPort'] === 'number' ? [`${port['hostPort']}/${String(port['protocol'] ?? 'TCP')}`] : [],
      );
  const taken = new Set(neighbours.flatMap(pod => portsOf(at(pod, 'spec'))));
  return portsOf(spec).some(port => taken.has(port));
}

/** Required anti-affinity of the pod towards those that run: none of them in the same place. */
function isRepelled(
  pod: KubeObject,
  node: KubeObject,
  all: readonly KubeObject[],
  nodes: readonly KubeObject[],
): boolean {
  const rules = objects(
    at(pod, 'spec', 'affinity', 'podAntiAffinity')['requiredDuringSchedulingIgnoredDuringExecution'],
  );
  return rules.some(rule => {
    const topology = String(rule['topologyKey']);
    const place = node.metadata.labels?.[topology];
    if (place === undefined) return false;
    const isMeant = labelSelector(rule['labelSelector']);
    const namespaces = strings(rule['namespaces']);
    const here = new Set(nodes.filter(one => one.metadata.labels?.[topology] === place).map(one => one.metadata.name));
    return all.some(
      other =>
        other.metadata.uid !== pod.metadata.uid &&
        here.has(String(at(other, 'spec')['nodeName'])) &&
        (namespaces.length === 0
          ? other.metadata.namespace === pod.metadata.namespace
          : namespaces.includes(other.metadata.namespace ?? '')) &&
        isMeant(other.metadata.labels ?? {}),
    );
  });
}

import type { Cluster } from '../cluster.ts';
import { at, type Fields, type KubeObject, list, objects, stringMap, strings, text } from '../objects.ts';
import type { Condition } from './keep.ts';

const group = 'gateway.networking.k8s.io';
export const gatewayKey = `gateways.${group}`;
export const routeKey = `httproutes.${group}`;
export const grantKey = `referencegrants.${group}`;

/** What a Gateway says of one that wants to be its child. */
export interface ParentState {
  readonly parentRef: Readonly<Fields>;
  readonly conditions: readonly Condition[];
}

const condition = (type: string, isFine: boolean, reason: string, message = ''): Condition => ({
  type,
  status: isFine ? 'True' : 'False',
  reason,
  message,
});

/** The states of a route at those of its parents that are Gateways of the controller's class (Gateway API, "HTTPRoute status"). */
export function parentsOf(
  cluster: Cluster,
  route: KubeObject,
  isMine: (gateway: KubeObject) => boolean,
): ParentState[] {
  const resolved = backendsOf(cluster, route);
  return objects(at(route, 'spec')['parentRefs']).flatMap((parentRef): ParentState[] => {
    const gateway = gatewayOf(cluster, route, parentRef);
    if (gateway === undefined || !isMine(gateway)) return [];
    const accepted = acceptanceOf(cluster, route, gateway, parentRef);
    const isFine = accepted.status === 'True' && resolved.status === 'True';
    const programmed = isFine
      ? condition(
          'Programmed',
          true,
          'Programmed',
          'Application Gateway for Containers resource has been successfully updated.',
        )
      : condition('Programmed', false, 'Invalid', 'Route is not valid');
    return [{ parentRef, conditions: [resolved, accepted, programmed] }];
  });
}

function gatewayOf(cluster: Cluster, route: KubeObject, parentRef: Readonly<Fields>): KubeObject | undefined {
  if ((text(parentRef['kind']) ?? 'Gateway') !== 'Gateway') return undefined;
  const namespace = text(parentRef['namespace']) ?? route.metadata.namespace;
  return cluster.store.get(gatewayKey, namespace, String(parentRef['name']));
}

function acceptanceOf(
  cluster: Cluster,
  route: KubeObject,
  gateway: KubeObject,
  { sectionName }: Readonly<Fields>,
): Condition {
  const listeners = objects(at(gateway, 'spec')['listeners']).filter(
    ({ name }) => sectionName === undefined || name === sectionName,
  );
  if (listeners.length === 0) return condition('Accepted', false, 'NoMatchingParent', 'No listener has that name');
  const open = listeners.filter(listener => takesFrom(cluster, listener, gateway, route.metadata.namespace));
  if (open.length === 0) {
    const message = `Namespace ${route.metadata.namespace} is not allowed by the listeners`;
    return condition('Accepted', false, 'NotAllowedByListeners', message);
  }
  const hostnames = strings(at(route, 'spec')['hostnames']);
  const isKnown = open.some(
    listener => hostnames.length === 0 || hostnames.some(host => matchesHost(text(listener['hostname']), host)),
  );
  return isKnown
    ? condition('Accepted', true, 'Accepted', 'Route is Accepted')
    : condition('Accepted', false, 'NoMatchingListenerHostname', 'No hostname of the route is one of the listener');
}

function takesFrom(
  cluster: Cluster,
  listener: Readonly<Fields>,
  gateway: KubeObject,
  namespace: string | undefined,
): boolean {
  const { from = 'Same', selector } = at(listener, 'allowedRoutes', 'namespaces');
  if (from === 'All') return true;
  if (from === 'Same') return namespace === gateway.metadata.namespace;
  const labels = cluster.store.get('namespaces', undefined, namespace ?? '')?.metadata.labels ?? {};
  const isNamed = objects(at(selector)['matchExpressions']).every(
    ({ key, operator, values }) => operator === 'In' && list(values).includes(labels[String(key)]),
  );
  return (
    isNamed && Object.entries(stringMap(at(selector)['matchLabels'])).every(([key, value]) => labels[key] === value)
  );
}

/** `*.a.b` stands for every name below `a.b`, of the listener or of the route. */
export function matchesHost(listener: string | undefined, host: string): boolean {
  if (listener === undefined || listener === host) return true;
  if (!listener.startsWith('*.')) return host.startsWith('*.') && listener.endsWith(host.slice(1));
  return host.endsWith(listener.slice(1));
}

function backendsOf(cluster: Cluster, route: KubeObject): Condition {
  for (const rule of objects(at(route, 'spec')['rules'])) {
    for (const backend of objects(rule['backendRefs'])) {
      const namespace = text(backend['namespace']) ?? route.metadata.namespace;
      const name = String(backend['name']);
      if (namespace !== route.metadata.namespace && !isGranted(cluster, route, namespace)) {
        const message = `Service ${namespace}/${name} is not granted to routes of ${route.metadata.namespace}`;
        return condition('ResolvedRefs', false, 'RefNotPermitted', message);
      }
      const service = cluster.store.get('services', namespace, name);
      const hasPort = objects(at(service, 'spec')['ports']).some(({ port }) => port === backend['port']);
      if (service === undefined || !hasPort) {
        const what = service === undefined ? 'Service' : `Port ${backend['port']} of service`;
        return condition('ResolvedRefs', false, 'BackendNotFound', `${what} ${namespace}/${name} not found`);
      }
    }
  }
  return condition('ResolvedRefs', true, 'ResolvedRefs');
}

function isGranted(cluster: Cluster, route: KubeObject, namespace: string | undefined): boolean {
  return cluster.store.list(grantKey).some(grant => {
    if (grant.metadata.namespace !== namespace) return false;
    const { from, to } = at(grant, 'spec');
    return (
      objects(from).some(one => one['kind'] === 'HTTPRoute' && one['namespace'] === route.metadata.namespace) &&
      objects(to).some(one => one['kind'] === 'Service')
    );
  });
}

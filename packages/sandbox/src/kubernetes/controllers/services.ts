import { createHash } from 'node:crypto';
import type { Cluster } from '../cluster.ts';
import { at, type Fields, type KubeObject, objects, ownerReferenceTo, stringMap } from '../objects.ts';
import { mapSelector } from '../resources/selectors.ts';
import { type Controller, keyOf, placeOf } from './controller.ts';
import { controllerManager, ensure, setStatus } from './keep.ts';
import { isReady } from './kubelet.ts';
import { hasEnded } from './scheduling/scheduler.ts';

/** Keeps the addresses of pods behind their services, and gives load balancers an address. */
export function services(cluster: Cluster): Controller {
  return {
    name: 'endpoints-controller',
    keysFor: ({ key, kind, object, before }) => {
      if (key === 'services') return kind === 'DELETED' ? [`${keyOf(object)}/gone`] : [keyOf(object)];
      if (key !== 'pods') return [];
      const pods = before === undefined ? [object] : [object, before];
      return cluster.store
        .list('services', object.metadata.namespace)
        .filter(service => pods.some(pod => selects(service, pod)))
        .map(keyOf);
    },
    reconcile: (key, { later, isRipe }) => {
      const [namespace, name] = placeOf(key);
      const service = cluster.store.get('services', namespace, name);
      if (service === undefined) return void cluster.store.remove('endpoints', namespace, name);
      publish(cluster, service);
      if (at(service, 'spec')['type'] !== 'LoadBalancer') return;
      if (objects(at(service, 'status', 'loadBalancer')['ingress']).length > 0) return;
      const place = `${keyOf(service)}/address`;
      if (!isRipe(place)) return later(cluster.durations.operatorMs, place);
      setStatus(cluster, 'services', service, {
        loadBalancer: { ingress: [{ ip: addressOf(service), ipMode: 'VIP' }] },
      });
    },
  };
}

function selects(service: KubeObject, pod: KubeObject): boolean {
  const { selector } = at(service, 'spec');
  return Object.keys(stringMap(selector)).length > 0 && mapSelector(selector)(pod.metadata.labels ?? {});
}

function publish(cluster: Cluster, service: KubeObject): void {
  const spec = at(service, 'spec');
  if (Object.keys(stringMap(spec['selector'])).length === 0) return;
  const { namespace = '', name } = service.metadata;
  const pods = cluster.store
    .list('pods', namespace)
    .filter(pod => selects(service, pod) && at(pod, 'status')['podIP'] !== undefined && !hasEnded(pod));
  const isServing = (pod: KubeObject) =>
    pod.metadata.deletionTimestamp === undefined && (isReady(pod) || spec['publishNotReadyAddresses'] === true);
  const ports = objects(spec['ports']).map(({ name: portName, protocol, targetPort, port }) => ({
    ...(portName === undefined ? {} : { name: portName }),
    port: numberOf(targetPort ?? port, pods),
    protocol,
  }));
  const address = (pod: KubeObject): Fields => ({
    ip: at(pod, 'status')['podIP'],
    nodeName: at(pod, 'spec')['nodeName'],
    targetRef: { kind: 'Pod', namespace, name: pod.metadata.name, uid: pod.metadata.uid },
  });
  const ready = pods.filter(isServing).map(address);
  const waiting = pods.filter(pod => !isServing(pod)).map(address);
  const subset = {
    ...(ready.length === 0 ? {} : { addresses: ready }),
    ...(waiting.length === 0 ? {} : { notReadyAddresses: waiting }),
    ...(ports.length === 0 ? {} : { ports }),
  };
  ensure(
    cluster,
    'endpoints',
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: {
        name,
        namespace,
        ...(service.metadata.labels === undefined ? {} : { labels: service.metadata.labels }),
      },
      subsets: pods.length === 0 ? [] : [subset],
    },
    controllerManager,
    'replace',
  );
  ensure(
    cluster,
    'endpointslices.discovery.k8s.io',
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `${name}-${createHash('sha256')
          .update(service.metadata.uid ?? name)
          .digest('hex')
          .slice(0, 5)}`,
        namespace,
        labels: {
          'kubernetes.io/service-name': name,
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        ownerReferences: [ownerReferenceTo(service)],
      },
      addressType: 'IPv4',
      endpoints: pods.map(pod => ({
        addresses: [at(pod, 'status')['podIP']],
        conditions: {
          ready: isServing(pod),
          serving: isReady(pod),
          terminating: pod.metadata.deletionTimestamp !== undefined,
        },
        nodeName: at(pod, 'spec')['nodeName'],
        targetRef: { kind: 'Pod', namespace, name: pod.metadata.name, uid: pod.metadata.uid },
      })),
      ports: ports.map(({ port, protocol, ...rest }) => ({ name: '', ...rest, port, protocol })),
    },
    controllerManager,
    'replace',
  );
}

/** Ports may be named after one of a container. */
function numberOf(target: unknown, pods: readonly KubeObject[]): unknown {
  if (typeof target === 'number') return target;
  const all = pods.flatMap(pod =>
    objects(at(pod, 'spec')['containers']).flatMap(container => objects(container['ports'])),
  );
  return all.find(port => port['name'] === target)?.['containerPort'] ?? 0;
}

function addressOf({ metadata }: KubeObject): string {
  const hash = createHash('sha256')
    .update(metadata.uid ?? metadata.name)
    .digest();
  const isInternal = metadata.annotations?.['service.beta.kubernetes.io/azure-load-balancer-internal'] === 'true';
  return isInternal ? `10.224.${hash[0]}.${hash[1]}` : `20.101.${hash[0]}.${hash[1]}`;
}

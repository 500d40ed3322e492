import type { Cluster } from '../cluster.ts';
import { at, type Fields, type KubeObject, numberAt, objects, ownerReferenceTo, text } from '../objects.ts';
import { type Controller, ownerKeys } from './controller.ts';
import { type Condition, ensure, setStatus, withCondition } from './keep.ts';
import { hasImage, isWorking } from './operators.ts';
import { deploymentKey } from './workloads/deployments.ts';
import { statefulSetKey } from './workloads/stateful-sets.ts';

/** What differs between both kinds of servers that the operator runs. */
interface Kind {
  readonly key: string;
  readonly kind: string;
  readonly name: 'prometheus' | 'alertmanager';
  readonly image: string;
  readonly port: number;
}

const kinds: readonly Kind[] = [
  { key: 'prometheuses.monitoring.coreos.com', kind: 'Prometheus', name: 'prometheus', image: 'quay.io/prometheus/prometheus:v3.7.0', port: 9090 },
  { key: 'alertmanagers.monitoring.coreos.com', kind: 'Alertmanager', name: 'alertmanager', image: 'quay.io/prometheus/alertmanager:v0.28.1', port: 9093 },
]; // biome-ignore format: a table to read across

const operatorImage = /prometheus-operator\/prometheus-operator\b/;
const manager = 'PrometheusOperator';

/** The Prometheus operator: turns Prometheus and Alertmanager objects into stateful sets while its deployment works. */
export function prometheusOperator(cluster: Cluster): Controller {
  const all = () =>
    kinds.flatMap(({ key }) =>
      cluster.store.list(key).map(({ metadata }) => `${key}|${metadata.namespace ?? ''}|${metadata.name}`),
    );
  return {
    name: 'prometheus-operator',
    keysFor: one => {
      if (one.key === deploymentKey) return hasImage(one.object, operatorImage) ? all() : [];
      if (one.key === statefulSetKey) {
        return kinds.flatMap(({ key, kind }) => ownerKeys(one, kind).map(place => `${key}|${place.replace('/', '|')}`));
      }
      const isMine = kinds.some(({ key }) => key === one.key) && one.kind !== 'DELETED';
      return isMine ? [`${one.key}|${one.object.metadata.namespace ?? ''}|${one.object.metadata.name}`] : [];
    },
    reconcile: (place, { later, isRipe }) => {
      const [key = '', namespace = '', name = ''] = place.split('|');
      const server = cluster.store.get(key, namespace, name);
      const kind = kinds.find(one => one.key === key);
      if (server === undefined || kind === undefined || server.metadata.deletionTimestamp !== undefined) return;
      if (!isWorking(cluster, operatorImage)) return;
      const isKnown = cluster.store.get(statefulSetKey, namespace, `${kind.name}-${name}`) !== undefined;
      const pause = `${key}|${namespace}|${name}|${server.metadata.uid}`;
      if (!isKnown && !isRipe(pause)) return later(cluster.durations.operatorMs, pause);
      serve(cluster, server, kind);
    },
  };
}

function serve(cluster: Cluster, server: KubeObject, kind: Kind): void {
  const { name, namespace = '' } = server.metadata;
  const spec = at(server, 'spec');
  const setName = `${kind.name}-${name}`;
  const labels = {
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/managed-by': 'prometheus-operator',
    'app.kubernetes.io/name': kind.name,
    ...(kind.name === 'prometheus' ? { 'operator.prometheus.io/name': name } : {}),
    [kind.name]: name,
  };
  const replicas = (numberAt(spec, 'replicas') ?? 1) * (numberAt(spec, 'shards') ?? 1);
  const owner = { ownerReferences: [ownerReferenceTo(server)] };
  const claim = at(spec, 'storage')['volumeClaimTemplate'];
  const storageName = text(at(claim, 'metadata')['name']) ?? `${setName}-db`;
  ensure(
    cluster,
    'secrets',
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: kind.name === 'prometheus' ? setName : `${setName}-generated`, namespace, ...owner },
      type: 'Opaque',
    },
    manager,
  );
  ensure(
    cluster,
    'services',
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `${kind.name}-operated`, namespace, labels: { 'operated-prometheus': 'true' }, ...owner },
      spec: {
        type: 'ClusterIP',
        clusterIP: 'None',
        ports: [{ name: 'http-web', port: kind.port, protocol: 'TCP', targetPort: 'http-web' }],
        selector: { 'app.kubernetes.io/name': kind.name },
      },
    },
    manager,
  );
  const set = ensure(
    cluster,
    statefulSetKey,
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: setName, namespace, labels, ...owner },
      spec: {
        replicas,
        serviceName: `${kind.name}-operated`,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(spec, kind) },
        ...(claim === undefined
          ? {}
          : { volumeClaimTemplates: [{ metadata: { name: storageName }, spec: at(claim, 'spec') }] }),
      },
    },
    manager,
  );
  report(cluster, server, kind, set, replicas);
}

function podSpec(spec: Readonly<Fields>, kind: Kind): Fields {
  const kept = [
    'nodeSelector',
    'tolerations',
    'affinity',
    'serviceAccountName',
    'securityContext',
    'priorityClassName',
  ];
  const passed = Object.fromEntries(kept.flatMap(field => (spec[field] === undefined ? [] : [[field, spec[field]]])));
  return {
    ...passed,
    containers: [
      {
        name: kind.name,
        image: text(spec['image']) ?? kind.image,
        ports: [{ name: 'http-web', containerPort: kind.port }],
        resources: at(spec, 'resources'),
      },
      ...objects(spec['containers']).filter(one => one['name'] !== kind.name),
    ],
  };
}

function report(cluster: Cluster, server: KubeObject, kind: Kind, set: KubeObject, replicas: number): void {
  const status = at(set, 'status');
  const available = numberAt(status, 'availableReplicas') ?? 0;
  const observedGeneration = server.metadata.generation ?? 1;
  const isAvailable = available >= replicas;
  const shard = available === 0 ? 'NoPodReady' : 'SomePodsNotReady';
  const conditions: readonly Condition[] = [
    isAvailable
      ? { type: 'Available', status: 'True', reason: '', message: '' }
      : { type: 'Available', status: 'False', reason: shard, message: `${available} of ${replicas} pods are ready` },
    { type: 'Reconciled', status: 'True', reason: '', message: '' },
  ];
  const now = cluster.clock.now();
  setStatus(
    cluster,
    kind.key,
    server,
    {
      ...at(server, 'status'),
      paused: false,
      replicas: numberAt(status, 'replicas') ?? 0,
      updatedReplicas: numberAt(status, 'updatedReplicas') ?? 0,
      availableReplicas: available,
      unavailableReplicas: Math.max(0, replicas - available),
      conditions: conditions.reduce<readonly Fields[]>(
        (all, one) => withCondition(all, one, now, { observedGeneration }),
        objects(at(server, 'status')['conditions']),
      ),
    },
    manager,
  );
}

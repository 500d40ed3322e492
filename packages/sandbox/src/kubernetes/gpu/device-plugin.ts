import type { Cluster } from '../cluster.ts';
import type { Controller } from '../controllers/controller.ts';
import { setStatus, withCondition } from '../controllers/keep.ts';
import { isReady } from '../controllers/kubelet.ts';
import { at, type KubeObject, objects, stringMap } from '../objects.ts';
import { devicesOf } from './devices.ts';
import type { NodePool } from './machines.ts';
import { gpuPoolOf, gpuResource } from './pods.ts';

/** NVIDIA's device plugin, alone or as part of the operator, and Microsoft's copies of it. */
const pluginImage = /\/(?:k8s-device-plugin|nvidia-device-plugin)\b/;
/** What brings a driver where Azure installs none. */
const driverImage = /\/nvidia\/driver\b/;

/**
 * Plays NVIDIA's device plugin together with the kubelet that it registers at, and Azure's look at the GPUs: while a pod of it is
 * ready on a node with GPUs, and there is a driver, the node offers them. Without it the node is ready, and offers none.
 */
export function devicePlugin(cluster: Cluster): Controller {
  return {
    name: 'nvidia-device-plugin',
    keysFor: ({ key, kind, object }) => {
      if (key === 'nodes') return kind === 'DELETED' ? [] : [object.metadata.name];
      const node = at(object, 'spec')['nodeName'];
      return key === 'pods' &&
        typeof node === 'string' &&
        (hasImage(object, pluginImage) || hasImage(object, driverImage))
        ? [node]
        : [];
    },
    reconcile: (key, { later, isRipe }) => {
      const [name = ''] = key.split('/');
      const node = cluster.store.get('nodes', undefined, name);
      const pool = gpuPoolOf(cluster, node);
      if (node === undefined || pool === undefined) return;
      const wanted = offerOf(cluster, node, pool);
      const place = `${name}/${node.metadata.uid}/register`;
      const before = stringMap(at(node, 'status')['allocatable'])[gpuResource];
      const isDue = wanted === undefined || wanted === before || wanted === '0' || isRipe(place);
      if (!isDue) later(cluster.durations.pluginMs, place);
      show(cluster, node, pool, isDue ? wanted : before);
    },
  };
}

/** GPUs that the node offers; undefined while nobody has ever offered any. */
function offerOf(cluster: Cluster, node: KubeObject, pool: NodePool): string | undefined {
  const state = cluster.gpuScripts.of(pool.name);
  const isThere = (image: RegExp) =>
    cluster.store
      .list('pods')
      .some(pod => at(pod, 'spec')['nodeName'] === node.metadata.name && isReady(pod) && hasImage(pod, image));
  const before = stringMap(at(node, 'status')['allocatable'])[gpuResource];
  if (state === 'no-plugin' || !isThere(pluginImage)) return before === undefined ? undefined : '0';
  const hasDriver = pool.hasDriver || isThere(driverImage);
  return state === 'zero-devices' || !hasDriver ? '0' : String(pool.gpus);
}

function hasImage(pod: KubeObject, image: RegExp): boolean {
  return objects(at(pod, 'spec')['containers']).some(one => image.test(String(one['image'])));
}

/** The kubelet keeps the capacity of a plugin that is gone, and allows nothing of it. */
function show(cluster: Cluster, node: KubeObject, pool: NodePool, offer: string | undefined): void {
  const status = at(node, 'status');
  const had = stringMap(status['capacity'])[gpuResource];
  const gpus =
    offer === undefined
      ? {}
      : { capacity: { [gpuResource]: offer === '0' ? (had ?? '0') : offer }, allocatable: { [gpuResource]: offer } };
  setStatus(
    cluster,
    'nodes',
    node,
    {
      ...status,
      capacity: { ...at(status, 'capacity'), ...gpus.capacity },
      allocatable: { ...at(status, 'allocatable'), ...gpus.allocatable },
      conditions: conditionsOf(cluster, node, pool),
    },
    'kubelet',
  );
}

/** What the node problem detector of AKS says of GPUs; it looks at none where Azure installs no driver. */
function conditionsOf(cluster: Cluster, node: KubeObject, pool: NodePool): unknown {
  const { conditions } = at(node, 'status');
  if (!pool.hasDriver) return conditions;
  const [device] = devicesOf(node.metadata.name, pool.size, 1);
  const isBad = cluster.gpuScripts.of(pool.name) === 'xid';
  return withCondition(
    conditions,
    isBad
      ? {
          type: 'XIDError',
          status: 'True',
          reason: 'XIDErrorIsPresent',
          message: `FaultCode: NHC2001, Xid 79: GPU has fallen off the bus (${device?.uuid})`,
        }
      : { type: 'XIDError', status: 'False', reason: 'XIDErrorIsNotPresent', message: 'No GPU Xid errors are present' },
    cluster.clock.now(),
  );
}

import type { Cluster } from '../cluster.ts';
import { at, type KubeObject, list, objects } from '../objects.ts';
import { recordEvent } from '../writes/event.ts';
import { defaultClassOf } from '../writes/storage-classes.ts';
import { type Controller, keyOf, placeOf } from './controller.ts';
import { change, create, setStatus } from './keep.ts';

const key = 'persistentvolumeclaims';
const classKey = 'storageclasses.storage.k8s.io';
const name = 'persistentvolume-controller';

/** Binds claims to volumes: at once, or when a pod that uses them has a node, as their storage class wants it. */
export function claims(cluster: Cluster): Controller {
  const all = () => cluster.store.list(key).map(keyOf);
  return {
    name,
    keysFor: ({ key: changed, kind, object }) => {
      if (changed === key) return [keyOf(object)];
      if (changed === classKey && kind === 'ADDED') return all();
      return changed === 'pods' ? claimsOf(object).map(claim => `${object.metadata.namespace ?? ''}/${claim}`) : [];
    },
    reconcile: place => {
      const claim = cluster.store.get(key, ...placeOf(place));
      if (claim === undefined) return release(cluster);
      if (at(claim, 'status')['phase'] === 'Bound') return;
      const named = withClass(cluster, claim);
      const className = at(named, 'spec')['storageClassName'];
      if (className === undefined || className === '') return;
      const storageClass = cluster.store.get(classKey, undefined, String(className));
      if (storageClass === undefined) {
        const words = `storageclass.storage.k8s.io ${JSON.stringify(className)} not found`;
        return recordOnce(cluster, named, 'Warning', 'ProvisioningFailed', words);
      }
      const waits = storageClass['volumeBindingMode'] === 'WaitForFirstConsumer';
      if (!waits || hasConsumer(cluster, named)) bind(cluster, named, storageClass);
      else
        recordOnce(
          cluster,
          named,
          'Normal',
          'WaitForFirstConsumer',
          'waiting for first consumer to be created before binding',
        );
    },
  };
}

function claimsOf(pod: KubeObject): readonly string[] {
  return objects(at(pod, 'spec')['volumes']).flatMap(volume => {
    const { claimName } = at(volume, 'persistentVolumeClaim');
    return typeof claimName === 'string' ? [claimName] : [];
  });
}

function hasConsumer(cluster: Cluster, claim: KubeObject): boolean {
  return cluster.store
    .list('pods', claim.metadata.namespace)
    .some(pod => at(pod, 'spec')['nodeName'] !== undefined && claimsOf(pod).includes(claim.metadata.name));
}

function recordOnce(
  cluster: Cluster,
  claim: KubeObject,
  type: 'Normal' | 'Warning',
  reason: string,
  words: string,
): void {
  const isTold = cluster.store
    .list('events', claim.metadata.namespace)
    .some(event => at(event, 'involvedObject')['uid'] === claim.metadata.uid && event['message'] === words);
  if (!isTold) recordEvent(cluster, claim, type, reason, words, name);
}

/** A claim that was made before there was a default class gets it later. */
function withClass(cluster: Cluster, claim: KubeObject): KubeObject {
  if (at(claim, 'spec')['storageClassName'] !== undefined) return claim;
  const preset = defaultClassOf(cluster);
  if (preset === undefined) return claim;
  const next = { ...claim, spec: { ...at(claim, 'spec'), storageClassName: preset } };
  return cluster.store.put(key, next);
}

function bind(cluster: Cluster, claim: KubeObject, storageClass: KubeObject): void {
  const { namespace = '', name: claimName, uid } = claim.metadata;
  const spec = at(claim, 'spec');
  const volumeName = `pvc-${uid}`;
  const storage = at(spec, 'resources', 'requests')['storage'];
  if (cluster.store.get('persistentvolumes', undefined, volumeName) === undefined) {
    const volume = create(cluster, 'persistentvolumes', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volumeName },
      spec: {
        capacity: { storage },
        accessModes: list(spec['accessModes']),
        persistentVolumeReclaimPolicy: storageClass['reclaimPolicy'] ?? 'Delete',
        storageClassName: storageClass.metadata.name,
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claimName, uid },
        csi: { driver: storageClass['provisioner'], volumeHandle: volumeName },
      },
    });
    setStatus(cluster, 'persistentvolumes', volume, { phase: 'Bound' });
  }
  const named = change(cluster, key, claim, object => {
    object['spec'] = { ...at(object, 'spec'), volumeName };
  });
  setStatus(cluster, key, named, { phase: 'Bound', accessModes: list(spec['accessModes']), capacity: { storage } });
}

/** Volumes go with their claims, unless they are to be kept. */
function release(cluster: Cluster): void {
  for (const volume of cluster.store.list('persistentvolumes')) {
    const { namespace, name: claimName, uid } = at(volume, 'spec', 'claimRef');
    if (claimName === undefined) continue;
    const claim = cluster.store.get(key, String(namespace), String(claimName));
    if (claim?.metadata.uid === uid) continue;
    if (at(volume, 'spec')['persistentVolumeReclaimPolicy'] === 'Delete') {
      cluster.store.remove('persistentvolumes', undefined, volume.metadata.name);
    } else setStatus(cluster, 'persistentvolumes', volume, { phase: 'Released' });
  }
}

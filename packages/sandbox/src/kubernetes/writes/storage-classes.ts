import type { Cluster } from '../cluster.ts';
import { at, type KubeObject } from '../objects.ts';
import { type ResourceType, storeKey } from '../resources/resource-type.ts';

/** A claim that names no class gets the default one where there is one (admission plugin DefaultStorageClass). */
export function withStorageClass(cluster: Cluster, type: ResourceType, object: KubeObject): KubeObject {
  const spec = at(object, 'spec');
  if (storeKey(type) !== 'persistentvolumeclaims' || spec['storageClassName'] !== undefined) return object;
  const name = defaultClassOf(cluster);
  return name === undefined ? object : { ...object, spec: { ...spec, storageClassName: name } };
}

/** The name of the class that is the default. */
export function defaultClassOf(cluster: Cluster): string | undefined {
  return cluster.store
    .list('storageclasses.storage.k8s.io')
    .find(one => one.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true')?.metadata.name;
}

import type { Cluster } from '../cluster.ts';
import { storeKey } from '../resources/resource-type.ts';
import { removeObject } from '../writes/remove.ts';
import type { Controller } from './controller.ts';
import { ensure } from './keep.ts';

/** Every namespace has a default service account and the cluster's certificate; one that goes takes everything in it along. */
export function namespaces(cluster: Cluster): Controller {
  return {
    name: 'namespace-controller',
    keysFor: ({ key, kind, object }) => {
      if (key === 'namespaces') return kind === 'DELETED' ? [] : [object.metadata.name];
      const { namespace } = object.metadata;
      return kind === 'DELETED' && namespace !== undefined ? [namespace] : [];
    },
    reconcile: name => {
      const namespace = cluster.store.get('namespaces', undefined, name);
      if (namespace === undefined) return;
      if (namespace.metadata.deletionTimestamp === undefined) return furnish(cluster, name);
      const left = cluster.types
        .all()
        .filter(type => type.namespaced && !type.isReview)
        .flatMap(type => cluster.store.list(storeKey(type), name).map(object => ({ type, object })));
      const isLate = (key: string) => key === 'events';
      for (const { type, object } of left) if (!isLate(storeKey(type))) removeObject(cluster, type, object);
      if (
        left.some(
          ({ type, object }) =>
            !isLate(storeKey(type)) && cluster.store.get(storeKey(type), name, object.metadata.name) !== undefined,
        )
      )
        return;
      for (const event of cluster.store.list('events', name)) cluster.store.remove('events', name, event.metadata.name);
      cluster.store.remove('namespaces', undefined, name);
    },
  };
}

function furnish(cluster: Cluster, namespace: string): void {
  if (cluster.store.get('serviceaccounts', namespace, 'default') === undefined) {
    ensure(cluster, 'serviceaccounts', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace },
    });
  }
  if (cluster.store.get('configmaps', namespace, 'kube-root-ca.crt') === undefined) {
    ensure(cluster, 'configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt', namespace },
      data: { 'ca.crt': 'the certificate authority of the sandbox' },
    });
  }
}

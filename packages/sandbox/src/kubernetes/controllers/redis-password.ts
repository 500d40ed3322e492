import { randomBytes } from 'node:crypto';
import type { Cluster } from '../cluster.ts';
import { at, objects, strings } from '../objects.ts';
import { type Controller, keyOf, placeOf } from './controller.ts';
import { create, isTrue } from './keep.ts';

const command = 'argocd admin redis-initial-password';

/** Jobs by which Argo CD's chart makes the password of Redis, which its pods wait for: what they leave behind when they are done. */
export function redisPasswords(cluster: Cluster): Controller {
  return {
    name: 'argocd-redis-initial-password',
    keysFor: ({ key, kind, object }) =>
      key === 'jobs.batch' && kind !== 'DELETED' && isTrue(object, 'Complete') ? [keyOf(object)] : [],
    reconcile: key => {
      const job = cluster.store.get('jobs.batch', ...placeOf(key));
      const isOne = objects(at(job, 'spec', 'template', 'spec')['containers']).some(one =>
        strings(one['command']).join(' ').startsWith(command),
      );
      const namespace = job?.metadata.namespace;
      // A password that is there is kept, as the program does.
      if (!isOne || cluster.store.get('secrets', namespace, 'argocd-redis') !== undefined) return;
      const auth = Buffer.from(randomBytes(8).toString('hex')).toString('base64');
      create(
        cluster,
        'secrets',
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'argocd-redis', ...(namespace === undefined ? {} : { namespace }) },
          type: 'Opaque',
          data: { auth },
        },
        'argocd',
      );
    },
  };
}

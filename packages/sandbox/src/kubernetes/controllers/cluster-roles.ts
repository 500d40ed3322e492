import type { Cluster } from '../cluster.ts';
import { at, isSame, objects, stringMap } from '../objects.ts';
import { labelSelector } from '../resources/selectors.ts';
import type { Controller } from './controller.ts';
import { change } from './keep.ts';

const key = 'clusterroles.rbac.authorization.k8s.io';

/** Roles that are the sum of others: `admin`, `edit`, `view`, and those of charts. */
export function clusterRoles(cluster: Cluster): Controller {
  return {
    name: 'clusterrole-aggregation-controller',
    keysFor: ({ key: changed }) =>
      changed !== key
        ? []
        : cluster.store
            .list(key)
            .filter(role => role['aggregationRule'] !== undefined)
            .map(role => role.metadata.name),
    reconcile: name => {
      const role = cluster.store.get(key, undefined, name);
      const selectors = objects(at(role, 'aggregationRule')['clusterRoleSelectors']).map(labelSelector);
      if (role === undefined || selectors.length === 0) return;
      const parts = cluster.store
        .list(key)
        .filter(one => one !== role && selectors.some(isMeant => isMeant(stringMap(one.metadata.labels))));
      const rules = parts
        .flatMap(part => objects(part['rules']))
        .filter((rule, index, all) => all.findIndex(other => isSame(rule, other)) === index);
      if (isSame(role['rules'] ?? [], rules)) return;
      change(
        cluster,
        key,
        role,
        object => {
          object['rules'] = rules;
        },
        'clusterrole-aggregation-controller',
      );
    },
  };
}

import type { Authorizer, User } from '../access/attributes.ts';
import { at, type KubeObject } from '../objects.ts';
import { type ResourceType, storeKey } from '../resources/resource-type.ts';
import { refusals } from '../status.ts';
import type { Store } from '../store/store.ts';
import { findRole, rulesFor } from './evaluate.ts';
import { inWords, notCovered, type Rule, rulesOf } from './rules.ts';

const group = 'rbac.authorization.k8s.io';

/**
 * Nobody gives away what he does not hold, unless he may `escalate` (of roles) or `bind` (of bindings). Throws the server's refusal
 * (k8s.io/kubernetes, `pkg/registry/rbac`).
 */
export function refuseEscalation(
  store: Store,
  authorize: Authorizer,
  user: User,
  type: ResourceType,
  object: KubeObject,
): void {
  const key = storeKey(type);
  const { namespace, name } = object.metadata;
  const isRole = key === `roles.${group}` || key === `clusterroles.${group}`;
  const isBinding = key === `rolebindings.${group}` || key === `clusterrolebindings.${group}`;
  if (!isRole && !isBinding) return;
  const { kind, name: roleName } = at(object, 'roleRef');
  const asked = isRole
    ? { verb: 'escalate', group, resource: type.plural, name }
    : { verb: 'bind', group, resource: kind === 'ClusterRole' ? 'clusterroles' : 'roles', name: String(roleName) };
  if (user.groups.includes('system:masters')) return;
  if (authorize(user, { ...asked, ...(namespace === undefined ? {} : { namespace }) }).allowed) return;
  const role = isRole ? object : findRole(store, String(kind), String(roleName), namespace);
  if (role === undefined) {
    throw refusals.notFound({ group, plural: asked.resource, kind: String(kind) }, String(roleName));
  }
  const missing = notCovered(rulesFor(store, user, namespace), rulesOf(role));
  if (missing.length > 0) throw refusals.forbidden(type, name, sentence(user, missing));
}

function sentence(user: User, missing: readonly Rule[]): string {
  const groups = user.groups.map(one => JSON.stringify(one)).join(' ');
  const rules = missing.map(inWords).join('\n');
  return `user ${JSON.stringify(user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${rules}`;
}

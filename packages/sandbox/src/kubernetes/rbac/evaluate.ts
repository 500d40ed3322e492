import type { Attributes, Decision, User } from '../access/attributes.ts';
import { at, type Fields, type KubeObject, objects } from '../objects.ts';
import type { Store } from '../store/store.ts';
import { allows, type Rule, rulesOf } from './rules.ts';

const group = 'rbac.authorization.k8s.io';

/** One binding's gift to a user. */
interface Grant {
  readonly rules: readonly Rule[];
  /** `ClusterRoleBinding "x" of ClusterRole "y" to Group "z"` */
  readonly words: string;
}

/** Kubernetes' own role-based access control, over the roles and bindings that a cluster holds. */
export function evaluateRbac(store: Store, user: User, attributes: Attributes): Decision {
  const namespace = 'path' in attributes ? undefined : attributes.namespace;
  for (const { rules, words } of grantsOf(store, user, namespace)) {
    if (rules.some(rule => allows(rule, attributes))) return { allowed: true, reason: `RBAC: allowed by ${words}` };
  }
  return { allowed: false, reason: '' };
}

/** Everything that RBAC lets a user do in a namespace, or in all of them. */
export function rulesFor(store: Store, user: User, namespace: string | undefined): readonly Rule[] {
  return grantsOf(store, user, namespace).flatMap(({ rules }) => rules);
}

function grantsOf(store: Store, user: User, namespace: string | undefined): readonly Grant[] {
  const everywhere = store.list(`clusterrolebindings.${group}`).flatMap(binding => grantOf(store, binding, user));
  if (namespace === undefined) return everywhere;
  const here = store.list(`rolebindings.${group}`, namespace).flatMap(binding => grantOf(store, binding, user));
  return [...everywhere, ...here];
}

function grantOf(store: Store, binding: KubeObject, user: User): readonly Grant[] {
  const { namespace, name } = binding.metadata;
  const subject = objects(binding['subjects']).find(one => isMeant(one, user, namespace));
  if (subject === undefined) return [];
  const { kind, name: role } = at(binding, 'roleRef');
  const place = namespace === undefined ? name : `${name}/${namespace}`;
  const words = `${binding.kind} ${JSON.stringify(place)} of ${String(kind)} ${JSON.stringify(role)} to ${String(subject['kind'])} ${JSON.stringify(subject['name'])}`;
  return [{ rules: rulesOf(findRole(store, String(kind), String(role), namespace)), words }];
}

export function findRole(
  store: Store,
  kind: string,
  name: string,
  namespace: string | undefined,
): KubeObject | undefined {
  return kind === 'ClusterRole'
    ? store.get(`clusterroles.${group}`, undefined, name)
    : store.get(`roles.${group}`, namespace, name);
}

function isMeant(subject: Readonly<Fields>, user: User, namespace: string | undefined): boolean {
  const { kind, name } = subject;
  if (kind === 'User') return name === user.name;
  if (kind === 'Group') return user.groups.includes(String(name));
  const account = `system:serviceaccount:${String(subject['namespace'] ?? namespace)}:${String(name)}`;
  return kind === 'ServiceAccount' && user.name === account;
}

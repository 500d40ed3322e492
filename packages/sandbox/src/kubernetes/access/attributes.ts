/** Who asks. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** What is asked for, as Kubernetes' authorizers see it. */
export type Attributes = ResourceAttributes | PathAttributes;

export interface ResourceAttributes {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`, or a special one such as `escalate`. */
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Undefined for all namespaces, and for what stands outside of them. */
  readonly namespace?: string;
  readonly name?: string;
}

export interface PathAttributes {
  readonly verb: string;
  readonly path: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** Empty when there is nothing to say. */
  readonly reason: string;
}

export type Authorizer = (user: User, attributes: Attributes) => Decision;

/** `User "x" cannot list resource "pods" in API group "" in the namespace "y"` */
export function refusalOf(user: User, attributes: Attributes, { reason }: Decision): string {
  const why = reason === '' ? '' : `: ${reason}`;
  const who = `User ${JSON.stringify(user.name)} cannot ${attributes.verb}`;
  if ('path' in attributes) return `${who} path ${JSON.stringify(attributes.path)}${why}`;
  const { group, resource, subresource, namespace } = attributes;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}${why}`;
}

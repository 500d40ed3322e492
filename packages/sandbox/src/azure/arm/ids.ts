/** Ids of the resource manager: compared without regard to case, shown in the case they were given. */

export interface ResourcePath {
  /** What the provider part hangs on: `''`, a subscription, a group, or a resource (for extensions like role assignments). */
  readonly scope: string;
  /** `Microsoft.Network` */
  readonly namespace: string;
  /** Alternating types and names after the namespace; one more type than names stands for a collection or an action. */
  readonly types: readonly string[];
  readonly names: readonly string[];
}

/** Splits at the last `/providers/`; undefined when there is none. */
export function parseResourcePath(path: string): ResourcePath | undefined {
  const at = path.toLowerCase().lastIndexOf('/providers/');
  if (at < 0) return undefined;
  const [namespace = '', ...rest] = path
    .slice(at + '/providers/'.length)
    .split('/')
    .filter(part => part !== '');
  return {
    scope: path.slice(0, at),
    namespace,
    types: rest.filter((_, index) => index % 2 === 0),
    names: rest.filter((_, index) => index % 2 === 1).map(name => decodeURIComponent(name)),
  };
}

/** `Microsoft.Network/virtualNetworks/subnets` */
export function typeOf(path: ResourcePath, depth = path.types.length): string {
  return [path.namespace, ...path.types.slice(0, depth)].join('/');
}

/** The resource that a path lies under: its parent in the same namespace, or undefined at the top. */
export function parentIdOf(id: string): string | undefined {
  const path = parseResourcePath(id);
  return path === undefined || path.names.length < 2 ? undefined : id.split('/').slice(0, -2).join('/');
}

export function subscriptionOf(id: string): string | undefined {
  return /^\/subscriptions\/([^/]+)/i.exec(id)?.[1]?.toLowerCase();
}

/** Name of the resource group, in the case given. */
export function groupOf(id: string): string | undefined {
  return /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)/i.exec(id)?.[1];
}

export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

export function groupId(subscription: string, group: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}`;
}

export function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

import { randomUUID } from 'node:crypto';
import { at, type Body, properties, text } from '../body.ts';
import type { Resource } from '../store.ts';
import type { ArmContext, Link, PutCall } from '../type.ts';

/** The `identity` of a resource as Azure completes it; nothing when the resource has none. */
export function identityOf({ sent, existing, tenant, context }: PutCall): Body {
  const asked = at(sent, 'identity');
  const type = text(asked['type']);
  if (type === undefined || type === 'None') return {};
  const before = at(existing?.body, 'identity');
  const users = Object.keys(at(asked, 'userAssignedIdentities')).map(id => {
    const { clientId, principalId } = properties(context.store.get(id)?.body);
    return [id, { clientId, principalId }] as const;
  });
  return {
    identity: {
      ...(/SystemAssigned/i.test(type) ? { principalId: before['principalId'] ?? randomUUID(), tenantId: tenant } : {}),
      ...(users.length === 0 ? {} : { userAssignedIdentities: Object.fromEntries(users) }),
    },
  };
}

/** The principal of a resource's own identity lives and ends with the resource. */
export function knowIdentity(resource: Resource, { context, tenant, name }: PutCall): void {
  const principalId = text(at(resource.body, 'identity')['principalId']);
  if (principalId === undefined || context.directory.byObjectId(principalId) !== undefined) return;
  context.directory.add({ tenant, name, objectId: principalId, resourceId: resource.id });
}

export function forgetIdentity(resource: Resource, { directory }: ArmContext): void {
  const principal = directory.byResourceId(resource.id);
  if (principal !== undefined) directory.remove(principal);
}

export function identityLinks(sent: Readonly<Body>): Link[] {
  return Object.keys(at(sent, 'identity', 'userAssignedIdentities')).map(id => ({
    id,
    action: 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
  }));
}

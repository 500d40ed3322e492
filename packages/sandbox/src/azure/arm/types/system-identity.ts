import { randomUUID } from 'node:crypto';
import { at, type Body, properties, text } from '../body.ts';
import type { Resource } from '../store.ts';
import type { ArmContext, PutCall } from '../type.ts';

/** What Azure adds to an `identity`: who it is, and of identities that were brought along what they are called. */
export function completeIdentity({ sent, existing, tenant, context }: PutCall): Body {
  const asked = at(sent, 'identity');
  const type = text(asked['type']) ?? '';
  const brought = Object.keys(at(asked, 'userAssignedIdentities'));
  return {
    ...(type.includes('SystemAssigned')
      ? {
          tenantId: tenant,
          principalId: text(at(existing?.body, 'identity')['principalId']) ?? randomUUID(),
        }
      : {}),
    ...(brought.length === 0
      ? {}
      : {
          userAssignedIdentities: Object.fromEntries(
            brought.map(id => {
              const { clientId, principalId } = properties(context.store.get(id)?.body);
              return [id, { clientId, principalId }];
            }),
          ),
        }),
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

export function identityLinks(sent: Readonly<Body>): { id: string; action: string }[] {
  return Object.keys(at(sent, 'identity', 'userAssignedIdentities')).map(id => ({
    id,
    action: 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
  }));
}

import { randomUUID } from 'node:crypto';
import { at, type Body, properties, text } from '../body.ts';
import type { PutCall } from '../type.ts';

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

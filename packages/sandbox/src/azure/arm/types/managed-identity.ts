import { randomUUID } from 'node:crypto';
import { list, merge, properties, text } from '../body.ts';
import { parentIdOf } from '../ids.ts';
import type { TypeBehaviour } from '../type.ts';

export const userAssignedIdentities: TypeBehaviour = {
  type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
  isTracked: true,
  isStateless: true,
  fill: ({ sent, existing, tenant }) =>
    merge(sent, {
      properties: {
        tenantId: tenant,
        principalId: properties(existing?.body)['principalId'] ?? randomUUID(),
        clientId: properties(existing?.body)['clientId'] ?? randomUUID(),
      },
    }),
  stored: (resource, { context, tenant, name, existing }) => {
    if (existing !== undefined) return;
    const { clientId, principalId } = properties(resource.body);
    context.directory.add({
      tenant,
      name,
      resourceId: resource.id,
      clientId: String(clientId),
      objectId: String(principalId),
    });
  },
  removed: (resource, { directory }) => {
    const principal = directory.byResourceId(resource.id);
    if (principal !== undefined) directory.remove(principal);
  },
};

/** Holds in Entra from the moment it is written. */
export const federatedIdentityCredentials: TypeBehaviour = {
  type: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials',
  isStateless: true,
  stored: (resource, { context, name }) => {
    const { issuer, subject, audiences } = properties(resource.body);
    context.directory.byResourceId(parentIdOf(resource.id) ?? '')?.credentials.set(name.toLowerCase(), {
      name,
      issuer: text(issuer) ?? '',
      subject: text(subject) ?? '',
      audiences: list(audiences).map(String),
    });
  },
  removed: (resource, { directory }) =>
    void directory.byResourceId(parentIdOf(resource.id) ?? '')?.credentials.delete(resource.name.toLowerCase()),
};

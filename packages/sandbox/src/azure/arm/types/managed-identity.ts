import { randomUUID } from 'node:crypto';
import { list, merge, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
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

// Microsoft Learn, "Important considerations and restrictions for federated identity credentials".
const mostCredentials = 20;

/** Holds in Entra from the moment it is written. */
export const federatedIdentityCredentials: TypeBehaviour = {
  type: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials',
  isStateless: true,
  check: ({ context, id, name, sent }) => {
    const others = [...(context.directory.byResourceId(parentIdOf(id) ?? '')?.credentials.values() ?? [])].filter(
      one => one.name.toLowerCase() !== name.toLowerCase(),
    );
    const { issuer, subject } = properties(sent);
    if (others.some(one => one.issuer === issuer && one.subject === subject)) {
      throw new ArmError(409, 'Conflict', `Issuer and subject combination already exists for this Managed Identity.`);
    }
    if (others.length < mostCredentials) return;
    throw new ArmError(
      400,
      'BadRequest',
      `Too many Federated Identity Credentials have been configured on the managed identity '${parentIdOf(id)}'. No more than ${mostCredentials} Federated Identity Credentials may be configured on a managed identity.`,
    );
  },
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

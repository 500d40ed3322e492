import { type IdKind, parentOf, parseId } from '../arm/ids.ts';
import { normaliseLocation } from '../schema/plan.ts';
import { armResource, namedParts } from './arm-resource.ts';
import { text, textAt, textMap, textMapAt, texts, textsAt } from './shape.ts';

const identityVersion = '2024-11-30';

export const identityKind: IdKind = {
  label: 'User Assigned Identity',
  namespace: 'Microsoft.ManagedIdentity',
  segments: [['userAssignedIdentities', 'User Assigned Identity Name']],
};

export const userAssignedIdentity = armResource({
  type: 'azurerm_user_assigned_identity',
  kind: identityKind,
  apiVersion: identityVersion,
  parts: namedParts('userAssignedIdentities'),
  toArm: planned => ({
    location: planned['location'],
    tags: textMap(planned, 'tags'),
    properties: { isolationScope: text(planned, 'isolation_scope') ?? 'None' },
  }),
  fromArm: (body, parts) => {
    const scope = textAt(body, 'properties', 'isolationScope');
    return {
      name: parts['userAssignedIdentities'],
      resource_group_name: parts['resourceGroups'],
      location: normaliseLocation(textAt(body, 'location')),
      tags: textMapAt(body, 'tags'),
      isolation_scope: scope === 'None' ? '' : scope,
      client_id: textAt(body, 'properties', 'clientId'),
      principal_id: textAt(body, 'properties', 'principalId'),
      tenant_id: textAt(body, 'properties', 'tenantId'),
    };
  },
});

export const federatedIdentityCredential = armResource({
  type: 'azurerm_federated_identity_credential',
  kind: {
    label: 'Federated Identity Credential',
    namespace: 'Microsoft.ManagedIdentity',
    segments: [
      ['userAssignedIdentities', 'User Assigned Identity Name'],
      ['federatedIdentityCredentials', 'Federated Identity Credential Name'],
    ],
  },
  apiVersion: identityVersion,
  parts: planned => ({
    ...parseId(identityKind, String(planned['user_assigned_identity_id'])),
    federatedIdentityCredentials: String(planned['name']),
  }),
  // Azure refuses two credentials of one identity that are written at once.
  lock: id => parentOf(id),
  toArm: planned => ({
    properties: {
      audiences: texts(planned, 'audience'),
      issuer: text(planned, 'issuer'),
      subject: text(planned, 'subject'),
    },
  }),
  fromArm: (body, parts) => ({
    name: parts['federatedIdentityCredentials'],
    user_assigned_identity_id: `/subscriptions/${parts['subscriptions']}/resourceGroups/${parts['resourceGroups']}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${parts['userAssignedIdentities']}`,
    audience: textsAt(body, 'properties', 'audiences'),
    issuer: textAt(body, 'properties', 'issuer'),
    subject: textAt(body, 'properties', 'subject'),
  }),
});

import { createHash } from 'node:crypto';
import { json } from '../../../network/http.ts';
import { addContainer } from '../../blob-store.ts';
import { at, list, merge, properties } from '../body.ts';
import { ArmError } from '../errors.ts';
import { nameOf, parentIdOf, sameId } from '../ids.ts';
import { isNameTaken } from '../names.ts';
import type { TypeBehaviour } from '../type.ts';
import { identityOf } from './identity.ts';
import { link } from './network.ts';
import { withConnections } from './private-endpoints.ts';

export const storageAccounts: TypeBehaviour = {
  type: 'Microsoft.Storage/storageAccounts',
  // A 201 is refused by the provider, which then forgets the account.
  createdStatus: 200,
  isTracked: true,
  links: sent =>
    list(at(sent, 'properties', 'networkAcls')['virtualNetworkRules']).flatMap(rule =>
      link(rule, 'Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action'),
    ),
  view: withConnections,
  check: ({ context, id, name }) => {
    const taken = context.accounts.get(name);
    const isTaken =
      taken === undefined ? isNameTaken(context, storageAccounts.type, name, id) : !sameId(taken.resourceId, id);
    if (isTaken) {
      throw new ArmError(409, 'StorageAccountAlreadyTaken', `The storage account named ${name} is already taken.`);
    }
  },
  fill: call => {
    const { sent, existing, name, context } = call;
    const location = String(sent['location'] ?? existing?.body['location'] ?? '');
    const created = properties(existing?.body)['creationTime'] ?? new Date(context.clock.now()).toISOString();
    const service = { enabled: true, keyType: 'Account', lastEnabledTime: created };
    const endpoint = (kind: string, rank = '') => `https://${name}${rank}.${kind}.core.windows.net/`;
    return merge(
      {
        kind: 'StorageV2',
        properties: {
          accessTier: 'Hot',
          allowBlobPublicAccess: false,
          allowCrossTenantReplication: false,
          allowSharedKeyAccess: true,
          minimumTlsVersion: 'TLS1_2',
          supportsHttpsTrafficOnly: true,
          publicNetworkAccess: 'Enabled',
          networkAcls: { bypass: 'AzureServices', defaultAction: 'Allow', ipRules: [], virtualNetworkRules: [] },
          encryption: { keySource: 'Microsoft.Storage', services: { blob: service, file: service } },
          privateEndpointConnections: [],
        },
      },
      sent,
      identityOf(call),
      {
        sku: { tier: String(at(sent, 'sku')['name'] ?? 'Standard_LRS').split('_')[0] },
        properties: {
          creationTime: created,
          primaryLocation: location,
          statusOfPrimary: 'available',
          primaryEndpoints: {
            blob: endpoint('blob'),
            dfs: endpoint('dfs'),
            file: endpoint('file'),
            queue: endpoint('queue'),
            table: endpoint('table'),
            web: endpoint('z6.web'),
          },
          // A geo-redundant account has a second region, which only its readable kind shows addresses for.
          ...(/GRS|GZRS/.test(String(at(sent, 'sku')['name']))
            ? { secondaryLocation: pairs[location.toLowerCase()] ?? 'northeurope', statusOfSecondary: 'available' }
            : {}),
          ...(/RAG/.test(String(at(sent, 'sku')['name']))
            ? {
                secondaryEndpoints: {
                  blob: endpoint('blob', '-secondary'),
                  dfs: endpoint('dfs', '-secondary'),
                  queue: endpoint('queue', '-secondary'),
                  table: endpoint('table', '-secondary'),
                  web: endpoint('z6.web', '-secondary'),
                },
              }
            : {}),
        },
      },
    );
  },
  stored: (resource, { context, name, tenant, existing }) => {
    if (existing !== undefined) return;
    context.accounts.set(name, { name, tenant, resourceId: resource.id, containers: new Map() });
    context.create(`${resource.id}/blobServices/default`, {
      properties: { cors: { corsRules: [] }, deleteRetentionPolicy: { allowPermanentDelete: false, enabled: false } },
    });
    context.create(`${resource.id}/fileServices/default`, {
      properties: { cors: { corsRules: [] }, shareDeleteRetentionPolicy: { enabled: true, days: 7 } },
    });
  },
  removed: (resource, { accounts }) => void accounts.delete(resource.name),
  actions: {
    listkeys: ({ resource }) => json(200, { keys: [1, 2].map(number => key(resource.id, number)) }),
  },
};

export const blobServices: TypeBehaviour = {
  type: 'Microsoft.Storage/storageAccounts/blobServices',
  isStateless: true,
};

export const fileServices: TypeBehaviour = {
  type: 'Microsoft.Storage/storageAccounts/fileServices',
  isStateless: true,
};

export const containers: TypeBehaviour = {
  type: 'Microsoft.Storage/storageAccounts/blobServices/containers',
  isStateless: true,
  fill: ({ sent }) =>
    merge(
      {
        properties: {
          publicAccess: 'None',
          leaseStatus: 'Unlocked',
          leaseState: 'Available',
          defaultEncryptionScope: '$account-encryption-key',
          denyEncryptionScopeOverride: false,
          hasImmutabilityPolicy: false,
          hasLegalHold: false,
        },
      },
      sent,
    ),
  stored: (resource, { context, name }) => {
    const account = context.accounts.get(accountOf(resource.id));
    if (account !== undefined && !account.containers.has(name)) addContainer(account, name, context.clock.now());
  },
  removed: (resource, { accounts }) => void accounts.get(accountOf(resource.id))?.containers.delete(resource.name),
};

export const managementPolicies: TypeBehaviour = {
  type: 'Microsoft.Storage/storageAccounts/managementPolicies',
  createdStatus: 200,
  isStateless: true,
  check: ({ name }) => {
    if (name === 'default') return;
    throw new ArmError(
      400,
      'InvalidManagementPolicyName',
      `The management policy of an account is named 'default', not '${name}'.`,
    );
  },
};

/** Microsoft Learn, "Azure region pairs". */
const pairs: Readonly<Record<string, string>> = {
  westeurope: 'northeurope',
  northeurope: 'westeurope',
  eastus: 'westus',
  uksouth: 'ukwest',
  germanywestcentral: 'germanynorth',
  swedencentral: 'swedensouth',
  westus2: 'westcentralus',
};

function accountOf(containerId: string): string {
  return nameOf(parentIdOf(parentIdOf(containerId) ?? '') ?? '');
}

function key(id: string, number: number): object {
  const value = createHash('sha512').update(`${id.toLowerCase()} ${number}`).digest('base64');
  return { keyName: `key${number}`, value, permissions: 'FULL' };
}

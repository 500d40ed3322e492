import { type Body, merge, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { isNameTaken } from '../names.ts';
import { makeEtag } from '../store.ts';
import type { PutCall, TypeBehaviour } from '../type.ts';
import { withConnections } from './private-endpoints.ts';

const day = 86_400_000;

/** A vault that is deleted can be brought back under its name for a while, and blocks the name until it is purged. */
export const vaults: TypeBehaviour = {
  type: 'Microsoft.KeyVault/vaults',
  createdStatus: 200,
  isTracked: true,
  check: call => {
    const { existing, name, sent } = call;
    const { createMode, enablePurgeProtection, softDeleteRetentionInDays } = properties(sent);
    checkIrrevocable(properties(existing?.body), { enablePurgeProtection, softDeleteRetentionInDays });
    if (existing !== undefined) return;
    if (call.context.store.get(deletedId(call)) === undefined) return checkNameFree(call);
    if (createMode === 'recover') return;
    throw new ArmError(
      409,
      'ConflictError',
      `A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete. (${name})`,
    );
  },
  fill: ({ sent, name }) =>
    merge(
      {
        properties: {
          accessPolicies: [],
          enabledForDeployment: false,
          enableSoftDelete: true,
          softDeleteRetentionInDays: 90,
          publicNetworkAccess: 'Enabled',
        },
      },
      sent,
      { properties: { vaultUri: `https://${name}.vault.azure.net/` } },
    ),
  view: withConnections,
  stored: (resource, call) => {
    call.context.store.delete(deletedId(call));
    // It says how to create, and is not kept.
    const { createMode: _, ...kept } = properties(resource.body);
    resource.body = { ...resource.body, properties: kept };
  },
  removed: ({ id, name, body }, { store, clock }) => {
    const subscription = id.split('/')[2] ?? '';
    const location = String(body['location']);
    const { softDeleteRetentionInDays, enablePurgeProtection } = properties(body);
    const now = clock.now();
    store.set({
      id: deletedId({ subscription, sent: body, name }),
      type: deletedVaults.type,
      name,
      etag: makeEtag(),
      body: {
        properties: {
          vaultId: id,
          location,
          tags: body['tags'] ?? {},
          deletionDate: new Date(now).toISOString(),
          scheduledPurgeDate: new Date(now + Number(softDeleteRetentionInDays) * day).toISOString(),
          ...(enablePurgeProtection === true ? { purgeProtectionEnabled: true } : {}),
        },
      },
    });
  },
};

export const deletedVaults: TypeBehaviour = {
  type: 'Microsoft.KeyVault/locations/deletedVaults',
  isStateless: true,
  actions: {
    purge: ({ resource, context, request }) => {
      if (properties(resource.body)['purgeProtectionEnabled'] === true) {
        throw new ArmError(409, 'MethodNotAllowed', 'Operation "DeletedVaultPurge" is not allowed.');
      }
      const { id, type } = resource;
      const { name } = context.operations.start({ kind: 'delete', type, id }, succeeded => {
        if (succeeded) context.remove(resource);
      });
      const location = id.split('/').slice(0, 7).join('/');
      const query = `api-version=${request.query.get('api-version')}`;
      return {
        status: 202,
        headers: {
          Location: `https://management.azure.com${location}/operationresults/${name}?${query}`,
          'Retry-After': String(context.retryAfter),
        },
      };
    },
  },
};

/** Names of vaults are global, those of deleted ones too. */
function checkNameFree({ context, name, id }: PutCall): void {
  if (!isNameTaken(context, vaults.type, name, id)) return;
  throw new ArmError(
    409,
    'VaultAlreadyExists',
    `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken. If you are sure that the vault name was not taken then it is possible that a vault with the same name was recently deleted but not purged after being placed in a recoverable state. If the vault is in a recoverable state then the vault will need to be purged before reusing the name. For more information about VaultAlreadyExists and soft delete follow this link https://go.microsoft.com/fwlink/?linkid=2147740.`,
  );
}

function checkIrrevocable(before: Readonly<Body>, wanted: Readonly<Body>): void {
  if (wanted['enablePurgeProtection'] === false) {
    throw new ArmError(
      400,
      'BadRequest',
      'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.',
    );
  }
  const days = wanted['softDeleteRetentionInDays'];
  if (
    before['softDeleteRetentionInDays'] === undefined ||
    days === undefined ||
    days === before['softDeleteRetentionInDays']
  )
    return;
  throw new ArmError(
    400,
    'BadRequest',
    'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.',
  );
}

function deletedId({ subscription, sent, name }: Pick<PutCall, 'subscription' | 'sent' | 'name'>): string {
  const location = (text(sent['location']) ?? '').toLowerCase().replaceAll(' ', '');
  return `/subscriptions/${subscription}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`;
}

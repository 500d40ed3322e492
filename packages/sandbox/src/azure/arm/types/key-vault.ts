import { merge, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { isNameTaken } from '../names.ts';
import { makeEtag } from '../store.ts';
import type { PutCall, TypeBehaviour } from '../type.ts';

const day = 86_400_000;

/** A vault that is deleted can be brought back under its name for a while, and blocks the name until it is purged. */
export const vaults: TypeBehaviour = {
  type: 'Microsoft.KeyVault/vaults',
  createdStatus: 200,
  isTracked: true,
  check: call => {
    const { existing, name, sent } = call;
    if (existing !== undefined || properties(sent)['createMode'] === 'recover') return;
    if (call.context.store.get(deletedId(call)) === undefined) {
      if (!isNameTaken(call.context, vaults.type, name, call.id)) return;
      throw new ArmError(
        409,
        'VaultAlreadyExists',
        `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken. If you are sure that the vault name was not taken then it is possible that a vault with the same name was recently deleted but not purged after being placed in a recoverable state.`,
      );
    }
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
  stored: (_, call) => call.context.store.delete(deletedId(call)),
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

function deletedId({ subscription, sent, name }: Pick<PutCall, 'subscription' | 'sent' | 'name'>): string {
  const location = (text(sent['location']) ?? '').toLowerCase().replaceAll(' ', '');
  return `/subscriptions/${subscription}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`;
}

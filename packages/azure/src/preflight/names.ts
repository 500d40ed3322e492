import { asBoolean, asObject, asString } from '@suite/foundation';
import type { Answer } from './answer.ts';
import { type Arm, properties } from './arm.ts';

/** Services whose names are unique in all of Azure. */
export type NamedService = 'registry' | 'vault' | 'storage';

export interface NameAnswer {
  readonly available: boolean;
  /** `AlreadyExists`, `AccountNameInvalid`, `Invalid` … */
  readonly reason: string;
  /** Azure's sentence. */
  readonly message: string;
}

/** A vault that was deleted and can still be brought back. */
export interface DeletedVault {
  /** What its id was. */
  readonly id: string;
  readonly purgeProtection: boolean;
  /** ISO 8601; when Azure removes it for good. */
  readonly purgedAt: string | undefined;
}

const services = {
  registry: { type: 'Microsoft.ContainerRegistry/registries', apiVersion: '2025-11-01' },
  vault: { type: 'Microsoft.KeyVault/vaults', apiVersion: '2026-02-01' },
  storage: { type: 'Microsoft.Storage/storageAccounts', apiVersion: '2025-08-01' },
} as const;

export function checkName(
  arm: Arm,
  subscription: string,
  service: NamedService,
  name: string,
): Promise<Answer<NameAnswer>> {
  const { type, apiVersion } = services[service];
  const [namespace = ''] = type.split('/');
  return arm.ask(
    {
      path: `/subscriptions/${subscription}/providers/${namespace}/checkNameAvailability`,
      apiVersion,
      body: { name, type },
      doing: `asking whether the name ${name} is free`,
      // A question by POST, but a right to read: Reader has it.
      right: { action: `${namespace}/checkNameAvailability/read`, scope: `/subscriptions/${subscription}` },
    },
    body => {
      const { nameAvailable, reason, message } = asObject(body);
      return {
        available: asBoolean(nameAvailable) ?? false,
        reason: asString(reason) ?? '',
        message: asString(message) ?? '',
      };
    },
  );
}

/** Undefined when no vault of that name was deleted in this subscription and location. */
export function findDeletedVault(
  arm: Arm,
  subscription: string,
  location: string,
  name: string,
): Promise<Answer<DeletedVault | undefined>> {
  return arm.find(
    {
      path: `/subscriptions/${subscription}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`,
      apiVersion: services.vault.apiVersion,
      doing: `asking whether the vault ${name} was deleted`,
      right: { action: 'Microsoft.KeyVault/locations/deletedVaults/read', scope: `/subscriptions/${subscription}` },
    },
    body => {
      const { vaultId, purgeProtectionEnabled, scheduledPurgeDate } = properties(body);
      return {
        id: asString(vaultId) ?? '',
        purgeProtection: asBoolean(purgeProtectionEnabled) ?? false,
        purgedAt: asString(scheduledPurgeDate),
      };
    },
  );
}

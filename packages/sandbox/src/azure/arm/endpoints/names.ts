import { json } from '../../../network/http.ts';
import { text } from '../body.ts';
import { isNameTaken } from '../names.ts';
import { readBody } from '../resources.ts';
import type { Endpoint, Endpoints } from './endpoint.ts';

/** How a service whose names are unique in the world judges one. */
interface NameRules {
  readonly type: string;
  readonly action: string;
  readonly pattern: RegExp;
  readonly invalid: { readonly reason: string; readonly message: (name: string) => string };
  readonly taken: (name: string) => string;
}

const rules: readonly NameRules[] = [
  {
    type: 'Microsoft.ContainerRegistry/registries',
    action: 'Microsoft.ContainerRegistry/checkNameAvailability/read',
    pattern: /^[a-z0-9]{5,50}$/i,
    invalid: {
      reason: 'Invalid',
      message: () =>
        'Registry names may contain alpha numeric characters only and must be between 5 and 50 characters in length.',
    },
    taken: name => `The registry ${name} is already in use.`,
  },
  {
    type: 'Microsoft.Storage/storageAccounts',
    action: 'Microsoft.Storage/checknameavailability/read',
    pattern: /^[a-z0-9]{3,24}$/,
    invalid: {
      reason: 'AccountNameInvalid',
      message: name =>
        `${name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.`,
    },
    taken: name => `The storage account named ${name} is already taken.`,
  },
  {
    type: 'Microsoft.KeyVault/vaults',
    action: 'Microsoft.KeyVault/checkNameAvailability/read',
    pattern: /^(?!.*--)[a-z][a-z0-9-]{1,22}[a-z0-9]$/i,
    invalid: {
      reason: 'AccountNameInvalid',
      message: name =>
        `The vault name '${name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens.`,
    },
    taken: name =>
      `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken.`,
  },
];

/** `checkNameAvailability`: whether a name is free, and if not whether it is none or somebody has it. */
export const nameEndpoints: Endpoints = Object.fromEntries(
  rules.map(rule => [`${rule.type.split('/')[0]}/checkNameAvailability`, checkName(rule)]),
);

function checkName({ type, action, pattern, invalid, taken }: NameRules): Endpoint {
  return async ({ context, request, demand, subscription }) => {
    demand(action, `/subscriptions/${subscription}`);
    const name = text((await readBody(request))['name']) ?? '';
    if (!pattern.test(name)) {
      return json(200, { nameAvailable: false, reason: invalid.reason, message: invalid.message(name) });
    }
    return json(
      200,
      isNameTaken(context, type, name)
        ? { nameAvailable: false, reason: 'AlreadyExists', message: taken(name) }
        : { nameAvailable: true },
    );
  };
}

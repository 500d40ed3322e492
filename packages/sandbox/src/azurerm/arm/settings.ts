import type { ObjectValue } from '../schema/values.ts';
import { block } from '../types/shape.ts';
import { cloudOf, type Endpoints } from './endpoints.ts';

/** Who the provider acts as, and where. */
export interface ProviderSettings {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly clientId: string;
  /** Asked for a fresh assertion whenever a token is needed; undefined when a ready assertion was given. */
  readonly assertionSource:
    | { readonly kind: 'request'; readonly url: string; readonly token: string }
    | { readonly kind: 'token'; readonly token: string };
  readonly endpoints: Endpoints;
}

/**
 * The provider block over the environment, as azurerm orders them. Problems are its own sentences, as far as they are known.
 */
export function readSettings(
  config: ObjectValue,
  environment: NodeJS.ProcessEnv,
): { readonly settings: ProviderSettings } | { readonly problem: string } {
  const pick = (attribute: string, ...variables: readonly string[]): string | undefined => {
    const configured = config[attribute];
    if (typeof configured === 'string' && configured !== '') return configured;
    return variables.map(name => environment[name]).find(value => value !== undefined && value !== '');
  };
  const subscriptionId = pick('subscription_id', 'ARM_SUBSCRIPTION_ID');
  if (subscriptionId === undefined) {
    return { problem: '`subscription_id` is a required provider property when performing a plan/apply operation' };
  }
  const useOidc = config['use_oidc'] ?? environment['ARM_USE_OIDC']?.toLowerCase() === 'true';
  const tenantId = pick('tenant_id', 'ARM_TENANT_ID');
  const clientId = pick('client_id', 'ARM_CLIENT_ID');
  const token = pick('oidc_token', 'ARM_OIDC_TOKEN');
  const url = pick('oidc_request_url', 'ARM_OIDC_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_URL');
  const requestToken = pick('oidc_request_token', 'ARM_OIDC_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN');
  const assertionSource =
    token !== undefined
      ? ({ kind: 'token', token } as const)
      : url !== undefined && requestToken !== undefined
        ? ({ kind: 'request', url, token: requestToken } as const)
        : undefined;
  if (useOidc !== true || tenantId === undefined || clientId === undefined || assertionSource === undefined) {
    return {
      problem:
        "unable to build authorizer for Resource Manager API: could not configure OIDC Authorizer: the sandbox's azurerm authenticates with `use_oidc`, " +
        'a tenant id, a client id and an OIDC request URL and token, and at least one of them is missing',
    };
  }
  const endpoints = cloudOf(environment);
  if (endpoints === undefined) {
    return { problem: `the sandbox's azurerm knows no cloud named "${environment['ARM_ENVIRONMENT']}"` };
  }
  return { settings: { subscriptionId, tenantId, clientId, assertionSource, endpoints } };
}

/** The provider's `features` that the played types know. */
export interface Features {
  readonly keyVault: { readonly recoversDeleted: boolean; readonly purgesOnDestroy: boolean };
}

/** The `features` block as far as the played types know it; azurerm does all of it unless it is told not to. */
export function readFeatures(config: ObjectValue): Features {
  const vault = block(block(config, 'features'), 'key_vault');
  return {
    keyVault: {
      recoversDeleted: vault?.['recover_soft_deleted_key_vaults'] !== false,
      purgesOnDestroy: vault?.['purge_soft_delete_on_destroy'] !== false,
    },
  };
}

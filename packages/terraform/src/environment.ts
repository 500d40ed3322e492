import { childEnvironment, type Environment } from '@suite/action-kit';
import { UserError } from '@suite/foundation';
import type { Engine } from './engine.ts';

/** Who Terraform is towards Entra ID and Azure. All of it are ids; the proof is the job's OIDC token. */
export interface TerraformIdentity {
  readonly clientId: string;
  readonly tenant: string;
  readonly subscription: string;
  /** Terraform's name of the cloud: `public`, `usgovernment`, `china`. */
  readonly cloud: string;
  /** Audience of the OIDC token that this cloud's Entra ID expects. */
  readonly audience: string;
}

/**
 * Variables of Terraform itself that are handed on; everything else named `TF_*` or `ARM_*` is dropped: it could change
 * the plan (`TF_VAR_*`, `TF_CLI_ARGS*`, `TF_WORKSPACE`), attach another provider (`TF_REATTACH_PROVIDERS`), sign in as
 * somebody else (`ARM_*`), or print what plans and states hold (`TF_LOG*`).
 */
const handedOn = ['TF_CLI_CONFIG_FILE', 'TF_PLUGIN_CACHE_DIR', 'APPDATA'];

/** The complete environment of a command that calls nothing but the provider registry: it has no identity at all. */
export function toolEnvironment(env: Environment, dataDir: string): Record<string, string> {
  const child = childEnvironment(env);
  for (const [name, value] of Object.entries(env)) {
    // TF_TOKEN_<host> is how a company signs in to its own provider mirror.
    if (value !== undefined && (handedOn.includes(name) || name.startsWith('TF_TOKEN_'))) child[name] = value;
  }
  return { ...child, TF_DATA_DIR: dataDir, TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1' };
}

/**
 * The complete environment of a Terraform command. Identities travel here and nowhere else, because a saved plan carries
 * the backend's settings into the apply. `dataDir` is where Terraform keeps providers and backend settings.
 */
export function terraformEnvironment(
  env: Environment,
  identity: TerraformIdentity,
  dataDir: string,
): Record<string, string> {
  return {
    ...toolEnvironment(env, dataDir),
    ARM_CLIENT_ID: identity.clientId,
    ARM_TENANT_ID: identity.tenant,
    ARM_SUBSCRIPTION_ID: identity.subscription,
    ARM_ENVIRONMENT: identity.cloud,
    ARM_USE_OIDC: 'true',
    ARM_USE_AZUREAD: 'true',
    ARM_STORAGE_USE_AZUREAD: 'true',
    // Whatever else a self-hosted runner is signed in as must never be used instead.
    ARM_USE_CLI: 'false',
    ARM_USE_MSI: 'false',
    ...requestVariables(env, identity.audience),
  };
}

// Provider and backend ask for the audience of the public cloud unless the address already names one.
function requestVariables(env: Environment, audience: string): Record<string, string> {
  const url = env['ACTIONS_ID_TOKEN_REQUEST_URL'];
  const token = env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
  if (url === undefined || token === undefined || !URL.canParse(url)) return {};
  const withAudience = new URL(url);
  withAudience.searchParams.set('audience', audience);
  return { ARM_OIDC_REQUEST_URL: withAudience.href, ARM_OIDC_REQUEST_TOKEN: token };
}

/**
 * OpenTofu encrypts states and plans by a variable that is not handed on: states are read here, and bootstrap writes their first one in
 * clear. Throws rather than leave in clear what somebody means to be encrypted.
 */
export function refuseEncryption({ name }: Engine, env: Environment): void {
  if (name !== 'opentofu' || (env['TF_ENCRYPTION'] ?? '').trim() === '') return;
  throw new UserError({
    message:
      '`TF_ENCRYPTION` is set, but OpenTofu encrypts no state here: the storage account does, and only the identities of the platform lock read it. Nothing was planned.',
    remedy: 'Take the variable out of the environment of the job.',
  });
}

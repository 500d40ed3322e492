/** Where a state lives. Who may reach it is not said here but in `ARM_*`. */
export interface Backend {
  readonly account: string;
  readonly container: string;
  readonly key: string;
}

/** What `init` is told for the backend, all as text. */
export function backendSettings(backend: Backend): Readonly<Record<string, string>> {
  return {
    storage_account_name: backend.account,
    container_name: backend.container,
    key: backend.key,
    use_oidc: 'true',
    use_azuread_auth: 'true',
  };
}

/** `-backend-config` arguments for `backend "azurerm" {}`. They hold no identity: a saved plan would carry it along. */
export function backendArguments(backend: Backend): string[] {
  return Object.entries(backendSettings(backend)).map(([name, value]) => `-backend-config=${name}=${value}`);
}

/** Where a state lives. Who may reach it is not said here but in `ARM_*`. */
export interface Backend {
  readonly account: string;
  readonly container: string;
  readonly key: string;
}

/** `-backend-config` arguments for `backend "azurerm" {}`. They hold no identity: a saved plan would carry it along. */
export function backendArguments(backend: Backend): string[] {
  const settings: Record<string, string> = {
    storage_account_name: backend.account,
    container_name: backend.container,
    key: backend.key,
    use_oidc: 'true',
    use_azuread_auth: 'true',
  };
  return Object.entries(settings).map(([name, value]) => `-backend-config=${name}=${value}`);
}

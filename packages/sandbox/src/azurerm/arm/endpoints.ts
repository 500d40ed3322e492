/** Where a provider finds its cloud, by azurerm's own tables (`environments` of hashicorp/go-azure-sdk). */
export interface Endpoints {
  readonly authority: string;
  readonly resourceManager: string;
  readonly graph: string;
  readonly storageSuffix: string;
  /** Of the assertion, unless the address to ask for it names one already. */
  readonly audience: string;
}

const clouds: Readonly<Record<string, Endpoints>> = {
  public: {
    authority: 'https://login.microsoftonline.com',
    resourceManager: 'https://management.azure.com',
    graph: 'https://graph.microsoft.com',
    storageSuffix: 'core.windows.net',
    audience: 'api://AzureADTokenExchange',
  },
  usgovernment: {
    authority: 'https://login.microsoftonline.us',
    resourceManager: 'https://management.usgovcloudapi.net',
    graph: 'https://graph.microsoft.us',
    storageSuffix: 'core.usgovcloudapi.net',
    audience: 'api://AzureADTokenExchange',
  },
};

/** Undefined for a cloud that the stand-in does not know. */
export function cloudOf({ ARM_ENVIRONMENT: name }: NodeJS.ProcessEnv): Endpoints | undefined {
  return clouds[name === undefined || name === '' ? 'public' : name.toLowerCase()];
}

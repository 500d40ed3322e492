/** One of Azure's clouds. Its name is also what Terraform calls it (`ARM_ENVIRONMENT`). */
export interface Cloud {
  readonly name: CloudName;
  /** Entra ID. */
  readonly authority: string;
  /** Resource manager; a token for it has the scope `<resourceManager>/.default`. */
  readonly resourceManager: string;
  /** Microsoft Graph; a token for it has the scope `<graph>/.default`. */
  readonly graph: string;
  /** Blobs live at `https://<account>.<blobSuffix>`. */
  readonly blobSuffix: string;
  /** Audience that GitHub's token must have to be exchanged in this cloud. */
  readonly audience: string;
}

export const cloudNames = ['public', 'usgovernment', 'china'] as const;
export type CloudName = (typeof cloudNames)[number];

export const clouds: Readonly<Record<CloudName, Cloud>> = {
  public: {
    name: 'public',
    authority: 'https://login.microsoftonline.com',
    resourceManager: 'https://management.azure.com',
    graph: 'https://graph.microsoft.com',
    blobSuffix: 'blob.core.windows.net',
    audience: 'api://AzureADTokenExchange',
  },
  usgovernment: {
    name: 'usgovernment',
    authority: 'https://login.microsoftonline.us',
    resourceManager: 'https://management.usgovcloudapi.net',
    graph: 'https://graph.microsoft.us',
    blobSuffix: 'blob.core.usgovcloudapi.net',
    audience: 'api://AzureADTokenExchangeUSGov',
  },
  china: {
    name: 'china',
    authority: 'https://login.chinacloudapi.cn',
    resourceManager: 'https://management.chinacloudapi.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    blobSuffix: 'blob.core.chinacloudapi.cn',
    audience: 'api://AzureADTokenExchangeChina',
  },
};

/**
 * One of Azure's clouds, with every host and audience that follows from its name. What has a host of its own (a registry, a cluster, a
 * database) says it itself once it is there: only what has to be known before stands here.
 */
export interface Cloud {
  readonly name: CloudName;
  /** Entra ID, for programs. */
  readonly authority: string;
  /** Entra ID, for people; it issues their tokens, too. */
  readonly signIn: string;
  /** Resource manager; a token for it has the scope `<resourceManager>/.default`. */
  readonly resourceManager: string;
  /** Microsoft Graph; a token for it has the scope `<graph>/.default`. */
  readonly graph: string;
  /** Blobs live at `https://<account>.<blobSuffix>`. */
  readonly blobSuffix: string;
  /** Container registries are reached at `<name>.<registrySuffix>`. */
  readonly registrySuffix: string;
  /** Scope of the tokens that PostgreSQL Flexible Server takes for a password. */
  readonly databaseScope: string;
  /** Audience that GitHub's token must have to be exchanged in this cloud. */
  readonly audience: string;
  /** What programs in the cluster that are written in Go call it (`github.com/Azure/go-autorest`, `azure/environments.go`). */
  readonly environment: string;
}

/** What Terraform calls them (`environment` of azurerm, `ARM_ENVIRONMENT`), and the platform file with it. */
export const cloudNames = ['public', 'usgovernment', 'china'] as const;
export type CloudName = (typeof cloudNames)[number];

/**
 * Microsoft Learn: "National clouds" (Entra and Graph), "Compare Azure Government and global Azure" and "Azure China developer guide"
 * (endpoints), "Important considerations for federated identity credentials" (audiences); scopes of databases as `az cloud show` has them.
 */
export const clouds: Readonly<Record<CloudName, Cloud>> = {
  public: {
    name: 'public',
    authority: 'https://login.microsoftonline.com',
    signIn: 'https://login.microsoftonline.com',
    resourceManager: 'https://management.azure.com',
    graph: 'https://graph.microsoft.com',
    blobSuffix: 'blob.core.windows.net',
    registrySuffix: 'azurecr.io',
    databaseScope: 'https://ossrdbms-aad.database.windows.net/.default',
    audience: 'api://AzureADTokenExchange',
    environment: 'AzurePublicCloud',
  },
  usgovernment: {
    name: 'usgovernment',
    authority: 'https://login.microsoftonline.us',
    signIn: 'https://login.microsoftonline.us',
    resourceManager: 'https://management.usgovcloudapi.net',
    graph: 'https://graph.microsoft.us',
    blobSuffix: 'blob.core.usgovcloudapi.net',
    registrySuffix: 'azurecr.us',
    databaseScope: 'https://ossrdbms-aad.database.usgovcloudapi.net/.default',
    audience: 'api://AzureADTokenExchangeUSGov',
    environment: 'AzureUSGovernmentCloud',
  },
  china: {
    name: 'china',
    authority: 'https://login.chinacloudapi.cn',
    signIn: 'https://login.partner.microsoftonline.cn',
    resourceManager: 'https://management.chinacloudapi.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    blobSuffix: 'blob.core.chinacloudapi.cn',
    registrySuffix: 'azurecr.cn',
    databaseScope: 'https://ossrdbms-aad.database.chinacloudapi.cn/.default',
    audience: 'api://AzureADTokenExchangeChina',
    environment: 'AzureChinaCloud',
  },
};

/** Audience of the tokens that pods sign in to Entra with: the webhook of Azure Workload Identity asks for it in every cloud. */
export const workloadAudience = 'api://AzureADTokenExchange';

/** Whether a host is a container registry of the cloud, where an identity of this tenant may sign in. */
export function isRegistryOf({ registrySuffix }: Cloud, host: string): boolean {
  return host.endsWith(`.${registrySuffix}`);
}

/** The cloud that a container registry is in; undefined for a registry that is not Azure's. */
export function cloudOfRegistry(host: string): Cloud | undefined {
  return Object.values(clouds).find(cloud => isRegistryOf(cloud, host));
}

/** Where a registry is reached, as its id says it. Azure has the last word once it is there: its name may have a label. */
export function loginServerOf({ registrySuffix }: Cloud, registryId: string): string {
  return `${registryId.slice(registryId.lastIndexOf('/') + 1).toLowerCase()}.${registrySuffix}`;
}

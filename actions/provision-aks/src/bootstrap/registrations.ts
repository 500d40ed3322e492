/** Resource providers that a platform's modules use; Azure registers none of them by itself for a new subscription. */
export const namespaces: readonly string[] = [
  'Microsoft.AlertsManagement', 'Microsoft.Cache', 'Microsoft.Compute', 'Microsoft.Consumption',
  'Microsoft.ContainerRegistry', 'Microsoft.ContainerService', 'Microsoft.DataProtection',
  'Microsoft.DBforPostgreSQL', 'Microsoft.Insights', 'Microsoft.KeyVault', 'Microsoft.KubernetesConfiguration',
  'Microsoft.ManagedIdentity', 'Microsoft.Monitor', 'Microsoft.Network', 'Microsoft.OperationalInsights',
  'Microsoft.OperationsManagement', 'Microsoft.PolicyInsights', 'Microsoft.Security',
  'Microsoft.ServiceNetworking', 'Microsoft.Storage',
]; // biome-ignore format: a list to read across

/** Bootstrap itself makes resources of these, so it waits for them. */
export const neededNow: readonly string[] = ['Microsoft.ManagedIdentity', 'Microsoft.Storage'];

/** Encrypts disks and caches of nodes on their hosts; asked for once per subscription. */
export const feature = { namespace: 'Microsoft.Compute', name: 'EncryptionAtHost' } as const;

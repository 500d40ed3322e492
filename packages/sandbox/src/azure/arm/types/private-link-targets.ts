import type { Resource } from '../store.ts';

/** One name that an endpoint answers to. */
export interface TargetMember {
  readonly name: string;
  /** The public name, which DNS sends to the endpoint's address. */
  readonly fqdn: string;
}

type Describe = (target: Resource) => readonly TargetMember[];

const storage = (name: string, service = name): readonly [string, Describe] => [
  name,
  ({ name: account }) => [{ name, fqdn: `${account}.${service}.core.windows.net` }],
];

/**
 * Sub-resources that private endpoints can be made for, by type of the target (Microsoft Learn, "Private endpoint: private-link
 * resource").
 */
export const privateLinkTargets: Readonly<Record<string, Readonly<Record<string, Describe>>>> = {
  'Microsoft.KeyVault/vaults': {
    vault: ({ name }) => [{ name: 'default', fqdn: `${name}.vault.azure.net` }],
  },
  'Microsoft.Storage/storageAccounts': Object.fromEntries([
    storage('blob'),
    storage('dfs'),
    storage('file'),
    storage('queue'),
    storage('table'),
    storage('web', 'z6.web'),
  ]),
  'Microsoft.ContainerRegistry/registries': {
    // Layers come from a data endpoint of the region, with an address of its own.
    registry: ({ name, body }) => [
      {
        name: `registry_data_${String(body['location'])}`,
        fqdn: `${name.toLowerCase()}.${String(body['location'])}.data.azurecr.io`,
      },
      { name: 'registry', fqdn: `${name.toLowerCase()}.azurecr.io` },
    ],
  },
  'Microsoft.DBforPostgreSQL/flexibleServers': {
    postgresqlServer: ({ name }) => [{ name: 'postgresqlServer', fqdn: `${name}.postgres.database.azure.com` }],
  },
  'Microsoft.Cache/redisEnterprise': {
    redisEnterprise: ({ name, body }) => [
      { name: 'redisEnterprise', fqdn: `${name}.${String(body['location'])}.redis.azure.net` },
    ],
  },
};

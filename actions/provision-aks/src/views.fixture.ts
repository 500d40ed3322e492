import type { EnvironmentScope, SharedScope } from '@suite/platform-file';

/** Resolved views as the guide's defaults give them, for tests. */
const subscription = '33333333-3333-3333-3333-333333333333';

const scope = {
  platform: 'contoso',
  region: 'westeurope',
  tenant: '11111111-1111-1111-1111-111111111111',
  subscription,
  runner: 'ubuntu-latest',
  production: false,
  identities: { plan: 'plan-client', apply: 'apply-client' },
  state: { account: 'stcontoso', container: 'state', key: 'contoso/dev.tfstate' },
  allow: [],
  tags: { platform: 'contoso' },
};

export const sharedView: SharedScope = {
  ...scope,
  kind: 'shared',
  scope: 'shared',
  resourceGroup: 'rg-contoso-shared',
  logs: { existing: false, name: 'log-contoso', retentionDays: 30 },
};

export const environmentView: EnvironmentScope = {
  ...scope,
  kind: 'environment',
  scope: 'dev',
  order: 0,
  resourceGroup: 'rg-contoso-dev',
  admins: ['66666666-6666-6666-6666-666666666666'],
  logs: { existing: false, name: 'log-contoso', resourceGroup: 'rg-contoso-shared', subscription },
  network: {
    existing: false,
    name: 'vnet-contoso-dev',
    addressSpace: '10.40.0.0/16',
    subnets: {
      dmz: { name: 'snet-dmz', cidr: '10.40.0.0/24' },
      compute: { name: 'snet-compute', cidr: '10.40.16.0/20' },
      data: { name: 'snet-data', cidr: '10.40.1.0/24' },
      management: { name: 'snet-management', cidr: '10.40.2.0/24' },
    },
  },
  registry: { existing: false, name: 'acrcontosodev', publicAccess: true, zoneRedundant: false },
  cluster: {
    name: 'aks-contoso-dev',
    dnsPrefix: 'contoso-dev',
    nodeResourceGroup: 'rg-contoso-dev-nodes',
    version: '1.35',
    tier: 'Standard',
    private: false,
    runCommand: true,
    authorizedRanges: [],
    podCidr: '10.244.0.0/16',
    serviceCidr: '10.0.0.0/16',
    dnsServiceIp: '10.0.0.10',
    networkPolicy: 'cilium',
    upgrades: { cluster: 'patch', nodes: 'NodeImage' },
    pools: {
      system: { size: 'Standard_D4ds_v5', min: 2, max: 10, zones: ['1', '2', '3'], osDiskGb: undefined },
      user: { size: 'Standard_D4ds_v5', min: 1, max: 10, zones: ['1', '2', '3'], osDiskGb: 128 },
      gpu: { size: 'Standard_NC4as_T4_v3', min: 0, max: 2, zones: [], osDiskGb: undefined, driver: 'Install' },
    },
    features: {
      monitoring: true,
      defender: true,
      policy: true,
      secretsProvider: { rotationInterval: '2m' },
      imageCleaner: { intervalHours: 48 },
      csi: { blob: true, disk: true, file: true, snapshot: true },
      workloadIdentity: true,
    },
  },
};

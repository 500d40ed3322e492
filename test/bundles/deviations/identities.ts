import {
  type Azure,
  type Batch,
  type Deviation,
  deviation,
  gone,
  placeOf,
  properties,
  property,
  seen,
  set,
} from './deviation.ts';
import { group, identities, ids, nodeGroup, subnet, suffix } from './platform.ts';

/** Whoever has rights, by what has their identity. */
const holders = {
  'the control plane': `${identities}/id-aks-${suffix}`,
  'the nodes': nodeIdentity(`aks-${suffix}-agentpool`),
  'the secrets provider': nodeIdentity(`azurekeyvaultsecretsprovider-aks-${suffix}`),
  'the backup vault': ids.backup,
  'the backup extension': nodeIdentity(`ext-azure-aks-backup-aks-${suffix}`),
  'the disk encryption set': ids.encryption,
  'alb-controller': workload('alb-controller'),
  'cert-manager': workload('cert-manager'),
  loki: workload('loki'),
  mlflow: workload('mlflow'),
  'external-secrets': workload('external-secrets'),
} as const;

function nodeIdentity(name: string): string {
  return `${nodeGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
}

function workload(name: string): string {
  return `${identities}/id-${name}-aks-${suffix}`;
}

/** Ids of Azure's built-in roles. */
const builtIn = {
  AcrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  'AppGw for Containers Configuration Manager': 'fbc52c3f-28ad-4303-a892-8a056630b8f1',
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  'DNS Zone Contributor': 'befefa01-2a29-4197-83a8-272ff33ce314',
  'Data Operator for Managed Disks': '959f8984-c045-4866-89c7-12bf9737be2e',
  'Disk Snapshot Contributor': '7efff54f-a5b4-42b5-a1c5-5411624893ce',
  'Key Vault Crypto Service Encryption User': 'e147488a-f6f5-4113-8e2d-b22465e65bf6',
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6',
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7',
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
} as const;
const weaker = '00000000-0000-0000-0000-000000000000';

interface RoleDeviations {
  readonly gone: Deviation;
  readonly ofAnother: Deviation;
  readonly weaker: Deviation;
}

/** Whose right, which and on what. Its assignment is found by these three. */
function role(who: keyof typeof holders, name: keyof typeof builtIn, scope: string): RoleDeviations {
  const what = `Role ${name} of ${who} on ${scope.split('/').at(-1)}`;
  const find = (azure: Azure) => {
    const principal = principalOf(azure, holders[who]);
    const found = azure.resources('Microsoft.Authorization/roleAssignments').find(({ id, properties }) => {
      const { principalId, roleDefinitionId } = properties as Readonly<Record<string, string>>;
      const isThere = id.toLowerCase().startsWith(`${scope}/providers/Microsoft.Authorization/`.toLowerCase());
      return isThere && principalId === principal && roleDefinitionId?.endsWith(builtIn[name]);
    });
    if (found === undefined) throw new Error(`${who} has no role ${name} on ${scope}.`);
    return { id: found.id, principal };
  };
  return {
    gone: azure => gone(what, find(azure).id)(azure),
    ofAnother: azure => {
      const { id, principal } = find(azure);
      return property(what, id, ['principal', 'principalId', 'another', principal])(azure);
    },
    weaker: azure => {
      const { id } = find(azure);
      const definition = `/providers/Microsoft.Authorization/roleDefinitions/${weaker}`;
      const path = `${placeOf(id)}.roleDefinitionId`;
      return deviation(`${what}: role`, path, set(id, 'roleDefinitionId', definition), builtIn[name], weaker)(azure);
    },
  };
}

function principalOf(azure: Azure, id: string): string {
  const principal = seen(azure, id, 'principalId') ?? seen(azure, id, 'identity.principalId');
  if (typeof principal !== 'string') throw new Error(`${id} has no principal.`);
  return principal;
}

const container = (name: string) => `${ids.storage}/blobServices/default/containers/${name}`;

export const roles = {
  nodeSubnet: role('the control plane', 'Network Contributor', subnet('snet-compute')),
  apiServerSubnet: role('the control plane', 'Network Contributor', subnet('snet-api-server')),
  encryptionSet: role('the control plane', 'Reader', ids.encryption),
  snapshots: role('the control plane', 'Contributor', group),
  images: role('the nodes', 'AcrPull', ids.registry),
  vaultOfCluster: role('the secrets provider', 'Key Vault Secrets User', ids.vault),
  nodes: role('alb-controller', 'Reader', nodeGroup),
  gateway: role('alb-controller', 'AppGw for Containers Configuration Manager', group),
  gatewaySubnet: role('alb-controller', 'Network Contributor', subnet('snet-dmz')),
  firewall: role('alb-controller', 'Network Contributor', ids.firewall),
  zone: role('cert-manager', 'DNS Zone Contributor', ids.zone),
  logBlobs: role('loki', 'Storage Blob Data Contributor', container('loki')),
  modelBlobs: role('mlflow', 'Storage Blob Data Contributor', container('mlflow')),
  vaultOfWorkloads: role('external-secrets', 'Key Vault Secrets User', ids.vault),
  keys: role('the disk encryption set', 'Key Vault Crypto Service Encryption User', ids.keys),
  backedUp: role('the backup vault', 'Reader', ids.cluster),
  backupsSeen: role('the backup vault', 'Reader', group),
  backupsMade: role('the backup vault', 'Disk Snapshot Contributor', group),
  backupDisks: role('the backup vault', 'Data Operator for Managed Disks', group),
  backupBlobs: role('the backup vault', 'Storage Blob Data Contributor', ids.storage),
  backupsWritten: role('the backup extension', 'Storage Blob Data Contributor', ids.storage),
} as const;

const serviceAccounts = {
  'alb-controller': 'azure-alb-system:alb-controller-sa',
  'cert-manager': 'cert-manager:cert-manager',
  loki: 'monitoring:loki',
  mlflow: 'ai-tools:mlflow',
  'external-secrets': 'external-secrets:external-secrets',
} as const;

const signIns = Object.entries(serviceAccounts).map(([name, account]) => {
  const id = `${workload(name)}/federatedIdentityCredentials/kubernetes`;
  return { name, account, id, what: `Sign-in of ${name}` };
});

const issuer =
  (what: string, id: string): Deviation =>
  azure => {
    const issuerURL = seen(azure, ids.cluster, 'oidcIssuerProfile.issuerURL');
    return property(what, id, ['issuer', 'issuer', 'https://another.example/', issuerURL])(azure);
  };

/** MLflow's identity administers the database, so that this is looked for wherever it is there. */
export const administrator: Deviation = azure =>
  gone('Administrator of the database', `${ids.database}/administrators/${principalOf(azure, holders.mlflow)}`)(azure);

export const identityBatches: readonly Batch[] = [
  { scope: 'prod', name: 'roles of somebody else', deviations: Object.values(roles).map(({ ofAnother }) => ofAnother) },
  { scope: 'prod', name: 'weaker roles', deviations: Object.values(roles).map(({ weaker }) => weaker) },
  { scope: 'prod', name: 'all roles are gone', deviations: Object.values(roles).map(({ gone }) => gone) },
  {
    scope: 'prod',
    name: 'who signs in as whom',
    deviations: [
      administrator,
      ...signIns.flatMap(({ what, id, account }) => [
        issuer(what, id),
        ...properties(what, id, [
          ['subject', 'subject', 'system:serviceaccount:default:default', `system:serviceaccount:${account}`],
          ['audience', 'audiences', ['api://another'], ['api://AzureADTokenExchange']],
        ]),
      ]),
    ],
  },
  { scope: 'prod', name: 'nobody signs in', deviations: signIns.map(({ what, id }) => gone(what, id)) },
  {
    scope: 'prod',
    name: 'identities are gone',
    deviations: [
      gone('Identity of the control plane', holders['the control plane']),
      ...signIns.map(({ name }) => gone(`Identity of ${name}`, workload(name))),
    ],
  },
];

import { at, type Body, list, merge, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { groupId, nameOf, parentIdOf, sameId, subscriptionOf } from '../ids.ts';
import type { Resource } from '../store.ts';
import type { ArmContext, PutCall, TypeBehaviour } from '../type.ts';
import { aksRefusal, busyWith } from './aks-refusals.ts';

/** What hangs on a cluster besides its pools. */

/** Namespaces that extensions go to unless told otherwise, and the version that a train has now. */
const knownExtensions: Readonly<Record<string, { readonly namespace: string; readonly version: string }>> = {
  'microsoft.dataprotection.kubernetes': { namespace: 'dataprotection-microsoft', version: '0.0.4196-1' },
  'microsoft.azuremonitor.containers': { namespace: 'azuremonitor', version: '3.1.31' },
  'microsoft.flux': { namespace: 'flux-system', version: '1.18.2' },
};

/** An extension has an identity of its own, in the cluster's node group, for the rights it needs. */
export const extensions: TypeBehaviour = {
  type: 'Microsoft.KubernetesConfiguration/extensions',
  longRunning: ['put', 'delete'],
  fill: call => {
    const { sent, existing, tenant, context } = call;
    const asked = properties(sent);
    const type = text(asked['extensionType']) ?? '';
    const known = knownExtensions[type.toLowerCase()];
    const identity = extensionIdentity(call) ?? context.create(identityId(call), {});
    return merge(
      {
        properties: {
          releaseTrain: 'Stable',
          autoUpgradeMinorVersion: true,
          isSystemExtension: false,
          ...(asked['scope'] === undefined
            ? { scope: { cluster: { releaseNamespace: known?.namespace ?? 'kube-system' } } }
            : {}),
        },
      },
      // An update replaces settings as a whole.
      existing === undefined ? undefined : withoutSettings(existing.body),
      sent,
      {
        properties: {
          currentVersion: text(asked['version']) ?? known?.version ?? '1.0.0',
          aksAssignedIdentity: {
            type: 'SystemAssigned',
            principalId: properties(identity.body)['principalId'],
            tenantId: tenant,
          },
        },
      },
    );
  },
  // Azure names protected settings, but keeps what they say to itself.
  view: ({ body }) => {
    const hidden = Object.keys(at(body, 'properties', 'configurationProtectedSettings')).map(name => [name, '']);
    return {
      ...body,
      properties: { ...properties(body), configurationProtectedSettings: Object.fromEntries(hidden) },
    };
  },
  removed: (resource, context) => {
    const identity = context.store.get(identityIdOf(resource.id, resource.name, context));
    if (identity !== undefined) context.remove(identity);
  },
};

function withoutSettings(body: Readonly<Body>): Body {
  const { configurationSettings: _, ...rest } = properties(body);
  return { ...body, properties: rest };
}

function extensionIdentity(call: PutCall): Resource | undefined {
  return call.context.store.get(identityId(call));
}

function identityId({ id, name, context }: PutCall): string {
  return identityIdOf(id, name, context);
}

function identityIdOf(extensionId: string, name: string, { store }: ArmContext): string {
  const clusterId = extensionId.slice(0, extensionId.toLowerCase().lastIndexOf('/providers/'));
  const nodeGroup = String(properties(store.get(clusterId)?.body)['nodeResourceGroup'] ?? '');
  const group = groupId(subscriptionOf(clusterId) ?? '', nodeGroup);
  return `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/ext-${name}-${nameOf(clusterId)}`;
}

/** Standards for the pods of a cluster, enforced by its policy add-on. */
export const deploymentSafeguards: TypeBehaviour = {
  type: 'Microsoft.ContainerService/deploymentSafeguards',
  longRunning: ['put', 'delete'],
  check: ({ context, id }) => {
    const clusterId = id.slice(0, id.toLowerCase().lastIndexOf('/providers/'));
    const addons = at(context.store.get(clusterId)?.body, 'properties', 'addonProfiles');
    const policy = Object.entries(addons).find(([name]) => name.toLowerCase() === 'azurepolicy')?.[1];
    if (at(policy)['enabled'] === true) return;
    throw aksRefusal(
      400,
      'AzurePolicyAddonNotEnabled',
      `Deployment safeguards need the Azure Policy add-on, which is not enabled on ${clusterId}.`,
    );
  },
  fill: ({ sent }) =>
    merge(
      { properties: { excludedNamespaces: [], podSecurityStandardsLevel: 'Privileged', systemExcludedNamespaces } },
      sent,
    ),
};

const systemExcludedNamespaces = ['kube-system', 'calico-system', 'tigera-system', 'gatekeeper-system'];

/** Roles that other services can have inside a cluster (`az aks trustedaccess role list`). */
const trustedRoles = [
  'Microsoft.DataProtection/backupVaults/backup-operator',
  'Microsoft.MachineLearningServices/workspaces/mlworkload',
  'Microsoft.Security/pricings/microsoft-defender-operator',
];

export const trustedAccessRoleBindings: TypeBehaviour = {
  type: 'Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings',
  longRunning: ['put', 'delete'],
  isBare: true,
  links: sent => {
    const id = text(properties(sent)['sourceResourceId']);
    return id === undefined ? [] : [{ id, action: readActionOf(id) }];
  },
  checkBusy: (id, { store }) => {
    const cluster = store.get(parentIdOf(id) ?? '');
    if (cluster?.operation !== undefined) throw busyWith(cluster, 'managed cluster');
  },
  check: ({ sent }) => {
    const unknown = list(properties(sent)['roles']).find(
      role => !trustedRoles.some(known => sameId(known, String(role))),
    );
    if (unknown === undefined) return;
    throw aksRefusal(400, 'InvalidParameter', `Trusted access role ${String(unknown)} is not supported.`);
  },
};

/** `Microsoft.DataProtection/backupVaults/read` of a vault's id. */
function readActionOf(id: string): string {
  const words = id
    .slice(id.toLowerCase().lastIndexOf('/providers/') + 1)
    .split('/')
    .slice(1);
  return [words[0], ...words.slice(1).filter((_, index) => index % 2 === 0), 'read'].join('/');
}

/** What keeps a backup of a cluster from working: no extension, or a vault that may not come in. */
export function judgeBackupAccess({ store }: ArmContext, clusterId: string, vaultId: string): void {
  const extension = store
    .under(clusterId)
    .find(
      ({ type, body }) =>
        type === extensions.type &&
        sameId(String(properties(body)['extensionType']), 'Microsoft.DataProtection.Kubernetes'),
    );
  if (extension === undefined) {
    throw new ArmError(
      400,
      'UserErrorKubernetesBackupExtensionNotInstalled',
      `The Backup Extension is not installed in the cluster ${clusterId}.`,
    );
  }
  const binding = store
    .children(clusterId, 'trustedAccessRoleBindings')
    .find(({ body }) => sameId(String(properties(body)['sourceResourceId']), vaultId));
  if (binding !== undefined) return;
  throw new ArmError(
    400,
    'UserErrorTrustedAccessNotEnabled',
    `Trusted access is not enabled between the cluster ${clusterId} and the Backup vault ${vaultId}.`,
  );
}

import { asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../../arm/client.ts';
import { describeId, formatId, parseId } from '../../arm/ids.ts';
import type { ObjectValue } from '../../schema/values.ts';
import { checkId, namedParts } from '../arm-resource.ts';
import { changes } from '../changes.ts';
import { matches } from '../check.ts';
import { alreadyExists, doing } from '../messages.ts';
import type { Azure, Readable, ResourceType } from '../resource-type.ts';
import { block, flag, flagAt, text } from '../shape.ts';
import { refineCluster } from './cluster-changes.ts';
import { clusterFromArm } from './cluster-from-arm.ts';
import { clusterToArm, clusterUpdateToArm, withEmptyIdentities } from './cluster-to-arm.ts';
import { kubeConfigFrom } from './credentials.ts';
import { readMaintenance, writeMaintenance } from './maintenance.ts';
import { checkCounts } from './node-pool.ts';
import {
  aksVersion,
  changesOsFamily,
  clusterKind,
  defaultPoolToArm,
  poolKind,
  putPool,
  rotatePool,
  rotationRefused,
} from './pool.ts';

/** What can only change when every node of the default pool is replaced; the order is that of azurerm's message. */
const rotating = [
  'name',
  'host_encryption_enabled',
  'node_public_ip_enabled',
  'fips_enabled',
  'kubelet_config',
  'kubelet_disk_type',
  'linux_os_config',
  'max_pods',
  'only_critical_addons_enabled',
  'os_disk_size_gb',
  'os_disk_type',
  'pod_subnet_id',
  'snapshot_id',
  'ultra_ssd_enabled',
  'vnet_subnet_id',
  'vm_size',
  'zones',
];

export const kubernetesCluster: ResourceType = {
  async create(azure, planned) {
    const id = formatId(clusterKind, {
      subscriptions: azure.subscriptionId,
      ...namedParts('managedClusters')(planned),
    });
    const what = describeId(clusterKind, id);
    const existing = await doing(`checking for presence of existing ${what}`, () => azure.arm.get(id, aksVersion));
    if (existing !== undefined) throw alreadyExists('azurerm_kubernetes_cluster', id);
    const body = clusterToArm(planned);
    await doing(`creating ${what}`, () => putCluster(azure, id, body));
    await writeMaintenance(azure, id, what, undefined, planned);
    return id;
  },

  async read(azure, id, state) {
    const what = describeId(clusterKind, id);
    const body = await doing(`retrieving ${what}`, () => azure.arm.get(id, aksVersion));
    if (body === undefined) return undefined;
    return {
      id,
      ...clusterFromArm(body, parseId(clusterKind, id) ?? {}, state),
      ...(await readCredentials(azure, id, what, body)),
      ...(await readMaintenance(azure, id)),
    };
  },

  async update(azure, id, prior, planned) {
    const what = describeId(clusterKind, id);
    const existing = await existingCluster(azure, id, what);
    await changePrincipal(azure, id, what, prior, planned);
    const body = clusterUpdateToArm(existing, prior, planned);
    if (body !== undefined) await doing(`updating ${what}`, () => putCluster(azure, id, body));
    if (changes(prior, planned, 'kubernetes_version')) {
      const latest = withEmptyIdentities(await existingCluster(azure, id, what));
      const properties = { ...asObject(latest['properties']), kubernetesVersion: text(planned, 'kubernetes_version') };
      await doing(`updating Kubernetes Version for ${what}`, () => putCluster(azure, id, { ...latest, properties }));
    }
    if (changes(prior, planned, 'default_node_pool')) await updateDefaultPool(azure, id, prior, planned);
    await writeMaintenance(azure, id, what, prior, planned);
  },

  async delete(azure, id, state) {
    const what = describeId(clusterKind, id);
    if (block(state, 'maintenance_window') !== undefined) {
      const path = `${id}/maintenanceConfigurations/default`;
      await doing(`deleting Maintenance Configuration for ${what}`, () =>
        azure.arm.run('', { method: 'DELETE', path, apiVersion: aksVersion }),
      );
    }
    await doing(`deleting ${what}`, () =>
      azure.arm.run('Delete', { method: 'DELETE', path: id, apiVersion: aksVersion }),
    );
  },

  refine: refineCluster,
  checkImportId: id => checkId(clusterKind, id),
  validate: config => [
    ...matches(
      config,
      ['dns_prefix'],
      /^[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,52}[a-zA-Z0-9])?$/,
      'must begin and end with a letter or number, contain only letters, numbers, and hyphens and be between 1 and 54 characters in length',
    ),
    ...checkCounts(block(config, 'default_node_pool'), ['default_node_pool', 0], 1),
  ],
};

async function putCluster(azure: Azure, id: string, body: JsonObject): Promise<void> {
  await azure.arm.run('CreateOrUpdate', { method: 'PUT', path: id, apiVersion: aksVersion, body });
}

async function existingCluster(azure: Azure, id: string, what: string): Promise<JsonObject> {
  const existing = await doing(`retrieving existing ${what}`, () => azure.arm.get(id, aksVersion));
  if (existing === undefined) throw new ArmError(`retrieving existing ${what}: \`properties\` was nil`);
  return existing;
}

async function changePrincipal(
  azure: Azure,
  id: string,
  what: string,
  prior: ObjectValue,
  planned: ObjectValue,
): Promise<void> {
  const principal = block(planned, 'service_principal');
  if (principal === undefined || !changes(prior, planned, 'service_principal') || changes(prior, planned, 'identity'))
    return;
  await doing(`updating Service Principal for ${what}`, () =>
    azure.arm.run('ResetServicePrincipalProfile', {
      method: 'POST',
      path: `${id}/resetServicePrincipalProfile`,
      apiVersion: aksVersion,
      body: { clientId: text(principal, 'client_id'), secret: text(principal, 'client_secret') },
    }),
  );
}

async function updateDefaultPool(azure: Azure, id: string, prior: ObjectValue, planned: ObjectValue): Promise<void> {
  const before = block(prior, 'default_node_pool');
  const after = block(planned, 'default_node_pool') ?? {};
  if (flag(after, 'auto_scaling_enabled') && changes(before, after, 'node_count')) {
    throw new ArmError(
      'expanding `default_node_pool`: cannot change `node_count` when `auto_scaling_enabled` is set to `true`',
    );
  }
  const poolId = `${id}/agentPools/${text(after, 'name')}`;
  const properties = defaultPoolToArm(after);
  if (!changes(before, after, ...rotating) && !changesOsFamily(before, after)) {
    await doing(`updating Default Node Pool ${describeId(poolKind, poolId)}`, () => putPool(azure, poolId, properties));
    return;
  }
  const temporaryName = text(after, 'temporary_name_for_rotation');
  if (temporaryName === undefined) throw rotationRefused(rotating.map(name => `default_node_pool.0.${name}`));
  await rotatePool(azure, poolId, temporaryName, properties);
}

async function readCredentials(azure: Azure, id: string, what: string, body: JsonObject): Promise<Readable> {
  const list = (action: string) => azure.arm.send({ method: 'POST', path: `${id}/${action}`, apiVersion: aksVersion });
  const user = await doing(`retrieving User Credentials for ${what}`, () => list('listClusterUserCredential'));
  const userConfig = kubeConfigFrom(user, 'clusterUser');
  const hasAdmin =
    asObject(body['properties'])['aadProfile'] != null && !flagAt(body, 'properties', 'disableLocalAccounts');
  const admin = hasAdmin
    ? kubeConfigFrom(
        await doing(`retrieving Admin Credentials for ${what}`, () => list('listClusterAdminCredential')),
        'clusterAdmin',
      )
    : { raw: '', entries: [] };
  return {
    kube_config_raw: userConfig.raw,
    kube_config: userConfig.entries,
    kube_admin_config_raw: admin.raw,
    kube_admin_config: admin.entries,
  };
}

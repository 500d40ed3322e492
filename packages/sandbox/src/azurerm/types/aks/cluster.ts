import { asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../../arm/client.ts';
import { describeId, formatId, parseId } from '../../arm/ids.ts';
import type { Path } from '../../schema/plan.ts';
import { isUnknown, type ObjectValue } from '../../schema/values.ts';
import { checkId, namedParts } from '../arm-resource.ts';
import { changes } from '../changes.ts';
import { alreadyExists, doing } from '../messages.ts';
import type { Azure, Readable, ResourceType } from '../resource-type.ts';
import { block, flag, flagAt, text } from '../shape.ts';
import { clusterFromArm } from './cluster-from-arm.ts';
import { clusterToArm, clusterUpdateToArm, withEmptyIdentities } from './cluster-to-arm.ts';
import { kubeConfigFrom } from './credentials.ts';
import { readMaintenance, writeMaintenance } from './maintenance.ts';
import { clearedUpgradeSettings, countProblems } from './node-pool.ts';
import { aksVersion, changesOsFamily, clusterKind, defaultPoolToArm, poolKind, putPool, rotatePool, rotationRefused } from './pool.ts';

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
    const id = formatId(clusterKind, { subscriptions: azure.subscriptionId, ...namedParts('managedClusters')(planned) });
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
    await doing(`deleting ${what}`, () => azure.arm.run('Delete', { method: 'DELETE', path: id, apiVersion: aksVersion }));
  },

  refine: (prior, planned) => (prior === null ? {} : refineChange(prior, planned)),
  checkImportId: id => checkId(clusterKind, id),
  validate: config => {
    const prefix = text(config, 'dns_prefix');
    const problems =
      prefix === undefined || /^[a-zA-Z0-9][-a-zA-Z0-9]{0,52}[a-zA-Z0-9]$|^[a-zA-Z0-9]$/.test(prefix)
        ? []
        : [
            'The `dns_prefix` must begin and end with a letter or number, contain only letters, numbers, and hyphens and be between 1 and 54 characters in length',
          ];
    return [...problems, ...countProblems(block(config, 'default_node_pool'), 'default_node_pool.0.')];
  },
};

function refineChange(prior: ObjectValue, planned: ObjectValue) {
  const requiresReplace: Path[] = [];
  const pools = [block(prior, 'default_node_pool'), block(planned, 'default_node_pool')] as const;
  const networks = [block(prior, 'network_profile'), block(planned, 'network_profile')] as const;
  const force = (path: Path, must: boolean): void => {
    if (must) requiresReplace.push(path);
  };

  force(['oidc_issuer_enabled'], flag(prior, 'oidc_issuer_enabled') && planned['oidc_issuer_enabled'] === false);
  // A default pool that carries its temporary name is a rotation that failed: the next apply goes on with it.
  const isStranded = text(pools[0], 'name') === text(pools[1], 'temporary_name_for_rotation');
  force(['default_node_pool', 0, 'name'], changes(pools[0], pools[1], 'name') && !isStranded);
  requiresReplace.push(...clearedUpgradeSettings(pools[0], pools[1], ['default_node_pool', 0]));
  const plane = [text(networks[0], 'network_data_plane'), text(networks[1], 'network_data_plane')];
  force(
    ['network_profile', 0, 'network_data_plane'],
    plane[0] !== undefined && plane[0] !== plane[1] && !(plane[0] === 'azure' && plane[1] === 'cilium'),
  );
  const plugin = [text(networks[0], 'network_plugin'), text(networks[1], 'network_plugin')];
  const toOverlay = plugin[0] === 'kubenet' && plugin[1] === 'azure' && text(networks[1], 'network_plugin_mode') === 'overlay';
  force(['network_profile', 0, 'network_plugin'], plugin[1] !== undefined && plugin[0] !== plugin[1] && !toOverlay);
  const principals = [block(prior, 'service_principal'), block(planned, 'service_principal')] as const;
  force(
    ['service_principal', 0, 'client_id'],
    principals[1] !== undefined && text(principals[0], 'client_id') === undefined && !isUnknown(principals[1]['client_id']),
  );
  const access = [block(prior, 'api_server_access_profile'), block(planned, 'api_server_access_profile')] as const;
  force(
    ['api_server_access_profile', 0, 'subnet_id'],
    text(access[0], 'subnet_id') !== undefined && !isUnknown(access[1]?.['subnet_id']) && text(access[1], 'subnet_id') === undefined,
  );
  return {
    requiresReplace,
    ...(changes(prior, planned, 'oidc_issuer_enabled') ? { unknown: ['oidc_issuer_url'] } : {}),
  };
}

async function putCluster(azure: Azure, id: string, body: JsonObject): Promise<void> {
  await azure.arm.run('CreateOrUpdate', { method: 'PUT', path: id, apiVersion: aksVersion, body });
}

async function existingCluster(azure: Azure, id: string, what: string): Promise<JsonObject> {
  const existing = await doing(`retrieving existing ${what}`, () => azure.arm.get(id, aksVersion));
  if (existing === undefined) throw new ArmError(`retrieving existing ${what}: \`properties\` was nil`);
  return existing;
}

async function changePrincipal(azure: Azure, id: string, what: string, prior: ObjectValue, planned: ObjectValue): Promise<void> {
  const principal = block(planned, 'service_principal');
  if (principal === undefined || !changes(prior, planned, 'service_principal') || changes(prior, planned, 'identity')) return;
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
  const list = (action: string) =>
    azure.arm.send({ method: 'POST', path: `${id}/${action}`, apiVersion: aksVersion });
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

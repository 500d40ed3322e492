import { asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../../arm/client.ts';
import { describeId, type IdKind, parentOf } from '../../arm/ids.ts';
import type { ObjectValue, Value } from '../../schema/values.ts';
import { changes } from '../changes.ts';
import { doing } from '../messages.ts';
import type { Azure } from '../resource-type.ts';
import {
  at,
  count,
  countAt,
  flag,
  flagAt,
  positive,
  someTexts,
  text,
  textAt,
  textMap,
  textMapAt,
  textsAt,
} from '../shape.ts';
import {
  kubeletConfigFromArm,
  kubeletConfigToArm,
  linuxOsConfigFromArm,
  linuxOsConfigToArm,
  nodeNetworkFromArm,
  nodeNetworkToArm,
  upgradeSettingsFromArm,
  upgradeSettingsToArm,
} from './node-settings.ts';

export const aksVersion = '2025-10-01';

export const poolKind: IdKind = {
  label: 'Agent Pool',
  namespace: 'Microsoft.ContainerService',
  segments: [
    ['managedClusters', 'Managed Cluster Name'],
    ['agentPools', 'Agent Pool Name'],
  ],
};

export const clusterKind: IdKind = {
  label: 'Kubernetes Cluster',
  namespace: 'Microsoft.ContainerService',
  segments: [['managedClusters', 'Managed Cluster Name']],
};

/** The part of a pool's profile that the default pool and other pools write alike. */
export function poolToArm(pool: ObjectValue): JsonObject {
  const scaling = flag(pool, 'auto_scaling_enabled');
  const low = count(pool, 'min_count') ?? 0;
  const high = count(pool, 'max_count') ?? 0;
  if (scaling && low > high) throw new ArmError('`max_count` must be >= `min_count`');
  if (!scaling && (low > 0 || high > 0)) {
    throw new ArmError(
      '`max_count` and `min_count` must be set to `null` when `auto_scaling_enabled` is set to `false`',
    );
  }
  const snapshot = text(pool, 'snapshot_id');
  const driver = text(pool, 'gpu_driver');
  return {
    count: positive(pool, 'node_count') ?? (scaling ? low : 0),
    enableAutoScaling: scaling,
    ...(scaling ? { minCount: low, maxCount: high } : {}),
    availabilityZones: someTexts(pool, 'zones'),
    capacityReservationGroupID: text(pool, 'capacity_reservation_group_id'),
    creationData: snapshot === undefined ? undefined : { sourceResourceId: snapshot },
    enableEncryptionAtHost: flag(pool, 'host_encryption_enabled'),
    enableFIPS: flag(pool, 'fips_enabled'),
    enableNodePublicIP: flag(pool, 'node_public_ip_enabled'),
    enableUltraSSD: flag(pool, 'ultra_ssd_enabled'),
    gpuInstanceProfile: text(pool, 'gpu_instance'),
    gpuProfile: driver === undefined ? undefined : { driver },
    hostGroupID: text(pool, 'host_group_id'),
    kubeletConfig: kubeletConfigToArm(pool),
    kubeletDiskType: text(pool, 'kubelet_disk_type'),
    linuxOSConfig: linuxOsConfigToArm(pool),
    maxPods: positive(pool, 'max_pods'),
    networkProfile: nodeNetworkToArm(pool),
    nodeLabels: textMap(pool, 'node_labels'),
    nodePublicIPPrefixID: text(pool, 'node_public_ip_prefix_id'),
    orchestratorVersion: text(pool, 'orchestrator_version'),
    osDiskSizeGB: positive(pool, 'os_disk_size_gb'),
    osDiskType: text(pool, 'os_disk_type'),
    osSKU: text(pool, 'os_sku'),
    podSubnetID: text(pool, 'pod_subnet_id'),
    proximityPlacementGroupID: text(pool, 'proximity_placement_group_id'),
    scaleDownMode: text(pool, 'scale_down_mode'),
    tags: textMap(pool, 'tags'),
    upgradeSettings: upgradeSettingsToArm(pool),
    vmSize: text(pool, 'vm_size') ?? '',
    vnetSubnetID: text(pool, 'vnet_subnet_id'),
    workloadRuntime: text(pool, 'workload_runtime'),
  };
}

/** The same part, read back. */
export function poolFromArm(profile: JsonObject): ObjectValue {
  return {
    auto_scaling_enabled: flagAt(profile, 'enableAutoScaling'),
    capacity_reservation_group_id: textAt(profile, 'capacityReservationGroupID'),
    fips_enabled: flagAt(profile, 'enableFIPS'),
    host_encryption_enabled: flagAt(profile, 'enableEncryptionAtHost'),
    host_group_id: textAt(profile, 'hostGroupID'),
    kubelet_config: kubeletConfigFromArm(profile),
    linux_os_config: linuxOsConfigFromArm(profile),
    max_count: countAt(profile, 'maxCount'),
    max_pods: countAt(profile, 'maxPods'),
    min_count: countAt(profile, 'minCount'),
    node_count: countAt(profile, 'count'),
    node_labels: textMapAt(profile, 'nodeLabels'),
    node_network_profile: nodeNetworkFromArm(profile),
    node_public_ip_enabled: flagAt(profile, 'enableNodePublicIP'),
    node_public_ip_prefix_id: textAt(profile, 'nodePublicIPPrefixID'),
    orchestrator_version: textAt(profile, 'orchestratorVersion') || textAt(profile, 'currentOrchestratorVersion'),
    os_disk_size_gb: countAt(profile, 'osDiskSizeGB'),
    os_disk_type: textAt(profile, 'osDiskType') || 'Managed',
    pod_subnet_id: textAt(profile, 'podSubnetID'),
    proximity_placement_group_id: textAt(profile, 'proximityPlacementGroupID'),
    scale_down_mode: textAt(profile, 'scaleDownMode') || 'Delete',
    tags: textMapAt(profile, 'tags'),
    ultra_ssd_enabled: flagAt(profile, 'enableUltraSSD'),
    vm_size: textAt(profile, 'vmSize'),
    vnet_subnet_id: textAt(profile, 'vnetSubnetID'),
    zones: textsAt(profile, 'availabilityZones'),
  };
}

/** The default pool inside the cluster's configuration. */
export function defaultPoolToArm(pool: ObjectValue): JsonObject {
  if (flag(pool, 'auto_scaling_enabled')) {
    if (positive(pool, 'max_count') === undefined) {
      throw new ArmError('`max_count` must be configured when `auto_scaling_enabled` is set to `true`');
    }
    if (positive(pool, 'min_count') === undefined) {
      throw new ArmError('`min_count` must be configured when `auto_scaling_enabled` is set to `true`');
    }
  }
  return {
    ...poolToArm(pool),
    mode: 'System',
    osType: 'Linux',
    type: text(pool, 'type'),
    nodeTaints: flag(pool, 'only_critical_addons_enabled') ? ['CriticalAddonsOnly=true:NoSchedule'] : undefined,
  };
}

export function defaultPoolFromArm(profile: JsonObject, state: ObjectValue | undefined): Value {
  return [
    {
      ...poolFromArm(profile),
      name: textAt(profile, 'name'),
      gpu_driver: textAt(profile, 'gpuProfile', 'driver'),
      gpu_instance: textAt(profile, 'gpuInstanceProfile'),
      kubelet_disk_type: textAt(profile, 'kubeletDiskType'),
      only_critical_addons_enabled: textsAt(profile, 'nodeTaints').some(
        taint => taint.toLowerCase() === 'criticaladdonsonly=true:noschedule',
      ),
      os_sku: textAt(profile, 'osSKU'),
      snapshot_id: textAt(profile, 'creationData', 'sourceResourceId'),
      type: textAt(profile, 'type'),
      upgrade_settings: upgradeSettingsFromArm(profile, false),
      workload_runtime: textAt(profile, 'workloadRuntime'),
      // Azure never hears of this name while nothing rotates.
      temporary_name_for_rotation: text(state, 'temporary_name_for_rotation') ?? '',
    },
  ];
}

const freelyChangedSkus = /^(?:Ubuntu|AzureLinux)/;

/** Nodes cannot change from and to every operating system without being replaced. */
export function changesOsFamily(prior: ObjectValue | undefined, planned: ObjectValue | undefined): boolean {
  if (!changes(prior, planned, 'os_sku')) return false;
  return ![text(prior, 'os_sku'), text(planned, 'os_sku')].every(sku => freelyChangedSkus.test(sku ?? ''));
}

export async function putPool(azure: Azure, id: string, properties: JsonObject): Promise<void> {
  const body = { name: id.slice(id.lastIndexOf('/') + 1), properties };
  await azure.arm.run('CreateOrUpdate', { method: 'PUT', path: id, apiVersion: aksVersion, body });
}

export async function deletePool(azure: Azure, id: string): Promise<void> {
  await azure.arm.run('Delete', { method: 'DELETE', path: id, apiVersion: aksVersion });
  // The operation ends before the pool is gone; azurerm looks until it is.
  while ((await azure.arm.get(id, aksVersion)) !== undefined) await azure.pause(goneCheckMs);
}

const goneCheckMs = 250;
const creationAttempts = 3;

/**
 * Replaces all nodes of a pool: a temporary pool with the new settings, the old one away, the pool again, the temporary one away.
 * What an earlier, failed rotation left behind is used.
 */
export async function rotatePool(
  azure: Azure,
  id: string,
  temporaryName: string,
  properties: JsonObject,
): Promise<void> {
  const temporaryId = `${parentOf(id)}/agentPools/${temporaryName}`;
  const temporary = describeId(poolKind, temporaryId);
  const what = describeId(poolKind, id);
  const { nodeImageVersion: _, ...settings } = properties;
  const temporaryExists = await doing(`checking for existing temporary ${temporary}`, () =>
    azure.arm.get(temporaryId, aksVersion),
  );
  const exists = await doing(`checking for existing ${what}`, () => azure.arm.get(id, aksVersion));
  if (temporaryExists === undefined) {
    await doing(`creating temporary ${temporary}`, () => insist(() => putPool(azure, temporaryId, settings)));
  }
  if (exists !== undefined) await doing(`deleting old ${what}`, () => deletePool(azure, id));
  await doing(`creating default ${what}`, () => insist(() => putPool(azure, id, settings)));
  await doing(`deleting temporary ${temporary}`, () => deletePool(azure, temporaryId));

  async function insist(create: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await create();
      } catch (error) {
        if (attempt === creationAttempts) throw error;
      }
    }
  }
}

export function propertiesOf(body: JsonObject | undefined): JsonObject {
  return asObject(at(body, 'properties'));
}

export function rotationRefused(names: readonly string[]): ArmError {
  const list = names.map(name => JSON.stringify(name)).join(' ');
  return new ArmError(
    `\`temporary_name_for_rotation\` must be specified when updating any of the following properties [${list}]`,
  );
}

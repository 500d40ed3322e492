import { asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../../arm/client.ts';
import { describeId, parentOf, parseId } from '../../arm/ids.ts';
import type { Path } from '../../schema/plan.ts';
import { isUnknown, type ObjectValue } from '../../schema/values.ts';
import { checkId } from '../arm-resource.ts';
import { changes } from '../changes.ts';
import { inRange, matches } from '../check.ts';
import { alreadyExists, doing } from '../messages.ts';
import type { Azure, InvalidValue, ResourceType } from '../resource-type.ts';
import { at, block, count, flag, objectsAt, positive, someTexts, text, textAt, texts, textsAt } from '../shape.ts';
import { upgradeSettingsFromArm } from './node-settings.ts';
import {
  aksVersion,
  changesOsFamily,
  clusterKind,
  deletePool,
  poolFromArm,
  poolKind,
  poolToArm,
  propertiesOf,
  putPool,
  rotatePool,
  rotationRefused,
} from './pool.ts';

/** What can only change when every node of the pool is replaced; Terraform's plan calls it an update all the same. */
const rotating = [
  'fips_enabled',
  'host_encryption_enabled',
  'kubelet_config',
  'kubelet_disk_type',
  'linux_os_config',
  'max_pods',
  'node_public_ip_enabled',
  'os_disk_size_gb',
  'os_disk_type',
  'pod_subnet_id',
  'snapshot_id',
  'ultra_ssd_enabled',
  'vm_size',
  'vnet_subnet_id',
  'zones',
];

export const nodePool: ResourceType = {
  async create(azure, planned) {
    const clusterId = String(planned['kubernetes_cluster_id']);
    const id = `${clusterId}/agentPools/${planned['name']}`;
    const what = describeId(poolKind, id);
    const cluster = describeId(clusterKind, clusterId);
    const found = await doing(`retrieving ${cluster}`, () => azure.arm.get(clusterId, aksVersion));
    if (found === undefined) throw new ArmError(`${cluster} was not found`);
    if (
      !objectsAt(found, 'properties', 'agentPoolProfiles').some(
        pool => textAt(pool, 'type') === 'VirtualMachineScaleSets',
      )
    ) {
      throw new ArmError(
        `multiple node pools are only supported when the Default Node Pool uses a VMScaleSet (but ${cluster} doesn't)`,
      );
    }
    const existing = await doing(`checking for presence of existing ${what}`, () => azure.arm.get(id, aksVersion));
    if (existing !== undefined) throw alreadyExists('azurerm_kubernetes_cluster_node_pool', id);
    const properties = ownPoolToArm(planned);
    await inSubnets(azure, planned, () => doing(`creating ${what}`, () => putPool(azure, id, properties)));
    return id;
  },

  async read(azure, id) {
    const body = await doing(`retrieving ${describeId(poolKind, id)}`, () => azure.arm.get(id, aksVersion));
    if (body === undefined) return undefined;
    const profile = propertiesOf(body);
    const windows = at(profile, 'windowsProfile', 'disableOutboundNat');
    // azurerm leaves these alone when Azure does not speak of them.
    const given = (name: string, argument: string) =>
      textAt(profile, name) === '' ? {} : { [argument]: textAt(profile, name) };
    return {
      id,
      name: parseId(poolKind, id)?.['agentPools'] ?? '',
      kubernetes_cluster_id: parentOf(id),
      ...poolFromArm(profile),
      ...given('kubeletDiskType', 'kubelet_disk_type'),
      ...given('gpuInstanceProfile', 'gpu_instance'),
      ...(at(profile, 'gpuProfile') == null ? {} : { gpu_driver: textAt(profile, 'gpuProfile', 'driver') }),
      ...(at(profile, 'creationData') == null
        ? {}
        : { snapshot_id: textAt(profile, 'creationData', 'sourceResourceId') }),
      ...given('workloadRuntime', 'workload_runtime'),
      ...given('osType', 'os_type'),
      ...given('osSKU', 'os_sku'),
      eviction_policy: textAt(profile, 'scaleSetEvictionPolicy'),
      mode: textAt(profile, 'mode') || 'User',
      node_image_version: textAt(profile, 'nodeImageVersion'),
      node_taints: textsAt(profile, 'nodeTaints'),
      priority: textAt(profile, 'scaleSetPriority') || 'Regular',
      spot_max_price: typeof profile['spotMaxPrice'] === 'number' ? profile['spotMaxPrice'] : -1,
      upgrade_settings: upgradeSettingsFromArm(profile, true),
      windows_profile: typeof windows === 'boolean' ? [{ outbound_nat_enabled: !windows }] : [],
    };
  },

  async update(azure, id, prior, planned) {
    const what = describeId(poolKind, id);
    const existing = await doing(`retrieving ${what}`, () => azure.arm.get(id, aksVersion));
    if (existing === undefined) throw new ArmError(`${what} was not found`);
    const properties = mergePool(propertiesOf(existing), ownPoolToArm(planned), prior, planned);
    if (!changes(prior, planned, ...rotating) && !changesOsFamily(prior, planned)) {
      await doing(`updating Node Pool ${what}`, () => putPool(azure, id, properties));
      return;
    }
    const temporaryName = text(planned, 'temporary_name_for_rotation');
    if (temporaryName === undefined) throw rotationRefused(rotating);
    await rotatePool(azure, id, temporaryName, properties);
  },

  async delete(azure, id) {
    await doing(`deleting ${describeId(poolKind, id)}`, () => deletePool(azure, id));
  },

  refine(prior, planned) {
    const requiresReplace: Path[] = [];
    if (prior !== null) {
      if (!isUnknown(planned['os_sku']) && changesOsFamily(prior, planned)) requiresReplace.push(['os_sku']);
      requiresReplace.push(...clearedUpgradeSettings(prior, planned, []));
    }
    return { requiresReplace, problems: upgradeProblems(planned) };
  },

  checkImportId: id => checkId(poolKind, id),

  validate: config => [
    ...matches(
      config,
      ['name'],
      /^[a-z][0-9a-z]{0,11}$/,
      'must begin with a lowercase letter, contain only lowercase letters and numbers and be between 1 and 12 characters in length',
    ),
    ...checkCounts(config, [], 0),
  ],
};

const counts = ['node_count', 'min_count', 'max_count'];

/** A pool has at most a thousand nodes, and the default pool at least one. */
export function checkCounts(pool: ObjectValue | undefined, prefix: Path, least: number): readonly InvalidValue[] {
  return counts.flatMap(name => inRange(pool, [...prefix, name], least, 1000));
}

/** Azure cannot take these two settings back once they were given. */
export function clearedUpgradeSettings(
  prior: ObjectValue | undefined,
  planned: ObjectValue | undefined,
  prefix: Path,
): readonly Path[] {
  const before = block(prior, 'upgrade_settings');
  const after = block(planned, 'upgrade_settings');
  const path = (name: string): Path => [...prefix, 'upgrade_settings', 0, name];
  const drain =
    positive(before, 'drain_timeout_in_minutes') !== undefined &&
    positive(after, 'drain_timeout_in_minutes') === undefined;
  const behavior =
    text(before, 'undrainable_node_behavior') !== undefined && text(after, 'undrainable_node_behavior') === undefined;
  return [
    ...(drain ? [path('drain_timeout_in_minutes')] : []),
    ...(behavior ? [path('undrainable_node_behavior')] : []),
  ];
}

function upgradeProblems(planned: ObjectValue): readonly string[] {
  const settings = block(planned, 'upgrade_settings');
  if (settings === undefined) return [];
  const surge = settings['max_surge'];
  const unavailable = settings['max_unavailable'];
  if (planned['priority'] === 'Spot') {
    return [
      ...(surge
        ? ['`max_surge` cannot be set when `priority` is set to `Spot`. Spot pools do not support `max_surge`']
        : []),
      ...(unavailable
        ? [
            '`max_unavailable` cannot be set when `priority` is set to `Spot`. Spot pools do not support `max_unavailable`',
          ]
        : []),
    ];
  }
  return surge || unavailable
    ? []
    : ['either `max_surge` or `max_unavailable` must be specified in `upgrade_settings` when `priority` is not `Spot`'];
}

function ownPoolToArm(planned: ObjectValue): JsonObject {
  const isSpot = planned['priority'] === 'Spot';
  const windows = block(planned, 'windows_profile');
  if (!isSpot && text(planned, 'eviction_policy') !== undefined) {
    throw new ArmError('`eviction_policy` can only be set when `priority` is set to `Spot`');
  }
  return {
    ...poolToArm(planned),
    mode: text(planned, 'mode'),
    osType: text(planned, 'os_type'),
    type: 'VirtualMachineScaleSets',
    scaleSetPriority: text(planned, 'priority'),
    ...(isSpot
      ? { scaleSetEvictionPolicy: text(planned, 'eviction_policy'), spotMaxPrice: count(planned, 'spot_max_price') }
      : {}),
    nodeTaints: someTexts(planned, 'node_taints'),
    windowsProfile: windows === undefined ? undefined : { disableOutboundNat: !flag(windows, 'outbound_nat_enabled') },
  };
}

/** Azure's pool with what the configuration says of it; the count of a scaled pool is the autoscaler's business. */
function mergePool(existing: JsonObject, wanted: JsonObject, prior: ObjectValue, planned: ObjectValue): JsonObject {
  const { minCount: _low, maxCount: _high, ...rest } = existing;
  const taints = changes(prior, planned, 'node_taints') ? { nodeTaints: texts(planned, 'node_taints') } : {};
  const zones = changes(prior, planned, 'zones') ? { availabilityZones: texts(planned, 'zones') } : {};
  return {
    ...rest,
    ...Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)),
    ...taints,
    ...zones,
    count: changes(prior, planned, 'node_count') ? wanted['count'] : existing['count'],
  };
}

/** Pools that share a subnet are made one after the other. */
async function inSubnets(azure: Azure, planned: ObjectValue, operation: () => Promise<void>): Promise<void> {
  const ids = [...new Set([text(planned, 'pod_subnet_id'), text(planned, 'vnet_subnet_id')])]
    .filter(id => id !== undefined)
    .sort();
  const nested = ids.reduce<() => Promise<void>>((inner, id) => () => azure.exclusively(id, inner), operation);
  await nested();
}

/** The profile of a pool as the cluster lists it: the same properties, beside the name. */
export function profileOf(
  cluster: JsonObject,
  name: string | undefined,
  temporaryName: string | undefined,
): JsonObject | undefined {
  const profiles = objectsAt(cluster, 'properties', 'agentPoolProfiles');
  const system = profiles.filter(profile => textAt(profile, 'mode') === 'System');
  return (
    profiles.find(profile => textAt(profile, 'name') === name) ??
    system.find(profile => textAt(profile, 'name') === temporaryName) ??
    asObject(system[0])
  );
}

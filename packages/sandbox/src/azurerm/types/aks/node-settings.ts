import type { JsonObject } from '@suite/foundation';
import type { ObjectValue, Value } from '../../schema/values.ts';
import {
  at,
  block,
  blocks,
  countAt,
  flag,
  flagAt,
  objectsAt,
  positive,
  text,
  textAt,
  textMap,
  texts,
  textsAt,
} from '../shape.ts';

/** What a pool says about its nodes, in the blocks that the default pool and other pools share; both ways. */

type Names = readonly (readonly [argument: string, property: string])[];

const kubeletTexts: Names = [
  ['cpu_manager_policy', 'cpuManagerPolicy'],
  ['cpu_cfs_quota_period', 'cpuCfsQuotaPeriod'],
  ['topology_manager_policy', 'topologyManagerPolicy'],
];
const kubeletCounts: Names = [
  ['image_gc_high_threshold', 'imageGcHighThreshold'],
  ['image_gc_low_threshold', 'imageGcLowThreshold'],
  ['container_log_max_size_mb', 'containerLogMaxSizeMB'],
  ['container_log_max_files', 'containerLogMaxFiles'],
  ['pod_max_pid', 'podMaxPids'],
];
const sysctls: Names = [
  ['fs_aio_max_nr', 'fsAioMaxNr'],
  ['fs_file_max', 'fsFileMax'],
  ['fs_inotify_max_user_watches', 'fsInotifyMaxUserWatches'],
  ['fs_nr_open', 'fsNrOpen'],
  ['kernel_threads_max', 'kernelThreadsMax'],
  ['net_core_netdev_max_backlog', 'netCoreNetdevMaxBacklog'],
  ['net_core_optmem_max', 'netCoreOptmemMax'],
  ['net_core_rmem_default', 'netCoreRmemDefault'],
  ['net_core_rmem_max', 'netCoreRmemMax'],
  ['net_core_somaxconn', 'netCoreSomaxconn'],
  ['net_core_wmem_default', 'netCoreWmemDefault'],
  ['net_core_wmem_max', 'netCoreWmemMax'],
  ['net_ipv4_neigh_default_gc_thresh1', 'netIpv4NeighDefaultGcThresh1'],
  ['net_ipv4_neigh_default_gc_thresh2', 'netIpv4NeighDefaultGcThresh2'],
  ['net_ipv4_neigh_default_gc_thresh3', 'netIpv4NeighDefaultGcThresh3'],
  ['net_ipv4_tcp_fin_timeout', 'netIpv4TcpFinTimeout'],
  ['net_ipv4_tcp_keepalive_intvl', 'netIpv4TcpkeepaliveIntvl'],
  ['net_ipv4_tcp_keepalive_probes', 'netIpv4TcpKeepaliveProbes'],
  ['net_ipv4_tcp_keepalive_time', 'netIpv4TcpKeepaliveTime'],
  ['net_ipv4_tcp_max_syn_backlog', 'netIpv4TcpMaxSynBacklog'],
  ['net_ipv4_tcp_max_tw_buckets', 'netIpv4TcpMaxTwBuckets'],
  ['net_netfilter_nf_conntrack_buckets', 'netNetfilterNfConntrackBuckets'],
  ['net_netfilter_nf_conntrack_max', 'netNetfilterNfConntrackMax'],
  ['vm_max_map_count', 'vmMaxMapCount'],
  ['vm_swappiness', 'vmSwappiness'],
  ['vm_vfs_cache_pressure', 'vmVfsCachePressure'],
];

export function kubeletConfigToArm(pool: ObjectValue): JsonObject | undefined {
  const config = block(pool, 'kubelet_config');
  if (config === undefined) return undefined;
  return {
    cpuCfsQuota: flag(config, 'cpu_cfs_quota_enabled'),
    failSwapOn: false,
    allowedUnsafeSysctls: texts(config, 'allowed_unsafe_sysctls'),
    ...Object.fromEntries(kubeletTexts.map(([argument, property]) => [property, text(config, argument)])),
    ...Object.fromEntries(kubeletCounts.map(([argument, property]) => [property, positive(config, argument)])),
  };
}

export function kubeletConfigFromArm(profile: JsonObject): Value {
  const config = at(profile, 'kubeletConfig');
  if (config === undefined || config === null) return [];
  return [
    {
      cpu_cfs_quota_enabled: flagAt(config, 'cpuCfsQuota'),
      allowed_unsafe_sysctls: textsAt(config, 'allowedUnsafeSysctls'),
      ...Object.fromEntries(kubeletTexts.map(([argument, property]) => [argument, textAt(config, property)])),
      ...Object.fromEntries(kubeletCounts.map(([argument, property]) => [argument, countAt(config, property)])),
    },
  ];
}

export function linuxOsConfigToArm(pool: ObjectValue): JsonObject | undefined {
  const config = block(pool, 'linux_os_config');
  if (config === undefined) return undefined;
  const values = block(config, 'sysctl_config');
  const low = positive(values, 'net_ipv4_ip_local_port_range_min');
  const high = positive(values, 'net_ipv4_ip_local_port_range_max');
  return {
    swapFileSizeMB: positive(config, 'swap_file_size_mb'),
    transparentHugePageEnabled: text(config, 'transparent_huge_page'),
    transparentHugePageDefrag: text(config, 'transparent_huge_page_defrag'),
    ...(values === undefined
      ? {}
      : {
          sysctls: {
            ...Object.fromEntries(sysctls.map(([argument, property]) => [property, positive(values, argument)])),
            netIpv4TcpTwReuse: flag(values, 'net_ipv4_tcp_tw_reuse'),
            netIpv4IpLocalPortRange: low === undefined || high === undefined ? undefined : `${low} ${high}`,
          },
        }),
  };
}

export function linuxOsConfigFromArm(profile: JsonObject): Value {
  const config = at(profile, 'linuxOSConfig');
  if (config === undefined || config === null) return [];
  const values = at(config, 'sysctls');
  const [low, high] = textAt(values, 'netIpv4IpLocalPortRange').split(/\s+/).map(Number);
  return [
    {
      swap_file_size_mb: countAt(config, 'swapFileSizeMB'),
      transparent_huge_page: textAt(config, 'transparentHugePageEnabled'),
      transparent_huge_page_defrag: textAt(config, 'transparentHugePageDefrag'),
      sysctl_config:
        values === undefined || values === null
          ? []
          : [
              {
                ...Object.fromEntries(sysctls.map(([argument, property]) => [argument, countAt(values, property)])),
                net_ipv4_tcp_tw_reuse: flagAt(values, 'netIpv4TcpTwReuse'),
                net_ipv4_ip_local_port_range_min: low ?? 0,
                net_ipv4_ip_local_port_range_max: high ?? 0,
              },
            ],
    },
  ];
}

export function nodeNetworkToArm(pool: ObjectValue): JsonObject | undefined {
  const network = block(pool, 'node_network_profile');
  if (network === undefined) return undefined;
  return {
    allowedHostPorts: blocks(network, 'allowed_host_ports').map(range => ({
      portStart: positive(range, 'port_start'),
      portEnd: positive(range, 'port_end'),
      protocol: text(range, 'protocol'),
    })),
    applicationSecurityGroups: texts(network, 'application_security_group_ids'),
    nodePublicIPTags: Object.entries(textMap(network, 'node_public_ip_tags')).map(([ipTagType, tag]) => ({
      ipTagType,
      tag,
    })),
  };
}

export function nodeNetworkFromArm(profile: JsonObject): Value {
  const network = at(profile, 'networkProfile');
  if (network === undefined || network === null) return [];
  return [
    {
      allowed_host_ports: objectsAt(network, 'allowedHostPorts').map(range => ({
        port_start: countAt(range, 'portStart'),
        port_end: countAt(range, 'portEnd'),
        protocol: textAt(range, 'protocol'),
      })),
      application_security_group_ids: textsAt(network, 'applicationSecurityGroups'),
      node_public_ip_tags: Object.fromEntries(
        objectsAt(network, 'nodePublicIPTags').map(tag => [textAt(tag, 'ipTagType'), textAt(tag, 'tag')]),
      ),
    },
  ];
}

export function upgradeSettingsToArm(pool: ObjectValue): JsonObject | undefined {
  const settings = block(pool, 'upgrade_settings');
  if (settings === undefined) return undefined;
  const surge = text(settings, 'max_surge');
  const unavailable = text(settings, 'max_unavailable');
  // Only pools of their own know max_unavailable, and there each of the two switches the other off.
  const both = 'max_unavailable' in settings;
  return {
    maxSurge: surge ?? (unavailable === undefined ? undefined : '0'),
    maxUnavailable: unavailable ?? (both && surge !== undefined ? '0' : undefined),
    drainTimeoutInMinutes: positive(settings, 'drain_timeout_in_minutes') ?? 0,
    nodeSoakDurationInMinutes: positive(settings, 'node_soak_duration_in_minutes') ?? 0,
    undrainableNodeBehavior: text(settings, 'undrainable_node_behavior'),
  };
}

export function upgradeSettingsFromArm(profile: JsonObject, own: boolean): Value {
  const settings = at(profile, 'upgradeSettings');
  const names = [
    'maxSurge',
    'maxUnavailable',
    'drainTimeoutInMinutes',
    'nodeSoakDurationInMinutes',
    'undrainableNodeBehavior',
  ];
  if (names.every(name => (at(settings, name) ?? null) === null)) return [];
  const amount = (name: string) => textAt(settings, name).replace(/^0%?$/, '');
  return [
    {
      max_surge: own ? amount('maxSurge') : textAt(settings, 'maxSurge'),
      ...(own ? { max_unavailable: amount('maxUnavailable') } : {}),
      drain_timeout_in_minutes: countAt(settings, 'drainTimeoutInMinutes'),
      node_soak_duration_in_minutes: countAt(settings, 'nodeSoakDurationInMinutes'),
      undrainable_node_behavior: textAt(settings, 'undrainableNodeBehavior'),
    },
  ];
}

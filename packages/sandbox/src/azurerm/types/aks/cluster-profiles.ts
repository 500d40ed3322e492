import { asObject, type JsonObject } from '@suite/foundation';
import type { ObjectValue, Value } from '../../schema/values.ts';
import { at, block, count, flag, flagAt, objectsAt, text, textAt, texts, textsAt } from '../shape.ts';

/** The smaller parts of a cluster's configuration, each both ways. An absent block reads back as an empty list. */

export function apiAccessToArm(planned: ObjectValue): JsonObject {
  const access = block(planned, 'api_server_access_profile');
  const ranges = texts(access, 'authorized_ip_ranges');
  return {
    enablePrivateCluster: flag(planned, 'private_cluster_enabled'),
    enablePrivateClusterPublicFQDN: flag(planned, 'private_cluster_public_fqdn_enabled'),
    disableRunCommand: planned['run_command_enabled'] === false,
    privateDNSZone: text(planned, 'private_dns_zone_id'),
    ...(access === undefined
      ? {}
      : {
          ...(ranges.length === 0 ? {} : { authorizedIPRanges: ranges }),
          enableVnetIntegration: flag(access, 'virtual_network_integration_enabled'),
          subnetId: text(access, 'subnet_id'),
        }),
  };
}

export function apiAccessFromArm(properties: JsonObject): { readonly [argument: string]: Value } {
  const access = asObject(properties['apiServerAccessProfile']);
  const isUsed = ['authorizedIPRanges', 'enableVnetIntegration', 'subnetId'].some(name => access[name] != null);
  const zone = textAt(access, 'privateDNSZone');
  return {
    private_cluster_enabled: flagAt(access, 'enablePrivateCluster'),
    private_cluster_public_fqdn_enabled: flagAt(access, 'enablePrivateClusterPublicFQDN'),
    run_command_enabled: access['disableRunCommand'] !== true,
    private_dns_zone_id: ['System', 'None'].find(name => name.toLowerCase() === zone.toLowerCase()) ?? zone,
    api_server_access_profile: isUsed
      ? [
          {
            authorized_ip_ranges: textsAt(access, 'authorizedIPRanges'),
            virtual_network_integration_enabled: flagAt(access, 'enableVnetIntegration'),
            subnet_id: textAt(access, 'subnetId'),
          },
        ]
      : [],
  };
}

export function aadToArm(planned: ObjectValue): JsonObject | undefined {
  const aad = block(planned, 'azure_active_directory_role_based_access_control');
  if (aad === undefined) return undefined;
  return {
    managed: true,
    tenantID: text(aad, 'tenant_id'),
    adminGroupObjectIDs: texts(aad, 'admin_group_object_ids'),
    enableAzureRBAC: flag(aad, 'azure_rbac_enabled'),
  };
}

export function aadFromArm(properties: JsonObject): Value {
  const aad = properties['aadProfile'];
  if (aad === undefined || aad === null) return [];
  return [
    {
      tenant_id: textAt(aad, 'tenantID'),
      admin_group_object_ids: textsAt(aad, 'adminGroupObjectIDs'),
      azure_rbac_enabled: flagAt(aad, 'enableAzureRBAC'),
    },
  ];
}

/** `[argument, property]` of the autoscaler, by the type that Azure wants: most are texts. */
const scalerTexts = [
  ['empty_bulk_delete_max', 'max-empty-bulk-delete'],
  ['expander', 'expander'],
  ['max_graceful_termination_sec', 'max-graceful-termination-sec'],
  ['max_node_provisioning_time', 'max-node-provision-time'],
  ['new_pod_scale_up_delay', 'new-pod-scale-up-delay'],
  ['scale_down_delay_after_add', 'scale-down-delay-after-add'],
  ['scale_down_delay_after_delete', 'scale-down-delay-after-delete'],
  ['scale_down_delay_after_failure', 'scale-down-delay-after-failure'],
  ['scale_down_unneeded', 'scale-down-unneeded-time'],
  ['scale_down_unready', 'scale-down-unready-time'],
  ['scale_down_utilization_threshold', 'scale-down-utilization-threshold'],
  ['scan_interval', 'scan-interval'],
] as const;
const scalerFlagTexts = [
  ['balance_similar_node_groups', 'balance-similar-node-groups', false],
  ['skip_nodes_with_local_storage', 'skip-nodes-with-local-storage', true],
  ['skip_nodes_with_system_pods', 'skip-nodes-with-system-pods', true],
] as const;
const scalerFlags = [
  ['daemonset_eviction_for_empty_nodes_enabled', 'daemonset-eviction-for-empty-nodes', false],
  ['daemonset_eviction_for_occupied_nodes_enabled', 'daemonset-eviction-for-occupied-nodes', true],
  ['ignore_daemonsets_utilization_enabled', 'ignore-daemonsets-utilization', false],
] as const;
const scalerCountTexts = [
  ['max_unready_nodes', 'ok-total-unready-count'],
  ['max_unready_percentage', 'max-total-unready-percentage'],
] as const;

export function autoScalerToArm(planned: ObjectValue): JsonObject | undefined {
  const profile = block(planned, 'auto_scaler_profile');
  if (profile === undefined) return undefined;
  return Object.fromEntries([
    ...scalerTexts.map(([argument, property]) => [property, text(profile, argument)]),
    ...scalerFlagTexts.map(([argument, property]) => [property, String(flag(profile, argument))]),
    ...scalerFlags.map(([argument, property]) => [property, flag(profile, argument)]),
    ...scalerCountTexts.map(([argument, property]) => [property, String(count(profile, argument) ?? 0)]),
  ]);
}

export function autoScalerFromArm(properties: JsonObject): Value {
  const profile = properties['autoScalerProfile'];
  if (profile === undefined || profile === null) return [];
  const flagOr = (property: string, standard: boolean): boolean => {
    const value = at(profile, property);
    return value === undefined || value === null ? standard : String(value).toLowerCase() === 'true';
  };
  return [
    Object.fromEntries([
      ...scalerTexts.map(([argument, property]) => [argument, textAt(profile, property)] as const),
      ...scalerFlagTexts.map(([argument, property, standard]) => [argument, flagOr(property, standard)] as const),
      ...scalerFlags.map(([argument, property, standard]) => [argument, flagOr(property, standard)] as const),
      ...scalerCountTexts.map(([argument, property]) => [argument, Number(textAt(profile, property))] as const),
    ]),
  ];
}

export function linuxProfileToArm(planned: ObjectValue): JsonObject | undefined {
  const profile = block(planned, 'linux_profile');
  if (profile === undefined) return undefined;
  const keyData = text(block(profile, 'ssh_key'), 'key_data');
  return { adminUsername: text(profile, 'admin_username'), ssh: { publicKeys: [{ keyData }] } };
}

export function linuxProfileFromArm(properties: JsonObject): Value {
  const profile = properties['linuxProfile'];
  if (profile === undefined || profile === null) return [];
  const keys = objectsAt(profile, 'ssh', 'publicKeys').map(key => ({ key_data: textAt(key, 'keyData') }));
  return [{ admin_username: textAt(profile, 'adminUsername'), ssh_key: keys }];
}

export function windowsProfileToArm(planned: ObjectValue): JsonObject | undefined {
  const profile = block(planned, 'windows_profile');
  if (profile === undefined) return undefined;
  const gmsa = block(profile, 'gmsa');
  return {
    adminUsername: text(profile, 'admin_username'),
    adminPassword: text(profile, 'admin_password'),
    licenseType: text(profile, 'license') ?? 'None',
    gmsaProfile:
      gmsa === undefined
        ? undefined
        : { enabled: true, dnsServer: text(gmsa, 'dns_server') ?? '', rootDomainName: text(gmsa, 'root_domain') ?? '' },
  };
}

/** Azure never gives the password back, so it is taken from the state. */
export function windowsProfileFromArm(properties: JsonObject, state: ObjectValue): Value {
  const profile = properties['windowsProfile'];
  if (profile === undefined || profile === null) return [];
  const license = textAt(profile, 'licenseType');
  const gmsa = at(profile, 'gmsaProfile');
  return [
    {
      admin_username: textAt(profile, 'adminUsername'),
      admin_password: text(block(state, 'windows_profile'), 'admin_password') ?? '',
      license: license === 'None' ? '' : license,
      gmsa:
        gmsa === undefined || gmsa === null
          ? []
          : [{ dns_server: textAt(gmsa, 'dnsServer'), root_domain: textAt(gmsa, 'rootDomainName') }],
    },
  ];
}

export function meshToArm(planned: ObjectValue): JsonObject | undefined {
  const mesh = block(planned, 'service_mesh_profile');
  if (mesh === undefined) return undefined;
  const authority = block(mesh, 'certificate_authority');
  return {
    mode: text(mesh, 'mode'),
    istio: {
      components: {
        ingressGateways: [
          { mode: 'Internal', enabled: flag(mesh, 'internal_ingress_gateway_enabled') },
          { mode: 'External', enabled: flag(mesh, 'external_ingress_gateway_enabled') },
        ],
      },
      revisions: texts(mesh, 'revisions'),
      ...(authority === undefined
        ? {}
        : {
            certificateAuthority: {
              plugin: {
                keyVaultId: text(authority, 'key_vault_id'),
                rootCertObjectName: text(authority, 'root_cert_object_name'),
                certChainObjectName: text(authority, 'cert_chain_object_name'),
                certObjectName: text(authority, 'cert_object_name'),
                keyObjectName: text(authority, 'key_object_name'),
              },
            },
          }),
    },
  };
}

export function meshFromArm(properties: JsonObject): Value {
  const mesh = properties['serviceMeshProfile'];
  if (textAt(mesh, 'mode') !== 'Istio') return [];
  const gateways = objectsAt(mesh, 'istio', 'components', 'ingressGateways');
  const isOn = (mode: string) =>
    gateways.some(gateway => textAt(gateway, 'mode') === mode && flagAt(gateway, 'enabled'));
  const plugin = at(mesh, 'istio', 'certificateAuthority', 'plugin');
  return [
    {
      mode: 'Istio',
      internal_ingress_gateway_enabled: isOn('Internal'),
      external_ingress_gateway_enabled: isOn('External'),
      revisions: textsAt(mesh, 'istio', 'revisions'),
      certificate_authority:
        plugin === undefined
          ? []
          : [
              {
                key_vault_id: textAt(plugin, 'keyVaultId'),
                root_cert_object_name: textAt(plugin, 'rootCertObjectName'),
                cert_chain_object_name: textAt(plugin, 'certChainObjectName'),
                cert_object_name: textAt(plugin, 'certObjectName'),
                key_object_name: textAt(plugin, 'keyObjectName'),
              },
            ],
    },
  ];
}

export function storageToArm(planned: ObjectValue): JsonObject | undefined {
  const storage = block(planned, 'storage_profile');
  if (storage === undefined) return undefined;
  return {
    blobCSIDriver: { enabled: flag(storage, 'blob_driver_enabled') },
    diskCSIDriver: { enabled: flag(storage, 'disk_driver_enabled') },
    fileCSIDriver: { enabled: flag(storage, 'file_driver_enabled') },
    snapshotController: { enabled: flag(storage, 'snapshot_controller_enabled') },
  };
}

export function webAppRoutingToArm(planned: ObjectValue): JsonObject | undefined {
  const routing = block(planned, 'web_app_routing');
  if (routing === undefined) return undefined;
  const zones = texts(routing, 'dns_zone_ids');
  return {
    webAppRouting: {
      enabled: true,
      ...(zones.length === 0 ? {} : { dnsZoneResourceIds: zones }),
      nginx: { defaultIngressControllerType: text(routing, 'default_nginx_controller') },
    },
  };
}

import { asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../../arm/client.ts';
import type { ObjectValue } from '../../schema/values.ts';
import { changes } from '../changes.ts';
import { block, flag, flagAt, identityToArm, positive, text, textAt, textMap, texts } from '../shape.ts';
import { addonArguments, addonsToArm } from './addons.ts';
import {
  aadToArm,
  apiAccessToArm,
  autoScalerToArm,
  linuxProfileToArm,
  meshToArm,
  storageToArm,
  webAppRoutingToArm,
  windowsProfileToArm,
} from './cluster-profiles.ts';
import { networkProfileToArm } from './network-profile.ts';
import { defaultPoolToArm } from './pool.ts';

interface Section {
  /** An update writes the section when one of these changes. */
  readonly arguments: readonly string[];
  /** Properties of the cluster; undefined ones are left out of the request. */
  readonly write: (planned: ObjectValue, prior: ObjectValue | undefined, existing: JsonObject) => JsonObject;
}

const sections: readonly Section[] = [
  { arguments: [...addonArguments], write: (planned, prior) => ({ addonProfiles: addonsToArm(planned, prior) }) },
  {
    arguments: [
      'api_server_access_profile',
      'private_cluster_enabled',
      'private_cluster_public_fqdn_enabled',
      'private_dns_zone_id',
      'run_command_enabled',
    ],
    write: planned => ({ apiServerAccessProfile: apiAccessToArm(planned) }),
  },
  {
    arguments: ['azure_active_directory_role_based_access_control'],
    write: planned => ({ aadProfile: aadToArm(planned) ?? null }),
  },
  { arguments: ['auto_scaler_profile'], write: planned => ({ autoScalerProfile: autoScalerToArm(planned) }) },
  {
    arguments: ['automatic_upgrade_channel', 'node_os_upgrade_channel'],
    write: planned => ({ autoUpgradeProfile: channels(planned) }),
  },
  {
    arguments: ['monitor_metrics'],
    write: planned => ({ azureMonitorProfile: { metrics: metrics(planned) } }),
  },
  {
    arguments: ['bootstrap_profile'],
    write: planned => {
      const profile = block(planned, 'bootstrap_profile');
      if (profile === undefined) return {};
      const registry = text(profile, 'container_registry_id');
      return { bootstrapProfile: { artifactSource: text(profile, 'artifact_source'), containerRegistryId: registry } };
    },
  },
  {
    arguments: ['ai_toolchain_operator_enabled'],
    write: (planned, prior) =>
      prior !== undefined || flag(planned, 'ai_toolchain_operator_enabled')
        ? { aiToolchainOperatorProfile: { enabled: flag(planned, 'ai_toolchain_operator_enabled') } }
        : {},
  },
  {
    arguments: ['cost_analysis_enabled'],
    write: planned => {
      const enabled = flag(planned, 'cost_analysis_enabled');
      if (enabled && !['Standard', 'Premium'].includes(text(planned, 'sku_tier') ?? '')) {
        throw new ArmError('`sku_tier` must be either `Standard` or `Premium` when cost analysis is enabled');
      }
      return { metricsProfile: { costAnalysis: { enabled } } };
    },
  },
  {
    arguments: ['http_proxy_config'],
    write: planned => {
      const proxy = block(planned, 'http_proxy_config');
      if (proxy === undefined) return {};
      return {
        httpProxyConfig: {
          httpProxy: text(proxy, 'http_proxy'),
          httpsProxy: text(proxy, 'https_proxy'),
          noProxy: texts(proxy, 'no_proxy'),
          trustedCa: text(proxy, 'trusted_ca'),
        },
      };
    },
  },
  {
    arguments: [
      'image_cleaner_enabled',
      'image_cleaner_interval_hours',
      'workload_identity_enabled',
      'microsoft_defender',
      'key_management_service',
      'custom_ca_trust_certificates_base64',
    ],
    write: (planned, prior, existing) => ({
      securityProfile: security(planned, prior, asObject(existing['securityProfile'])),
    }),
  },
  { arguments: ['linux_profile'], write: planned => ({ linuxProfile: linuxProfileToArm(planned) }) },
  { arguments: ['windows_profile'], write: planned => ({ windowsProfile: windowsProfileToArm(planned) }) },
  {
    arguments: ['local_account_disabled'],
    write: planned => ({ disableLocalAccounts: flag(planned, 'local_account_disabled') }),
  },
  {
    arguments: ['network_profile'],
    write: (planned, _prior, existing) => ({
      networkProfile: networkProfileToArm(block(planned, 'network_profile'), asObject(existing['networkProfile'])),
    }),
  },
  {
    arguments: ['node_provisioning_profile'],
    write: planned => {
      const profile = block(planned, 'node_provisioning_profile');
      return {
        nodeProvisioningProfile: { mode: text(profile, 'mode'), defaultNodePools: text(profile, 'default_node_pools') },
      };
    },
  },
  {
    arguments: ['oidc_issuer_enabled'],
    write: (planned, _prior, existing) => ({
      oidcIssuerProfile: { ...asObject(existing['oidcIssuerProfile']), enabled: flag(planned, 'oidc_issuer_enabled') },
    }),
  },
  {
    arguments: ['service_mesh_profile'],
    write: (planned, prior) => {
      const mesh = meshToArm(planned);
      return mesh === undefined && prior !== undefined
        ? { serviceMeshProfile: { mode: 'Disabled' } }
        : { serviceMeshProfile: mesh };
    },
  },
  { arguments: ['storage_profile'], write: planned => ({ storageProfile: storageToArm(planned) }) },
  { arguments: ['support_plan'], write: planned => ({ supportPlan: text(planned, 'support_plan') }) },
  {
    arguments: ['upgrade_override'],
    write: (planned, prior) => {
      const setting = block(planned, 'upgrade_override');
      if (setting === undefined && prior !== undefined) throw new ArmError('`upgrade_override` cannot be unset');
      if (setting === undefined) return {};
      const until = text(setting, 'effective_until') ?? '';
      return { upgradeSettings: { overrideSettings: { forceUpgrade: flag(setting, 'force_upgrade_enabled'), until } } };
    },
  },
  {
    arguments: ['web_app_routing'],
    write: (planned, prior) => ({
      ingressProfile:
        webAppRoutingToArm(planned) ?? (prior === undefined ? undefined : { webAppRouting: { enabled: false } }),
    }),
  },
  {
    arguments: ['workload_autoscaler_profile'],
    write: (planned, prior) => {
      const profile = block(planned, 'workload_autoscaler_profile');
      if (profile === undefined)
        return prior === undefined ? {} : { workloadAutoScalerProfile: { keda: { enabled: false } } };
      const before = block(prior, 'workload_autoscaler_profile');
      const state = (argument: string) =>
        flag(profile, argument) || changes(before, profile, argument)
          ? { enabled: flag(profile, argument) }
          : undefined;
      return {
        workloadAutoScalerProfile: {
          keda: state('keda_enabled'),
          verticalPodAutoscaler: state('vertical_pod_autoscaler_enabled'),
        },
      };
    },
  },
];

/** Body of the PUT that makes a cluster. */
export function clusterToArm(planned: ObjectValue): JsonObject {
  const pool = block(planned, 'default_node_pool') ?? {};
  const principal = block(planned, 'service_principal');
  const kubelet = block(planned, 'kubelet_identity');
  const kubeletId = text(kubelet, 'user_assigned_identity_id');
  checkNew(planned, principal);
  return {
    location: planned['location'],
    ...edgeZone(planned),
    sku: { name: 'Base', tier: text(planned, 'sku_tier') },
    tags: textMap(planned, 'tags'),
    ...(principal === undefined ? { identity: identityToArm(planned) } : {}),
    properties: {
      ...Object.assign({}, ...sections.map(section => section.write(planned, undefined, {}))),
      agentPoolProfiles: [{ name: text(pool, 'name'), ...defaultPoolToArm(pool) }],
      diskEncryptionSetID: text(planned, 'disk_encryption_set_id'),
      dnsPrefix: text(planned, 'dns_prefix') ?? '',
      enableRBAC: planned['role_based_access_control_enabled'] !== false,
      fqdnSubdomain: text(planned, 'dns_prefix_private_cluster'),
      kubernetesVersion: text(planned, 'kubernetes_version') ?? '',
      nodeResourceGroup: text(planned, 'node_resource_group') ?? '',
      servicePrincipalProfile:
        principal === undefined
          ? { clientId: 'msi' }
          : { clientId: text(principal, 'client_id'), secret: text(principal, 'client_secret') },
      ...(kubeletId === undefined
        ? {}
        : {
            identityProfile: {
              kubeletidentity: {
                resourceId: kubeletId,
                clientId: text(kubelet, 'client_id'),
                objectId: text(kubelet, 'object_id'),
              },
            },
          }),
    },
  };
}

/** Azure's cluster with what an update changes of it; undefined when nothing of the cluster itself changes. */
export function clusterUpdateToArm(
  existing: JsonObject,
  prior: ObjectValue,
  planned: ObjectValue,
): JsonObject | undefined {
  const changed = sections.filter(section => changes(prior, planned, ...section.arguments));
  const identityChanges = changes(prior, planned, 'identity');
  const tagsChange = changes(prior, planned, 'tags');
  const tierChanges = changes(prior, planned, 'sku_tier');
  if (changed.length === 0 && !identityChanges && !tagsChange && !tierChanges) return undefined;
  const properties = asObject(existing['properties']);
  const written: JsonObject = Object.assign({}, ...changed.map(section => section.write(planned, prior, properties)));
  const addons = written['addonProfiles'];
  return {
    ...withEmptyIdentities(existing),
    ...(identityChanges ? { identity: identityToArm(planned) } : {}),
    ...(tagsChange ? { tags: textMap(planned, 'tags') } : {}),
    ...(tierChanges ? { sku: { ...asObject(existing['sku']), tier: text(planned, 'sku_tier') ?? 'Free' } } : {}),
    properties: {
      ...properties,
      ...written,
      ...(addons === undefined
        ? {}
        : { addonProfiles: { ...asObject(properties['addonProfiles']), ...defined(asObject(addons)) } }),
    },
  };
}

/** Azure refuses to take back what it says of user-assigned identities. */
export function withEmptyIdentities(existing: JsonObject): JsonObject {
  const identity = asObject(existing['identity']);
  const ids = Object.keys(asObject(identity['userAssignedIdentities']));
  if (ids.length === 0) return existing;
  return {
    ...existing,
    identity: { ...identity, userAssignedIdentities: Object.fromEntries(ids.map(id => [id, {}])) },
  };
}

function defined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function edgeZone(planned: ObjectValue): JsonObject {
  const name = text(planned, 'edge_zone');
  return name === undefined ? {} : { extendedLocation: { name, type: 'EdgeZone' } };
}

function channels(planned: ObjectValue): JsonObject {
  const upgrade = text(planned, 'automatic_upgrade_channel');
  const node = text(planned, 'node_os_upgrade_channel');
  if (upgrade === 'node-image' && node !== undefined && node !== 'NodeImage') {
    throw new ArmError(
      '`node_os_upgrade_channel` cannot be set to a value other than `NodeImage` if `automatic_upgrade_channel` is set to `node-image`',
    );
  }
  return { upgradeChannel: upgrade ?? 'none', nodeOSUpgradeChannel: node };
}

function metrics(planned: ObjectValue): JsonObject {
  const monitor = block(planned, 'monitor_metrics');
  if (monitor === undefined) return { enabled: false };
  const annotations = text(monitor, 'annotations_allowed');
  const labels = text(monitor, 'labels_allowed');
  return {
    enabled: true,
    kubeStateMetrics: { metricAnnotationsAllowList: annotations ?? '', metricLabelsAllowlist: labels ?? '' },
  };
}

function security(planned: ObjectValue, prior: ObjectValue | undefined, existing: JsonObject): JsonObject {
  const defender = block(planned, 'microsoft_defender');
  const keys = block(planned, 'key_management_service');
  const hadDefender = changes(prior, planned, 'microsoft_defender');
  const hadKeys = changes(prior, planned, 'key_management_service');
  const workloadIdentity = flag(planned, 'workload_identity_enabled');
  const certificates = texts(planned, 'custom_ca_trust_certificates_base64');
  if (workloadIdentity && !flag(planned, 'oidc_issuer_enabled')) {
    throw new ArmError('`oidc_issuer_enabled` must be set to `true` to enable Azure AD Workload Identity');
  }
  const cleaner = flag(planned, 'image_cleaner_enabled') || flagAt(existing, 'imageCleaner', 'enabled');
  return {
    ...existing,
    ...(workloadIdentity || existing['workloadIdentity'] !== undefined
      ? { workloadIdentity: { enabled: workloadIdentity } }
      : {}),
    ...(cleaner
      ? {
          imageCleaner: {
            enabled: flag(planned, 'image_cleaner_enabled'),
            intervalHours: positive(planned, 'image_cleaner_interval_hours') ?? 0,
          },
        }
      : {}),
    ...(certificates.length > 0 || existing['customCATrustCertificates'] !== undefined
      ? { customCATrustCertificates: certificates }
      : {}),
    defender:
      defender !== undefined
        ? {
            securityMonitoring: { enabled: true },
            logAnalyticsWorkspaceResourceId: text(defender, 'log_analytics_workspace_id'),
          }
        : hadDefender
          ? { securityMonitoring: { enabled: false } }
          : undefined,
    azureKeyVaultKms:
      keys !== undefined
        ? {
            enabled: true,
            keyId: text(keys, 'key_vault_key_id'),
            keyVaultNetworkAccess: text(keys, 'key_vault_network_access'),
          }
        : hadKeys
          ? { enabled: false }
          : undefined,
  };
}

function checkNew(planned: ObjectValue, principal: ObjectValue | undefined): void {
  const identity = block(planned, 'identity');
  const zone = text(planned, 'private_dns_zone_id');
  const hasCustomZone = zone !== undefined && zone !== 'System' && zone !== 'None';
  if (identity === undefined && principal === undefined) {
    throw new ArmError(
      'either an `identity` or `service_principal` block must be specified for cluster authentication',
    );
  }
  if (!flag(planned, 'private_cluster_enabled') && text(planned, 'dns_prefix') === undefined) {
    throw new ArmError('`dns_prefix` should be set if it is not a private cluster');
  }
  if (hasCustomZone && principal === undefined && textAt(identity, 'type') !== 'UserAssigned') {
    throw new ArmError(
      'a user assigned identity or a service principal must be used when using a custom private dns zone',
    );
  }
  if (
    text(planned, 'dns_prefix_private_cluster') !== undefined &&
    !(flag(planned, 'private_cluster_enabled') && hasCustomZone)
  ) {
    throw new ArmError(
      '`dns_prefix_private_cluster` should only be set for private cluster with custom private dns zone',
    );
  }
}

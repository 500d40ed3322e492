import { asObject, type JsonObject } from '@suite/foundation';
import type { IdParts } from '../../arm/ids.ts';
import { normaliseLocation } from '../../schema/plan.ts';
import type { ObjectValue, Value } from '../../schema/values.ts';
import type { Readable } from '../resource-type.ts';
import { at, block, countAt, flagAt, identityFromArm, text, textAt, textMapAt, textsAt } from '../shape.ts';
import { addonIdentity, addonsFromArm } from './addons.ts';
import {
  aadFromArm,
  apiAccessFromArm,
  autoScalerFromArm,
  linuxProfileFromArm,
  meshFromArm,
  windowsProfileFromArm,
} from './cluster-profiles.ts';
import { networkProfileFromArm } from './network-profile.ts';
import { profileOf } from './node-pool.ts';
import { defaultPoolFromArm } from './pool.ts';

/** What a cluster's body tells; credentials and maintenance windows are asked for separately. */
export function clusterFromArm(body: JsonObject, parts: IdParts, state: ObjectValue): Readable {
  const properties = asObject(body['properties']);
  const pool = block(state, 'default_node_pool');
  const profile = profileOf(body, text(pool, 'name'), text(pool, 'temporary_name_for_rotation'));
  const nodeGroup = textAt(properties, 'nodeResourceGroup');
  const channel = textAt(properties, 'autoUpgradeProfile', 'upgradeChannel');
  const cleaner = at(properties, 'securityProfile', 'imageCleaner');
  return {
    name: parts['managedClusters'],
    resource_group_name: parts['resourceGroups'],
    location: normaliseLocation(textAt(body, 'location')),
    edge_zone: textAt(body, 'extendedLocation', 'name'),
    sku_tier: textAt(body, 'sku', 'tier') || 'Free',
    tags: textMapAt(body, 'tags'),
    identity: identityFromArm(body),

    dns_prefix: textAt(properties, 'dnsPrefix'),
    dns_prefix_private_cluster: textAt(properties, 'fqdnSubdomain'),
    fqdn: textAt(properties, 'fqdn'),
    private_fqdn: textAt(properties, 'privateFQDN'),
    portal_fqdn: textAt(properties, 'azurePortalFQDN'),
    disk_encryption_set_id: textAt(properties, 'diskEncryptionSetID'),
    kubernetes_version: textAt(properties, 'kubernetesVersion'),
    current_kubernetes_version: textAt(properties, 'currentKubernetesVersion'),
    local_account_disabled: flagAt(properties, 'disableLocalAccounts'),
    node_resource_group: nodeGroup,
    node_resource_group_id: `/subscriptions/${parts['subscriptions']}/resourceGroups/${nodeGroup}`,
    role_based_access_control_enabled: properties['enableRBAC'] !== false,
    support_plan: textAt(properties, 'supportPlan') || 'KubernetesOfficial',

    automatic_upgrade_channel: channel === 'none' ? '' : channel,
    node_os_upgrade_channel: textAt(properties, 'autoUpgradeProfile', 'nodeOSUpgradeChannel'),
    custom_ca_trust_certificates_base64: textsAt(properties, 'securityProfile', 'customCATrustCertificates'),
    workload_identity_enabled: flagAt(properties, 'securityProfile', 'workloadIdentity', 'enabled'),
    ...(cleaner == null
      ? {}
      : {
          image_cleaner_enabled: flagAt(cleaner, 'enabled'),
          image_cleaner_interval_hours: countAt(cleaner, 'intervalHours'),
        }),
    microsoft_defender: flagAt(properties, 'securityProfile', 'defender', 'securityMonitoring', 'enabled')
      ? [
          {
            log_analytics_workspace_id: textAt(
              properties,
              'securityProfile',
              'defender',
              'logAnalyticsWorkspaceResourceId',
            ),
          },
        ]
      : [],
    key_management_service: flagAt(properties, 'securityProfile', 'azureKeyVaultKms', 'enabled')
      ? [
          {
            key_vault_key_id: textAt(properties, 'securityProfile', 'azureKeyVaultKms', 'keyId'),
            key_vault_network_access: textAt(
              properties,
              'securityProfile',
              'azureKeyVaultKms',
              'keyVaultNetworkAccess',
            ),
          },
        ]
      : [],

    ...apiAccessFromArm(properties),
    ...addonsFromArm(properties),
    ai_toolchain_operator_enabled: flagAt(properties, 'aiToolchainOperatorProfile', 'enabled'),
    auto_scaler_profile: autoScalerFromArm(properties),
    azure_active_directory_role_based_access_control: aadFromArm(properties),
    bootstrap_profile: bootstrapFromArm(properties),
    cost_analysis_enabled: flagAt(properties, 'metricsProfile', 'costAnalysis', 'enabled'),
    default_node_pool: profile === undefined ? [] : defaultPoolFromArm(profile, pool),
    http_proxy_config: proxyFromArm(properties),
    kubelet_identity: addonIdentity({ identity: at(properties, 'identityProfile', 'kubeletidentity') }),
    linux_profile: linuxProfileFromArm(properties),
    monitor_metrics: metricsFromArm(properties),
    network_profile: networkProfileFromArm(properties),
    node_provisioning_profile: provisioningFromArm(properties),
    oidc_issuer_enabled: flagAt(properties, 'oidcIssuerProfile', 'enabled'),
    oidc_issuer_url: textAt(properties, 'oidcIssuerProfile', 'issuerURL'),
    service_mesh_profile: meshFromArm(properties),
    service_principal: principalFromArm(properties, state),
    upgrade_override: overrideFromArm(properties),
    web_app_routing: routingFromArm(properties),
    windows_profile: windowsProfileFromArm(properties, state),
    workload_autoscaler_profile: workloadScalerFromArm(properties),
  };
}

function bootstrapFromArm(properties: JsonObject): Value {
  const source = textAt(properties, 'bootstrapProfile', 'artifactSource');
  const registry = textAt(properties, 'bootstrapProfile', 'containerRegistryId');
  return source === '' ? [] : [{ artifact_source: source, container_registry_id: registry }];
}

function proxyFromArm(properties: JsonObject): Value {
  const proxy = properties['httpProxyConfig'];
  if (proxy === undefined || proxy === null) return [];
  return [
    {
      http_proxy: textAt(proxy, 'httpProxy'),
      https_proxy: textAt(proxy, 'httpsProxy'),
      no_proxy: textsAt(proxy, 'noProxy'),
      trusted_ca: textAt(proxy, 'trustedCa'),
    },
  ];
}

function metricsFromArm(properties: JsonObject): Value {
  const metrics = at(properties, 'azureMonitorProfile', 'metrics');
  if (!flagAt(metrics, 'enabled')) return [];
  return [
    {
      annotations_allowed: textAt(metrics, 'kubeStateMetrics', 'metricAnnotationsAllowList'),
      labels_allowed: textAt(metrics, 'kubeStateMetrics', 'metricLabelsAllowlist'),
    },
  ];
}

function provisioningFromArm(properties: JsonObject): Value {
  const profile = properties['nodeProvisioningProfile'];
  if (profile === undefined || profile === null) return [];
  return [{ mode: textAt(profile, 'mode'), default_node_pools: textAt(profile, 'defaultNodePools') }];
}

/** Azure never gives the secret back, so it is taken from the state. */
function principalFromArm(properties: JsonObject, state: ObjectValue): Value {
  const clientId = textAt(properties, 'servicePrincipalProfile', 'clientId');
  if (clientId === '' || clientId.toLowerCase() === 'msi') return [];
  return [{ client_id: clientId, client_secret: text(block(state, 'service_principal'), 'client_secret') ?? '' }];
}

function overrideFromArm(properties: JsonObject): Value {
  const settings = at(properties, 'upgradeSettings', 'overrideSettings');
  if (settings === undefined || settings === null) return [];
  return [{ force_upgrade_enabled: flagAt(settings, 'forceUpgrade'), effective_until: textAt(settings, 'until') }];
}

function routingFromArm(properties: JsonObject): Value {
  const routing = at(properties, 'ingressProfile', 'webAppRouting');
  if (!flagAt(routing, 'enabled')) return [];
  return [
    {
      dns_zone_ids: textsAt(routing, 'dnsZoneResourceIds'),
      default_nginx_controller: textAt(routing, 'nginx', 'defaultIngressControllerType'),
      web_app_routing_identity: addonIdentity(routing),
    },
  ];
}

function workloadScalerFromArm(properties: JsonObject): Value {
  const profile = properties['workloadAutoScalerProfile'];
  if (at(profile, 'keda') == null && at(profile, 'verticalPodAutoscaler') == null) return [];
  return [
    {
      keda_enabled: flagAt(profile, 'keda', 'enabled'),
      vertical_pod_autoscaler_enabled: flagAt(profile, 'verticalPodAutoscaler', 'enabled'),
    },
  ];
}

/**
 * Where Terraform has what `verify` checks: of each list of ARM (`registries`) the type of resource, and of each path of a check the
 * attributes of azurerm 5.2.0 that decide it. `block.*`: the block as a whole, which comes or goes. No attribute: azurerm does not manage it,
 * or another resource does, so no change of this one tells of it.
 */
export interface TerraformPlace {
  readonly type: string;
  /** The name in the path is one that Azure gives each of them, such as `default`: there is one such resource in a scope. */
  readonly isOnly?: true;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

const none: readonly string[] = [];
const states = { provisioningState: none, 'powerState.code': none };
const publicAccess = { publicNetworkAccess: ['public_network_access_enabled'] };

const upgradeSettings = {
  'upgradeSettings.drainTimeoutInMinutes': ['upgrade_settings.drain_timeout_in_minutes'],
  'upgradeSettings.maxSurge': ['upgrade_settings.max_surge'],
  'upgradeSettings.nodeSoakDurationInMinutes': ['upgrade_settings.node_soak_duration_in_minutes'],
};

/** A window is of the cluster, and which one its name says. */
const maintenance = (window: string): TerraformPlace => ({
  type: 'azurerm_kubernetes_cluster',
  isOnly: true,
  attributes: {
    'maintenanceWindow.durationHours': [`${window}.duration`],
    'maintenanceWindow.schedule.weekly.dayOfWeek': [`${window}.day_of_week`],
    'maintenanceWindow.schedule.weekly.intervalWeeks': [`${window}.interval`],
    'maintenanceWindow.startTime': [`${window}.start_time`],
    'maintenanceWindow.utcOffset': [`${window}.utc_offset`],
  },
});

const entra = 'azure_active_directory_role_based_access_control';
const secrets = 'addonProfiles.azureKeyvaultSecretsProvider';

export const clusterPlace: TerraformPlace = {
  type: 'azurerm_kubernetes_cluster',
  attributes: {
    ...states,
    'aadProfile.adminGroupObjectIDs': [`${entra}.admin_group_object_ids`],
    'aadProfile.enableAzureRBAC': [`${entra}.azure_rbac_enabled`],
    'aadProfile.managed': [`${entra}.*`],
    [`${secrets}.enabled`]: ['key_vault_secrets_provider.*'],
    [`${secrets}.config.enableSecretRotation`]: ['key_vault_secrets_provider.secret_rotation_enabled'],
    [`${secrets}.config.rotationPollInterval`]: ['key_vault_secrets_provider.secret_rotation_interval'],
    'addonProfiles.azurepolicy.enabled': ['azure_policy_enabled'],
    'addonProfiles.omsagent.enabled': ['oms_agent.*'],
    'addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID': ['oms_agent.log_analytics_workspace_id'],
    'addonProfiles.omsagent.config.useAADAuth': ['oms_agent.msi_auth_for_monitoring_enabled'],
    'apiServerAccessProfile.authorizedIPRanges': ['api_server_access_profile.authorized_ip_ranges'],
    'apiServerAccessProfile.disableRunCommand': ['run_command_enabled'],
    'apiServerAccessProfile.enablePrivateCluster': ['private_cluster_enabled'],
    'apiServerAccessProfile.enablePrivateClusterPublicFQDN': ['private_cluster_public_fqdn_enabled'],
    'apiServerAccessProfile.enableVnetIntegration': ['api_server_access_profile.virtual_network_integration_enabled'],
    'apiServerAccessProfile.privateDNSZone': ['private_dns_zone_id'],
    'apiServerAccessProfile.subnetId': ['api_server_access_profile.subnet_id'],
    'autoUpgradeProfile.nodeOSUpgradeChannel': ['node_os_upgrade_channel'],
    'autoUpgradeProfile.upgradeChannel': ['automatic_upgrade_channel'],
    'azureMonitorProfile.metrics.enabled': ['monitor_metrics.*'],
    currentKubernetesVersion: ['kubernetes_version', 'current_kubernetes_version'],
    disableLocalAccounts: ['local_account_disabled'],
    diskEncryptionSetID: ['disk_encryption_set_id'],
    enableRBAC: ['role_based_access_control_enabled'],
    'identity.type': ['identity.type'],
    'identity.userAssignedIdentities': ['identity.identity_ids'],
    'ingressProfile.gatewayAPI.installation': none,
    'metricsProfile.costAnalysis.enabled': ['cost_analysis_enabled'],
    'networkProfile.dnsServiceIP': ['network_profile.dns_service_ip'],
    'networkProfile.loadBalancerSku': ['network_profile.load_balancer_sku'],
    'networkProfile.networkDataplane': ['network_profile.network_data_plane'],
    'networkProfile.networkPlugin': ['network_profile.network_plugin'],
    'networkProfile.networkPluginMode': ['network_profile.network_plugin_mode'],
    'networkProfile.networkPolicy': ['network_profile.network_policy'],
    'networkProfile.outboundType': ['network_profile.outbound_type'],
    'networkProfile.podCidr': ['network_profile.pod_cidr'],
    'networkProfile.serviceCidr': ['network_profile.service_cidr'],
    nodeResourceGroup: ['node_resource_group'],
    'oidcIssuerProfile.enabled': ['oidc_issuer_enabled'],
    'podIdentityProfile.enabled': none,
    'securityProfile.defender.logAnalyticsWorkspaceResourceId': ['microsoft_defender.log_analytics_workspace_id'],
    'securityProfile.defender.securityMonitoring.enabled': ['microsoft_defender.*'],
    'securityProfile.imageCleaner.enabled': ['image_cleaner_enabled'],
    'securityProfile.imageCleaner.intervalHours': ['image_cleaner_interval_hours'],
    'securityProfile.workloadIdentity.enabled': ['workload_identity_enabled'],
    'serviceMeshProfile.mode': ['service_mesh_profile.*', 'service_mesh_profile.mode'],
    'sku.tier': ['sku_tier'],
    'storageProfile.blobCSIDriver.enabled': ['storage_profile.blob_driver_enabled'],
    'storageProfile.diskCSIDriver.enabled': ['storage_profile.disk_driver_enabled'],
    'storageProfile.fileCSIDriver.enabled': ['storage_profile.file_driver_enabled'],
    'storageProfile.snapshotController.enabled': ['storage_profile.snapshot_controller_enabled'],
  },
};

export const poolPlace: TerraformPlace = {
  type: 'azurerm_kubernetes_cluster_node_pool',
  attributes: {
    ...states,
    ...upgradeSettings,
    availabilityZones: ['zones'],
    currentOrchestratorVersion: ['orchestrator_version'],
    enableAutoScaling: ['auto_scaling_enabled'],
    enableEncryptionAtHost: ['host_encryption_enabled'],
    'gpuProfile.driver': ['gpu_driver'],
    maxCount: ['max_count'],
    maxPods: ['max_pods'],
    minCount: ['min_count'],
    mode: ['mode'],
    nodeLabels: ['node_labels'],
    nodeTaints: ['node_taints'],
    osDiskSizeGB: ['os_disk_size_gb'],
    osDiskType: ['os_disk_type'],
    scaleSetPriority: ['priority'],
    vmSize: ['vm_size'],
    vnetSubnetID: ['vnet_subnet_id'],
  },
};

/** The system pool is a block of the cluster, which says its taint in another way, and neither mode nor priority. */
export const systemPoolPlace: TerraformPlace = {
  type: clusterPlace.type,
  attributes: Object.fromEntries(
    Object.entries({
      ...poolPlace.attributes,
      nodeTaints: ['only_critical_addons_enabled'],
      mode: none,
      scaleSetPriority: none,
    }).map(([path, attributes]) => [path, attributes.map(attribute => `default_node_pool.${attribute}`)]),
  ),
};

/** By ARM's list, or one entry of it. */
export const places: Readonly<Record<string, TerraformPlace>> = {
  agentPoolProfiles: poolPlace,
  'maintenanceConfigurations[aksManagedAutoUpgradeSchedule]': maintenance('maintenance_window_auto_upgrade'),
  'maintenanceConfigurations[aksManagedNodeOSUpgradeSchedule]': maintenance('maintenance_window_node_os'),
  actionGroups: {
    type: 'azurerm_monitor_action_group',
    attributes: { emailReceivers: ['email_receiver'], enabled: ['enabled'], webhookReceivers: ['webhook_receiver'] },
  },
  applicationGatewayWebApplicationFirewallPolicies: {
    type: 'azurerm_web_application_firewall_policy',
    attributes: {
      'managedRules.managedRuleSets': ['managed_rules'],
      'policySettings.mode': ['policy_settings.mode'],
      'policySettings.state': ['policy_settings.enabled'],
    },
  },
  associations: {
    type: 'azurerm_application_load_balancer_subnet_association',
    attributes: { ...states, 'subnet.id': ['subnet_id'] },
  },
  backupInstances: {
    type: 'azurerm_data_protection_backup_instance_kubernetes_cluster',
    attributes: {
      currentProtectionState: none,
      'dataSourceInfo.resourceID': ['kubernetes_cluster_id'],
      'policyInfo.policyId': ['backup_policy_id'],
    },
  },
  backupPolicies: {
    type: 'azurerm_data_protection_backup_policy_kubernetes_cluster',
    attributes: {
      'policyRules.lifecycles': ['default_retention_rule'],
      'policyRules.repeatingTimeIntervals': ['backup_repeating_time_intervals'],
    },
  },
  backupVaults: {
    type: 'azurerm_data_protection_backup_vault',
    attributes: { 'securitySettings.softDeleteSettings.state': ['soft_delete'] },
  },
  bastionHosts: { type: 'azurerm_bastion_host', attributes: { enableTunneling: ['tunneling_enabled'] } },
  blobServices: {
    type: 'azurerm_storage_account',
    isOnly: true,
    attributes: {
      'containerDeleteRetentionPolicy.days': ['blob_properties.container_delete_retention_policy'],
      'deleteRetentionPolicy.days': ['blob_properties.delete_retention_policy'],
      isVersioningEnabled: ['blob_properties.versioning_enabled'],
    },
  },
  budgets: {
    type: 'azurerm_consumption_budget_subscription',
    attributes: {
      amount: ['amount'],
      'notifications.contactEmails': ['notification'],
      timeGrain: ['time_grain'],
    },
  },
  CNAME: { type: 'azurerm_dns_cname_record', attributes: { 'CNAMERecord.cname': ['record'] } },
  configurations: {
    type: 'azurerm_postgresql_flexible_server_configuration',
    attributes: { value: ['value'] },
  },
  containers: {
    type: 'azurerm_storage_container',
    attributes: { publicAccess: ['container_access_type'] },
  },
  databases: {
    type: 'azurerm_managed_redis',
    isOnly: true,
    attributes: {
      accessKeysAuthentication: ['default_database.access_keys_authentication_enabled'],
      clientProtocol: ['default_database.client_protocol'],
    },
  },
  dataCollectionRules: {
    type: 'azurerm_monitor_data_collection_rule',
    attributes: { destinations: ['destinations'] },
  },
  deploymentSafeguards: {
    type: 'azurerm_kubernetes_cluster_deployment_safeguard',
    isOnly: true,
    attributes: { level: ['level'] },
  },
  diagnosticSettings: {
    type: 'azurerm_monitor_diagnostic_setting',
    attributes: { logs: ['enabled_log'], workspaceId: ['log_analytics_workspace_id'] },
  },
  diskEncryptionSets: {
    type: 'azurerm_disk_encryption_set',
    attributes: { 'activeKey.keyUrl': ['key_vault_key_id'] },
  },
  extensions: {
    type: 'azurerm_kubernetes_cluster_extension',
    attributes: { ...states, extensionType: ['extension_type'] },
  },
  federatedIdentityCredentials: {
    type: 'azurerm_federated_identity_credential',
    attributes: { audiences: ['audience'], issuer: ['issuer'], subject: ['subject'] },
  },
  flexibleServers: {
    type: 'azurerm_postgresql_flexible_server',
    attributes: {
      'authConfig.activeDirectoryAuth': ['authentication.active_directory_auth_enabled'],
      'authConfig.passwordAuth': ['authentication.password_auth_enabled'],
      'backup.backupRetentionDays': ['backup_retention_days'],
      'backup.geoRedundantBackup': ['geo_redundant_backup_enabled'],
      'highAvailability.mode': ['high_availability'],
      'network.publicNetworkAccess': ['public_network_access_enabled'],
      'sku.name': ['sku_name'],
      'storage.storageSizeGB': ['storage_mb'],
      version: ['version'],
    },
  },
  flowLogs: {
    type: 'azurerm_network_watcher_flow_log',
    attributes: { enabled: ['enabled'], 'retentionPolicy.days': ['retention_policy'] },
  },
  frontends: { type: 'azurerm_application_load_balancer_frontend', attributes: { ...states, fqdn: none } },
  locks: { type: 'azurerm_management_lock', attributes: { level: ['lock_level'] } },
  metricAlerts: {
    type: 'azurerm_monitor_metric_alert',
    attributes: { actions: ['action'], enabled: ['enabled'] },
  },
  natGateways: { type: 'azurerm_nat_gateway', attributes: { publicIpAddresses: none, 'sku.name': ['sku_name'] } },
  networkSecurityGroups: {
    type: 'azurerm_network_security_group',
    attributes: { securityRules: ['security_rule'] },
  },
  NS: { type: 'azurerm_dns_ns_record', attributes: { NSRecords: ['records'] } },
  policyAssignments: {
    type: 'azurerm_resource_group_policy_assignment',
    attributes: {
      enforcementMode: ['enforce'],
      'parameters.effect': ['parameters'],
      policyDefinitionId: ['policy_definition_id'],
    },
  },
  pricings: {
    type: 'azurerm_security_center_subscription_pricing',
    isOnly: true,
    attributes: { pricingTier: ['tier'] },
  },
  // Each endpoint has one, and all have one name.
  privateDnsZoneGroups: {
    type: 'azurerm_private_endpoint',
    attributes: { privateDnsZoneConfigs: none, 'privateDnsZoneConfigs.privateDnsZoneId': none },
  },
  privateEndpoints: {
    type: 'azurerm_private_endpoint',
    attributes: {
      'privateLinkServiceConnections.privateLinkServiceId': ['private_service_connection'],
      'privateLinkServiceConnections.status': none,
      'subnet.id': ['subnet_id'],
    },
  },
  redisEnterprise: {
    type: 'azurerm_managed_redis',
    attributes: {
      minimumTlsVersion: none,
      publicNetworkAccess: ['public_network_access'],
      'sku.name': ['sku_name'],
    },
  },
  registries: {
    type: 'azurerm_container_registry',
    attributes: {
      ...states,
      ...publicAccess,
      adminUserEnabled: ['admin_enabled'],
      anonymousPullEnabled: ['anonymous_pull_enabled'],
      'policies.retentionPolicy.days': ['retention_policy_in_days'],
      'policies.retentionPolicy.status': ['retention_policy_in_days'],
      'replications.location': ['georeplications'],
      'sku.name': ['sku'],
      zoneRedundancy: ['zone_redundancy_enabled'],
    },
  },
  roleAssignments: {
    type: 'azurerm_role_assignment',
    attributes: {
      principalId: ['principal_id'],
      roleDefinitionId: ['role_definition_id', 'role_definition_name'],
    },
  },
  routeTables: {
    type: 'azurerm_route_table',
    attributes: { disableBgpRoutePropagation: ['bgp_route_propagation_enabled'], routes: ['route'] },
  },
  securityPolicies: {
    type: 'azurerm_application_load_balancer_security_policy',
    attributes: { ...states, 'wafPolicy.id': ['web_application_firewall_policy_id'] },
  },
  storageAccounts: {
    type: 'azurerm_storage_account',
    attributes: {
      ...publicAccess,
      allowBlobPublicAccess: ['allow_nested_items_to_be_public'],
      allowSharedKeyAccess: ['shared_access_key_enabled'],
      isLocalUserEnabled: ['local_user_enabled'],
      minimumTlsVersion: ['min_tls_version'],
      'networkAcls.defaultAction': ['network_rules.default_action'],
      'sku.name': ['account_replication_type', 'account_tier'],
      supportsHttpsTrafficOnly: ['https_traffic_only_enabled'],
    },
  },
  // What is attached to a subnet are resources of their own.
  subnets: {
    type: 'azurerm_subnet',
    attributes: {
      addressPrefix: ['address_prefixes'],
      defaultOutboundAccess: ['default_outbound_access_enabled'],
      delegations: ['delegation'],
      natGateway: none,
      networkSecurityGroup: none,
      privateEndpointNetworkPolicies: ['private_endpoint_network_policies'],
      routeTable: none,
    },
  },
  trafficControllers: { type: 'azurerm_application_load_balancer', attributes: states },
  trustedAccessRoleBindings: {
    type: 'azurerm_kubernetes_cluster_trusted_access_role_binding',
    attributes: { ...states, sourceResourceId: ['source_resource_id'] },
  },
  vaults: {
    type: 'azurerm_key_vault',
    attributes: {
      ...publicAccess,
      enablePurgeProtection: ['purge_protection_enabled'],
      enableRbacAuthorization: ['rbac_authorization_enabled'],
      enableSoftDelete: none,
      'networkAcls.defaultAction': ['network_acls.default_action'],
    },
  },
  virtualNetworkLinks: {
    type: 'azurerm_private_dns_zone_virtual_network_link',
    attributes: { 'virtualNetwork.id': ['virtual_network_id'], virtualNetworkLinkState: none },
  },
  virtualNetworks: {
    type: 'azurerm_virtual_network',
    attributes: { 'addressSpace.addressPrefixes': ['address_space'] },
  },
  workspaces: {
    type: 'azurerm_log_analytics_workspace',
    attributes: {
      'features.disableLocalAuth': ['local_authentication_enabled'],
      retentionInDays: ['retention_in_days'],
    },
  },
};

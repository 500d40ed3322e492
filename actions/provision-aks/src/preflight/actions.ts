/**
 * What Azure checks of whoever makes a resource: the right to write it, and the rights on what it is tied to. By Terraform's
 * type, from the operations that Azure's providers list and the links that azurerm 5.2.0 sends.
 */
export interface TypeRights {
  /** ARM type: `<type>/write` makes and changes, `<type>/delete` removes. */
  readonly type: string;
  /** Attribute with the scope; by default everything lies in the scope's resource group. */
  readonly scope?: string;
  /** Attribute with the name of a resource around it that may have rights of its own, and its ARM type. */
  readonly inside?: { readonly type: string; readonly name: string };
  /** Attributes that name other resources, with the right on them. */
  readonly links?: Readonly<Record<string, string>>;
}

const subnetJoin = 'Microsoft.Network/virtualNetworks/subnets/join/action';
const assign = 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action';
const zone = { type: 'Microsoft.Network/dnsZones', name: 'zone_name' };
const network = (type: string, links: TypeRights['links'] = {}): TypeRights => ({
  type: `Microsoft.Network/${type}`,
  links,
});

export const rightsByType: Readonly<Record<string, TypeRights>> = {
  azurerm_resource_group: { type: 'Microsoft.Resources/subscriptions/resourceGroups' },
  azurerm_virtual_network: network('virtualNetworks'),
  azurerm_subnet: network('virtualNetworks/subnets'),
  azurerm_network_security_group: network('networkSecurityGroups'),
  azurerm_subnet_network_security_group_association: network('virtualNetworks/subnets', {
    network_security_group_id: 'Microsoft.Network/networkSecurityGroups/join/action',
  }),
  azurerm_route_table: network('routeTables'),
  azurerm_subnet_route_table_association: network('virtualNetworks/subnets', {
    route_table_id: 'Microsoft.Network/routeTables/join/action',
  }),
  azurerm_public_ip: network('publicIPAddresses'),
  azurerm_nat_gateway: network('natGateways'),
  azurerm_nat_gateway_public_ip_association: network('natGateways', {
    public_ip_address_id: 'Microsoft.Network/publicIPAddresses/join/action',
  }),
  azurerm_subnet_nat_gateway_association: network('virtualNetworks/subnets', {
    nat_gateway_id: 'Microsoft.Network/natGateways/join/action',
  }),
  azurerm_bastion_host: network('bastionHosts', {
    'ip_configuration.0.subnet_id': subnetJoin,
    'ip_configuration.0.public_ip_address_id': 'Microsoft.Network/publicIPAddresses/join/action',
  }),
  azurerm_network_watcher_flow_log: network('networkWatchers/flowLogs'),
  azurerm_web_application_firewall_policy: network('ApplicationGatewayWebApplicationFirewallPolicies'),
  azurerm_dns_zone: network('dnsZones'),
  azurerm_dns_ns_record: { ...network('dnsZones/NS'), inside: zone },
  azurerm_dns_cname_record: { ...network('dnsZones/CNAME'), inside: zone },
  azurerm_private_dns_zone: network('privateDnsZones'),
  azurerm_private_dns_zone_virtual_network_link: network('privateDnsZones/virtualNetworkLinks', {
    virtual_network_id: 'Microsoft.Network/virtualNetworks/join/action',
  }),
  azurerm_private_endpoint: network('privateEndpoints', { subnet_id: subnetJoin }),
  azurerm_application_load_balancer: { type: 'Microsoft.ServiceNetworking/trafficControllers' },
  azurerm_application_load_balancer_frontend: { type: 'Microsoft.ServiceNetworking/trafficControllers/frontends' },
  azurerm_application_load_balancer_subnet_association: {
    type: 'Microsoft.ServiceNetworking/trafficControllers/associations',
    links: { subnet_id: subnetJoin },
  },
  azurerm_application_load_balancer_security_policy: {
    type: 'Microsoft.ServiceNetworking/trafficControllers/securityPolicies',
    links: {
      web_application_firewall_policy_id:
        'Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/join/action',
    },
  },
  azurerm_kubernetes_cluster: {
    type: 'Microsoft.ContainerService/managedClusters',
    links: {
      'default_node_pool.0.vnet_subnet_id': subnetJoin,
      'api_server_access_profile.0.subnet_id': subnetJoin,
      'identity.0.identity_ids.0': assign,
    },
  },
  azurerm_kubernetes_cluster_node_pool: {
    type: 'Microsoft.ContainerService/managedClusters/agentPools',
    links: { vnet_subnet_id: subnetJoin },
  },
  azurerm_kubernetes_cluster_deployment_safeguard: { type: 'Microsoft.ContainerService/deploymentSafeguards' },
  azurerm_kubernetes_cluster_extension: { type: 'Microsoft.KubernetesConfiguration/extensions' },
  azurerm_kubernetes_cluster_trusted_access_role_binding: {
    type: 'Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings',
  },
  azurerm_container_registry: { type: 'Microsoft.ContainerRegistry/registries' },
  azurerm_key_vault: { type: 'Microsoft.KeyVault/vaults' },
  azurerm_storage_account: { type: 'Microsoft.Storage/storageAccounts' },
  azurerm_storage_container: { type: 'Microsoft.Storage/storageAccounts/blobServices/containers' },
  azurerm_storage_management_policy: { type: 'Microsoft.Storage/storageAccounts/managementPolicies' },
  azurerm_postgresql_flexible_server: { type: 'Microsoft.DBforPostgreSQL/flexibleServers' },
  azurerm_postgresql_flexible_server_database: { type: 'Microsoft.DBforPostgreSQL/flexibleServers/databases' },
  azurerm_postgresql_flexible_server_configuration: {
    type: 'Microsoft.DBforPostgreSQL/flexibleServers/configurations',
  },
  azurerm_postgresql_flexible_server_active_directory_administrator: {
    type: 'Microsoft.DBforPostgreSQL/flexibleServers/administrators',
  },
  azurerm_managed_redis: { type: 'Microsoft.Cache/redisEnterprise' },
  azurerm_disk_encryption_set: { type: 'Microsoft.Compute/diskEncryptionSets' },
  azurerm_data_protection_backup_vault: { type: 'Microsoft.DataProtection/backupVaults' },
  azurerm_data_protection_backup_policy_kubernetes_cluster: {
    type: 'Microsoft.DataProtection/backupVaults/backupPolicies',
  },
  azurerm_data_protection_backup_instance_kubernetes_cluster: {
    type: 'Microsoft.DataProtection/backupVaults/backupInstances',
  },
  azurerm_user_assigned_identity: { type: 'Microsoft.ManagedIdentity/userAssignedIdentities' },
  azurerm_federated_identity_credential: {
    type: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials',
  },
  azurerm_log_analytics_workspace: { type: 'Microsoft.OperationalInsights/workspaces' },
  azurerm_monitor_workspace: { type: 'Microsoft.Monitor/accounts' },
  azurerm_monitor_action_group: { type: 'Microsoft.Insights/actionGroups' },
  azurerm_monitor_metric_alert: { type: 'Microsoft.Insights/metricAlerts' },
  azurerm_monitor_diagnostic_setting: { type: 'Microsoft.Insights/diagnosticSettings', scope: 'target_resource_id' },
  azurerm_monitor_data_collection_endpoint: { type: 'Microsoft.Insights/dataCollectionEndpoints' },
  azurerm_monitor_data_collection_rule: { type: 'Microsoft.Insights/dataCollectionRules' },
  azurerm_monitor_data_collection_rule_association: {
    type: 'Microsoft.Insights/dataCollectionRuleAssociations',
    scope: 'target_resource_id',
  },
  azurerm_role_assignment: { type: 'Microsoft.Authorization/roleAssignments', scope: 'scope' },
  azurerm_management_lock: { type: 'Microsoft.Authorization/locks', scope: 'scope' },
  azurerm_resource_group_policy_assignment: {
    type: 'Microsoft.Authorization/policyAssignments',
    scope: 'resource_group_id',
  },
  azurerm_consumption_budget_resource_group: { type: 'Microsoft.Consumption/budgets', scope: 'resource_group_id' },
  azurerm_consumption_budget_subscription: { type: 'Microsoft.Consumption/budgets', scope: 'subscription_id' },
};

/** Of what is set up for the whole subscription. */
export const subscriptionRights: Readonly<Record<string, string>> = {
  azurerm_resource_group: 'Microsoft.Resources/subscriptions/resourceGroups',
  azurerm_security_center_subscription_pricing: 'Microsoft.Security/pricings',
};

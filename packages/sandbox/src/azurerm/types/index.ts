import { kubernetesCluster } from './aks/cluster.ts';
import {
  kubernetesClusterDeploymentSafeguard,
  kubernetesClusterExtension,
  kubernetesClusterTrustedAccessRoleBinding,
} from './aks/cluster-parts.ts';
import { nodePool } from './aks/node-pool.ts';
import {
  applicationLoadBalancer,
  applicationLoadBalancerFrontend,
  applicationLoadBalancerSecurityPolicy,
  applicationLoadBalancerSubnetAssociation,
} from './application-load-balancer.ts';
import { bastionHost } from './bastion.ts';
import { resourceGroupBudget, subscriptionBudget } from './budget.ts';
import { containerRegistry } from './container-registry.ts';
import { dataCollectionRule, dataCollectionRuleAssociation } from './data-collection.ts';
import { backupInstanceKubernetesCluster, backupPolicyKubernetesCluster, backupVault } from './data-protection.ts';
import { diskEncryptionSet } from './disk-encryption-set.ts';
import {
  dnsARecord,
  dnsCnameRecord,
  dnsNsRecord,
  dnsZone,
  privateDnsZone,
  privateDnsZoneVirtualNetworkLink,
} from './dns.ts';
import { networkWatcherFlowLog } from './flow-log.ts';
import { federatedIdentityCredential, userAssignedIdentity } from './identity.ts';
import { keyVault } from './key-vault.ts';
import { logAnalyticsWorkspace } from './log-analytics-workspace.ts';
import { managedRedis } from './managed-redis.ts';
import { managementLock } from './management-lock.ts';
import { actionGroup } from './monitor/action-group.ts';
import { diagnosticSetting } from './monitor/diagnostic-setting.ts';
import { metricAlert } from './monitor/metric-alert.ts';
import { dataCollectionEndpoint, monitorWorkspace } from './monitor/metrics-workspace.ts';
import { networkSecurityGroup, networkSecurityRule } from './network-security.ts';
import { natGateway, natGatewayPublicIpAssociation, publicIp } from './outbound.ts';
import { resourceGroupPolicyAssignment } from './policy-assignment.ts';
import {
  postgresqlFlexibleServer,
  postgresqlFlexibleServerAdministrator,
  postgresqlFlexibleServerConfiguration,
  postgresqlFlexibleServerDatabase,
} from './postgresql.ts';
import { privateEndpoint } from './private-endpoint.ts';
import { resourceGroup } from './resource-group.ts';
import type { ResourceType } from './resource-type.ts';
import { roleAssignment } from './role-assignment.ts';
import { roleDefinition } from './role-definition.ts';
import { routeTable } from './route-table.ts';
import { subscriptionPricing } from './security-pricing.ts';
import { storageAccount, storageContainer, storageManagementPolicy } from './storage.ts';
import { subnet, subnetAssociation } from './subnet.ts';
import { virtualNetwork } from './virtual-network.ts';
import { webApplicationFirewallPolicy } from './web-application-firewall.ts';

export { dataSources } from './data-sources.ts';

export const resourceTypes: { readonly [type: string]: ResourceType } = {
  azurerm_application_load_balancer: applicationLoadBalancer,
  azurerm_application_load_balancer_frontend: applicationLoadBalancerFrontend,
  azurerm_application_load_balancer_security_policy: applicationLoadBalancerSecurityPolicy,
  azurerm_application_load_balancer_subnet_association: applicationLoadBalancerSubnetAssociation,
  azurerm_bastion_host: bastionHost,
  azurerm_consumption_budget_resource_group: resourceGroupBudget,
  azurerm_consumption_budget_subscription: subscriptionBudget,
  azurerm_container_registry: containerRegistry,
  azurerm_data_protection_backup_instance_kubernetes_cluster: backupInstanceKubernetesCluster,
  azurerm_data_protection_backup_policy_kubernetes_cluster: backupPolicyKubernetesCluster,
  azurerm_data_protection_backup_vault: backupVault,
  azurerm_disk_encryption_set: diskEncryptionSet,
  azurerm_dns_a_record: dnsARecord,
  azurerm_dns_cname_record: dnsCnameRecord,
  azurerm_dns_ns_record: dnsNsRecord,
  azurerm_dns_zone: dnsZone,
  azurerm_federated_identity_credential: federatedIdentityCredential,
  azurerm_key_vault: keyVault,
  azurerm_kubernetes_cluster: kubernetesCluster,
  azurerm_kubernetes_cluster_deployment_safeguard: kubernetesClusterDeploymentSafeguard,
  azurerm_kubernetes_cluster_extension: kubernetesClusterExtension,
  azurerm_kubernetes_cluster_node_pool: nodePool,
  azurerm_kubernetes_cluster_trusted_access_role_binding: kubernetesClusterTrustedAccessRoleBinding,
  azurerm_log_analytics_workspace: logAnalyticsWorkspace,
  azurerm_management_lock: managementLock,
  azurerm_monitor_action_group: actionGroup,
  azurerm_monitor_data_collection_endpoint: dataCollectionEndpoint,
  azurerm_managed_redis: managedRedis,
  azurerm_monitor_data_collection_rule: dataCollectionRule,
  azurerm_monitor_data_collection_rule_association: dataCollectionRuleAssociation,
  azurerm_monitor_diagnostic_setting: diagnosticSetting,
  azurerm_monitor_metric_alert: metricAlert,
  azurerm_monitor_workspace: monitorWorkspace,
  azurerm_nat_gateway: natGateway,
  azurerm_nat_gateway_public_ip_association: natGatewayPublicIpAssociation,
  azurerm_network_security_group: networkSecurityGroup,
  azurerm_network_security_rule: networkSecurityRule,
  azurerm_network_watcher_flow_log: networkWatcherFlowLog,
  azurerm_postgresql_flexible_server: postgresqlFlexibleServer,
  azurerm_postgresql_flexible_server_active_directory_administrator: postgresqlFlexibleServerAdministrator,
  azurerm_postgresql_flexible_server_configuration: postgresqlFlexibleServerConfiguration,
  azurerm_postgresql_flexible_server_database: postgresqlFlexibleServerDatabase,
  azurerm_private_dns_zone: privateDnsZone,
  azurerm_private_dns_zone_virtual_network_link: privateDnsZoneVirtualNetworkLink,
  azurerm_private_endpoint: privateEndpoint,
  azurerm_public_ip: publicIp,
  azurerm_resource_group: resourceGroup,
  azurerm_resource_group_policy_assignment: resourceGroupPolicyAssignment,
  azurerm_role_assignment: roleAssignment,
  azurerm_role_definition: roleDefinition,
  azurerm_route_table: routeTable,
  azurerm_security_center_subscription_pricing: subscriptionPricing,
  azurerm_storage_account: storageAccount,
  azurerm_storage_container: storageContainer,
  azurerm_storage_management_policy: storageManagementPolicy,
  azurerm_subnet: subnet,
  azurerm_subnet_nat_gateway_association: subnetAssociation({
    type: 'azurerm_subnet_nat_gateway_association',
    argument: 'nat_gateway_id',
    property: 'natGateway',
    title: 'NAT Gateway',
  }),
  azurerm_subnet_network_security_group_association: subnetAssociation({
    type: 'azurerm_subnet_network_security_group_association',
    argument: 'network_security_group_id',
    property: 'networkSecurityGroup',
    title: 'Network Security Group',
  }),
  azurerm_subnet_route_table_association: subnetAssociation({
    type: 'azurerm_subnet_route_table_association',
    argument: 'route_table_id',
    property: 'routeTable',
    title: 'Route Table',
  }),
  azurerm_user_assigned_identity: userAssignedIdentity,
  azurerm_virtual_network: virtualNetwork,
  azurerm_web_application_firewall_policy: webApplicationFirewallPolicy,
};

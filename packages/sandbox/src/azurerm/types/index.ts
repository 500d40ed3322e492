import { kubernetesCluster } from './aks/cluster.ts';
import { nodePool } from './aks/node-pool.ts';
import { containerRegistry } from './container-registry.ts';
import { dataCollectionRule, dataCollectionRuleAssociation } from './data-collection.ts';
import { federatedIdentityCredential, userAssignedIdentity } from './identity.ts';
import { logAnalyticsWorkspace } from './log-analytics-workspace.ts';
import { networkSecurityGroup, networkSecurityRule } from './network-security.ts';
import { natGateway, natGatewayPublicIpAssociation, publicIp } from './outbound.ts';
import { resourceGroup } from './resource-group.ts';
import type { ResourceType } from './resource-type.ts';
import { roleAssignment } from './role-assignment.ts';
import { subnet, subnetAssociation } from './subnet.ts';
import { virtualNetwork } from './virtual-network.ts';

export { dataSources } from './data-sources.ts';

export const resourceTypes: { readonly [type: string]: ResourceType } = {
  azurerm_container_registry: containerRegistry,
  azurerm_federated_identity_credential: federatedIdentityCredential,
  azurerm_kubernetes_cluster: kubernetesCluster,
  azurerm_kubernetes_cluster_node_pool: nodePool,
  azurerm_log_analytics_workspace: logAnalyticsWorkspace,
  azurerm_monitor_data_collection_rule: dataCollectionRule,
  azurerm_monitor_data_collection_rule_association: dataCollectionRuleAssociation,
  azurerm_nat_gateway: natGateway,
  azurerm_nat_gateway_public_ip_association: natGatewayPublicIpAssociation,
  azurerm_network_security_group: networkSecurityGroup,
  azurerm_network_security_rule: networkSecurityRule,
  azurerm_public_ip: publicIp,
  azurerm_resource_group: resourceGroup,
  azurerm_role_assignment: roleAssignment,
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
  azurerm_user_assigned_identity: userAssignedIdentity,
  azurerm_virtual_network: virtualNetwork,
};

import type { TypeBehaviour } from '../type.ts';
import { agentPools } from './agent-pools.ts';
import { roleAssignments } from './authorization.ts';
import { registries } from './container-registry.ts';
import { backupInstances, backupPolicies, backupVaults } from './data-protection.ts';
import { diskEncryptionSets } from './disk-encryption.ts';
import { dnsZones, privateDnsZones, recordSets, virtualNetworkLinks } from './dns.ts';
import { budgets, locks, policyAssignments, pricings } from './governance.ts';
import { deletedVaults, vaults } from './key-vault.ts';
import { deploymentSafeguards, extensions, trustedAccessRoleBindings } from './kubernetes-parts.ts';
import { managedClusters } from './managed-clusters.ts';
import { federatedIdentityCredentials, userAssignedIdentities } from './managed-identity.ts';
import { actionGroups, dataCollectionEndpoints, diagnosticSettings, metricAlerts, monitorAccounts } from './monitor.ts';
import { networkSecurityGroups, securityRules, subnets, virtualNetworks } from './network.ts';
import {
  bastionHosts,
  firewallPolicies,
  flowLogs,
  natGateways,
  networkWatchers,
  publicIpAddresses,
  routes,
  routeTables,
} from './network-edge.ts';
import { workspaces } from './operational-insights.ts';
import { administrators, configurations, databases, flexibleServers } from './postgresql.ts';
import { networkInterfaces, privateDnsZoneGroups, privateEndpoints } from './private-endpoints.ts';
import { redisClusters, redisDatabases } from './redis.ts';
import { associations, frontends, securityPolicies, trafficControllers } from './service-networking.ts';
import { blobServices, containers, fileServices, managementPolicies, storageAccounts } from './storage.ts';

const edge = [
  administrators, associations, bastionHosts, configurations, databases, dnsZones, firewallPolicies,
  flexibleServers, flowLogs, frontends, managementPolicies, natGateways, networkInterfaces, networkWatchers,
  privateDnsZoneGroups, privateDnsZones, privateEndpoints, publicIpAddresses, redisClusters, redisDatabases, routes,
  routeTables, securityPolicies, trafficControllers, virtualNetworkLinks, ...recordSets,
]; // biome-ignore format: a list to read across

const operations = [
  actionGroups, backupInstances, backupPolicies, backupVaults, budgets, dataCollectionEndpoints, deploymentSafeguards,
  diagnosticSettings, diskEncryptionSets, extensions, locks, metricAlerts, monitorAccounts, policyAssignments, pricings,
  trustedAccessRoleBindings,
]; // biome-ignore format: a list to read across

const behaviours = [
  ...edge,
  ...operations,
  agentPools, blobServices, containers, deletedVaults, federatedIdentityCredentials, fileServices, managedClusters,
  networkSecurityGroups, registries, roleAssignments, securityRules, storageAccounts, subnets, userAssignedIdentities,
  vaults, virtualNetworks, workspaces,
]; // biome-ignore format: a list to read across

const byType = new Map<string, TypeBehaviour>(behaviours.map(behaviour => [behaviour.type.toLowerCase(), behaviour]));

/** What is known about a type; the others are stored and echoed. */
export function behaviourOf(type: string): TypeBehaviour | undefined {
  return byType.get(type.toLowerCase());
}

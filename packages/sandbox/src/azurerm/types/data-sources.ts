import { asBoolean, asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../arm/client.ts';
import { describeId, formatId, type IdKind } from '../arm/ids.ts';
import { normaliseLocation } from '../schema/plan.ts';
import type { ObjectValue } from '../schema/values.ts';
import { kubernetesCluster } from './aks/cluster.ts';
import { aksVersion, clusterKind } from './aks/pool.ts';
import { containerRegistry, registryKind } from './container-registry.ts';
import { dnsZone, dnsZoneKind, privateDnsZone, privateDnsZoneKind } from './dns.ts';
import { identityKind, userAssignedIdentity } from './identity.ts';
import { keyVault, vaultKind } from './key-vault.ts';
import { logAnalyticsWorkspace, workspaceKind } from './log-analytics-workspace.ts';
import { doing } from './messages.ts';
import { resourceGroup, resourceGroupKind } from './resource-group.ts';
import type { Azure, DataSource, Readable, ResourceType } from './resource-type.ts';
import { blocks, countAt, objectsAt, text, textAt, textMapAt, textsAt } from './shape.ts';
import { storageAccount, storageAccountKind } from './storage.ts';
import { subnet, subnetKind } from './subnet.ts';
import { networkVersion, virtualNetworkKind } from './virtual-network.ts';

const subscriptionVersion = '2022-12-01';
const zoneListVersion = '2018-05-01';

export const dataSources: { readonly [type: string]: DataSource } = {
  azurerm_client_config: {
    read: async azure => {
      const { clientId, objectId, tenantId } = await azure.identity();
      const words = `clientConfigs/clientId=${clientId};objectId=${objectId};subscriptionId=${azure.subscriptionId};tenantId=${tenantId}`;
      return {
        id: Buffer.from(words).toString('base64'),
        client_id: clientId,
        object_id: objectId,
        subscription_id: azure.subscriptionId,
        tenant_id: tenantId,
      };
    },
  },

  azurerm_subscription: {
    read: async (azure, config) => {
      const subscriptionId = text(config, 'subscription_id') ?? azure.subscriptionId;
      const id = `/subscriptions/${subscriptionId}`;
      const body = await azure.arm.get(id, subscriptionVersion);
      if (body === undefined) throw new ArmError(`Subscription (Subscription: "${subscriptionId}") was not found`);
      return {
        id,
        subscription_id: subscriptionId,
        display_name: textAt(body, 'displayName'),
        tenant_id: textAt(body, 'tenantId'),
        state: textAt(body, 'state'),
        location_placement_id: textAt(body, 'subscriptionPolicies', 'locationPlacementId') || null,
        quota_id: textAt(body, 'subscriptionPolicies', 'quotaId') || null,
        spending_limit: textAt(body, 'subscriptionPolicies', 'spendingLimit') || null,
        tags: textMapAt(body, 'tags'),
      };
    },
  },

  azurerm_resource_group: readsLike(resourceGroup, resourceGroupKind, config => ({
    resourceGroups: named(config, 'name'),
  })),
  azurerm_log_analytics_workspace: readsLike(logAnalyticsWorkspace, workspaceKind, inGroup('workspaces')),
  azurerm_container_registry: readsLike(containerRegistry, registryKind, inGroup('registries'), found =>
    // Where there is no administrator the data source says nothing, and the resource an empty text.
    found['admin_enabled'] === true ? {} : { admin_username: null, admin_password: null },
  ),
  azurerm_user_assigned_identity: readsLike(
    userAssignedIdentity,
    identityKind,
    inGroup('userAssignedIdentities'),
    found => ({
      isolation_scope: found['isolation_scope'] || 'None',
    }),
  ),
  azurerm_subnet: readsLike(
    subnet,
    subnetKind,
    config => ({
      resourceGroups: named(config, 'resource_group_name'),
      virtualNetworks: named(config, 'virtual_network_name'),
      subnets: named(config, 'name'),
    }),
    async (_, azure, id) => ({
      address_prefix: textAt(await azure.arm.get(id, networkVersion), 'properties', 'addressPrefix'),
    }),
  ),
  azurerm_dns_zone: zoneByName(dnsZone, dnsZoneKind, 'dnsZones'),
  azurerm_key_vault: readsLike(keyVault, vaultKind, inGroup('vaults')),
  azurerm_private_dns_zone: zoneByName(privateDnsZone, privateDnsZoneKind, 'privateDnsZones'),
  azurerm_storage_account: readsLike(
    storageAccount,
    storageAccountKind,
    inGroup('storageAccounts'),
    // What the sandbox's accounts never have.
    () => ({ azure_files_authentication: [], custom_domain: [] }),
  ),
  azurerm_kubernetes_cluster: readsLike(kubernetesCluster, clusterKind, inGroup('managedClusters'), clusterExtras),

  azurerm_virtual_network: {
    read: async (azure, config) => {
      const id = formatId(virtualNetworkKind, {
        subscriptions: azure.subscriptionId,
        ...inGroup('virtualNetworks')(config),
      });
      const what = describeId(virtualNetworkKind, id);
      const body = await doing(`making Read request on ${what}`, () => azure.arm.get(id, networkVersion));
      if (body === undefined) throw new ArmError(`${what} was not found`);
      const peerings = objectsAt(body, 'properties', 'virtualNetworkPeerings');
      return {
        id,
        name: config['name'],
        resource_group_name: config['resource_group_name'],
        location: normaliseLocation(textAt(body, 'location')),
        address_space: textsAt(body, 'properties', 'addressSpace', 'addressPrefixes'),
        dns_servers: textsAt(body, 'properties', 'dhcpOptions', 'dnsServers'),
        guid: textAt(body, 'properties', 'resourceGuid'),
        subnets: objectsAt(body, 'properties', 'subnets').map(item => textAt(item, 'name')),
        tags: textMapAt(body, 'tags'),
        vnet_peerings: Object.fromEntries(
          peerings.map(item => [textAt(item, 'name'), textAt(item, 'properties', 'remoteVirtualNetwork', 'id')]),
        ),
        vnet_peerings_addresses: peerings.flatMap(item =>
          textsAt(item, 'properties', 'remoteAddressSpace', 'addressPrefixes'),
        ),
      };
    },
  },
};

function named(config: ObjectValue, argument: string): string {
  return text(config, argument) ?? '';
}

function inGroup(segment: string): (config: ObjectValue) => { readonly [segment: string]: string } {
  return config => ({ resourceGroups: named(config, 'resource_group_name'), [segment]: named(config, 'name') });
}

/** A zone is found by its name alone when no group is named. */
function zoneByName(resource: ResourceType, kind: IdKind, segment: string): DataSource {
  return {
    read: async (azure, config) => {
      const found = named(config, 'resource_group_name') === '' ? await groupOfZone(azure, config, segment) : {};
      return readsLike(resource, kind, inGroup(segment)).read(azure, { ...config, ...found });
    },
  };
}

async function groupOfZone(azure: Azure, config: ObjectValue, segment: string): Promise<ObjectValue> {
  const path = `/subscriptions/${azure.subscriptionId}/providers/Microsoft.Network/${segment}`;
  const zones = objectsAt(await azure.arm.send({ method: 'GET', path, apiVersion: zoneListVersion }), 'value');
  const zone = zones.find(item => textAt(item, 'name') === named(config, 'name'));
  if (zone === undefined) throw new ArmError(`a zone named ${JSON.stringify(named(config, 'name'))} was not found`);
  return { resource_group_name: textAt(zone, 'id').split('/')[4] ?? '' };
}

/** A data source shows what the resource of the same name reads, under the same names. */
function readsLike(
  resource: ResourceType,
  kind: IdKind,
  parts: (config: ObjectValue) => { readonly [segment: string]: string },
  extras: (found: Readable, azure: Azure, id: string) => Readable | Promise<Readable> = () => ({}),
): DataSource {
  return {
    read: async (azure, config) => {
      const id = formatId(kind, { subscriptions: azure.subscriptionId, ...parts(config) });
      const found = await resource.read(azure, id, {});
      if (found === undefined) throw new ArmError(`${describeId(kind, id)} was not found`);
      return { ...found, ...(await extras(found, azure, id)) };
    },
  };
}

/** What the data source shows of a cluster, and the resource does not. */
async function clusterExtras(found: Readable, azure: Azure, id: string): Promise<Readable> {
  const [cluster, pools] = await Promise.all([
    azure.arm.get(id, aksVersion),
    azure.arm.send({ method: 'GET', path: `${id}/agentPools`, apiVersion: aksVersion }),
  ]);
  const properties = asObject(cluster?.['properties']);
  const storage = asObject(properties['storageProfile']);
  const isOn = (driver: string, standard: boolean) => asBoolean(asObject(storage[driver])['enabled']) ?? standard;
  const list = (name: string) => blocks({ list: found[name] ?? null }, 'list');
  return {
    api_server_authorized_ip_ranges: list('api_server_access_profile')[0]?.['authorized_ip_ranges'] ?? [],
    network_profile: list('network_profile').map(profile => ({ ...profile, docker_bridge_cidr: '' })),
    linux_profile: list('linux_profile').length > 0 ? list('linux_profile') : [{ admin_username: '', ssh_key: [] }],
    service_principal: [{ client_id: textAt(properties, 'servicePrincipalProfile', 'clientId') }],
    storage_profile: [
      {
        blob_driver_enabled: isOn('blobCSIDriver', false),
        disk_driver_enabled: isOn('diskCSIDriver', true),
        file_driver_enabled: isOn('fileCSIDriver', true),
        snapshot_controller_enabled: isOn('snapshotController', true),
      },
    ],
    agent_pool_profile: objectsAt(pools, 'value').map(pool =>
      poolSummary(textAt(pool, 'name'), asObject(pool['properties'])),
    ),
  };
}

function poolSummary(name: string, profile: JsonObject): ObjectValue {
  const number = (property: string) => (typeof profile[property] === 'number' ? profile[property] : 0);
  const settings = profile['upgradeSettings'];
  return {
    name,
    type: textAt(profile, 'type'),
    count: number('count'),
    max_count: number('maxCount'),
    min_count: number('minCount'),
    auto_scaling_enabled: profile['enableAutoScaling'] === true,
    node_public_ip_enabled: profile['enableNodePublicIP'] === true,
    node_public_ip_prefix_id: textAt(profile, 'nodePublicIPPrefixID'),
    vm_size: textAt(profile, 'vmSize'),
    tags: textMapAt(profile, 'tags'),
    os_disk_size_gb: number('osDiskSizeGB'),
    vnet_subnet_id: textAt(profile, 'vnetSubnetID'),
    os_type: textAt(profile, 'osType'),
    orchestrator_version: textAt(profile, 'orchestratorVersion'),
    max_pods: number('maxPods'),
    node_labels: textMapAt(profile, 'nodeLabels'),
    node_taints: textsAt(profile, 'nodeTaints'),
    zones: textsAt(profile, 'availabilityZones'),
    upgrade_settings:
      settings === undefined
        ? []
        : [
            {
              max_surge: textAt(settings, 'maxSurge'),
              max_unavailable: textAt(settings, 'maxUnavailable'),
              drain_timeout_in_minutes: countAt(settings, 'drainTimeoutInMinutes'),
              node_soak_duration_in_minutes: countAt(settings, 'nodeSoakDurationInMinutes'),
              undrainable_node_behavior: textAt(settings, 'undrainableNodeBehavior'),
            },
          ],
  };
}

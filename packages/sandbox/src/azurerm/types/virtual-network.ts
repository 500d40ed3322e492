import { asObject, type JsonObject } from '@suite/foundation';
import type { IdKind } from '../arm/ids.ts';
import { normaliseLocation } from '../schema/plan.ts';
import { isUnknown, type ObjectValue, type Value } from '../schema/values.ts';
import { armResource, namedParts } from './arm-resource.ts';
import {
  at,
  block,
  blocks,
  countAt,
  enabledOr,
  flag,
  flagAt,
  idsAt,
  objectsAt,
  positive,
  reference,
  references,
  text,
  textAt,
  textMap,
  textMapAt,
  texts,
  textsAt,
} from './shape.ts';

export const networkVersion = '2025-01-01';

export const virtualNetworkKind: IdKind = {
  label: 'Virtual Network',
  namespace: 'Microsoft.Network',
  segments: [['virtualNetworks', 'Virtual Network Name']],
};

export const virtualNetwork = armResource({
  type: 'azurerm_virtual_network',
  kind: virtualNetworkKind,
  apiVersion: networkVersion,
  operation: 'CreateOrUpdate',
  parts: namedParts('virtualNetworks'),
  lock: id => id,
  toArm: (planned, existing) => {
    const properties = asObject(existing?.['properties']);
    const plan = block(planned, 'ddos_protection_plan');
    const encryption = block(planned, 'encryption');
    const community = text(planned, 'bgp_community');
    const zone = text(planned, 'edge_zone');
    const pools = blocks(planned, 'ip_address_pool');
    return {
      ...existing,
      location: planned['location'],
      ...(zone === undefined ? {} : { extendedLocation: { name: zone, type: 'EdgeZone' } }),
      tags: textMap(planned, 'tags'),
      properties: {
        ...properties,
        addressSpace: {
          addressPrefixes: texts(planned, 'address_space'),
          ...(pools.length === 0 ? {} : { ipamPoolPrefixAllocations: pools.map(poolToArm) }),
        },
        ...(isUnknown(planned['dns_servers']) ? {} : { dhcpOptions: { dnsServers: texts(planned, 'dns_servers') } }),
        bgpCommunities: community === undefined ? null : { virtualNetworkCommunity: community },
        enableDdosProtection: flag(plan, 'enable'),
        ddosProtectionPlan: reference(text(plan, 'id')) ?? null,
        encryption: encryption === undefined ? null : { enabled: true, enforcement: text(encryption, 'enforcement') },
        flowTimeoutInMinutes: positive(planned, 'flow_timeout_in_minutes') ?? null,
        privateEndpointVNetPolicies: text(planned, 'private_endpoint_vnet_policies'),
        // Subnets made by themselves must survive an update of the network: it replaces the whole list.
        subnets: isUnknown(planned['subnet'])
          ? (properties['subnets'] ?? [])
          : blocks(planned, 'subnet').map(subnet => inlineSubnetToArm(subnet, properties)),
      },
    };
  },
  fromArm: (body, parts) => {
    const properties = asObject(body['properties']);
    return {
      name: parts['virtualNetworks'],
      resource_group_name: parts['resourceGroups'],
      location: normaliseLocation(textAt(body, 'location')),
      edge_zone: textAt(body, 'extendedLocation', 'name'),
      tags: textMapAt(body, 'tags'),
      guid: textAt(properties, 'resourceGuid'),
      flow_timeout_in_minutes: countAt(properties, 'flowTimeoutInMinutes'),
      private_endpoint_vnet_policies: textAt(properties, 'privateEndpointVNetPolicies') || 'Disabled',
      address_space: textsAt(properties, 'addressSpace', 'addressPrefixes'),
      ip_address_pool: poolsFromArm(objectsAt(properties, 'addressSpace', 'ipamPoolPrefixAllocations')),
      ddos_protection_plan:
        at(properties, 'ddosProtectionPlan', 'id') === undefined
          ? []
          : [
              {
                id: textAt(properties, 'ddosProtectionPlan', 'id'),
                enable: flagAt(properties, 'enableDdosProtection'),
              },
            ],
      encryption: flagAt(properties, 'encryption', 'enabled')
        ? [{ enforcement: textAt(properties, 'encryption', 'enforcement') }]
        : [],
      subnet: objectsAt(properties, 'subnets').map(inlineSubnetFromArm),
      dns_servers: textsAt(properties, 'dhcpOptions', 'dnsServers'),
      bgp_community: textAt(properties, 'bgpCommunities', 'virtualNetworkCommunity'),
    };
  },
  // A pool gives the addresses, and the configuration then names none.
  refine: (prior, planned) => ({
    unchanged: prior !== null && blocks(planned, 'ip_address_pool').length > 0 ? ['address_space'] : [],
  }),
});

export function poolToArm(pool: ObjectValue): JsonObject {
  return { numberOfIpAddresses: text(pool, 'number_of_ip_addresses'), pool: { id: text(pool, 'id') } };
}

export function poolsFromArm(allocations: readonly JsonObject[]): Value {
  return allocations.map(allocation => ({
    id: textAt(allocation, 'pool', 'id'),
    number_of_ip_addresses: textAt(allocation, 'numberOfIpAddresses'),
    allocated_ip_address_prefixes: textsAt(allocation, 'allocatedAddressPrefixes'),
  }));
}

/** A subnet inside the network's own configuration; what it does not speak of stays as Azure has it. */
function inlineSubnetToArm(subnet: ObjectValue, networkProperties: JsonObject): JsonObject {
  const name = text(subnet, 'name');
  const existing = objectsAt(networkProperties, 'subnets').find(item => textAt(item, 'name') === name);
  return {
    ...existing,
    name,
    properties: {
      ...asObject(existing?.['properties']),
      addressPrefixes: texts(subnet, 'address_prefixes'),
      defaultOutboundAccess: subnet['default_outbound_access_enabled'] !== false,
      delegations: blocks(subnet, 'delegation').map(delegationToArm),
      privateEndpointNetworkPolicies: text(subnet, 'private_endpoint_network_policies') ?? 'Disabled',
      privateLinkServiceNetworkPolicies: enabledOr(
        'Disabled',
        subnet['private_link_service_network_policies_enabled'] !== false,
      ),
      serviceEndpoints: blocks(subnet, 'service_endpoint').map(endpointToArm),
      serviceEndpointPolicies: references(texts(subnet, 'service_endpoint_policy_ids')),
      networkSecurityGroup: reference(text(subnet, 'security_group')) ?? null,
      routeTable: reference(text(subnet, 'route_table_id')) ?? null,
    },
  };
}

function inlineSubnetFromArm(subnet: JsonObject): Value {
  const properties = asObject(subnet['properties']);
  return {
    id: textAt(subnet, 'id'),
    name: textAt(subnet, 'name'),
    ...subnetBasics(properties),
    security_group: textAt(properties, 'networkSecurityGroup', 'id'),
    route_table_id: textAt(properties, 'routeTable', 'id'),
  };
}

/** What the subnet resource and a subnet inside a network have in common. */
export function subnetBasics(properties: JsonObject): ObjectValue {
  const prefixes = textsAt(properties, 'addressPrefixes');
  const prefix = textAt(properties, 'addressPrefix');
  return {
    address_prefixes: prefixes.length === 0 && prefix !== '' ? [prefix] : prefixes,
    default_outbound_access_enabled: properties['defaultOutboundAccess'] !== false,
    private_endpoint_network_policies: textAt(properties, 'privateEndpointNetworkPolicies'),
    private_link_service_network_policies_enabled:
      textAt(properties, 'privateLinkServiceNetworkPolicies') === 'Enabled',
    delegation: objectsAt(properties, 'delegations').map(delegation => ({
      name: textAt(delegation, 'name'),
      service_delegation: [
        {
          name: textAt(delegation, 'properties', 'serviceName'),
          actions: textsAt(delegation, 'properties', 'actions'),
        },
      ],
    })),
    service_endpoint: objectsAt(properties, 'serviceEndpoints').map(endpoint => ({
      service: textAt(endpoint, 'service'),
      network_identifier: textAt(endpoint, 'networkIdentifier', 'id'),
    })),
    service_endpoint_policy_ids: idsAt(properties, 'serviceEndpointPolicies'),
  };
}

export function delegationToArm(delegation: ObjectValue): JsonObject {
  const service = block(delegation, 'service_delegation');
  return {
    name: text(delegation, 'name'),
    properties: { serviceName: text(service, 'name'), actions: texts(service, 'actions') },
  };
}

export function endpointToArm(endpoint: ObjectValue): JsonObject {
  const network = reference(text(endpoint, 'network_identifier'));
  return { service: text(endpoint, 'service'), ...(network === undefined ? {} : { networkIdentifier: network }) };
}

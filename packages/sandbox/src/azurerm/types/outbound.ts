import { asObject } from '@suite/foundation';
import { ArmError } from '../arm/client.ts';
import { describeId, type IdKind, parseId, sameId } from '../arm/ids.ts';
import { normaliseLocation } from '../schema/plan.ts';
import { armResource, namedParts } from './arm-resource.ts';
import { alreadyExists, doing } from './messages.ts';
import type { Azure, ResourceType } from './resource-type.ts';
import {
  count,
  countAt,
  idsAt,
  objectsAt,
  reference,
  references,
  someTexts,
  text,
  textAt,
  textMap,
  textMapAt,
  textsAt,
} from './shape.ts';
import { networkVersion } from './virtual-network.ts';

const natGatewayKind: IdKind = {
  label: 'Nat Gateway',
  namespace: 'Microsoft.Network',
  segments: [['natGateways', 'Nat Gateway Name']],
};

const publicIpKind: IdKind = {
  label: 'Public IP Address',
  namespace: 'Microsoft.Network',
  segments: [['publicIPAddresses', 'Public IP Addresses Name']],
};

export const natGateway = armResource({
  type: 'azurerm_nat_gateway',
  kind: natGatewayKind,
  apiVersion: networkVersion,
  operation: 'CreateOrUpdate',
  parts: namedParts('natGateways'),
  lock: id => id,
  toArm: (planned, existing) => {
    const { publicIpAddresses, publicIpPrefixes } = asObject(existing?.['properties']);
    return {
      location: planned['location'],
      sku: { name: text(planned, 'sku_name') },
      zones: someTexts(planned, 'zones'),
      tags: textMap(planned, 'tags'),
      // The addresses belong to resources of their own.
      properties: {
        idleTimeoutInMinutes: count(planned, 'idle_timeout_in_minutes'),
        publicIpAddresses,
        publicIpPrefixes,
      },
    };
  },
  fromArm: (body, parts) => ({
    name: parts['natGateways'],
    resource_group_name: parts['resourceGroups'],
    location: normaliseLocation(textAt(body, 'location')),
    sku_name: textAt(body, 'sku', 'name'),
    zones: textsAt(body, 'zones'),
    tags: textMapAt(body, 'tags'),
    idle_timeout_in_minutes: countAt(body, 'properties', 'idleTimeoutInMinutes'),
    resource_guid: textAt(body, 'properties', 'resourceGuid'),
  }),
});

export const publicIp = armResource({
  type: 'azurerm_public_ip',
  kind: publicIpKind,
  apiVersion: networkVersion,
  operation: 'CreateOrUpdate',
  parts: namedParts('publicIPAddresses'),
  toArm: planned => {
    const label = text(planned, 'domain_name_label');
    const reverse = text(planned, 'reverse_fqdn');
    const scope = text(planned, 'domain_name_label_scope');
    const zone = text(planned, 'edge_zone');
    return {
      location: planned['location'],
      ...(zone === undefined ? {} : { extendedLocation: { name: zone, type: 'EdgeZone' } }),
      sku: { name: text(planned, 'sku'), tier: text(planned, 'sku_tier') },
      zones: someTexts(planned, 'zones'),
      tags: textMap(planned, 'tags'),
      properties: {
        publicIPAllocationMethod: text(planned, 'allocation_method'),
        publicIPAddressVersion: text(planned, 'ip_version'),
        idleTimeoutInMinutes: count(planned, 'idle_timeout_in_minutes'),
        ddosSettings: {
          protectionMode: text(planned, 'ddos_protection_mode'),
          ddosProtectionPlan: reference(text(planned, 'ddos_protection_plan_id')),
        },
        publicIPPrefix: reference(text(planned, 'public_ip_prefix_id')),
        dnsSettings:
          label === undefined && reverse === undefined && scope === undefined
            ? undefined
            : { domainNameLabel: label, reverseFqdn: reverse, domainNameLabelScope: scope },
        ipTags: Object.entries(textMap(planned, 'ip_tags')).map(([ipTagType, tag]) => ({ ipTagType, tag })),
      },
    };
  },
  fromArm: (body, parts) => ({
    name: parts['publicIPAddresses'],
    resource_group_name: parts['resourceGroups'],
    location: normaliseLocation(textAt(body, 'location')),
    edge_zone: textAt(body, 'extendedLocation', 'name'),
    sku: textAt(body, 'sku', 'name'),
    sku_tier: textAt(body, 'sku', 'tier'),
    zones: textsAt(body, 'zones'),
    tags: textMapAt(body, 'tags'),
    allocation_method: textAt(body, 'properties', 'publicIPAllocationMethod'),
    ip_version: textAt(body, 'properties', 'publicIPAddressVersion'),
    ip_address: textAt(body, 'properties', 'ipAddress'),
    idle_timeout_in_minutes: countAt(body, 'properties', 'idleTimeoutInMinutes'),
    ddos_protection_mode: textAt(body, 'properties', 'ddosSettings', 'protectionMode') || 'VirtualNetworkInherited',
    ddos_protection_plan_id: textAt(body, 'properties', 'ddosSettings', 'ddosProtectionPlan', 'id'),
    public_ip_prefix_id: textAt(body, 'properties', 'publicIPPrefix', 'id'),
    domain_name_label: textAt(body, 'properties', 'dnsSettings', 'domainNameLabel'),
    domain_name_label_scope: textAt(body, 'properties', 'dnsSettings', 'domainNameLabelScope'),
    reverse_fqdn: textAt(body, 'properties', 'dnsSettings', 'reverseFqdn'),
    fqdn: textAt(body, 'properties', 'dnsSettings', 'fqdn'),
    ip_tags: Object.fromEntries(
      objectsAt(body, 'properties', 'ipTags').map(tag => [textAt(tag, 'ipTagType'), textAt(tag, 'tag')]),
    ),
  }),
  refine: (prior, planned) => {
    const isNew = prior === null;
    return {
      ...(isNew && planned['sku'] === 'Standard' && planned['allocation_method'] === 'Dynamic'
        ? { problems: ['`allocation_method` must be set to `Static` when `sku` is set to `Standard` or `StandardV2`'] }
        : {}),
      ...(!isNew && text(prior, 'domain_name_label_scope') !== text(planned, 'domain_name_label_scope')
        ? { requiresReplace: [['domain_name_label_scope']] }
        : {}),
    };
  },
});

/** The id of the association is `<gateway>|<address>`. */
export const natGatewayPublicIpAssociation: ResourceType = {
  async create(azure, planned) {
    const gatewayId = String(planned['nat_gateway_id']);
    const addressId = String(planned['public_ip_address_id']);
    const id = `${gatewayId}|${addressId}`;
    await writeAddresses(azure, gatewayId, addresses => {
      if (addresses.some(address => sameId(address, addressId))) {
        throw alreadyExists('azurerm_nat_gateway_public_ip_association', id);
      }
      return [...addresses, addressId];
    });
    return id;
  },
  async read(azure, id) {
    const [gatewayId = '', addressId = ''] = id.split('|');
    const body = await doing(`retrieving ${describeId(natGatewayKind, gatewayId)}`, () =>
      azure.arm.get(gatewayId, networkVersion),
    );
    const isThere = idsAt(body, 'properties', 'publicIpAddresses').some(address => sameId(address, addressId));
    return isThere ? { id, nat_gateway_id: gatewayId, public_ip_address_id: addressId } : undefined;
  },
  async update() {
    throw new Error('azurerm_nat_gateway_public_ip_association has nothing that can be changed in place');
  },
  async delete(azure, id) {
    const [gatewayId = '', addressId = ''] = id.split('|');
    await writeAddresses(azure, gatewayId, addresses => addresses.filter(address => !sameId(address, addressId)));
  },
  checkImportId: id => {
    const [gatewayId = '', addressId = ''] = id.split('|');
    const isWhole = parseId(natGatewayKind, gatewayId) !== undefined && parseId(publicIpKind, addressId) !== undefined;
    return isWhole
      ? undefined
      : `parsing "${id}": expected the ID of a Nat Gateway and of a Public IP Address, separated by "|"`;
  },
};

async function writeAddresses(
  azure: Azure,
  gatewayId: string,
  change: (addresses: readonly string[]) => readonly string[],
): Promise<void> {
  const what = describeId(natGatewayKind, gatewayId);
  await azure.exclusively(gatewayId, async () => {
    const existing = await doing(`retrieving ${what}`, () => azure.arm.get(gatewayId, networkVersion));
    if (existing === undefined) throw new ArmError(`${what} was not found`);
    const properties = asObject(existing['properties']);
    const publicIpAddresses = references(change(idsAt(properties, 'publicIpAddresses')));
    const body = { ...existing, properties: { ...properties, publicIpAddresses } };
    await doing(`updating ${what}`, () =>
      azure.arm.run('CreateOrUpdate', { method: 'PUT', path: gatewayId, apiVersion: networkVersion, body }),
    );
  });
}

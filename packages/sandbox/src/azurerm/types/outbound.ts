import { asObject } from '@suite/foundation';
import { ArmError } from '../arm/client.ts';
import { describeId, type IdKind, parseId, sameId } from '../arm/ids.ts';
import { isObjectValue } from '../schema/values.ts';
import { computed, count, type Field, list, reference, text } from './fields.ts';
import { alreadyExists, doing } from './messages.ts';
import type { Azure, ResourceType } from './resource-type.ts';
import { idsAt, objectsAt, references, textAt, text as textOf, texts } from './shape.ts';
import { tableResource } from './table-resource.ts';
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

export const natGateway = tableResource({
  type: 'azurerm_nat_gateway',
  kind: natGatewayKind,
  apiVersion: networkVersion,
  operation: 'CreateOrUpdate',
  lock: id => id,
  // Its addresses belong to resources of their own, and stay in the body.
  fields: {
    sku_name: text('sku.name'),
    zones: list('zones'),
    idle_timeout_in_minutes: count('properties.idleTimeoutInMinutes'),
    resource_guid: computed(text('properties.resourceGuid')),
  },
  refine: (prior, planned) => ({
    // Azure spreads a StandardV2 over all zones by itself, which is no difference.
    unchanged: prior !== null && planned['sku_name'] === 'StandardV2' ? ['zones'] : [],
    problems:
      planned['sku_name'] === 'StandardV2' && texts(planned, 'zones').length > 0
        ? [
            'azurerm_nat_gateway resources with `sku_name` set to `StandardV2` are zone-redundant by default, Azure automatically deploys across all available zones. The `zones` argument must be omitted',
          ]
        : [],
  }),
});

const ipTags: Field = {
  write: (body, value) => {
    const tags = Object.entries(isObjectValue(value) ? value : {}).map(([ipTagType, tag]) => ({ ipTagType, tag }));
    body['properties'] = { ...asObject(body['properties']), ipTags: tags };
  },
  read: body =>
    Object.fromEntries(
      objectsAt(body, 'properties', 'ipTags').map(tag => [textAt(tag, 'ipTagType'), textAt(tag, 'tag')]),
    ),
};

export const publicIp = tableResource({
  type: 'azurerm_public_ip',
  kind: publicIpKind,
  apiVersion: networkVersion,
  operation: 'CreateOrUpdate',
  fields: {
    edge_zone: text('extendedLocation.name'),
    sku: text('sku.name'),
    sku_tier: text('sku.tier'),
    zones: list('zones'),
    allocation_method: text('properties.publicIPAllocationMethod'),
    ip_version: text('properties.publicIPAddressVersion'),
    ip_address: computed(text('properties.ipAddress')),
    idle_timeout_in_minutes: count('properties.idleTimeoutInMinutes'),
    ddos_protection_mode: text('properties.ddosSettings.protectionMode', { absent: 'VirtualNetworkInherited' }),
    ddos_protection_plan_id: reference('properties.ddosSettings.ddosProtectionPlan'),
    public_ip_prefix_id: reference('properties.publicIPPrefix'),
    domain_name_label: text('properties.dnsSettings.domainNameLabel'),
    domain_name_label_scope: text('properties.dnsSettings.domainNameLabelScope'),
    reverse_fqdn: text('properties.dnsSettings.reverseFqdn'),
    fqdn: computed(text('properties.dnsSettings.fqdn')),
    ip_tags: ipTags,
  },
  complete: body =>
    body['extendedLocation'] === undefined
      ? body
      : { ...body, extendedLocation: { ...asObject(body['extendedLocation']), type: 'EdgeZone' } },
  refine: (prior, planned) => {
    const isNew = prior === null;
    const scope = textOf(prior ?? undefined, 'domain_name_label_scope');
    const wanted = textOf(planned, 'domain_name_label_scope');
    const isStandard = planned['sku'] === 'Standard' || planned['sku'] === 'StandardV2';
    return {
      problems: [
        ...(planned['sku_tier'] === 'Global' && planned['sku'] !== 'Standard'
          ? ['`sku` must be set to `Standard` when `sku_tier` is set to `Global`']
          : []),
        ...(isNew && isStandard && planned['allocation_method'] === 'Dynamic'
          ? ['`allocation_method` must be set to `Static` when `sku` is set to `Standard` or `StandardV2`']
          : []),
      ],
      // A scope can be given to an address that has none.
      requiresReplace:
        !isNew && scope !== wanted && (scope !== undefined || wanted === undefined)
          ? [['domain_name_label_scope']]
          : [],
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

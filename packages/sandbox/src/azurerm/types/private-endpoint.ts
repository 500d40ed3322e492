import { asObject, type JsonObject } from '@suite/foundation';
import { describeId, type IdKind, parseId } from '../arm/ids.ts';
import type { ObjectValue } from '../schema/values.ts';
import { changes } from './changes.ts';
import { privateDnsZoneKind } from './dns.ts';
import { blocks, type Field, reference, text } from './fields.ts';
import { doing } from './messages.ts';
import type { Azure } from './resource-type.ts';
import { block, flag, objectsAt, textAt, text as textOf, texts, textsAt } from './shape.ts';
import { tableResource } from './table-resource.ts';
import { networkVersion } from './virtual-network.ts';

const apiVersion = networkVersion;

const kind: IdKind = {
  label: 'Private Endpoint',
  namespace: 'Microsoft.Network',
  segments: [['privateEndpoints', 'Private Endpoint Name']],
};

const aliasEnding = '.azure.privatelinkservice';

/** One block for Azure's two lists: connections that approve themselves, and those that somebody approves by hand. */
const connection: Field = {
  write: (body, value) => {
    const given = block({ list: value }, 'list');
    const sent: JsonObject = {
      name: textOf(given, 'name'),
      properties: {
        groupIds: texts(given, 'subresource_names'),
        privateLinkServiceId:
          textOf(given, 'private_connection_resource_id') ?? textOf(given, 'private_connection_resource_alias'),
        requestMessage: textOf(given, 'request_message'),
      },
    };
    const isManual = flag(given, 'is_manual_connection');
    body['properties'] = {
      ...asObject(body['properties']),
      privateLinkServiceConnections: isManual ? [] : [sent],
      manualPrivateLinkServiceConnections: isManual ? [sent] : [],
    };
  },
};

export const privateEndpoint = tableResource({
  type: 'azurerm_private_endpoint',
  kind,
  apiVersion,
  operation: 'CreateOrUpdate',
  elsewhere: ['private_dns_zone_group'],
  fields: {
    subnet_id: reference('properties.subnet'),
    custom_network_interface_name: text('properties.customNetworkInterfaceName'),
    private_service_connection: connection,
    ip_configuration: blocks('properties.ipConfigurations', {
      name: text('name'),
      private_ip_address: text('properties.privateIPAddress'),
      subresource_name: text('properties.groupId'),
      member_name: text('properties.memberName'),
    }),
    custom_dns_configs: {
      read: body =>
        objectsAt(body, 'properties', 'customDnsConfigs').map(config => ({
          fqdn: textAt(config, 'fqdn'),
          ip_addresses: textsAt(config, 'ipAddresses'),
        })),
    },
    network_interface: {
      read: body =>
        objectsAt(body, 'properties', 'networkInterfaces')
          .slice(0, 1)
          .map(found => ({ id: textAt(found, 'id'), name: textAt(found, 'id').split('/').at(-1) ?? '' })),
    },
  },
  complete: body => ({
    ...body,
    properties: {
      ...asObject(body['properties']),
      ipConfigurations: objectsAt(body, 'properties', 'ipConfigurations').map(withMember),
    },
  }),
  readMore: async (azure, id, body) => ({
    private_service_connection: await readConnection(azure, body),
    ...(await readZoneGroups(azure, id)),
  }),
  afterCreate: (azure, id, planned) => writeZoneGroup(azure, id, planned),
  afterUpdate: async (azure, id, prior, planned) => {
    if (!changes(prior, planned, 'private_dns_zone_group')) return;
    const [before, after] = [block(prior, 'private_dns_zone_group'), block(planned, 'private_dns_zone_group')];
    const isExchange = texts(before, 'private_dns_zone_ids').length === texts(after, 'private_dns_zone_ids').length;
    // A zone can be added to a group or taken from it, but not exchanged for another one.
    if (textOf(before, 'name') !== textOf(after, 'name') || isExchange) await removeZoneGroups(azure, id);
    await writeZoneGroup(azure, id, planned);
  },
  beforeDelete: (azure, id) => removeZoneGroups(azure, id),
  refine: (_prior, planned) => ({ problems: messageProblems(block(planned, 'private_service_connection')) }),
});

function withMember(configuration: JsonObject): JsonObject {
  const properties = asObject(configuration['properties']);
  return { ...configuration, properties: { memberName: properties['groupId'], ...properties } };
}

async function readConnection(azure: Azure, body: JsonObject) {
  const automatic = objectsAt(body, 'properties', 'privateLinkServiceConnections')[0];
  const found = automatic ?? objectsAt(body, 'properties', 'manualPrivateLinkServiceConnections')[0];
  if (found === undefined) return [];
  const interfaceId = textAt(objectsAt(body, 'properties', 'networkInterfaces')[0], 'id');
  const card = interfaceId === '' ? undefined : await azure.arm.get(interfaceId, apiVersion);
  const target = textAt(found, 'properties', 'privateLinkServiceId');
  const isAlias = target.endsWith(aliasEnding);
  return [
    {
      name: textAt(found, 'name'),
      is_manual_connection: automatic === undefined,
      private_connection_resource_id: isAlias ? '' : target,
      private_connection_resource_alias: isAlias ? target : '',
      subresource_names: textsAt(found, 'properties', 'groupIds'),
      request_message: automatic === undefined ? textAt(found, 'properties', 'requestMessage') : '',
      private_ip_address: textAt(
        objectsAt(card, 'properties', 'ipConfigurations')[0],
        'properties',
        'privateIPAddress',
      ),
    },
  ];
}

async function listZoneGroups(azure: Azure, id: string): Promise<readonly JsonObject[]> {
  const answer = await doing(`retrieving ${describeId(kind, id)}`, () =>
    azure.arm.get(`${id}/privateDnsZoneGroups`, apiVersion),
  );
  return objectsAt(answer, 'value');
}

async function readZoneGroups(azure: Azure, id: string) {
  const groups = await listZoneGroups(azure, id);
  const configs = groups.flatMap(group =>
    objectsAt(group, 'properties', 'privateDnsZoneConfigs').map(config => ({
      id: `${textAt(group, 'id')}/privateDnsZoneConfigs/${textAt(config, 'name')}`,
      name: textAt(config, 'name'),
      private_dns_zone_id: textAt(config, 'properties', 'privateDnsZoneId'),
      record_sets: objectsAt(config, 'properties', 'recordSets').map(set => ({
        name: textAt(set, 'recordSetName'),
        type: textAt(set, 'recordType'),
        fqdn: textAt(set, 'fqdn'),
        ttl: Number(set['ttl'] ?? 0),
        ip_addresses: textsAt(set, 'ipAddresses'),
      })),
    })),
  );
  return {
    private_dns_zone_configs: configs,
    private_dns_zone_group: groups.map(group => ({
      id: textAt(group, 'id'),
      name: textAt(group, 'name'),
      private_dns_zone_ids: objectsAt(group, 'properties', 'privateDnsZoneConfigs').map(config =>
        textAt(config, 'properties', 'privateDnsZoneId'),
      ),
    })),
  };
}

async function writeZoneGroup(azure: Azure, id: string, planned: ObjectValue): Promise<void> {
  const group = block(planned, 'private_dns_zone_group');
  if (group === undefined) return;
  const privateDnsZoneConfigs = texts(group, 'private_dns_zone_ids').map(zone => ({
    name: parseId(privateDnsZoneKind, zone)?.['privateDnsZones'],
    properties: { privateDnsZoneId: zone },
  }));
  await doing(`creating ${describeId(kind, id)}`, () =>
    azure.arm.run('CreateOrUpdate', {
      method: 'PUT',
      path: `${id}/privateDnsZoneGroups/${textOf(group, 'name')}`,
      apiVersion,
      body: { properties: { privateDnsZoneConfigs } },
    }),
  );
}

async function removeZoneGroups(azure: Azure, id: string): Promise<void> {
  for (const group of await listZoneGroups(azure, id)) {
    const path = textAt(group, 'id');
    await doing(`deleting ${path}`, () => azure.arm.run('Delete', { method: 'DELETE', path, apiVersion }));
  }
}

function messageProblems(given: ObjectValue | undefined): readonly string[] {
  if (given === undefined) return [];
  const isManual = flag(given, 'is_manual_connection');
  const message = textOf(given, 'request_message')?.trim() ?? '';
  const name = JSON.stringify(textOf(given, 'name') ?? '');
  if (!isManual && message !== '') {
    return [
      `"private_service_connection":${name} is invalid, the "request_message" attribute cannot be set if the "is_manual_connection" attribute is "false"`,
    ];
  }
  return isManual && message === ''
    ? [`"private_service_connection":${name} is invalid, the "request_message" attribute must not be empty`]
    : [];
}

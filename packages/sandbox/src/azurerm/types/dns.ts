import type { JsonObject } from '@suite/foundation';
import type { IdKind } from '../arm/ids.ts';
import type { ArmResource } from './arm-resource.ts';
import {
  computed,
  count,
  type Fields,
  flag,
  items,
  list,
  map,
  readFields,
  reference,
  text,
  writeFields,
} from './fields.ts';
import { doing } from './messages.ts';
import type { Azure, ResourceType } from './resource-type.ts';
import { block } from './shape.ts';
import { tableResource } from './table-resource.ts';

const publicVersion = '2018-05-01';
const privateVersion = '2024-06-01';

export const dnsZoneKind: IdKind = {
  label: 'Dns Zone',
  namespace: 'Microsoft.Network',
  segments: [['dnsZones', 'Dns Zone Name']],
};
export const privateDnsZoneKind: IdKind = {
  label: 'Private Dns Zone',
  namespace: 'Microsoft.Network',
  segments: [['privateDnsZones', 'Private Dns Zone Name']],
};

export const dnsZone = tableResource({
  type: 'azurerm_dns_zone',
  kind: dnsZoneKind,
  apiVersion: publicVersion,
  elsewhere: ['soa_record'],
  complete: everywhere,
  fields: {
    number_of_record_sets: computed(count('properties.numberOfRecordSets')),
    max_number_of_record_sets: computed(count('properties.maxNumberOfRecordSets')),
    name_servers: computed(list('properties.nameServers')),
  },
  ...soaRecord(publicVersion, {
    ...soaFields('SOARecord', 'TTL', 'minimumTTL'),
    serial_number: count('properties.SOARecord.serialNumber'),
  }),
});

export const dnsARecord = record('azurerm_dns_a_record', 'A', {
  records: items('properties.ARecords', 'ipv4Address', { sendEmpty: true }),
  target_resource_id: reference('properties.targetResource'),
});

export const dnsCnameRecord = record('azurerm_dns_cname_record', 'CNAME', {
  record: text('properties.CNAMERecord.cname'),
  target_resource_id: reference('properties.targetResource'),
});

export const dnsNsRecord = record('azurerm_dns_ns_record', 'NS', {
  records: items('properties.NSRecords', 'nsdname', { sendEmpty: true }),
});

export const privateDnsZone = tableResource({
  type: 'azurerm_private_dns_zone',
  kind: privateDnsZoneKind,
  apiVersion: privateVersion,
  operation: 'CreateOrUpdate',
  elsewhere: ['soa_record'],
  complete: everywhere,
  fields: {
    number_of_record_sets: computed(count('properties.numberOfRecordSets')),
    max_number_of_record_sets: computed(count('properties.maxNumberOfRecordSets')),
    max_number_of_virtual_network_links: computed(count('properties.maxNumberOfVirtualNetworkLinks')),
    max_number_of_virtual_network_links_with_registration: computed(
      count('properties.maxNumberOfVirtualNetworkLinksWithRegistration'),
    ),
  },
  ...soaRecord(privateVersion, {
    ...soaFields('soaRecord', 'ttl', 'minimumTtl'),
    serial_number: computed(count('properties.soaRecord.serialNumber')),
  }),
});

export const privateDnsZoneVirtualNetworkLink = tableResource({
  type: 'azurerm_private_dns_zone_virtual_network_link',
  kind: {
    label: 'Virtual Network Link',
    namespace: 'Microsoft.Network',
    segments: [...privateDnsZoneKind.segments, ['virtualNetworkLinks', 'Virtual Network Link Name']],
  },
  apiVersion: privateVersion,
  operation: 'CreateOrUpdate',
  parent: { argument: 'private_dns_zone_id', kind: privateDnsZoneKind },
  complete: everywhere,
  fields: {
    virtual_network_id: reference('properties.virtualNetwork'),
    registration_enabled: flag('properties.registrationEnabled'),
    resolution_policy: text('properties.resolutionPolicy'),
  },
});

function everywhere(body: JsonObject): JsonObject {
  return { ...body, location: 'global' };
}

/** A record set of a public zone. Azure keeps its tags as metadata. */
function record(type: string, kind: string, fields: Fields): ResourceType {
  return tableResource({
    type,
    kind: {
      label: 'Record Type',
      namespace: 'Microsoft.Network',
      segments: [...dnsZoneKind.segments, [kind, 'Relative Record Set Name']],
    },
    apiVersion: publicVersion,
    names: ['zone_name', 'name'],
    fields: {
      ttl: count('properties.TTL'),
      fqdn: computed(text('properties.fqdn')),
      tags: map('properties.metadata'),
      ...fields,
    },
  });
}

function soaFields(record: string, ttl: string, minimum: string): Fields {
  const inRecord = (name: string) => `properties.${record}.${name}`;
  return {
    email: text(inRecord('email')),
    host_name: computed(text(inRecord('host'))),
    expire_time: count(inRecord('expireTime')),
    minimum_ttl: count(inRecord(minimum)),
    refresh_time: count(inRecord('refreshTime')),
    retry_time: count(inRecord('retryTime')),
    ttl: count(`properties.${ttl}`),
    tags: map('properties.metadata'),
    fqdn: computed(text('properties.fqdn')),
  };
}

/** Azure makes the record with the zone; azurerm shows it as a block of the zone. */
function soaRecord(
  apiVersion: string,
  fields: Fields,
): Required<Pick<ArmResource, 'afterCreate' | 'afterUpdate' | 'readMore'>> {
  const retrieve = (azure: Azure, path: string) =>
    doing('retrieving the SOA record', () => azure.arm.get(path, apiVersion));
  const write: NonNullable<ArmResource['afterCreate']> = async (azure, id, planned) => {
    const wanted = block(planned, 'soa_record');
    if (wanted === undefined) return;
    const path = `${id}/SOA/@`;
    const body = writeFields(fields, wanted, (await retrieve(azure, path)) ?? {});
    await doing('writing the SOA record', () => azure.arm.send({ method: 'PUT', path, apiVersion, body }));
  };
  return {
    afterCreate: write,
    afterUpdate: (azure, id, _prior, planned) => write(azure, id, planned),
    readMore: async (azure, id) => {
      const found = await retrieve(azure, `${id}/SOA/@`);
      return { soa_record: found === undefined ? [] : [readFields(fields, found)] };
    },
  };
}

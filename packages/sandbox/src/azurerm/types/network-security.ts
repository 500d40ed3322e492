import { asObject, type JsonObject } from '@suite/foundation';
import { type IdKind, parentOf } from '../arm/ids.ts';
import { normaliseLocation } from '../schema/plan.ts';
import { isUnknown, type ObjectValue } from '../schema/values.ts';
import { armResource, namedParts } from './arm-resource.ts';
import {
  blocks,
  count,
  countAt,
  idsAt,
  objectsAt,
  references,
  someTexts,
  text,
  textAt,
  textMap,
  textMapAt,
  texts,
  textsAt,
} from './shape.ts';
import { networkVersion } from './virtual-network.ts';

const groupKind: IdKind = {
  label: 'Network Security Group',
  namespace: 'Microsoft.Network',
  segments: [['networkSecurityGroups', 'Network Security Group Name']],
};

export const networkSecurityGroup = armResource({
  type: 'azurerm_network_security_group',
  kind: groupKind,
  apiVersion: networkVersion,
  operation: 'CreateOrUpdate',
  parts: namedParts('networkSecurityGroups'),
  lock: id => id,
  toArm: (planned, existing) => ({
    location: planned['location'],
    tags: textMap(planned, 'tags'),
    properties: {
      securityRules: isUnknown(planned['security_rule'])
        ? (asObject(existing?.['properties'])['securityRules'] ?? [])
        : blocks(planned, 'security_rule').map(rule => ({ name: rule['name'], properties: ruleToArm(rule) })),
    },
  }),
  fromArm: (body, parts) => ({
    name: parts['networkSecurityGroups'],
    resource_group_name: parts['resourceGroups'],
    location: normaliseLocation(textAt(body, 'location')),
    tags: textMapAt(body, 'tags'),
    security_rule: objectsAt(body, 'properties', 'securityRules').map(rule => ({
      name: textAt(rule, 'name'),
      ...ruleFromArm(asObject(rule['properties'])),
    })),
  }),
});

export const networkSecurityRule = armResource({
  type: 'azurerm_network_security_rule',
  kind: {
    label: 'Security Rule',
    namespace: 'Microsoft.Network',
    segments: [
      ['networkSecurityGroups', 'Network Security Group Name'],
      ['securityRules', 'Security Rule Name'],
    ],
  },
  apiVersion: networkVersion,
  operation: 'CreateOrUpdate',
  parts: planned => ({
    resourceGroups: String(planned['resource_group_name']),
    networkSecurityGroups: String(planned['network_security_group_name']),
    securityRules: String(planned['name']),
  }),
  lock: id => parentOf(id),
  toArm: planned => ({ name: planned['name'], properties: ruleToArm(planned) }),
  fromArm: (body, parts) => ({
    name: parts['securityRules'],
    resource_group_name: parts['resourceGroups'],
    network_security_group_name: parts['networkSecurityGroups'],
    ...ruleFromArm(asObject(body['properties'])),
  }),
});

function ruleToArm(rule: ObjectValue): JsonObject {
  const groups = (name: string) => {
    const ids = texts(rule, name);
    return ids.length === 0 ? undefined : references(ids);
  };
  return {
    description: text(rule, 'description'),
    priority: count(rule, 'priority'),
    direction: text(rule, 'direction'),
    access: text(rule, 'access'),
    protocol: text(rule, 'protocol'),
    sourcePortRange: text(rule, 'source_port_range') ?? '',
    sourcePortRanges: someTexts(rule, 'source_port_ranges'),
    destinationPortRange: text(rule, 'destination_port_range') ?? '',
    destinationPortRanges: someTexts(rule, 'destination_port_ranges'),
    sourceAddressPrefix: text(rule, 'source_address_prefix') ?? '',
    sourceAddressPrefixes: someTexts(rule, 'source_address_prefixes'),
    destinationAddressPrefix: text(rule, 'destination_address_prefix') ?? '',
    destinationAddressPrefixes: someTexts(rule, 'destination_address_prefixes'),
    sourceApplicationSecurityGroups: groups('source_application_security_group_ids'),
    destinationApplicationSecurityGroups: groups('destination_application_security_group_ids'),
  };
}

const protocols = ['Ah', 'Esp', 'Icmp', 'Tcp', 'Udp', '*'];

function ruleFromArm(properties: JsonObject): ObjectValue {
  const protocol = textAt(properties, 'protocol');
  return {
    description: textAt(properties, 'description'),
    priority: countAt(properties, 'priority'),
    direction: textAt(properties, 'direction'),
    access: textAt(properties, 'access'),
    protocol: protocols.find(name => name.toLowerCase() === protocol.toLowerCase()) ?? protocol,
    source_port_range: textAt(properties, 'sourcePortRange'),
    source_port_ranges: textsAt(properties, 'sourcePortRanges'),
    destination_port_range: textAt(properties, 'destinationPortRange'),
    destination_port_ranges: textsAt(properties, 'destinationPortRanges'),
    source_address_prefix: textAt(properties, 'sourceAddressPrefix'),
    source_address_prefixes: textsAt(properties, 'sourceAddressPrefixes'),
    destination_address_prefix: textAt(properties, 'destinationAddressPrefix'),
    destination_address_prefixes: textsAt(properties, 'destinationAddressPrefixes'),
    source_application_security_group_ids: idsAt(properties, 'sourceApplicationSecurityGroups'),
    destination_application_security_group_ids: idsAt(properties, 'destinationApplicationSecurityGroups'),
  };
}

import { randomUUID } from 'node:crypto';
import { isObject } from '@suite/foundation';
import { at, type Body, list, merge, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { groupId, nameOf, parentIdOf, sameId } from '../ids.ts';
import type { Resource } from '../store.ts';
import type { ArmContext, Link, PutCall, TypeBehaviour } from '../type.ts';
import { contains, overlaps, parseCidr } from './cidr.ts';
import { checkSubnetUnused } from './subnet-users.ts';

export const virtualNetworks: TypeBehaviour = {
  type: 'Microsoft.Network/virtualNetworks',
  longRunning: ['put', 'delete'],
  isTracked: true,
  check: call => {
    const sent = list(properties(call.sent)['subnets']);
    for (const subnet of sent)
      checkSubnetRange(prefixesOf(at(subnet, 'properties')), prefixesOfNetwork(call.sent), call.id, []);
    for (const gone of missingChildren(call, 'subnets')) checkSubnetUnused(gone, call.context);
  },
  fill: ({ sent, existing }) =>
    withoutProperty(
      merge({ properties: { enableDdosProtection: false, privateEndpointVNetPolicies: 'Disabled' } }, sent, {
        properties: { resourceGuid: properties(existing?.body)['resourceGuid'] ?? randomUUID() },
      }),
      'subnets',
    ),
  stored: (resource, call) => {
    storeChildren(resource, call, 'subnets');
    ensureWatcher(resource, call);
  },
  view: (resource, { store }) =>
    withChildren(resource, store.children(resource.id, 'subnets'), 'subnets', { virtualNetworkPeerings: [] }),
  checkDelete: (resource, context) => {
    for (const subnet of context.store.children(resource.id, 'subnets')) checkSubnetUnused(subnet, context);
  },
};

export const subnets: TypeBehaviour = {
  type: 'Microsoft.Network/virtualNetworks/subnets',
  longRunning: ['put', 'delete'],
  links: sent => {
    const { networkSecurityGroup, routeTable, natGateway } = properties(sent);
    return [
      ...link(networkSecurityGroup, 'Microsoft.Network/networkSecurityGroups/join/action'),
      ...link(routeTable, 'Microsoft.Network/routeTables/join/action'),
      ...link(natGateway, 'Microsoft.Network/natGateways/join/action'),
    ];
  },
  check: ({ context, id, sent }) => {
    const network = context.store.get(parentIdOf(id) ?? '');
    const siblings = context.store.children(network?.id ?? '', 'subnets').filter(subnet => !sameId(subnet.id, id));
    checkSubnetRange(prefixesOf(properties(sent)), prefixesOfNetwork(network?.body), id, siblings);
  },
  fill: ({ sent }) =>
    merge(
      {
        properties: {
          privateEndpointNetworkPolicies: 'Disabled',
          privateLinkServiceNetworkPolicies: 'Enabled',
          delegations: [],
          serviceEndpoints: [],
        },
      },
      sent,
    ),
  checkDelete: (resource, context) => checkSubnetUnused(resource, context),
};

export const networkSecurityGroups: TypeBehaviour = {
  type: 'Microsoft.Network/networkSecurityGroups',
  longRunning: ['put', 'delete'],
  isTracked: true,
  fill: ({ sent, existing }) =>
    withoutProperty(
      merge(sent, { properties: { resourceGuid: properties(existing?.body)['resourceGuid'] ?? randomUUID() } }),
      'securityRules',
    ),
  stored: (resource, call) => storeChildren(resource, call, 'securityRules'),
  view: (resource, { store }) => {
    const users = usersOfGroup(resource.id, { store }).map(({ id }) => ({ id }));
    return withChildren(resource, store.children(resource.id, 'securityRules'), 'securityRules', {
      defaultSecurityRules: defaultRules(resource.id),
      ...(users.length === 0 ? {} : { subnets: users }),
    });
  },
  checkDelete: (resource, context) => {
    const [user] = usersOfGroup(resource.id, context);
    if (user === undefined) return;
    throw new ArmError(
      400,
      'InUseNetworkSecurityGroupCannotBeDeleted',
      `Network security group ${resource.id} cannot be deleted because it is in use by the following resources: ${user.id}. In order to delete the Network security group, remove the association with the resource(s).`,
    );
  },
};

export const securityRules: TypeBehaviour = {
  type: 'Microsoft.Network/networkSecurityGroups/securityRules',
  longRunning: ['put', 'delete'],
  fill: ({ sent }) => fillRule(sent),
};

function fillRule(sent: Readonly<Body>): Body {
  const empty = {
    sourcePortRanges: [],
    destinationPortRanges: [],
    sourceAddressPrefixes: [],
    destinationAddressPrefixes: [],
  };
  return merge({ properties: empty }, sent);
}

/** A reference that a body may hold, and the right to use what it names. */
export function link(reference: unknown, action: string): Link[] {
  const id = text(at(reference)['id']);
  return id === undefined ? [] : [{ id, action }];
}

/** Children that stand inside their parent's body are resources all the same; a list in the body replaces them all. */
export function storeChildren(parent: Resource, call: PutCall, property: string): void {
  const { context } = call;
  const sent = properties(call.sent)[property];
  if (!Array.isArray(sent)) return;
  for (const gone of missingChildren(call, property)) context.remove(gone);
  for (const child of sent.filter(isObject)) {
    const { id: _, name, type: __, etag: ___, ...body } = child as Body;
    context.create(`${parent.id}/${property}/${String(name)}`, body);
  }
}

function missingChildren({ context, id, sent }: PutCall, property: string): readonly Resource[] {
  const list = properties(sent)[property];
  if (!Array.isArray(list)) return [];
  const names = new Set(list.map(child => String(at(child)['name']).toLowerCase()));
  return context.store.children(id, property).filter(child => !names.has(child.name.toLowerCase()));
}

export function withChildren(parent: Resource, children: readonly Resource[], property: string, more: Body): Body {
  const embedded = children.map(({ id, name, type, etag, body }) => ({ id, name, type, etag, ...body }));
  return { ...parent.body, properties: { ...properties(parent.body), ...more, [property]: embedded } };
}

export function withoutProperty(body: Body, property: string): Body {
  const { [property]: _, ...rest } = properties(body);
  return { ...body, properties: rest };
}

export function prefixesOf(subnet: Readonly<Body>): string[] {
  const { addressPrefix, addressPrefixes } = subnet;
  const many = list(addressPrefixes).map(String);
  return many.length > 0 ? many : typeof addressPrefix === 'string' ? [addressPrefix] : [];
}

function prefixesOfNetwork(network: Readonly<Body> | undefined): string[] {
  return list(at(network, 'properties', 'addressSpace')['addressPrefixes']).map(String);
}

function checkSubnetRange(
  prefixes: readonly string[],
  space: readonly string[],
  id: string,
  siblings: readonly Resource[],
): void {
  for (const prefix of prefixes) {
    const range = parseCidr(prefix);
    // IPv6 is stored as it comes.
    if (range === undefined) continue;
    const isInside = space.some(outer => {
      const around = parseCidr(outer);
      return around !== undefined && contains(around, range);
    });
    if (!isInside) {
      throw new ArmError(
        400,
        'NetcfgSubnetRangeOutsideVnet',
        `Subnet '${nameOf(id)}' is not valid because its IP address range is outside the IP address range of virtual network '${nameOf(parentIdOf(id) ?? id)}'.`,
      );
    }
    for (const sibling of siblings) {
      const isTaken = prefixesOf(properties(sibling.body)).some(other => {
        const taken = parseCidr(other);
        return taken !== undefined && overlaps(taken, range);
      });
      if (!isTaken) continue;
      throw new ArmError(
        400,
        'NetcfgSubnetRangesOverlap',
        `Subnet '${nameOf(id)}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${nameOf(parentIdOf(id) ?? id)}'.`,
      );
    }
  }
}

/** Azure makes a network watcher with the first network of a region, in a group of its own. */
function ensureWatcher({ body }: Resource, { context, subscription, existing }: PutCall): void {
  if (existing !== undefined) return;
  const location = String(body['location']);
  const group = groupId(subscription, 'NetworkWatcherRG');
  const watcher = `${group}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_${location}`;
  if (context.store.get(group) === undefined) context.create(group, { location });
  if (context.store.get(watcher) === undefined) context.create(watcher, { location, properties: {} });
}

function usersOfGroup(id: string, { store }: Pick<ArmContext, 'store'>): readonly Resource[] {
  return store
    .all()
    .filter(
      ({ type, body }) =>
        type === subnets.type && sameId(text(at(body, 'properties', 'networkSecurityGroup')['id']) ?? '', id),
    );
}

function defaultRules(id: string): object[] {
  const rules = [
    ['AllowVnetInBound', 65000, 'Inbound', 'Allow', 'VirtualNetwork', 'VirtualNetwork'],
    ['AllowAzureLoadBalancerInBound', 65001, 'Inbound', 'Allow', 'AzureLoadBalancer', '*'],
    ['DenyAllInBound', 65500, 'Inbound', 'Deny', '*', '*'],
    ['AllowVnetOutBound', 65000, 'Outbound', 'Allow', 'VirtualNetwork', 'VirtualNetwork'],
    ['AllowInternetOutBound', 65001, 'Outbound', 'Allow', '*', 'Internet'],
    ['DenyAllOutBound', 65500, 'Outbound', 'Deny', '*', '*'],
  ] as const;
  return rules.map(([name, priority, direction, access, source, destination]) => ({
    id: `${id}/defaultSecurityRules/${name}`,
    name,
    type: 'Microsoft.Network/networkSecurityGroups/defaultSecurityRules',
    properties: {
      provisioningState: 'Succeeded',
      protocol: '*',
      sourcePortRange: '*',
      destinationPortRange: '*',
      sourceAddressPrefix: source,
      destinationAddressPrefix: destination,
      access,
      priority,
      direction,
    },
  }));
}

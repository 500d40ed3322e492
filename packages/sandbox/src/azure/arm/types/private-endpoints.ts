import { isObject } from '@suite/foundation';
import { at, type Body, list, merge, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { groupId, nameOf, parentIdOf, sameId } from '../ids.ts';
import type { Resource } from '../store.ts';
import type { ArmContext, PutCall, TypeBehaviour } from '../type.ts';
import { parseCidr } from './cidr.ts';
import { guidFrom } from './hash.ts';
import { link, prefixesOf } from './network.ts';
import { privateLinkTargets } from './private-link-targets.ts';

/** What an endpoint gives an address to. */
interface Member {
  readonly name: string;
  readonly fqdn: string;
  readonly address: string;
}

const zoneType = 'Microsoft.Network/privateDnsZones';
/** The first four addresses of a subnet are Azure's. */
const reserved = 4;
const recordSeconds = 10;

export const privateEndpoints: TypeBehaviour = {
  type: 'Microsoft.Network/privateEndpoints',
  longRunning: ['put', 'delete'],
  isTracked: true,
  links: sent => {
    const target = text(at(connectionOf(sent), 'properties')['privateLinkServiceId']);
    const type = target === undefined ? undefined : typeOfTarget(target);
    const isManual = list(properties(sent)['manualPrivateLinkServiceConnections']).length > 0;
    const approval = `${type ?? ''}/privateEndpointConnectionsApproval/action`;
    return [
      ...link(properties(sent)['subnet'], 'Microsoft.Network/virtualNetworks/subnets/join/action'),
      // Whoever asks for approval by hand needs no right over the target.
      ...(type === undefined || isManual ? [] : link({ id: target }, approval)),
    ];
  },
  check: call => {
    checkConnection(call);
    if (text(at(call.sent, 'properties', 'subnet')['id']) === undefined) {
      throw new ArmError(400, 'MissingSubnet', `Private endpoint ${call.id} needs a subnet.`);
    }
  },
  fill: call => {
    const { sent, id, name, existing } = call;
    const members = membersOf(call);
    const custom = text(properties(sent)['customNetworkInterfaceName']);
    const card = `${parentOfType(id)}/networkInterfaces/${custom ?? `${name}.nic.${guidFrom(id)}`}`;
    return merge(withStates(sent), {
      properties: {
        networkInterfaces: [{ id: card }],
        customDnsConfigs: hasZoneGroup(existing, call.context) ? [] : dnsConfigs(members),
      },
    });
  },
  stored: (resource, call) => {
    const card = text(at(list(properties(resource.body)['networkInterfaces'])[0])['id']) ?? '';
    call.context.create(card, {
      location: resource.body['location'],
      properties: {
        privateEndpoint: { id: resource.id },
        ipConfigurations: membersOf(call).map((member, index) => ({
          name: `privateEndpointIpConfig.${guidFrom(`${resource.id} ${index}`)}`,
          properties: {
            privateIPAddress: member.address,
            privateIPAllocationMethod: 'Dynamic',
            subnet: at(resource.body, 'properties', 'subnet'),
            privateLinkConnectionProperties: { requiredMemberName: member.name, fqdns: [member.fqdn] },
          },
        })),
      },
    });
  },
  removed: ({ body }, context) => {
    const card = context.store.get(text(at(list(properties(body)['networkInterfaces'])[0])['id']) ?? '');
    if (card !== undefined) context.remove(card);
  },
};

export const networkInterfaces: TypeBehaviour = { type: 'Microsoft.Network/networkInterfaces', isTracked: true };

export const privateDnsZoneGroups: TypeBehaviour = {
  type: 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
  longRunning: ['put', 'delete'],
  links: sent =>
    list(properties(sent)['privateDnsZoneConfigs']).flatMap(config =>
      link({ id: at(config, 'properties')['privateDnsZoneId'] }, `${zoneType}/join/action`),
    ),
  check: ({ context, id }) => {
    const other = context.store
      .children(parentIdOf(id) ?? '', 'privateDnsZoneGroups')
      .find(group => !sameId(group.id, id));
    if (other === undefined) return;
    throw new ArmError(
      400,
      'MoreThanOnePrivateDnsZoneGroupPerPrivateEndpointNotAllowed',
      `Private endpoint ${parentIdOf(id)} has the private DNS zone group ${other.id}; there can be only one.`,
    );
  },
  fill: ({ sent, id, context }) => {
    const members = membersOfEndpoint(context.store.get(parentIdOf(id) ?? ''), context);
    const privateDnsZoneConfigs = list(properties(sent)['privateDnsZoneConfigs']).map(config => {
      const zone = nameOf(text(at(config, 'properties')['privateDnsZoneId']) ?? '');
      const recordSets = recordsIn(zone, members).map(({ name, address }) => ({
        recordType: 'A',
        recordSetName: name,
        fqdn: `${name}.${zone}`,
        ttl: recordSeconds,
        ipAddresses: [address],
        provisioningState: 'Succeeded',
      }));
      return merge(config as Body, { properties: { recordSets } });
    });
    return { ...merge(sent), properties: { privateDnsZoneConfigs } };
  },
  stored: (group, { context, existing }) => {
    if (existing === undefined) showDns(context, parentIdOf(group.id), []);
    for (const { zoneId, name, address } of recordsOf(group)) {
      context.create(`${zoneId}/A/${name}`, {
        properties: {
          ttl: recordSeconds,
          aRecords: [{ ipv4Address: address }],
          metadata: { creator: `created by private endpoint ${nameOf(parentIdOf(group.id) ?? '')}` },
        },
      });
    }
  },
  removed: (group, context) => {
    for (const { zoneId, name } of recordsOf(group)) {
      const record = context.store.get(`${zoneId}/A/${name}`);
      if (record !== undefined) context.remove(record);
    }
    const endpoint = context.store.get(parentIdOf(group.id) ?? '');
    if (endpoint !== undefined) showDns(context, endpoint.id, dnsConfigs(membersOfEndpoint(endpoint, context)));
  },
};

/** The body of a target with the connections that endpoints have to it. */
export function withConnections({ id, body }: Resource, { store }: Pick<ArmContext, 'store'>): Body {
  const privateEndpointConnections = store
    .all()
    .filter(
      ({ type, body: other }) =>
        type === privateEndpoints.type &&
        sameId(text(at(connectionOf(other), 'properties')['privateLinkServiceId']) ?? '', id),
    )
    .map(endpoint => {
      const connection = at(connectionOf(endpoint.body), 'properties');
      return {
        id: `${id}/privateEndpointConnections/${endpoint.name}.${guidFrom(endpoint.id)}`,
        properties: {
          provisioningState: 'Succeeded',
          privateEndpoint: { id: endpoint.id },
          privateLinkServiceConnectionState: connection['privateLinkServiceConnectionState'],
        },
      };
    });
  return { ...body, properties: { ...properties(body), privateEndpointConnections } };
}

function connectionOf(body: Readonly<Body>): Readonly<Body> {
  const { privateLinkServiceConnections, manualPrivateLinkServiceConnections } = properties(body);
  return at([...list(privateLinkServiceConnections), ...list(manualPrivateLinkServiceConnections)][0]);
}

/** A connection approves itself, unless it was asked for by hand. */
function withStates(sent: Readonly<Body>): Body {
  const state = (status: string, description: string) => (connection: unknown) =>
    merge(isObject(connection) ? (connection as Body) : {}, {
      properties: {
        provisioningState: 'Succeeded',
        privateLinkServiceConnectionState: { status, description, actionsRequired: 'None' },
      },
    });
  const { privateLinkServiceConnections, manualPrivateLinkServiceConnections } = properties(sent);
  return merge(sent, {
    properties: {
      privateLinkServiceConnections: list(privateLinkServiceConnections).map(state('Approved', 'Auto-Approved')),
      manualPrivateLinkServiceConnections: list(manualPrivateLinkServiceConnections).map(
        state('Pending', 'Awaiting Approval'),
      ),
    },
  });
}

function typeOfTarget(id: string): string | undefined {
  return Object.keys(privateLinkTargets).find(type => new RegExp(`/providers/${type}/[^/]+$`, 'i').test(id));
}

function checkConnection({ id, sent }: PutCall): void {
  const connection = connectionOf(sent);
  const { privateLinkServiceId, groupIds } = at(connection, 'properties');
  const target = text(privateLinkServiceId) ?? '';
  const type = typeOfTarget(target);
  if (type === undefined) {
    throw new ArmError(501, 'NotImplemented', `The sandbox plays no private endpoint to ${target}.`);
  }
  const groups = list(groupIds).map(String);
  if (groups.length > 1) {
    throw new ArmError(
      400,
      'OnlyOneGroupIdPermitted',
      `Private link service connection ${id}/privateLinkServiceConnections/${String(connection['name'])} has the following group Ids: ${groups.join(', ')}. Only one group Id is permitted when connecting to a first-party resource (${target}).`,
    );
  }
  if (groups.length === 0) {
    throw new ArmError(
      400,
      'MissingParameterForLinkedService',
      `Call to ${type} failed. Error message: The request is missing required parameter 'group Id'.`,
    );
  }
  if (privateLinkTargets[type]?.[groups[0] ?? ''] !== undefined) return;
  throw new ArmError(400, 'BadRequest', `Call to ${type} failed. Error message: Invalid groupId`);
}

/** The members of an endpoint that is being written, with addresses of its subnet: those that were asked for, or the first that are free. */
function membersOf({ id, sent, existing, context }: PutCall): readonly Member[] {
  const before = existing === undefined ? [] : membersOfEndpoint(existing, context);
  if (before.length > 0) return before;
  const { privateLinkServiceId, groupIds } = at(connectionOf(sent), 'properties');
  const target = context.store.get(text(privateLinkServiceId) ?? '');
  const describe = privateLinkTargets[target?.type ?? '']?.[String(list(groupIds)[0])];
  const subnet = context.store.get(text(at(sent, 'properties', 'subnet')['id']) ?? '');
  if (target === undefined || describe === undefined || subnet === undefined) return [];
  const asked = list(properties(sent)['ipConfigurations']).map(one => at(one, 'properties'));
  const free = freeAddresses(subnet, id, context);
  return describe(target).map(({ name, fqdn }) => {
    const wanted = asked.find(one => one['memberName'] === name) ?? (asked.length === 1 ? asked[0] : undefined);
    return { name, fqdn, address: text(wanted?.['privateIPAddress']) ?? free.next().value ?? '' };
  });
}

function membersOfEndpoint(endpoint: Resource | undefined, { store }: Pick<ArmContext, 'store'>): readonly Member[] {
  const card = store.get(text(at(list(properties(endpoint?.body)['networkInterfaces'])[0])['id']) ?? '');
  return list(properties(card?.body)['ipConfigurations']).map(configuration => {
    const { privateIPAddress } = at(configuration, 'properties');
    const { requiredMemberName, fqdns } = at(configuration, 'properties', 'privateLinkConnectionProperties');
    return { name: String(requiredMemberName), fqdn: String(list(fqdns)[0]), address: String(privateIPAddress) };
  });
}

function* freeAddresses(subnet: Resource, endpointId: string, context: Pick<ArmContext, 'store'>) {
  const taken = new Set(
    context.store
      .all()
      .filter(({ type, id }) => type === privateEndpoints.type && !sameId(id, endpointId))
      .flatMap(endpoint => membersOfEndpoint(endpoint, context).map(({ address }) => address)),
  );
  for (const range of prefixesOf(properties(subnet.body)).map(parseCidr)) {
    if (range === undefined) continue;
    for (let number = range.first + reserved; number < range.last; number++) {
      const address = [24, 16, 8, 0].map(shift => Math.floor(number / 2 ** shift) % 256).join('.');
      if (!taken.has(address)) yield address;
    }
  }
  throw new ArmError(
    400,
    'SubnetIsFull',
    `Subnet ${subnet.name} with address prefix ${prefixesOf(properties(subnet.body)).join(', ')} does not have enough capacity for the private endpoint.`,
  );
}

function dnsConfigs(members: readonly Member[]): readonly Body[] {
  return members.map(({ fqdn, address }) => ({ fqdn, ipAddresses: [address] }));
}

function hasZoneGroup(endpoint: Resource | undefined, { store }: Pick<ArmContext, 'store'>): boolean {
  return endpoint !== undefined && store.children(endpoint.id, 'privateDnsZoneGroups').length > 0;
}

/** With a zone group the endpoint itself names no DNS configuration any more. */
function showDns({ store }: Pick<ArmContext, 'store'>, endpointId: string | undefined, configs: readonly Body[]): void {
  const endpoint = store.get(endpointId ?? '');
  if (endpoint === undefined) return;
  endpoint.body = { ...endpoint.body, properties: { ...properties(endpoint.body), customDnsConfigs: configs } };
}

/** The public name `kv.vault.azure.net` becomes `kv` in the zone `privatelink.vaultcore.azure.net`, by the zone's own table. */
function recordsIn(zone: string, members: readonly Member[]) {
  return members.flatMap(({ fqdn, address }) => {
    const suffix = publicSuffixOf(zone);
    return suffix !== undefined && fqdn.endsWith(`.${suffix}`)
      ? [{ name: fqdn.slice(0, -suffix.length - 1), address }]
      : [];
  });
}

function publicSuffixOf(zone: string): string | undefined {
  if (!zone.startsWith('privatelink.')) return undefined;
  const rest = zone.slice('privatelink.'.length);
  return rest === 'vaultcore.azure.net' ? 'vault.azure.net' : rest;
}

function recordsOf(group: Resource) {
  return list(properties(group.body)['privateDnsZoneConfigs']).flatMap(config => {
    const { privateDnsZoneId, recordSets } = at(config, 'properties');
    return list(recordSets).map(set => ({
      zoneId: String(privateDnsZoneId),
      name: String(at(set)['recordSetName']),
      address: String(list(at(set)['ipAddresses'])[0]),
    }));
  });
}

function parentOfType(id: string): string {
  const [, , subscription = '', , group = ''] = id.split('/');
  return `${groupId(subscription, group)}/providers/Microsoft.Network`;
}

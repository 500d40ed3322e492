import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import type { EnvironmentScope, Network } from '@suite/platform-file';
import { apiVersionOf } from '../../resource-ids.ts';
import type { Check } from '../check.ts';
import { anyOrder, ignoringCase } from '../match.ts';
import { asSeen, derived, type Inspection, inspect, property, read } from './inspection.ts';
import { locate, own, type SubnetZone, suffix } from './names.ts';

type Made = Extract<Network, { existing: false }>;

/** The network with its zones. One that exists already is its owner's. */
export function networkInspections(view: EnvironmentScope): Inspection[] {
  const { network } = view;
  if (network.existing) return [];
  const group = { resource_group_name: view.resourceGroup, virtual_network_name: network.name };
  const subnets = zonesOf(network).map(([zone, subnet]) => {
    const at = locate('azurerm_subnet', { ...group, name: subnet.name }, view.subscription);
    return inspect(`Subnet ${subnet.name}`, at, subnetChecks(view, network, zone, subnet.cidr), body => [
      ...securityGroup(`Security group of ${subnet.name}`, zone, network, body),
      // Both zones share it.
      ...(zone === 'compute' ? outlet(network, body) : []),
    ]);
  });
  return [
    inspect(
      'Network',
      own(view, 'azurerm_virtual_network', network.name),
      [property('addresses', 'addressSpace.addressPrefixes', [network.addressSpace], anyOrder)],
      () => subnets,
    ),
    ...bastion(view, network),
    ...flowLog(view, network),
  ];
}

function subnetChecks(view: EnvironmentScope, network: Made, zone: SubnetZone, cidr: string): Check<JsonObject>[] {
  return [
    derived('addresses', 'addressPrefix', cidr, properties =>
      asSeen(properties['addressPrefix'] ?? asArray(properties['addressPrefixes'])[0]),
    ),
    delegation(view, zone),
    property(
      'security of private endpoints',
      'privateEndpointNetworkPolicies',
      zone === 'data' ? 'NetworkSecurityGroupEnabled' : 'Disabled',
      ignoringCase,
    ),
    property('way out that Azure gives', 'defaultOutboundAccess', false),
    attached('network security group', 'networkSecurityGroup', true),
    ...wayOut(network, zone),
  ];
}

function zonesOf({ subnets }: Made): [SubnetZone, { readonly name: string; readonly cidr: string }][] {
  const zones = ['dmz', 'compute', 'data', 'management', 'bastion', 'apiServer'] as const;
  return zones.flatMap(zone => {
    const subnet = subnets[zone];
    return subnet === undefined ? [] : [[zone, subnet]];
  });
}

function delegation(view: EnvironmentScope, zone: SubnetZone): Check<JsonObject> {
  const service =
    zone === 'dmz' && view.gateway !== undefined
      ? ['Microsoft.ServiceNetworking/trafficControllers']
      : zone === 'apiServer'
        ? ['Microsoft.ContainerService/managedClusters']
        : [];
  return derived(
    'delegation',
    'delegations',
    service,
    properties => asArray(properties['delegations']).map(each => asString(read(asObject(each), 'serviceName')) ?? ''),
    anyOrder,
  );
}

function attached(what: string, name: string, expected: boolean): Check<JsonObject> {
  return derived(what, name, expected, properties => idAt(properties, name) !== undefined);
}

/** Machines of these zones leave by what the platform file says; the others need no way out. */
function wayOut({ egress }: Made, zone: SubnetZone): Check<JsonObject>[] {
  if (zone !== 'compute' && zone !== 'management') return [];
  return [
    attached('NAT gateway', 'natGateway', egress.kind === 'nat-gateway'),
    attached('route table', 'routeTable', egress.kind === 'user-defined'),
  ];
}

function outlet({ egress }: Made, subnet: JsonObject): Inspection[] {
  const properties = asObject(subnet['properties']);
  const gateway = idAt(properties, 'natGateway');
  const table = idAt(properties, 'routeTable');
  if (egress.kind === 'nat-gateway' && gateway !== undefined) {
    return [
      inspect('NAT gateway', { id: gateway, apiVersion: apiVersionOf('azurerm_nat_gateway') }, [
        property('tier', 'sku.name', 'StandardV2', ignoringCase),
        derived('public address', 'publicIpAddresses', true, body => asArray(body['publicIpAddresses']).length > 0),
      ]),
    ];
  }
  if (egress.kind === 'user-defined' && table !== undefined) {
    return [
      inspect('Route table', { id: table, apiVersion: apiVersionOf('azurerm_route_table') }, [
        derived('way to the firewall', 'routes', egress.nextHop, defaultHop),
        property('routes of gateways off', 'disableBgpRoutePropagation', true),
      ]),
    ];
  }
  return [];
}

/** Where everything that has no other way goes. */
function defaultHop(table: JsonObject): string | undefined {
  const routes = asArray(table['routes']).map(route => asObject(asObject(route)['properties']));
  const route = routes.find(each => each['addressPrefix'] === '0.0.0.0/0');
  return route === undefined ? undefined : asString(route['nextHopIpAddress']);
}

/** Ports that clients come to, of the zones that face the Internet. */
const openPorts: Readonly<Partial<Record<SubnetZone, readonly string[]>>> = { dmz: ['80', '443'], bastion: ['443'] };

function securityGroup(what: string, zone: SubnetZone, { subnets }: Made, subnet: JsonObject): Inspection[] {
  const id = idAt(asObject(subnet['properties']), 'networkSecurityGroup');
  if (id === undefined) return [];
  const open = openPorts[zone];
  return [
    inspect(what, { id, apiVersion: apiVersionOf('azurerm_network_security_group') }, [
      open === undefined
        ? derived('rules that let the Internet in', 'securityRules', [], rulesForInternet, anyOrder)
        : derived('ports open to the Internet', 'securityRules', open, portsForInternet, anyOrder),
      // It sends straight to pods, on any port.
      ...(zone === 'compute'
        ? [derived('lets the gateway in', 'securityRules', true, group => letsIn(group, subnets.dmz.cidr))]
        : []),
      derived('denies everything else', 'securityRules', true, deniesTheRest),
    ]),
  ];
}

const anywhere: ReadonlySet<string> = new Set(['internet', '*', '0.0.0.0/0', '::/0', 'any']);

function fromInternet(group: JsonObject): Rule[] {
  return inbound(group).filter(({ rule }) => isAllow(rule) && sources(rule).some(source => anywhere.has(source)));
}

/** Names of rules that let in whoever asks. */
const rulesForInternet = (group: JsonObject) => fromInternet(group).map(({ name }) => name);

/** Each once and in order, however Azure lists them. */
function portsForInternet(group: JsonObject): string[] {
  const all = new Set(fromInternet(group).flatMap(({ rule }) => ports(rule)));
  return [...all].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
}

function letsIn(group: JsonObject, cidr: string): boolean {
  return inbound(group).some(
    ({ rule }) =>
      isAllow(rule) && rule['protocol'] === '*' && sources(rule).includes(cidr) && ports(rule).includes('*'),
  );
}

/** After every rule that lets something in comes one that lets nothing in: the lowest number is asked first. */
function deniesTheRest(group: JsonObject): boolean {
  const rules = inbound(group).map(({ rule }) => rule);
  const last = Math.max(...rules.filter(isAllow).map(priority));
  const denials = rules.filter(
    rule =>
      rule['access'] === 'Deny' &&
      rule['protocol'] === '*' &&
      rule['destinationPortRange'] === '*' &&
      rule['destinationAddressPrefix'] === '*' &&
      sources(rule).includes('*'),
  );
  return denials.length > 0 && denials.every(denial => priority(denial) > last);
}

const isAllow = (rule: JsonObject) => rule['access'] === 'Allow';
const priority = (rule: JsonObject) => Number(rule['priority']);

interface Rule {
  readonly name: string;
  readonly rule: JsonObject;
}

function inbound(group: JsonObject): Rule[] {
  return asArray(group['securityRules'])
    .map(each => ({ name: asString(asObject(each)['name']) ?? '', rule: asObject(asObject(each)['properties']) }))
    .filter(({ rule }) => rule['direction'] === 'Inbound');
}

function sources(rule: JsonObject): string[] {
  const all = [rule['sourceAddressPrefix'], ...asArray(rule['sourceAddressPrefixes'])];
  return all.flatMap(source => (typeof source === 'string' ? [source.toLowerCase()] : []));
}

function ports(rule: JsonObject): string[] {
  const all = [rule['destinationPortRange'], ...asArray(rule['destinationPortRanges'])];
  return all.flatMap(port => (typeof port === 'string' && port !== '' ? [port] : []));
}

function bastion(view: EnvironmentScope, { subnets }: Made): Inspection[] {
  if (subnets.bastion === undefined) return [];
  return [
    inspect('Bastion', own(view, 'azurerm_bastion_host', `bas-${suffixOf(view)}`), [
      property('tunnels', 'enableTunneling', true),
    ]),
  ];
}

function flowLog(view: EnvironmentScope, { flowLogs }: Made): Inspection[] {
  if (flowLogs === undefined) return [];
  const place = {
    resource_group_name: 'NetworkWatcherRG',
    network_watcher_name: `NetworkWatcher_${view.region}`,
    name: `fl-${suffixOf(view)}`,
  };
  return [
    inspect('Flow log of the network', locate('azurerm_network_watcher_flow_log', place, view.subscription), [
      property('on', 'enabled', true),
      property('retention in days', 'retentionPolicy.days', flowLogs.retentionDays),
    ]),
  ];
}

/** What belongs to the network is called after it. */
function suffixOf({ network, ...view }: EnvironmentScope): string {
  return network.existing ? suffix(view) : network.name.replace(/^vnet-/, '');
}

function idAt(properties: JsonObject, name: string): string | undefined {
  return asString(asObject(properties[name])['id']);
}

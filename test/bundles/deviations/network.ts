import {
  type Azure,
  type Batch,
  type Deviation,
  deviation,
  gone,
  placeOf,
  properties,
  remove,
  set,
} from './deviation.ts';
import { roles } from './identities.ts';
import { ids, network, subnet, subscription, suffix } from './platform.ts';

interface Zone {
  readonly name: string;
  readonly group: string;
  readonly cidr: string;
  /** The service that it is delegated to. */
  readonly service?: string;
  /** Private endpoints in it follow its security group. */
  readonly isGuarded?: true;
  /** What is in it leaves through the NAT gateway. */
  readonly isLeaving?: true;
  /** Ports that it has for clients from anywhere. */
  readonly clients?: readonly string[];
}

const zones: readonly Zone[] = [
  {
    name: 'snet-dmz',
    group: 'nsg-dmz',
    cidr: '10.30.0.0/24',
    service: 'Microsoft.ServiceNetworking/trafficControllers',
    clients: ['80', '443'],
  },
  { name: 'snet-compute', group: 'nsg-compute', cidr: '10.30.64.0/18', isLeaving: true },
  { name: 'snet-data', group: 'nsg-data', cidr: '10.30.1.0/24', isGuarded: true },
  { name: 'snet-management', group: 'nsg-management', cidr: '10.30.2.0/26', isLeaving: true },
  { name: 'AzureBastionSubnet', group: 'nsg-bastion', cidr: '10.30.2.64/26', clients: ['443'] },
  {
    name: 'snet-api-server',
    group: 'nsg-api-server',
    cidr: '10.30.2.128/28',
    service: 'Microsoft.ContainerService/managedClusters',
  },
];

function ofSubnet({ name, cidr, service, isGuarded, isLeaving }: Zone): Deviation[] {
  const id = subnet(name);
  const what = `Subnet ${name}`;
  const [guarded, unguarded] = ['NetworkSecurityGroupEnabled', 'Disabled'];
  return [
    ...properties(what, id, [
      [
        'delegation',
        'delegations',
        [{ name: 'another', properties: { serviceName: 'Microsoft.Web/serverFarms' } }],
        service === undefined ? [] : [service],
        ['Microsoft.Web/serverFarms'],
      ],
      [
        'security of private endpoints',
        'privateEndpointNetworkPolicies',
        isGuarded ? unguarded : guarded,
        isGuarded ? guarded : unguarded,
      ],
      ['way out that Azure gives', 'defaultOutboundAccess', true, false],
      ['network security group', 'networkSecurityGroup', undefined, true, false],
    ]),
    deviation(
      `${what}: addresses`,
      `${placeOf(id)}.addressPrefix`,
      set(id, 'addressPrefixes', ['10.99.0.0/24']),
      cidr,
      '10.99.0.0/24',
    ),
    ...(isLeaving
      ? properties(what, id, [
          ['NAT gateway', 'natGateway', undefined, true, false],
          ['route table', 'routeTable', { id: `${network}/routeTables/another` }, false, true],
        ])
      : []),
  ];
}

/** Rules are resources of their own; what is told is their group. */
function ofRules({ name, group, clients }: Zone): Deviation[] {
  const id = securityGroup(group);
  const rule = (rule: string) => `${id}/securityRules/${rule}`;
  const ruled = (check: string, change: (azure: Azure) => void, expected: unknown, told: unknown) =>
    deviation(`Security group of ${name}: ${check}`, `${placeOf(id)}.securityRules`, change, expected, told);
  const letIn = (azure: Azure) => void azure.putResource(rule('let-me-in'), letMeIn);
  return [
    clients === undefined
      ? ruled('rules that let the Internet in', letIn, [], ['let-me-in'])
      : ruled('ports open to the Internet', letIn, clients, ['22', ...clients]),
    ruled('denies everything else', remove(rule('deny-others')), true, false),
    ...(name === 'snet-compute' ? [ruled('lets the gateway in', remove(rule('allow-dmz')), true, false)] : []),
  ];
}

const securityGroup = (group: string) => `${network}/networkSecurityGroups/${group}`;

const letMeIn = {
  properties: {
    priority: 2000,
    direction: 'Inbound',
    access: 'Allow',
    protocol: 'Tcp',
    sourceAddressPrefix: 'Internet',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '22',
  },
};

const flowLog = `${subscription}/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_westeurope/flowLogs/fl-${suffix}`;
const bastion = `${network}/bastionHosts/bas-${suffix}`;

const rolesOn: Readonly<Record<string, readonly Deviation[]>> = {
  'snet-dmz': [roles.gatewaySubnet.gone],
  'snet-compute': [roles.nodeSubnet.gone],
  'snet-api-server': [roles.apiServerSubnet.gone],
};

export const networkBatches: readonly Batch[] = [
  {
    scope: 'prod',
    name: 'network and subnets',
    deviations: [
      ...properties('Network', ids.network, [
        ['addresses', 'addressSpace.addressPrefixes', ['10.0.0.0/8'], ['10.30.0.0/16']],
      ]),
      ...zones.flatMap(ofSubnet),
    ],
  },
  {
    scope: 'prod',
    name: 'security groups, the way out, Bastion and the flow log',
    deviations: [
      ...zones.flatMap(ofRules),
      ...properties('NAT gateway', ids.nat, [
        ['tier', 'sku.name', 'Standard', 'StandardV2'],
        ['public address', 'publicIpAddresses', [], true, false],
      ]),
      ...properties('Bastion', bastion, [['tunnels', 'enableTunneling', false, true]]),
      ...properties('Flow log of the network', flowLog, [
        ['on', 'enabled', false, true],
        ['retention in days', 'retentionPolicy.days', 7, 30],
      ]),
    ],
  },
  {
    scope: 'prod',
    name: 'what guards and leads out of the network is gone',
    deviations: [
      ...zones.map(({ name, group }) => gone(`Security group of ${name}`, securityGroup(group))),
      gone('NAT gateway', ids.nat),
      gone('Bastion', bastion),
      gone('Flow log of the network', flowLog),
    ],
  },
  {
    scope: 'prod',
    name: 'all subnets are gone',
    deviations: zones.map(({ name }) => gone(`Subnet ${name}`, subnet(name), ...(rolesOn[name] ?? []))),
  },
  {
    scope: 'prod',
    name: 'the network is gone',
    deviations: [gone('Network', ids.network, ...Object.values(rolesOn).flat())],
  },
];

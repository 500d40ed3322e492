import { randomUUID } from 'node:crypto';
import { at, type Body, list, merge, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { nameOf, sameId } from '../ids.ts';
import type { Resource } from '../store.ts';
import type { ArmContext, PutCall, TypeBehaviour } from '../type.ts';
import { parseCidr } from './cidr.ts';
import { guidFrom, numberOf } from './hash.ts';
import { link, prefixesOf, storeChildren, withChildren, withoutProperty } from './network.ts';

const joinAddress = 'Microsoft.Network/publicIPAddresses/join/action';

export const publicIpAddresses: TypeBehaviour = {
  type: 'Microsoft.Network/publicIPAddresses',
  longRunning: ['put', 'delete'],
  isTracked: true,
  fill: ({ sent, existing, id }) => {
    const label = text(at(sent, 'properties', 'dnsSettings')['domainNameLabel']);
    const location = String(sent['location'] ?? '')
      .toLowerCase()
      .replaceAll(' ', '');
    return merge(
      {
        sku: { name: 'Basic', tier: 'Regional' },
        properties: {
          publicIPAddressVersion: 'IPv4',
          publicIPAllocationMethod: 'Dynamic',
          idleTimeoutInMinutes: 4,
          ipTags: [],
          ddosSettings: { protectionMode: 'VirtualNetworkInherited' },
        },
      },
      sent,
      {
        properties: {
          resourceGuid: guidOf(existing),
          ipAddress: `20.${numberOf(`${id} a`, 256)}.${numberOf(`${id} b`, 256)}.${1 + numberOf(`${id} c`, 254)}`,
          ...(label === undefined ? {} : { dnsSettings: { fqdn: `${label}.${location}.cloudapp.azure.com` } }),
        },
      },
    );
  },
  checkDelete: ({ id }, { store }) => {
    const user = store.all().find(resource => addressesOf(resource).some(address => sameId(address, id)));
    if (user === undefined) return;
    throw new ArmError(
      400,
      'PublicIPAddressCannotBeDeleted',
      `Public IP address ${id} can not be deleted since it is still allocated to resource ${user.id}. In order to delete the public IP, disassociate/detach the Public IP address from the resource.  To learn how to do this, see aka.ms/deletepublicip.`,
    );
  },
};

/** Public addresses that a resource holds. */
function addressesOf({ type, body }: Resource): readonly string[] {
  const references =
    type === natGateways.type
      ? list(properties(body)['publicIpAddresses'])
      : type === bastionHosts.type
        ? list(properties(body)['ipConfigurations']).map(one => at(one, 'properties', 'publicIPAddress'))
        : [];
  return references.flatMap(reference => text(at(reference)['id']) ?? []);
}

export const natGateways: TypeBehaviour = {
  type: 'Microsoft.Network/natGateways',
  longRunning: ['put', 'delete'],
  isTracked: true,
  links: sent => list(properties(sent)['publicIpAddresses']).flatMap(address => link(address, joinAddress)),
  fill: ({ sent, existing }) =>
    merge(
      { properties: { idleTimeoutInMinutes: 4 } },
      sent,
      // StandardV2 spreads over all zones by itself.
      at(sent, 'sku')['name'] === 'StandardV2' ? { zones: ['1', '2', '3'] } : undefined,
      { properties: { resourceGuid: guidOf(existing) } },
    ),
  view: ({ id, body }, context) => {
    const users = subnetsWith('natGateway', id, context);
    return users.length === 0 ? body : merge(body, { properties: { subnets: users } });
  },
};

export const routeTables: TypeBehaviour = {
  type: 'Microsoft.Network/routeTables',
  longRunning: ['put', 'delete'],
  isTracked: true,
  fill: ({ sent, existing }) =>
    withoutProperty(
      merge({ properties: { disableBgpRoutePropagation: false } }, sent, {
        properties: { resourceGuid: guidOf(existing) },
      }),
      'routes',
    ),
  stored: (resource, call) => storeChildren(resource, call, 'routes'),
  view: (resource, context) => {
    const users = subnetsWith('routeTable', resource.id, context);
    return withChildren(resource, context.store.children(resource.id, 'routes'), 'routes', {
      ...(users.length === 0 ? {} : { subnets: users }),
    });
  },
  checkDelete: ({ id, name }, context) => {
    if (subnetsWith('routeTable', id, context).length === 0) return;
    throw new ArmError(400, 'InUseRouteTableCannotBeDeleted', `Route table ${name} is in use and cannot be deleted.`);
  },
};

export const routes: TypeBehaviour = {
  type: 'Microsoft.Network/routeTables/routes',
  longRunning: ['put', 'delete'],
  fill: ({ sent }) => merge(sent, { properties: { hasBgpOverride: false } }),
};

const bastionSubnet = 'AzureBastionSubnet';
const bastionAddresses = 64;

export const bastionHosts: TypeBehaviour = {
  type: 'Microsoft.Network/bastionHosts',
  longRunning: ['put', 'delete'],
  isTracked: true,
  links: sent =>
    list(properties(sent)['ipConfigurations']).flatMap(one => [
      ...link(at(one, 'properties', 'subnet'), 'Microsoft.Network/virtualNetworks/subnets/join/action'),
      ...link(at(one, 'properties', 'publicIPAddress'), joinAddress),
    ]),
  check: call => {
    for (const one of list(properties(call.sent)['ipConfigurations'])) {
      checkBastionSubnet(text(at(one, 'properties', 'subnet')['id']) ?? '', call);
    }
  },
  fill: ({ sent, id }) =>
    merge(
      {
        sku: { name: 'Basic' },
        properties: {
          disableCopyPaste: false,
          enableFileCopy: false,
          enableIpConnect: false,
          enableKerberos: false,
          enableSessionRecording: false,
          enableShareableLink: false,
          enableTunneling: false,
          enablePrivateOnlyBastion: false,
          scaleUnits: 2,
        },
      },
      sent,
      { properties: { dnsName: `bst-${guidFrom(id)}.bastion.azure.com` } },
    ),
};

function checkBastionSubnet(id: string, { context }: PutCall): void {
  if (nameOf(id) !== bastionSubnet) {
    throw new ArmError(
      400,
      'InvalidSubnetName',
      `Bastion Host needs a subnet named ${bastionSubnet}; ${id} has another name.`,
    );
  }
  const [range] = prefixesOf(properties(context.store.get(id)?.body)).map(parseCidr);
  if (range === undefined || range.last - range.first + 1 >= bastionAddresses) return;
  throw new ArmError(400, 'BastionHostSubnetSizeTooSmall', `Subnet ${id} of a Bastion Host must be at least a /26.`);
}

export const firewallPolicies: TypeBehaviour = {
  type: 'Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies',
  longRunning: ['delete'],
  isTracked: true,
  fill: ({ sent }) =>
    merge(
      {
        properties: {
          customRules: [],
          policySettings: {
            state: 'Disabled',
            mode: 'Detection',
            requestBodyCheck: true,
            maxRequestBodySizeInKb: 128,
            fileUploadLimitInMb: 100,
            requestBodyEnforcement: true,
            fileUploadEnforcement: true,
            requestBodyInspectLimitInKB: 128,
          },
          managedRules: { exclusions: [] },
        },
      },
      sent,
      { properties: { resourceState: 'Enabled' } },
    ),
  view: ({ id, body }, { store }) => {
    const users = store
      .all()
      .filter(
        ({ type, body: other }) =>
          type === 'Microsoft.ServiceNetworking/trafficControllers/securityPolicies' &&
          sameId(text(at(other, 'properties', 'wafPolicy')['id']) ?? '', id),
      )
      .map(user => ({ id: user.id }));
    return users.length === 0 ? body : merge(body, { properties: { applicationGatewayForContainers: users } });
  },
};

export const networkWatchers: TypeBehaviour = {
  type: 'Microsoft.Network/networkWatchers',
  isTracked: true,
};

export const flowLogs: TypeBehaviour = {
  type: 'Microsoft.Network/networkWatchers/flowLogs',
  longRunning: ['put', 'delete'],
  isTracked: true,
  links: sent => {
    const { targetResourceId, storageId } = properties(sent);
    const type = /\/subnets\//i.test(String(targetResourceId)) ? 'virtualNetworks/subnets' : 'virtualNetworks';
    return [
      ...link({ id: targetResourceId }, `Microsoft.Network/${type}/read`),
      ...link({ id: storageId }, 'Microsoft.Storage/storageAccounts/listServiceSas/action'),
    ];
  },
  fill: ({ sent, existing }) =>
    merge(
      {
        properties: {
          enabled: true,
          format: { type: 'JSON', version: 1 },
          retentionPolicy: { days: 0, enabled: false },
        },
      },
      sent,
      { properties: { targetResourceGuid: properties(existing?.body)['targetResourceGuid'] ?? randomUUID() } },
    ),
};

function subnetsWith(property: string, id: string, { store }: Pick<ArmContext, 'store'>): readonly Body[] {
  return store
    .all()
    .filter(
      ({ type, body }) =>
        type === 'Microsoft.Network/virtualNetworks/subnets' &&
        sameId(text(at(body, 'properties', property)['id']) ?? '', id),
    )
    .map(subnet => ({ id: subnet.id }));
}

function guidOf(existing: Resource | undefined): unknown {
  return properties(existing?.body)['resourceGuid'] ?? randomUUID();
}

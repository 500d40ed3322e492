import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Principal } from '../../directory.ts';
import { scope, startAzure } from '../../testing.ts';
import { at, list, properties } from '../body.ts';

let azure: Awaited<ReturnType<typeof startAzure>>;
let owner: Principal;
const group = `${scope}/resourceGroups/rg`;
const network = (path: string) => `${group}/providers/Microsoft.Network/${path}`;
const vnet = network('virtualNetworks/vnet');
const balancer = `${group}/providers/Microsoft.ServiceNetworking/trafficControllers/agc`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/acrdev`;
const location = 'westeurope';

const send = async (method: string, path: string, body?: unknown, who = owner) => {
  const answer = await azure.call(who, method, path, body);
  azure.clock.advance(1000);
  return answer;
};
const put = async (path: string, body: object = {}) => {
  const answer = await send('PUT', path, { location, properties: {}, ...body });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
  return answer;
};
const get = async (path: string) => properties((await send('GET', path)).body);
const delegated = (serviceName: string) => ({ delegations: [{ name: 'd', properties: { serviceName } }] });
const subnet = (name: string, prefix: string, more: object = {}) =>
  put(`${vnet}/subnets/${name}`, { properties: { addressPrefix: prefix, ...more } });
const association = (name: string, subnetName: string) =>
  [
    `${balancer}/associations/${name}`,
    { location, properties: { associationType: 'subnets', subnet: { id: `${vnet}/subnets/${subnetName}` } } },
  ] as const;
const endpoint = (target: string, groupIds: readonly string[]) => ({
  location,
  properties: {
    subnet: { id: `${vnet}/subnets/endpoints` },
    privateLinkServiceConnections: [{ name: 'c', properties: { privateLinkServiceId: target, groupIds } }],
  },
});

beforeEach(async () => {
  azure = await startAzure();
  owner = azure.addPrincipal('owner', ['Owner', scope]);
  await put(group);
  await put(vnet, { properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } } });
  await subnet('endpoints', '10.0.1.0/24');
});

describe('Application Gateway for Containers', () => {
  beforeEach(async () => {
    await put(balancer);
    await subnet('agc', '10.0.2.0/24', delegated('Microsoft.ServiceNetworking/trafficControllers'));
    await subnet('small', '10.0.3.0/25', delegated('Microsoft.ServiceNetworking/trafficControllers'));
  });

  test('shows its parts, and a frontend has a name in the world that stays', async () => {
    await put(`${balancer}/frontends/main`);
    const { fqdn } = await get(`${balancer}/frontends/main`);
    expect(fqdn).toMatch(/^[a-z0-9]{16}\.fz\d\d\.alb\.azure\.com$/);
    await put(`${balancer}/frontends/main`, { tags: { a: '1' } });
    expect(await get(`${balancer}/frontends/main`)).toMatchObject({ fqdn });
    expect(await get(balancer)).toMatchObject({ frontends: [{ id: `${balancer}/frontends/main` }], associations: [] });
  });

  test.each([
    ['endpoints', 'AppGwForContainersAssociationSubnetNotDelegatedToTrafficController'],
    ['small', 'AppGwForContainersSubnetAssociationNotEnoughIPv4AddressesInSubnet'],
  ])('an association with subnet %s is refused: %s', async (name, code) => {
    expect(await send('PUT', ...association('main', name))).toMatchObject({ status: 400, body: { error: { code } } });
  });

  test('has one association, a subnet serves one, and cannot go meanwhile', async () => {
    await put(...association('main', 'agc'));
    const code = 'AppGwForContainersAssociationConflict';
    expect(await send('PUT', ...association('other', 'agc'))).toMatchObject({ status: 409, body: { error: { code } } });
    expect(await send('DELETE', `${vnet}/subnets/agc`)).toMatchObject({
      status: 400,
      body: { error: { code: 'InUseSubnetCannotBeDeleted', message: expect.stringContaining('/associations/main') } },
    });
    await send('DELETE', association('main', 'agc')[0]);
    expect(await send('DELETE', `${vnet}/subnets/agc`)).toMatchObject({ status: 202 });
  });

  test.each([
    ['associations', () => association('main', 'agc'), 'subnets/join/action'],
    [
      'securityPolicies',
      () =>
        [
          `${balancer}/securityPolicies/waf`,
          {
            location,
            properties: { wafPolicy: { id: network('applicationGatewayWebApplicationFirewallPolicies/waf') } },
          },
        ] as const,
      'applicationGatewayWebApplicationFirewallPolicies/join/action',
    ],
  ])('%s need the right to join', async (_name, request, action) => {
    await put(network('applicationGatewayWebApplicationFirewallPolicies/waf'));
    const manager = azure.addPrincipal('manager', ['AppGw for Containers Configuration Manager', group]);
    const [path, body] = request();
    expect(await send('PUT', path, body, manager)).toMatchObject({
      status: 403,
      body: { error: { code: 'LinkedAuthorizationFailed', message: expect.stringContaining(action) } },
    });
  });
});

describe('private endpoints', () => {
  const zone = network('privateDnsZones/privatelink.vaultcore.azure.net');
  const path = network('privateEndpoints/pe');
  const zoneGroup = (privateDnsZoneId: string) => ({
    properties: { privateDnsZoneConfigs: [{ name: 'z', properties: { privateDnsZoneId } }] },
  });

  beforeEach(async () => {
    await put(vault, { properties: { tenantId: 't' } });
    await put(zone);
  });

  test('take an address, name it in the zone, and leave nothing behind', async () => {
    await put(path, endpoint(vault, ['vault']));
    const before = await get(path);
    expect(before).toMatchObject({ customDnsConfigs: [{ fqdn: 'kv.vault.azure.net', ipAddresses: ['10.0.1.4'] }] });
    const card = String(at(list(before['networkInterfaces'])[0])['id']);
    expect(await get(card)).toMatchObject({ ipConfigurations: [{ properties: { privateIPAddress: '10.0.1.4' } }] });
    expect(await get(vault)).toMatchObject({
      privateEndpointConnections: [
        { properties: { privateEndpoint: { id: path }, privateLinkServiceConnectionState: { status: 'Approved' } } },
      ],
    });
    await put(`${path}/privateDnsZoneGroups/default`, zoneGroup(zone));
    expect(await get(`${zone}/A/kv`)).toMatchObject({ aRecords: [{ ipv4Address: '10.0.1.4' }], ttl: 10 });
    expect(await get(path)).toMatchObject({ customDnsConfigs: [] });
    expect(await send('DELETE', `${vnet}/subnets/endpoints`)).toMatchObject({
      body: { error: { code: 'InUseSubnetCannotBeDeleted' } },
    });
    await send('DELETE', path);
    expect(await send('GET', `${zone}/A/kv`)).toMatchObject({ status: 404 });
    expect(await send('GET', card)).toMatchObject({ status: 404 });
    expect(await get(vault)).toMatchObject({ privateEndpointConnections: [] });
  });

  test('of a registry have one address for it and one for its layers; the next endpoint takes others', async () => {
    await put(registry, { sku: { name: 'Premium' } });
    await put(path, endpoint(registry, ['registry']));
    expect(await get(path)).toMatchObject({
      customDnsConfigs: [
        { fqdn: 'acrdev.westeurope.data.azurecr.io', ipAddresses: ['10.0.1.4'] },
        { fqdn: 'acrdev.azurecr.io', ipAddresses: ['10.0.1.5'] },
      ],
    });
    await put(network('privateEndpoints/next'), endpoint(vault, ['vault']));
    expect(await get(network('privateEndpoints/next'))).toMatchObject({
      customDnsConfigs: [{ ipAddresses: ['10.0.1.6'] }],
    });
  });

  test('that are asked for by hand wait for approval', async () => {
    const { properties: asked } = endpoint(vault, ['vault']);
    await put(path, {
      properties: {
        subnet: asked.subnet,
        manualPrivateLinkServiceConnections: asked.privateLinkServiceConnections,
      },
    });
    expect(await get(path)).toMatchObject({
      manualPrivateLinkServiceConnections: [
        { properties: { privateLinkServiceConnectionState: { status: 'Pending' } } },
      ],
    });
  });

  test.each<readonly [string, readonly string[], string, string]>([
    ['an unknown sub-resource', ['blob'], 'BadRequest', 'Invalid groupId'],
    ['none', [], 'MissingParameterForLinkedService', "missing required parameter 'group Id'"],
    ['two', ['vault', 'blob'], 'OnlyOneGroupIdPermitted', 'vault, blob'],
  ])('%s is refused', async (_name, groups, code, message) => {
    expect(await send('PUT', path, endpoint(vault, groups))).toMatchObject({
      status: 400,
      body: { error: { code, message: expect.stringContaining(message) } },
    });
  });

  test('need a right over what they lead to', async () => {
    const networker = azure.addPrincipal('networker', ['Network Contributor', scope]);
    expect(await send('PUT', path, endpoint(vault, ['vault']), networker)).toMatchObject({
      status: 403,
      body: {
        error: {
          code: 'LinkedAuthorizationFailed',
          message: expect.stringContaining('Microsoft.KeyVault/vaults/privateEndpointConnectionsApproval/action'),
        },
      },
    });
  });
});

describe('DNS', () => {
  const zone = network('dnsZones/example.org');
  const privateZone = network('privateDnsZones/example.internal');

  test('a zone comes with its records, which cannot go alone', async () => {
    await put(zone);
    const { nameServers, numberOfRecordSets } = await get(zone);
    expect(numberOfRecordSets).toBe(2);
    expect(await get(`${zone}/NS/@`)).toMatchObject({
      NSRecords: list(nameServers).map(nsdname => ({ nsdname })),
      fqdn: 'example.org.',
    });
    expect(await send('DELETE', `${zone}/SOA/@`)).toMatchObject({ status: 400 });
    expect(await send('DELETE', zone)).toMatchObject({ status: 202 });
  });

  test('what Azure put into an SOA record stays', async () => {
    await put(zone);
    const { SOARecord } = await get(`${zone}/SOA/@`);
    await put(`${zone}/SOA/@`, { properties: { TTL: 60, SOARecord: { email: 'dns.example.org' } } });
    expect(await get(`${zone}/SOA/@`)).toMatchObject({
      TTL: 60,
      SOARecord: { email: 'dns.example.org', host: at(SOARecord)['host'], serialNumber: 1 },
    });
  });

  test.each([
    ['A', 'CNAME', 'The CNAME record could not be created because another record'],
    ['CNAME', 'TXT', 'The record could not be created because a CNAME record'],
  ])('a name with a %s record gets no %s record', async (first, second, message) => {
    await put(zone);
    await put(`${zone}/${first}/app`, { properties: { TTL: 60 } });
    expect(await send('PUT', `${zone}/${second}/app`, { properties: { TTL: 60 } })).toMatchObject({
      status: 409,
      body: { code: 'Conflict', message: expect.stringContaining(message) },
    });
    await put(`${zone}/${first}/app`, { properties: { TTL: 120 } });
  });

  test('a linked private zone stays, and a network is linked to one zone of a name', async () => {
    const link = { properties: { virtualNetwork: { id: vnet }, registrationEnabled: false } };
    await put(privateZone);
    await put(`${privateZone}/virtualNetworkLinks/vnet`, link);
    expect(await get(privateZone)).toMatchObject({ numberOfVirtualNetworkLinks: 1, numberOfRecordSets: 1 });
    expect(await send('DELETE', privateZone)).toMatchObject({
      status: 409,
      body: { error: { code: 'CannotDeleteResource', message: expect.stringContaining('virtualNetworkLinks/vnet') } },
    });
    const other = `${scope}/resourceGroups/other`;
    await put(other);
    const twin = `${other}/providers/Microsoft.Network/privateDnsZones/example.internal`;
    await put(twin);
    expect(await send('PUT', `${twin}/virtualNetworkLinks/vnet`, { location: 'global', ...link })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('overlapping namespaces') } },
    });
  });
});

describe('the edge of a network', () => {
  const address = network('publicIPAddresses/pip');
  const bastion = (name: string) => ({
    location,
    sku: { name: 'Standard' },
    properties: {
      ipConfigurations: [
        {
          name: 'c',
          properties: { subnet: { id: `${vnet}/subnets/${name}` }, publicIPAddress: { id: address } },
        },
      ],
    },
  });

  test('an address that is held stays', async () => {
    await put(address, { sku: { name: 'StandardV2' } });
    expect(await get(address)).toMatchObject({ ipAddress: expect.stringMatching(/^20\.\d+\.\d+\.\d+$/) });
    await put(network('natGateways/ng'), {
      sku: { name: 'StandardV2' },
      properties: { publicIpAddresses: [{ id: address }] },
    });
    expect((await send('GET', network('natGateways/ng'))).body).toMatchObject({ zones: ['1', '2', '3'] });
    expect(await send('DELETE', address)).toMatchObject({
      status: 400,
      body: { error: { code: 'PublicIPAddressCannotBeDeleted' } },
    });
  });

  test('a route table that subnets use stays', async () => {
    const table = network('routeTables/rt');
    await put(table, { properties: { routes: [{ name: 'r', properties: { addressPrefix: '0.0.0.0/0' } }] } });
    await subnet('routed', '10.0.9.0/24', { routeTable: { id: table } });
    expect(await get(table)).toMatchObject({ routes: [{ name: 'r' }], subnets: [{ id: `${vnet}/subnets/routed` }] });
    expect(await send('DELETE', table)).toMatchObject({ body: { error: { code: 'InUseRouteTableCannotBeDeleted' } } });
  });

  test.each([
    ['endpoints', 'InvalidSubnetName'],
    ['AzureBastionSubnet', 'BastionHostSubnetSizeTooSmall'],
  ])('a Bastion in %s is refused: %s', async (name, code) => {
    await put(address, { sku: { name: 'Standard' } });
    await subnet('AzureBastionSubnet', '10.0.4.0/27');
    expect(await send('PUT', network('bastionHosts/b'), bastion(name))).toMatchObject({
      status: 400,
      body: { error: { code } },
    });
  });

  test('the first network of a region brings its watcher, and flow logs need their storage account', async () => {
    const watcher = `${scope}/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_${location}`;
    const storageId = `${group}/providers/Microsoft.Storage/storageAccounts/stflow`;
    const log = { location, properties: { targetResourceId: vnet, storageId, enabled: true } };
    expect(await send('PUT', `${watcher}/flowLogs/f`, log)).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidResourceReference' } },
    });
    await put(storageId, { sku: { name: 'Standard_LRS' } });
    expect(await send('PUT', `${watcher}/flowLogs/f`, log)).toMatchObject({ status: 201 });
  });
});

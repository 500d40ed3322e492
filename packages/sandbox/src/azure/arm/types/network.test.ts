import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Principal } from '../../directory.ts';
import { scope, startAzure } from '../../testing.ts';
import { list, properties } from '../body.ts';

let azure: Awaited<ReturnType<typeof startAzure>>;
let owner: Principal;
const group = `${scope}/resourceGroups/rg`;
const vnet = `${group}/providers/Microsoft.Network/virtualNetworks/vnet`;
const nsg = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg`;

const send = async (method: string, path: string, body?: unknown) => {
  const answer = await azure.call(owner, method, path, body);
  azure.clock.advance(1000);
  return answer;
};
const subnet = (prefix: string, more: object = {}) => ({ properties: { addressPrefixes: [prefix], ...more } });

beforeEach(async () => {
  azure = await startAzure();
  owner = azure.addPrincipal('owner', ['Owner', scope]);
  await send('PUT', group, { location: 'westeurope' });
  await send('PUT', vnet, {
    location: 'westeurope',
    properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
  });
});

describe('a network and its subnets', () => {
  test('a subnet made by itself shows in its network, and the other way round', async () => {
    await send('PUT', `${vnet}/subnets/one`, subnet('10.0.0.0/24'));
    const shown = await send('GET', vnet);
    expect(list(properties(shown.body)['subnets'])).toMatchObject([
      { id: `${vnet}/subnets/one`, name: 'one', properties: { privateEndpointNetworkPolicies: 'Disabled' } },
    ]);
    const back = {
      ...shown.body,
      properties: {
        ...properties(shown.body),
        subnets: [...list(properties(shown.body)['subnets']), { name: 'two', ...subnet('10.0.1.0/24') }],
      },
    };
    await send('PUT', vnet, back);
    expect(await send('GET', `${vnet}/subnets/two`)).toMatchObject({ status: 200 });
    expect(await send('GET', `${vnet}/subnets`)).toMatchObject({ body: { value: [{ name: 'one' }, { name: 'two' }] } });
  });

  test('a PUT without subnets leaves them, one with an empty list takes them away', async () => {
    await send('PUT', `${vnet}/subnets/one`, subnet('10.0.0.0/24'));
    const space = { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } };
    await send('PUT', vnet, { location: 'westeurope', properties: space });
    expect(await send('GET', `${vnet}/subnets/one`)).toMatchObject({ status: 200 });
    await send('PUT', vnet, { location: 'westeurope', properties: { ...space, subnets: [] } });
    expect(await send('GET', `${vnet}/subnets/one`)).toMatchObject({ status: 404 });
  });

  test.each([
    ['10.1.0.0/24', 'NetcfgSubnetRangeOutsideVnet'],
    ['10.0.0.128/25', 'NetcfgSubnetRangesOverlap'],
  ])('%s is refused: %s', async (prefix, code) => {
    await send('PUT', `${vnet}/subnets/one`, subnet('10.0.0.0/24'));
    expect(await send('PUT', `${vnet}/subnets/two`, subnet(prefix))).toMatchObject({
      status: 400,
      body: { error: { code } },
    });
  });

  test('a security group is bound by a PUT of the subnet, and cannot go while it is', async () => {
    await send('PUT', nsg, {
      location: 'westeurope',
      properties: { securityRules: [{ name: 'https', properties: { priority: 100 } }] },
    });
    await send('PUT', `${vnet}/subnets/one`, subnet('10.0.0.0/24', { networkSecurityGroup: { id: nsg } }));
    const shown = await send('GET', nsg);
    expect(properties(shown.body)).toMatchObject({
      subnets: [{ id: `${vnet}/subnets/one` }],
      securityRules: [{ id: `${nsg}/securityRules/https`, properties: { priority: 100 } }],
    });
    expect(await send('DELETE', nsg)).toMatchObject({
      status: 400,
      body: { error: { code: 'InUseNetworkSecurityGroupCannotBeDeleted' } },
    });
    await send('PUT', `${vnet}/subnets/one`, subnet('10.0.0.0/24'));
    expect(await send('DELETE', nsg)).toMatchObject({ status: 202 });
  });

  test('a reference to nothing is refused', async () => {
    const answer = await send(
      'PUT',
      `${vnet}/subnets/one`,
      subnet('10.0.0.0/24', { networkSecurityGroup: { id: nsg } }),
    );
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'InvalidResourceReference' } } });
  });
});

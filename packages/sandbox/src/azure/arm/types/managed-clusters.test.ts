import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Principal } from '../../directory.ts';
import { scope, startAzure, subscription } from '../../testing.ts';
import { at, list, properties } from '../body.ts';

let azure: Awaited<ReturnType<typeof startAzure>>;
let owner: Principal;
const group = `${scope}/resourceGroups/rg`;
const vnet = `${group}/providers/Microsoft.Network/virtualNetworks/vnet`;
const subnet = `${vnet}/subnets/nodes`;
const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/aks`;
const nodes = `${scope}/resourceGroups/MC_rg_aks_westeurope`;

const send = async (method: string, path: string, body?: unknown) => {
  const answer = await azure.call(owner, method, path, body);
  azure.clock.advance(1000);
  return answer;
};
const system = {
  name: 'system',
  mode: 'System',
  vmSize: 'Standard_D4ds_v5',
  enableAutoScaling: true,
  minCount: 2,
  maxCount: 5,
  vnetSubnetID: subnet,
};
const body = (properties: object = {}) => ({
  location: 'westeurope',
  identity: { type: 'SystemAssigned' },
  properties: {
    dnsPrefix: 'platform',
    kubernetesVersion: '1.34',
    agentPoolProfiles: [system],
    networkProfile: { networkPlugin: 'azure', networkPluginMode: 'overlay' },
    ...properties,
  },
});
const pool = (properties: object = {}) => ({
  properties: { vmSize: 'Standard_D4ds_v5', enableAutoScaling: true, minCount: 1, maxCount: 3, ...properties },
});

beforeEach(async () => {
  azure = await startAzure();
  owner = azure.addPrincipal('owner', ['Owner', scope]);
  await send('PUT', group, { location: 'westeurope' });
  await send('PUT', vnet, {
    location: 'westeurope',
    properties: {
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: [{ name: 'nodes', properties: { addressPrefix: '10.0.0.0/20' } }],
    },
  });
});

describe('a cluster', () => {
  test('is completed as AKS completes it', async () => {
    expect(await send('PUT', cluster, body())).toMatchObject({
      status: 201,
      body: { properties: { provisioningState: 'Creating' } },
    });
    const shown = await send('GET', cluster);
    expect(shown.body).toMatchObject({
      sku: { name: 'Base', tier: 'Free' },
      identity: { type: 'SystemAssigned', principalId: expect.any(String) },
      properties: {
        provisioningState: 'Succeeded',
        currentKubernetesVersion: '1.34.4',
        nodeResourceGroup: 'MC_rg_aks_westeurope',
        fqdn: expect.stringMatching(/^platform-[0-9a-f]{8}\.hcp\.westeurope\.azmk8s\.io$/),
        powerState: { code: 'Running' },
        identityProfile: {
          kubeletidentity: {
            resourceId: `${nodes}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/aks-agentpool`,
          },
        },
        networkProfile: {
          podCidr: '10.244.0.0/16',
          loadBalancerProfile: { managedOutboundIPs: { count: 1 } },
          outboundType: 'loadBalancer',
        },
        agentPoolProfiles: [
          { name: 'system', count: 2, maxPods: 250, osDiskSizeGB: 128, osSKU: 'Ubuntu', orchestratorVersion: '1.34' },
        ],
      },
    });
    expect(await send('GET', `${cluster}/agentPools/system`)).toMatchObject({
      body: { properties: { mode: 'System' } },
    });
    expect(await send('GET', nodes)).toMatchObject({ body: { managedBy: cluster } });
  });

  test('a private one has a private name only', async () => {
    const access = { enablePrivateCluster: true, enablePrivateClusterPublicFQDN: false };
    await send('PUT', cluster, body({ apiServerAccessProfile: access }));
    const shown = properties((await send('GET', cluster)).body);
    expect(shown['privateFQDN']).toContain('.privatelink.westeurope.azmk8s.io');
    expect(shown['fqdn']).toBeUndefined();
    expect(await send('PUT', cluster, body({ apiServerAccessProfile: { enablePrivateCluster: false } }))).toMatchObject(
      {
        status: 400,
        body: { code: 'PropertyChangeNotAllowed' },
      },
    );
  });

  test('what Azure made up stays the same over updates', async () => {
    await send('PUT', cluster, body({ oidcIssuerProfile: { enabled: true } }));
    const before = (await send('GET', cluster)).body;
    await send('PUT', cluster, { ...before, tags: { a: '1' } });
    const after = (await send('GET', cluster)).body;
    expect(after).toEqual({ ...before, tags: { a: '1' } });
  });

  test('an unknown version and a cluster without system pool are refused without the `error` around it', async () => {
    expect(await send('PUT', cluster, body({ kubernetesVersion: '1.20' }))).toMatchObject({
      status: 400,
      body: { code: 'K8sVersionNotSupported', subcode: '' },
    });
    expect(await send('PUT', cluster, body({ agentPoolProfiles: [{ ...system, mode: 'User' }] }))).toMatchObject({
      status: 400,
      body: { code: 'InvalidParameter' },
    });
  });

  test('deleting it takes its node group and everything in it along', async () => {
    await send('PUT', cluster, body());
    expect(await send('DELETE', subnet)).toMatchObject({
      status: 400,
      body: { error: { code: 'InUseSubnetCannotBeDeleted' } },
    });
    expect(await send('DELETE', cluster)).toMatchObject({ status: 202 });
    expect(await send('GET', cluster)).toMatchObject({ status: 404 });
    expect(await send('GET', nodes)).toMatchObject({ status: 404 });
    expect(azure.directory.all().map(({ name }) => name)).toEqual(['owner']);
    expect(await send('DELETE', subnet)).toMatchObject({ status: 202 });
  });

  test('credentials: a user of Entra gets no secret, and an administrator nothing where local accounts are off', async () => {
    await send('PUT', cluster, body({ aadProfile: { managed: true }, disableLocalAccounts: true }));
    const { body: answer } = await send('POST', `${cluster}/listClusterUserCredential`);
    const kubeconfig = JSON.parse(
      Buffer.from(String(at(list(answer['kubeconfigs'])[0])['value']), 'base64').toString('utf8'),
    );
    expect(kubeconfig.users[0].user).toMatchObject({ exec: { command: 'kubelogin' } });
    expect(JSON.stringify(kubeconfig)).not.toContain('client-key-data');
    expect(await send('POST', `${cluster}/listClusterAdminCredential`)).toMatchObject({
      status: 400,
      body: { code: 'BadRequest' },
    });
  });
});

describe('node pools', () => {
  beforeEach(() => send('PUT', cluster, body()));

  test('show in the cluster, and end when time has passed', async () => {
    await send('PUT', `${cluster}/agentPools/user`, pool());
    const names = async () =>
      list(properties((await send('GET', cluster)).body)['agentPoolProfiles']).map(pool => at(pool)['name']);
    expect(await names()).toEqual(['system', 'user']);
    expect(await send('DELETE', `${cluster}/agentPools/user`)).toMatchObject({ status: 202 });
    expect(await send('GET', `${cluster}/agentPools/user`)).toMatchObject({ status: 404 });
    expect(await names()).toEqual(['system']);
  });

  test('a size is never changed in place', async () => {
    await send('PUT', `${cluster}/agentPools/user`, pool());
    expect(await send('PUT', `${cluster}/agentPools/user`, pool({ maxCount: 9 }))).toMatchObject({ status: 200 });
    expect(await send('PUT', `${cluster}/agentPools/user`, pool({ vmSize: 'Standard_D8ds_v5' }))).toMatchObject({
      status: 400,
      body: { code: 'PropertyChangeNotAllowed' },
    });
    expect(
      await send('PUT', cluster, body({ agentPoolProfiles: [{ ...system, vmSize: 'Standard_D8ds_v5' }] })),
    ).toMatchObject({
      status: 400,
      body: { code: 'PropertyChangeNotAllowed' },
    });
  });

  test('the last system pool stays', async () => {
    expect(await send('DELETE', `${cluster}/agentPools/system`)).toMatchObject({
      status: 400,
      body: { code: 'OperationNotAllowed' },
    });
    await send('PUT', `${cluster}/agentPools/other`, pool({ mode: 'System' }));
    expect(await send('DELETE', `${cluster}/agentPools/system`)).toMatchObject({ status: 202 });
  });

  test('one operation at a time', async () => {
    await azure.call(owner, 'PUT', `${cluster}/agentPools/user`, pool());
    const answers = [
      await azure.call(owner, 'PUT', `${cluster}/agentPools/user`, pool()),
      await azure.call(owner, 'PUT', cluster, body()),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ status: 409, body: { code: 'OperationNotAllowed' } });
    expect(answers[0]?.message).toContain('Another agentpool operation (Putting) is in progress');
    expect(await send('PUT', `${cluster}/agentPools/gpu`, pool())).toMatchObject({ status: 201 });
  });

  test('a quota is counted in cores of the family, over all pools', async () => {
    azure.quotas.set(`${subscription}/westeurope/standardddsv5family`, 16);
    expect(await send('PUT', `${cluster}/agentPools/user`, pool())).toMatchObject({ status: 201 });
    const refused = await send('PUT', `${cluster}/agentPools/more`, pool({ minCount: 2 }));
    expect(refused).toMatchObject({ status: 400, body: { code: 'ErrCode_InsufficientVCPUQuota' } });
    expect(refused.message).toBe(
      'Insufficient vcpu quota requested 8, remaining 4 for family standardDDSv5Family for region westeurope.',
    );
    expect(await send('GET', `${cluster}/agentPools/more`)).toMatchObject({ status: 404 });
  });
});

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

  test('credentials: the administrator of a cluster with local accounts gets them, Entra or not', async () => {
    await send('PUT', cluster, body({ aadProfile: { managed: true }, disableLocalAccounts: false }));
    const { body: answer } = await send('POST', `${cluster}/listClusterAdminCredential`);
    const [found] = list(answer['kubeconfigs']).map(one => at(one));
    const kubeconfig = JSON.parse(Buffer.from(String(found?.['value']), 'base64').toString('utf8'));
    const name = cluster.split('/').at(-1);
    expect(found).toMatchObject({ name: 'clusterAdmin' });
    expect(kubeconfig).toMatchObject({
      'current-context': `${name}-admin`,
      users: [
        { name: expect.stringMatching(/^clusterAdmin_/), user: { token: expect.stringMatching(/^[0-9a-f]{128}$/) } },
      ],
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

describe('versions', () => {
  const version = async () => properties((await send('GET', cluster)).body)['currentKubernetesVersion'];

  test('go up by one minor at a time, and never down', async () => {
    await send('PUT', cluster, body({ kubernetesVersion: '1.34.3' }));
    const skipped = await send('PUT', cluster, body({ kubernetesVersion: '1.36' }));
    expect(skipped).toMatchObject({ status: 400, body: { code: 'OperationNotAllowed' } });
    expect(skipped.message).toBe(
      'Upgrading Kubernetes version 1.34.3 to 1.36.1 is not allowed. Available upgrades: [1.34.4 1.35.1 1.35.2]. Please see https://aka.ms/aks-supported-k8s-ver for version details.',
    );
    expect(await send('PUT', cluster, body({ kubernetesVersion: '1.35' }))).toMatchObject({ status: 200 });
    expect(await version()).toBe('1.35.2');
    expect(await send('PUT', cluster, body({ kubernetesVersion: '1.34' }))).toMatchObject({ status: 400 });
  });

  test('a minor that runs stays on its patch, though there is a newer one, and though it is offered no more', async () => {
    await send('PUT', cluster, body({ kubernetesVersion: '1.34' }));
    azure.arm.conditions.versions = { '1.34': { patches: ['1.34.4', '1.34.5'] } };
    await send('PUT', cluster, body({ kubernetesVersion: '1.34' }));
    expect(await version()).toBe('1.34.4');
    azure.arm.conditions.versions = { '1.36': { patches: ['1.36.1'] } };
    expect(await send('PUT', cluster, { ...body({ kubernetesVersion: '1.34' }), tags: { a: '1' } })).toMatchObject({
      status: 200,
    });
  });

  test('one with long-term support only needs tier and plan', async () => {
    const refused = await send('PUT', cluster, body({ kubernetesVersion: '1.33' }));
    expect(refused.message).toContain('only available for Long-Term Support (LTS)');
    const premium = {
      ...body({ kubernetesVersion: '1.33', supportPlan: 'AKSLongTermSupport' }),
      sku: { tier: 'Premium' },
    };
    expect(await send('PUT', cluster, premium)).toMatchObject({ status: 201 });
  });

  test('a pool is not ahead of its control plane', async () => {
    await send('PUT', cluster, body({ kubernetesVersion: '1.34' }));
    const ahead = await send('PUT', `${cluster}/agentPools/user`, pool({ orchestratorVersion: '1.35' }));
    expect(ahead).toMatchObject({ status: 400, body: { code: 'NodePoolMcVersionIncompatible' } });
    await send('PUT', cluster, body({ kubernetesVersion: '1.35' }));
    expect(await send('PUT', `${cluster}/agentPools/user`, pool({ orchestratorVersion: '1.34' }))).toMatchObject({
      status: 201,
    });
  });
});

describe('ways out', () => {
  const outbound = (outboundType: string) =>
    body({ networkProfile: { networkPlugin: 'azure', networkPluginMode: 'overlay', outboundType } });
  const wayOut = (kind: string, name: string) => `${group}/providers/Microsoft.Network/${kind}/${name}`;

  test.each([
    [
      'userDefinedRouting',
      'routeTable',
      wayOut('routeTables', 'rt'),
      'An existing route table has not been associated',
    ],
    ['userAssignedNATGateway', 'natGateway', wayOut('natGateways', 'ng'), 'No NAT gateway is associated'],
  ])('%s needs a %s on the subnet', async (outboundType, property, id, message) => {
    expect((await send('PUT', cluster, outbound(outboundType))).message).toContain(message);
    await send('PUT', id, { location: 'westeurope', sku: { name: 'Standard' }, properties: {} });
    await send('PUT', subnet, { properties: { addressPrefix: '10.0.0.0/20', [property]: { id } } });
    expect(await send('PUT', cluster, outbound(outboundType))).toMatchObject({ status: 201 });
  });
});

describe('the API server', () => {
  const api = `${vnet}/subnets/api`;
  const integrated = (more: object = {}) =>
    body({ apiServerAccessProfile: { enableVnetIntegration: true, subnetId: api, ...more } });

  test('stands in a subnet that is handed over to AKS, and stays there', async () => {
    await send('PUT', api, { properties: { addressPrefix: '10.0.16.0/28' } });
    expect((await send('PUT', cluster, integrated())).message).toContain('is not delegated to');
    const delegations = [{ name: 'aks', properties: { serviceName: 'Microsoft.ContainerService/managedClusters' } }];
    await send('PUT', api, { properties: { addressPrefix: '10.0.16.0/28', delegations } });
    expect(await send('PUT', cluster, integrated())).toMatchObject({ status: 201 });
    expect(await send('PUT', cluster, integrated({ enableVnetIntegration: false }))).toMatchObject({
      body: { code: 'PropertyChangeNotAllowed' },
    });
  });

  test('has its name where it was asked to: nowhere private, in Azure’s zone, or in the user’s', async () => {
    const zone = `${group}/providers/Microsoft.Network/privateDnsZones/privatelink.westeurope.azmk8s.io`;
    const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id`;
    const withZone = (privateDNSZone: string) => ({
      ...body({
        dnsPrefix: '',
        fqdnSubdomain: 'mine',
        apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone },
      }),
      identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } },
    });
    await send('PUT', zone, { location: 'global', properties: {} });
    const made = await send('PUT', identity, { location: 'westeurope' });
    const refused = await send('PUT', cluster, withZone(zone));
    expect(refused).toMatchObject({ status: 400, body: { code: 'CustomPrivateDNSZoneMissingPermissionError' } });
    azure.access.assign({
      name: 'zone',
      scope: zone,
      principalId: String(properties(made.body)['principalId']),
      role: azure.access.roleByName('Private DNS Zone Contributor')?.name ?? '',
    });
    await send('PUT', cluster, withZone(zone));
    expect(properties((await send('GET', cluster)).body)).toMatchObject({
      privateFQDN: 'mine.privatelink.westeurope.azmk8s.io',
      fqdnSubdomain: 'mine',
    });
    expect(await send('PUT', cluster, withZone('system'))).toMatchObject({
      body: { code: 'PropertyChangeNotAllowed' },
    });
    await send('DELETE', cluster);
    await send(
      'PUT',
      cluster,
      body({ apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone: 'None' } }),
    );
    const { fqdn, privateFQDN } = properties((await send('GET', cluster)).body);
    expect([typeof fqdn, privateFQDN]).toEqual(['string', undefined]);
  });
});

describe('new pools', () => {
  beforeEach(() => send('PUT', cluster, body()));
  const add = (name: string, properties: object) => send('PUT', `${cluster}/agentPools/${name}`, pool(properties));

  test('of spot machines get Azure’s label and taint, and no surge', async () => {
    await add('spot', { scaleSetPriority: 'Spot', nodeTaints: ['a=b:NoSchedule'] });
    const shown = properties((await send('GET', `${cluster}/agentPools/spot`)).body);
    expect(shown).toMatchObject({
      scaleSetEvictionPolicy: 'Delete',
      spotMaxPrice: -1,
      nodeLabels: { 'kubernetes.azure.com/scalesetpriority': 'spot' },
      nodeTaints: ['a=b:NoSchedule', 'kubernetes.azure.com/scalesetpriority=spot:NoSchedule'],
    });
    expect(shown['upgradeSettings']).toBeUndefined();
    expect(await add('spot', { scaleSetPriority: 'Regular' })).toMatchObject({
      body: { code: 'PropertyChangeNotAllowed' },
    });
    expect(await add('other', { scaleSetPriority: 'Spot', mode: 'System' })).toMatchObject({ status: 400 });
  });

  test('of which nobody said it are regular, and may be said to be', async () => {
    await add('plain', {});
    expect(await add('plain', { scaleSetPriority: 'Regular' })).toMatchObject({ status: 200 });
    expect(await add('plain', { scaleSetPriority: 'Spot' })).toMatchObject({
      body: { code: 'PropertyChangeNotAllowed' },
    });
  });

  test.each([
    ['thirteenchars', {}, 'max length of 12'],
    ['Upper', {}, 'start with a lowercase letter'],
    ['windows1', { osType: 'Windows' }, 'max length of 6'],
    ['odd', { vmSize: 'Standard_X1' }, 'is not allowed in your subscription'],
    [
      'eph',
      { osDiskType: 'Ephemeral', vmSize: 'Standard_D4s_v5' },
      'The virtual machine size Standard_D4s_v5 has a cache size of 0 bytes, but the OS disk requires 137438953472 bytes.',
    ],
  ])('%s %j is refused', async (name, properties, message) => {
    const refused = await add(name, properties);
    expect(refused.status).toBe(400);
    expect(refused.message).toContain(message);
  });

  test('have an ephemeral disk where the size has room for it', async () => {
    expect(await add('eph', { osDiskType: 'Ephemeral', osDiskSizeGB: 128 })).toMatchObject({ status: 201 });
  });
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Principal } from '../../directory.ts';
import { scope, startAzure, subscription } from '../../testing.ts';
import { at, list, properties } from '../body.ts';

let azure: Awaited<ReturnType<typeof startAzure>>;
let owner: Principal;
const group = `${scope}/resourceGroups/rg`;
const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/aks`;

const send = async (method: string, path: string, body?: unknown) => {
  const answer = await azure.call(owner, method, path, body);
  azure.clock.advance(1000);
  return answer;
};
const get = (path: string) => send('GET', path);
const makeCluster = (properties: object = {}) =>
  send('PUT', cluster, {
    location: 'westeurope',
    identity: { type: 'SystemAssigned' },
    properties: {
      dnsPrefix: 'aks',
      kubernetesVersion: '1.34',
      agentPoolProfiles: [{ name: 'system', mode: 'System', vmSize: 'Standard_D4ds_v5', count: 3 }],
      ...properties,
    },
  });

beforeEach(async () => {
  azure = await startAzure();
  owner = azure.addPrincipal('owner', ['Owner', scope]);
  await send('PUT', group, { location: 'westeurope' });
});

describe('the activity log', () => {
  const values = (filter: string) =>
    get(`${scope}/providers/Microsoft.Insights/eventtypes/management/values?$filter=${encodeURIComponent(filter)}`);
  const always = "eventTimestamp ge '2000-01-01T00:00:00Z' and eventTimestamp le '2100-01-01T00:00:00Z'";

  test('tells what was recorded, of one group if one is named, and asks for times', async () => {
    const record = { caller: 'mona@contoso.com', operation: 'Microsoft.ContainerService/managedClusters/write' };
    azure.arm.conditions.activity.push(
      { ...record, resourceId: cluster, at: Date.parse('2026-11-26T03:12:44Z') },
      { ...record, resourceId: cluster.replace('/rg/', '/rg2/'), at: Date.parse('2026-11-26T03:12:44Z') },
      { ...record, resourceId: cluster, at: Date.parse('1999-11-26T03:12:44Z') },
    );
    expect((await values(always)).body['value']).toHaveLength(2);
    expect((await values(`${always} and resourceGroupName eq 'RG'`)).body['value']).toEqual([
      {
        caller: 'mona@contoso.com',
        claims: {},
        eventTimestamp: '2026-11-26T03:12:44.000Z',
        operationName: { value: record.operation, localizedValue: record.operation },
        resourceId: cluster,
        status: { value: 'Succeeded', localizedValue: 'Succeeded' },
      },
    ]);
    expect((await values("resourceGroupName eq 'rg'")).status).toBe(400);
  });
});

describe('skus', () => {
  const skus = `${scope}/providers/Microsoft.Compute/skus?$filter=location eq 'westeurope'`;
  const find = async (name: string) => at(list((await get(skus)).body['value']).find(sku => at(sku)['name'] === name));
  const capability = (sku: Readonly<Record<string, unknown>>, name: string) =>
    at(list(sku['capabilities']).find(one => at(one)['name'] === name))['value'];

  test('tell family, zones and what a size can do', async () => {
    const sku = await find('Standard_NC24ads_A100_v4');
    expect(sku).toMatchObject({
      resourceType: 'virtualMachines',
      family: 'StandardNCADSA100v4Family',
      locations: ['westeurope'],
      locationInfo: [{ location: 'westeurope', zones: ['1', '2', '3'] }],
      restrictions: [],
    });
    expect(['vCPUs', 'GPUs', 'EncryptionAtHostSupported'].map(name => capability(sku, name))).toEqual([
      '24',
      '1',
      'True',
    ]);
    const plain = await find('Standard_D4s_v5');
    expect(['GPUs', 'EphemeralOSDiskSupported'].map(name => capability(plain, name))).toEqual([undefined, 'False']);
    expect(capability(await find('Standard_D4ds_v5'), 'MaxResourceVolumeMB')).toBe('153600');
  });

  test('name what a subscription may not have, in a region or some of its zones', async () => {
    const { restrictions } = azure.arm.conditions;
    const common = { subscription, location: 'westeurope', reason: 'NotAvailableForSubscription' } as const;
    restrictions.push({ ...common, size: 'Standard_D4ds_v5' }, { ...common, size: 'Standard_D8ds_v5', zones: ['2'] });
    expect((await find('Standard_D4ds_v5'))['restrictions']).toMatchObject([
      { type: 'Location', values: ['westeurope'], reasonCode: 'NotAvailableForSubscription' },
    ]);
    expect((await find('Standard_D8ds_v5'))['restrictions']).toMatchObject([
      { type: 'Zone', restrictionInfo: { locations: ['westeurope'], zones: ['2'] } },
    ]);
    expect(await makeCluster()).toMatchObject({ status: 400, body: { code: 'BadRequest' } });
    const pool = { vmSize: 'Standard_D8ds_v5', name: 'system', mode: 'System', count: 1 };
    const refused = await makeCluster({ agentPoolProfiles: [{ ...pool, availabilityZones: ['1', '2'] }] });
    expect(refused.message).toBe(
      "The zone(s) '2' for resource 'system' is not supported. The supported zones for location 'westeurope' are '1', '3'",
    );
  });
});

describe('usages', () => {
  const usage = async (name: string) =>
    list((await get(`${scope}/providers/Microsoft.Compute/locations/westeurope/usages`)).body['value'])
      .map(one => at(one))
      .find(one => at(one, 'name')['value'] === name);

  test('count what pools hold by family, in all, and spot machines apart', async () => {
    azure.quotas.set(`${subscription}/westeurope/standardddsv5family`, 100);
    await makeCluster();
    await send('PUT', `${cluster}/agentPools/spot`, {
      properties: { vmSize: 'Standard_D4ds_v5', count: 2, scaleSetPriority: 'Spot' },
    });
    expect(await usage('standardDDSv5Family')).toMatchObject({ limit: 100, currentValue: 12, unit: 'Count' });
    expect(await usage('cores')).toMatchObject({ currentValue: 12 });
    expect(await usage('lowPriorityCores')).toMatchObject({ currentValue: 8 });
    expect(await usage('standardDSv3Family')).toMatchObject({ currentValue: 0 });
    expect(await usage('virtualMachines')).toMatchObject({ currentValue: 5 });
  });

  test('a limit of the region and of spot machines stops a pool too', async () => {
    azure.quotas.set(`${subscription}/westeurope/cores`, 8);
    expect((await makeCluster()).message).toBe(
      'Insufficient regional vcpu quota left for location westeurope. left regional vcpu quota 8, requested quota 12.',
    );
    azure.quotas.set(`${subscription}/westeurope/cores`, 20);
    azure.quotas.set(`${subscription}/westeurope/lowprioritycores`, 4);
    await makeCluster();
    const spot = { properties: { vmSize: 'Standard_D4ds_v5', count: 2, scaleSetPriority: 'Spot' } };
    expect(await send('PUT', `${cluster}/agentPools/spot`, spot)).toMatchObject({
      body: { code: 'ErrCode_InsufficientVCPUQuota' },
    });
  });
});

describe('namespaces and features', () => {
  test('one that is not registered makes nothing until it is', async () => {
    azure.arm.conditions.providers.set(`${subscription}/microsoft.containerservice`, 'NotRegistered');
    const provider = `${scope}/providers/Microsoft.ContainerService`;
    expect(await get(provider)).toMatchObject({ body: { registrationState: 'NotRegistered' } });
    expect(await makeCluster()).toMatchObject({
      status: 409,
      body: { error: { code: 'MissingSubscriptionRegistration' } },
    });
    const asked = await azure.call(owner, 'POST', `${provider}/register`);
    expect(asked).toMatchObject({ status: 200, body: { registrationState: 'Registering' } });
    azure.clock.advance(1000);
    expect(await get(provider)).toMatchObject({ body: { registrationState: 'Registered' } });
    expect(await makeCluster()).toMatchObject({ status: 201 });
  });

  test('a kind of resource is offered in regions by their names', async () => {
    const kinds = async () => list((await get(`${scope}/providers/Microsoft.ServiceNetworking`)).body['resourceTypes']);
    const regions = async () =>
      list(at((await kinds()).find(kind => at(kind)['resourceType'] === 'trafficControllers'))['locations']);
    expect(await regions()).toContain('West Europe');
    azure.arm.conditions.missingTypes.add('westeurope/microsoft.servicenetworking/trafficcontrollers');
    expect(await regions()).not.toContain('West Europe');
    expect(await get(`${scope}/providers/Microsoft.Nothing`)).toMatchObject({
      status: 404,
      body: { error: { code: 'InvalidResourceNamespace' } },
    });
  });

  test('encryption at host needs its feature', async () => {
    const feature = `${scope}/providers/Microsoft.Features/providers/Microsoft.Compute/features/EncryptionAtHost`;
    expect(await get(feature)).toMatchObject({
      body: { name: 'Microsoft.Compute/EncryptionAtHost', properties: { state: 'Registered' } },
    });
    azure.arm.conditions.features.set(`${subscription}/microsoft.compute/encryptionathost`, 'NotRegistered');
    const pool = { name: 'system', mode: 'System', vmSize: 'Standard_D4ds_v5', count: 1, enableEncryptionAtHost: true };
    expect((await makeCluster({ agentPoolProfiles: [pool] })).message).toContain('EncryptionAtHost');
    await send('POST', `${feature}/register`);
    expect(await get(feature)).toMatchObject({ body: { properties: { state: 'Registered' } } });
    expect(await makeCluster({ agentPoolProfiles: [pool] })).toMatchObject({ status: 201 });
    expect(await get(feature.replace('EncryptionAtHost', 'Other'))).toMatchObject({ status: 404 });
  });
});

describe('names', () => {
  test.each([
    ['Microsoft.ContainerRegistry', 'registries', 'a-b', 'Invalid'],
    ['Microsoft.Storage', 'storageAccounts', 'Upper', 'AccountNameInvalid'],
    ['Microsoft.KeyVault', 'vaults', 'kv--x', 'AccountNameInvalid'],
  ])('of %s are free, taken, or none', async (namespace, kind, invalid, reason) => {
    const type = `${namespace}/${kind}`;
    const ask = async (name: string) =>
      (await send('POST', `${scope}/providers/${namespace}/checkNameAvailability`, { name, type })).body;
    expect(await ask('platform')).toMatchObject({ nameAvailable: true });
    expect(await ask(invalid)).toMatchObject({ nameAvailable: false, reason });
    azure.arm.conditions.takenNames.add(`${type}/platform`.toLowerCase());
    expect(await ask('platform')).toMatchObject({ nameAvailable: false, reason: 'AlreadyExists' });
    const made = await send('PUT', `${group}/providers/${type}/platform`, {
      location: 'westeurope',
      sku: { name: 'Premium' },
      properties: {},
    });
    expect(made.status).toBe(409);
  });

  test('a deleted vault holds its name', async () => {
    const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv1`;
    await send('PUT', vault, { location: 'westeurope', properties: {} });
    await send('DELETE', vault);
    const question = { name: 'kv1', type: 'Microsoft.KeyVault/vaults' };
    expect(await send('POST', `${scope}/providers/Microsoft.KeyVault/checkNameAvailability`, question)).toMatchObject({
      body: { nameAvailable: false, reason: 'AlreadyExists' },
    });
    expect(await get(`${scope}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kv1`)).toMatchObject({
      status: 200,
    });
  });
});

describe('policies', () => {
  const ask = (content: object, where = group) =>
    send('POST', `${where}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions`, {
      resourceDetails: { resourceContent: content },
    });
  const policy = { scope: group, assignment: 'only-north', definition: 'locations', displayName: 'Only the north' };

  test('one that denies is told beforehand and refuses the write', async () => {
    azure.arm.conditions.denials.push({ ...policy, locations: ['northeurope'], requiredTags: ['owner'] });
    const answer = await ask({ type: 'Microsoft.ContainerService/managedClusters', location: 'westeurope', tags: {} });
    expect(answer.body).toMatchObject({
      fieldRestrictions: [
        { field: 'location', restrictions: [{ result: 'Required', values: ['northeurope'] }] },
        { field: 'tags.owner', restrictions: [{ result: 'Required' }] },
      ],
      contentEvaluationResult: {
        policyEvaluations: [
          {
            policyInfo: {
              policyAssignmentId: `${group}/providers/Microsoft.Authorization/policyAssignments/only-north`,
            },
            evaluationResult: 'NonCompliant',
            effectDetails: { policyEffect: 'Deny' },
          },
        ],
      },
    });
    expect(await makeCluster()).toMatchObject({ status: 403, body: { error: { code: 'RequestDisallowedByPolicy' } } });
    const good = await ask({ type: 'x/y', location: 'northeurope', tags: { owner: 'a' } });
    expect(at(good.body, 'contentEvaluationResult')['policyEvaluations']).toEqual([]);
  });

  test('one that looks at another type, or elsewhere, says nothing', async () => {
    azure.arm.conditions.denials.push({ ...policy, types: ['Microsoft.Network/publicIPAddresses'] });
    expect((await ask({ type: 'Microsoft.KeyVault/vaults' })).body).toMatchObject({ fieldRestrictions: [] });
    const address = await ask({ type: 'Microsoft.Network/publicIPAddresses' });
    expect(list(at(address.body, 'contentEvaluationResult')['policyEvaluations'])).toHaveLength(1);
    const above = await ask({ type: 'Microsoft.Network/publicIPAddresses' }, scope);
    expect(at(above.body, 'contentEvaluationResult')['policyEvaluations']).toEqual([]);
  });
});

describe('rights', () => {
  test('a deny assignment is listed, and stronger than a role', async () => {
    const denial = { name: 'd', displayName: 'Managed', scope: group, principals: [owner.objectId] };
    azure.access.deny({ ...denial, actions: ['Microsoft.ContainerService/*/write'] });
    expect(await get(`${group}/providers/Microsoft.Authorization/denyAssignments`)).toMatchObject({
      body: { value: [{ properties: { denyAssignmentName: 'Managed', scope: group } }] },
    });
    expect(await makeCluster()).toMatchObject({
      status: 403,
      body: { error: { code: 'DenyAssignmentAuthorizationFailed' } },
    });
    expect(await get(cluster)).toMatchObject({ status: 404 });
  });
});

describe('versions of Kubernetes', () => {
  test('with support plan, preview and the way up from each patch', async () => {
    azure.arm.conditions.versions = {
      ...azure.arm.conditions.versions,
      '1.37': { patches: ['1.37.0'], isPreview: true },
    };
    const answer = await get(`${scope}/providers/Microsoft.ContainerService/locations/westeurope/kubernetesVersions`);
    const minor = (name: string) => list(answer.body['values']).find(one => at(one)['version'] === name);
    expect(minor('1.33')).toMatchObject({ capabilities: { supportPlan: ['AKSLongTermSupport'] } });
    expect(minor('1.34')).toMatchObject({
      isDefault: true,
      patchVersions: { '1.34.3': { upgrades: ['1.34.4', '1.35.1', '1.35.2'] } },
    });
    expect(minor('1.37')).toMatchObject({ isPreview: true });
  });

  test('the profile of a cluster says where control plane and pools can go', async () => {
    await makeCluster({ kubernetesVersion: '1.34.4' });
    const before = await get(`${cluster}/upgradeProfiles/default`);
    expect(properties(before.body)).toMatchObject({
      controlPlaneProfile: {
        kubernetesVersion: '1.34.4',
        osType: 'Linux',
        upgrades: [{ kubernetesVersion: '1.35.1' }, { kubernetesVersion: '1.35.2' }],
      },
      agentPoolProfiles: [{ name: 'system', kubernetesVersion: '1.34.4', upgrades: [] }],
    });
  });
});

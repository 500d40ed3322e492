import { describe, expect, test } from '@jest/globals';
import { clouds } from '../clouds.ts';
import { eagerClock } from '../testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeCredential } from '../testing/fake-azure.ts';
import { createPreflightReader } from './index.ts';

const root = 'https://management.azure.com';
const subscription = '33333333-3333-3333-3333-333333333333';

function start(...answers: (FakeAnswer | string)[]) {
  const { requests, httpClient } = fakeAzure((_, index) => answers[Math.min(index, answers.length - 1)] ?? 'ENOTFOUND');
  const clock = eagerClock();
  const identity = { name: 'plan identity of dev', clientId: 'c1' };
  const reader = createPreflightReader(fakeCredential, {
    cloud: clouds.public,
    identity,
    clock,
    subscription,
    httpClient,
  });
  return { reader, requests, clock, sent: (index = 0) => JSON.parse(String(requests[index]?.body)) };
}

const ok = (body: unknown): FakeAnswer => ({ status: 200, body });
const refused = (code: string, message: string, status = 403): FakeAnswer => ({
  status,
  body: { error: { code, message } },
});

// As Azure lists it, cut down to what is read and some of what is not.
const d4: object = {
  resourceType: 'virtualMachines',
  name: 'Standard_D4ds_v5',
  tier: 'Standard',
  size: 'D4ds_v5',
  family: 'standardDDSv5Family',
  locations: ['westeurope'],
  locationInfo: [{ location: 'westeurope', zones: ['3', '1', '2'], zoneDetails: [] }],
  capabilities: [
    { name: 'MaxResourceVolumeMB', value: '153600' },
    { name: 'vCPUs', value: '4' },
    { name: 'CachedDiskBytes', value: '107374182400' },
    { name: 'EphemeralOSDiskSupported', value: 'True' },
    { name: 'EncryptionAtHostSupported', value: 'True' },
  ],
  restrictions: [
    {
      type: 'Zone',
      values: ['westeurope'],
      restrictionInfo: { locations: ['westeurope'], zones: ['2'] },
      reasonCode: 'NotAvailableForSubscription',
    },
  ],
};

describe('sizes', () => {
  test('only those asked for, of one location, over pages', async () => {
    const next = `${root}/subscriptions/${subscription}/providers/Microsoft.Compute/skus?api-version=2021-07-01&skip=1`;
    const gpu = {
      resourceType: 'virtualMachines',
      name: 'Standard_NC4as_T4_v3',
      family: 'Standard NCASv3_T4 Family',
      locationInfo: [{ location: 'West Europe' }],
      capabilities: [
        { name: 'vCPUs', value: '4' },
        { name: 'GPUs', value: '1' },
      ],
      restrictions: [
        {
          type: 'Location',
          values: ['westeurope'],
          restrictionInfo: { locations: ['westeurope'] },
          reasonCode: 'QuotaId',
        },
      ],
    };
    const { reader, requests } = start(
      ok({ value: [d4, { ...d4, name: 'Standard_E4ds_v5' }], nextLink: next }),
      ok({ value: [gpu, { resourceType: 'disks', name: 'Standard_D4ds_v5' }] }),
    );
    expect(await reader.sizes('westeurope', ['standard_d4ds_v5', 'Standard_NC4as_T4_v3', 'Standard_X'])).toEqual({
      known: true,
      value: [
        {
          name: 'Standard_D4ds_v5',
          family: 'standardDDSv5Family',
          cores: 4,
          gpus: 0,
          zones: ['1', '2', '3'],
          restrictions: [{ of: 'zones', zones: ['2'], reason: 'NotAvailableForSubscription' }],
          encryptionAtHost: true,
          ephemeralGb: 150,
        },
        {
          name: 'Standard_NC4as_T4_v3',
          family: 'Standard NCASv3_T4 Family',
          cores: 4,
          gpus: 1,
          zones: [],
          restrictions: [{ of: 'location', zones: [], reason: 'QuotaId' }],
          encryptionAtHost: false,
          ephemeralGb: undefined,
        },
      ],
    });
    expect(requests.map(({ url }) => url)).toEqual([
      `${root}/subscriptions/${subscription}/providers/Microsoft.Compute/skus?api-version=2021-07-01&%24filter=location%20eq%20%27westeurope%27`,
      next,
    ]);
  });

  test('a list without any size is no answer', async () => {
    const { reader } = start(ok({ value: [{ resourceType: 'disks', name: 'Premium_LRS' }] }));
    expect(await reader.sizes('westeurope', [])).toEqual({
      known: false,
      why: 'Azure lists no sizes of westeurope at all.',
    });
  });

  test('a page that leads elsewhere gets no token', async () => {
    const { reader, requests } = start(ok({ value: [], nextLink: 'https://example.com/next' }));
    expect(await reader.sizes('westeurope', [])).toMatchObject({ known: false, why: expect.stringMatching(/end/) });
    expect(requests).toHaveLength(1);
  });

  test('a list without end', async () => {
    const self = `${root}/x?api-version=1`;
    const { reader } = start(ok({ value: [], nextLink: self }));
    expect(await reader.sizes('westeurope', [])).toMatchObject({ known: false, why: expect.stringMatching(/end/) });
  });
});

describe('what cannot be answered is not known', () => {
  test.each([
    [
      'no right',
      refused('AuthorizationFailed', 'no'),
      `The plan identity of dev (client id c1) may not perform \`Microsoft.Compute/locations/usages/read\` on /subscriptions/${subscription}.`,
    ],
    ['no such endpoint', refused('NoRegisteredProviderFound', 'unknown', 404), 'answered 404'],
    ['throttled', { status: 429, text: '' }, 'kept answering 429'],
    ['an outage', { status: 503, text: '' }, 'kept answering 503'],
    ['no connection', 'ENOTFOUND', 'could not be reached'],
    ['no answer in time', 'ETIMEDOUT', 'did not answer within 10 s while asking for the vCPU quotas in westeurope.'],
  ])('%s', async (_, answer, why) => {
    const { reader, requests, clock } = start(answer);
    expect(await reader.usages('westeurope')).toMatchObject({ known: false, why: expect.stringContaining(why) });
    // It holds a plan up: one more try, soon.
    expect(requests.length).toBeLessThanOrEqual(2);
    expect(clock.pauses.every(pause => pause <= 1000)).toBe(true);
    expect(requests[0]?.timeout).toBe(10_000);
  });

  test('an answer that is none holds nothing', async () => {
    expect(await start({ status: 200, text: 'hello' }).reader.usages('westeurope')).toEqual({ known: true, value: [] });
  });
});

test('usages', async () => {
  const { reader, requests } = start(
    ok({
      value: [
        {
          unit: 'Count',
          currentValue: 12,
          limit: 100,
          name: { value: 'cores', localizedValue: 'Total Regional vCPUs' },
        },
        { unit: 'Count', currentValue: 1, limit: 5, name: {} },
      ],
    }),
  );
  expect(await reader.usages('westeurope')).toEqual({
    known: true,
    value: [{ name: 'cores', title: 'Total Regional vCPUs', current: 12, limit: 100 }],
  });
  expect(requests[0]?.url).toContain('/providers/Microsoft.Compute/locations/westeurope/usages?');
});

test('minors', async () => {
  const { reader } = start(
    ok({
      values: [
        {
          version: '1.36',
          isPreview: true,
          capabilities: { supportPlan: ['KubernetesOfficial', 'AKSLongTermSupport'] },
          patchVersions: { '1.36.0': { upgrades: [] }, '1.36.1': { upgrades: [] } },
        },
        { version: '1.33', capabilities: { supportPlan: ['AKSLongTermSupport'] } },
      ],
    }),
  );
  expect(await reader.minors('westeurope')).toEqual({
    known: true,
    value: [
      {
        minor: '1.36',
        preview: true,
        supportPlans: ['KubernetesOfficial', 'AKSLongTermSupport'],
        patches: ['1.36.0', '1.36.1'],
      },
      { minor: '1.33', preview: false, supportPlans: ['AKSLongTermSupport'], patches: [] },
    ],
  });
});

test('upgrades, or no cluster', async () => {
  const id = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks`;
  const profile = {
    kubernetesVersion: '1.34.4',
    osType: 'Linux',
    upgrades: [{ kubernetesVersion: '1.35.1' }, { kubernetesVersion: '1.35.2', isPreview: true }],
  };
  const { reader, requests } = start(ok({ properties: { controlPlaneProfile: profile, agentPoolProfiles: [] } }));
  expect(await reader.upgrades(id)).toEqual({
    known: true,
    value: { version: '1.34.4', to: ['1.35.1', '1.35.2'] },
  });
  expect(requests[0]?.url).toContain(`${id}/upgradeProfiles/default?`);
  expect(await start(refused('ResourceNotFound', 'x', 404)).reader.upgrades(id)).toEqual({
    known: true,
    value: undefined,
  });
});

test('providers and features', async () => {
  const { reader } = start(
    ok({
      namespace: 'Microsoft.ServiceNetworking',
      registrationState: 'NotRegistered',
      resourceTypes: [{ resourceType: 'trafficControllers', locations: ['West Europe', 'North Europe'] }],
    }),
  );
  expect(await reader.provider('Microsoft.ServiceNetworking')).toEqual({
    known: true,
    value: {
      namespace: 'Microsoft.ServiceNetworking',
      state: 'NotRegistered',
      locations: { trafficcontrollers: ['westeurope', 'northeurope'] },
    },
  });
  const features = start(ok({ properties: { state: 'Registered' } }));
  const feature = { namespace: 'Microsoft.Compute', name: 'EncryptionAtHost' };
  expect(await features.reader.feature(feature)).toEqual({ known: true, value: 'Registered' });
  expect(features.requests[0]?.url).toContain(
    '/providers/Microsoft.Features/providers/Microsoft.Compute/features/EncryptionAtHost?',
  );
});

describe('names', () => {
  test.each([
    ['registry', 'Microsoft.ContainerRegistry', 'registries'],
    ['vault', 'Microsoft.KeyVault', 'vaults'],
    ['storage', 'Microsoft.Storage', 'storageAccounts'],
  ] as const)('%s', async (service, namespace, type) => {
    const { reader, requests, sent } = start(
      ok({ nameAvailable: false, reason: 'AlreadyExists', message: 'The name is in use.' }),
    );
    expect(await reader.name(service, 'contoso')).toEqual({
      known: true,
      value: { available: false, reason: 'AlreadyExists', message: 'The name is in use.' },
    });
    expect(requests[0]?.method).toBe('POST');
    expect(requests[0]?.url).toContain(`/subscriptions/${subscription}/providers/${namespace}/checkNameAvailability?`);
    expect(sent()).toEqual({ name: 'contoso', type: `${namespace}/${type}` });
  });

  test('a deleted vault', async () => {
    const vaultId = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv`;
    const { reader } = start(
      ok({ properties: { vaultId, purgeProtectionEnabled: true, scheduledPurgeDate: '2027-01-01T00:00:00Z' } }),
    );
    expect(await reader.deletedVault('westeurope', 'kv')).toEqual({
      known: true,
      value: { id: vaultId, purgeProtection: true, purgedAt: '2027-01-01T00:00:00Z' },
    });
    expect(await start(refused('NotFound', 'x', 404)).reader.deletedVault('westeurope', 'kv')).toEqual({
      known: true,
      value: undefined,
    });
  });
});

test('restrictions of Azure Policy', async () => {
  const policy = { policyAssignmentId: '/a/deny-regions', policyDefinitionId: '/d/allowed-locations' };
  const { reader, requests, sent } = start(
    ok({
      fieldRestrictions: [
        {
          field: 'tags.owner',
          restrictions: [{ result: 'Required', values: [], defaultValue: 'nobody', policyEffect: 'Deny', policy }],
        },
        { field: 'location', restrictions: [{ result: 'Deny', values: ['westeurope'], policy }] },
      ],
      contentEvaluationResult: {
        policyEvaluations: [
          {
            policyInfo: policy,
            evaluationResult: 'NonCompliant',
            effectDetails: { policyEffect: 'Deny' },
            evaluationDetails: {
              evaluatedExpressions: [
                { result: 'True', expressionKind: 'field', expression: 'type', path: 'type', operator: 'equals' },
                { result: 'True', expressionKind: 'value', expression: '1' },
              ],
              reason: 'Not here.',
            },
          },
          { policyInfo: policy, evaluationResult: 'Compliant' },
        ],
      },
    }),
  );
  const resource = { type: 'Microsoft.Network/virtualNetworks', location: 'westeurope', tags: { a: 'b' } };
  const named = { assignment: '/a/deny-regions', definition: '/d/allowed-locations' };
  expect(await reader.restrictions(`/subscriptions/${subscription}/resourceGroups/rg`, resource)).toEqual({
    known: true,
    value: {
      violations: [{ policy: named, effect: 'deny', fields: ['type'], reason: 'Not here.' }],
      fields: [
        {
          field: 'tags.owner',
          policy: named,
          effect: 'deny',
          result: 'required',
          values: [],
          fallback: 'nobody',
          reason: '',
        },
        {
          field: 'location',
          policy: named,
          effect: '',
          result: 'denied',
          values: ['westeurope'],
          fallback: undefined,
          reason: '',
        },
      ],
    },
  });
  expect(requests[0]?.url).toContain('/resourceGroups/rg/providers/Microsoft.PolicyInsights/checkPolicyRestrictions?');
  expect(sent()).toEqual({
    resourceDetails: { resourceContent: resource },
    pendingFields: [{ field: 'location', values: ['westeurope'] }, { field: 'tags' }],
  });
});

describe('rights', () => {
  test('the object id of an identity', async () => {
    const answer = ok({ value: [{ properties: { clientId: 'AA', principalId: 'BB' } }] });
    expect(await start(answer).reader.principal('aa')).toEqual({ known: true, value: 'bb' });
    expect(await start(answer).reader.principal('cc')).toEqual({ known: true, value: undefined });
  });

  const role = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/r1`;

  test('roles with what they permit, each asked for once', async () => {
    const assignment = (scope: string, condition: string | null) => ({
      properties: { scope, roleDefinitionId: role, principalId: 'p', condition },
    });
    const { reader, requests } = start(
      ok({ value: [assignment('/subscriptions/s', null), assignment('/subscriptions/s/resourceGroups/g', 'x')] }),
      ok({
        properties: {
          roleName: 'Contributor',
          permissions: [{ actions: ['*'], notActions: ['Microsoft.Authorization/*/Write'], dataActions: [] }],
        },
      }),
    );
    const permissions = [
      { actions: ['*'], notActions: ['Microsoft.Authorization/*/Write'], dataActions: [], notDataActions: [] },
    ];
    expect(await reader.grants('p', subscription)).toEqual({
      known: true,
      value: [
        { scope: '/subscriptions/s', role: 'Contributor', permissions, condition: undefined },
        { scope: '/subscriptions/s/resourceGroups/g', role: 'Contributor', permissions, condition: 'x' },
      ],
    });
    expect(requests).toHaveLength(2);
    expect(decodeURIComponent(requests[0]?.url ?? '')).toContain("$filter=assignedTo('p')");
  });

  test('a role that cannot be read leaves all open', async () => {
    const { reader } = start(
      ok({ value: [{ properties: { scope: '/s', roleDefinitionId: role } }] }),
      refused('AuthorizationFailed', 'no'),
    );
    expect(await reader.grants('p', subscription)).toMatchObject({
      known: false,
      why: expect.stringContaining('Microsoft.Authorization/roleDefinitions/read'),
    });
  });

  test('deny assignments', async () => {
    const { reader } = start(
      ok({
        value: [
          {
            properties: {
              denyAssignmentName: 'Managed application',
              scope: '/subscriptions/s/resourceGroups/g',
              permissions: [{ actions: ['*'], notActions: ['*/read'] }],
              principals: [{ id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' }],
              excludePrincipals: [{ id: 'P2', type: 'ServicePrincipal' }],
            },
          },
        ],
      }),
    );
    expect(await reader.denials(subscription)).toEqual({
      known: true,
      value: [
        {
          name: 'Managed application',
          scope: '/subscriptions/s/resourceGroups/g',
          permissions: [{ actions: ['*'], notActions: ['*/read'], dataActions: [], notDataActions: [] }],
          principals: ['00000000-0000-0000-0000-000000000000'],
          excluded: ['p2'],
          groups: false,
          condition: undefined,
        },
      ],
    });
  });

  test('own permissions, or no such scope', async () => {
    const scope = `/subscriptions/${subscription}/resourceGroups/rg`;
    const { reader } = start(ok({ value: [{ actions: ['*/read'], notActions: [] }] }));
    expect(await reader.ownPermissions(scope)).toEqual({
      known: true,
      value: [{ actions: ['*/read'], notActions: [], dataActions: [], notDataActions: [] }],
    });
    const gone = start(refused('ResourceGroupNotFound', 'x', 404));
    expect(await gone.reader.ownPermissions(scope)).toEqual({ known: true, value: undefined });
  });
});

test('a resource, or none', async () => {
  const id = `/subscriptions/${subscription}/resourceGroups/rg`;
  expect(await start(ok({ id })).reader.resource(id, '2023-07-01')).toEqual({ known: true, value: { id } });
  expect(await start(refused('ResourceGroupNotFound', 'x', 404)).reader.resource(id, '1')).toEqual({
    known: true,
    value: undefined,
  });
});

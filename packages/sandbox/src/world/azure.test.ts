import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Principal } from '../azure/directory.ts';
import { createGraphState } from '../azure/graph/state.ts';
import { scope, startAzure, subscription, tenant } from '../azure/testing.ts';
import { type Azure, createAzure } from './azure.ts';

/** What the back door changes, as somebody at the front door sees it. */
let azure: Awaited<ReturnType<typeof startAzure>>;
let world: Azure;
let owner: Principal;
const group = `${scope}/resourceGroups/rg`;
const location = 'westeurope';

beforeEach(async () => {
  azure = await startAzure();
  const { arm, access, accounts, directory, quotas } = azure;
  world = createAzure({
    tenant,
    arm,
    access,
    accounts,
    directory,
    quotas,
    subscriptions: new Map([[subscription, tenant]]),
    graph: createGraphState(),
    audience: 'api://AzureADTokenExchange',
  });
  owner = azure.addPrincipal('owner', ['Owner', scope]);
  world.addResourceGroup(subscription, 'rg');
});

const ask = async (path: string, body?: unknown) =>
  (await azure.call(owner, body === undefined ? 'GET' : 'POST', path, body)).text;
const provider = (path: string) => `${scope}/providers/${path}`;

describe('what a preflight looks for', () => {
  test.each<readonly [what: string, change: () => void, question: () => Promise<string>, answer: string]>([
    [
      'a size that the subscription may not have',
      () => world.restrictSize({ subscription, location, size: 'Standard_NC4as_T4_v3', zones: ['1'] }),
      () => ask(provider("Microsoft.Compute/skus?$filter=location eq 'westeurope'")),
      '"reasonCode":"NotAvailableForSubscription"',
    ],
    [
      'a quota',
      () => world.setQuota({ subscription, location, family: 'Standard NCASv3_T4 Family', cores: 0 }),
      () => ask(provider('Microsoft.Compute/locations/westeurope/usages')),
      '{"limit":0,"unit":"Count","currentValue":0,"name":{"value":"Standard NCASv3_T4 Family"',
    ],
    [
      'a namespace',
      () => world.setProvider(subscription, 'Microsoft.ServiceNetworking', 'NotRegistered'),
      () => ask(provider('Microsoft.ServiceNetworking')),
      '"registrationState":"NotRegistered"',
    ],
    [
      'a feature',
      () => world.setFeature(subscription, 'Microsoft.Compute/EncryptionAtHost', 'NotRegistered'),
      () => ask(provider('Microsoft.Features/providers/Microsoft.Compute/features/EncryptionAtHost')),
      '"state":"NotRegistered"',
    ],
    [
      'a kind of resource that a region lacks',
      () => world.withdrawType(location, 'Microsoft.ServiceNetworking/trafficControllers'),
      () => ask(provider('Microsoft.ServiceNetworking')),
      '"resourceType":"trafficControllers","locations":["North Europe"',
    ],
    [
      'a name that somebody has',
      () => world.takeName('Microsoft.KeyVault/vaults', 'kv-platform'),
      () =>
        ask(provider('Microsoft.KeyVault/checkNameAvailability'), {
          name: 'kv-platform',
          type: 'Microsoft.KeyVault/vaults',
        }),
      '"nameAvailable":false,"reason":"AlreadyExists"',
    ],
    [
      'a policy that denies',
      () =>
        world.denyByPolicy({ scope, assignment: 'a', definition: 'd', displayName: 'No', locations: ['northeurope'] }),
      () =>
        ask(`${group}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions`, {
          resourceDetails: { resourceContent: { type: 'Microsoft.KeyVault/vaults', location } },
        }),
      '"policyEffect":"Deny"',
    ],
    [
      'a deny assignment',
      () => world.deny({ displayName: 'Managed', scope: group, principals: [owner.objectId], actions: ['*/write'] }),
      () => ask(`${group}/providers/Microsoft.Authorization/denyAssignments`),
      '"denyAssignmentName":"Managed"',
    ],
    [
      'a minor that is offered no more',
      () => world.offerKubernetes({ '1.36': { patches: ['1.36.1'], isPreview: true } }),
      () => ask(provider('Microsoft.ContainerService/locations/westeurope/kubernetesVersions')),
      '{"values":[{"version":"1.36","isPreview":true',
    ],
  ])('%s', async (_, change, question, answer) => {
    expect(await question()).not.toContain(answer);
    change();
    expect(await question()).toContain(answer);
  });
});

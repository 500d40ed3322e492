import { describe, expect, test } from '@jest/globals';
import { createAccessControl } from '../../azure/access.ts';
import { localToken } from '../../azure/arm/types/kubeconfig.ts';
import { createTokenMint } from '../../azure/tokens.ts';
import { makeRequest } from '../../network/http.ts';
import { steppedClock } from '../testing/clock.ts';
import type { Attributes } from './attributes.ts';
import { actionOf, evaluateAzure } from './azure-roles.ts';
import { createUserOf } from './users.ts';

const clusterId =
  '/subscriptions/00000000-0000-0000-0000-000000000003/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks';
const provider = 'Microsoft.ContainerService/managedClusters';

test.each<[Attributes, string]>([
  [{ verb: 'list', group: '', resource: 'pods' }, `${provider}/pods/read`],
  [{ verb: 'watch', group: 'apps', resource: 'deployments' }, `${provider}/apps/deployments/read`],
  [{ verb: 'patch', group: '', resource: 'secrets' }, `${provider}/secrets/write`],
  [{ verb: 'deletecollection', group: 'batch', resource: 'jobs' }, `${provider}/batch/jobs/delete`],
  [{ verb: 'get', group: '', resource: 'pods', subresource: 'log' }, `${provider}/pods/read`],
  [{ verb: 'create', group: '', resource: 'pods', subresource: 'exec' }, `${provider}/pods/exec/action`],
  [
    { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'roles' },
    `${provider}/rbac.authorization.k8s.io/roles/escalate/action`,
  ],
  [{ verb: 'get', path: '/metrics' }, `${provider}/metrics/read`],
])('%j is asked of Azure as %s', (attributes, action) => {
  expect(actionOf(attributes)).toBe(action);
});

describe("Azure's roles", () => {
  const access = createAccessControl();
  const give = (who: string, role: string, scope: string) =>
    access.assign({ name: `${who}-${role}`, principalId: who, scope, role: access.roleByName(role)?.name ?? '' });
  give('admin', 'Azure Kubernetes Service RBAC Cluster Admin', clusterId);
  give('manager', 'Azure Kubernetes Service RBAC Admin', clusterId.slice(0, clusterId.indexOf('/providers')));
  give('writer', 'Azure Kubernetes Service RBAC Writer', `${clusterId}/namespaces/team`);
  give('reader', 'Azure Kubernetes Service RBAC Reader', clusterId);
  const may = (who: string, verb: string, group: string, resource: string, namespace?: string) =>
    evaluateAzure(
      clusterId,
      (objectId, action, scope) => access.permits(objectId, action, scope, 'data'),
      { name: who, groups: [] },
      { verb, group, resource, ...(namespace === undefined ? {} : { namespace }) },
    ).allowed;

  test.each<[string, string, string, string, string | undefined, boolean]>([
    ['admin', 'create', 'example.com', 'widgets', undefined, true],
    ['manager', 'create', 'apps', 'deployments', 'team', true],
    ['manager', 'create', '', 'namespaces', undefined, false],
    ['writer', 'create', 'apps', 'deployments', 'team', true],
    ['writer', 'create', 'apps', 'deployments', 'other', false],
    ['writer', 'create', 'rbac.authorization.k8s.io', 'roles', 'team', false],
    ['reader', 'list', '', 'pods', undefined, true],
    ['reader', 'list', '', 'secrets', undefined, false],
    ['reader', 'create', '', 'pods', 'team', false],
    ['reader', 'list', 'example.com', 'widgets', undefined, false],
    ['stranger', 'list', '', 'pods', undefined, false],
  ])('%s: %s %s %s in %s: %s', (who, verb, group, resource, namespace, isAllowed) => {
    expect(may(who, verb, group, resource, namespace)).toBe(isAllowed);
  });
});

describe('who asks', () => {
  const tenant = '00000000-0000-0000-0000-00000000aaaa';
  const aks = '6dae42f8-4368-4678-94ff-3960e28e3630';
  const principal = { tenant, name: 'apply', clientId: 'c', objectId: 'o', credentials: new Map() };
  const cluster = (profile: object, more: object = {}) => ({
    id: clusterId,
    type: provider,
    name: 'aks',
    etag: '1',
    body: { properties: { aadProfile: profile, disableLocalAccounts: true, ...more } },
  });
  const entra = { managed: true, tenantID: tenant };

  test.each<[string, object, object, object, unknown]>([
    ['a token for AKS', {}, entra, {}, { name: 'o', groups: ['system:authenticated'] }],
    [
      'with roles of Azure',
      {},
      { ...entra, enableAzureRBAC: true },
      {},
      { name: 'o', groups: ['azure:reader', 'system:authenticated'] },
    ],
    ['a token for something else', { audience: 'https://management.azure.com' }, entra, {}, undefined],
    ['of another tenant', { tenant: 'other' }, entra, {}, undefined],
    ['that is over', { seconds: 0 }, entra, {}, undefined],
    ['for a cluster without Entra', {}, {}, {}, undefined],
    [
      'the local administrator',
      { token: localToken(clusterId) },
      entra,
      { disableLocalAccounts: false },
      { name: 'masterclient', groups: ['system:masters', 'system:authenticated'] },
    ],
    ['who is switched off', { token: localToken(clusterId) }, entra, {}, undefined],
    ['nobody', { token: '' }, entra, {}, undefined],
  ])('%s', async (_name, sent, profile, more, user) => {
    const clock = steppedClock();
    const mint = await createTokenMint(clock);
    const access = createAccessControl();
    const reader = access.roleByName('Azure Kubernetes Service RBAC Reader')?.name ?? '';
    access.assign({ name: 'a', principalId: 'o', scope: clusterId, role: reader });
    const { audience = aks, tenant: from = tenant, seconds = 3600, token } = sent as Readonly<Record<string, never>>;
    const bearer = token ?? (await mint.issue({ ...principal, tenant: from }, audience, seconds));
    const request = makeRequest('GET', 'https://aks.example/api', { headers: { authorization: `Bearer ${bearer}` } });
    expect(await createUserOf({ clock, mint, access })(request, cluster(profile, more))).toEqual(user);
  });
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Principal } from '../../directory.ts';
import { scope, startAzure } from '../../testing.ts';
import { at, list, properties } from '../body.ts';

let azure: Awaited<ReturnType<typeof startAzure>>;
let owner: Principal;
const group = `${scope}/resourceGroups/rg`;
const provider = (path: string) => `${group}/providers/${path}`;
const cluster = provider('Microsoft.ContainerService/managedClusters/aks');
const workspace = provider('Microsoft.OperationalInsights/workspaces/log');
const vault = provider('Microsoft.DataProtection/backupVaults/vault');

const send = async (method: string, path: string, body?: unknown, who = owner) => {
  const answer = await azure.call(who, method, path, body);
  azure.clock.advance(1000);
  return answer;
};
const put = (path: string, properties: object, more: object = {}) => send('PUT', path, { properties, ...more });
const located = { location: 'westeurope' };
const makeCluster = (more: object = {}) =>
  put(
    cluster,
    {
      dnsPrefix: 'aks',
      agentPoolProfiles: [{ name: 'system', mode: 'System', vmSize: 'Standard_D4ds_v5', count: 1 }],
      ...more,
    },
    { ...located, identity: { type: 'SystemAssigned' } },
  );

beforeEach(async () => {
  azure = await startAzure();
  owner = azure.addPrincipal('owner', ['Owner', scope]);
  await send('PUT', group, located);
});

describe('locks', () => {
  const lock = `${workspace}/providers/Microsoft.Authorization/locks/keep`;
  beforeEach(() => put(workspace, {}, located));

  test('keep what they lie on and what is above it from being deleted, and can be taken away', async () => {
    expect(await put(lock, { level: 'CanNotDelete', notes: 'x' })).toMatchObject({ status: 201 });
    const refused = await send('DELETE', workspace);
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'ScopeLocked' } } });
    expect(refused.message).toBe(
      `The scope '${workspace}' cannot perform delete operation because following scope(s) are locked: '${workspace}'. Please remove the lock and try again.`,
    );
    expect(await send('DELETE', group)).toMatchObject({ status: 409, body: { error: { code: 'ScopeLocked' } } });
    expect(await put(workspace, { retentionInDays: 60 }, located)).toMatchObject({ status: 200 });
    await send('DELETE', lock);
    expect((await send('DELETE', workspace)).status).toBe(200);
  });

  test('of a group hold for everything in it, and those that only let read keep it from being written', async () => {
    await put(`${group}/providers/Microsoft.Authorization/locks/frozen`, { level: 'ReadOnly' });
    expect(await put(workspace, { retentionInDays: 60 }, located)).toMatchObject({
      status: 409,
      body: { error: { code: 'ScopeLocked' } },
    });
    expect(await send('DELETE', workspace)).toMatchObject({ status: 409 });
  });

  test.each([
    ['Owner', 201],
    ['User Access Administrator', 201],
    ['Lock keeper', 201],
    ['Contributor', 403],
    ['Role Based Access Control Administrator', 403],
  ])('%s: %i', async (role, status) => {
    await send(
      'PUT',
      `${scope}/providers/Microsoft.Authorization/roleDefinitions/44444444-4444-4444-4444-444444444444`,
      {
        properties: {
          roleName: 'Lock keeper',
          permissions: [{ actions: ['Microsoft.Authorization/locks/*', '*/read'] }],
        },
      },
    );
    const somebody = azure.addPrincipal('somebody', [role, scope]);
    expect((await send('PUT', lock, { properties: { level: 'CanNotDelete' } }, somebody)).status).toBe(status);
  });

  test('another level is none', async () => {
    expect(await put(lock, { level: 'Sometimes' })).toMatchObject({ status: 400 });
  });
});

describe('backup of a cluster', () => {
  const extension = `${cluster}/providers/Microsoft.KubernetesConfiguration/extensions/backup`;
  const binding = `${cluster}/trustedAccessRoleBindings/backup`;
  const policy = `${vault}/backupPolicies/daily`;
  const instance = `${vault}/backupInstances/aks`;
  const makeInstance = () =>
    put(instance, {
      dataSourceInfo: { resourceID: cluster },
      policyInfo: { policyId: policy, policyParameters: { dataStoreParametersList: [{ resourceGroupId: group }] } },
    });
  const installExtension = () => put(extension, { extensionType: 'Microsoft.DataProtection.Kubernetes' });
  const bind = (role = 'Microsoft.DataProtection/backupVaults/backup-operator') =>
    put(binding, { sourceResourceId: vault, roles: [role] });

  beforeEach(async () => {
    await makeCluster();
    await put(vault, { storageSettings: [] }, { ...located, identity: { type: 'SystemAssigned' } });
    await put(policy, { policyRules: [] });
  });

  test('needs extension, trusted access and the rights of the vault, and holds vault and policy', async () => {
    expect((await makeInstance()).message).toContain('Backup Extension is not installed');
    await installExtension();
    expect((await makeInstance()).message).toContain('Trusted access is not enabled');
    expect(await bind()).toMatchObject({ status: 201 });
    expect((await makeInstance()).message).toContain(`lacks the role Reader over ${cluster}`);
    const principalId = String(at((await send('GET', vault)).body, 'identity')['principalId']);
    const role = azure.access.roleByName('Reader')?.name ?? '';
    azure.access.assign({ name: 'r', scope: group, principalId, role });
    expect(await makeInstance()).toMatchObject({ status: 201 });
    expect(properties((await send('GET', instance)).body)['currentProtectionState']).toBe('ProtectionConfigured');
    expect(await send('DELETE', policy)).toMatchObject({ status: 400 });
    expect(await send('DELETE', vault)).toMatchObject({ status: 400 });
    await send('DELETE', instance);
    await send('DELETE', policy);
    expect(await send('DELETE', vault)).toMatchObject({ status: 202 });
  });

  test('the extension has an identity of its own, and keeps its secrets', async () => {
    await put(extension, {
      extensionType: 'Microsoft.DataProtection.Kubernetes',
      configurationSettings: { a: '1', b: '2' },
      configurationProtectedSettings: { key: 'secret' },
    });
    const shown = properties((await send('GET', extension)).body);
    const principal = azure.directory.byObjectId(String(at(shown, 'aksAssignedIdentity')['principalId']));
    expect(principal?.name).toBe('ext-backup-aks');
    expect(shown).toMatchObject({
      scope: { cluster: { releaseNamespace: 'dataprotection-microsoft' } },
      configurationProtectedSettings: { key: '' },
    });
    await put(extension, { extensionType: 'Microsoft.DataProtection.Kubernetes', configurationSettings: { a: '1' } });
    expect(properties((await send('GET', extension)).body)['configurationSettings']).toEqual({ a: '1' });
    await send('DELETE', extension);
    expect(await send('GET', extension)).toMatchObject({ status: 404 });
    expect(azure.directory.all().map(({ name }) => name)).not.toContain('ext-backup-aks');
  });

  test('roles inside a cluster are known by name', async () => {
    expect(await bind('Microsoft.DataProtection/backupVaults/everything')).toMatchObject({
      status: 400,
      body: { code: 'InvalidParameter' },
    });
  });
});

describe('monitoring', () => {
  const setting = (name: string) => `${cluster}/providers/Microsoft.Insights/diagnosticSettings/${name}`;
  const logs = (...categories: readonly string[]) => categories.map(category => ({ category, enabled: true }));

  beforeEach(async () => {
    await makeCluster();
    await put(workspace, {}, located);
  });

  test('a diagnostic setting lists every category, and two do not send one to the same place', async () => {
    await put(setting('one'), { workspaceId: workspace, logs: logs('kube-audit-admin') });
    const shown = list(properties((await send('GET', setting('one'))).body)['logs']).map(log => at(log));
    expect(shown.filter(log => log['enabled'] === true).map(log => log['category'])).toEqual(['kube-audit-admin']);
    expect(shown.map(log => log['category'])).toContain('guard');
    const twin = await put(setting('two'), { workspaceId: workspace, logs: logs('kube-audit-admin') });
    expect(twin).toMatchObject({ status: 409, body: { error: { code: 'Conflict' } } });
    expect(await put(setting('two'), { workspaceId: workspace, logs: logs('guard') })).toMatchObject({ status: 200 });
    expect((await put(setting('three'), { workspaceId: workspace, logs: logs('kube') })).message).toContain(
      "Category 'kube' is not supported",
    );
  });

  test('an alert needs what it watches and whom it calls, and a window that is not too short', async () => {
    const alert = provider('Microsoft.Insights/metricAlerts/cpu');
    const body = { scopes: [cluster], evaluationFrequency: 'PT5M', windowSize: 'PT15M', criteria: {} };
    const globally = { location: 'global' };
    const missing = { actionGroupId: provider('Microsoft.Insights/actionGroups/none') };
    expect(await put(alert, { ...body, actions: [missing] }, globally)).toMatchObject({ status: 400 });
    expect(await put(alert, { ...body, windowSize: 'PT1M' }, globally)).toMatchObject({ status: 400 });
    expect(await put(alert, body, globally)).toMatchObject({
      status: 200,
      body: { properties: { targetResourceType: 'Microsoft.ContainerService/managedClusters' } },
    });
  });

  test('a Prometheus workspace brings a managed group along and takes it away', async () => {
    const account = provider('Microsoft.Monitor/accounts/amw');
    await put(account, {}, located);
    const managed = `${scope}/resourceGroups/MA_amw_westeurope_managed`;
    expect(properties((await send('GET', account)).body)).toMatchObject({
      metrics: { prometheusQueryEndpoint: expect.stringContaining('.westeurope.prometheus.monitor.azure.com') },
      defaultIngestionSettings: {
        dataCollectionRuleResourceId: `${managed}/providers/Microsoft.Insights/dataCollectionRules/amw`,
      },
    });
    expect(await send('GET', managed)).toMatchObject({ body: { managedBy: account } });
    await send('DELETE', account);
    expect(await send('GET', managed)).toMatchObject({ status: 404 });
  });
});

describe('governance', () => {
  test('a role keeps its dates and scopes, has a name of its own, and stays while it is assigned', async () => {
    const path = `${scope}/providers/Microsoft.Authorization/roleDefinitions/55555555-5555-5555-5555-555555555555`;
    const body = { roleName: 'Mine', assignableScopes: [scope], permissions: [{ actions: ['*/read'] }] };
    const made = properties((await put(path, body)).body);
    const changed = properties((await put(path, { ...body, description: 'x' })).body);
    expect(changed['createdOn']).toBe(made['createdOn']);
    expect(changed['updatedOn']).not.toBe(made['updatedOn']);
    expect(await put(path.replace(/5$/, '6'), body)).toMatchObject({
      status: 409,
      body: { error: { code: 'RoleDefinitionWithSameNameExists' } },
    });
    azure.addPrincipal('user', ['Mine', group]);
    expect(await send('DELETE', path)).toMatchObject({ body: { error: { code: 'RoleDefinitionHasAssignments' } } });
    azure.access.unassign('user-0');
    expect(await send('DELETE', path)).toMatchObject({ status: 200 });
    expect(await send('GET', path)).toMatchObject({ status: 404 });
  });

  test('a budget starts with a month, and refuses who has not seen its last change', async () => {
    const budget = `${group}/providers/Microsoft.Consumption/budgets/month`;
    const period = (startDate: string) => ({ amount: 1, timePeriod: { startDate } });
    expect(await put(budget, period('2026-11-02T00:00:00Z'))).toMatchObject({ status: 400 });
    const made = await put(budget, period('2026-11-01T00:00:00Z'));
    expect(properties(made.body)).toMatchObject({ timePeriod: { endDate: '2036-11-01T00:00:00Z' } });
    const eTag = made.body['eTag'];
    expect(await put(budget, period('2026-11-01T00:00:00Z'), { eTag })).toMatchObject({ status: 200 });
    expect(await put(budget, period('2026-11-01T00:00:00Z'), { eTag })).toMatchObject({ status: 412 });
  });

  test('each plan of Defender is there before it is paid for', async () => {
    const plan = `${scope}/providers/Microsoft.Security/pricings/Containers`;
    expect(await send('GET', plan)).toMatchObject({ status: 200, body: { properties: { pricingTier: 'Free' } } });
    await put(plan, { pricingTier: 'Standard' });
    const extensions = list(properties((await send('GET', plan)).body)['extensions']);
    expect(extensions.every(extension => at(extension)['isEnabled'] === 'True')).toBe(true);
  });

  test('a policy is assigned by who may, and keeps its definition', async () => {
    const assignment = `${group}/providers/Microsoft.Authorization/policyAssignments/pods`;
    const definition = (name: string) => ({
      policyDefinitionId: `/providers/Microsoft.Authorization/policyDefinitions/${name}`,
    });
    const contributor = azure.addPrincipal('contributor', ['Contributor', scope]);
    expect(await send('PUT', assignment, { properties: definition('a') }, contributor)).toMatchObject({ status: 403 });
    expect(await put(assignment, definition('a'))).toMatchObject({
      status: 201,
      body: { properties: { enforcementMode: 'Default', scope: group } },
    });
    expect(await put(assignment, definition('b'))).toMatchObject({ status: 400 });
  });

  test('an encryption set stays while a cluster uses it', async () => {
    const set = provider('Microsoft.Compute/diskEncryptionSets/des');
    const identity = { ...located, identity: { type: 'SystemAssigned' } };
    expect(await put(set, {}, identity)).toMatchObject({ status: 400 });
    await put(set, { activeKey: { keyUrl: 'https://kv.vault.azure.net/keys/k/1' } }, identity);
    await makeCluster({ diskEncryptionSetID: set });
    expect(await send('DELETE', set)).toMatchObject({ status: 409, body: { error: { code: 'OperationNotAllowed' } } });
    expect(await makeCluster({ diskEncryptionSetID: `${set}2` })).toMatchObject({ status: 400 });
  });

  test('safeguards need the policy add-on', async () => {
    await makeCluster();
    const safeguards = `${cluster}/providers/Microsoft.ContainerService/deploymentSafeguards/default`;
    expect(await put(safeguards, { level: 'Warn' })).toMatchObject({ status: 400 });
    await makeCluster({ addonProfiles: { azurepolicy: { enabled: true } } });
    expect(await put(safeguards, { level: 'Warn' })).toMatchObject({
      status: 201,
      body: { properties: { level: 'Warn', podSecurityStandardsLevel: 'Privileged' } },
    });
  });
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import { conditionOf } from '@suite/platform-file';
import type { Principal } from '../directory.ts';
import { scope, startAzure, subscription } from '../testing.ts';
import { at, list as listed } from './body.ts';

type Azure = Awaited<ReturnType<typeof startAzure>>;
let azure: Azure;
let owner: Principal;

const group = `${scope}/resourceGroups/rg-dev`;
const network = `${group}/providers/Microsoft.Network`;
const vnet = `${network}/virtualNetworks/vnet`;
const nsg = `${network}/networkSecurityGroups/nsg`;

beforeEach(async () => {
  azure = await startAzure();
  owner = azure.addPrincipal('owner', ['Owner', scope]);
});

const put = (path: string, body: unknown, headers?: Record<string, string>) =>
  azure.call(owner, 'PUT', path, body, headers);
const get = (path: string) => azure.call(owner, 'GET', path);
const remove = (path: string) => azure.call(owner, 'DELETE', path);
const located = (properties: object = {}) => ({ location: 'westeurope', properties });
const makeGroup = () => put(group, { location: 'westeurope' });

describe('who may call', () => {
  test.each([
    ['no token', {}, 'AuthenticationFailed'],
    ['a token of somebody else', { authorization: 'Bearer a.b.c' }, 'InvalidAuthenticationToken'],
  ])('%s', async (_, headers, code) => {
    const answer = await azure.call(undefined, 'GET', group, undefined, headers as Record<string, string>);
    expect(answer).toMatchObject({ status: 401, body: { error: { code } } });
    expect(answer.headers['WWW-Authenticate']).toContain('Bearer');
  });

  test('a token for another audience, and one that has expired', async () => {
    const url = `https://management.azure.com${group}?api-version=2025-01-01`;
    const storage = await azure.send(owner, 'GET', url, { audience: 'https://storage.azure.com' });
    expect(storage).toMatchObject({ status: 401, body: { error: { code: 'InvalidAuthenticationTokenAudience' } } });
    const expired = await azure.send(owner, 'GET', url, { isExpired: true });
    expect(expired).toMatchObject({ status: 401, body: { error: { code: 'ExpiredAuthenticationToken' } } });
    expect(expired.message).toContain("'11/23/2026 5:00:00 AM'");
  });

  test('an unknown subscription, a missing api-version', async () => {
    expect(await get('/subscriptions/99999999-0000-0000-0000-000000000000/resourceGroups/x')).toMatchObject({
      status: 404,
      body: { error: { code: 'SubscriptionNotFound' } },
    });
    expect(await azure.send(owner, 'GET', `https://management.azure.com${group}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'MissingApiVersionParameter' } },
    });
  });

  test('a reader sees everything and changes nothing', async () => {
    await makeGroup();
    const reader = azure.addPrincipal('reader', ['Reader', scope]);
    expect(await azure.call(reader, 'GET', group)).toMatchObject({ status: 200 });
    const refused = await azure.call(reader, 'PUT', nsg, located());
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } });
    expect(refused.message).toBe(
      `The client '${reader.clientId}' with object id '${reader.objectId}' does not have authorization to perform action 'Microsoft.Network/networkSecurityGroups/write' over scope '${nsg}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    );
    expect(await azure.call(reader, 'DELETE', group)).toMatchObject({ status: 403 });
  });

  test('the rights of a plan: keys of workspaces and user credentials of clusters, not more', async () => {
    await makeGroup();
    const workspace = `${group}/providers/Microsoft.OperationalInsights/workspaces/log`;
    const registry = `${group}/providers/Microsoft.Storage/storageAccounts/stdev`;
    await put(workspace, located());
    await put(registry, { ...located(), sku: { name: 'Standard_LRS' } });
    const reader = azure.addPrincipal('reader', ['Reader', scope]);
    const planner = azure.addPrincipal('planner', ['Reader', scope], ['AKS Platform Plan Reader', scope]);
    expect(await azure.call(reader, 'POST', `${workspace}/sharedKeys`)).toMatchObject({ status: 403 });
    expect(await azure.call(planner, 'POST', `${workspace}/sharedKeys`)).toMatchObject({ status: 200 });
    expect(await azure.call(planner, 'POST', `${registry}/listKeys`)).toMatchObject({ status: 403 });
  });

  test('an assignment made through ARM holds at once, and ends with its scope', async () => {
    await makeGroup();
    const newcomer = azure.addPrincipal('newcomer');
    expect(await azure.call(newcomer, 'GET', group)).toMatchObject({ status: 403 });
    const list = await get(`${group}/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName eq 'Reader'`);
    const roleDefinitionId = at(listed(list.body['value'])[0])['id'];
    const assignment = `${group}/providers/Microsoft.Authorization/roleAssignments/11111111-1111-1111-1111-111111111111`;
    const made = await put(assignment, { properties: { roleDefinitionId, principalId: newcomer.objectId } });
    expect(made).toMatchObject({
      status: 201,
      body: { properties: { scope: group, principalType: 'ServicePrincipal' } },
    });
    expect(await azure.call(newcomer, 'GET', group)).toMatchObject({ status: 200 });
    const again = assignment.replace(/1{12}$/, '222222222222');
    expect(await put(again, { properties: { roleDefinitionId, principalId: newcomer.objectId } })).toMatchObject({
      status: 409,
      body: { error: { code: 'RoleAssignmentExists' } },
    });
    await remove(group);
    azure.clock.advance(1000);
    await makeGroup();
    expect(await azure.call(newcomer, 'GET', group)).toMatchObject({ status: 403 });
  });

  test('a principal that nobody knows needs its type named; a contributor assigns nothing', async () => {
    await makeGroup();
    const role = azure.access.roleByName('AcrPull')?.name;
    const roleDefinitionId = `${scope}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
    const assignment = `${group}/providers/Microsoft.Authorization/roleAssignments/11111111-1111-1111-1111-111111111111`;
    const properties = { roleDefinitionId, principalId: '99999999-9999-9999-9999-999999999999' };
    expect(await put(assignment, { properties })).toMatchObject({ body: { error: { code: 'PrincipalNotFound' } } });
    const contributor = azure.addPrincipal('contributor', ['Contributor', scope]);
    const named = { properties: { ...properties, principalType: 'ServicePrincipal' } };
    expect(await azure.call(contributor, 'PUT', assignment, named)).toMatchObject({ status: 403 });
    expect(await put(assignment, named)).toMatchObject({ status: 201 });
  });

  test('a condition about roles holds for what its holder assigns and takes away', async () => {
    await makeGroup();
    const id = (name: string) =>
      `${scope}/providers/Microsoft.Authorization/roleDefinitions/${azure.access.roleByName(name)?.name}`;
    const assignment = (digit: number) =>
      `${group}/providers/Microsoft.Authorization/roleAssignments/${String(digit).repeat(8)}-1111-1111-1111-111111111111`;
    const granter = azure.addPrincipal('granter');
    const somebody = azure.addPrincipal('somebody').objectId;
    const body = (role: string, principalId: string, condition?: string) => ({
      properties: {
        roleDefinitionId: id(role),
        principalId,
        ...(condition === undefined ? {} : { condition, conditionVersion: '2.0' }),
      },
    });
    const limited = body(
      'Role Based Access Control Administrator',
      granter.objectId,
      conditionOf({ allBut: ['Owner'] }),
    );
    expect(await put(assignment(1), limited)).toMatchObject({ status: 201 });
    expect(await azure.call(granter, 'PUT', assignment(2), body('AcrPull', somebody))).toMatchObject({ status: 201 });
    expect(await azure.call(granter, 'PUT', assignment(3), body('Owner', somebody))).toMatchObject({
      status: 403,
      body: { error: { code: 'AuthorizationFailed' } },
    });
    expect(await put(assignment(3), body('Owner', somebody))).toMatchObject({ status: 201 });
    expect(await azure.call(granter, 'DELETE', assignment(3))).toMatchObject({ status: 403 });
    expect(await azure.call(granter, 'DELETE', assignment(2))).toMatchObject({ status: 200 });
    const other = body('Reader', somebody, "@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'x'");
    expect((await put(assignment(4), other)).message).toContain('The sandbox plays conditions about RoleDefinitionId');
  });

  test('using a resource needs the right to join it', async () => {
    await makeGroup();
    await put(vnet, located({ addressSpace: { addressPrefixes: ['10.0.0.0/16'] } }));
    await put(nsg, located());
    const member = azure.addPrincipal('member', ['Network Contributor', `${vnet}`]);
    const body = { properties: { addressPrefix: '10.0.0.0/24', networkSecurityGroup: { id: nsg } } };
    const refused = await azure.call(member, 'PUT', `${vnet}/subnets/one`, body);
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'LinkedAuthorizationFailed' } } });
    expect(refused.message).toContain('Microsoft.Network/networkSecurityGroups/join/action');
  });
});

describe('resources', () => {
  test('what is missing is said as Azure says it', async () => {
    expect(await get(group)).toMatchObject({ status: 404, body: { error: { code: 'ResourceGroupNotFound' } } });
    expect(await put(nsg, located())).toMatchObject({
      status: 404,
      body: { error: { code: 'ResourceGroupNotFound' } },
    });
    await makeGroup();
    const missing = await get(nsg);
    expect(missing).toMatchObject({ status: 404, body: { error: { code: 'ResourceNotFound' } } });
    expect(missing.message).toContain(
      "The Resource 'Microsoft.Network/networkSecurityGroups/nsg' under resource group 'rg-dev' was not found.",
    );
    expect(await put(`${vnet}/subnets/one`, { properties: {} })).toMatchObject({
      status: 404,
      body: { error: { code: 'ParentResourceNotFound' } },
    });
    expect(await remove(nsg)).toMatchObject({ status: 204 });
  });

  test('ids ignore case and keep the one they were given', async () => {
    await makeGroup();
    await put(nsg, located());
    const shouted = await get(nsg.toUpperCase());
    expect(shouted).toMatchObject({ status: 200, body: { id: nsg, type: 'Microsoft.Network/networkSecurityGroups' } });
  });

  test('a type that nobody described is stored and echoed', async () => {
    await makeGroup();
    const odd = `${group}/providers/Microsoft.Insights/dataCollectionRules/rule`;
    await put(odd, located({ dataFlows: [1] }));
    expect(await get(odd)).toMatchObject({ body: { properties: { dataFlows: [1], provisioningState: 'Succeeded' } } });
    expect(
      await get(`${group}/resources?$filter=resourceType eq 'microsoft.insights/datacollectionrules'`),
    ).toMatchObject({
      body: { value: [{ id: odd, name: 'rule' }] },
    });
    expect(await remove(odd)).toMatchObject({ status: 200 });
    expect(await get(odd)).toMatchObject({ status: 404 });
  });

  test('etags guard changes', async () => {
    await makeGroup();
    await put(`${group}/providers/Microsoft.Insights/x/y`, located());
    const { headers } = await get(`${group}/providers/Microsoft.Insights/x/y`);
    const etag = headers['ETag'] ?? '';
    expect(await put(`${group}/providers/Microsoft.Insights/x/y`, located(), { 'if-match': etag })).toMatchObject({
      status: 200,
    });
    expect(await put(`${group}/providers/Microsoft.Insights/x/y`, located(), { 'if-match': etag })).toMatchObject({
      status: 412,
      body: { error: { code: 'PreconditionFailed' } },
    });
    expect(await put(`${group}/providers/Microsoft.Insights/x/y`, located(), { 'if-none-match': '*' })).toMatchObject({
      status: 412,
    });
  });

  test('a resource stays where it is', async () => {
    await makeGroup();
    await put(nsg, located());
    azure.clock.advance(1000);
    expect(await put(nsg, { location: 'northeurope', properties: {} })).toMatchObject({
      status: 409,
      body: { error: { code: 'InvalidResourceLocation' } },
    });
    expect(await put(nsg, { properties: {} })).toMatchObject({
      status: 400,
      body: { error: { code: 'LocationRequired' } },
    });
    expect(await put(nsg, 'no json')).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidRequestContent' } },
    });
  });

  test('a group shows its tags, is emptied in its own time, and takes nothing in meanwhile', async () => {
    await makeGroup();
    expect(await azure.call(owner, 'PATCH', group, { tags: { a: '1' } })).toMatchObject({ body: { tags: { a: '1' } } });
    await put(nsg, located());
    const gone = await remove(group);
    expect(gone).toMatchObject({ status: 202 });
    expect(await get(group)).toMatchObject({ status: 200, body: { properties: { provisioningState: 'Deleting' } } });
    expect(await put(nsg, located())).toMatchObject({
      status: 409,
      body: { error: { code: 'ResourceGroupBeingDeleted' } },
    });
    azure.clock.advance(1000);
    expect(await get(group)).toMatchObject({ status: 404 });
    expect(azure.arm.store.all()).toEqual([]);
  });
});

describe('long-running operations', () => {
  const follow = (url = '') => azure.send(owner, 'GET', url);

  test('a PUT answers before it is done, and is done when time has passed', async () => {
    await makeGroup();
    const made = await put(nsg, located());
    expect(made).toMatchObject({ status: 201, body: { properties: { provisioningState: 'Creating' } } });
    expect(made.headers['Retry-After']).toBe('0');
    const url = made.headers['Azure-AsyncOperation'];
    expect(url).toContain(
      `/subscriptions/${subscription}/providers/Microsoft.Network/locations/westeurope/operations/`,
    );
    expect(await follow(url)).toMatchObject({ body: { status: 'InProgress' } });
    expect(await put(nsg, located())).toMatchObject({ status: 409 });
    azure.clock.advance(1000);
    expect(await follow(url)).toMatchObject({ body: { status: 'Succeeded' } });
    expect(await get(nsg)).toMatchObject({ body: { properties: { provisioningState: 'Succeeded' } } });
    expect(await put(nsg, located())).toMatchObject({
      status: 200,
      body: { properties: { provisioningState: 'Updating' } },
    });
  });

  test('a DELETE ends though nobody asks about it', async () => {
    await makeGroup();
    await put(nsg, located());
    azure.clock.advance(1000);
    const gone = await remove(nsg);
    expect(gone).toMatchObject({ status: 202 });
    expect(await follow(gone.headers['Location'])).toMatchObject({ status: 202 });
    expect(await get(nsg)).toMatchObject({ body: { properties: { provisioningState: 'Deleting' } } });
    azure.clock.advance(1000);
    expect(await get(nsg)).toMatchObject({ status: 404 });
    expect(await follow(gone.headers['Location'])).toMatchObject({ status: 200 });
  });

  test('one that fails leaves the resource in Azure, failed', async () => {
    await makeGroup();
    const outcome = { code: 'VMExtensionProvisioningError', message: 'Unable to establish connection.' };
    azure.faults.addOperation({ match: ({ id }) => id === nsg, times: 1, outcome });
    const { headers } = await put(nsg, located());
    azure.clock.advance(1000);
    expect(await follow(headers['Azure-AsyncOperation'])).toMatchObject({
      status: 200,
      body: { status: 'Failed', error: outcome },
    });
    expect(await get(nsg)).toMatchObject({ status: 200, body: { properties: { provisioningState: 'Failed' } } });
  });

  test('one that never ends stays in progress', async () => {
    await makeGroup();
    azure.faults.addOperation({ match: () => true, times: 1, outcome: { durationMs: Number.POSITIVE_INFINITY } });
    const { headers } = await put(nsg, located());
    azure.clock.advance(1e9);
    expect(await follow(headers['Azure-AsyncOperation'])).toMatchObject({ body: { status: 'InProgress' } });
  });
});

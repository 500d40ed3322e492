import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { conditionOf } from '@suite/platform-file';
import { rightsByType, subscriptionRights } from './actions.ts';
import { conditionAllows } from './condition.ts';
import { checkOwnRights } from './own-rights.ts';
import type { Denial, Grant } from './ports.ts';
import { rightNeeds } from './right-needs.ts';
import { judgeRights } from './rights.ts';
import { brief, group, known, making, refused, subscription, text } from './samples.fixture.ts';

const root = `/subscriptions/${subscription}`;
const hub = '99999999-9999-9999-9999-999999999999';
const place = { subscription, groupId: group, otherGroups: { 'rg-shared': hub } };
const principal = { name: 'apply identity of dev', clientId: 'c1', objectId: 'p1' };
const grant = (role: string, changes: Partial<Grant> = {}): Grant => ({
  role,
  scope: root,
  permissions: [roles[role] ?? { actions: [], notActions: [] }],
  condition: undefined,
  ...changes,
});
const roles: Readonly<Record<string, { actions: string[]; notActions: string[] }>> = {
  Owner: { actions: ['*'], notActions: [] },
  Contributor: {
    actions: ['*'],
    notActions: ['Microsoft.Authorization/*/Delete', 'Microsoft.Authorization/*/Write'],
  },
  Reader: { actions: ['*/read'], notActions: [] },
  Administrator: { actions: ['Microsoft.Authorization/roleAssignments/write', '*/read'], notActions: [] },
};
const denial = (changes: Partial<Denial> = {}): Denial => ({
  name: 'Blueprint',
  scope: root,
  permissions: [{ actions: ['*'], notActions: ['*/read'] }],
  principals: ['00000000-0000-0000-0000-000000000000'],
  excluded: [],
  groups: false,
  condition: undefined,
  ...changes,
});

const judge = (planned: Parameters<typeof rightNeeds>[0], grants: Grant[], denials: Denial[] = []) =>
  judgeRights(rightNeeds(planned, place), principal, known({ subscriptions: [subscription], grants, denials }));

const assignment = (role: string, scope: string | undefined = group): [string, unknown] => [
  'azurerm_role_assignment',
  { scope, role_definition_name: role },
];

describe('what a plan needs', () => {
  test('the right to make it where it lies, and to join what it is tied to', () => {
    const subnet = `${root}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/v/subnets/s`;
    const planned = making(
      'azurerm_resource_group',
      [
        'azurerm_kubernetes_cluster',
        { default_node_pool: [{ vnet_subnet_id: subnet }], api_server_access_profile: [], identity: [{}] },
      ],
      ['azurerm_kubernetes_cluster_node_pool', { vnet_subnet_id: null }],
      ['azurerm_application_load_balancer_subnet_association', {}],
      [
        'azurerm_private_endpoint',
        { subnet_id: subnet, private_service_connection: [{ subresource_names: ['vault'] }] },
      ],
      ['azurerm_security_center_subscription_pricing', {}],
      assignment('AcrPull', `${group}/providers/Microsoft.ContainerRegistry/registries/r`),
    );
    expect(rightNeeds(planned, place).needs).toEqual([
      { action: 'Microsoft.Resources/subscriptions/resourceGroups/write', scope: root },
      { action: 'Microsoft.ContainerService/managedClusters/write', scope: group },
      { action: 'Microsoft.Network/virtualNetworks/subnets/join/action', scope: subnet },
      { action: 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action', scope: group },
      { action: 'Microsoft.ContainerService/managedClusters/agentPools/write', scope: group },
      { action: 'Microsoft.ServiceNetworking/trafficControllers/associations/write', scope: group },
      { action: 'Microsoft.Network/virtualNetworks/subnets/join/action', scope: group },
      { action: 'Microsoft.Network/privateEndpoints/write', scope: group },
      { action: 'Microsoft.KeyVault/vaults/privateEndpointConnectionsApproval/action', scope: group },
      { action: 'Microsoft.Security/pricings/write', scope: root },
      {
        action: 'Microsoft.Authorization/roleAssignments/write',
        scope: `${group}/providers/Microsoft.ContainerRegistry/registries/r`,
        role: 'AcrPull',
      },
    ]);
  });

  test('what lies in the shared scope\u2019s group is a right there', () => {
    const record: [string, unknown] = [
      'azurerm_dns_ns_record',
      { resource_group_name: 'rg-shared', zone_name: 'contoso.com', name: 'dev' },
    ];
    expect(rightNeeds(making(record), place).needs).toEqual([
      {
        // A zone of somebody else's: the right is on the zone, not on its group.
        action: 'Microsoft.Network/dnsZones/NS/write',
        scope: `/subscriptions/${hub}/resourceGroups/rg-shared/providers/Microsoft.Network/dnsZones/contoso.com`,
      },
    ]);
  });

  test.each([
    ['update', ['write']],
    ['rotate', ['write', 'delete']],
    ['replace', ['write', 'delete']],
    ['delete', ['delete']],
    ['move', []],
    ['forget', []],
  ] as const)('%s', (kind, verbs) => {
    const changes = [{ type: 'azurerm_key_vault', kind, address: 'a' }];
    expect(rightNeeds({ changes, creates: [] }, place).needs.map(({ action }) => action)).toEqual(
      verbs.map(verb => `Microsoft.KeyVault/vaults/${verb}`),
    );
  });

  test('a type that nobody wrote down is open, not fine', () => {
    const checks = judge(making('azurerm_something_new'), [grant('Owner')]);
    expect(brief(checks)).toEqual([['rights/unknown', 'unknown']]);
    expect(text(checks)).toMatch(/what azurerm_something_new takes is not written down/);
  });

  test('every type that our Terraform makes is written down', async () => {
    const folder = join(import.meta.dirname, '..', '..', 'terraform');
    const files = (await readdir(folder, { recursive: true })).filter(file => file.endsWith('.tf'));
    const texts = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')));
    const types = texts.flatMap(content =>
      [...content.matchAll(/^resource "(azurerm_\w+)"/gm)].map(([, type]) => type),
    );
    expect(types.length).toBeGreaterThan(20);
    const known = new Set([...Object.keys(rightsByType), ...Object.keys(subscriptionRights)]);
    expect(types.filter(type => !known.has(type ?? ''))).toEqual([]);
  });

  test('actions have the form of Azure', () => {
    const types = [...Object.values(rightsByType).map(({ type }) => type), ...Object.values(subscriptionRights)];
    const links = Object.values(rightsByType).flatMap(({ links = {} }) => Object.values(links));
    for (const type of types) expect(type).toMatch(/^Microsoft\.\w+(?:\/\w+)+$/);
    for (const action of links) expect(action).toMatch(/^Microsoft\.\w+(?:\/\w+)+\/action$/);
  });
});

describe('who may', () => {
  const network = making('azurerm_virtual_network');

  test.each<[string, Parameters<typeof judge>, unknown[], RegExp]>([
    ['enough', [network, [grant('Contributor')]], [['rights', 'passed']], /the 1 right/],
    [
      'a reader',
      [network, [grant('Reader')]],
      [['rights/resources', 'blocked']],
      /The apply identity of dev \(client id c1\) may not perform `Microsoft\.Network\/virtualNetworks\/write` on \S+rg-dev\. Give it the role: `az role assignment create --assignee-object-id p1 --assignee-principal-type ServicePrincipal --role "Contributor" --scope \S+rg-dev`/,
    ],
    ['nothing at all', [network, []], [['rights/resources', 'blocked']], /Contributor/],
    [
      'elsewhere',
      [network, [grant('Owner', { scope: `${root}/resourceGroups/rg-devel` })]],
      [['rights/resources', 'blocked']],
      /virtualNetworks/,
    ],
    [
      'above',
      [network, [grant('Owner', { scope: '/providers/Microsoft.Management/managementGroups/m' })]],
      [['rights', 'passed']],
      /right/,
    ],
    ['at the root', [network, [grant('Owner', { scope: '/' })]], [['rights', 'passed']], /right/],
    [
      'a contributor gives no roles',
      [making(assignment('AcrPull')), [grant('Contributor')]],
      [['rights/assignments', 'blocked']],
      /roleAssignments\/write` on \S+ \(to assign AcrPull\).*--role "Role Based Access Control Administrator"/,
    ],
    [
      'roles add up',
      [making(assignment('AcrPull')), [grant('Contributor'), grant('Administrator')]],
      [['rights', 'passed']],
      /right/,
    ],
    [
      'locks are nobody\u2019s but an owner\u2019s',
      [making('azurerm_management_lock'), [grant('Contributor'), grant('Administrator')]],
      [['rights/locks', 'blocked']],
      /Microsoft\.Authorization\/locks\/write.*custom role with `Microsoft\.Authorization\/locks\/\*`/,
    ],
    [
      'two missing things of one role are one command',
      [making('azurerm_virtual_network', 'azurerm_key_vault', assignment('AcrPull')), []],
      [
        ['rights/resources', 'blocked'],
        ['rights/assignments', 'blocked'],
      ],
      /virtualNetworks\/write` on \S+ and `Microsoft\.KeyVault\/vaults\/write`/,
    ],
    [
      'denied to everybody',
      [network, [grant('Owner')], [denial()]],
      [['rights/denied/resources', 'blocked']],
      /The deny assignment `Blueprint` forbids it whatever roles say/,
    ],
    [
      'denied, but not to it',
      [network, [grant('Owner')], [denial({ excluded: ['p1'] })]],
      [['rights', 'passed']],
      /right/,
    ],
    [
      'denied to somebody else',
      [network, [grant('Owner')], [denial({ principals: ['p2'] })]],
      [['rights', 'passed']],
      /right/,
    ],
    [
      'denied elsewhere',
      [network, [grant('Owner')], [denial({ scope: `${root}/resourceGroups/other` })]],
      [['rights', 'passed']],
      /right/,
    ],
    [
      'something else denied',
      [network, [grant('Owner')], [denial({ permissions: [{ actions: ['*/delete'], notActions: [] }] })]],
      [['rights', 'passed']],
      /right/,
    ],
    [
      'denied to a group, whose members are not known',
      [network, [grant('Owner')], [denial({ principals: ['g'], groups: true })]],
      [['rights/unknown', 'unknown']],
      /deny assignment `Blueprint` may take away/,
    ],
    [
      'a condition nobody here understands',
      [
        making(assignment('AcrPull')),
        [grant('Administrator', { condition: "@Environment[UtcNow] DateTimeLessThan '2027-01-01'" })],
      ],
      [['rights/unknown', 'unknown']],
      /which the condition of a role decides/,
    ],
    [
      'another subscription',
      [making(assignment('Reader', '/subscriptions/other/resourceGroups/g')), [grant('Owner')]],
      [['rights/unknown', 'unknown']],
      /in a subscription whose roles could not be read/,
    ],
  ])('%s', (_, args, expected, says) => {
    const checks = judge(...args);
    expect(brief(checks)).toEqual(expected);
    expect(text(checks)).toMatch(says);
  });

  test('nothing to do needs nothing; what could not be read is open', () => {
    expect(judge(making(), [])).toEqual([]);
    const checks = judgeRights(rightNeeds(network, place), principal, refused);
    expect(brief(checks)).toEqual([['rights/unknown', 'unknown']]);
  });
});

describe('conditions', () => {
  const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
  const administrators = ['18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'];
  // As the portal writes them.
  const clause = (verb: string, source: string, operator: string, list: string[]) =>
    `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${verb}'})) OR (@${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ${operator} {${list.join(', ')}}))`;
  const both = (operator: string, list: string[]) =>
    `${clause('write', 'Request', operator, list)}\nAND\n${clause('delete', 'Resource', operator, list)}`;
  const allBut = both('ForAnyOfAllValues:GuidNotEquals', [owner, ...administrators]);
  const only = both('ForAnyOfAnyValues:GuidEquals', ['4633458b-17de-408a-b874-0445c86b69e6']);
  const write = 'Microsoft.Authorization/roleAssignments/write';

  test('those that bootstrap writes are understood', () => {
    const assigning = (role: string) => ({ action: write, scope: group, role });
    const but = conditionOf({ allBut: ['Owner'] });
    expect(conditionAllows(but, assigning('AcrPull'))).toBe(true);
    expect(conditionAllows(but, assigning('Owner'))).toBe(false);
    const one = conditionOf({ only: ['Key Vault Secrets User'] });
    expect(conditionAllows(one, assigning('Key Vault Secrets User'))).toBe(true);
    expect(conditionAllows(one, assigning('Owner'))).toBe(false);
  });

  test.each([
    ['all but administrators, a harmless role', allBut, write, 'AcrPull', true],
    ['all but administrators, a role of another name', allBut, write, 'Disk Snapshot Contributor', true],
    ['all but administrators, an owner', allBut, write, 'Owner', false],
    ['only one role, that one', only, write, 'Key Vault Secrets User', true],
    ['only one role, another', only, write, 'AcrPull', false],
    ['only one role, one that is not listed here', only, write, 'Disk Snapshot Contributor', false],
    ['a role that is not known yet', allBut, write, undefined, undefined],
    ['something that the condition is not about', allBut, 'Microsoft.Network/virtualNetworks/write', undefined, true],
    [
      'a list with a role of somebody\u2019s own',
      both('ForAnyOfAnyValues:GuidEquals', ['99999999-0000-4000-8000-000000000000']),
      write,
      'Search Service Contributor',
      undefined,
    ],
    [
      'about principals',
      `((!(ActionMatches{'${write}'})) OR (@Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEquals 'User'))`,
      write,
      'AcrPull',
      undefined,
    ],
    ['more than the template', `${allBut} AND @Principal[x] StringEquals 'y'`, write, 'AcrPull', undefined],
    ['nothing of it', 'whatever', write, 'AcrPull', undefined],
  ])('%s', (_, condition, action, role, expected) => {
    const need = { action, scope: group, ...(role === undefined ? {} : { role }) };
    expect(conditionAllows(condition, need)).toBe(expected);
  });
});

describe('before an apply, with its own eyes', () => {
  test('rights of the group count, one that is still to be made has those of the subscription', async () => {
    const asked: string[] = [];
    const ownPermissions = async (scope: string) => {
      asked.push(scope);
      return known(scope === root ? [{ actions: ['*/read'], notActions: [] }] : undefined);
    };
    const checks = await checkOwnRights({ ownPermissions }, making('azurerm_key_vault'), place, principal);
    expect(asked).toEqual([root, group]);
    expect(brief(checks)).toEqual([['rights/resources', 'blocked']]);
    expect(text(checks)).toMatch(/Microsoft\.KeyVault\/vaults\/write` on \S+rg-dev.*--assignee c1/);
  });

  test('enough', async () => {
    const ownPermissions = async () => known([{ actions: ['*'], notActions: [] }]);
    expect(brief(await checkOwnRights({ ownPermissions }, making('azurerm_key_vault'), place, principal))).toEqual([
      ['rights', 'passed'],
    ]);
  });

  test('what cannot be asked stops nothing and is said', async () => {
    const ownPermissions = async () => refused;
    expect(brief(await checkOwnRights({ ownPermissions }, making('azurerm_key_vault'), place, principal))).toEqual([
      ['rights/unknown', 'unknown'],
    ]);
  });
});

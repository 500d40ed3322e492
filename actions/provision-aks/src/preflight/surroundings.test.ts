import { describe, expect, test } from '@jest/globals';
import { bitsOf, judgeAddresses, roomOf } from './addresses.ts';
import { judgeReach } from './api-server.ts';
import { judgeNames, type NameNeed } from './names.ts';
import { judgeNetwork, type SubnetNeed } from './network.ts';
import { judgePolicy, type TypeNeed } from './policy.ts';
import type { DeletedVault, NameAnswer, PolicyRestrictions } from './ports.ts';
import { judgeFeatures, judgeLocations, judgeProviders } from './providers.ts';
import { brief, group, known, making, refused, subscription, text } from './samples.fixture.ts';

describe('resource providers', () => {
  const needs = [
    {
      namespace: 'Microsoft.ServiceNetworking',
      types: ['azurerm_application_load_balancer'],
      located: { type: 'trafficControllers', what: 'Application Gateway for Containers', setting: 'gateway' },
    },
  ];
  const answers = (state: string, places = ['westeurope']) =>
    new Map([
      [
        'Microsoft.ServiceNetworking',
        known({ namespace: 'Microsoft.ServiceNetworking', state, locations: { trafficcontrollers: places } }),
      ],
    ]);
  const gateway = making('azurerm_application_load_balancer');

  test('registered, or the command that registers it', () => {
    expect(brief(judgeProviders(needs, subscription, answers('Registered'), gateway))).toEqual([
      ['providers', 'passed'],
    ]);
    const checks = judgeProviders(needs, subscription, answers('NotRegistered'), gateway);
    expect(brief(checks)).toEqual([['providers/Microsoft.ServiceNetworking', 'blocked']]);
    expect(text(checks)).toContain(
      `\`az provider register --namespace Microsoft.ServiceNetworking --subscription ${subscription} --wait\``,
    );
  });

  test('one that this plan makes nothing of blocks nothing', () => {
    expect(brief(judgeProviders(needs, subscription, answers('NotRegistered'), making()))).toEqual([
      ['providers/Microsoft.ServiceNetworking', 'warning'],
    ]);
  });

  test('nobody could say', () => {
    const open = new Map([['Microsoft.ServiceNetworking', refused]]);
    expect(brief(judgeProviders(needs, subscription, open, gateway))).toEqual([['providers/unknown', 'unknown']]);
    expect(brief(judgeLocations(needs, 'westeurope', open, gateway))).toEqual([['locations/unknown', 'unknown']]);
  });

  test('a location without the service', () => {
    expect(brief(judgeLocations(needs, 'westeurope', answers('Registered'), gateway))).toEqual([
      ['locations', 'passed'],
    ]);
    const checks = judgeLocations(needs, 'norwaywest', answers('Registered'), gateway);
    expect(brief(checks)).toEqual([['locations/trafficControllers', 'blocked', 'gateway']]);
    expect(text(checks)).toMatch(/norwaywest has no Application Gateway for Containers/);
    expect(judgeLocations([], 'westeurope', new Map(), gateway)).toEqual([]);
  });

  test('features', () => {
    const feature = {
      namespace: 'Microsoft.Compute',
      name: 'EncryptionAtHost',
      because: 'the pool `user` encrypts at the host',
      setting: 'cluster.pools.user.host-encryption',
      otherwise: 'set `host-encryption: false`',
    };
    const state = (value: string) => new Map([['Microsoft.Compute/EncryptionAtHost', known(value)]]);
    const cluster = making('azurerm_kubernetes_cluster');
    expect(brief(judgeFeatures([feature], subscription, state('Registered'), cluster))).toEqual([
      ['features', 'passed'],
    ]);
    const checks = judgeFeatures([feature], subscription, state('NotRegistered'), cluster);
    expect(brief(checks)).toEqual([['features/EncryptionAtHost', 'blocked', feature.setting]]);
    expect(text(checks)).toMatch(/az feature register --namespace Microsoft\.Compute --name EncryptionAtHost/);
    expect(brief(judgeFeatures([feature], subscription, state('Pending'), making()))).toEqual([
      ['features/EncryptionAtHost', 'warning', feature.setting],
    ]);
    const open = new Map([['Microsoft.Compute/EncryptionAtHost', refused]]);
    expect(brief(judgeFeatures([feature], subscription, open, cluster))).toEqual([
      ['features/unknown', 'unknown', feature.setting],
    ]);
  });
});

describe('names', () => {
  const need: NameNeed = {
    service: 'vault',
    name: 'kv-contoso',
    what: 'vault',
    type: 'azurerm_key_vault',
    id: `${group}/providers/Microsoft.KeyVault/vaults/kv-contoso`,
    setting: 'vault',
  };
  const vault = making('azurerm_key_vault');
  const judge = (name: NameAnswer, own = false, deleted?: DeletedVault, planned = vault) =>
    judgeNames(
      [{ need, name: known(name), own: known(own), deleted: known(deleted) }],
      'westeurope',
      subscription,
      planned,
    );
  const free: NameAnswer = { available: true, reason: '', message: '' };
  const taken: NameAnswer = { available: false, reason: 'AlreadyExists', message: 'In use.' };
  const deleted = (changes: Partial<DeletedVault> = {}): DeletedVault => ({
    id: need.id.toUpperCase(),
    purgeProtection: false,
    purgedAt: '2027-02-01T00:00:00Z',
    ...changes,
  });

  test.each<[string, ReturnType<typeof judge>, unknown[], RegExp]>([
    ['free', judge(free), [['names', 'passed']], /free or already ours/],
    [
      'taken',
      judge(taken),
      [['names/vault', 'blocked', 'vault']],
      /The name `kv-contoso` of the vault belongs to somebody else/,
    ],
    ['ours', judge(taken, true), [['names', 'passed']], /already ours/],
    ['taken, but nothing is made', judge(taken, false, undefined, making()), [['names', 'passed']], /free/],
    [
      'not a name',
      judge({ available: false, reason: 'AccountNameInvalid', message: 'Too long.' }),
      [['names/vault', 'blocked', 'vault']],
      /does not take the name `kv-contoso` of the vault: Too long\./,
    ],
    [
      'deleted, here',
      judge(taken, false, deleted()),
      [['names/vault', 'warning', 'vault']],
      /was deleted and is kept until 2027-02-01: the apply brings it back.*az keyvault purge --name kv-contoso --location westeurope/,
    ],
    [
      'deleted, here, protected',
      judge(taken, false, deleted({ purgeProtection: true })),
      [['names/vault', 'warning', 'vault']],
      /purge protection/,
    ],
    [
      'deleted, elsewhere',
      judge(
        taken,
        false,
        deleted({ id: '/subscriptions/s/resourceGroups/old/providers/Microsoft.KeyVault/vaults/kv-contoso' }),
      ),
      [['names/vault', 'blocked', 'vault']],
      /belongs to a vault that was deleted.*resourceGroups\/old.*az keyvault purge.*az keyvault recover/,
    ],
    [
      'deleted, elsewhere, protected',
      judge(taken, false, deleted({ id: '/x', purgeProtection: true })),
      [['names/vault', 'blocked', 'vault']],
      /purge protection: bring it back with `az keyvault recover/,
    ],
  ])('%s', (_, checks, expected, says) => {
    expect(brief(checks)).toEqual(expected);
    expect(text(checks)).toMatch(says);
  });

  test('nobody could say, and nothing to ask', () => {
    const facts = [{ need, name: refused, own: refused, deleted: refused }];
    expect(brief(judgeNames(facts, 'westeurope', subscription, vault))).toEqual([['names/unknown', 'unknown']]);
    expect(judgeNames([], 'westeurope', subscription, vault)).toEqual([]);
  });
});

describe('policies', () => {
  const network: TypeNeed = {
    type: 'Microsoft.Network/virtualNetworks',
    terraform: 'azurerm_virtual_network',
    what: 'network',
  };
  const aks: TypeNeed = {
    type: 'Microsoft.ContainerService/managedClusters',
    terraform: 'azurerm_kubernetes_cluster',
    what: 'cluster',
  };
  const policy = {
    assignment: '/subscriptions/s/providers/Microsoft.Authorization/policyAssignments/owners',
    definition: '/d',
  };
  type Field = PolicyRestrictions['fields'][number];
  type Violation = PolicyRestrictions['violations'][number];
  const field = (changes: Partial<Field>): PolicyRestrictions => ({
    violations: [],
    fields: [
      {
        field: 'tags.owner',
        policy,
        effect: 'deny',
        result: 'required',
        values: [],
        fallback: undefined,
        reason: '',
        ...changes,
      },
    ],
  });
  const violation = (changes: Partial<Violation> = {}): PolicyRestrictions => ({
    violations: [{ policy, effect: 'deny', fields: ['type'], reason: 'No networks here.', ...changes }],
    fields: [],
  });
  const both = making('azurerm_virtual_network', 'azurerm_kubernetes_cluster');
  const judge = (restrictions: PolicyRestrictions, tags = {}, planned = both) =>
    judgePolicy([{ need: network, answer: known(restrictions) }], 'westeurope', tags, planned);

  test.each<[string, ReturnType<typeof judge>, unknown[], RegExp]>([
    ['none', judge({ violations: [], fields: [] }), [['policy', 'passed']], /No policy refuses/],
    [
      'a tag is missing',
      judge(field({})),
      [['policy/owners/0', 'blocked', 'tags']],
      /The policy `owners` refuses the network: it wants a `tags\.owner`\. Change `tags` in the platform file.*az policy assignment show --name owners --scope \/subscriptions\/s`/,
    ],
    ['a tag is there', judge(field({}), { Owner: 'me' }), [['policy', 'passed']], /No policy/],
    [
      'a tag has another value',
      judge(field({ values: ['a', 'b'] }), { owner: 'c' }),
      [['policy/owners/0', 'blocked', 'tags']],
      /it wants `a` or `b` as `tags\.owner`/,
    ],
    ['a tag that the policy writes itself', judge(field({ fallback: 'x' })), [['policy', 'passed']], /No policy/],
    ['only audited', judge(field({ effect: 'audit' })), [['policy', 'passed']], /No policy/],
    [
      'a location that is not allowed',
      judge(field({ field: 'location', result: 'denied', values: ['West Europe'] })),
      [['policy/owners/0', 'blocked', 'location']],
      /it refuses `West Europe` as `location`/,
    ],
    [
      'another location',
      judge(field({ field: 'location', result: 'denied', values: ['eastus'] })),
      [['policy', 'passed']],
      /No policy/,
    ],
    [
      'the whole kind',
      judge(violation()),
      [['policy/owners/0', 'blocked']],
      /refuses the network: No networks here\. Change the platform file/,
    ],
    [
      'something that was not shown to it',
      judge(violation({ fields: ['type', 'Microsoft.Network/virtualNetworks/enableDdosProtection'] })),
      [['policy/owners/0', 'warning']],
      /may refuse the network, depending on settings/,
    ],
    ['audited', judge(violation({ effect: 'audit' })), [['policy', 'passed']], /No policy/],
    ['nothing is made', judge(violation(), {}, making()), [['policy', 'passed']], /No policy/],
  ])('%s', (_, checks, expected, says) => {
    expect(brief(checks)).toEqual(expected);
    expect(text(checks)).toMatch(says);
  });

  test('one policy about several things is told once', () => {
    const facts = [network, aks].map(need => ({ need, answer: known(field({})) }));
    const checks = judgePolicy(facts, 'westeurope', {}, both);
    expect(brief(checks)).toEqual([['policy/owners/0', 'blocked', 'tags']]);
    expect(text(checks)).toMatch(/refuses the network and cluster/);
  });

  test('nobody could say, once', () => {
    const facts = [network, aks].map(need => ({ need, answer: refused }));
    expect(brief(judgePolicy(facts, 'westeurope', {}, both))).toEqual([['policy/unknown', 'unknown']]);
  });

  test('text of a policy stays text', () => {
    expect(text(judge(violation({ reason: 'a `b`\n\u001b[31mc' })))).toContain('refuses the network: a b c.');
  });
});

describe('addresses', () => {
  const own = { scope: 'dev', region: 'westeurope', addressSpace: '10.10.0.0/16' };
  const other = (addressSpace: string, scope = 'prod') => ({ scope, region: 'northeurope', addressSpace });

  test.each([
    ['apart', [other('10.11.0.0/16')], [['addresses', 'passed']]],
    ['overlapping', [other('10.0.0.0/8')], [['addresses/prod-northeurope', 'warning', 'network.address-space']]],
    [
      'another region of the same environment is told when the file is read',
      [other('10.10.0.0/16', 'dev')],
      [['addresses', 'passed']],
    ],
  ])('%s', (_, others, expected) => {
    expect(brief(judgeAddresses(own, others, undefined))).toEqual(expected);
  });

  test('room for the surge', () => {
    const nodes = { cidr: '10.10.0.0/27', most: 20, surge: 7 };
    expect(brief(judgeAddresses(own, [], nodes))).toEqual([['addresses', 'passed']]);
    const checks = judgeAddresses(own, [], { ...nodes, surge: 8 });
    expect(brief(checks)).toEqual([['addresses/compute', 'warning', 'network.zones.compute']]);
    expect(text(checks)).toMatch(/has room for 27 nodes; an upgrade of the largest pools takes 28/);
  });

  test('a network of somebody else has its own check', () => {
    expect(judgeAddresses(undefined, [other('10.10.0.0/16')], undefined)).toEqual([]);
  });

  test.each([
    ['10.0.0.0/24', 251, 24],
    ['10.0.0.0/30', 0, 30],
    ['fd00::/64', undefined, 64],
    ['', undefined, undefined],
  ])('%s has room for %s', (cidr, room, bits) => {
    expect([roomOf(cidr), bitsOf(cidr)]).toEqual([room, bits]);
  });
});

describe('an existing network', () => {
  const id = `${group}/providers/Microsoft.Network/virtualNetworks/v/subnets/s`;
  const agc = 'Microsoft.ServiceNetworking/trafficControllers';
  const compute: SubnetNeed = { zone: 'compute', id, nodes: 30, egress: 'load-balancer' };
  const dmz: SubnetNeed = { zone: 'dmz', id, exactly24: true, delegation: agc };
  const subnet = (properties: object) => ({ id, properties });
  const delegations = [{ name: 'x', properties: { serviceName: agc } }];
  const setting = 'existing.network.subnets.compute';

  test.each<[string, SubnetNeed, unknown, unknown[], RegExp]>([
    ['as it has to be', compute, subnet({ addressPrefix: '10.0.0.0/24' }), [['network', 'passed']], /there/],
    [
      'with several ranges',
      compute,
      subnet({ addressPrefixes: ['10.0.0.0/28', '10.0.1.0/27'] }),
      [['network', 'passed']],
      /there/,
    ],
    ['not there', compute, undefined, [['network/compute/exists', 'blocked', setting]], /does not exist/],
    [
      'too small',
      compute,
      subnet({ addressPrefix: '10.0.0.0/27' }),
      [['network/compute/size', 'blocked', setting]],
      /has room for 27 nodes, and the pools take up to 30/,
    ],
    [
      'without its NAT gateway',
      { ...compute, egress: 'nat-gateway' },
      subnet({ addressPrefix: '10.0.0.0/24' }),
      [['network/compute/egress', 'blocked', setting]],
      /no NAT gateway.*--nat-gateway/,
    ],
    [
      'with its NAT gateway',
      { ...compute, egress: 'nat-gateway' },
      subnet({ addressPrefix: '10.0.0.0/24', natGateway: { id: '/n' } }),
      [['network', 'passed']],
      /there/,
    ],
    [
      'without its route table',
      { ...compute, egress: 'user-defined' },
      subnet({ addressPrefix: '10.0.0.0/24' }),
      [['network/compute/egress', 'blocked', setting]],
      /no route table/,
    ],
    ['for the gateway', dmz, subnet({ addressPrefix: '10.0.0.0/24', delegations }), [['network', 'passed']], /there/],
    [
      'for the gateway, not delegated',
      dmz,
      subnet({ addressPrefix: '10.0.0.0/24' }),
      [['network/dmz/delegation', 'blocked', 'existing.network.subnets.dmz']],
      /--delegations Microsoft\.ServiceNetworking\/trafficControllers/,
    ],
    [
      'for the gateway, of another size',
      dmz,
      subnet({ addressPrefix: '10.0.0.0/25', delegations }),
      [['network/dmz/size', 'blocked', 'existing.network.subnets.dmz']],
      /exactly a \/24/,
    ],
  ])('%s', (_, need, body, expected, says) => {
    const checks = judgeNetwork([{ need, body: known(body) }]);
    expect(brief(checks)).toEqual(expected);
    expect(text(checks)).toMatch(says);
  });

  test('nobody could say, and nothing to ask', () => {
    expect(brief(judgeNetwork([{ need: compute, body: refused }]))).toEqual([
      ['network/unknown', 'unknown', 'existing.network.subnets'],
    ]);
    expect(judgeNetwork([])).toEqual([]);
  });
});

test('the API server', () => {
  const host = 'aks.privatelink.westeurope.azmk8s.io';
  expect(judgeReach(undefined, 'inside')).toEqual([]);
  expect(brief(judgeReach({ host, answer: known(undefined) }, 'inside'))).toEqual([['api-server', 'passed']]);
  const checks = judgeReach({ host, answer: known('its name cannot be resolved (ENOTFOUND)') }, 'inside');
  expect(brief(checks)).toEqual([['api-server', 'warning', 'runner']]);
  expect(text(checks)).toMatch(/cannot be reached from the runner `inside`: its name cannot be resolved/);
  expect(brief(judgeReach({ host, answer: refused }, 'inside'))).toEqual([['api-server/unknown', 'unknown']]);
});

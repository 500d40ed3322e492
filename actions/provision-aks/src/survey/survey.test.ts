import { describe, expect, test } from '@jest/globals';
import { asObject, describeProblem, type JsonObject } from '@suite/foundation';
import {
  type EnvironmentScope,
  parsePlatform,
  poolInstances,
  renderSettings,
  resolveEnvironment,
  writeSettings,
} from '@suite/platform-file';
import { azureRoleIds } from '../azure-roles.ts';
import { compareCluster } from '../verify/compare.ts';
import { expectations } from '../verify/expectations.ts';
import { liveCluster } from '../verify/live-cluster.fixture.ts';
import type { LiveCluster } from '../verify/live-cluster.ts';
import { environmentView } from '../views.fixture.ts';
import { hindrances } from './hindrances.ts';
import { propose } from './propose.ts';
import { parseClusterId, type Surroundings, type Surveyed } from './surveyed.ts';

const group = `/subscriptions/${environmentView.subscription}/resourceGroups/rg-shop`;
const id = { subscription: environmentView.subscription, resourceGroup: 'rg-shop', name: 'shop-k8s' };
const subnet = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-shop/subnets/nodes`;
const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop-identity`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/crshop`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv-shop`;
const guid = (digit: number) => `${String(digit).repeat(8)}-0000-4000-8000-000000000000`;

const pull = (digit: number, scope: string) => ({
  name: guid(digit),
  scope,
  role: azureRoleIds.AcrPull,
  principal: 'principal-of-nodes',
});
const read = (digit: number, scope: string) => ({
  name: guid(digit),
  scope,
  role: azureRoleIds['Key Vault Secrets User'],
  principal: 'principal-of-secrets-provider',
});
const nothing = { direct: [], wide: [], below: [], unread: [] };

/** A cluster under names of its own, with what the guide says and one pool more. */
function shop(
  change: Partial<LiveCluster> = {},
  properties: JsonObject = {},
  top: JsonObject = {},
  around: Partial<Surroundings> = {},
): Surveyed {
  const made = liveCluster(environmentView);
  const [system, user, gpu] = made.pools.map(pool => ({ ...pool, subnet }));
  if (system === undefined || user === undefined || gpu === undefined)
    throw new TypeError('The guide has three pools.');
  const live: LiveCluster = {
    ...made,
    nodeResourceGroup: 'MC_shop',
    identityIds: [identity],
    network: { ...made.network, outboundType: 'loadBalancer', podCidr: '192.168.0.0/16' },
    pools: [
      { ...user, name: 'batch', taints: ['batch=true:NoSchedule'] },
      { ...gpu, name: 'gpus' },
      { ...system, name: 'nodepool1' },
      { ...user, name: 'apps' },
    ],
    ...change,
  };
  return {
    id,
    live,
    body: {
      location: 'westeurope',
      tags: { team: 'shop', Platform: 'theirs' },
      identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: { principalId: 'control-plane' } } },
      properties: {
        dnsPrefix: 'shop',
        agentPoolProfiles: live.pools.map(({ name, mode }) => ({ name, mode, osType: 'Linux', count: 3 })),
        ...properties,
      },
      ...top,
    },
    surroundings: {
      controlPlane: [
        { name: guid(1), scope: subnet, role: azureRoleIds['Network Contributor'], principal: 'control-plane' },
      ],
      registry: { ...nothing, direct: [pull(2, registry)] },
      vault: { ...nothing, direct: [read(3, vault)] },
      policyVaults: [],
      gatewaySubnets: { found: [] },
      ...around,
    },
    maintenance: Object.fromEntries(
      ['aksManagedAutoUpgradeSchedule', 'aksManagedNodeOSUpgradeSchedule'].map(name => [
        name,
        {
          properties: {
            maintenanceWindow: {
              schedule: { weekly: { intervalWeeks: 1, dayOfWeek: 'Saturday' } },
              startTime: '01:00',
              durationHours: 5,
              utcOffset: '+02:00',
            },
          },
        },
      ]),
    ),
  };
}

const text = `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
  dev: { subscription: ${environmentView.subscription}, location: westeurope }
  prod: { subscription: ${environmentView.subscription}, location: westeurope, runner: inside }
`;

/** What the platform file says once the lines are in it. */
function resolved(surveyed: Surveyed): EnvironmentScope {
  const { settings } = propose(surveyed, environmentView);
  const { source } = parsePlatform(writeSettings(text, ['environments', 'dev'], settings), 'platform.yaml');
  return {
    ...resolveEnvironment(source, 'dev', 'westeurope'),
    identities: environmentView.identities,
    state: environmentView.state,
  };
}

describe('a cluster in the words of the platform file', () => {
  test('is the cluster that runs: verification finds no difference', () => {
    const surveyed = shop();
    expect(compareCluster(expectations(resolved(surveyed)), surveyed.live)).toEqual([]);
  });

  test('has its names, its pools and what it stands on', () => {
    const view = resolved(shop());
    expect(view).toMatchObject({
      resourceGroup: 'rg-shop',
      tags: { team: 'shop', platform: 'contoso' },
      registry: { existing: true, id: registry },
      vault: { existing: true, id: vault },
      network: { existing: true, id: subnet.split('/subnets')[0], subnets: { compute: subnet } },
      storage: undefined,
      database: undefined,
      backup: undefined,
      cluster: {
        name: 'shop-k8s',
        dnsPrefix: 'shop',
        nodeResourceGroup: 'MC_shop',
        identity: 'shop-identity',
        roleAssignments: { cluster_network: guid(1), registry_pull: guid(2), secrets_provider: guid(3) },
        maintenance: { day: 'Saturday', start: '01:00', hours: 5, utcOffset: '+02:00' },
        poolsLeftAlone: ['batch'],
        pools: { system: { name: 'nodepool1', dedicated: true } },
      },
    });
    expect(poolInstances(view.cluster).map(({ key, name }) => [key, name])).toEqual([
      ['user', 'apps'],
      ['gpu', 'gpus'],
    ]);
    expect(view.tags['Platform']).toBeUndefined();
  });

  test('is printed as lines that a person can paste', () => {
    const lines = renderSettings(propose(shop(), environmentView).settings);
    expect(lines).toContain('names:\n  resource-group: rg-shop\n  cluster: shop-k8s\n');
    expect(lines).toMatch(/^ {4}system: \{ name: nodepool1, dedicated: true, .*|^ {4}system:\n/m);
  });

  test('has labels and taints of its own, and says which it cannot keep', () => {
    const made = shop().live.pools;
    const marked = (name: string, labels: Record<string, string>, ...taints: string[]) =>
      made.flatMap(pool =>
        pool.name === name
          ? [{ ...pool, labels: { ...pool.labels, ...labels }, taints: [...pool.taints, ...taints] }]
          : [],
      );
    const surveyed = shop({
      pools: [
        ...marked('nodepool1', { tier: 'base' }, 'team=shop:NoSchedule'),
        ...marked(
          'apps',
          { team: 'shop', gpu: 'false', 'node-type': 'workers' },
          'spare=:PreferNoSchedule',
          'old:NoExecute',
        ),
        ...marked('gpus', { team: 'ml', accelerator: 'nvidia' }, 'team=ml:NoExecute'),
      ],
    });
    const { pools } = resolved(surveyed).cluster;
    expect(pools).toMatchObject({
      system: { labels: { tier: 'base' } },
      user: { labels: { team: 'shop', gpu: 'false' }, taints: [{ key: 'spare', effect: 'PreferNoSchedule' }] },
      gpu: { labels: { team: 'ml' }, taints: [{ key: 'team', value: 'ml', effect: 'NoExecute' }] },
    });
    expect(
      propose(surveyed, environmentView).notes.filter(note => note.startsWith('The platform file cannot')),
    ).toEqual([
      expect.stringMatching(/ the taint `team=shop:NoSchedule` of the pool nodepool1, .* takes it away/),
      expect.stringMatching(
        / the label `node-type=workers` and the taint `old:NoExecute` of the pool apps, .* takes them away/,
      ),
      expect.stringMatching(/ the label `accelerator=nvidia` of the pool gpus, /),
    ]);
  });

  describe('what it stands on', () => {
    const other = registry.replace('crshop', 'crother');
    const around = (change: Partial<Surroundings>) => propose(shop({}, {}, {}, change), environmentView);
    const existing = (change: Partial<Surroundings>) => asObject(around(change).settings['existing']);

    test('a second registry is said, and not taken', () => {
      const change = { registry: { ...nothing, direct: [pull(2, registry), pull(5, other)] } };
      expect(existing(change)['registry']).toBe(registry);
      expect(around(change).notes).toContainEqual(
        expect.stringMatching(/^Its nodes may also use \S+crother, by the role AcrPull .*\. The lines name crshop: /),
      );
    });

    test('the only one where a role is given further up is meant, and the assignment there is not ours', () => {
      const change = { registry: { ...nothing, wide: [pull(2, group)], below: [registry] } };
      expect(existing(change)['registry']).toBe(registry);
      expect(around(change).settings['names']).not.toHaveProperty('role-assignments.registry-pull');
      expect(around(change).notes).toContainEqual(
        expect.stringMatching(/^Its nodes may use crshop by the role AcrPull on \S+rg-shop\. The first apply gives it/),
      );
    });

    test.each<[string, Partial<Surroundings>, RegExp]>([
      [
        'one of several',
        { registry: { ...nothing, wide: [pull(2, group)], below: [registry, other] } },
        /^Its nodes may use each of crshop and crother by the role AcrPull on \S+, and which is the platform's cannot be seen: one would be made\./,
      ],
      [
        'none, and where nobody may look',
        { registry: { ...nothing, unread: ['The plan identity may not read there.'] } },
        /^Not looked at for a registry: The plan identity may not read there\.$/,
      ],
      [
        'no vault',
        { vault: nothing },
        /^Its Secrets Provider may use no vault .*: the environment would use that of the shared/,
      ],
      [
        'a vault with policies',
        { vault: nothing, policyVaults: [vault] },
        /^Its Secrets Provider reads kv-shop by an access policy of the vault, .* let it decide by Azure roles first/,
      ],
      [
        'a subnet for gateways',
        { gatewaySubnets: { found: [`${subnet}-agc`] } },
        /^The subnet nodes-agc is delegated .* write `dmz: \S+nodes-agc` beside `compute`\.$/,
      ],
      [
        'a network that nobody may read',
        { gatewaySubnets: { why: 'No.' } },
        /^Which other subnets .* is not known: No\.$/,
      ],
    ])('%s', (_name, change, note) => {
      expect(around(change).notes).toContainEqual(expect.stringMatching(note));
      expect(existing(change)['key-vault']).toBe(change.vault === undefined ? vault : undefined);
      expect(existing(change)['registry']).toBe(change.registry === undefined ? registry : undefined);
    });
  });

  test.each<[string, Surveyed, RegExp]>([
    [
      'the identity that Azure made',
      shop({ identity: 'SystemAssigned', identityIds: [] }),
      /^Its control plane has the identity that Azure made with it\./,
    ],
    ['local accounts', shop({ localAccounts: true }), /^Local accounts are on: the first apply switches them off/],
    [
      'a pool more',
      shop(),
      /^The pool batch is one pool more than the platform file has of its kind: it is left alone/,
    ],
    [
      'an add-on',
      shop({}, { serviceMeshProfile: { mode: 'Istio' } }),
      /no words for the Istio add-on: the first apply would switch it off/,
    ],
    ['another workspace', shop(), /^Its logs go to \S+, and those of the platform elsewhere\./],
  ])('%s is said', (_name, surveyed, note) => {
    const other = { ...environmentView, logs: { existing: true as const, id: '/other' } };
    expect(propose(surveyed, other).notes).toContainEqual(expect.stringMatching(note));
  });
});

describe('what cannot be adopted, by name', () => {
  const network = (change: Partial<LiveCluster['network']>) => shop({ network: { ...shop().live.network, ...change } });
  test.each<[string, Surveyed, RegExp]>([
    [
      'kubenet',
      network({ plugin: 'kubenet', pluginMode: undefined }),
      /its network is `kubenet`.*Migrate it to the overlay first/,
    ],
    ['pods in the network', network({ pluginMode: undefined }), /Azure CNI without overlay/],
    [
      'no plugin',
      network({ plugin: 'none', pluginMode: undefined }),
      /its network is `none`.*Describe it in a root of your own/,
    ],
    ['calico', network({ policy: 'calico' }), /its network policies are enforced by `calico`/],
    ['a managed NAT gateway', network({ outboundType: 'managedNATGateway' }), /its way out is `managedNATGateway`/],
    ['IPv6', shop({}, { networkProfile: { ipFamilies: ['IPv4', 'IPv6'] } }), /it has IPv6 addresses/],
    ['Automatic', shop({}, {}, { sku: { name: 'Automatic' } }), /Azure makes its nodes by itself/],
    ['a service principal', shop({}, {}, { identity: undefined }), /signs in as a service principal/],
    ['keys for disks', shop({ diskEncryptionSet: '/x/des-shop' }), /its disks are encrypted by des-shop/],
    ['an operation', shop({ provisioningState: 'Updating' }), /its provisioning state is `Updating`/],
    ['a stop', shop({ powerState: 'Stopped' }), /it is stopped/],
    [
      'Windows alone',
      shop({}, { agentPoolProfiles: [{ name: 'nodepool1', mode: 'System', osType: 'Windows' }] }),
      /it has no system pool of Linux/,
    ],
    [
      'a network of its own',
      shop({ pools: shop().live.pools.map(pool => ({ ...pool, subnet: undefined })) }),
      /its pool nodepool1 lies in a network that AKS made for itself/,
    ],
  ])('%s', (_name, surveyed, message) => {
    const said = hindrances(surveyed).map(describeProblem);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^shop-k8s cannot be adopted: .* Nothing was touched\. /);
    expect(said[0]).toMatch(message);
  });

  test('the shop has none', () => expect(hindrances(shop())).toEqual([]));
});

test('ids of clusters, in any case', () => {
  const right = `${group}/providers/Microsoft.ContainerService/managedClusters/shop-k8s`;
  expect(parseClusterId(right)).toEqual(id);
  expect(parseClusterId(right.toLowerCase())?.name).toBe('shop-k8s');
  expect(parseClusterId(`${right}/agentPools/x`)).toBeUndefined();
  expect(parseClusterId('shop-k8s')).toBeUndefined();
});

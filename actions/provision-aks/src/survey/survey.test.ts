import { describe, expect, test } from '@jest/globals';
import { describeProblem, type JsonObject } from '@suite/foundation';
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
import { parseClusterId, type Surveyed } from './surveyed.ts';

const group = `/subscriptions/${environmentView.subscription}/resourceGroups/rg-shop`;
const id = { subscription: environmentView.subscription, resourceGroup: 'rg-shop', name: 'shop-k8s' };
const subnet = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-shop/subnets/nodes`;
const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop-identity`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/crshop`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv-shop`;
const guid = (digit: number) => `${String(digit).repeat(8)}-0000-4000-8000-000000000000`;

/** A cluster under names of its own, with what the guide says and one pool more. */
function shop(change: Partial<LiveCluster> = {}, properties: JsonObject = {}, top: JsonObject = {}): Surveyed {
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
    assignments: [
      { name: guid(1), scope: subnet, role: azureRoleIds['Network Contributor'], principal: 'control-plane' },
      { name: guid(2), scope: registry, role: azureRoleIds.AcrPull, principal: live.kubelet ?? '' },
      {
        name: guid(3),
        scope: vault,
        role: azureRoleIds['Key Vault Secrets User'],
        principal: 'principal-of-secrets-provider',
      },
      { name: guid(4), scope: group, role: azureRoleIds.Contributor, principal: live.kubelet ?? '' },
    ],
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

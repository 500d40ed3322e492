import { describe, expect, test } from '@jest/globals';
import type { Clock } from '@suite/foundation';
import { parseLock, parsePlatform, resolveScope, type ScopeView } from '@suite/platform-file';
import { startPreflight } from './index.ts';
import type { PreflightReader, Reach } from './ports.ts';
import { brief, known, making, refused, subscription, text } from './samples.fixture.ts';
import { subjectOf } from './subject.ts';

const guid = (digit: string) =>
  `${digit.repeat(8)}-${digit.repeat(4)}-${digit.repeat(4)}-${digit.repeat(4)}-${digit.repeat(12)}`;

function viewOf(scope: string, environment = ''): ScopeView {
  const file = `version: 1
name: contoso
tenant: ${guid('1')}
shared: { subscription: ${guid('2')}, location: westeurope }
environments:
  dev:
    subscription: ${subscription}
    location: westeurope
    production: true
    runner: inside
${environment}  prod: { subscription: ${guid('5')}, location: westeurope, runner: inside }
`;
  const place = `{ westeurope: { identities: { plan: ${guid('6')}, apply: ${guid('7')} }, state: { account: stcontoso, container: state } } }`;
  const lock = `version: 1\nscopes:\n  shared: ${place}\n  dev: ${place}\n  prod: ${place}\n`;
  return resolveScope(parsePlatform(file, 'platform.yaml'), parseLock(lock, 'platform.lock.yaml'), { scope });
}

const never = () => new Promise<never>(() => undefined);

/** Azure as it should be; `changes` say what is different. */
function azure(changes: Partial<PreflightReader> = {}): PreflightReader {
  return {
    sizes: async (_, names) =>
      known(
        names.map(name => ({
          name,
          family: name.includes('NC') ? 'gpuFamily' : 'family',
          cores: 4,
          gpus: name.includes('NC') ? 1 : 0,
          zones: ['1', '2', '3'],
          restrictions: [],
          encryptionAtHost: true,
          ephemeralGb: 100,
        })),
      ),
    usages: async () =>
      known(['family', 'gpuFamily', 'cores'].map(name => ({ name, title: name, current: 0, limit: 1000 }))),
    minors: async () =>
      known(
        ['1.34', '1.35', '1.36'].map(minor => ({
          minor,
          preview: false,
          supportPlans: ['KubernetesOfficial'],
          patches: [],
        })),
      ),
    upgrades: async () => known(undefined),
    provider: async namespace =>
      known({ namespace, state: 'Registered', locations: { trafficcontrollers: ['westeurope'] } }),
    feature: async () => known('Registered'),
    name: async () => known({ available: true, reason: '', message: '' }),
    deletedVault: async () => known(undefined),
    restrictions: async () => known({ violations: [], fields: [] }),
    principal: async () => known('p1'),
    grants: async () =>
      known([{ scope: '/', role: 'Owner', permissions: [{ actions: ['*'], notActions: [] }], condition: undefined }]),
    denials: async () => known([]),
    ownPermissions: async () => known([{ actions: ['*'], notActions: [] }]),
    resource: async () => known(undefined),
    ...changes,
  };
}

/** A clock whose pauses are over when the test says so. */
function heldClock(): Clock & { readonly pauses: number[]; pass(): void } {
  const pauses: number[] = [];
  let pass: () => void = () => undefined;
  const over = new Promise<void>(resolve => {
    pass = resolve;
  });
  return {
    pauses,
    pass: () => pass(),
    now: () => 0,
    sleep: milliseconds => {
      pauses.push(milliseconds);
      return over;
    },
  };
}

const everything = making(
  'azurerm_resource_group',
  'azurerm_virtual_network',
  'azurerm_kubernetes_cluster',
  'azurerm_container_registry',
);
const reached: Reach = async () => undefined;
const run = (view: ScopeView, reader: PreflightReader, { reach = reached, planned = everything } = {}) =>
  startPreflight(view, [], { reader, reach, clock: heldClock() }).finish(planned);

describe('a plan of everything', () => {
  test('all well: every question was asked and holds', async () => {
    const { checks, notes } = await run(viewOf('dev'), azure());
    expect(brief(checks)).toEqual(
      ['sizes', 'quota', 'version', 'providers', 'locations', 'features', 'rights', 'names', 'policy', 'addresses'].map(
        id => [id, 'passed'],
      ),
    );
    expect(notes).toEqual([]);
  });

  test('the shared scope asks only what concerns it', async () => {
    const { checks } = await run(viewOf('shared'), azure(), { planned: making('azurerm_resource_group') });
    expect(brief(checks).map(([id]) => id)).toEqual(['providers', 'rights', 'policy']);
  });

  test('nobody answers anything: nothing looks fine', async () => {
    const mute = Object.fromEntries(Object.keys(azure()).map(key => [key, async () => refused]));
    const { checks } = await run(viewOf('dev'), mute as unknown as PreflightReader);
    expect(checks.filter(({ status }) => status === 'passed').map(({ id }) => id)).toEqual(['preflight/addresses']);
    expect(checks.filter(({ status }) => status === 'blocked')).toEqual([]);
  });

  test.each(Object.keys(azure()).filter(key => key !== 'ownPermissions'))(
    'without %s something is not known',
    async key => {
      const { checks } = await run(viewOf('dev'), azure({ [key]: async () => refused }));
      const unknown = checks.filter(({ status }) => status === 'unknown');
      // There is no cluster whose upgrades could be asked for, and no vault of its own that could have been deleted.
      expect(unknown.length > 0).toBe(!['upgrades', 'deletedVault'].includes(key));
    },
  );

  test('what Azure takes too long for is not waited for', async () => {
    const clock = heldClock();
    const reader = azure({ usages: never });
    const flight = startPreflight(viewOf('dev'), [], { reader, reach: reached, clock });
    const landing = flight.finish(everything);
    clock.pass();
    const { checks } = await landing;
    expect(clock.pauses).toEqual([2500]);
    expect(brief(checks)).toContainEqual(['quota/unknown', 'unknown']);
    expect(text(checks)).toMatch(/had not answered when the plan had been made for 2\.5 s/);
    expect(brief(checks)).toContainEqual(['sizes', 'passed']);
  });

  test('a plan that never comes leaves nothing behind', () => {
    const reader = azure({ sizes: async () => Promise.reject(new Error('a defect')) });
    expect(() => startPreflight(viewOf('dev'), [], { reader, reach: reached, clock: heldClock() })).not.toThrow();
  });

  test('a defect is one', async () => {
    const reader = azure({ sizes: async () => Promise.reject(new Error('a defect')) });
    await expect(run(viewOf('dev'), reader)).rejects.toThrow('a defect');
  });
});

describe('a cluster that is there', () => {
  const body = {
    properties: {
      kubernetesVersion: '1.34',
      currentKubernetesVersion: '1.34.4',
      privateFQDN: 'aks.privatelink.westeurope.azmk8s.io',
      agentPoolProfiles: [
        { name: 'system', vmSize: 'Standard_D4ds_v5', count: 3, currentOrchestratorVersion: '1.34.4' },
        { name: 'user', vmSize: 'Standard_D4ds_v5', count: 2, orchestratorVersion: '1.34' },
      ],
    },
  };
  const there = (changes: Partial<PreflightReader> = {}) =>
    azure({
      resource: async id => known(id.includes('managedClusters') ? body : { id }),
      upgrades: async () => known({ version: '1.34.4', to: ['1.35.2'] }),
      ...changes,
    });

  test('its upgrade is told, and its API server is tried', async () => {
    const tried: string[] = [];
    const reach: Reach = async host => {
      tried.push(host);
      return 'its name cannot be resolved (ENOTFOUND)';
    };
    const { checks, notes } = await run(viewOf('dev'), there(), { reach, planned: making() });
    expect(tried).toEqual(['aks.privatelink.westeurope.azmk8s.io']);
    expect(brief(checks)).toContainEqual(['api-server', 'warning', 'runner']);
    expect(notes).toEqual([
      'Kubernetes goes from 1.34.4 to 1.35: first the control plane, then the pools `system` (3 nodes, 1 more meanwhile) and `user` (2 nodes, 1 more meanwhile). It does not go back.',
    ]);
  });

  test('a public one is not tried', async () => {
    const view = viewOf('dev', '    cluster: { private: false }\n');
    const { checks } = await run(view, there(), { reach: async () => Promise.reject(new Error('asked')) });
    expect(brief(checks).map(([id]) => id)).not.toContain('api-server');
  });

  test('policies are asked for in its group', async () => {
    const scopes = new Set<string>();
    const restrictions: PreflightReader['restrictions'] = async scope => {
      scopes.add(scope);
      return known({ violations: [], fields: [] });
    };
    await run(viewOf('dev'), there({ restrictions }));
    expect([...scopes]).toEqual([`/subscriptions/${subscription}/resourceGroups/rg-contoso-dev-westeurope`]);
  });
});

test('an apply identity that is no identity of the subscription is not known', async () => {
  const { checks } = await run(viewOf('dev'), azure({ principal: async () => known(undefined) }));
  expect(brief(checks)).toContainEqual(['rights/unknown', 'unknown']);
  expect(text(checks)).toMatch(/apply identity of dev in westeurope \(client id 7+-.*is no user-assigned identity/);
});

describe('the subject of a scope', () => {
  test('each pool that Azure has, with its settings', () => {
    const view = viewOf(
      'dev',
      '    cluster: { pools: { user: { per-zone: true, zones: [1, 2] }, gpu: { spot: true } } }\n',
    );
    const pools = subjectOf(view, []).cluster?.pools ?? [];
    expect(pools.map(({ name, setting, zones, spot, gpu }) => [name, setting, zones, spot, gpu])).toEqual([
      ['system', 'cluster.pools.system', ['1', '2', '3'], false, false],
      ['user1', 'cluster.pools.user', ['1'], false, false],
      ['user2', 'cluster.pools.user', ['2'], false, false],
      ['gpu', 'cluster.pools.gpu', [], true, true],
    ]);
  });

  test('names point at their settings', () => {
    expect(subjectOf(viewOf('shared'), []).names).toEqual([]);
    expect(subjectOf(viewOf('dev'), []).names.map(({ setting }) => setting)).toEqual([
      'registry',
      'key-vault',
      'storage',
    ]);
  });

  test('an existing network is looked at', () => {
    const id = `/subscriptions/${subscription}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/v`;
    const view = viewOf(
      'dev',
      `    existing: { network: { id: ${id}, subnets: { compute: ${id}/subnets/a, dmz: ${id}/subnets/b, data: ${id}/subnets/c } } }\n`,
    );
    const { subnets, network, nodes } = subjectOf(view, []);
    expect(subnets.map(({ zone, delegation }) => [zone, delegation])).toEqual([
      ['compute', undefined],
      ['dmz', 'Microsoft.ServiceNetworking/trafficControllers'],
      ['data', undefined],
    ]);
    expect([network, nodes]).toEqual([undefined, undefined]);
  });
});

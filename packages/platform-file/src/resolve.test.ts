import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  type EnvironmentScope,
  listScopes,
  type Platform,
  parseLock,
  parsePlatform,
  poolInstances,
  resolveScope,
  type ScopeView,
} from './index.ts';
import { lockFor, problemsOf } from './testing/index.ts';

const example = (name: string) =>
  readFileSync(new URL(`../../../examples/platform-repository/${name}`, import.meta.url));

const head = `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
`;
const subscription = '33333333-3333-3333-3333-333333333333';

function resolve(platform: Platform, scope: string, region?: string): ScopeView {
  return resolveScope(platform, lockFor(platform), { scope, ...(region === undefined ? {} : { region }) });
}

/** `dev` of a platform in which `prod` follows. */
function dev(
  settings: string,
  options: { readonly defaults?: string; readonly region?: string } = {},
): EnvironmentScope {
  const text = `${head}defaults: { ${options.defaults ?? ''} }
environments:
  dev: { subscription: ${subscription}, ${settings} }
  prod: { subscription: ${subscription}, location: westeurope, runner: inside }
`;
  const view = resolve(parsePlatform(text, 'p.yaml'), 'dev', options.region);
  if (view.kind === 'shared') throw new TypeError('dev is an environment');
  return view;
}

describe('the example', () => {
  const ofPool = {
    osDiskGb: undefined,
    osDiskType: 'Managed',
    hostEncryption: true,
    maxPods: 110,
    surge: '33%',
    drainMinutes: 30,
    soakMinutes: 0,
    labels: {},
  };
  const ofRelease = { version: undefined, digest: undefined, values: {} };
  const ofWorkers = { ...ofPool, taints: [], spot: false, perZone: false, color: 'blue', replacement: undefined };
  const platform = parsePlatform(example('platform.yaml'), 'platform.yaml');
  const lock = parseLock(example('platform.lock.yaml'), 'platform.lock.yaml');

  test('has four scopes, in the order of promotion', () => {
    expect(listScopes(platform)).toEqual([
      { scope: 'shared', region: 'westeurope' },
      { scope: 'dev', region: 'westeurope' },
      { scope: 'staging', region: 'westeurope' },
      { scope: 'prod', region: 'westeurope' },
    ]);
  });

  test('shared', () => {
    expect(resolveScope(platform, lock, { scope: 'shared' })).toEqual({
      kind: 'shared',
      platform: 'contoso',
      cloud: 'public',
      engine: 'terraform',
      scope: 'shared',
      region: 'westeurope',
      tenant: '11111111-1111-1111-1111-111111111111',
      subscription: '22222222-2222-2222-2222-222222222222',
      runner: 'ubuntu-24.04',
      production: true,
      identities: {
        plan: 'a0000000-0000-4000-8000-000000000001',
        apply: 'a0000000-0000-4000-8000-000000000002',
      },
      state: { account: 'stcontososhared7f3a', container: 'tfstate', key: 'contoso/shared/westeurope.tfstate' },
      allow: [],
      tags: { platform: 'contoso', environment: 'shared', 'managed-by': 'provision-aks' },
      resourceGroup: 'rg-contoso-shared-westeurope',
      logs: { existing: false, name: 'log-contoso', retentionDays: 30 },
      dns: { existing: false, name: 'platform.contoso.com' },
      // For dev and staging; production has its own.
      vault: { existing: false, name: 'kv-contoso-shared-019d0f', publicAccess: true },
    });
  });

  test('production has every default of the guide', () => {
    expect(resolveScope(platform, lock, { scope: 'prod' })).toEqual({
      kind: 'environment',
      platform: 'contoso',
      cloud: 'public',
      engine: 'terraform',
      scope: 'prod',
      region: 'westeurope',
      order: 2,
      tenant: '11111111-1111-1111-1111-111111111111',
      subscription: '55555555-5555-5555-5555-555555555555',
      runner: 'aks-prod-runners',
      production: true,
      identities: {
        plan: 'a0000000-0000-4000-8000-000000000007',
        apply: 'a0000000-0000-4000-8000-000000000008',
      },
      state: { account: 'stcontosoprodd5b6', container: 'tfstate', key: 'contoso/prod/westeurope.tfstate' },
      gate: { hold: undefined, soakMs: 0, freezes: [], checks: [], attestation: false, breakGlass: undefined },
      rollout: { before: [], after: [], pauseMs: 0 },
      allow: [],
      tags: { platform: 'contoso', environment: 'prod', 'managed-by': 'provision-aks' },
      resourceGroup: 'rg-contoso-prod-westeurope',
      admins: [],
      logs: {
        existing: false,
        name: 'log-contoso',
        resourceGroup: 'rg-contoso-shared-westeurope',
        subscription: '22222222-2222-2222-2222-222222222222',
      },
      network: {
        existing: false,
        name: 'vnet-contoso-prod-westeurope',
        addressSpace: '10.30.0.0/16',
        subnets: {
          dmz: { name: 'snet-dmz', cidr: '10.30.0.0/24' },
          compute: { name: 'snet-compute', cidr: '10.30.64.0/18' },
          data: { name: 'snet-data', cidr: '10.30.1.0/24' },
          management: { name: 'snet-management', cidr: '10.30.2.0/26' },
        },
        egress: { kind: 'nat-gateway' },
        flowLogs: undefined,
      },
      registry: {
        existing: false,
        name: 'crcontosoprod9fd750',
        publicAccess: false,
        zoneRedundant: true,
        replicas: [],
        retentionDays: undefined,
      },
      mirror: false,
      cluster: {
        name: 'aks-contoso-prod-westeurope',
        dnsPrefix: 'aks-contoso-prod-westeurope',
        nodeResourceGroup: 'rg-contoso-prod-westeurope-nodes',
        identity: 'id-aks-contoso-prod-westeurope',
        roleAssignments: {},
        version: '1.35',
        tier: 'Standard',
        private: true,
        runCommand: false,
        authorizedRanges: [],
        podCidr: '10.244.0.0/16',
        serviceCidr: '10.0.0.0/16',
        dnsServiceIp: '10.0.0.10',
        networkPolicy: 'cilium',
        privateDns: 'System',
        vnetIntegration: false,
        diskEncryption: undefined,
        maintenance: { day: 'Sunday', start: '02:00', hours: 6, utcOffset: '+00:00' },
        defenderPlan: false,
        upgrades: { cluster: 'patch', nodes: 'NodeImage' },
        pools: {
          system: {
            ...ofPool,
            name: 'system',
            dedicated: true,
            size: 'Standard_D4ds_v5',
            min: 2,
            max: 10,
            zones: ['1', '2', '3'],
          },
          user: { ...ofWorkers, name: 'user', size: 'Standard_D4ds_v5', min: 1, max: 10, zones: ['1', '2', '3'] },
          gpu: {
            ...ofWorkers,
            name: 'gpu',
            size: 'Standard_NC4as_T4_v3',
            min: 0,
            max: 2,
            zones: [],
            surge: '1',
            driver: 'Install',
          },
        },
        poolsLeftAlone: [],
        features: {
          monitoring: true,
          diagnostics: true,
          prometheus: false,
          defender: true,
          policy: true,
          podSecurity: 'baseline',
          safeguards: 'Warn',
          costAnalysis: true,
          secretsProvider: { rotationInterval: '2m' },
          imageCleaner: { intervalHours: 48 },
          csi: { blob: true, disk: true, file: true, snapshot: true },
          workloadIdentity: true,
        },
      },
      gateway: { name: 'agc-contoso-prod-westeurope', frontend: 'web', waf: 'Prevention' },
      vault: { existing: false, name: 'kv-contoso-prod-9fd750', publicAccess: false },
      storage: {
        name: 'stcontosoprod9fd750',
        publicAccess: false,
        replication: 'ZRS',
        softDeleteDays: 7,
        containers: { loki: 'loki', mlflow: 'mlflow', backup: 'backup' },
      },
      database: {
        name: 'psql-contoso-prod-9fd750',
        size: 'GP_Standard_D2ds_v5',
        storageGb: 32,
        version: '17',
        highAvailability: true,
        backupDays: 14,
        geoBackup: false,
        databases: ['mlflow'],
      },
      cache: undefined,
      backup: { vault: 'bvault-contoso-prod-westeurope', retentionDays: 7, everyHours: 24 },
      dns: {
        existing: false,
        name: 'prod.platform.contoso.com',
        label: 'prod',
        parent: {
          name: 'platform.contoso.com',
          resourceGroup: 'rg-contoso-shared-westeurope',
          subscription: '22222222-2222-2222-2222-222222222222',
        },
      },
      privateLink: { zones: {} },
      budget: undefined,
      alerts: undefined,
      releases: {
        operatorCrds: { ...ofRelease, setting: 'releases.prometheus-operator-crds' },
        certManager: { ...ofRelease, setting: 'releases.cert-manager', email: undefined },
        issuers: { ...ofRelease, setting: 'releases.issuers', challenge: 'dns' },
        metrics: {
          ...ofRelease,
          setting: 'releases.kube-prometheus-stack',
          retention: '15d',
          storage: '50Gi',
          grafana: true,
        },
        argoCd: {
          ...ofRelease,
          setting: 'releases.argo-cd',
          highAvailability: false,
          scarce: { wants: 3, has: 1 },
        },
        own: [],
      },
      images: [],
      charts: [],
      rollback: 'never',
      protect: true,
      workloads: {
        'alb-controller': { namespace: 'azure-alb-system', name: 'alb-controller-sa' },
        'cert-manager': { namespace: 'cert-manager', name: 'cert-manager' },
        loki: { namespace: 'monitoring', name: 'loki' },
        mlflow: { namespace: 'ai-tools', name: 'mlflow' },
        'external-secrets': { namespace: 'external-secrets', name: 'external-secrets' },
      },
    });
  });

  test('dev differs where it says so, and where it is no production', () => {
    expect(resolveScope(platform, lock, { scope: 'dev' })).toMatchObject({
      production: false,
      runner: 'ubuntu-24.04',
      registry: { publicAccess: true, zoneRedundant: false },
      cluster: { tier: 'Free', private: false, runCommand: true, features: { costAnalysis: false } },
      gateway: { waf: 'Detection' },
      // The shared one, by the name that the shared scope gives it.
      vault: {
        existing: true,
        shared: true,
        id: '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-contoso-shared-westeurope/providers/Microsoft.KeyVault/vaults/kv-contoso-shared-019d0f',
      },
      storage: { publicAccess: true, replication: 'LRS' },
      // The first environment keeps it in the cluster.
      database: undefined,
      backup: undefined,
      protect: false,
    });
    expect(resolveScope(platform, lock, { scope: 'staging' })).toMatchObject({
      gateway: { waf: 'Prevention' },
      database: { size: 'B_Standard_B2s', highAvailability: false },
    });
  });
});

describe('layers: ours, defaults, environment, region', () => {
  const pool = (layer: string) => `cluster: { pools: { user: { ${layer} } } }`;

  test('the later one wins, key by key', () => {
    const view = dev(`${pool('max: 12')}, regions: { westeurope: { ${pool('min: 3')} }, northeurope: }`, {
      defaults: pool('size: Standard_D8ds_v5, max: 20'),
      region: 'westeurope',
    });
    expect(view.cluster.pools.user).toMatchObject({ size: 'Standard_D8ds_v5', min: 3, max: 12 });
  });

  test('a region changes nothing elsewhere', () => {
    const view = dev(`regions: { westeurope: { ${pool('min: 3')} }, northeurope: }`, { region: 'northeurope' });
    expect(view.cluster.pools.user).toMatchObject({ min: 1 });
  });

  test.each<[string, string, string, object | undefined]>([
    ['off above settings', 'gpu: { max: 5 }', 'gpu: false', undefined],
    ['on above settings keeps them', 'gpu: { max: 5 }', 'gpu: true', { max: 5 }],
    ['on above off has our defaults', 'gpu: false', 'gpu: true', { max: 2 }],
    ['settings above off switch on', 'gpu: false', 'gpu: { min: 1 }', { min: 1, max: 2 }],
    ['settings above on', 'gpu: true', 'gpu: { max: 9 }', { max: 9 }],
  ])('%s', (_name, below, above, expected) => {
    const { gpu } = dev(`location: westeurope, cluster: { pools: { ${above} } }`, {
      defaults: `cluster: { pools: { ${below} } }`,
    }).cluster.pools;
    if (expected === undefined) expect(gpu).toBeUndefined();
    else expect(gpu).toMatchObject(expected);
  });

  describe('regions one after another', () => {
    const regions = 'regions: { westeurope: , northeurope: , swedencentral: }';
    const of = (settings: string, region: string, defaults = '') =>
      dev(`${regions}${settings}`, { region, ...(defaults === '' ? {} : { defaults }) }).rollout;
    const parallel = { before: [], after: [], pauseMs: 0 };
    const inOrder = ', rollout: { regions: in-order, pause: 15m }';
    const production = ', production: true, runner: inside';

    test('each knows whom it follows and who waits for it; the last one need not pause', () => {
      expect(of(inOrder, 'westeurope')).toEqual({
        before: [],
        after: ['northeurope', 'swedencentral'],
        pauseMs: 900_000,
      });
      expect(of(inOrder, 'northeurope')).toEqual({
        before: ['westeurope'],
        after: ['swedencentral'],
        pauseMs: 900_000,
      });
      expect(of(inOrder, 'swedencentral')).toEqual({ before: ['westeurope', 'northeurope'], after: [], pauseMs: 0 });
    });

    test.each<[string, string, string, object]>([
      ['outside of production all at once', '', '', parallel],
      ['production goes in order', production, '', { before: ['westeurope'], pauseMs: 0 }],
      ['unless it says something else', `${production}, rollout: { regions: parallel }`, '', parallel],
      ['what is said for all', '', 'rollout: { regions: in-order, pause: 90s }', { pauseMs: 90_000 }],
      [
        'an environment adds to it',
        ', rollout: { pause: 1h }',
        'rollout: { regions: in-order }',
        { pauseMs: 3_600_000 },
      ],
      ['or takes it back', ', rollout: { regions: parallel }', 'rollout: { regions: in-order, pause: 1h }', parallel],
    ])('%s', (_, settings, defaults, expected) => {
      expect(of(settings, 'northeurope', defaults)).toMatchObject(expected);
    });
  });

  test('lists replace, tags come together', () => {
    const view = dev(
      'location: westeurope, admins: [bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb], tags: { team: dev, cost: "1" }',
      { defaults: 'admins: [AAAAAAAA-aaaa-aaaa-aaaa-aaaaaaaaaaaa], tags: { team: all, owner: x }' },
    );
    expect(view.admins).toEqual(['bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb']);
    expect(view.tags).toEqual({
      team: 'dev',
      cost: '1',
      owner: 'x',
      platform: 'contoso',
      environment: 'dev',
      'managed-by': 'provision-aks',
    });
  });

  test('production can be said, and everything that follows from it', () => {
    const settings = 'location: westeurope, production: true, runner: inside';
    expect(dev(settings)).toMatchObject({
      production: true,
      cluster: { private: true, runCommand: false },
    });
    expect(
      dev(`${settings}, registry: { public-access: false }, cluster: { private: false, run-command: true }`),
    ).toMatchObject({ registry: { publicAccess: false }, cluster: { private: false, runCommand: true } });
  });

  test('words become those of Azure', () => {
    const view = dev(
      `location: westeurope, registry: { zone-redundant: true }, network: { policy: azure, services: 10.9.0.0/16 },
       cluster: { version: "1.36", tier: premium, authorized-ranges: [203.0.113.0/24],
         upgrades: { cluster: stable, nodes: security-patch },
         pools: { system: { zones: [3, 1, "2", 1], disk: 128 }, user: false, gpu: { driver: none } },
         features: { monitoring: false, key-vault-secrets: false, image-cleaner: { interval: 7d },
           csi: { blob: false }, workload-identity: false } }`,
    );
    expect(view).toMatchObject({
      registry: { zoneRedundant: true },
      cluster: {
        version: '1.36',
        tier: 'Premium',
        authorizedRanges: ['203.0.113.0/24'],
        networkPolicy: 'azure',
        serviceCidr: '10.9.0.0/16',
        dnsServiceIp: '10.9.0.10',
        upgrades: { cluster: 'stable', nodes: 'SecurityPatch' },
        pools: { system: { zones: ['1', '2', '3'], osDiskGb: 128 }, user: undefined, gpu: { driver: 'None' } },
        features: {
          monitoring: false,
          defender: true,
          secretsProvider: undefined,
          imageCleaner: { intervalHours: 168 },
          csi: { blob: false, disk: true, file: true, snapshot: true },
          workloadIdentity: false,
        },
      },
    });
  });

  test('the limits of a pool give way to the one that is said', () => {
    const { system, user } = dev('location: westeurope, cluster: { pools: { system: { max: 1 }, user: { min: 15 } } }')
      .cluster.pools;
    expect(system).toMatchObject({ min: 1, max: 1 });
    expect(user).toMatchObject({ min: 15, max: 15 });
  });
});

describe('networks', () => {
  const space = (view: EnvironmentScope) => (view.network.existing ? view.network.id : view.network.addressSpace);
  const regions = 'regions: { westeurope: , northeurope: , uksouth: { network: { address-space: 10.99.0.0/16 } } }';

  test('every region has a range of its own', () => {
    expect(space(dev(regions, { region: 'westeurope' }))).toBe('10.10.0.0/16');
    expect(space(dev(regions, { region: 'northeurope' }))).toBe('10.11.0.0/16');
  });

  test('a range for several regions is shared out in quarters; a region may have its own', () => {
    const settings = `network: { address-space: 10.40.0.0/14 }, ${regions}`;
    expect(space(dev(settings, { region: 'westeurope' }))).toBe('10.40.0.0/16');
    expect(space(dev(settings, { region: 'northeurope' }))).toBe('10.41.0.0/16');
    expect(space(dev(settings, { region: 'uksouth' }))).toBe('10.99.0.0/16');
  });

  test('a range for one location is taken whole, and cut into zones', () => {
    const { network } = dev(
      'location: westeurope, network: { address-space: 10.40.0.0/20, zones: { data: 10.40.3.0/25 } }',
    );
    expect(network).toMatchObject({
      addressSpace: '10.40.0.0/20',
      subnets: {
        dmz: { cidr: '10.40.0.0/24' },
        data: { cidr: '10.40.3.0/25' },
        management: { cidr: '10.40.2.0/26' },
        compute: { cidr: '10.40.4.0/22' },
      },
    });
  });

  test('existing things are used by id', () => {
    const group = `/subscriptions/${subscription}/resourceGroups/rg/providers`;
    const vnet = `${group}/Microsoft.Network/virtualNetworks/hub`;
    const registry = `${group}/Microsoft.ContainerRegistry/registries/cr`;
    const logs = `${group}/Microsoft.OperationalInsights/workspaces/log`;
    const platform = parsePlatform(
      `${head}existing: { logs: ${logs} }
environments:
  prod:
    subscription: ${subscription}
    location: westeurope
    runner: inside
    existing:
      registry: ${registry}
      network: { id: ${vnet}, subnets: { compute: ${vnet}/subnets/a, data: ${vnet}/subnets/b } }
`,
      'p.yaml',
    );
    expect(resolve(platform, 'shared')).toMatchObject({ logs: { existing: true, id: logs } });
    expect(resolve(platform, 'prod')).toMatchObject({
      logs: { existing: true, id: logs },
      registry: { existing: true, id: registry },
      network: { existing: true, id: vnet, subnets: { compute: `${vnet}/subnets/a`, data: `${vnet}/subnets/b` } },
    });
  });
});

describe('names', () => {
  test('of a region do not change when another one is added', () => {
    const names = (view: EnvironmentScope) => [
      view.resourceGroup,
      view.cluster.name,
      view.registry.existing ? '' : view.registry.name,
      view.network.existing ? '' : view.network.name,
      view.state.key,
    ];
    const one = names(dev('location: westeurope'));
    expect(names(dev('regions: { westeurope: , northeurope: }', { region: 'westeurope' }))).toEqual(one);
    expect(one).toEqual([
      'rg-contoso-dev-westeurope',
      'aks-contoso-dev-westeurope',
      'crcontosodev8926b2',
      'vnet-contoso-dev-westeurope',
      'contoso/dev/westeurope.tfstate',
    ]);
  });

  test('of a registry do not depend on how a subscription is written', () => {
    const name = (id: string) =>
      resolve(
        parsePlatform(
          `${head}environments: { prod: { subscription: ${id}, location: westeurope, runner: inside } }`,
          'p',
        ),
        'prod',
      );
    expect(name('ABCDEF00-0000-0000-0000-000000000000')).toEqual(name('abcdef00-0000-0000-0000-000000000000'));
  });

  test('fit where they are longest', () => {
    const [platform, environment] = ['p'.repeat(16), 'e'.repeat(16)];
    const view = resolve(
      parsePlatform(
        `${head.replace('contoso', platform)}environments: { ${environment}: { subscription: ${subscription}, location: abcdefghijklmnop, runner: inside } }`,
        'p.yaml',
      ),
      environment,
    );
    expect(view).toMatchObject({ kind: 'environment' });
    if (view.kind === 'shared' || view.registry.existing) return;
    expect(view.cluster.name).toHaveLength(54);
    expect(view.registry.name).toMatch(/^[a-z0-9]{5,50}$/);
    expect(view.cluster.nodeResourceGroup.length).toBeLessThanOrEqual(80);
  });
});

describe('what is asked for has to be there', () => {
  const platform = parsePlatform(
    `${head}environments:
  dev: { subscription: ${subscription}, regions: { westeurope: , northeurope: } }
  prod: { subscription: ${subscription}, location: westeurope, runner: inside }
`,
    'p.yaml',
  );

  test.each<[string, string | undefined, string]>([
    [
      'prd',
      undefined,
      'input scope: is `prd`, which the platform file does not know. The platform file has shared, dev and prod. Did you mean `prod`?',
    ],
    [
      'constructor',
      undefined,
      'input scope: is `constructor`, which the platform file does not know. The platform file has shared, dev and prod.',
    ],
    ['dev', undefined, 'input region: is needed: dev has the regions westeurope and northeurope. Give one of them.'],
    [
      'dev',
      'nortsheurope',
      'input region: is `nortsheurope`, which the platform file does not know. dev has westeurope and northeurope. Did you mean `northeurope`?',
    ],
    ['shared', 'uksouth', 'input region: is `uksouth`, which the platform file does not know. shared has westeurope.'],
  ])('%s %s', (scope, region, expected) => {
    expect(problemsOf(() => resolve(platform, scope, region))).toEqual([expected]);
  });

  test('in the lock too', () => {
    const lock = parseLock(
      `version: 1
scopes:
  dev:
    westeurope: { identities: { plan: ${subscription}, apply: ${subscription} }, state: { account: st1, container: tfstate } }
`,
      'platform.lock.yaml',
    );
    const missing = (scope: string, region: string) =>
      problemsOf(() => resolveScope(platform, lock, { scope, region }));
    expect(missing('dev', 'westeurope')).toEqual([]);
    expect(missing('dev', 'northeurope')).toEqual([
      'platform.lock.yaml:3:3: There are no identities and no state account for dev in northeurope. Bootstrap makes them and writes them here: run it for this scope and region.',
    ]);
    expect(missing('prod', 'westeurope')).toEqual([
      'platform.lock.yaml:2:1: There are no identities and no state account for prod in westeurope. Bootstrap makes them and writes them here: run it for this scope and region.',
    ]);
  });
});

describe('the lock', () => {
  test.each<[string, string, string[]]>([
    [
      'everything wrong',
      `version: "1"
scopes:
  dev:
    westeurope:
      identities: { plan: me, aply: ${subscription} }
      state: { account: My_Account, container: -x }
`,
      [
        'l.yaml:1:10: `version` is the text `1`. Expected the number 1, the version of this format.',
        'l.yaml:5:7: `scopes.dev.westeurope.identities.apply` is missing. Expected an id such as 11111111-2222-3333-4444-555555555555.',
        'l.yaml:5:27: `scopes.dev.westeurope.identities.plan` is `me`. Expected an id such as 11111111-2222-3333-4444-555555555555.',
        'l.yaml:5:31: Unknown key `scopes.dev.westeurope.identities.aply`. Did you mean `apply`?',
        'l.yaml:6:25: `scopes.dev.westeurope.state.account` is `My_Account`. Expected the name of a storage account: 3 to 24 lower-case letters and digits.',
        'l.yaml:6:48: `scopes.dev.westeurope.state.container` is `-x`. Expected the name of a blob container: 3 to 63 lower-case letters, digits and single dashes.',
      ],
    ],
    [
      'a later format',
      'version: 3\nplaces: []\n',
      [
        'l.yaml:1:10: `version` is `3`, and this release of the suite reads version 1. Nothing else of the file was judged. Name a newer release of the suite behind the `@` of each `uses:`; its notes say what is different.',
      ],
    ],
    ['no scopes', 'version: 1\n', ['l.yaml:1:1: `scopes` is missing. Expected a block of scopes.']],
  ])('%s', (_name, text, expected) => {
    expect(problemsOf(() => parseLock(text, 'l.yaml'))).toEqual(expected);
  });
});

describe('what the guide leaves optional', () => {
  test('a zone for each environment, below the platform’s', () => {
    const text = `${head}domain: platform.contoso.com
environments:
  dev: { subscription: ${subscription}, location: westeurope }
  prod:
    subscription: ${subscription}
    domain: contoso.platform.contoso.com
    regions: { westeurope: , northeurope: }
    runner: inside
`;
    const platform = parsePlatform(text, 'p.yaml');
    const parent = {
      name: 'platform.contoso.com',
      resourceGroup: 'rg-contoso-shared-westeurope',
      subscription: '22222222-2222-2222-2222-222222222222',
    };
    expect(resolve(platform, 'shared')).toMatchObject({ dns: { existing: false, name: 'platform.contoso.com' } });
    expect(resolve(platform, 'dev')).toMatchObject({
      dns: { existing: false, name: 'dev.platform.contoso.com', label: 'dev', parent },
      workloads: { 'cert-manager': { namespace: 'cert-manager', name: 'cert-manager' } },
    });
    expect(resolve(platform, 'prod', 'northeurope')).toMatchObject({
      dns: { existing: false, name: 'northeurope.contoso.platform.contoso.com', label: 'northeurope.contoso', parent },
    });
  });

  test('the platform’s own domain is used as it is', () => {
    const text = `${head}domain: platform.contoso.com
existing: { dns-zone: /subscriptions/${subscription}/resourceGroups/dns/providers/Microsoft.Network/dnszones/platform.contoso.com }
environments:
  prod: { subscription: ${subscription}, location: westeurope, domain: platform.contoso.com, runner: inside }
`;
    const platform = parsePlatform(text, 'p.yaml');
    const id = `/subscriptions/${subscription}/resourceGroups/dns/providers/Microsoft.Network/dnszones/platform.contoso.com`;
    expect(resolve(platform, 'shared')).toMatchObject({ dns: { existing: true, id }, vault: undefined });
    expect(resolve(platform, 'prod')).toMatchObject({ dns: { existing: true, id, name: 'platform.contoso.com' } });
  });

  test.each<[string, string, object]>([
    ['load balancer', 'egress: load-balancer', { egress: { kind: 'load-balancer' } }],
    [
      'a firewall',
      'egress: user-defined, next-hop: 10.0.0.4',
      { egress: { kind: 'user-defined', nextHop: '10.0.0.4' } },
    ],
    ['flow logs', 'flow-logs: true', { flowLogs: { retentionDays: 30 } }],
    ['flow logs for longer', 'flow-logs: { retention: 90d }', { flowLogs: { retentionDays: 90 } }],
    ['bastion', 'bastion: true', { subnets: { bastion: { name: 'AzureBastionSubnet', cidr: '10.10.2.64/26' } } }],
  ])('network: %s', (_name, settings, expected) => {
    expect(dev(`location: westeurope, network: { ${settings} }`).network).toMatchObject(expected);
  });

  test('an API server in the network', () => {
    expect(dev('location: westeurope, cluster: { vnet-integration: true }')).toMatchObject({
      cluster: { vnetIntegration: true },
      network: { subnets: { apiServer: { name: 'snet-api-server', cidr: '10.10.2.128/28' } } },
    });
  });

  test('Defender’s plan is switched on once for a subscription, where somebody asks for it', () => {
    const wanted = 'cluster: { features: { defender-plan: true } }';
    expect(dev('location: westeurope').cluster.defenderPlan).toBe(false);
    expect(dev(`location: westeurope, ${wanted}`).cluster.defenderPlan).toBe(true);
    const text = `${head}defaults: { ${wanted} }
environments:
  dev: { subscription: ${subscription}, location: westeurope }
  prod: { subscription: ${subscription}, location: westeurope, runner: inside }
`;
    expect(resolve(parsePlatform(text, 'p.yaml'), 'prod')).toMatchObject({ cluster: { defenderPlan: false } });
  });

  test.each([
    ['Europe/Berlin', '+01:00'],
    ['America/St_Johns', '-03:30'],
    ['Australia/Sydney', '+10:00'],
    ['UTC', '+00:00'],
  ])('maintenance in %s keeps the offset of its winter', (zone, utcOffset) => {
    const settings = `location: westeurope, cluster: { maintenance: { day: saturday, start: "22:30", hours: 4, zone: ${zone} } }`;
    expect(dev(settings).cluster.maintenance).toEqual({ day: 'Saturday', start: '22:30', hours: 4, utcOffset });
  });

  test('no maintenance window', () => {
    expect(dev('location: westeurope, cluster: { maintenance: false }').cluster.maintenance).toBeUndefined();
  });

  test.each<[string, string, object]>([
    ['no gateway', 'gateway: false', { gateway: undefined }],
    ['no firewall in it', 'gateway: { waf: off }', { gateway: { waf: undefined } }],
    ['an own vault', 'key-vault: { own: true }', { vault: { existing: false, publicAccess: true } }],
    ['no storage, and no identities for it', 'storage: false', { storage: undefined, backup: undefined }],
    ['a database in the first environment', 'database: true', { database: { size: 'B_Standard_B2s' } }],
    ['a cache', 'cache: true', { cache: { size: 'Balanced_B0' } }],
    ['a backup', 'backup: { every: 4h, retention: 30d }', { backup: { everyHours: 4, retentionDays: 30 } }],
    [
      'a budget',
      'budget: { amount: 800, notify: [platform@contoso.com] }',
      { budget: { name: 'budget-contoso-dev-westeurope', amount: 800, notify: ['platform@contoso.com'] } },
    ],
    ['alerts', 'alerts: { email: [a@contoso.com] }', { alerts: { emails: ['a@contoso.com'], webhooks: [] } }],
    ['alerts to nobody', 'alerts: {}', { alerts: undefined }],
    [
      'registry copies',
      'registry: { replicas: [northeurope, eastus], retention: 14d }',
      { registry: { replicas: ['eastus', 'northeurope'], retentionDays: 14 } },
    ],
    ['a mirror of charts and images', 'registry: { mirror: true }', { mirror: true }],
  ])('%s', (_name, settings, expected) => {
    expect(dev(`location: westeurope, ${settings}`)).toMatchObject(expected);
  });

  test('pools: one per zone, and a green one beside the blue one', () => {
    const { cluster } = dev(
      `location: westeurope, cluster: { pools: {
         user: { zones: [1, 2], per-zone: true, max: 4, replacement: { size: Standard_D8ds_v5, zones: [1, 2, 3] } },
         gpu: { spot: true, disk-type: ephemeral, color: green } } }`,
    );
    expect(poolInstances(cluster).map(({ name, kind, zones, pool }) => [name, kind, zones.join(), pool.size])).toEqual([
      ['user1', 'user', '1', 'Standard_D4ds_v5'],
      ['user2', 'user', '2', 'Standard_D4ds_v5'],
      ['usergreen1', 'user', '1', 'Standard_D8ds_v5'],
      ['usergreen2', 'user', '2', 'Standard_D8ds_v5'],
      ['usergreen3', 'user', '3', 'Standard_D8ds_v5'],
      ['gpugreen', 'gpu', '', 'Standard_NC4as_T4_v3'],
    ]);
    // What it does not say is that of the pool which it replaces.
    expect(cluster.pools.user?.replacement).toMatchObject({ color: 'green', max: 4, perZone: true });
    expect(cluster.pools.gpu).toMatchObject({ spot: true, osDiskType: 'Ephemeral', driver: 'Install' });
  });

  test('an existing network without the subnets has no gateway and no private endpoints', () => {
    const vnet = `/subscriptions/${subscription}/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub`;
    const view = dev(
      `location: westeurope, existing: { network: { id: ${vnet}, subnets: { compute: ${vnet}/subnets/nodes } } }`,
    );
    expect(view).toMatchObject({
      gateway: undefined,
      privateLink: undefined,
      network: { egress: { kind: 'load-balancer' } },
    });
    expect(Object.keys(view.workloads)).toEqual(['loki', 'mlflow', 'external-secrets']);
  });
});

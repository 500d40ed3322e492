import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parsePlatform } from './index.ts';
import { problemsOf } from './testing/index.ts';

const problems = (text: string) => problemsOf(() => parsePlatform(text, 'p.yaml'));

const head = `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
`;
const subscription = 'subscription: 33333333-3333-3333-3333-333333333333';
const prod = `  prod: { ${subscription}, location: westeurope, runner: inside }\n`;

/** A file whose environment `dev` says this, from line 7 and column 5 on. */
function withDev(...lines: string[]): string {
  const inside = [subscription, 'location: westeurope', ...lines].map(line => `    ${line}\n`).join('');
  return `${head}environments:\n  dev:\n${inside}${prod}`;
}

/** The same for `defaults:`, from line 6 and column 3 on. */
function withDefaults(...lines: string[]): string {
  const inside = lines.map(line => `  ${line}\n`).join('');
  return `${head}defaults:\n${inside}environments:\n  dev: { ${subscription}, location: westeurope }\n${prod}`;
}

describe('a right file', () => {
  test.each([
    ['the least that works', withDev()],
    ['switches', withDev('cluster: { pools: { user: false, gpu: true }, features: { image-cleaner: false } }')],
    ['a region that says nothing', withDev().replace('location: westeurope\n', 'regions: { westeurope: }\n')],
    ['a newer Kubernetes than we know', withDev('cluster: { version: "1.99" }')],
    ['a small system pool outside of production', withDev('cluster: { pools: { system: { size: Standard_D2s_v3 } } }')],
    [
      'an open production cluster on a hosted runner',
      withDev('production: true', 'cluster: { private: false }', 'registry: { public-access: true }'),
    ],
    ['a larger runner with a name of its own', withDev('production: true', 'runner: ubuntu-24.04-16cores-vnet')],
    ['capital letters in ids', withDev('admins: [AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE]')],
    ['a pool that shrinks below our minimum', withDev('cluster: { pools: { system: { max: 1 } } }')],
  ])('%s', (_name, text) => {
    expect(problems(text)).toEqual([]);
  });
});

describe('form', () => {
  test.each<[string, string, string[]]>([
    [
      'an unknown key with a near one',
      withDev('clutser: {}'),
      ['p.yaml:9:5: Unknown key `environments.dev.clutser`. Did you mean `cluster`?'],
    ],
    [
      'an unknown key deep inside',
      withDev('cluster: { pools: { gpu: { siez: Standard_NC4as_T4_v3 } } }'),
      ['p.yaml:9:32: Unknown key `environments.dev.cluster.pools.gpu.siez`. Did you mean `size`?'],
    ],
    [
      'a key of a later version',
      `${head}policies: {}\nenvironments:\n${prod}`,
      [
        'p.yaml:5:1: Unknown key `policies`. Known here: version, name, tenant, cloud, engine, domain, shared, defaults, environments, images, charts, applications, existing.',
      ],
    ],
    [
      'something that Azure has ended',
      withDev('cluster: { features: { pod-identity: true } }'),
      [
        'p.yaml:9:28: Unknown key `environments.dev.cluster.features.pod-identity`. Pod identity ended in September 2025; use workload-identity.',
      ],
    ],
    [
      'kubenet',
      withDev('network: { policy: kubenet }'),
      [
        'p.yaml:9:24: `environments.dev.network.policy` is `kubenet`. Kubenet ends on 2028-03-31; clusters here use Azure CNI overlay.',
      ],
    ],
    [
      'a Kubernetes version without quotes, which YAML would shorten',
      withDev('cluster: { version: 1.40 }'),
      ['p.yaml:9:25: `environments.dev.cluster.version` is `1.40`. Put it in quotes: "1.40".'],
    ],
    [
      'a patch version',
      withDev('cluster: { version: "1.35.2" }'),
      [
        'p.yaml:9:25: `environments.dev.cluster.version` is `1.35.2`. Expected a Kubernetes minor in quotes, such as "1.35".',
      ],
    ],
    [
      'a number where a text belongs',
      withDev('tags: { cost-center: 0471 }'),
      ['p.yaml:9:26: `environments.dev.tags.cost-center` is `0471`. Put it in quotes: "0471".'],
    ],
    [
      'a text where a number belongs',
      withDev().replace('version: 1', 'version: "1"'),
      ['p.yaml:1:10: `version` is the text `1`. Expected the number 1, the version of this format.'],
    ],
    [
      'a later format, of which nothing else is told',
      withDev('colour: red')
        .replace('version: 1', 'version: 2')
        .replace(/^tenant.*\n/m, ''),
      [
        'p.yaml:1:10: `version` is `2`, and this release of the suite reads version 1. Nothing else of the file was judged. Name a newer release of the suite behind the `@` of each `uses:`; its notes say what is different.',
      ],
    ],
    [
      'no format that there has been',
      withDev().replace('version: 1', 'version: 0'),
      ['p.yaml:1:10: `version` is `0`. Expected the number 1, the version of this format.'],
    ],
    [
      'a missing key',
      withDev().replace(/^tenant.*\n/m, ''),
      ['p.yaml:1:1: `tenant` is missing. Expected an id such as 11111111-2222-3333-4444-555555555555.'],
    ],
    [
      'a missing key inside of an environment',
      withDev().replace(`    ${subscription}\n`, ''),
      [
        'p.yaml:6:3: `environments.dev.subscription` is missing. Expected an id such as 11111111-2222-3333-4444-555555555555.',
      ],
    ],
    [
      'a location as the portal shows it',
      withDev().replace('location: westeurope\n', 'location: West Europe\n'),
      [
        'p.yaml:8:15: `environments.dev.location` is `West Europe`. Expected an Azure location in its short form, such as westeurope.',
      ],
    ],
    [
      'a null',
      `${head}defaults:\nenvironments:\n${prod}`,
      ['p.yaml:5:1: `defaults` is empty. Expected a block of settings.'],
    ],
    ['another type at the top', '- 1\n- 2\n', ['p.yaml:1:1: The file is a list. Expected a block of settings.']],
    [
      'a list where a block belongs',
      withDev('cluster: [1]'),
      ['p.yaml:9:14: `environments.dev.cluster` is a list. Expected a block of settings.'],
    ],
    [
      'neither block nor switch',
      withDev('cluster: { pools: { user: "yes" } }'),
      ['p.yaml:9:31: `environments.dev.cluster.pools.user` is `yes`. Expected a block of settings, true or false.'],
    ],
    [
      'a name that Azure would refuse',
      withDev().replace('  dev:', '  Dev_1:'),
      [
        'p.yaml:6:3: `Dev_1` cannot be a name in `environments`. Expected 2 to 16 lower-case letters, digits and single dashes, beginning with a letter.',
      ],
    ],
    [
      'a misspelt word',
      withDev('cluster: { tier: standrad }'),
      ['p.yaml:9:22: `environments.dev.cluster.tier` is `standrad`. Did you mean `standard`?'],
    ],
    [
      'a duration without unit',
      withDev('cluster: { features: { key-vault-secrets: { rotation: 2 } } }'),
      [
        'p.yaml:9:59: `environments.dev.cluster.features.key-vault-secrets.rotation` is `2`. Expected a duration such as 2m.',
      ],
    ],
    [
      'a zone that is none',
      withDev('cluster: { pools: { system: { zones: [1, 4] } } }'),
      ['p.yaml:9:46: `environments.dev.cluster.pools.system.zones[1]` is `4`. Expected 1, 2 or 3.'],
    ],
    [
      'a zone that is none, as a text',
      withDev('cluster: { pools: { system: { zones: ["4"] } } }'),
      ['p.yaml:9:43: `environments.dev.cluster.pools.system.zones[0]` is the text `4`. Expected 1, 2 or 3.'],
    ],
    [
      'an id of something else',
      withDev('existing: { registry: /subscriptions/x }'),
      [
        'p.yaml:9:27: `environments.dev.existing.registry` is `/subscriptions/x`. Expected an Azure id: /subscriptions/…/resourceGroups/…/providers/Microsoft.ContainerRegistry/registries/….',
      ],
    ],
    [
      'hostile text, harmless and short',
      withDev(`"\\e[31m\\u202e\`${'x'.repeat(200)}": 1`),
      [
        `p.yaml:9:5: Unknown key \`environments.dev.� ${'x'.repeat(60)}…\`. Known here: subscription, location, regions, production, domain, gate, rollout, allow, existing, names, runner, admins, tags, cluster, network, registry, gateway, key-vault, storage, database, cache, backup, budget, alerts, releases, rollback, gpu-smoke, protect, terraform, images, charts, applications.`,
      ],
    ],
  ])('%s', (_name, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });
});

describe('meaning: environments', () => {
  test.each<[string, string, string[]]>([
    [
      'a private cluster without a runner inside its network',
      withDev('production: true'),
      [
        'p.yaml:6:3: The API server of `dev` is private, and the runner `ubuntu-24.04` cannot reach it. Name a runner inside of its network, such as `runner: my-runners`, or set `cluster.private: false`.',
      ],
    ],
    [
      'the last environment, which is production, on a hosted runner',
      withDev().replace('runner: inside', 'runner: ubuntu-latest'),
      [
        'p.yaml:9:93: The API server of `prod` is private, and the runner `ubuntu-latest` cannot reach it. Name a runner inside of its network, such as `runner: my-runners`, or set `cluster.private: false`.',
      ],
    ],
    [
      'no environment',
      `${head}environments: {}\n`,
      ['p.yaml:5:1: There are 0 environments. A platform has one to six.'],
    ],
    [
      'seven environments',
      `${head}environments:\n${'abcdefg'.replace(/./g, letter => prod.replace('prod', `${letter}x`))}`,
      ['p.yaml:5:1: There are 7 environments. A platform has one to six.'],
    ],
    [
      'neither location nor regions',
      withDev().replace('    location: westeurope\n', ''),
      [
        'p.yaml:6:3: `environments.dev` has neither `location` nor `regions`. Write `location: westeurope` for one region, `regions:` for several.',
      ],
    ],
    [
      'both',
      withDev('regions: { northeurope: {} }'),
      [
        'p.yaml:9:5: `environments.dev` has both `location` and `regions`. Keep `location` for one region, `regions` for several.',
      ],
    ],
    [
      'five regions',
      withDev().replace('location: westeurope\n', 'regions: { aaaa: , bbbb: , cccc: , dddd: , eeee: }\n'),
      ['p.yaml:8:5: `environments.dev` has 5 regions. An environment has one to four.'],
    ],
    [
      'an environment called shared',
      withDev().replace('  dev:', '  shared:'),
      ['p.yaml:6:3: An environment cannot be called `shared`. That is the scope of what environments have in common.'],
    ],
    [
      'unknown entries under allow',
      withDev('allow: [cluster, node-pool/gpus, logs, everything, release/web, release/Web]'),
      [
        'p.yaml:9:22: `environments.dev.allow[1]` is `node-pool/gpus`. Did you mean `node-pool/gpu`?',
        'p.yaml:9:44: `environments.dev.allow[3]` is `everything`. Expected cluster, node-pool/system, node-pool/user, node-pool/gpu, network, registry, key-vault, storage, database, cache, dns, backup, metrics, identity, resource-group, adopt, release/<name of a release> or application/<name of an application>.',
        'p.yaml:9:69: `environments.dev.allow[5]` is `release/Web`. Expected cluster, node-pool/system, node-pool/user, node-pool/gpu, network, registry, key-vault, storage, database, cache, dns, backup, metrics, identity, resource-group, adopt, release/<name of a release> or application/<name of an application>.',
      ],
    ],
    [
      'entries of the other kind of scope under allow',
      withDev('allow: [cluster, logs]').replace(
        'location: westeurope }\n',
        'location: westeurope, allow: [cluster] }\n',
      ),
      [
        'p.yaml:4:93: `shared.allow[0]` is `cluster`. It belongs under `allow` of an environment.',
        'p.yaml:9:22: `environments.dev.allow[1]` is `logs`. It belongs under `allow` of `shared`.',
      ],
    ],
    [
      'the same under shared',
      withDev().replace('location: westeurope }\n', 'location: westeurope, allow: [cluster, log] }\n'),
      ['p.yaml:4:102: `shared.allow[1]` is `log`. Did you mean `logs`?'],
    ],
    [
      'logs that are kept too short',
      withDev().replace('location: westeurope }\n', 'location: westeurope, logs: { retention: 7d } }\n'),
      ['p.yaml:4:104: A log workspace cannot keep logs for 7 days. Use 30d to 730d.'],
    ],
    [
      'names that are too long together',
      withDev()
        .replace('name: contoso', 'name: contoso-platform')
        .replace('  dev:', '  development-eu-1:')
        .replace('location: westeurope\n', 'location: germanywestcentral\n'),
      [
        "p.yaml:6:3: The cluster would be called aks-contoso-platform-development-eu-1-germanywestcentral, which has 56 characters. Azure takes 54: shorten the platform's `name` or the environment's.",
      ],
    ],
    [
      'tags that are ours, or one to Azure',
      `${withDefaults('tags: { Team: a, Environment: b }')}`.replace('  prod: {', '  prod: { tags: { team: c },'),
      [
        'p.yaml:6:20: The tag `Environment` is ours. Every resource carries it already: remove it.',
        'p.yaml:9:25: The tags `Team` and `team` are one to Azure. Write them alike.',
      ],
    ],
  ])('%s', (_name, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });
});

describe('meaning: cluster and pools', () => {
  const pools = (text: string) => withDev(`cluster: { pools: { ${text} } }`);

  test.each<[string, string, string[]]>([
    [
      'an old Kubernetes, once for all environments',
      withDefaults('cluster: { version: "1.33" }'),
      ['p.yaml:6:23: Kubernetes 1.33 has no regular support on AKS any more. Use "1.34" or newer.'],
    ],
    [
      'ranges for a private API server',
      withDev('runner: inside', 'cluster: { private: true, authorized-ranges: [203.0.113.0/24] }'),
      ['p.yaml:10:50: A private API server has no authorized ranges. Remove them, or set `cluster.private: false`.'],
    ],
    [
      'an address that is not the first of its range',
      withDev('cluster: { authorized-ranges: [203.0.113.0/24, 203.0.113.7/24] }'),
      [
        'p.yaml:9:52: `environments.dev.cluster.authorized-ranges[1]` is `203.0.113.7/24`. Expected an IPv4 range: its first address and prefix length, such as 10.40.0.0/16.',
      ],
    ],
    [
      'channels that contradict one another',
      withDev('cluster: { upgrades: { cluster: node-image, nodes: none } }'),
      [
        'p.yaml:9:26: `upgrades.cluster: node-image` needs `upgrades.nodes: node-image`. Set both, or use another channel for the cluster.',
      ],
    ],
    [
      'an image cleaner in a hurry',
      withDev('cluster: { features: { image-cleaner: { interval: 2h } } }'),
      ['p.yaml:9:55: The image cleaner cannot run every 2 hours. Use 24h to 90d.'],
    ],
    [
      'more nodes at least than at most',
      pools('user: { min: 5, max: 3 }'),
      ['p.yaml:9:38: Pool `user` has at least 5 and at most 3 nodes. Make `min` no larger than `max`.'],
    ],
    [
      'an empty system pool',
      pools('system: { min: 0 }'),
      ['p.yaml:9:40: The system pool cannot be empty. Use `min: 1` or more; Azure advises 3.'],
    ],
    [
      'a retired size',
      pools('gpu: { size: Standard_NC6s_v3 }'),
      [
        'p.yaml:9:38: Azure has retired the size `Standard_NC6s_v3`. Use a current one, for GPUs Standard_NC4as_T4_v3 or larger.',
      ],
    ],
    [
      'a GPU pool without GPUs',
      pools('gpu: { size: Standard_D4ds_v5 }'),
      ['p.yaml:9:38: `Standard_D4ds_v5` has no GPU. Use a size of the N series, such as Standard_NC4as_T4_v3.'],
    ],
    [
      'a small system pool in production, named where it is said',
      withDefaults('cluster: { pools: { system: { size: Standard_D2s_v3 } } }'),
      [
        'p.yaml:6:39: `Standard_D2s_v3` has 2 vCPUs, too few for the system pool of a production environment. AKS wants 4 at least; use such a size elsewhere than in production, or Standard_D4ds_v5.',
      ],
    ],
  ])('%s', (_name, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test.each([
    ['Standard_NC6', true],
    ['Standard_NC24r', true],
    ['Standard_NC6s_v2', true],
    ['Standard_NC24rs_v3', true],
    ['Standard_ND6s', true],
    ['Standard_NV6', true],
    ['Standard_NV6_Promo', true],
    ['Standard_NC4as_T4_v3', false],
    ['Standard_NC24ads_A100_v4', false],
    ['Standard_ND96isr_H100_v5', false],
    ['Standard_NV36ads_A10_v5', false],
  ])('%s retired: %s', (size, retired) => {
    expect(problems(pools(`gpu: { size: ${size} }`)).some(line => line.includes('has retired'))).toBe(retired);
  });
});

describe('meaning: network', () => {
  const network = (text: string) => withDev(`network: { ${text} }`);

  test.each<[string, string, string[]]>([
    [
      'no range',
      network('address-space: 10.300.0.0/16'),
      [
        'p.yaml:9:31: `environments.dev.network.address-space` is `10.300.0.0/16`. Expected an IPv4 range: its first address and prefix length, such as 10.40.0.0/16.',
      ],
    ],
    [
      'a reserved range',
      network('services: 172.30.0.0/16'),
      ['p.yaml:9:26: 172.30.0.0/16 overlaps 172.30.0.0/15, which Azure keeps for itself. Choose another range.'],
    ],
    [
      'an address space over the default of services',
      network('address-space: 10.0.0.0/14'),
      ['p.yaml:9:31: The ranges of the network and services overlap. Choose another one.'],
    ],
    [
      'pods and services in one range',
      network('pods: 10.20.0.0/16, services: 10.20.128.0/20'),
      ['p.yaml:9:46: The ranges of pods and services overlap. Choose another one.'],
    ],
    [
      'services in too small and too large a range',
      `${network('services: 10.0.0.0/28')}`.replace(
        'runner: inside }',
        'runner: inside, network: { services: 32.0.0.0/8 } }',
      ),
      [
        'p.yaml:9:26: 10.0.0.0/28 is too small for services. Use a /27 or larger; a /16 costs nothing.',
        'p.yaml:10:122: 32.0.0.0/8 is too large for services. Use a /12 or smaller.',
      ],
    ],
    [
      'too few ranges for the nodes',
      network('pods: 10.244.0.0/20'),
      [
        'p.yaml:9:22: 10.244.0.0/20 has room for the pods of 16 nodes, and the pools may grow to 22. Every node takes a /24: choose a larger range, or smaller pools.',
      ],
    ],
    [
      'a space that is too small to be cut',
      network('address-space: 10.50.0.0/22'),
      [
        'p.yaml:9:31: 10.50.0.0/22 is too small for the zones. Use a /20 or larger for each region, or write all of `zones`.',
      ],
    ],
    [
      'a zone outside of the network, one too small, one over another one',
      network('zones: { dmz: 10.99.0.0/24, management: 10.10.2.0/30, data: 10.10.64.0/24 }'),
      [
        'p.yaml:9:30: Zone `dmz` (10.99.0.0/24) is not inside of the network (10.10.0.0/16). Move one of them.',
        "p.yaml:9:56: Zone `management` (10.10.2.0/30) is too small. Azure's smallest subnet is a /29.",
        'p.yaml:9:76: The ranges of zone `compute` and zone `data` overlap. Choose another one.',
      ],
    ],
    [
      'a dmz that Application Gateway for Containers refuses',
      network('zones: { dmz: 10.10.4.0/23 }'),
      ['p.yaml:9:30: Zone `dmz` is a /23. Application Gateway for Containers needs exactly a /24 there.'],
    ],
    [
      'too few addresses for the nodes',
      network('zones: { compute: 10.10.64.0/28 }'),
      [
        'p.yaml:9:34: Zone `compute` (10.10.64.0/28) has room for 11 nodes, and the pools may grow to 22. Choose a larger range, or smaller pools.',
      ],
    ],
    [
      'two regions in one range',
      withDev().replace(
        'location: westeurope\n',
        'regions: { westeurope: { network: { address-space: 10.50.0.0/16 } }, northeurope: { network: { address-space: 10.50.0.0/17 } } }\n',
      ),
      [
        'p.yaml:8:115: The networks of westeurope and northeurope overlap: 10.50.0.0/16 and 10.50.0.0/17. Choose another range for one of them.',
      ],
    ],
  ])('%s', (_name, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  const group = '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg/providers';
  const vnet = `${group}/Microsoft.Network/virtualNetworks/hub`;
  const existing = (subnet: string) => `existing: { network: { id: ${vnet}, subnets: { compute: ${subnet} } } }`;

  test('environments may use the same ranges', () => {
    expect(problems(withDefaults('network: { address-space: 10.50.0.0/16 }'))).toEqual([]);
  });

  test('an existing network brings its own ranges', () => {
    const text = withDev(existing(`${vnet}/subnets/nodes`), 'network: { address-space: 10.50.0.0/16 }');
    expect(problems(text)).toEqual([
      'p.yaml:10:31: An existing network has its ranges already. Remove `network.address-space`, or `existing.network`.',
    ]);
  });

  test('a subnet of another network', () => {
    expect(problems(withDev(existing(`${vnet}2/subnets/nodes`)))).toEqual([
      expect.stringMatching(/^p\.yaml:9:\d+: The subnet of zone `compute` is not in the network `hub`\. Name one/),
    ]);
  });

  test('one existing network for two regions', () => {
    const text = withDev(existing(`${vnet}/subnets/nodes`)).replace(
      'location: westeurope\n',
      'regions: { westeurope: , northeurope: }\n',
    );
    expect(problems(text)).toEqual([
      'p.yaml:9:32: westeurope and northeurope have the same network. A VNet is in one region: give each its own, under `regions`.',
    ]);
  });
});

describe('all problems at once', () => {
  test('mistakes of text, form and meaning in one run, in the order of the file', () => {
    const text = `${head}defaults:
  runer: x
  cluster: { version: 1.35, pools: { gpu: { size: Standard_NC6s_v3 } } }
environments:
  dev:
    ${subscription}
    location: westeurope
    location: northeurope
    bugdet: 5
    allow: [clutser]
    cluster: { pools: { system: { min: 4, max: 3 } } }
${prod}`;
    expect(problems(text)).toEqual([
      'p.yaml:6:3: Unknown key `defaults.runer`. Did you mean `runner`?',
      'p.yaml:7:23: `defaults.cluster.version` is `1.35`. Put it in quotes: "1.35".',
      'p.yaml:7:51: Azure has retired the size `Standard_NC6s_v3`. Use a current one, for GPUs Standard_NC4as_T4_v3 or larger.',
      'p.yaml:12:5: `location` stands here twice. The first one is on line 11: keep one of them.',
      'p.yaml:13:5: Unknown key `environments.dev.bugdet`. Did you mean `budget`?',
      'p.yaml:14:13: `environments.dev.allow[0]` is `clutser`. Did you mean `cluster`?',
      'p.yaml:15:40: Pool `system` has at least 4 and at most 3 nodes. Make `min` no larger than `max`.',
    ]);
  });

  test.each<[string, string, number]>([
    ['a misspelt runner is not also a missing one', withDev('production: true', 'runnner: inside'), 1],
    [
      'a wrong address space is not also one that its zones are outside of',
      withDev('network: { address-space: 10.50, zones: { dmz: 10.50.0.0/24 } }'),
      1,
    ],
    ['a wrong location is not also a missing one', withDev().replace('location: westeurope\n', 'location: 5\n'), 1],
    [
      'a wrong pool is not also one that the network has no room for',
      withDev('cluster: { pools: { user: { min: 900, max: x } } }'),
      1,
    ],
    ['an environment with a wrong name does not make another one the last', withDev().replace('  prod:', '  Prod:'), 1],
    [
      'a wrong `production` says nothing about runners',
      withDev('production: maybe').replace(', runner: inside', ', production: no'),
      2,
    ],
    ['a wrong platform name is not also too long', withDev().replace('name: contoso', `name: ${'x'.repeat(60)}`), 1],
  ])('%s', (_name, text, expected) => {
    expect(problems(text)).toHaveLength(expected);
  });
});

test('the example is right', () => {
  const example = new URL('../../../examples/platform-repository/platform.yaml', import.meta.url);
  expect(problems(readFileSync(example, 'utf8'))).toEqual([]);
});

describe('meaning: the Azure layer', () => {
  const id = '33333333-3333-3333-3333-333333333333';
  const vnet = `/subscriptions/${id}/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub`;
  const existing = `existing: { network: { id: ${vnet}, subnets: { compute: ${vnet}/subnets/nodes } } }`;

  test.each<[string, string[], string]>([
    [
      'a firewall without an address',
      ['network: { egress: user-defined }'],
      '`egress: user-defined` sends everything to a firewall, and none is named. Add `next-hop:` with its private address.',
    ],
    [
      'an address without a firewall',
      ['network: { next-hop: 10.0.0.4 }'],
      '`egress: nat-gateway` has no next hop. Remove it, or set `egress: user-defined`.',
    ],
    [
      'a small subnet for a bastion',
      ['network: { bastion: true, zones: { bastion: 10.10.2.64/28 } }'],
      'Zone `bastion` (10.10.2.64/28) is too small. Azure Bastion needs a /26 or larger.',
    ],
    [
      'a bastion in the zone of runners',
      ['network: { bastion: true, zones: { bastion: 10.10.2.0/26 } }'],
      'The ranges of zone `management` and zone `bastion` overlap. Choose another one.',
    ],
    [
      'a bastion in an existing network',
      [existing, 'storage: false', 'network: { bastion: true }'],
      'Nothing is made in an existing network. Remove `network.bastion`, or `existing.network`.',
    ],
    [
      'flow logs without storage',
      ['storage: false', 'network: { flow-logs: true }'],
      'Flow logs lie in the storage account, and there is none. Remove `storage: false`, or the flow logs.',
    ],
    [
      'flow logs for two years',
      ['network: { flow-logs: { retention: 730d } }'],
      'Flow logs cannot be kept for 730 days. Use 1d to 365d.',
    ],
    [
      'an API server without a subnet',
      [existing, 'cluster: { vnet-integration: true }'],
      'The API server needs a subnet, and the existing network names none for it. Name it under `existing.network.subnets.api-server`.',
    ],
    [
      'private DNS of a public API server',
      ['cluster: { private-dns: none }'],
      'Only a private API server has private DNS. Remove it, or set `cluster.private: true`.',
    ],
    [
      'cost analysis for nothing',
      ['cluster: { tier: free, features: { cost-analysis: true } }'],
      'The free tier has no cost analysis. Remove it, or use the tier standard or premium.',
    ],
    [
      'safeguards without policy',
      ['cluster: { features: { policy: false, safeguards: enforce } }'],
      '`safeguards` is the work of Azure Policy, which is off. Remove it, or `policy: false`.',
    ],
    [
      'a pool per zone in no zone',
      ['cluster: { pools: { user: { per-zone: true } } }'],
      'Pool `user` is in no zone. Name its zones, such as `zones: [1, 2, 3]`.',
    ],
    [
      'a retired size that replaces another',
      ['cluster: { pools: { gpu: { replacement: { size: Standard_NC6s_v3 } } } }'],
      'Azure has retired the size `Standard_NC6s_v3`. Use a current one, for GPUs Standard_NC4as_T4_v3 or larger.',
    ],
    [
      'a drain of two days',
      ['cluster: { pools: { user: { drain: 2880m } } }'],
      'An upgrade cannot wait 2880 minutes for a node. Use 1m to 1440m.',
    ],
    [
      'a registry copied to itself',
      ['registry: { replicas: [westeurope] }'],
      'The registry of `dev` is in westeurope already. Name other locations.',
    ],
    [
      'untagged images for ever',
      ['registry: { retention: 400d }'],
      'A registry cannot keep untagged images for 400 days. Use 1d to 365d.',
    ],
    [
      'a setting of a vault that is not there',
      ['key-vault: { public-access: false }'],
      '`dev` uses the shared vault. Set `shared.key-vault.public-access`, or `key-vault.own: true` here.',
    ],
    [
      'a burstable pair',
      ['database: { size: B_Standard_B2s, high-availability: true }'],
      '`B_Standard_B2s` is burstable and has no high availability, which `dev` asks for. Use a size that begins with GP_ or MO_, or `high-availability: false`.',
    ],
    ['a short memory', ['database: { backup: 3d }'], 'A database cannot keep backups for 3 days. Use 7d to 35d.'],
    [
      'a backup without storage',
      ['storage: false', 'backup: true'],
      'Backups lie in the storage account, and there is none. Remove `storage: false`, or set `backup: false`.',
    ],
    [
      'a backup without snapshots',
      ['cluster: { features: { csi: { snapshot: false } } }', 'backup: true'],
      'Backup takes snapshots of disks. Switch the drivers `disk` and `snapshot` on, or set `backup: false`.',
    ],
    [
      'a closed registry nobody reaches',
      [existing, 'runner: inside', 'registry: { public-access: false }'],
      'The registry of `dev` is reached through its network only, which names no subnet for private endpoints. Name one under `existing.network.subnets.data`, or open it.',
    ],
    [
      'a closed registry and a hosted runner',
      ['registry: { public-access: false }'],
      'The registry of `dev` is closed, and the runner `ubuntu-24.04` cannot reach it. Name a runner inside of its network, such as `runner: my-runners`, or set `registry.public-access: true`.',
    ],
    [
      'a domain below nothing',
      ['domain: dev.contoso.com'],
      '`dev.contoso.com` is below no domain of the platform. Set `domain` at the top of the file.',
    ],
  ])('%s', (_name, lines, expected) => {
    expect(problems(withDev(...lines))).toEqual([expect.stringMatching(/^p\.yaml:\d+:\d+: /)]);
    expect(problems(withDev(...lines))[0]?.replace(/^p\.yaml:\d+:\d+: /, '')).toBe(expected);
  });

  test.each<[string, string, string]>([
    [
      'a domain elsewhere',
      'domain: dev.fabrikam.com',
      '`dev.fabrikam.com` is not below `contoso.com`. Use a name that ends in .contoso.com.',
    ],
    ['a domain twice', 'domain: prod.contoso.com', '`dev` and `prod` have the same domain. Give each its own.'],
  ])('%s', (_name, line, expected) => {
    const text = `domain: contoso.com\n${withDev(line)}`;
    expect(problems(text).map(problem => problem.replace(/^p\.yaml:\d+:\d+: /, ''))).toEqual([expected]);
  });

  test.each<[string, string, string]>([
    [
      'a soak before the first environment',
      'gate: { soak: 24h }',
      '`dev` is the first environment: there is none before it in which a bundle could prove itself. Remove `soak`, or give it to an environment after it.',
    ],
    [
      'a freeze without an end',
      'gate: { freeze: [{ from: Fri 16:00 }] }',
      'A freeze with `from` or `to` needs both. Write',
    ],
    [
      'a freeze in no zone',
      'gate: { freeze: [{ from: Fri 16:00, to: Mon 08:00, zone: Mars/Base }] }',
      '`Mars/Base` is no time zone of the IANA database. Write',
    ],
    [
      'a time that is none',
      'gate: { freeze: [{ from: Friday, to: Mon 08:00 }] }',
      '`environments.dev.gate.freeze[0].from` is `Friday`. Expected a day of the week and a time, such as Fri 16:00',
    ],
    [
      'an emergency without an end',
      'gate: { break-glass: { reason: log4shell } }',
      '`environments.dev.gate.break-glass.until` is missing. Expected a time with its zone, such as 2026-12-20T18:00Z.',
    ],
    [
      'an emergency until a day that there is not',
      'gate: { break-glass: { reason: log4shell, until: 2026-13-20T18:00Z } }',
      '`2026-13-20T18:00Z` is no time. Write it like 2026-12-20T18:00Z.',
    ],
  ])('%s', (_name, line, expected) => {
    const found = problems(withDev(line)).map(problem => problem.replace(/^p\.yaml:9:\d+: /, ''));
    expect(found).toEqual([expect.stringContaining(expected)]);
  });

  const two = 'regions: { westeurope: , northeurope: }';
  test.each<[string, string, string[]]>([
    [
      'a pause of one region',
      withDev('rollout: { pause: 15m }'),
      ['p.yaml:9:23: `dev` has one region, and none that would wait for it. Remove `pause`.'],
    ],
    [
      'a pause of regions in parallel',
      withDev('rollout: { pause: 15m }').replace('location: westeurope\n', `${two}\n`),
      [
        'p.yaml:9:23: The regions of `dev` go in parallel, so none waits for another. Say `regions: in-order` beside it, or remove `pause`.',
      ],
    ],
    [
      'a pause longer than a job',
      withDev('rollout: { regions: in-order, pause: 3h }').replace('location: westeurope\n', `${two}\n`),
      ['p.yaml:9:42: A region that pauses for 3h leaves its job too little time for what it applies. Use 2h or less.'],
    ],
    [
      'a pause in parallel for all',
      withDefaults('rollout: { regions: parallel, pause: 15m }').replace(/(dev: .*)location: westeurope/, `$1${two}`),
      [
        'p.yaml:6:40: The regions of `dev` go in parallel, so none waits for another. Say `regions: in-order` beside it, or remove `pause`.',
      ],
    ],
    [
      'a pause for all, of which some need none',
      withDefaults('rollout: { pause: 15m }').replace(/(dev: .*)location: westeurope/, `$1${two}`),
      [],
    ],
    [
      'an order that is none',
      withDev('rollout: { regions: random }'),
      ['p.yaml:9:25: `environments.dev.rollout.regions` is `random`. Expected in-order or parallel.'],
    ],
    [
      'of one region alone',
      withDev().replace('location: westeurope\n', 'regions: { westeurope: { rollout: { pause: 15m } } }\n'),
      [
        'p.yaml:8:30: Unknown key `environments.dev.regions.westeurope.rollout`. Known here: runner, admins, tags, cluster, network, registry, gateway, key-vault, storage, database, cache, backup, budget, alerts, releases, rollback, gpu-smoke, protect, terraform, images, charts, applications, existing, names.',
      ],
    ],
  ])('%s', (_name, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test('a zone of another domain', () => {
    const zone = `/subscriptions/${id}/resourceGroups/dns/providers/Microsoft.Network/dnszones/fabrikam.com`;
    expect(problems(`domain: contoso.com\nexisting: { dns-zone: ${zone} }\n${withDev()}`)).toEqual([
      'p.yaml:2:23: The zone `fabrikam.com` is not that of `contoso.com`. Set `domain: fabrikam.com`, or name another zone.',
    ]);
  });
});

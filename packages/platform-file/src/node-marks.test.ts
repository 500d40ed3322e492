import { describe, expect, test } from '@jest/globals';
import { parsePlatform, parseTaint, poolInstances, resolveEnvironment, writeTaint } from './index.ts';
import { problemsOf } from './testing/index.ts';

/** A file whose environment `dev` has these pools, from line 8 and column 20 on. */
const withPools = (pools: string, more = '') => `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
  dev:
    subscription: 33333333-3333-3333-3333-333333333333
    cluster: { pools: { ${pools} } }
    location: westeurope
${more}  prod: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope, runner: inside }
`;
const problems = (pools: string, more = '') => problemsOf(() => parsePlatform(withPools(pools, more), 'p.yaml'));
const clusterOf = (pools: string) =>
  resolveEnvironment(parsePlatform(withPools(pools), 'p.yaml').source, 'dev', 'westeurope').cluster;

test.each([
  ['dedicated=data:NoSchedule', { key: 'dedicated', value: 'data', effect: 'NoSchedule' }],
  ['contoso.com/team=a.b_c:NoExecute', { key: 'contoso.com/team', value: 'a.b_c', effect: 'NoExecute' }],
  ['spare=:PreferNoSchedule', { key: 'spare', value: '', effect: 'PreferNoSchedule' }],
])('%s is a taint, there and back', (text, expected) => {
  const taint = parseTaint(text);
  expect(taint).toEqual(expected);
  expect(taint && writeTaint(taint)).toBe(text);
});

test.each(['dedicated:NoSchedule', 'dedicated=data', 'dedicated=data:Never', '=data:NoSchedule', 'a=b=c:NoExecute'])(
  '%s is none',
  text => expect(parseTaint(text)).toBeUndefined(),
);

describe('of a pool', () => {
  test('are its own, and those of what replaces it until it says others', () => {
    const { pools } = clusterOf(`system: { labels: { tier: base } }, user: {
      labels: { team: data, "contoso.com/tier": gold }, taints: [dedicated=data:PreferNoSchedule],
      replacement: { labels: { team: web } } }`);
    expect(pools.system.labels).toEqual({ tier: 'base' });
    expect(pools.user).toMatchObject({
      labels: { team: 'data', 'contoso.com/tier': 'gold' },
      taints: [{ key: 'dedicated', value: 'data', effect: 'PreferNoSchedule' }],
      replacement: { labels: { team: 'web' }, taints: [{ key: 'dedicated' }] },
    });
    expect(pools.gpu).toMatchObject({ labels: {}, taints: [] });
  });

  test('hold in each of its zones', () => {
    const cluster = clusterOf('gpu: { zones: [1, 2], per-zone: true, taints: [team=ml:NoSchedule] }');
    expect(poolInstances(cluster).map(({ name, pool }) => [name, pool.taints.map(writeTaint)])).toEqual([
      ['user', []],
      ['gpu1', ['team=ml:NoSchedule']],
      ['gpu2', ['team=ml:NoSchedule']],
    ]);
  });
});

describe('at its line and column', () => {
  const notYours = (kind: string, name: string) =>
    `The ${kind} \`${name}\` is not yours to set: AKS${kind === 'label' ? ', Kubernetes or the platform puts' : ' or Kubernetes puts'} it on nodes. Use another name, such as one with a domain of yours in front.`;
  const user = 'environments.dev.cluster.pools.user';

  test.each<[string, string, string[]]>([
    [
      'a value that YAML takes for a switch',
      'user: { labels: { gpu: true } }',
      [`p.yaml:8:48: \`${user}.labels.gpu\` is \`true\`. Put it in quotes: "true".`],
    ],
    [
      'a value that is no label',
      'user: { labels: { team: "a b" } }',
      [
        `p.yaml:8:49: \`${user}.labels.team\` is \`a b\`. Expected the value of a label: up to 63 letters, digits, hyphens, underscores and dots, with a letter or digit at both ends.`,
      ],
    ],
    [
      'a name that is no label',
      'user: { labels: { -team: a } }',
      [
        `p.yaml:8:43: \`-team\` cannot be a name in \`${user}.labels\`. Expected the name of a label, such as team or contoso.com/team.`,
      ],
    ],
    [
      'a taint without value',
      'user: { taints: [dedicated:NoSchedule] }',
      [
        `p.yaml:8:42: \`${user}.taints[0]\` is \`dedicated:NoSchedule\`. Expected a taint such as dedicated=data:NoSchedule; the effect is NoSchedule, PreferNoSchedule or NoExecute.`,
      ],
    ],
    [
      'a taint of the system pool',
      'system: { taints: [a=b:NoSchedule] }',
      [
        'p.yaml:8:35: Unknown key `environments.dev.cluster.pools.system.taints`. The system pool has the taint of `dedicated` and no other: Terraform cannot give it any, and AKS needs room for its own pods.',
      ],
    ],
    [
      'labels of others',
      'system: { labels: { node-type: a, agentpool: b, kubernetes.azure.com/mode: c, kubernetes.io/os: d, node-role.kubernetes.io/x: e } }',
      [
        `p.yaml:8:56: ${notYours('label', 'node-type')}`,
        `p.yaml:8:70: ${notYours('label', 'agentpool')}`,
        `p.yaml:8:100: ${notYours('label', 'kubernetes.azure.com/mode')}`,
        `p.yaml:8:121: ${notYours('label', 'kubernetes.io/os')}`,
        `p.yaml:8:151: ${notYours('label', 'node-role.kubernetes.io/x')}`,
      ],
    ],
    [
      'taints of others, and twice the same',
      'gpu: { taints: [kubernetes.azure.com/x=y:NoSchedule, node.kubernetes.io/x=:NoExecute, a=b:NoExecute, a=c:NoExecute, a=b:NoSchedule, nvidia.com/gpu=x:NoSchedule] }',
      [
        `p.yaml:8:41: ${notYours('taint', 'kubernetes.azure.com/x')}`,
        `p.yaml:8:78: ${notYours('taint', 'node.kubernetes.io/x')}`,
        'p.yaml:8:126: A node has one taint `a` with the effect NoExecute, and the pool `gpu` has it already. Remove it, or use another name.',
        'p.yaml:8:157: A node has one taint `nvidia.com/gpu` with the effect NoSchedule, and the pool `gpu` has it already. Remove it, or use another name.',
      ],
    ],
    [
      'what locks the platform out',
      'user: { taints: [a=b:NoSchedule, c=d:PreferNoSchedule] }',
      [
        'p.yaml:8:41: No pool takes pods of `cert-manager`, `kube-prometheus-stack` and `argo-cd`: they do not tolerate `a=b:NoSchedule`, and the system pool takes critical add-ons only. Use the effect PreferNoSchedule, let workloads into the system pool (`system: { dedicated: false }`), or give those releases `tolerations` in their `values`.',
      ],
    ],
  ])('%s', (_name, pools, expected) => {
    expect(problems(pools)).toEqual(expected);
  });

  test.each([
    ['a taint that keeps nobody away', 'user: { taints: [a=b:PreferNoSchedule] }', ''],
    ['workloads in the system pool', 'system: { dedicated: false }, user: { taints: [a=b:NoExecute] }', ''],
    ['a pool beside it', 'user: { taints: [a=b:NoExecute], replacement: { taints: [] } }', ''],
    ['GPU pools', 'gpu: { taints: [a=b:NoExecute] }', ''],
    [
      'what a kubelet may say',
      'user: { labels: { node.kubernetes.io/exclude-from-external-load-balancers: "true" } }',
      '',
    ],
    [
      'releases that are told',
      'user: { taints: [a=b:NoSchedule] }',
      '    releases: { cert-manager: { values: { tolerations: [{ key: a, operator: Exists }] } }, kube-prometheus-stack: false, argo-cd: false }\n',
    ],
  ])('nothing of %s', (_name, pools, more) => {
    expect(problems(pools, more)).toEqual([]);
  });
});

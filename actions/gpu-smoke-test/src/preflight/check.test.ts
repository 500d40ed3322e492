import { describe, expect, test } from '@jest/globals';
import { type Finding, verdictText } from '../verdict.ts';
import { checkBefore } from './check.ts';
import { digest, facts, found, known, livePool, node, open, plugin, vmSize } from './facts.fixture.ts';
import type { PreflightFacts } from './facts.ts';

const state = ({ level, verdict }: Finding) => (verdict === undefined ? level : verdictText(verdict));
const base = facts();

const part = (key: string, operator: string, ...values: string[]) => ({ key, operator, values });
/** Of the chart nvidia-device-plugin, by default. */
const discovered = [
  [part('feature.node.kubernetes.io/pci-10de.present', 'In', 'true')],
  [part('nvidia.com/gpu.present', 'In', 'true')],
];

test('all is well', () => {
  const findings = checkBefore(base);
  expect(
    findings.map(finding => `${finding.check}: ${state(finding)}: ${finding.evidence}`).join('\n'),
  ).toMatchInlineSnapshot(`
"Node pool: fine: gpu is there, with machines of Standard_NC4as_T4_v3.
Nodes at most: fine: The autoscaler may give gpu 2.
Labels of the pool: fine: As the platform file says.
Taints of the pool: fine: nvidia.com/gpu=true:NoSchedule, which the test tolerates.
Size of the pool: fine: Standard_NC4as_T4_v3 has 1 T4.
Image: fine: mcr.microsoft.com has it.
CUDA of the image: fine: It brings none along: the driver of the node says what it can.
Namespace: fine: gpu-smoke-test is made for the test, and enforces restricted pods.
Device plugin: fine: kube-system/nvidia-device-plugin comes to the nodes of the pool.
Autoscaler: fine: It is ready to give gpu a node.
Nodes that stop the autoscaler: fine: There is none.
vCPU quota: fine: There is room for one more node of 4 vCPUs."
`);
});

test('a node that is there: nothing depends on a scale-up', () => {
  const findings = checkBefore(facts({ nodes: known([node()]), plugins: known([]) }));
  expect(findings.every(({ level }) => level === 'fine')).toBe(true);
  expect(findings.find(({ check }) => check === 'Device plugin')?.evidence).toBe('aks-gpu-1-vmss000000 offers 1.');
});

const pools = (changes: Parameters<typeof livePool>[0]): Partial<PreflightFacts> => ({
  pools: known([livePool(changes)]),
});
const pool = (changes: Partial<PreflightFacts['pool']>): Partial<PreflightFacts> => ({
  pool: { ...base.pool, ...changes },
});
const image = (changes: Partial<PreflightFacts['image']>): Partial<PreflightFacts> => ({
  image: { ...base.image, ...changes },
});
const namespace = (changes: Parameters<typeof found>[0]): Partial<PreflightFacts> => ({
  namespace: { name: 'team-a', isOwn: false, found: known(found(changes)) },
});
const a10 = {
  ...pool({ size: 'Standard_NV36ads_A10_v5' }),
  pools: known([livePool({ size: 'Standard_NV36ads_A10_v5' })]),
};
const fraction = {
  ...pool({ size: 'Standard_NV12ads_A10_v5' }),
  pools: known([livePool({ size: 'Standard_NV12ads_A10_v5' })]),
  size: known(vmSize({ name: 'Standard_NV12ads_A10_v5' })),
};
const spot = { ...pool({ spot: true }), pools: known([livePool({ priority: 'Spot' })]) };
const spotTolerations = {
  test: {
    ...base.test,
    tolerations: [
      ...base.test.tolerations,
      { key: 'kubernetes.azure.com/scalesetpriority', operator: 'Equal', value: 'spot' },
    ],
  },
};
const quota = (hard: object, used: object) => namespace({ quotas: known([{ name: 'compute', hard, used } as never]) });
const limits = (changes: object) =>
  namespace({ limits: known([{ name: 'bounds', of: 'Container', min: {}, max: {}, ...changes } as never]) });

type Case = [topic: string, what: string, changes: Partial<PreflightFacts>, expected: string, words: RegExp];

/** One row per thing that is wrong: the only finding that is not fine, and a word of its evidence or remedy. */
describe.each<Case>([
  [
    'pool',
    'there is no cluster',
    { pools: known(undefined) },
    'blocked: configuration',
    /no cluster yet.*provision-aks/,
  ],
  [
    'pool',
    'it is not there',
    { pools: known([livePool({ name: 'gpugreen' })]) },
    'blocked: configuration',
    /no pool gpu: there is gpugreen/,
  ],
  ['pool', 'it is stopped', pools({ powerState: 'Stopped' }), 'blocked: configuration', /nodepool start/],
  ['pool', 'its last change failed', pools({ provisioningState: 'Failed' }), 'warning', /Failed/],
  [
    'pool',
    'its machines are switched off and kept (NVIDIA/gpu-operator#729)',
    pools({ scaleDownMode: 'Deallocate' }),
    'warning',
    /Deallocate.*drivers break.*provision-aks/,
  ],
  ['pool', 'nobody may look', { pools: open }, 'unknown', /lacks a right/],
  ['pool', 'at most 0', pools({ max: 0 }), 'blocked: configuration', /maximum is 0/],
  ['pool', 'another maximum', pools({ max: 5 }), 'warning', /5, where the platform file says 2/],
  [
    'pool',
    'no autoscaler and no node',
    pools({ autoscaling: false, count: 0 }),
    'blocked: configuration',
    /no node, and no autoscaler/,
  ],
  ['pool', 'no autoscaler', pools({ autoscaling: false, count: 1 }), 'warning', /1 nodes, and no autoscaler/],
  [
    'labels',
    'one is missing',
    pools({ labels: { 'node-type': 'ai' } }),
    'warning',
    /accelerator is missing instead of nvidia-gpu/,
  ],
  ['labels', 'another size', pools({ size: 'Standard_NC8as_T4_v3' }), 'warning', /size is Standard_NC8as_T4_v3/],
  ['taints', 'none', pools({ taints: [] }), 'warning', /lacks nvidia\.com\/gpu=true:NoSchedule/],
  ['taints', 'another value', pools({ taints: ['nvidia.com/gpu=present:NoSchedule'] }), 'warning', /lacks nvidia/],
  [
    'taints',
    'one that nobody tolerates',
    {
      ...pools({ taints: ['nvidia.com/gpu=true:NoSchedule', 'team=a:NoExecute'] }),
      plugins: known([plugin({ tolerations: [{ operator: 'Exists' }] })]),
    },
    'blocked: configuration',
    /team=a:NoExecute/,
  ],
  ['size', 'no GPU by Azure’s word', { size: known(vmSize({ gpus: 0 })) }, 'blocked: configuration', /no GPU/],
  ['size', 'not offered', { size: known(undefined), usages: base.usages }, 'blocked: configuration', /does not offer/],
  [
    'level',
    'speeds of a part of a GPU',
    { ...fraction, level: 'standard' },
    'warning',
    /machines of Standard_NV12ads_A10_v5 have 1\/3 of an A10.*level: quick/,
  ],
  ...(
    [
      ['slices of MIG', { labels: { agentpool: 'gpu', 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-MIG-1g.5gb' } }],
      ['time-slicing', { capacity: 4, allocatable: 4 }],
      ['virtual GPUs', { labels: { agentpool: 'gpu', 'nvidia.com/vgpu.present': 'true' } }],
    ] as const
  ).map(
    ([what, change]): Case => [
      'level',
      `speeds of ${what}`,
      { nodes: known([node(change)]), level: 'standard' },
      'warning',
      /the GPUs of aks-gpu-1-vmss000000 are .*not judged.*level: quick/,
    ],
  ),
  [
    'level',
    'a size that nobody has measured',
    {
      ...pool({ size: 'Standard_NC144ds_xl_RTXPRO6000BSE_v6' }),
      pools: known([livePool({ size: 'Standard_NC144ds_xl_RTXPRO6000BSE_v6' })]),
      size: known(vmSize({ name: 'Standard_NC144ds_xl_RTXPRO6000BSE_v6' })),
      level: 'standard',
    },
    'unknown',
    /how fast RTX PRO 6000 should be/,
  ],
  ['size', 'other GPUs than documented', { size: known(vmSize({ gpus: 4 })) }, 'warning', /4 GPUs by Azure/],
  [
    'image',
    'a tag',
    image({ reference: 'docker.io/library/python:3.12', sight: open }),
    'blocked: configuration',
    /imagetools inspect/,
  ],
  ['image', 'not there', image({ sight: known(undefined) }), 'blocked: registry', /has no azurelinux\/base\/python/],
  [
    'image',
    'elsewhere',
    image({ reference: `docker.io/library/python@${digest}`, ownRegistry: 'acrdev.azurecr.io' }),
    'blocked: registry',
    /takes its images from acrdev.azurecr.io.*push-acr.*az acr import --name acrdev/,
  ],
  ['image', 'in Microsoft’s registry', image({ ownRegistry: 'acrdev.azurecr.io' }), 'warning', /mcr\.microsoft\.com/],
  [
    'CUDA',
    '13 on the GRID driver of A10',
    { ...a10, ...image({ sight: known({ cuda: '13.0' }) }), size: known(vmSize({ name: 'Standard_NV36ads_A10_v5' })) },
    'blocked: configuration',
    /CUDA 13\.0; AKS gives Standard_NV36ads_A10_v5 the GRID driver 570/,
  ],
  [
    'CUDA',
    'with the GPU operator',
    {
      ...pool({ driver: 'None' }),
      ...image({ sight: known({ cuda: '12.5' }) }),
      plugins: known([plugin(), plugin({ name: 'gpu-operator/nvidia-driver-daemonset', does: 'driver' })]),
    },
    'unknown',
    /not known before a node/,
  ],
  [
    'CUDA',
    'newer than the driver of the nodes',
    {
      ...image({ sight: known({ cuda: '13.1' }) }),
      nodes: known([node({ labels: { agentpool: 'gpu', 'nvidia.com/cuda.driver.major': '570' } })]),
    },
    'blocked: configuration',
    /from driver 580 on; the pool’s nodes have 570/,
  ],
  [
    'namespace',
    'not there',
    { namespace: { name: 'team-a', isOwn: false, found: known(undefined) } },
    'blocked: configuration',
    /no namespace team-a/,
  ],
  [
    'namespace',
    'nobody may look',
    { namespace: { name: 'team-a', isOwn: false, found: open } },
    'unknown',
    /lacks a right/,
  ],
  [
    'quota',
    'no GPU',
    quota({ 'requests.nvidia.com/gpu': 0 }, {}),
    'blocked: quota',
    /allows 0 requests\.nvidia\.com\/gpu, of which 0 are used/,
  ],
  ['quota', 'pods used up', quota({ pods: 3 }, { pods: 2 }), 'blocked: quota', /allows 3 pods, of which 2/],
  [
    'quota',
    'memory',
    quota({ 'limits.memory': 2 ** 30 }, { 'limits.memory': 2 ** 29 }),
    'blocked: quota',
    /1024 MiB limits\.memory, of which 512 MiB/,
  ],
  ['quota', 'nobody may look', namespace({ quotas: open }), 'unknown', /lacks a right/],
  [
    'limits',
    'too much memory',
    limits({ max: { memory: 2 ** 28 } }),
    'blocked: configuration',
    /256 MiB memory at most, and the test takes 512 MiB/,
  ],
  [
    'limits',
    'too little CPU',
    limits({ min: { cpu: 1 } }),
    'blocked: configuration',
    /1 cpu at least, and the test takes 0\.5/,
  ],
  ['limits', 'of a pod', limits({ of: 'Pod', max: { cpu: 0.6 } }), 'blocked: configuration', /a pod 0\.6 cpu/],
  [
    'admission',
    'pod security',
    namespace({ refusal: known('pods "x" is forbidden: violates PodSecurity "restricted:latest": x') }),
    'blocked: configuration',
    /enforce-version/,
  ],
  [
    'admission',
    'quota of another kind',
    namespace({ refusal: known('exceeded quota: q') }),
    'blocked: quota',
    /exceeded quota: q/,
  ],
  [
    'admission',
    'a policy',
    namespace({ refusal: known('admission webhook "x" denied the request') }),
    'blocked: configuration',
    /exception in the policy/,
  ],
  ['admission', 'nobody may try', namespace({ refusal: open }), 'unknown', /lacks a right/],
  ['plugin', 'none', { plugins: known([]) }, 'failed: plugin', /no device plugin, and no GPU operator/],
  ['plugin', 'nobody may look', { plugins: open }, 'unknown', /lacks a right/],
  [
    'plugin',
    'the operator makes it later',
    { plugins: known([plugin({ name: 'gpu-operator/gpu-operator', does: 'operator' })]) },
    'unknown',
    /with the first GPU node/,
  ],
  [
    'plugin',
    'slices of MIG with names of their own',
    { nodes: known([node({ capacity: 0, allocatable: 0, slices: ['nvidia.com/mig-1g.10gb'] })]) },
    'blocked: configuration',
    /offers nvidia\.com\/mig-1g\.10gb, and no nvidia\.com\/gpu.*`single`/,
  ],
  [
    'plugin',
    'AKS’s sample tolerates another taint',
    {
      plugins: known([
        plugin({ tolerations: [{ key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' }] }),
      ]),
    },
    'failed: plugin',
    /does not tolerate nvidia\.com\/gpu=true:NoSchedule/,
  ],
  [
    'plugin',
    'another value of the taint',
    {
      plugins: known([
        plugin({ tolerations: [{ key: 'nvidia.com/gpu', operator: 'Equal', value: 'present', effect: 'NoSchedule' }] }),
      ]),
    },
    'failed: plugin',
    /does not tolerate/,
  ],
  [
    'plugin',
    'for other nodes',
    { plugins: known([plugin({ nodeSelector: { accelerator: 'nvidia-tesla' } })]) },
    'failed: plugin',
    /wants nodes with accelerator=nvidia-tesla/,
  ],
  [
    'plugin',
    'it wants labels of the feature discovery, as NVIDIA’s chart does by default',
    { plugins: known([plugin({ affinity: discovered })]) },
    'unknown',
    /only to nodes with feature\.node\.kubernetes\.io\/pci-10de\.present In \(true\), or nvidia\.com\/gpu\.present In \(true\), which nothing here shows for gpu/,
  ],
  [
    'plugin',
    'its affinity is for other nodes',
    { plugins: known([plugin({ affinity: [[part('kubernetes.io/os', 'In', 'windows')], []] })]) },
    'failed: plugin',
    /wants nodes with kubernetes\.io\/os In \(windows\)/,
  ],
  [
    'plugin',
    'on spot nodes it is kept away',
    { ...spot, ...spotTolerations, usages: known([{ name: 'lowPriorityCores', title: 'Spot', current: 0, limit: 8 }]) },
    'failed: plugin',
    /scalesetpriority=spot/,
  ],
  [
    'driver',
    'two install it',
    { plugins: known([plugin(), plugin({ name: 'gpu-operator/nvidia-driver-daemonset', does: 'driver' })]) },
    'warning',
    /install one as well/,
  ],
  ['driver', 'nobody installs it', pool({ driver: 'None' }), 'failed: driver', /Nobody installs a driver/],
  [
    'autoscaler',
    'quota',
    {
      scaler: known([
        { name: 'aks-gpu-1-vmss', scaleUp: 'Backoff', backoff: { code: 'QuotaExceeded', message: 'no cores' } },
      ]),
    },
    'blocked: quota',
    /aks-gpu-1-vmss failed: QuotaExceeded: no cores\./,
  ],
  [
    'autoscaler',
    'capacity',
    {
      scaler: known([
        { name: 'aks-gpu-1-vmss', scaleUp: 'Backoff', backoff: { code: 'ZonalAllocationFailed', message: '' } },
      ]),
    },
    'blocked: capacity',
    /another zone, size or region/,
  ],
  [
    'autoscaler',
    'one zone of two',
    {
      scaler: known([
        { name: 'aks-gpu-1-vmss', scaleUp: 'Backoff', backoff: { code: 'x', message: '' } },
        { name: 'aks-gpu-2-vmss', scaleUp: 'NoActivity', backoff: undefined },
      ]),
    },
    'warning',
    /aks-gpu-1-vmss failed: x/,
  ],
  ['autoscaler', 'it does not know the pool', { scaler: known([]) }, 'warning', /does not know gpu/],
  ['autoscaler', 'no status', { scaler: known(undefined) }, 'unknown', /keeps no status/],
  ['autoscaler', 'nobody may look', { scaler: open }, 'unknown', /lacks a right/],
  [
    'complaint 8',
    'a labelled node without capacity',
    {
      nodes: known([
        node({ name: 'aks-old-1', labels: { agentpool: 'old', accelerator: 'nvidia' }, capacity: 0, allocatable: 0 }),
      ]),
    },
    'blocked: configuration',
    /aks-old-1 have a GPU’s label.*every scale-up/,
  ],
  [
    'cores',
    'of the family',
    { usages: known([{ name: 'Standard NCASv3_T4 Family', title: 'T4', current: 6, limit: 8 }]) },
    'blocked: quota',
    /takes 4 vCPUs, and T4 has 6 of 8 in use/,
  ],
  [
    'cores',
    'of the region',
    { usages: known([{ name: 'cores', title: 'All', current: 10, limit: 10 }]) },
    'blocked: quota',
    /All has 10 of 10/,
  ],
  ['cores', 'nobody may look', { usages: open }, 'unknown', /lacks a right/],
  ['cores', 'no such line', { usages: known([]) }, 'unknown', /lists no quota/],
])('%s: %s', (_topic, _what, changes, expected, words) => {
  const findings = checkBefore(facts(changes));

  test('is said, with what to do about it', () => {
    const said = findings.find(
      finding => state(finding) === expected && words.test(`${finding.evidence} ${finding.remedy ?? ''}`),
    );
    expect(said?.evidence ?? findings.filter(({ level }) => level !== 'fine')).toEqual(expect.any(String));
    if (expected !== 'unknown') expect(said?.remedy).toMatch(/\w{3}/);
  });

  test('and nothing worse is', () => {
    const bad = findings.filter(({ level }) => level === 'bad').map(state);
    expect(new Set(bad)).toEqual(new Set(/:/.test(expected) ? [expected] : []));
  });
});

describe('sizes that the table does not have', () => {
  const unknownSize = (size: string) => ({ ...pool({ size }), pools: known([livePool({ size })]) });
  test.each<[string, Partial<PreflightFacts>, string, RegExp]>([
    [
      'with GPUs by Azure’s word',
      { ...unknownSize('Standard_NX9'), size: known(vmSize({ name: 'Standard_NX9', gpus: 2 })) },
      'unknown',
      /has 2 by Azure’s word/,
    ],
    ['and Azure does not answer', { ...unknownSize('Standard_NX9'), size: open }, 'unknown', /lacks a right/],
    ['retired', { ...unknownSize('Standard_NC6s_v3'), size: open }, 'blocked: configuration', /retired on 2025-09-30/],
    ['of AMD', { ...unknownSize('Standard_ND96isr_MI300X_v5'), size: open }, 'blocked: configuration', /AMD/],
    ['known, and Azure does not answer', { size: open }, 'fine', /by Microsoft’s documentation/],
  ])('%s', (_name, changes, expected, evidence) => {
    const found = checkBefore(facts(changes)).find(({ check }) => check === 'Size of the pool');
    expect(found === undefined ? undefined : state(found)).toBe(expected);
    expect(found?.evidence).toMatch(evidence);
  });
});

test.each<[string, Partial<PreflightFacts>]>([
  ['a CUDA that the driver runs', image({ sight: known({ cuda: '13.0' }) })],
  [
    'CUDA 12 on A10',
    { ...a10, ...image({ sight: known({ cuda: '12.5' }) }), size: known(vmSize({ name: 'Standard_NV36ads_A10_v5' })) },
  ],
  ['speeds of a GPU that is measured elsewhere', { level: 'standard' }],
  [
    'speeds under an operator that writes a strategy for MIG on every node',
    { nodes: known([node({ labels: { agentpool: 'gpu', 'nvidia.com/mig.strategy': 'single' } })]), level: 'standard' },
  ],
  ['a quota of other things', quota({ services: 0, 'requests.nvidia.com/gpu': 1 }, {})],
  ['limits that it keeps', limits({ max: { cpu: 0.5, memory: 2 ** 29, 'nvidia.com/gpu': 1 }, min: { cpu: 0.1 } })],
  [
    'an image in the registry of the environment',
    image({ reference: `acrdev.azurecr.io/gpu-smoke@${digest}`, ownRegistry: 'acrdev.azurecr.io' }),
  ],
  ['a second plugin that fits', { plugins: known([plugin({ tolerations: [] }), plugin({ name: 'gpu/second' })]) }],
  [
    'an affinity that every GPU node of AKS fulfils',
    {
      plugins: known([
        plugin({
          affinity: [
            [
              part('kubernetes.azure.com/accelerator', 'In', 'nvidia'),
              part('node-type', 'Exists'),
              part('nvidia.com/gpu.deploy', 'DoesNotExist'),
              part('type', 'NotIn', 'virtual-kubelet'),
            ],
          ],
        }),
      ]),
    },
  ],
  [
    'an affinity for labels that a node of the pool was given',
    {
      nodes: known([
        node({ capacity: 0, allocatable: 0, labels: { agentpool: 'gpu', 'nvidia.com/gpu.present': 'true' } }),
      ]),
      plugins: known([plugin({ affinity: discovered })]),
    },
  ],
  [
    'a second plugin that wants no labels of others',
    { plugins: known([plugin({ affinity: discovered }), plugin({ name: 'gpu/second' })]) },
  ],
  [
    'a spot pool whose pods tolerate it',
    {
      ...spot,
      ...spotTolerations,
      plugins: known([plugin({ tolerations: [{ operator: 'Exists' }] })]),
      usages: known([{ name: 'lowPriorityCores', title: 'Spot', current: 0, limit: 8 }]),
    },
  ],
  [
    'a labelled node without GPUs in a pool that scales: it waits for its plugin',
    { nodes: known([node({ capacity: 0, allocatable: 0 })]) },
  ],
])('%s stops nothing', (_name, changes) => {
  expect(checkBefore(facts(changes)).filter(({ level }) => level !== 'fine')).toEqual([]);
});

test.each<[string, Partial<PreflightFacts>]>([
  ['quota of cores', { usages: known([{ name: 'cores', title: 'All', current: 10, limit: 10 }]) }],
  [
    'a scale-up that failed',
    { scaler: known([{ name: 'aks-gpu-1-vmss', scaleUp: 'Backoff', backoff: { code: 'x', message: '' } }]) },
  ],
  ['a size that is not offered any more', { size: known(undefined) }],
])('%s only warns where a node offers its GPUs', (_name, changes) => {
  const findings = checkBefore(facts({ ...changes, nodes: known([node()]) }));
  expect(findings.some(({ level }) => level === 'bad')).toBe(false);
  expect(findings.some(({ level }) => level === 'warning')).toBe(true);
});

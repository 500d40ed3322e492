import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { KubernetesFailure, type KubernetesObject } from '@suite/kubernetes';
import { RegistryFailure } from '@suite/registry';
import { jobOf } from '../job.ts';
import { digest, facts as fixture, known, livePool, vmSize } from './facts.fixture.ts';
import { findImage } from './find-image.ts';
import { judgeNamespace } from './judge-namespace.ts';
import { plannedPool } from './planned-pool.ts';
import { type PreflightPorts, type PreflightQuestion, readPools, readPreflight } from './read.ts';
import { readDaemon } from './read-daemons.ts';
import { readQuota } from './read-quota.ts';
import { intolerable, parseTaint, writeTaint } from './taints.ts';

const plan = {
  run: 'abc',
  pool: 'gpu',
  namespace: 'team-a',
  image: `mcr.microsoft.com/python@${digest}`,
  level: 'quick',
  program: 'print()',
  selector: undefined,
  taints: [],
  deadlineSeconds: 600,
  now: '2026-01-01T00:00:00Z',
} as const;
const question: PreflightQuestion = {
  location: 'westeurope',
  level: 'standard',
  pool: {
    name: 'gpu',
    size: 'Standard_NC4as_T4_v3',
    max: 2,
    spot: false,
    driver: 'Install',
    labels: {},
    taints: [],
  },
  image: plan.image,
  ownRegistry: undefined,
  namespace: { name: 'team-a', isOwn: false },
  job: jobOf(plan),
  pods: [],
};

const object = (kind: string, name: string, rest: object = {}, namespace?: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  ...rest,
});
const daemon = (name: string, spec: object, image = 'nvcr.io/nvidia/k8s-device-plugin:v0.19.3') =>
  object('DaemonSet', name, { spec: { template: { spec: { containers: [{ name: 'c', image }], ...spec } } } }, 'gpu');

/** A cluster of some objects; records what was tried. */
function clusterOf(
  objects: readonly KubernetesObject[],
  refuse: (object: KubernetesObject) => Error | undefined = () => undefined,
) {
  const tried: KubernetesObject[] = [];
  const cluster: NonNullable<PreflightPorts['cluster']> = {
    get: async ({ kind, name }) => objects.find(one => one.kind === kind && one.metadata.name === name),
    list: async ({ kind }) => objects.filter(one => one.kind === kind),
    tryCreate: async one => {
      tried.push(one);
      const error = refuse(one);
      if (error !== undefined) throw error;
    },
  };
  return { cluster, tried };
}

function portsOf(cluster: PreflightPorts['cluster']): PreflightPorts {
  return {
    cluster,
    azure: { sizes: async () => known([vmSize()]), usages: async () => known([]) },
    pools: async () => known([livePool()]),
    image: async () => known({ cuda: undefined }),
  };
}

const namespaceObject: KubernetesObject = {
  ...object('Namespace', 'team-a'),
  metadata: { name: 'team-a', labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
};

test('a cluster in the words of facts', async () => {
  const { cluster, tried } = clusterOf([
    namespaceObject,
    object('ResourceQuota', 'compute', {
      spec: { hard: { 'requests.cpu': '2', 'limits.memory': '4Gi' } },
      status: { hard: { 'requests.cpu': '2', 'limits.memory': '4Gi' }, used: { 'requests.cpu': '500m' } },
    }),
    object('LimitRange', 'bounds', {
      spec: {
        limits: [
          { type: 'Container', max: { cpu: '1' } },
          { type: 'PersistentVolumeClaim', max: { storage: '1Gi' } },
        ],
      },
    }),
    object('Node', 'aks-gpu-1', {
      metadata: { name: 'aks-gpu-1', labels: { agentpool: 'gpu' } },
      status: { capacity: { 'nvidia.com/gpu': '1' }, conditions: [{ type: 'Ready', status: 'True' }] },
    }),
    daemon('nvidia-device-plugin', { tolerations: [{ operator: 'Exists' }] }),
    object('ConfigMap', 'cluster-autoscaler-status', {
      data: {
        status:
          'autoscalerStatus: Running\nnodeGroups:\n- name: aks-gpu-1-vmss\n  scaleUp:\n    status: Backoff\n    backoffInfo:\n      errorCode: QuotaExceeded\n      errorMessage: no\n',
      },
    }),
  ]);
  const facts = await readPreflight(question, portsOf(cluster));
  expect(facts.namespace.found).toEqual(
    known({
      isGoing: false,
      enforces: 'baseline',
      quotas: known([
        { name: 'compute', hard: { 'requests.cpu': 2, 'limits.memory': 4 * 2 ** 30 }, used: { 'requests.cpu': 0.5 } },
      ]),
      limits: known([{ name: 'bounds', of: 'Container', min: {}, max: { cpu: 1 } }]),
      refusal: known(undefined),
    }),
  );
  expect(facts.nodes).toMatchObject({ value: [{ name: 'aks-gpu-1', capacity: 1, isReady: true }] });
  expect(facts.plugins).toMatchObject({ value: [{ name: 'gpu/nvidia-device-plugin', does: 'plugin' }] });
  expect(facts.scaler).toEqual(
    known([{ name: 'aks-gpu-1-vmss', scaleUp: 'Backoff', backoff: { code: 'QuotaExceeded', message: 'no' } }]),
  );
  expect(facts.size).toEqual(known(vmSize()));
  expect(facts.level).toBe('standard');
  expect(facts.test).toMatchObject({ pods: 1, total: { cpu: 0.5, memory: 512 * 2 ** 20, gpus: 1 } });
  // The Job, and its pod as the Job's controller will make it.
  expect(tried.map(({ kind }) => kind)).toEqual(['Job', 'Pod']);
  expect(tried[1]).toMatchObject({
    metadata: { namespace: 'team-a' },
    spec: { restartPolicy: 'Never', containers: [{ image: plan.image }] },
  });
});

describe('a namespace that is being deleted', () => {
  const going = (name: string): KubernetesObject => ({
    ...object('Namespace', name),
    metadata: { name, deletionTimestamp: '2026-01-01T00:00:00Z' },
  });
  const terminated = new KubernetesFailure('forbidden', {
    message: 'unable to create new content in namespace gpu-smoke-test because it is being terminated',
  });
  const own = { ...question, namespace: { name: 'gpu-smoke-test', isOwn: true } };

  test('is not there, if it is the test’s own; nothing is tried in it', async () => {
    const { cluster, tried } = clusterOf([going('gpu-smoke-test')], () => terminated);
    const { namespace } = await readPreflight(own, portsOf(cluster));
    expect(namespace.found).toEqual(known(undefined));
    expect(tried).toEqual([]);
  });

  test('nor is it when it goes while it is looked at', async () => {
    const { cluster } = clusterOf([object('Namespace', 'gpu-smoke-test')], () => terminated);
    const { namespace } = await readPreflight(own, portsOf(cluster));
    expect(namespace.found).toEqual(known(undefined));
  });

  test('is said to be, if it is the user’s', async () => {
    const { cluster } = clusterOf([going('team-a')], () => terminated);
    const { namespace } = await readPreflight(question, portsOf(cluster));
    expect(namespace.found).toMatchObject({ value: { isGoing: true } });
    expect(judgeNamespace({ ...fixture(), namespace })).toEqual([
      expect.objectContaining({
        verdict: { kind: 'blocked', cause: 'configuration' },
        evidence: expect.stringContaining('team-a is being deleted'),
      }),
    ]);
  });
});

describe('what the API server says to the pod', () => {
  const failure = (kind: 'refused' | 'invalid' | 'forbidden' | 'unreachable') =>
    new KubernetesFailure(kind, { message: `it is ${kind}` });
  test.each<[string, Error, object]>([
    ['refused', failure('refused'), known('it is refused')],
    ['invalid', failure('invalid'), known('it is invalid')],
    ['admission forbids it', failure('forbidden'), { known: true, value: 'it is forbidden' }],
    [
      'a right is missing',
      new KubernetesFailure('forbidden', { message: 'pods is forbidden: User "x" cannot create resource "pods"' }),
      { known: false, why: 'pods is forbidden: User "x" cannot create resource "pods"' },
    ],
    ['no answer', failure('unreachable'), { known: false, why: 'it is unreachable' }],
  ])('%s', async (_name, error, refusal) => {
    const { cluster } = clusterOf([namespaceObject], ({ kind }) => (kind === 'Pod' ? error : undefined));
    const facts = await readPreflight(question, portsOf(cluster));
    expect(facts.namespace.found).toMatchObject({ value: { refusal } });
  });

  test('a defect is no answer', async () => {
    const { cluster } = clusterOf([namespaceObject], () => new TypeError('ours'));
    await expect(readPreflight(question, portsOf(cluster))).rejects.toThrow('ours');
  });
});

test('without a cluster everything of it is open, and without the namespace nothing is tried', async () => {
  const facts = await readPreflight(question, portsOf(undefined));
  for (const answer of [facts.namespace.found, facts.nodes, facts.plugins, facts.scaler]) {
    expect(answer).toEqual({ known: false, why: 'There is no cluster yet.' });
  }
  const { cluster, tried } = clusterOf([]);
  expect((await readPreflight(question, portsOf(cluster))).namespace.found).toEqual(known(undefined));
  expect(tried).toEqual([]);
});

test('pools, and what keeps them from being read', async () => {
  const read = (pools: readonly ReturnType<typeof livePool>[] | Error | undefined) =>
    readPools(
      {
        read: async () => {
          if (pools instanceof Error) throw pools;
          return pools === undefined ? undefined : ({ pools } as never);
        },
      },
      'rg',
      'aks',
    );
  expect(await read([livePool()])).toEqual(known([livePool()]));
  expect(await read(undefined)).toEqual(known(undefined));
  expect(await read(new UserError({ message: 'no right', remedy: 'ask' }))).toEqual({
    known: false,
    why: 'no right',
    remedy: 'ask',
  });
  await expect(read(new TypeError('ours'))).rejects.toThrow('ours');
});

test.each<[string, KubernetesObject, string | undefined]>([
  ['the chart of NVIDIA', daemon('nvdp-nvidia-device-plugin', {}), 'plugin'],
  [
    'AKS’s sample',
    daemon('nvidia-device-plugin-daemonset', {}, 'mcr.microsoft.com/oss/v2/nvidia/k8s-device-plugin:v0.18.2-1'),
    'plugin',
  ],
  ['a mirror of it', daemon('gpus', {}, 'acr.azurecr.io/mirror/k8s-device-plugin@sha256:1'), 'plugin'],
  ['the feature discovery of its image', daemon('gpu-feature-discovery', {}), undefined],
  ['the MPS daemon of its image', daemon('nvidia-device-plugin-mps-control-daemon', {}), undefined],
  ['the driver of the operator', daemon('nvidia-driver-daemonset', {}, 'nvcr.io/nvidia/driver:580'), 'driver'],
  [
    'the operator',
    { ...daemon('gpu-operator', {}, 'nvcr.io/nvidia/gpu-operator:v26'), kind: 'Deployment' },
    'operator',
  ],
  ['another DaemonSet', daemon('node-exporter', {}, 'quay.io/prometheus/node-exporter'), undefined],
  ['a DaemonSet without anything', object('DaemonSet', 'x'), undefined],
])('%s', (_name, one, does) => expect(readDaemon(one)[0]?.does).toBe(does));

test("the operator is found by a label that its chart's Deployment has", async () => {
  const operator: KubernetesObject = {
    ...daemon('gpu-operator', {}, 'nvcr.io/nvidia/gpu-operator:v26.7.0'),
    kind: 'Deployment',
  };
  // As its chart has them since 1.11: `app` stands on the pods.
  const labels = { 'app.kubernetes.io/name': 'gpu-operator', 'app.kubernetes.io/component': 'gpu-operator' };
  const { cluster } = clusterOf([]);
  const listed: typeof cluster.list = async ({ kind, labels: asked = '' }) => {
    const [key = '', value] = asked.split('=');
    return kind === 'Deployment' && new Map(Object.entries(labels)).get(key) === value ? [operator] : [];
  };
  const { plugins } = await readPreflight(question, portsOf({ ...cluster, list: listed }));
  expect(plugins).toMatchObject({ known: true, value: [{ name: 'gpu/gpu-operator', does: 'operator' }] });
});

test('the nodes that a DaemonSet wants', () => {
  const nodeSelectorTerms = [
    {
      matchExpressions: [
        { key: 'a', operator: 'In', values: ['b'] },
        { key: 'c', operator: 'Exists' },
      ],
    },
    { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] },
  ];
  const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  const [found] = readDaemon(daemon('nvidia-device-plugin', { affinity: { nodeAffinity } }));
  expect(found?.affinity).toEqual([
    [
      { key: 'a', operator: 'In', values: ['b'] },
      { key: 'c', operator: 'Exists', values: [] },
    ],
    [{ key: 'metadata.name', operator: 'In', values: ['n'] }],
  ]);
  const preferred = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 }] } };
  expect(readDaemon(daemon('nvidia-device-plugin', { affinity: preferred }))[0]?.affinity).toBeUndefined();
});

test.each<[string, object, boolean]>([
  ['without scopes', {}, true],
  ['NotBestEffort', { scopes: ['NotBestEffort'] }, true],
  ['NotTerminating', { scopes: ['NotTerminating', 'NotBestEffort'] }, true],
  ['BestEffort', { scopes: ['BestEffort'] }, false],
  ['Terminating', { scopes: ['Terminating'] }, false],
  [
    'of a priority',
    { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] } },
    false,
  ],
  [
    'of no priority',
    { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'DoesNotExist' }] } },
    true,
  ],
])('a quota %s', (_name, spec, counts) => {
  expect(readQuota(object('ResourceQuota', 'q', { spec: { hard: { pods: '1' }, ...spec } }))).toHaveLength(
    counts ? 1 : 0,
  );
});

test.each<[string, object | undefined]>([
  ['nvidia.com/gpu=true:NoSchedule', { key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
  ['a:NoExecute', { key: 'a', value: '', effect: 'NoExecute' }],
  ['a=:NoExecute', { key: 'a', value: '', effect: 'NoExecute' }],
  ['a', undefined],
  ['', undefined],
])('the taint %j', (text, taint) => {
  const parsed = parseTaint(text);
  expect(parsed).toEqual(taint);
  if (parsed !== undefined) expect(parseTaint(writeTaint(parsed))).toEqual(parsed);
});

test.each<[object, boolean]>([
  [{ operator: 'Exists' }, true],
  [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }, true],
  [{ key: 'a', operator: 'Exists', effect: 'NoExecute' }, false],
  [{ key: 'a', operator: 'Equal', value: 'b' }, true],
  [{ key: 'a', value: 'c' }, false],
  [{ key: 'b', operator: 'Exists' }, false],
  [{}, false],
])('the toleration %j', (toleration, tolerates) => {
  const taint = { key: 'a', value: 'b', effect: 'NoSchedule' };
  expect(intolerable([taint], [{ ...toleration }])).toEqual(tolerates ? [] : [taint]);
  expect(intolerable([{ ...taint, effect: 'PreferNoSchedule' }], [])).toEqual([]);
});

test('a spot pool is planned with Azure’s taint, and with what the platform file says', () => {
  const taints = [{ key: 'team', value: 'ml', effect: 'NoExecute' }];
  const pool = { size: 'S', max: 1, spot: true, driver: 'None', labels: { team: 'ml' }, taints } as never;
  const planned = plannedPool({ name: 'gpu', pool });
  expect(planned.labels).toEqual({ team: 'ml', 'node-type': 'ai', accelerator: 'nvidia-gpu' });
  expect(planned.taints.map(writeTaint)).toEqual([
    'nvidia.com/gpu=true:NoSchedule',
    'team=ml:NoExecute',
    'kubernetes.azure.com/scalesetpriority=spot:NoSchedule',
  ]);
});

describe('an image', () => {
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const config = {
    digest: `sha256:${'c'.repeat(64)}`,
    size: 10,
    mediaType: 'application/vnd.oci.image.config.v1+json',
  };
  const child = `sha256:${'a'.repeat(64)}`;
  const open = (manifests: Record<string, unknown>, env: readonly string[] | undefined) => async () => ({
    manifest: async (reference: string) =>
      manifests[reference] === undefined
        ? undefined
        : { descriptor: { mediaType: '', digest: reference, size: 1 }, bytes: bytes(manifests[reference]) },
    blob: async () =>
      (async function* () {
        yield bytes({ config: { Env: env } });
      })(),
  });
  const index = {
    manifests: [
      { digest: `sha256:${'b'.repeat(64)}`, platform: { os: 'linux', architecture: 'arm64' } },
      { digest: child, platform: { os: 'linux', architecture: 'amd64' } },
    ],
  };
  const reference = `nvcr.io/nvidia/cuda@${digest}`;

  test.each<[string, Parameters<typeof findImage>[1], object]>([
    ['of NVIDIA', open({ [digest]: { config } }, ['PATH=/', 'CUDA_VERSION=12.5.0']), known({ cuda: '12.5' })],
    [
      'of several platforms',
      open({ [digest]: index, [child]: { config } }, ['CUDA_VERSION=13.0.1']),
      known({ cuda: '13.0' }),
    ],
    ['without CUDA', open({ [digest]: { config } }, ['PATH=/']), known({ cuda: undefined })],
    ['without an environment', open({ [digest]: { config } }, undefined), known({ cuda: undefined })],
    [
      'whose configuration is too large to read',
      open({ [digest]: { config: { ...config, size: 2 ** 30 } } }, ['CUDA_VERSION=12.5']),
      known({ cuda: undefined }),
    ],
    ['that is not there', open({}, []), known(undefined)],
    [
      'that is for other machines',
      open({ [digest]: { manifests: index.manifests.slice(0, 1) } }, []),
      known(undefined),
    ],
    [
      'of a registry that does not answer',
      async () => {
        throw new RegistryFailure('unreachable', { message: 'no answer', remedy: 'wait' });
      },
      { known: false, why: 'no answer', remedy: 'wait' },
    ],
  ])('%s', async (_name, from, answer) => {
    expect(await findImage(reference, from)).toEqual(answer);
  });

  test('without a digest it is not looked for, and a defect is no answer', async () => {
    expect(await findImage('nvcr.io/nvidia/cuda:12', open({}, []))).toMatchObject({ known: false });
    const broken = async () => {
      throw new TypeError('ours');
    };
    await expect(findImage(reference, broken)).rejects.toThrow('ours');
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { KubernetesView, RunningStep, WorldRequest } from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, type RunOptions, reportOf, succeeded } from '../support/bundle.ts';
import { inRegistry, makeImage } from '../support/images.ts';
import { loseMachine, untilQuiet } from '../support/lost-machine.ts';

/** The example's dev: a GPU pool that scales from zero, with a device plugin. */
let sandbox: BundleWorld;
let cluster: KubernetesView;
/** The pinned image is not in this world: what is in its place is made here. */
let image: string;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  sandbox.world.settings.operationMs = 0;
  for (const scope of ['shared', 'dev']) await sandbox.deploy(scope);
  const [managed] = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
  cluster = sandbox.world.kubernetes.of(managed?.id ?? '');
  cluster.put(plugin);
  cluster.put(exporter);
  // Waits for a node without asking for a GPU, and then keeps it there.
  cluster.put(holder);
  const made = makeImage(inRegistry(sandbox.world.registries.registry('ghcr.io'), 'contoso/python'), {
    name: 'python',
  });
  image = `ghcr.io/contoso/python@${made.digest}`;
}, 300_000);
afterAll(() => sandbox.close());
afterEach(() => sandbox.world.faults.clear());

const exporter = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'nvidia-dcgm-exporter', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: { app: 'nvidia-dcgm-exporter' } },
    template: {
      metadata: { labels: { app: 'nvidia-dcgm-exporter' } },
      spec: {
        nodeSelector: { agentpool: 'gpu' },
        tolerations: [{ operator: 'Exists' }],
        containers: [{ name: 'exporter', image: 'nvcr.io/nvidia/k8s/dcgm-exporter:4.4.1-4.5.2-ubuntu22.04' }],
      },
    },
  },
};

const holder = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'holder', namespace: 'default' },
  spec: {
    nodeSelector: { agentpool: 'gpu' },
    tolerations: [{ operator: 'Exists' }],
    containers: [{ name: 'holder', image: 'ghcr.io/contoso/holder:1' }],
  },
};

const plugin = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'nvidia-device-plugin', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: { app: 'nvidia-device-plugin' } },
    template: {
      metadata: { labels: { app: 'nvidia-device-plugin' } },
      spec: {
        nodeSelector: { 'node-type': 'ai' },
        tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
        containers: [{ name: 'plugin', image: 'nvcr.io/nvidia/k8s-device-plugin:v0.18.0' }],
      },
    },
  },
};

function run(inputs: Readonly<Record<string, string>> = {}, options: RunOptions = {}) {
  return sandbox.run(
    { scope: 'dev', image, ...inputs },
    { action: 'gpu-smoke-test', job: { environment: inputs['scope'] ?? 'dev' }, ...options },
  );
}

/** What tests have made and not taken away. */
const left = () =>
  cluster
    .everything()
    .filter(({ kind, metadata: { name, namespace, labels = {} } }) => {
      const words = [name, namespace ?? '', ...Object.keys(labels)];
      return kind !== 'Event' && words.some(word => word.includes('gpu-smoke'));
    })
    .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);

describe('a GPU pool that is as it should be', () => {
  test('passes from no node: phases, measurements, the node, and nothing is left', async () => {
    expect(cluster.nodes().filter(({ metadata }) => metadata.labels?.['agentpool'] === 'gpu')).toEqual([]);
    const result = succeeded(await run({ level: 'standard' }));
    expect(result.outputs['verdict']).toBe('passed');
    const phases = JSON.parse(result.outputs['phases'] ?? '');
    expect(Object.keys(phases.gpu)).toEqual([
      'queued',
      'scale-up',
      'node',
      'ready',
      'plugin',
      'pulled',
      'running',
      'done',
    ]);
    const measured = JSON.parse(result.outputs['measurements'] ?? '');
    expect(measured.gpu).toMatchObject({ level: 'standard', devices: [{ name: 'Tesla T4' }] });
    expect(measured.gpu.bandwidth.hostToDevice).toBeGreaterThan(1);
    const [node] = JSON.parse(result.outputs['nodes'] ?? '');
    expect(node).toEqual({ pool: 'gpu', name: expect.stringMatching(/^aks-gpu-\d+-vmss/), covered: true, came: true });
    const report = await reportOf(result);
    expect(report).toMatchObject({ action: 'gpu-smoke-test', command: 'verify', verdict: 'verified', differences: [] });
    expect(report.checks.filter(({ status }) => status === 'failed' || status === 'blocked')).toEqual([]);
    expect(report.checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['gpu: Same GPU for all', 'gpu: Pods without a GPU', 'gpu: Xid errors']),
    );
    expect(result.summary).toContain('### GPUs of dev in westeurope: passed');
    expect(result.summary).toContain('```mermaid\ngantt');
    expect(left()).toEqual([]);
  }, 120_000);

  test('passes on the node that is there, without a scale-up', async () => {
    const result = succeeded(await run());
    cluster.delete({ resource: 'pods', namespace: 'default', name: 'holder' });
    expect(result.outputs['verdict']).toBe('passed');
    expect(Object.keys(JSON.parse(result.outputs['phases'] ?? '').gpu)).toEqual([
      'queued',
      'plugin',
      'pulled',
      'running',
      'done',
    ]);
    expect(JSON.parse(result.outputs['nodes'] ?? '')).toEqual([
      expect.objectContaining({ covered: true, came: false }),
    ]);
    expect(left()).toEqual([]);
  }, 120_000);

  test('a namespace of ours is tested with its rules, and stays', async () => {
    cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'notebooks' } });
    expect(succeeded(await run({ namespace: 'notebooks' })).outputs['verdict']).toBe('passed');
    expect(left()).toEqual([]);
    expect(cluster.get({ resource: 'namespaces', name: 'notebooks' })).toBeDefined();
  }, 120_000);
});

/**
 * Some states, through everything that ships. Each of them is played in gpu-states.test.ts, with a clock of its own: after a scale-up
 * that failed the autoscaler waits for minutes.
 */
const broken = [
  ['driver-mismatch', 'failed: driver', /driver\/library version mismatch/],
  ['slow', 'failed: performance', /GB\/s|TFLOPS/],
  ['extra-devices', 'failed: isolation', /nvidia0/],
  ['xid', 'failed: hardware', /Xid|XID/],
] as const;

describe('a GPU pool that is not', () => {
  test.each(broken)(
    '%s: %s',
    async (state, verdict, evidence) => {
      const mend = cluster.gpu.script({ state });
      try {
        const result = await run({ level: 'standard' });
        expect([result.outputs['verdict'], result.log.join('\n')]).toEqual([verdict, expect.anything()]);
        expect(result.conclusion).toBe('failure');
        expect(errors(result).join('\n')).toMatch(evidence);
        expect(result.summary).toContain(`### GPUs of dev in westeurope: ${verdict}`);
        const report = await reportOf(result);
        expect(report.verdict).toBe(verdict.startsWith('failed') ? 'mismatch' : 'blocked');
        expect(left()).toEqual([]);
      } finally {
        mend();
      }
    },
    150_000,
  );

  test('fail-on says with which verdicts the step fails', async () => {
    const mend = cluster.gpu.script({ state: 'slow' });
    try {
      const result = succeeded(await run({ level: 'standard', 'fail-on': 'blocked' }));
      expect(result.outputs['verdict']).toBe('failed: performance');
      expect(
        result.annotations
          .filter(({ level }) => level === 'warning')
          .map(({ message }) => message)
          .join('\n'),
      ).toContain('failed: performance');
    } finally {
      mend();
    }
  }, 120_000);
});

const onCluster = (method: string, path: RegExp) => (request: WorldRequest) =>
  request.host.endsWith('.azmk8s.io') && request.method === method && path.test(request.path);

describe('the API server refuses the Job, though it would have taken it before', () => {
  test.each([
    ['a right is missing', 'jobs.batch is forbidden: User "x" cannot patch resource "jobs"', 'blocked: configuration'],
    [
      'its namespace goes',
      'jobs.batch is forbidden: unable to create new content in namespace gpu-smoke-test because it is being terminated',
      'inconclusive: unknown',
    ],
  ])(
    '%s: that is the verdict of the pool, and nothing is left',
    async (_, message, verdict) => {
      const fault = sandbox.world.faults.add({
        match: onCluster('PATCH', /\/jobs\/gpu-smoke-gpu-\w+$/),
        times: 1,
        answer: {
          status: 403,
          body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', message }),
        },
      });
      const result = await run();
      expect(fault.struck()).toBe(1);
      expect(result.outputs['verdict']).toBe(verdict);
      expect(result.conclusion).toBe(verdict.startsWith('blocked') ? 'failure' : 'success');
      expect(result.summary).toContain('Way to the result');
      expect(left()).toEqual([]);
    },
    120_000,
  );
});

/** Everything that a test writes, in its order, and what it reads at its end. */
const effects: readonly (readonly [string, (request: WorldRequest) => boolean])[] = [
  ['the namespace is made', onCluster('PATCH', /\/namespaces\/gpu-smoke-test$/)],
  ['the Job is made', onCluster('PATCH', /\/jobs\/gpu-smoke-gpu-\w+$/)],
  ['the program is made', onCluster('PATCH', /\/configmaps\/gpu-smoke-gpu-\w+$/)],
  ['the result is read', onCluster('GET', /\/pods\/gpu-smoke-gpu-.*\/log$/)],
  ['the pod without a GPU is made', onCluster('PATCH', /\/pods\/gpu-smoke-gpu-\w+-isolation$/)],
  ['the Job is taken away', onCluster('DELETE', /\/jobs\/gpu-smoke-gpu-\w+$/)],
];

async function lose(match: (request: WorldRequest) => boolean) {
  let running: RunningStep | undefined;
  const fault = sandbox.world.faults.add({ match, times: 1, answer: { call: () => loseMachine(running) } });
  const lost = await run(
    {},
    {
      onStart: started => {
        running = started;
      },
    },
  );
  expect(lost.exitCode).not.toBe(0);
  expect(fault.struck()).toBe(1);
  await untilQuiet(sandbox.world);
  return lost;
}

describe('the machine is lost when', () => {
  test.each(effects)(
    '%s: the post stage leaves nothing',
    async (_, match) => {
      const lost = await lose(match);
      const post = await run({}, { post: lost.state });
      expect([post.exitCode, post.log.join('\n')]).toEqual([0, expect.anything()]);
      expect(left()).toEqual([]);
    },
    120_000,
  );

  test('there is no post stage either: the next start finds it dead, takes it away and passes', async () => {
    await lose(onCluster('PATCH', /\/configmaps\/gpu-smoke-gpu-\w+$/));
    expect(left().length).toBeGreaterThan(1);
    expect(succeeded(await run()).outputs['verdict']).toBe('passed');
    expect(left()).toEqual([]);
  }, 180_000);
});

test('a cancellation takes everything away at once, and its post stage makes sure of it', async () => {
  let running: RunningStep | undefined;
  sandbox.world.faults.add({
    match: onCluster('PATCH', /\/configmaps\/gpu-smoke-gpu-\w+$/),
    times: 1,
    answer: {
      call: () => {
        process.kill(running?.pid ?? 0, 'SIGINT');
      },
    },
  });
  const cancelled = await run(
    {},
    {
      onStart: started => {
        running = started;
      },
    },
  );
  expect(cancelled.conclusion).toBe('failure');
  expect(cancelled.outputs['verdict']).toBe('inconclusive: interrupted');
  await cluster.settled();
  const post = await run({}, { post: cancelled.state });
  expect(post.exitCode).toBe(0);
  expect(left()).toEqual([]);
}, 120_000);

describe('what bad input gets, before anything is made', () => {
  test.each([
    [
      'a pool that there is not',
      { pool: 'gpuu' },
      'names gpuu, which is no GPU pool of dev in westeurope. Did you mean gpu?',
    ],
    ['an image without digest', { image: 'mcr.microsoft.com/python:3.12' }, 'Use an image with its digest'],
    ['a namespace that there is not', { namespace: 'notebook' }, 'notebook'],
    ['an environment that there is not', { scope: 'shared' }, 'names no environment'],
  ])('%s', async (_, inputs, message) => {
    const result = await run(inputs);
    expect(result.conclusion).toBe('failure');
    expect(errors(result).join('\n')).toContain(message);
    expect(left()).toEqual([]);
  });

  test('a quota without room for a GPU, and no device plugin', async () => {
    cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tight' } });
    cluster.put({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'no-gpus', namespace: 'tight' },
      spec: { hard: { 'requests.nvidia.com/gpu': '0' } },
      status: { hard: { 'requests.nvidia.com/gpu': '0' }, used: { 'requests.nvidia.com/gpu': '0' } },
    });
    const tight = await run({ namespace: 'tight' });
    expect(tight.outputs['verdict']).toBe('blocked: quota');
    cluster.delete({ resource: 'daemonsets.apps', namespace: 'kube-system', name: 'nvidia-device-plugin' });
    const bare = await run();
    expect(bare.outputs['verdict']).toMatch(/^(?:blocked: configuration|failed: plugin)$/);
    expect(left()).toEqual([]);
    cluster.put(plugin);
  }, 120_000);
});

test('it stays until the node that came for it is gone again, where that is asked for', async () => {
  const nodes = () => cluster.nodes().filter(({ metadata }) => metadata.labels?.['agentpool'] === 'gpu');
  cluster.delete({ resource: 'pods', namespace: 'default', name: 'holder' });
  while (nodes().length > 0) await sleep(100);
  const result = succeeded(await run({ 'watch-scale-down': 'true' }));
  expect(result.outputs['verdict']).toBe('passed');
  expect(result.summary).toMatch(/aks-gpu-\S+ went after [\d.]+ s/);
  expect(nodes()).toEqual([]);
}, 120_000);

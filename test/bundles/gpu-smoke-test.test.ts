import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { KubernetesView, RunningStep, WorldRequest } from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, type RunOptions, reportOf, succeeded } from '../support/bundle.ts';
import { fasterClock } from '../support/held-step.ts';
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
});
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

/** The post stage asks for everything to go, and does not wait: that takes the cluster a moment. */
async function untilNothingIsLeft(): Promise<void> {
  while (left().length > 0) await sleep(50);
}

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
  });

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
  });

  test('a namespace of ours is tested with its rules, and stays', async () => {
    cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'notebooks' } });
    expect(succeeded(await run({ namespace: 'notebooks' })).outputs['verdict']).toBe('passed');
    expect(left()).toEqual([]);
    expect(cluster.get({ resource: 'namespaces', name: 'notebooks' })).toBeDefined();
  });
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
  test.each(broken)('%s: %s', async (state, verdict, evidence) => {
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
  });

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
  });
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
  ])('%s: that is the verdict of the pool, and nothing is left', async (_, message, verdict) => {
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
  });
});

/** Everything that a test writes, in its order, and what it reads at its end. */
const effects: readonly (readonly [string, (request: WorldRequest) => boolean])[] = [
  ['the namespace is made', onCluster('PATCH', /\/namespaces\/gpu-smoke-test$/)],
  ['the Job is made', onCluster('PATCH', /\/jobs\/gpu-smoke-gpu-\w+$/)],
  ['the program is made', onCluster('PATCH', /\/configmaps\/gpu-smoke-gpu-\w+$/)],
  ['the result is read', onCluster('GET', /\/pods\/gpu-smoke-gpu-.*\/log$/)],
  ['the pod without a GPU is made', onCluster('PATCH', /\/pods\/gpu-smoke-gpu-\w+-isolation$/)],
  ['what that one saw is read', onCluster('GET', /\/pods\/gpu-smoke-gpu-\w+-isolation\/log$/)],
  ['the Job is taken away', onCluster('DELETE', /\/jobs\/gpu-smoke-gpu-\w+$/)],
  ['the program is taken away', onCluster('DELETE', /\/configmaps\/gpu-smoke-gpu-\w+$/)],
  ['the namespace is taken away', onCluster('DELETE', /\/namespaces\/gpu-smoke-test$/)],
];

/** Time passes: whoever finds what a run has left finds that it has said nothing for two minutes. */
function twoMinutesPass(): void {
  const aliveAnnotation = 'aks-platform.io/alive';
  const places = [
    ...cluster.list('jobs').map(({ metadata }) => ({ resource: 'jobs', metadata })),
    ...cluster.list('namespaces').map(({ metadata }) => ({ resource: 'namespaces', metadata })),
  ];
  for (const { resource, metadata } of places) {
    const { name, namespace, annotations = {} } = metadata;
    const alive = annotations[aliveAnnotation];
    if (alive === undefined) continue;
    const before = new Date(Date.parse(alive) - 120_000).toISOString();
    cluster.patch(
      { resource, name, ...(namespace === undefined ? {} : { namespace }) },
      { metadata: { annotations: { [aliveAnnotation]: before } } },
    );
  }
}

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
  test.each(effects)('%s: the post stage leaves nothing', async (_, match) => {
    const lost = await lose(match);
    const post = await run({}, { post: lost.state });
    expect([post.exitCode, post.log.join('\n')]).toEqual([0, expect.anything()]);
    await untilNothingIsLeft();
  });

  test.each(effects)('%s, and its post stage with it: the next start takes it away, and passes', async (_, match) => {
    await lose(match);
    twoMinutesPass();
    const next = succeeded(await run());
    expect([next.outputs['verdict'], next.log.join('\n')]).toEqual(['passed', expect.anything()]);
    expect(left()).toEqual([]);
  });

  test('there is no post stage, and the next start comes at once: it waits until that one is silent for a minute', async () => {
    await lose(onCluster('PATCH', /\/configmaps\/gpu-smoke-gpu-\w+$/));
    expect(left().length).toBeGreaterThan(1);
    const next = succeeded(await run({}, { environment: { NODE_OPTIONS: fasterClock(5) } }));
    expect(next.log.join('\n')).toMatch(/Waiting to see whether \S+ is alive/);
    expect(next.outputs['verdict']).toBe('passed');
    expect(left()).toEqual([]);
  });
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
  await untilNothingIsLeft();
});

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

  test('an environment without a GPU pool', async () => {
    await sandbox.edit('platform.yaml', text => text.replace('      tier: free', '$&\n      pools: { gpu: false }'));
    const result = await run();
    await sandbox.restore();
    expect(errors(result)).toEqual([
      expect.stringMatching(/no GPU pool for dev in westeurope, so there is nothing to test.*take `gpu: false` away/),
    ]);
  });

  const poolBody = (change: (properties: Record<string, unknown>) => void) => {
    const pools = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters/agentPools');
    const id = pools.find(({ name }) => name.endsWith('gpu'))?.id ?? '';
    sandbox.world.azure.mutate(id, body => change(body['properties'] as Record<string, unknown>));
  };

  test('a pool whose maximum somebody has set to 0', async () => {
    poolBody(own => Object.assign(own, { maxCount: 0 }));
    const result = await run();
    poolBody(own => Object.assign(own, { maxCount: 2 }));
    expect(result.outputs['verdict']).toBe('blocked: configuration');
    expect(errors(result).join('\n')).toMatch(/its maximum is 0\. Set `max` of the GPU pool .* to 1 or more/);
    expect(left()).toEqual([]);
  });

  test('an image of a CUDA that the driver of the pool does not run', async () => {
    const registry = inRegistry(sandbox.world.registries.registry('ghcr.io'), 'contoso/cuda');
    const { digest } = makeImage(registry, { name: 'cuda', env: ['CUDA_VERSION=14.0.1'] });
    const result = await run({ image: `ghcr.io/contoso/cuda@${digest}` });
    expect(result.outputs['verdict']).toBe('blocked: configuration');
    expect(errors(result).join('\n')).toMatch(/is of CUDA 14\.0; .* runs CUDA up to 13\. Use the default image/);
    expect(left()).toEqual([]);
  });

  test('a level that the pool cannot serve: said before anything is made, and the rest is tested', async () => {
    cluster.put(holder);
    succeeded(await run());
    const [node] = cluster.list('nodes').filter(({ metadata }) => metadata.labels?.['agentpool'] === 'gpu');
    const labels = { 'nvidia.com/gpu.sharing-strategy': 'time-slicing' };
    cluster.patch({ resource: 'nodes', name: node?.metadata.name ?? '' }, { metadata: { labels } });
    const result = succeeded(await run({ level: 'standard' }));
    const line = (words: RegExp) => result.log.findIndex(each => words.test(each));
    const said = line(/^gpu, Level of the test: .*the GPUs of aks-gpu-\S+ are shared by several pods.*`level: quick`/);
    expect(said).toBeGreaterThan(0);
    expect(said).toBeLessThan(line(/waits for a place/));
    expect(result.outputs['verdict']).toBe('passed');
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
  });
});

test('it stays until the node that came for it is gone again, where that is asked for', async () => {
  const nodes = () => cluster.nodes().filter(({ metadata }) => metadata.labels?.['agentpool'] === 'gpu');
  cluster.delete({ resource: 'pods', namespace: 'default', name: 'holder' });
  while (nodes().length > 0) await sleep(100);
  const result = succeeded(await run({ 'watch-scale-down': 'true' }));
  expect(result.outputs['verdict']).toBe('passed');
  expect(result.summary).toMatch(/aks-gpu-\S+ went after [\d.]+ s/);
  expect(nodes()).toEqual([]);
});

test('an environment whose nodes reach its own registry alone: the image is brought there as the refusal says, and passes', async () => {
  const mirrors = (text: string) => text.replace('      tier: free', '$&\n    registry: { mirror: true }');
  await sandbox.edit('platform.yaml', mirrors);
  const refused = await run();
  expect(refused.outputs['verdict']).toBe('blocked: registry');
  const said = errors(refused).join('\n');
  const [, host = ''] = /takes its images from (\S+\.azurecr\.io), and the test’s lies in ghcr\.io\./.exec(said) ?? [];
  const [, entry = ''] =
    /under `images:` of the platform file, `(gpu-smoke: \{[^}]+\})`, then push-acr/.exec(said) ?? [];
  const [, there = ''] = /test with `image: ([^`]+)`/.exec(said) ?? [];
  expect(left()).toEqual([]);

  await sandbox.edit('platform.yaml', text => text.replace(/^environments:/m, `images:\n  ${entry}\n\n$&`));
  succeeded(await sandbox.run({ command: 'push', scope: 'dev' }, { action: 'push-acr' }));
  const result = succeeded(await run({ image: there }));
  await sandbox.restore();
  expect(there).toBe(`${host}/gpu-smoke@${image.slice(image.indexOf('@') + 1)}`);
  expect(result.outputs['verdict']).toBe('passed');
  expect(left()).toEqual([]);
});

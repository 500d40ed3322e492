import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { asArray, asObject, type Clock, systemClock } from '@suite/foundation';
import { type Cluster, createCluster } from '@suite/kubernetes';
import { clear } from '../../../actions/gpu-smoke-test/src/cleanup/clear.ts';
import { sweep } from '../../../actions/gpu-smoke-test/src/cleanup/sweep.ts';
import { decide, decisive } from '../../../actions/gpu-smoke-test/src/decide.ts';
import { isolationPod, type JobPlan, jobOf, nameOf } from '../../../actions/gpu-smoke-test/src/job.ts';
import { ownNamespace, runLabel } from '../../../actions/gpu-smoke-test/src/labels.ts';
import { ensureNamespace } from '../../../actions/gpu-smoke-test/src/namespace.ts';
import { checkBefore } from '../../../actions/gpu-smoke-test/src/preflight/check.ts';
import { facts, known, livePool, vmSize } from '../../../actions/gpu-smoke-test/src/preflight/facts.fixture.ts';
import { readPreflight } from '../../../actions/gpu-smoke-test/src/preflight/read.ts';
import { type PoolOutcome, testPool } from '../../../actions/gpu-smoke-test/src/test-pool.ts';
import { verdictText } from '../../../actions/gpu-smoke-test/src/verdict.ts';
import { awaited } from '../../../actions/gpu-smoke-test/src/watch/budgets.ts';
import { nodeManifest } from '../../support/control-plane/nodes.ts';
import { outcomeAnnotation } from '../../support/control-plane/stages.ts';
import {
  controlPlaneNeeds,
  hasControlPlane,
  kubernetesVersion,
  poolNodes,
  type RunningControlPlane,
  smallPlatform,
  startControlPlane,
} from '../../support/control-plane.ts';

/** The Job, the watch and the cleanup on a real API server, scheduler and controllers; kwok plays the kubelets. */
const real = hasControlPlane ? describe : describe.skip;

const size = 'Standard_NC4as_T4_v3';
const [gpuNode] = poolNodes({
  name: 'gpu',
  mode: 'User',
  count: 1,
  size,
  cpu: '3860m',
  memory: '24Gi',
  labels: { 'node-type': 'ai', accelerator: 'nvidia-gpu' },
  taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
});
const nodePath = `/api/v1/nodes/${gpuNode?.name}`;
const uuid = 'GPU-11111111-2222-3333-4444-555555555555';
const printed = {
  suite: 'gpu-smoke',
  version: 1,
  mode: 'work',
  level: 'quick',
  ok: true,
  driver: { cuda: '13.0', version: '580.159.04' },
  devices: [{ index: 0, uuid, name: 'Tesla T4', memoryBytes: 16_000_000_000, computeCapability: '7.5', mig: false }],
  vectorAdd: { elements: 1_048_576, maxError: 0 },
  matmul: { n: 1024, maxError: 0, tflops: null },
  fp32: null,
  bandwidth: null,
  deviceFiles: ['/dev/nvidia0'],
  seconds: 1,
  error: null,
};

const quiet = { info: () => undefined };
/**
 * Minutes of budgets in seconds: nothing of the cluster's own hangs on this clock. Only what is slept passes, so that no budget is spent
 * while a busy machine comes to nothing.
 */
const pace = 30;
let now = Date.now();
const fast: Clock = {
  now: () => now,
  sleep: async (milliseconds, signal) => {
    const due = now + milliseconds;
    await systemClock.sleep(milliseconds / pace, signal);
    now = Math.max(now, due);
  },
};

real(`a GPU smoke test on ${controlPlaneNeeds}`, () => {
  let control: RunningControlPlane;
  let cluster: Cluster;
  let runs = 0;
  let plan: JobPlan;
  const lines: string[] = [];

  beforeAll(async () => {
    control = await startControlPlane({ nodes: smallPlatform });
    cluster = createCluster({
      server: control.url,
      ca: control.caCertificate,
      token: async () => control.admin.token,
      identity: 'apply identity of dev',
      env: {},
      clock: systemClock,
    });
    control.serveLogs(({ container }) =>
      container === 'smoke'
        ? `${JSON.stringify(printed)}\n`
        : `${JSON.stringify({ suite: 'gpu-smoke', version: 1, mode: 'isolation', ok: true, deviceFiles: [] })}\n`,
    );
  });
  afterAll(async () => {
    cluster?.close();
    await control?.stop();
  });

  beforeEach(async () => {
    lines.length = 0;
    runs++;
    plan = {
      run: `run${runs}`,
      pool: 'gpu',
      namespace: await ensureNamespace(undefined, `run${runs}`, { cluster, clock: systemClock, log: quiet }),
      image: `registry.example/python@sha256:${'a'.repeat(64)}`,
      level: 'quick',
      program: 'print(1)',
      selector: undefined,
      taints: [],
      deadlineSeconds: 600,
      now: new Date(fast.now()).toISOString(),
    };
  });

  const start = (change: Partial<JobPlan> = {}): Promise<PoolOutcome> =>
    testPool(
      {
        plan: { ...plan, ...change },
        size,
        gpusOfSize: 1,
        driver: 'Install',
        labels: { accelerator: 'nvidia-gpu' },
        startTimeoutSeconds: undefined,
        deadlineAt: fast.now() + 25 * 60_000,
      },
      {
        cluster,
        clock: fast,
        signal: new AbortController().signal,
        log: { info: (line: string) => void lines.push(line) } as never,
      },
    );
  const seen = ({ findings }: PoolOutcome) => [verdictText(decide(findings)), decisive(findings)?.evidence ?? ''];
  const podsPath = `/api/v1/namespaces/${ownNamespace}/pods`;
  const ours = async () => {
    const query = `?labelSelector=${encodeURIComponent(runLabel)}`;
    const paths = ['/apis/batch/v1/jobs', '/api/v1/pods', '/api/v1/configmaps'];
    return (await Promise.all(paths.map(path => control.api.list(`${path}${query}`)))).flat();
  };
  /** The test's pod, once the Job controller has made it. */
  const pod = async () => {
    for (;;) {
      const all = (await control.api.list(`${podsPath}?labelSelector=job-name=${nameOf(plan)}`)).map(asObject);
      const name = asObject(all[0]?.['metadata'])['name'];
      if (typeof name === 'string') return `${podsPath}/${name}`;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  };
  const tell = async (reason: string, message: string) => {
    const path = await pod();
    const { uid, name } = asObject((await control.api.get(path))['metadata']);
    await control.api.create(`/api/v1/namespaces/${ownNamespace}/events`, {
      metadata: { generateName: 'scaler-', namespace: ownNamespace },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: ownNamespace, name, uid },
      reason,
      message,
      type: 'Normal',
      lastTimestamp: new Date().toISOString(),
    });
  };
  /** The node registers: at first without a GPU, as before a device plugin has told of any. */
  const addNode = async (gpus: number) => {
    if (gpuNode === undefined) throw new Error('The pool has no node.');
    await control.api.create('/api/v1/nodes', nodeManifest(gpuNode, 9, kubernetesVersion));
    if (gpus > 0) await offer(gpus);
  };
  const offer = async (gpus: number) => {
    const amounts = { 'nvidia.com/gpu': String(gpus) };
    const answer = await control.api.call('PATCH', `${nodePath}/status`, {
      status: { capacity: amounts, allocatable: amounts },
    });
    expect(answer.status).toBe(200);
  };
  const removeNode = () => control.api.call('DELETE', nodePath);

  test('from zero: the namespace is restricted, the scheduler waits for node and plugin, and nothing is left', async () => {
    const running = start();
    await pod();
    await tell('TriggeredScaleUp', 'pod triggered scale-up: [{aks-gpu-00000000-vmss 0->1 (max: 2)}]');
    await control.api.until(await pod(), ({ status }) => JSON.stringify(status ?? {}).includes('Unschedulable'));
    await addNode(0);
    while (!lines.some(line => line.includes(awaited.ready))) await systemClock.sleep(25);
    await offer(1);
    const outcome = await running;
    expect(seen(outcome)).toEqual(['passed', '']);
    expect(Object.keys(outcome.progress.reached)).toEqual([
      'queued',
      'scale-up',
      'node',
      'ready',
      'plugin',
      'pulled',
      'running',
      'done',
    ]);
    expect(outcome.nodes).toEqual([{ name: gpuNode?.name, covered: true, came: true }]);
    expect(outcome.findings.map(({ check }) => check)).toContain('Pods without a GPU');
    const namespace = await control.api.get(`/api/v1/namespaces/${ownNamespace}`);
    expect(asObject(asObject(namespace['metadata'])['labels'])).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    expect(await clear(plan.run, { cluster, log: quiet }, false)).toEqual([]);
    expect(await ours()).toEqual([]);
    expect((await control.api.call('GET', `/api/v1/namespaces/${ownNamespace}`)).status).toBe(404);
  });

  test('on the node that is there', async () => {
    const outcome = await start();
    expect(seen(outcome)).toEqual(['passed', '']);
    expect(outcome.progress.reached).not.toHaveProperty('scale-up');
    // Killed now: the next start finds it silent, and takes it away with all that belongs to it.
    expect((await ours()).length).toBeGreaterThan(1);
    const later = { now: () => fast.now() + 120_000, sleep: fast.sleep };
    expect(await sweep({ cluster, clock: later, log: quiet })).toContain(plan.run);
    expect(await clear(plan.run, { cluster, log: quiet }, false)).toEqual([]);
    expect(await ours()).toEqual([]);
  });

  test('a GPU that somebody holds: nobody is displaced, and the verdict says who has it', async () => {
    const holder = {
      metadata: { name: 'ada', namespace: 'default' },
      spec: {
        nodeName: gpuNode?.name,
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            name: 'notebook',
            image: 'registry.example/notebook:1',
            resources: { limits: { 'nvidia.com/gpu': '1' } },
          },
        ],
      },
    };
    await control.api.create('/api/v1/namespaces/default/pods', holder);
    try {
      const running = start();
      await tell('NotTriggerScaleUp', "pod didn't trigger scale-up: 1 max node group size reached");
      expect(seen(await running)).toEqual(['inconclusive: busy', expect.stringContaining('default/ada')]);
      expect(asObject(await control.api.get('/api/v1/namespaces/default/pods/ada'))['status']).toMatchObject({
        phase: 'Running',
      });
    } finally {
      await control.api.call('DELETE', '/api/v1/namespaces/default/pods/ada?gracePeriodSeconds=0');
      await clear(plan.run, { cluster, log: quiet }, false);
    }
  });

  test('a taint that nobody tolerates', async () => {
    const taints = asArray(asObject((await control.api.get(nodePath))['spec'])['taints']);
    const foreign = { key: 'team', value: 'a', effect: 'NoSchedule' };
    await control.api.call('PATCH', nodePath, { spec: { taints: [...taints, foreign] } });
    try {
      const running = start();
      await tell('NotTriggerScaleUp', "pod didn't trigger scale-up: 1 node(s) had untolerated taint {team: a}");
      expect(seen(await running)).toEqual(['blocked: configuration', expect.stringContaining('{team: a}')]);
    } finally {
      await control.api.call('PATCH', nodePath, { spec: { taints } });
      await clear(plan.run, { cluster, log: quiet }, false);
    }
  });

  test('a quota without room: the real controller says so of the Job', async () => {
    await control.api.create('/api/v1/namespaces', { metadata: { name: 'tight' } });
    await control.api.create('/api/v1/namespaces/tight/resourcequotas', {
      metadata: { name: 'no-gpus' },
      spec: { hard: { 'requests.nvidia.com/gpu': '0' } },
    });
    await control.api.until('/api/v1/namespaces/tight/resourcequotas/no-gpus', ({ status }) =>
      JSON.stringify(status ?? {}).includes('hard'),
    );
    const outcome = await start({ namespace: 'tight' });
    expect(seen(outcome)).toEqual(['blocked: quota', expect.stringMatching(/exceeded quota: no-gpus/)]);
    expect(await clear(plan.run, { cluster, log: quiet }, false)).toEqual([]);
  });

  test('an image that cannot be pulled', async () => {
    const outcome = await start({ image: `registry.invalid/python@sha256:${'b'.repeat(64)}` });
    expect(seen(outcome)).toEqual(['blocked: registry', expect.stringMatching(/cannot pull the image/)]);
    expect(await clear(plan.run, { cluster, log: quiet }, false)).toEqual([]);
  });

  test('an eviction is no failure', async () => {
    await offer(0);
    const running = start();
    const path = await pod();
    // Stays running from now on.
    await control.api.call('PATCH', path, { metadata: { annotations: { [outcomeAnnotation]: 'never-ready' } } });
    await offer(1);
    await control.api.until(path, ({ status }) => asObject(status)['phase'] === 'Running');
    const name = path.slice(path.lastIndexOf('/') + 1);
    const evicted = await control.api.call('POST', `${path}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace: ownNamespace },
    });
    expect(evicted.status).toBe(201);
    expect(seen(await running)).toEqual(['inconclusive: interrupted', expect.stringMatching(/Evict|deleted/)]);
    expect(await clear(plan.run, { cluster, log: quiet }, false)).toEqual([]);
  });

  describe('nobody comes back for it: the cluster takes it away by itself', () => {
    /** Nothing of any run, once controllers have come to it. */
    const untilGone = async () => {
      while ((await ours()).length > 0) await new Promise(resolve => setTimeout(resolve, 50));
    };
    const jobPath = () => `/apis/batch/v1/namespaces/${ownNamespace}/jobs/${nameOf(plan)}`;

    test('whoever deletes the Job deletes its pods and its program', async () => {
      expect(seen(await start())).toEqual(['passed', '']);
      // Job, program, and two pods.
      expect(await ours()).toHaveLength(4);
      await control.api.call('DELETE', `${jobPath()}?propagationPolicy=Background`);
      await untilGone();
    });

    test('once its time after its end is over', async () => {
      expect(seen(await start())).toEqual(['passed', '']);
      const { spec } = await control.api.get(jobPath());
      expect(asObject(spec)['ttlSecondsAfterFinished']).toBe(900);
      await control.api.call('PATCH', jobPath(), { spec: { ttlSecondsAfterFinished: 1 } });
      await untilGone();
    });
  });

  describe('before anything is made, the real API server says of a namespace', () => {
    const pool = facts().pool;
    /** What stops the test there: its verdict and its words. */
    const look = async (namespace: string) => {
      const there = { ...plan, namespace };
      const read = await readPreflight(
        {
          location: 'westeurope',
          level: 'quick',
          pool,
          image: plan.image,
          ownRegistry: undefined,
          namespace: { name: namespace, isOwn: false },
          job: jobOf(there),
          pods: [isolationPod(there, undefined, 'gpu')],
        },
        {
          cluster,
          azure: { sizes: async () => known([vmSize()]), usages: async () => facts().usages },
          pools: async () => known([livePool()]),
          image: async () => known({ cuda: undefined }),
        },
      );
      return checkBefore({ ...read, plugins: facts().plugins, scaler: facts().scaler })
        .filter(({ level }) => level === 'bad')
        .map(({ verdict, evidence, remedy }) => [verdict && verdictText(verdict), evidence, remedy]);
    };
    const make = (name: string, labels: object = {}) =>
      control.api.create('/api/v1/namespaces', { metadata: { name, labels } });

    test('that enforces restricted pods: it would take all of them', async () => {
      await make('notebooks', { 'pod-security.kubernetes.io/enforce': 'restricted' });
      expect(await look('notebooks')).toEqual([]);
    });

    test('that allows less than the test takes', async () => {
      await make('small');
      await control.api.create('/api/v1/namespaces/small/limitranges', {
        metadata: { name: 'bounds' },
        spec: { limits: [{ type: 'Container', max: { memory: '256Mi' } }] },
      });
      const findings = await look('small');
      expect(findings).toContainEqual([
        'blocked: configuration',
        expect.stringMatching(/bounds allows a container 256 MiB memory at most/),
        expect.stringMatching(/Change the LimitRange/),
      ]);
    });

    test('whose policy forbids the Job', async () => {
      await make('strict', { gpus: 'forbidden' });
      const admission = '/apis/admissionregistration.k8s.io/v1';
      await control.api.create(`${admission}/validatingadmissionpolicies`, {
        metadata: { name: 'no-gpus' },
        spec: {
          matchConstraints: {
            resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          },
          validations: [
            {
              expression:
                "!object.spec.containers.exists(c, has(c.resources.limits) && 'nvidia.com/gpu' in c.resources.limits)",
              message: 'GPUs are for the other team',
            },
          ],
        },
      });
      await control.api.create(`${admission}/validatingadmissionpolicybindings`, {
        metadata: { name: 'no-gpus' },
        spec: {
          policyName: 'no-gpus',
          validationActions: ['Deny'],
          matchResources: { namespaceSelector: { matchLabels: { gpus: 'forbidden' } } },
        },
      });
      // The API server learns of a policy a moment after it has taken it.
      let findings = await look('strict');
      while (findings.length === 0) findings = await look('strict');
      expect(findings).toEqual([
        [
          'blocked: configuration',
          expect.stringMatching(/would not take the test’s pod in strict: .*GPUs are for the other team/),
          expect.stringMatching(/Make an exception in the policy/),
        ],
      ]);
      expect(await ours()).toEqual([]);
    });
  });

  test('the deadline of the Job ends it, whatever became of its watcher', async () => {
    await removeNode();
    const outcome = await start({ deadlineSeconds: 2 });
    expect(seen(outcome)).toEqual(['inconclusive: unknown', expect.stringMatching(/time was over/)]);
    expect(await clear(plan.run, { cluster, log: quiet }, false)).toEqual([]);
    expect(await ours()).toEqual([]);
  });
});

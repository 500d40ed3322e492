import { Readable } from 'node:stream';
import { afterEach, expect, test } from '@jest/globals';
import { createCluster, KubernetesFailure } from '@suite/kubernetes';
import { decide, decisive } from '../../actions/gpu-smoke-test/src/decide.ts';
import { namespaceOf } from '../../actions/gpu-smoke-test/src/job.ts';
import { type PoolOutcome, testPool } from '../../actions/gpu-smoke-test/src/test-pool.ts';
import { verdictText } from '../../actions/gpu-smoke-test/src/verdict.ts';
import type { GpuState } from '../../packages/sandbox/src/kubernetes/gpu/states.ts';
import { managedPool, startTestCluster } from '../../packages/sandbox/src/kubernetes/testing/cluster.ts';

const size = 'Standard_NC4as_T4_v3';
const labels = { 'node-type': 'ai', accelerator: 'nvidia-gpu' };
const namespace = 'gpu-smoke-test';
const minute = 60_000;

let close = () => {};
afterEach(() => close());

/** A cluster with an empty GPU pool and a device plugin, on a clock that stands still. */
function startCluster(state: GpuState) {
  const system = { count: 1, minCount: 1, maxCount: 3, enableAutoScaling: true, vmSize: 'Standard_D4ds_v5' };
  const gpu = { count: 0, minCount: 0, maxCount: 2, enableAutoScaling: true, vmSize: size, nodeLabels: labels };
  const cluster = startTestCluster({
    pools: [
      managedPool('system', system),
      managedPool('gpu', { ...gpu, nodeTaints: ['nvidia.com/gpu=true:NoSchedule'] }),
    ],
  });
  close = cluster.close;
  cluster.view.put({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'plugin', namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: { app: 'plugin' } },
      template: {
        metadata: { labels: { app: 'plugin' } },
        spec: {
          tolerations: [{ operator: 'Exists' }],
          containers: [{ name: 'plugin', image: 'nvcr.io/nvidia/k8s-device-plugin:v0.18.0' }],
        },
      },
    },
  });
  cluster.view.gpu.script({ state });
  return cluster;
}

type Sandbox = ReturnType<typeof startCluster>;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
}

/** What the action asks, answered by the small cluster without a network between them. */
function connect({ send, clock }: Sandbox) {
  const ask = async ({ method, path, body, contentType = 'application/json', accept = 'application/json' }: Asked) => {
    const answer = await send(method, path, body, { headers: { 'content-type': contentType, accept } });
    if (answer.status < 400) return answer.body ?? '';
    const message = Buffer.from((answer.body ?? '') as string).toString('utf8');
    throw new KubernetesFailure(answer.status === 404 ? 'absent' : 'invalid', { message });
  };
  const host = 'cluster.example';
  return createCluster(
    { server: `https://${host}`, ca: '', token: async () => '', identity: 'test', env: {}, clock },
    {
      host,
      send: async request => Buffer.from((await ask(request)) as string).toString('utf8'),
      stream: async request => {
        const body = await ask(request);
        const lines = body instanceof Readable ? body : Readable.from([body]);
        request.signal?.addEventListener('abort', () => lines.destroy(request.signal?.reason), { once: true });
        return lines as never;
      },
      close: () => undefined,
    },
  );
}

interface Run extends PoolOutcome {
  readonly minutes: number;
  /** What a person who waits has read, each with its second. */
  readonly lines: readonly { readonly at: number; readonly line: string }[];
}

/** Tests the pool while time passes; says how much of it did, in minutes. */
async function run(sandbox: Sandbox): Promise<Run> {
  const { clock } = sandbox;
  const cluster = connect(sandbox);
  await cluster.apply(namespaceOf('run1', new Date(clock.now()).toISOString()), { manager: 'test' });
  const startedAt = clock.now();
  const lines: { at: number; line: string }[] = [];
  const say = (line: string) => void lines.push({ at: (clock.now() - startedAt) / 1000, line });
  const deadlineAt = startedAt + 25 * minute;
  const plan = {
    run: 'run1',
    pool: 'gpu',
    namespace,
    image: `mcr.microsoft.com/azurelinux/base/python:3.12@sha256:${'a'.repeat(64)}`,
    level: 'standard' as const,
    program: 'print()',
    selector: undefined,
    taints: [],
    deadlineSeconds: 26 * 60,
    now: new Date(startedAt).toISOString(),
  };
  let outcome: PoolOutcome | undefined;
  const done = testPool(
    { plan, size, gpusOfSize: 1, driver: 'Install', labels, startTimeoutSeconds: undefined, deadlineAt },
    { cluster, clock, signal: new AbortController().signal, log: { info: say } as never },
  ).then(value => {
    outcome = value;
  });
  let failure: unknown;
  done.catch(error => {
    failure = error;
  });
  while (outcome === undefined && failure === undefined && clock.now() < deadlineAt + 5 * minute) {
    await clock.advance(1000);
    for (let turn = 0; turn < 4; turn += 1) await new Promise(resolve => setImmediate(resolve));
  }
  await done;
  if (outcome === undefined) throw new Error('The test of the pool came to no end.');
  return { ...outcome, lines, minutes: (clock.now() - startedAt) / minute };
}

test.each<[GpuState, string, RegExp, number]>([
  ['healthy', 'passed', /^$/, 1],
  ['contradicted', 'passed', /^$/, 1],
  ['no-scale-up', 'blocked: configuration', /node affinity\/selector/, 3],
  ['max-reached', 'blocked: capacity', /max node group size reached/, 3],
  ['quota', 'blocked: quota', /exceeding approved Standard NCASv3_T4 Family Cores quota/, 1],
  ['capacity', 'blocked: capacity', /do not have sufficient capacity/, 1],
  ['never-joins', 'blocked: capacity', /failed to register within 15m/, 16],
  ['no-plugin', 'failed: plugin', /has offered no GPU/, 6],
  ['zero-devices', 'failed: plugin', /has offered no GPU/, 6],
  ['unpullable', 'blocked: registry', /cannot pull the image.*i\/o timeout/, 2],
  ['sandbox-error', 'failed: driver', /FailedCreatePodSandBox: .*nvml error: driver not loaded/s, 1],
  ['cdi-error', 'failed: toolkit', /CreateContainerError: .*unresolvable CDI devices/, 1],
  ['driver-mismatch', 'failed: driver', /StartError: .*driver\/library version mismatch/s, 1],
  ['cuda-insufficient', 'failed: driver', /CUDA driver version is insufficient/, 1],
  ['no-library', 'failed: plugin', /libcuda\.so\.1: cannot open shared object file/, 1],
  ['wrong-result', 'failed: hardware', /some of them wrong, by up to 12\.5/, 1],
  ['slow', 'failed: performance', /% of /, 1],
  ['extra-devices', 'failed: isolation', /\/dev\/nvidia0/, 1],
  ['evicted', 'inconclusive: interrupted', /DeletionByPodGC: PodGC: node no longer exists/, 1],
  ['xid', 'failed: hardware', /XIDError: FaultCode: NHC2001, Xid 79/, 1],
  ['busy', 'inconclusive: busy', /All GPUs of gpu are in use: .*jupyter-gpu-/, 3],
])('a pool that plays %s is %s', async (state, verdict, evidence, minutes) => {
  const sandbox = startCluster(state);
  // Notebooks were there first.
  await sandbox.pass(10_000);
  const { findings, minutes: passed, nodes, lines } = await run(sandbox);
  const cause = decisive(findings)?.evidence ?? '';
  expect([verdictText(decide(findings)), cause]).toEqual([verdict, expect.stringMatching(evidence)]);
  expect(passed).toBeLessThanOrEqual(minutes);
  // Nobody waits for more than 15 s without a line that says for what, and how long that usually takes.
  const times = [0, ...lines.map(({ at }) => at), passed * 60];
  expect(Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toBeLessThanOrEqual(15);
  for (const { line } of lines)
    expect(line).toMatch(/^gpu: .*(?:\((?:.*; )?(?:usually|about) .*\)|looks for one on \S+)$/);
  // Every test is of a pool from no node, unless others had some already.
  if (state !== 'busy') expect(nodes.every(({ came }) => came)).toBe(true);
});

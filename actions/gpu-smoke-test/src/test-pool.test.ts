import { expect, test } from '@jest/globals';
import { manualClock } from '@suite/foundation/testing';
import { type Cluster, KubernetesFailure, type KubernetesObject } from '@suite/kubernetes';
import { judgePlace } from './checks/place.ts';
import { decide } from './decide.ts';
import { type JobPlan, nameOf } from './job.ts';
import { type TestPorts, testPool } from './test-pool.ts';
import { verdictText } from './verdict.ts';

const plan: JobPlan = {
  run: '0123456789',
  pool: 'gpu',
  namespace: 'gpu-smoke-test',
  image: 'example.azurecr.io/python@sha256:0',
  level: 'quick',
  program: 'print(1)',
  selector: undefined,
  taints: [],
  deadlineSeconds: 1560,
  now: '2026-11-27T18:00:00.000Z',
};
const size = 'Standard_NC4as_T4_v3';
const nodeName = 'aks-gpu-1-vmss000000';

const nodeOf = (pool: string, name = nodeName): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.azure.com/agentpool': pool } },
  status: {
    capacity: { 'nvidia.com/gpu': '1' },
    allocatable: { 'nvidia.com/gpu': '1' },
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }],
  },
});
const podOf = (name: string, exitCode = 0): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: plan.namespace },
  spec: { nodeName },
  status: {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    containerStatuses: [{ state: { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } } }],
  },
});
const work = {
  suite: 'gpu-smoke',
  version: 1,
  mode: 'work',
  level: 'quick',
  ok: true,
  driver: { cuda: '13.0', version: '580.159.04' },
  devices: [{ index: 0, uuid: 'GPU-1', name: 'Tesla T4', memoryBytes: 16e9, computeCapability: '7.5', mig: false }],
  vectorAdd: { elements: 1024, maxError: 0 },
  matmul: { n: 1024, maxError: 0, tflops: null },
  fp32: null,
  bandwidth: null,
  deviceFiles: ['/dev/nvidia0'],
  visibleDevices: 'GPU-1',
  seconds: 1,
  error: null,
};
const isolation = { suite: 'gpu-smoke', version: 1, mode: 'isolation', ok: true, deviceFiles: [] };

interface World {
  readonly node?: KubernetesObject;
  readonly exitCode?: number;
  /** Requests that the cluster does not answer: `apply Pod`, `list Service`. */
  readonly broken?: readonly string[];
}

/** A cluster in which the work has ended as soon as it is looked at. */
function portsOf({ node = nodeOf('gpu'), exitCode = 0, broken = [] }: World): TestPorts {
  const answer = (what: string) => {
    if (broken.includes(what)) throw new KubernetesFailure('busy', { message: `${what}: no answer` });
  };
  const job: KubernetesObject = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: nameOf(plan), namespace: plan.namespace, uid: 'uid-1' },
  };
  const objects = (kind: string, fields = '') => {
    if (kind === 'Job') return [job];
    if (kind === 'Node') return [node];
    if (kind !== 'Pod') return [];
    return [
      fields.includes('isolation') ? podOf(`${nameOf(plan)}-isolation`) : podOf(`${nameOf(plan)}-abcde`, exitCode),
    ];
  };
  const cluster: Pick<Cluster, 'list' | 'apply' | 'patch' | 'follow' | 'logs' | 'ask'> = {
    list: async ({ kind }) => {
      answer(`list ${kind}`);
      return kind === 'Node' ? [node] : [];
    },
    apply: async object => {
      answer(`apply ${object.kind}`);
      return object.kind === 'Job' ? job : object;
    },
    patch: async () => undefined,
    follow: async ({ kind, fields }, onChange, signal) => {
      const all = new Map(objects(kind, fields).map(one => [one.metadata.name, one]));
      if (onChange(all)) return;
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    },
    logs: async ({ container }) => JSON.stringify(container === 'smoke' ? work : isolation),
    ask: async () => {
      throw new KubernetesFailure('absent', { message: 'no exporter' });
    },
  };
  return {
    cluster: cluster as Cluster,
    clock: manualClock(),
    log: { info: () => undefined } as unknown as TestPorts['log'],
    signal: new AbortController().signal,
  };
}

const run = (world: World, startTimeoutSeconds?: number) =>
  testPool(
    { plan, size, gpusOfSize: 1, driver: 'Install', labels: {}, startTimeoutSeconds, deadlineAt: 1_500_000 },
    portsOf(world),
  );

test('a node of the pool, whose work is right', async () => {
  const { findings, nodes } = await run({});
  expect(verdictText(decide(findings))).toBe('passed');
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['GPUs of the node', 'Pods without a GPU']),
  );
  expect(nodes).toEqual([{ name: nodeName, covered: true, came: false }]);
});

test('what it took is held to the time that a notebook gets, where notebooks have GPUs', async () => {
  const of = async (limit?: number) => (await run({}, limit)).findings.filter(({ check }) => /notebook/.test(check));
  expect(await of()).toEqual([]);
  expect(await of(1200)).toMatchObject([{ level: 'fine', evidence: expect.stringContaining('after 20 min') }]);
});

test.each<[string, World, RegExp]>([
  ['work on a node of another pool', { node: nodeOf('byhand') }, /ran on aks-gpu-1-vmss000000, which is no node of/],
  ['work that says it is right and ends with 1', { exitCode: 1 }, /ended with exit code 1 \(Error\)/],
])('%s says nothing of the pool', async (_name, world, evidence) => {
  const { findings } = await run(world);
  expect(verdictText(decide(findings))).toBe('inconclusive: unknown');
  expect(findings.filter(({ level }) => level === 'bad')).toEqual([
    expect.objectContaining({ evidence: expect.stringMatching(evidence) }),
  ]);
});

test('a node that is gone by now, and one that nobody names', () => {
  expect(judgePlace('gpu', nodeName, [{ name: nodeName }])).toMatchObject({
    verdict: { kind: 'inconclusive' },
    evidence: `The work ran on ${nodeName}, which was gone before it could be looked at.`,
  });
  expect(judgePlace('gpu', undefined, [])).toMatchObject({ verdict: { kind: 'inconclusive' }, level: 'bad' });
});

test.each<[string, string, string]>([
  ['the pod beside it', 'apply Pod', 'Isolation'],
  ['exporters', 'list Service', 'DCGM'],
])('%s that cannot be asked for are unknown, and the work counts', async (_name, request, check) => {
  const { findings } = await run({ broken: [request] });
  expect(findings).toContainEqual({ check, level: 'unknown', evidence: `${request}: no answer` });
  expect(verdictText(decide(findings))).toBe('passed');
});

test('a test that cannot be made is the caller’s to report', async () => {
  await expect(run({ broken: ['apply Job'] })).rejects.toThrow(KubernetesFailure);
});

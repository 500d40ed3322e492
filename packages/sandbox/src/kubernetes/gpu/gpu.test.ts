import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Resource } from '../../azure/arm/store.ts';
import { at, type Fields, objects } from '../objects.ts';
import { managedPool, startTestCluster } from '../testing/cluster.ts';
import type { GpuState } from './states.ts';

const plugin = 'nvcr.io/nvidia/k8s-device-plugin:v0.18.0';
const namespace = 'gpu-smoke';

const gpuPool = (more: Fields = {}): Resource =>
  managedPool('gpu', {
    count: 0,
    minCount: 0,
    maxCount: 2,
    enableAutoScaling: true,
    vmSize: 'Standard_NC4as_T4_v3',
    nodeLabels: { 'node-type': 'ai', accelerator: 'nvidia-gpu' },
    nodeTaints: ['nvidia.com/gpu=true:NoSchedule'],
    ...more,
  });

let pool: Resource;
let cluster: ReturnType<typeof startTestCluster>;
const start = (gpu: Resource, { hasPlugin = true } = {}) => {
  cluster?.close();
  pool = gpu;
  const system = managedPool('system', {
    count: 1,
    minCount: 1,
    maxCount: 3,
    enableAutoScaling: true,
    vmSize: 'Standard_D4ds_v5',
  });
  cluster = startTestCluster({ pools: [system, gpu] });
  cluster.view.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  if (hasPlugin) daemon('plugin', plugin);
};
beforeEach(() => start(gpuPool()));
afterEach(() => cluster.close());

const daemon = (
  name: string,
  image: string,
  tolerations: readonly Fields[] = [{ operator: 'Exists' }],
  more: Fields = {},
) =>
  cluster.view.put({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { tolerations, containers: [{ name, image }], ...more } },
    },
  });

/** A Job as the smoke test makes it; `gpus` of 0 for the pod that must see none. */
const smoke = (name: string, { gpus = 1, args = ['--level', 'standard'], spec = {} as Fields } = {}) =>
  cluster.view.put({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace },
    spec: {
      backoffLimit: 0,
      podFailurePolicy: {
        rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
      },
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              name: 'smoke',
              image: 'mcr.microsoft.com/azurelinux/base/python:3.12',
              command: ['python3', '/smoke/smoke.py', ...args],
              terminationMessagePolicy: 'FallbackToLogsOnError',
              ...(gpus === 0 ? {} : { resources: { limits: { 'nvidia.com/gpu': gpus } } }),
            },
          ],
          ...spec,
        },
      },
    },
  });

const isGpuNode = (node: { metadata: { labels?: Record<string, string> } }) =>
  node.metadata.labels?.['agentpool'] === 'gpu';
const nodes = () => cluster.view.nodes().filter(isGpuNode);
const podOf = (job: string) =>
  cluster.view.list('pods', namespace).find(({ metadata }) => metadata.labels?.['job-name'] === job);
const stateOf = (job: string) => at(objects(at(podOf(job), 'status')['containerStatuses'])[0], 'state');
const conditionsOf = (job: string) =>
  objects(at(cluster.view.get({ resource: 'jobs.batch', namespace, name: job }), 'status')['conditions']).map(
    one => one['type'],
  );
const told = (place = namespace) =>
  cluster.view.events(place).map(({ reason, message }) => `${String(reason)}: ${String(message)}`);
const offered = () => nodes().map(node => at(node, 'status', 'allocatable')['nvidia.com/gpu']);
const printed = async (job: string) => {
  const { message } = await cluster.call(
    'GET',
    `/api/v1/namespaces/${namespace}/pods/${podOf(job)?.metadata.name}/log`,
  );
  return JSON.parse(message) as Fields;
};
const report = () => {
  const map = cluster.view.get({ resource: 'configmaps', namespace: 'kube-system', name: 'cluster-autoscaler-status' });
  return parse(String(at(map, 'data')['status'])) as { nodeGroups: Fields[] };
};
const groupOf = (name: string) => report().nodeGroups.find(one => String(one['name']).startsWith(`aks-${name}-`));

describe('from no node', () => {
  test('a pod that asks for a GPU brings a node, which offers it, runs the pod, and goes again', async () => {
    smoke('work');
    await cluster.pass(2000);
    expect(told()).toContainEqual(
      expect.stringMatching(/^TriggeredScaleUp: pod triggered scale-up: \[\{aks-gpu-\d{8}-vmss 0->1 \(max: 2\)\}\]$/),
    );
    expect(offered()).toEqual(['1']);
    expect(nodes()[0]).toMatchObject({
      metadata: { labels: { accelerator: 'nvidia-gpu', 'kubernetes.azure.com/accelerator': 'nvidia' } },
      spec: { taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }] },
      status: { capacity: { 'nvidia.com/gpu': '1' } },
    });
    expect(conditionsOf('work')).toContain('Complete');
    expect(await printed('work')).toMatchObject({
      suite: 'gpu-smoke',
      version: 1,
      mode: 'work',
      level: 'standard',
      ok: true,
      driver: { version: '580.159.04', cuda: '13.0' },
      devices: [
        { index: 0, uuid: expect.stringMatching(/^GPU-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/), name: 'Tesla T4' },
      ],
      matmul: { n: 1024, maxError: 0 },
      error: null,
    });
    await cluster.pass(6000);
    expect(nodes()).toEqual([]);
    expect(at(pool.body, 'properties')['count']).toBe(0);
    expect(told('kube-system')).toContainEqual(
      expect.stringMatching(/^ScaleDownEmpty: Scale-down: removing empty node "aks-gpu-/),
    );
  });

  test('the node goes once the last one on it has left, also one without a GPU', async () => {
    smoke('work');
    await cluster.pass(2000);
    const [node] = nodes();
    cluster.view.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'guest', namespace },
      spec: { nodeName: node?.metadata.name ?? '', containers: [{ name: 'guest', image: 'ghcr.io/contoso/guest:1' }] },
    });
    await cluster.pass(6000);
    expect(conditionsOf('work')).toContain('Complete');
    expect(nodes()).toHaveLength(1);
    await cluster.call('DELETE', `/api/v1/namespaces/${namespace}/pods/guest`);
    await cluster.pass(6000);
    expect(nodes()).toEqual([]);
  });

  test('the autoscaler’s report follows', async () => {
    await cluster.pass();
    expect(groupOf('gpu')).toMatchObject({
      health: { status: 'Healthy', cloudProviderTarget: 0, minSize: 0, maxSize: 2 },
      scaleUp: { status: 'NoActivity' },
    });
    smoke('work');
    await cluster.pass(500);
    expect(groupOf('gpu')).toMatchObject({
      health: { cloudProviderTarget: 1, nodeCounts: { registered: { total: 0 }, unregistered: 1 } },
      scaleUp: { status: 'InProgress' },
    });
  });

  test.each<[string, Fields, Fields, string]>([
    [
      'a pod that selects the label which is overwritten',
      {},
      { nodeSelector: { accelerator: 'nvidia-gpu' } },
      "2 node(s) didn't match Pod's node affinity/selector",
    ],
    [
      'a pod that does not tolerate the pool’s taint',
      { nodeTaints: ['sku=gpu:NoSchedule'] },
      {},
      '1 Insufficient nvidia.com/gpu, 1 node(s) had untolerated taint {sku: gpu}',
    ],
    [
      'a pool that may have no node',
      { maxCount: 0 },
      {},
      '1 Insufficient nvidia.com/gpu, 1 max node group size reached',
    ],
    ['a pool that is not autoscaled', { enableAutoScaling: false }, {}, '1 Insufficient nvidia.com/gpu'],
  ])('%s brings none', async (_, properties, spec, why) => {
    start(gpuPool(properties));
    smoke('work', { spec });
    await cluster.pass(3000);
    expect(nodes()).toEqual([]);
    expect(told().filter(line => line.startsWith('NotTriggerScaleUp'))).toEqual([
      `NotTriggerScaleUp: pod didn't trigger scale-up: ${why}`,
    ]);
  });

  test('two pods that fit on one node bring one', async () => {
    start(gpuPool({ vmSize: 'Standard_NC64as_T4_v3' }));
    for (const name of ['one', 'two']) smoke(name, { gpus: 2 });
    await cluster.pass(2000);
    expect(offered()).toEqual(['4']);
    expect([conditionsOf('one'), conditionsOf('two')]).toEqual([
      expect.arrayContaining(['Complete']),
      expect.arrayContaining(['Complete']),
    ]);
  });

  test('pods without GPUs bring nodes where there is no room, one after the other, and a missing volume brings none', async () => {
    start(
      managedPool('user', { count: 1, minCount: 1, maxCount: 3, enableAutoScaling: true, vmSize: 'Standard_D4ds_v5' }),
    );
    const put = (name: string, spec: Fields, cpu = '3') =>
      cluster.view.put({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace },
        spec: {
          nodeSelector: { agentpool: 'user' },
          containers: [{ name, image: 'a', resources: { requests: { cpu } } }],
          ...spec,
        },
      });
    const placed = () =>
      cluster.view
        .list('pods', namespace)
        .filter(({ metadata, spec }) => metadata.name.startsWith('large') && at(spec)['nodeName'] !== undefined).length;
    const users = () => cluster.view.nodes().filter(({ metadata }) => metadata.labels?.['agentpool'] === 'user').length;
    put('volume', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'nowhere' } }] });
    put('huge', {}, '64');
    await cluster.pass(6000);
    expect(users()).toBe(1);
    for (const name of ['large-1', 'large-2', 'large-3', 'large-4']) put(name, {});
    await cluster.pass(12_000);
    expect([users(), placed()]).toEqual([3, 3]);
    expect(told()).toContainEqual(
      expect.stringMatching(/^TriggeredScaleUp: .*\{aks-user-\d{8}-vmss 1->2 \(max: 3\)\}/),
    );
    expect(told()).toContainEqual(expect.stringMatching(/^NotTriggerScaleUp: .*1 max node group size reached/));
  });

  test('a pod without GPUs brings no node, and tolerates no taint of theirs', async () => {
    smoke('none', { gpus: 0, spec: { nodeSelector: { agentpool: 'gpu' } } });
    await cluster.pass(3000);
    expect([nodes(), told().filter(line => /ScaleUp/.test(line))]).toEqual([[], []]);
    expect(at(podOf('none'), 'spec')['tolerations'] ?? []).toEqual([]);
  });
});

describe('what a pool plays', () => {
  const play = async (state: GpuState, milliseconds = 3000) => {
    cluster.view.gpu.script({ state, pool: 'gpu' });
    smoke('work');
    await cluster.pass(milliseconds);
  };

  test.each<[GpuState, RegExp]>([
    [
      'no-scale-up',
      /^NotTriggerScaleUp: .*: 1 Insufficient nvidia.com\/gpu, 1 node\(s\) didn't match Pod's node affinity\/selector$/,
    ],
    ['max-reached', /^NotTriggerScaleUp: .*, 1 max node group size reached$/],
    ['quota', /^NotTriggerScaleUp: .*, 1 in backoff after failed scale-up$/],
    ['capacity', /^NotTriggerScaleUp: .*, 1 in backoff after failed scale-up$/],
  ])('%s: no node comes', async (state, event) => {
    await play(state);
    expect(nodes()).toEqual([]);
    expect(told()).toContainEqual(expect.stringMatching(event));
  });

  test.each<[GpuState, RegExp]>([
    ['quota', /exceeding approved Standard NCASv3_T4 Family Cores quota.* Additional Required: 4,/],
    ['capacity', /AllocationFailed.*We do not have sufficient capacity/],
  ])('%s: Azure’s words stand in the report, until the autoscaler tries again', async (state, words) => {
    await play(state);
    expect(told('kube-system')).toContainEqual(
      expect.stringMatching(new RegExp(`^FailedToScaleUpGroup: .*${words.source}`)),
    );
    expect(groupOf('gpu')).toMatchObject({
      scaleUp: { status: 'Backoff', backoffInfo: { errorMessage: expect.stringMatching(words) } },
    });
    cluster.view.gpu.script({ state: 'healthy' });
    await cluster.pass(6 * 60_000);
    expect(conditionsOf('work')).toContain('Complete');
  });

  test('contradicted: the refusal comes after the trigger, and the node all the same', async () => {
    await play('contradicted');
    const lines = told()
      .filter(line => /ScaleUp: /.test(line))
      .map(line => line.split(':')[0]);
    expect(lines.sort()).toEqual(['NotTriggerScaleUp', 'TriggeredScaleUp']);
    expect(conditionsOf('work')).toContain('Complete');
  });

  test('never-joins: the autoscaler gives up after a quarter of an hour', async () => {
    await play('never-joins', 14 * 60_000);
    expect([nodes(), told('kube-system').filter(line => /TimedOut/.test(line))]).toEqual([[], []]);
    await cluster.pass(2 * 60_000);
    expect(told('kube-system')).toContainEqual(
      expect.stringMatching(/^ScaleUpTimedOut: Nodes added to group aks-gpu-\d+-vmss failed to register within 15m0s$/),
    );
  });

  test.each<[GpuState, unknown]>([
    ['no-plugin', undefined],
    ['zero-devices', '0'],
  ])('%s: the node is ready, and of no use', async (state, offer) => {
    await play(state);
    expect(offered()).toEqual([offer]);
    expect(nodes()[0]).toMatchObject({
      status: { conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'True' })]) },
    });
    expect(at(podOf('work'), 'status')['phase']).toBe('Pending');
    expect(groupOf('gpu')).toMatchObject({
      health: { nodeCounts: { registered: { ready: 0, unready: { resourceUnready: 1 } } } },
    });
    // Nothing runs there, and it stays for the one who waits for it.
    await cluster.pass(10 * 60_000);
    expect(nodes()).toHaveLength(1);
    cluster.view.delete({ resource: 'jobs.batch', namespace, name: 'work' });
    await cluster.pass(10_000);
    expect(nodes()).toEqual([]);
  });

  test.each<[GpuState, Fields, RegExp]>([
    ['unpullable', { waiting: { reason: 'ImagePullBackOff' } }, /^Failed: Failed to pull image "mcr.*i\/o timeout$/],
    [
      'sandbox-error',
      { waiting: { reason: 'ContainerCreating' } },
      /^FailedCreatePodSandBox: .*nvml error: driver not loaded: unknown$/s,
    ],
    [
      'cdi-error',
      { waiting: { reason: 'CreateContainerError' } },
      /^Failed: Error: .*unresolvable CDI devices nvidia.com\/gpu=0$/,
    ],
    [
      'driver-mismatch',
      { terminated: { reason: 'StartError', exitCode: 128 } },
      /^Failed: Error: .*driver\/library version mismatch: unknown$/s,
    ],
  ])('%s: the container does not run', async (state, container, event) => {
    await play(state);
    expect(stateOf('work')).toMatchObject(container);
    expect(told()).toContainEqual(expect.stringMatching(event));
  });

  test.each<[GpuState, Fields]>([
    [
      'cuda-insufficient',
      {
        ok: false,
        error: { stage: 'init', code: 35, message: expect.stringContaining('driver version is insufficient') },
      },
    ],
    ['no-library', { ok: false, error: { stage: 'load', message: expect.stringContaining('libcuda.so.1') } }],
    ['wrong-result', { ok: false, matmul: { n: 1024, maxError: 12.5, tflops: 1.2 } }],
  ])('%s: the program says so, and ends with 1', async (state, line) => {
    await play(state);
    expect(await printed('work')).toMatchObject(line);
    expect(stateOf('work')).toMatchObject({
      terminated: { exitCode: 1, message: expect.stringContaining('"suite":"gpu-smoke"') },
    });
    expect(conditionsOf('work')).toContain('Failed');
  });

  test('slow: right, at three tenths of the speed', async () => {
    await play('slow');
    expect(await printed('work')).toMatchObject({ ok: true, fp32: { tflops: 2.37 }, bandwidth: { device: 81 } });
  });

  test.each<[GpuState, boolean, number]>([
    ['healthy', true, 0],
    ['extra-devices', false, 4],
  ])('%s: what a pod without a GPU sees', async (state, ok, files) => {
    start(gpuPool({ count: 1, minCount: 1 }));
    cluster.view.gpu.script({ state });
    const spec = { nodeSelector: { agentpool: 'gpu' }, tolerations: [{ operator: 'Exists' }] };
    smoke('none', { gpus: 0, args: ['--isolation'], spec });
    await cluster.pass();
    const line = await printed('none');
    expect([line['mode'], line['ok'], objects([line]).flatMap(one => one['deviceFiles'] as string[]).length]).toEqual([
      'isolation',
      ok,
      files,
    ]);
  });

  test('evicted: the pod says why, the node goes, and the Job does not count it', async () => {
    const seen: Fields[] = [];
    cluster.cluster.store.subscribe(({ key, object }) => {
      if (key === 'pods' && at(object, 'status')['phase'] === 'Failed') seen.push(object);
    });
    cluster.view.gpu.script({ state: 'evicted' });
    smoke('work');
    await cluster.pass(2100);
    expect(seen[0]).toMatchObject({
      status: {
        conditions: expect.arrayContaining([
          expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC' }),
        ]),
      },
    });
    expect(conditionsOf('work')).toEqual([]);
    cluster.view.gpu.script({ state: 'healthy' });
    await cluster.pass(3000);
    expect(conditionsOf('work')).toContain('Complete');
  });

  test('xid: the node and the exporter say so', async () => {
    await play('xid', 1200);
    expect(nodes()[0]).toMatchObject({
      status: {
        conditions: expect.arrayContaining([
          expect.objectContaining({ type: 'XIDError', status: 'True', reason: 'XIDErrorIsPresent' }),
        ]),
      },
    });
  });

  test('busy: notebooks hold every GPU, and nobody is driven away', async () => {
    const end = cluster.view.gpu.script({ state: 'busy' });
    await cluster.pass(2000);
    smoke('work');
    await cluster.pass(2000);
    expect(cluster.view.list('pods', 'jupyterhub').map(pod => at(pod, 'status')['phase'])).toEqual([
      'Running',
      'Running',
    ]);
    expect(told()).toContainEqual(expect.stringMatching(/^NotTriggerScaleUp: .*1 max node group size reached$/));
    expect(told()).toContainEqual(expect.stringMatching(/^FailedScheduling: .*3 Insufficient nvidia.com\/gpu/));
    end();
    await cluster.pass(2000);
    expect(conditionsOf('work')).toContain('Complete');
  });

  test('a pool that is not there cannot play', () => {
    expect(() => cluster.view.gpu.script({ state: 'slow', pool: 'user' })).toThrow('has no GPU pool user');
  });
});

describe('who offers GPUs', () => {
  const onNode = (more: Fields = {}) => gpuPool({ count: 1, minCount: 1, ...more });

  test.each<[string, Fields, readonly Fields[], unknown]>([
    ['a plugin that tolerates the taint', {}, [{ key: 'nvidia.com/gpu', operator: 'Exists' }], '1'],
    ['one that tolerates another one', {}, [{ key: 'sku', operator: 'Equal', value: 'gpu' }], undefined],
    ['one on a node without a driver', { gpuProfile: { driver: 'None' } }, [{ operator: 'Exists' }], '0'],
  ])('%s', async (_, properties, tolerations, offer) => {
    start(onNode(properties), { hasPlugin: false });
    daemon('plugin', plugin, tolerations);
    await cluster.pass();
    expect(offered()).toEqual([offer]);
  });

  test('the capacity of a plugin that went away stays, and nothing of it may be used', async () => {
    start(onNode());
    await cluster.pass();
    cluster.view.delete({ resource: 'daemonsets.apps', namespace, name: 'plugin' });
    await cluster.pass();
    expect(
      nodes().map(node => [
        at(node, 'status', 'capacity')['nvidia.com/gpu'],
        at(node, 'status', 'allocatable')['nvidia.com/gpu'],
      ]),
    ).toEqual([['1', '0']]);
  });

  test.each<[GpuState, string]>([
    ['healthy', 'err_code="0",err_msg="No Error"} 0'],
    ['xid', 'err_code="79",err_msg="GPU has fallen off the bus"} 79'],
  ])('the exporter tells of each GPU, %s', async (state, xid) => {
    start(onNode({ vmSize: 'Standard_NC64as_T4_v3' }));
    daemon(
      'nvidia-dcgm-exporter',
      'nvcr.io/nvidia/k8s/dcgm-exporter:4.4.1-4.5.2-ubuntu22.04',
      [{ operator: 'Exists' }],
      {
        nodeSelector: { agentpool: 'gpu' },
      },
    );
    cluster.view.put({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'nvidia-dcgm-exporter', namespace },
      spec: { selector: { app: 'nvidia-dcgm-exporter' }, ports: [{ name: 'gpu-metrics', port: 9400 }] },
    });
    cluster.view.gpu.script({ state });
    smoke('work', { gpus: 4 });
    await cluster.pass();
    const { message } = await cluster.call(
      'GET',
      `/api/v1/namespaces/${namespace}/services/nvidia-dcgm-exporter:9400/proxy/metrics`,
    );
    const series = message.split('\n').filter(line => line.startsWith('DCGM_FI_DEV_XID_ERRORS{'));
    expect(series[0]).toContain(xid);
    const uuids = series.map(line => /UUID="([^"]+)"/.exec(line)?.[1]);
    expect(uuids).toEqual(objects((await printed('work'))['devices']).map(one => one['uuid']));
    expect(new Set(uuids).size).toBe(4);
  });
});

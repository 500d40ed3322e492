import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '@suite/kubernetes';
import { isGroupOf, newestPod, readEvent, readHolder, readNode, readScaler } from './read-facts.ts';

const map = (status: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'cluster-autoscaler-status', namespace: 'kube-system' },
  data: { status },
});

/** In the form of the autoscaler's own golden file (clusterstate/utils/status_test.yaml, 1.30 and later). */
const status = `time: "2026-11-24 04:28:19.546750398 +0000 UTC"
autoscalerStatus: "Running"
clusterWide:
  health: { status: "Healthy" }
nodeGroups:
  -
    name: "aks-gpu-12345678-vmss"
    health:
      status: "Healthy"
      cloudProviderTarget: 0
      minSize: 0
      maxSize: 2
    scaleUp:
      status: "Backoff"
      backoffInfo:
        errorCode: "cloudProviderError"
        errorMessage: "SkuNotAvailable"
      lastProbeTime: "2026-11-24T04:28:19Z"
  -
    name: "aks-gpugreen-12345678-vmss"
    scaleUp: { status: "NoActivity" }
`;
/** As GetReadableString wrote it up to 1.29. */
const legacy = `Cluster-wide:
  Health:      Healthy (ready=6 unready=0)
  ScaleUp:     NoActivity (ready=6 registered=6)

NodeGroups:
  Name:        aks-gpu-12345678-vmss
  Health:      Healthy (ready=0)
  ScaleUp:     Backoff (ready=0 cloudProviderTarget=0)
               LastProbeTime:      2026-11-24 04:28:19
`;

describe('the status of the autoscaler', () => {
  test.each([
    [
      'YAML',
      status,
      [
        {
          name: 'aks-gpu-12345678-vmss',
          scaleUp: 'Backoff',
          backoff: { code: 'cloudProviderError', message: 'SkuNotAvailable' },
        },
      ],
    ],
    ['text', legacy, [{ name: 'aks-gpu-12345678-vmss', scaleUp: 'Backoff', backoff: { code: '', message: '' } }]],
    ['neither', '\u0000 [[[ }}}', undefined],
  ])('as %s', (_, text, expected) => {
    expect(readScaler(map(text), 'gpu')).toEqual(expected);
  });

  test('is absent without the ConfigMap', () => {
    expect(readScaler(undefined, 'gpu')).toBeUndefined();
  });

  test.each([
    ['aks-gpu-12345678-vmss', true],
    ['/subscriptions/1/providers/x/aks-gpu-12345678-vmss', true],
    ['aks-gpugreen-12345678-vmss', false],
    ['aks-biggpu-12345678-vmss', false],
  ])('%s', (group, expected) => {
    expect(isGroupOf(group, 'gpu')).toBe(expected);
  });
});

const pod = (name: string, created: string, more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'jupyter', creationTimestamp: created },
  ...more,
});

test('of several pods the newest counts; of a pod all that is judged is read', () => {
  const facts = newestPod([
    pod('old', '2026-11-24T04:00:00Z'),
    pod('new', '2026-11-24T04:10:00Z', {
      spec: { nodeName: 'aks-gpu-1' },
      status: {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'low on\n\u001b[31mmemory',
        conditions: [
          { type: 'PodScheduled', status: 'True' },
          { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message: 'evicted' },
        ],
        containerStatuses: [
          { name: 'smoke', state: { terminated: { exitCode: 137, reason: 'Error', message: 'a\u202eb' } } },
        ],
      },
    }),
  ]);
  expect(facts).toEqual({
    name: 'new',
    phase: 'Failed',
    node: 'aks-gpu-1',
    unschedulable: undefined,
    disruption: 'TerminationByKubelet: evicted',
    isDeleted: false,
    reason: 'Evicted',
    message: 'low on\n\u001b[31mmemory',
    waiting: undefined,
    isRunning: false,
    ended: { exitCode: 137, reason: 'Error', message: 'a\ufffdb' },
  });
  expect(newestPod([])).toBeUndefined();
});

test('a node without a device plugin has no GPU, and one that lies has none either', () => {
  const node = (resources: object): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n' },
    status: { capacity: resources, allocatable: resources, conditions: [{ type: 'Ready', status: 'True' }] },
  });
  expect(readNode(node({ cpu: '4' }))).toMatchObject({ capacity: 0, allocatable: 0, isReady: true });
  expect(readNode(node({ 'nvidia.com/gpu': '4' }))).toMatchObject({ capacity: 4, allocatable: 4 });
  expect(readNode(node({ 'nvidia.com/mig-1g.10gb': '7', 'nvidia.com/mig-3g.40gb': '0' }))).toMatchObject({
    allocatable: 0,
    slices: ['nvidia.com/mig-1g.10gb'],
  });
  expect(readNode(node({ 'nvidia.com/gpu': 'many' }))).toMatchObject({ capacity: 0 });
});

test('who holds a GPU: pods that ask for one and have not ended', () => {
  const asking = (phase: string, limit: object) =>
    pod('ada', '', { spec: { nodeName: 'n', containers: [{ resources: { limits: limit } }] }, status: { phase } });
  expect(readHolder(asking('Running', { 'nvidia.com/gpu': '2' }))).toEqual({ pod: 'jupyter/ada', node: 'n', gpus: 2 });
  expect(readHolder(asking('Succeeded', { 'nvidia.com/gpu': '2' }))).toBeUndefined();
  expect(readHolder(asking('Running', { cpu: '2' }))).toBeUndefined();
});

test.each([
  [{ lastTimestamp: '2026-11-24T04:00:00Z', firstTimestamp: '2026-11-24T03:00:00Z' }, Date.UTC(2026, 10, 24, 4)],
  [
    { series: { lastObservedTime: '2026-11-24T05:00:00.000000Z' }, eventTime: '2026-11-24T03:00:00.000000Z' },
    Date.UTC(2026, 10, 24, 5),
  ],
  [{ lastTimestamp: null }, undefined],
])('an event of either API says when it was last seen: %j', (times, at) => {
  expect(readEvent({ apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' }, reason: 'Pulled', ...times }).at).toBe(
    at,
  );
});

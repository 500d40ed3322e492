import { describe, expect, test } from '@jest/globals';
import { verdictText } from '../verdict.ts';
import type { Facts, HolderFacts } from './facts.ts';
import {
  bareNode,
  boundPod,
  donePod,
  event,
  node,
  nodeName,
  type PlayOptions,
  pendingPod,
  play,
  runningPod,
  type Scene,
  startingNode,
  triggered,
} from './played.fixture.ts';

const cold: readonly Scene[] = [
  { at: 40, events: [triggered] },
  { at: 200, nodes: [startingNode] },
  { at: 260, nodes: [bareNode] },
  { at: 300, nodes: [node] },
  { at: 310, pod: boundPod },
  { at: 330, events: [triggered, event('Pulled')] },
  { at: 335, pod: runningPod },
  { at: 350, pod: donePod },
];
const warm: PlayOptions = { before: [nodeName] };
const refusal = (message: string) => event('NotTriggerScaleUp', `pod didn't trigger scale-up: ${message}`);
const waiting = (reason: string, message: string) => ({ ...boundPod, waiting: { reason, message } });
const backoff = (code: string, message: string): Facts['scaler'] => ({
  groups: [{ name: 'aks-gpu-12345678-vmss', scaleUp: 'Backoff', backoff: { code, message } }],
  failures: [],
});
const notebook: HolderFacts = { pod: 'jupyter/ada', node: nodeName, gpus: 1 };

describe('phases', () => {
  test('from zero nodes: each is reached once, when it was first seen', () => {
    const { progress, finding, seconds } = play(cold);
    expect(finding).toBeUndefined();
    expect(seconds).toBe(350);
    expect(progress.reached).toEqual({
      queued: 0,
      'scale-up': 40_000,
      node: 200_000,
      ready: 260_000,
      plugin: 300_000,
      pulled: 330_000,
      running: 335_000,
      done: 350_000,
    });
  });

  test('on a node that is there: those of a scale-up are skipped', () => {
    const { progress } = play(
      [
        { at: 0, nodes: [node] },
        { at: 2, pod: boundPod },
        { at: 4, pod: runningPod },
        { at: 9, pod: donePod },
      ],
      warm,
    );
    expect(progress.reached).toEqual({ queued: 0, plugin: 2000, pulled: 4000, running: 4000, done: 9000 });
  });

  test('a node that vanishes again takes nothing back', () => {
    const { progress } = play(
      [
        { at: 40, events: [triggered] },
        { at: 200, nodes: [startingNode] },
        { at: 210, nodes: [] },
      ],
      { until: 220 },
    );
    expect(progress.current).toBe('node');
  });
});

interface Row {
  readonly name: string;
  readonly scenes: readonly Scene[];
  readonly options?: PlayOptions;
  readonly verdict: string;
  /** The verdict has to be clear after this many seconds, and not before. */
  readonly after: number;
  readonly evidence: RegExp;
}

/** The states that a test can get into, by what the cluster shows. */
const rows: readonly Row[] = [
  {
    name: 'FailedScheduling, and the autoscaler says nothing at all',
    scenes: [{ at: 1, events: [event('FailedScheduling', '0/3 nodes are available', true)] }],
    verdict: 'inconclusive: unknown',
    after: 180,
    evidence: /no place for 3 min, and the autoscaler says nothing/,
  },
  {
    name: 'NotTriggerScaleUp alone, for a taint',
    scenes: [{ at: 12, events: [refusal('1 node(s) had untolerated taint {team: a}')] }],
    verdict: 'blocked: configuration',
    after: 60,
    evidence: /untolerated taint \{team: a\}/,
  },
  {
    name: 'NotTriggerScaleUp alone, for a selector',
    scenes: [{ at: 12, events: [refusal("2 node(s) didn't match Pod's node affinity/selector")] }],
    verdict: 'blocked: configuration',
    after: 60,
    evidence: /affinity\/selector/,
  },
  {
    name: 'NotTriggerScaleUp alone: its template of the pool has no GPU (Azure/AKS#2832)',
    scenes: [{ at: 12, events: [refusal('3 Insufficient nvidia.com/gpu')] }],
    verdict: 'blocked: configuration',
    after: 60,
    evidence: /Insufficient nvidia\.com\/gpu/,
  },
  {
    name: 'the maximum is reached, and nobody uses a GPU',
    scenes: [{ at: 12, events: [refusal('1 max node group size reached, 2 Insufficient nvidia.com/gpu')] }],
    verdict: 'blocked: capacity',
    after: 60,
    evidence: /max node group size reached/,
  },
  {
    name: 'the maximum is reached, and notebooks hold all GPUs',
    scenes: [
      { at: 0, nodes: [node] },
      { at: 12, events: [refusal('1 max node group size reached')], holders: [notebook] },
    ],
    options: warm,
    verdict: 'inconclusive: busy',
    after: 60,
    evidence: /1 GPU is held by jupyter\/ada/,
  },
  {
    name: 'a pool that does not scale, whose GPUs are held',
    scenes: [{ at: 0, nodes: [node], holders: [notebook] }],
    options: warm,
    verdict: 'inconclusive: busy',
    after: 180,
    evidence: /All GPUs of gpu are in use/,
  },
  {
    name: 'the group waits after a failed scale-up, says the refusal',
    scenes: [{ at: 12, events: [refusal('1 in backoff after failed scale-up')] }],
    verdict: 'blocked: capacity',
    after: 60,
    evidence: /in backoff/,
  },
  {
    name: 'quota, in the status (Azure/AKS#1444, kubernetes/autoscaler#8323)',
    scenes: [
      { at: 40, events: [triggered] },
      {
        at: 70,
        scaler: backoff(
          'cloudProviderError',
          'OperationNotAllowed: exceeding approved standardNCASv3_T4Family Cores quota',
        ),
      },
    ],
    verdict: 'blocked: quota',
    after: 70,
    evidence: /approved standardNCASv3_T4Family Cores quota/,
  },
  {
    name: 'capacity, in the status',
    scenes: [
      { at: 40, events: [triggered] },
      { at: 90, scaler: backoff('cloudProviderError', 'SkuNotAvailable: the requested VM size is not available') },
    ],
    verdict: 'blocked: capacity',
    after: 90,
    evidence: /SkuNotAvailable/,
  },
  {
    name: 'a policy refuses the machine',
    scenes: [
      { at: 40, events: [triggered] },
      { at: 90, scaler: backoff('', 'RequestDisallowedByPolicy: tags are missing') },
    ],
    verdict: 'blocked: configuration',
    after: 90,
    evidence: /RequestDisallowedByPolicy/,
  },
  {
    name: 'a failure of before the test, where notebooks hold all GPUs',
    scenes: [
      { at: 0, holders: undefined, scaler: backoff('cloudProviderError', 'SkuNotAvailable') },
      { at: 2, nodes: [node], holders: [notebook] },
    ],
    options: warm,
    verdict: 'blocked: capacity',
    after: 2,
    evidence: /SkuNotAvailable/,
  },
  {
    name: 'a failure of before the test, and a free GPU that the scheduler does not give',
    scenes: [{ at: 0, nodes: [node], scaler: backoff('cloudProviderError', 'SkuNotAvailable') }],
    options: warm,
    verdict: 'blocked: capacity',
    after: 60,
    evidence: /SkuNotAvailable/,
  },
  {
    name: 'FailedToScaleUpGroup, as an event',
    scenes: [
      { at: 40, events: [triggered] },
      {
        at: 95,
        scaler: {
          groups: undefined,
          failures: [
            event('FailedToScaleUpGroup', 'Scale-up failed for group aks-gpu-12345678-vmss: AllocationFailed', true),
          ],
        },
      },
    ],
    verdict: 'blocked: capacity',
    after: 95,
    evidence: /AllocationFailed/,
  },
  {
    name: 'a scale-up that brings nothing in 15 min',
    scenes: [{ at: 40, events: [triggered] }],
    verdict: 'blocked: capacity',
    after: 940,
    evidence: /none has come in 15 min/,
  },
  {
    name: 'a scale-up, then a refusal about the next one (Azure/AKS#1565), and nothing comes',
    scenes: [{ at: 40, events: [triggered, refusal('1 max node group size reached')] }],
    verdict: 'blocked: capacity',
    after: 940,
    evidence: /none has come/,
  },
  {
    name: 'a node that never becomes ready',
    scenes: [
      { at: 40, events: [triggered] },
      { at: 200, nodes: [startingNode] },
    ],
    verdict: 'inconclusive: unknown',
    after: 800,
    evidence: /not become ready in 10 min: KubeletNotReady/,
  },
  {
    name: 'a node whose way out is blocked',
    scenes: [
      { at: 40, events: [triggered] },
      { at: 200, nodes: [{ ...startingNode, problems: [{ type: 'EgressBlocked', message: 'mcr.microsoft.com' }] }] },
    ],
    verdict: 'blocked: configuration',
    after: 800,
    evidence: /EgressBlocked: mcr\.microsoft\.com/,
  },
  {
    name: 'a ready node that offers no GPU (NVIDIA/gpu-operator#390)',
    scenes: [
      { at: 40, events: [triggered] },
      { at: 200, nodes: [bareNode] },
    ],
    verdict: 'failed: plugin',
    after: 500,
    evidence: /offered no GPU for 5 min \(taints nvidia\.com\/gpu=true:NoSchedule\)/,
  },
  {
    name: 'the same on a node that was there before',
    scenes: [{ at: 0, nodes: [bareNode] }],
    options: warm,
    verdict: 'failed: plugin',
    after: 300,
    evidence: /offered no GPU/,
  },
  {
    name: 'the same where the GPU operator brings the driver, which takes longer',
    scenes: [
      { at: 40, events: [triggered] },
      { at: 200, nodes: [bareNode] },
    ],
    options: { driver: 'None' },
    verdict: 'failed: plugin',
    after: 920,
    evidence: /offered no GPU for 12 min/,
  },
  {
    name: 'a node that comes and is gone again, with no other after it',
    scenes: [
      { at: 40, events: [triggered] },
      { at: 200, nodes: [bareNode] },
      { at: 260, nodes: [] },
    ],
    verdict: 'inconclusive: interrupted',
    after: 1100,
    evidence: /A node came for the test, and was gone again/,
  },
  {
    name: 'a node whose GPUs are slices of MIG with names of their own (NVIDIA/gpu-operator#637)',
    scenes: [
      { at: 40, events: [triggered] },
      { at: 200, nodes: [{ ...bareNode, slices: ['nvidia.com/mig-1g.10gb', 'nvidia.com/mig-3g.40gb'] }] },
    ],
    verdict: 'blocked: configuration',
    after: 260,
    evidence: /offers nvidia\.com\/mig-1g\.10gb and nvidia\.com\/mig-3g\.40gb, and no nvidia\.com\/gpu/,
  },
  {
    name: 'a new node with a GPU, which another taint keeps the pod from',
    scenes: [
      { at: 40, events: [triggered] },
      {
        at: 200,
        nodes: [node],
        pod: { ...pendingPod, unschedulable: '0/4 nodes are available: 1 node(s) had untolerated taint {team: a}.' },
      },
    ],
    verdict: 'blocked: configuration',
    after: 380,
    evidence: /No node takes the pod: .*untolerated taint \{team: a\}/,
  },
  {
    name: 'a new node with a GPU, which a notebook was faster to take',
    scenes: [
      { at: 40, events: [triggered] },
      { at: 200, nodes: [node], holders: [notebook] },
    ],
    verdict: 'inconclusive: busy',
    after: 380,
    evidence: /All GPUs of gpu are in use: 1 GPU is held by jupyter\/ada/,
  },
  {
    name: 'ErrImagePull that lasts',
    scenes: [
      { at: 0, nodes: [node] },
      { at: 2, pod: boundPod },
      { at: 5, pod: waiting('ErrImagePull', 'not found') },
      { at: 25, pod: waiting('ImagePullBackOff', 'Back-off pulling image') },
    ],
    options: warm,
    verdict: 'blocked: registry',
    after: 65,
    evidence: /cannot pull the image for 1 min/,
  },
  {
    name: 'the same on a node whose way out is blocked',
    scenes: [
      { at: 0, nodes: [{ ...node, problems: [{ type: 'EgressBlocked', message: 'no way to mcr.microsoft.com' }] }] },
      { at: 2, pod: waiting('ErrImagePull', 'dial tcp: i/o timeout') },
    ],
    options: warm,
    verdict: 'blocked: registry',
    after: 62,
    evidence: /i\/o timeout The node reports EgressBlocked: no way to mcr\.microsoft\.com/,
  },
  {
    name: 'a name of an image that cannot be',
    scenes: [
      { at: 0, nodes: [node] },
      { at: 2, pod: waiting('InvalidImageName', 'couldn’t parse image name') },
    ],
    options: warm,
    verdict: 'blocked: registry',
    after: 2,
    evidence: /parse image name/,
  },
  {
    name: 'an image that comes in no time',
    scenes: [
      { at: 0, nodes: [node] },
      { at: 2, pod: boundPod },
    ],
    options: warm,
    verdict: 'blocked: registry',
    after: 602,
    evidence: /not pulled the image in 10 min/,
  },
  {
    name: 'FailedCreatePodSandBox without a runtime for GPUs',
    scenes: [
      { at: 0, nodes: [node] },
      { at: 2, pod: boundPod },
      { at: 4, events: [event('FailedCreatePodSandBox', 'no runtime for "nvidia" is configured', true)] },
    ],
    options: warm,
    verdict: 'failed: toolkit',
    after: 4,
    evidence: /no runtime for "nvidia"/,
  },
  {
    name: 'CreateContainerError: driver and library differ (Azure/AKS#5869)',
    scenes: [
      { at: 0, nodes: [node] },
      {
        at: 4,
        pod: waiting(
          'CreateContainerError',
          'nvidia-container-cli: initialization error: nvml error: driver/library version mismatch',
        ),
      },
    ],
    options: warm,
    verdict: 'failed: driver',
    after: 4,
    evidence: /driver\/library version mismatch/,
  },
  {
    name: 'StartError: the driver is not loaded',
    scenes: [
      { at: 0, nodes: [node] },
      {
        at: 4,
        pod: {
          ...boundPod,
          phase: 'Failed',
          ended: {
            exitCode: 128,
            reason: 'StartError',
            message: 'nvidia-container-cli: initialization error: nvml error: driver not loaded',
          },
        },
      },
    ],
    options: warm,
    verdict: 'failed: driver',
    after: 4,
    evidence: /driver not loaded/,
  },
  {
    name: 'CreateContainerError of CDI (NVIDIA/gpu-operator#1741)',
    scenes: [
      { at: 0, nodes: [node] },
      {
        at: 4,
        pod: waiting('CreateContainerError', 'failed to inject CDI devices: unresolvable CDI devices nvidia.com/gpu=0'),
      },
    ],
    options: warm,
    verdict: 'failed: toolkit',
    after: 4,
    evidence: /unresolvable CDI devices/,
  },
  {
    name: 'a container that fails to start for another reason',
    scenes: [
      { at: 0, nodes: [node] },
      { at: 4, pod: waiting('RunContainerError', 'exec: "python3": executable file not found in $PATH') },
    ],
    options: warm,
    verdict: 'blocked: configuration',
    after: 4,
    evidence: /python3/,
  },
  {
    name: 'the kubelet cannot give the GPU (NVIDIA/k8s-device-plugin#1223)',
    scenes: [
      { at: 0, nodes: [node] },
      {
        at: 3,
        pod: {
          ...boundPod,
          phase: 'Failed',
          reason: 'UnexpectedAdmissionError',
          message: 'Allocate failed due to no healthy devices present',
        },
      },
    ],
    options: warm,
    verdict: 'failed: plugin',
    after: 3,
    evidence: /no healthy devices/,
  },
  {
    name: 'somebody was faster',
    scenes: [
      { at: 0, nodes: [node] },
      {
        at: 3,
        pod: {
          ...boundPod,
          phase: 'Failed',
          reason: 'OutOfnvidia.com/gpu',
          message: 'Node didn’t have enough resource',
        },
      },
    ],
    options: warm,
    verdict: 'inconclusive: busy',
    after: 3,
    evidence: /same moment/,
  },
  {
    name: 'a spot eviction',
    scenes: [
      { at: 0, nodes: [node] },
      { at: 4, pod: runningPod },
      {
        at: 9,
        pod: {
          ...boundPod,
          phase: 'Failed',
          disruption: 'DeletionByTaintManager: Taint manager: deleting due to NoExecute taint',
        },
      },
    ],
    options: warm,
    verdict: 'inconclusive: interrupted',
    after: 9,
    evidence: /DeletionByTaintManager/,
  },
  {
    name: 'somebody deletes the pod',
    scenes: [
      { at: 0, nodes: [node] },
      { at: 4, pod: runningPod },
      { at: 9, pod: { ...runningPod, isDeleted: true } },
      { at: 12, pod: undefined, job: { exists: true, failed: { reason: 'BackoffLimitExceeded', message: '' } } },
    ],
    options: warm,
    verdict: 'inconclusive: interrupted',
    after: 14,
    evidence: /somebody deleted it/,
  },
  {
    name: 'the Job is deleted',
    scenes: [{ at: 5, job: { exists: false, failed: undefined }, pod: undefined }],
    verdict: 'inconclusive: interrupted',
    after: 5,
    evidence: /deleted the Job/,
  },
  {
    name: 'a quota that leaves no room for the pod',
    scenes: [
      { at: 0, pod: undefined },
      {
        at: 2,
        events: [
          event(
            'FailedCreate',
            'Error creating: pods "x" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=1',
            true,
          ),
        ],
      },
    ],
    verdict: 'blocked: quota',
    after: 2,
    evidence: /exceeded quota: gpus/,
  },
  {
    name: 'a policy that forbids the pod',
    scenes: [
      { at: 0, pod: undefined },
      {
        at: 2,
        events: [event('FailedCreate', 'admission webhook "validation.gatekeeper.sh" denied the request', true)],
      },
    ],
    verdict: 'blocked: configuration',
    after: 2,
    evidence: /gatekeeper/,
  },
  {
    name: 'work that hangs',
    scenes: [
      { at: 0, nodes: [node] },
      { at: 4, pod: runningPod },
    ],
    options: warm,
    verdict: 'inconclusive: unknown',
    after: 304,
    evidence: /no end in 5 min/,
  },
  {
    name: 'work that needs more memory than it has',
    scenes: [
      { at: 0, nodes: [node] },
      { at: 4, pod: { ...boundPod, phase: 'Failed', ended: { exitCode: 137, reason: 'OOMKilled', message: '' } } },
    ],
    options: warm,
    verdict: 'inconclusive: unknown',
    after: 4,
    evidence: /want of memory/,
  },
  {
    name: 'a container that never starts, with the last warning',
    scenes: [
      { at: 0, nodes: [node] },
      { at: 4, pod: boundPod, events: [event('Pulled'), event('FailedMount', 'configmap not found', true)] },
    ],
    options: warm,
    verdict: 'inconclusive: unknown',
    after: 184,
    evidence: /FailedMount: configmap not found/,
  },
  {
    name: 'a timeout shorter than what a phase may take blames nobody',
    scenes: [
      { at: 40, events: [triggered] },
      { at: 200, nodes: [bareNode] },
    ],
    options: { timeoutSeconds: 260 },
    verdict: 'inconclusive: unknown',
    after: 260,
    evidence: /time was over while the test was at "ready"/,
  },
  {
    name: 'the deadline of the Job',
    scenes: [
      { at: 40, events: [triggered] },
      {
        at: 90,
        job: {
          exists: true,
          failed: { reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' },
        },
        pod: { ...pendingPod, isDeleted: true },
      },
    ],
    verdict: 'inconclusive: unknown',
    after: 90,
    evidence: /time was over/,
  },
];

describe('verdicts before the work has ended', () => {
  test.each(rows)('$name: $verdict after $after s', ({ scenes, options, verdict, after, evidence }) => {
    const { finding, seconds } = play(scenes, options);
    expect(finding?.verdict === undefined ? 'none' : verdictText(finding.verdict)).toBe(verdict);
    expect(finding?.evidence).toMatch(evidence);
    expect(seconds).toBe(after);
    expect(finding?.remedy ?? finding?.evidence).not.toBe('');
  });
});

describe('what passes by itself is waited for', () => {
  test.each<readonly [string, readonly Scene[], PlayOptions]>([
    [
      'FailedScheduling until the autoscaler acts',
      [{ at: 1, events: [event('FailedScheduling', '', true)] }, ...cold],
      {},
    ],
    ['a refusal before the scale-up', [{ at: 12, events: [refusal('3 Insufficient nvidia.com/gpu')] }, ...cold], {}],
    [
      'a first pull that fails, as long as the identity of a new node has no right yet',
      [
        { at: 0, nodes: [node] },
        { at: 2, pod: waiting('ErrImagePull', '401 Unauthorized') },
        { at: 40, pod: runningPod },
        { at: 90, pod: donePod },
      ],
      warm,
    ],
    [
      'a network that is not there yet',
      [
        { at: 0, nodes: [node] },
        {
          at: 2,
          pod: boundPod,
          events: [event('FailedCreatePodSandBox', 'failed to setup network for sandbox', true)],
        },
        { at: 40, pod: runningPod },
        { at: 90, pod: donePod },
      ],
      warm,
    ],
    [
      'the program that is mounted a moment later',
      [
        { at: 0, nodes: [node] },
        { at: 2, pod: boundPod, events: [event('FailedMount', 'configmap "x" not found', true)] },
        { at: 10, pod: runningPod },
        { at: 15, pod: donePod },
      ],
      warm,
    ],
    [
      'a scale-up that failed before the test, where a GPU is free',
      [
        // The autoscaler's status may come before nodes and holders are known.
        { at: 0, holders: undefined, scaler: backoff('cloudProviderError', 'SkuNotAvailable') },
        { at: 1, nodes: [node] },
        { at: 3, holders: [] },
        { at: 20, pod: runningPod },
        { at: 30, pod: donePod },
      ],
      warm,
    ],
    [
      'an eviction after the work was done',
      [
        { at: 0, nodes: [node] },
        { at: 4, pod: { ...donePod, disruption: 'EvictionByEvictionAPI: Eviction API: evicting' } },
      ],
      warm,
    ],
  ])('%s', (_, scenes, options) => {
    const { finding, progress } = play(scenes, options);
    expect(finding).toBeUndefined();
    expect(progress.current).toBe('done');
  });
});

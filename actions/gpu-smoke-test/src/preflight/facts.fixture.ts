import type { Answer, LivePool, VmSize } from '@suite/azure';
import type { NodeFacts } from '../watch/facts.ts';
import type { DaemonFacts, FoundNamespace, PreflightFacts } from './facts.ts';

export const known = <T>(value: T): Answer<T> => ({ known: true, value });
export const open: Answer<never> = { known: false, why: 'The identity lacks a right.', remedy: 'Give it.' };

export const digest = `sha256:${'0'.repeat(64)}`;

/** The pool of the platform's default, as ARM shows it. */
export function livePool(changes: Partial<LivePool> = {}): LivePool {
  return {
    name: 'gpu',
    mode: 'User',
    size: 'Standard_NC4as_T4_v3',
    autoscaling: true,
    count: 0,
    min: 0,
    max: 2,
    zones: [],
    labels: { 'node-type': 'ai', accelerator: 'nvidia-gpu' },
    taints: ['nvidia.com/gpu=true:NoSchedule'],
    priority: 'Regular',
    osDiskGb: undefined,
    osDiskType: undefined,
    hostEncryption: false,
    maxPods: 110,
    upgrade: { surge: undefined, drainMinutes: undefined, soakMinutes: undefined },
    subnet: undefined,
    gpuDriver: 'Install',
    scaleDownMode: 'Delete',
    version: '1.35.2',
    provisioningState: 'Succeeded',
    powerState: 'Running',
    ...changes,
  };
}

export function vmSize(changes: Partial<VmSize> = {}): VmSize {
  return {
    name: 'Standard_NC4as_T4_v3',
    family: 'Standard NCASv3_T4 Family',
    cores: 4,
    gpus: 1,
    zones: [],
    restrictions: [],
    encryptionAtHost: true,
    ephemeralGb: 144,
    ...changes,
  };
}

export function node(changes: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name: 'aks-gpu-1-vmss000000',
    isReady: true,
    readiness: 'KubeletReady: ok',
    isCordoned: false,
    labels: { agentpool: 'gpu', 'kubernetes.azure.com/accelerator': 'nvidia' },
    capacity: 1,
    allocatable: 1,
    slices: [],
    taints: [],
    problems: [],
    reported: ['Ready'],
    ...changes,
  };
}

export function plugin(changes: Partial<DaemonFacts> = {}): DaemonFacts {
  return {
    name: 'kube-system/nvidia-device-plugin',
    does: 'plugin',
    tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
    nodeSelector: {},
    affinity: undefined,
    ...changes,
  };
}

export function found(changes: Partial<FoundNamespace> = {}): FoundNamespace {
  return {
    isGoing: false,
    enforces: 'restricted',
    quotas: known([]),
    limits: known([]),
    refusal: known(undefined),
    ...changes,
  };
}

/** Everything is well, and there is no node yet. */
export function facts(changes: Partial<PreflightFacts> = {}): PreflightFacts {
  return {
    location: 'westeurope',
    level: 'quick',
    pool: {
      name: 'gpu',
      size: 'Standard_NC4as_T4_v3',
      max: 2,
      spot: false,
      driver: 'Install',
      labels: { 'node-type': 'ai', accelerator: 'nvidia-gpu' },
      taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
    },
    pools: known([livePool({ name: 'system', labels: {}, taints: [] }), livePool()]),
    size: known(vmSize()),
    usages: known([
      { name: 'cores', title: 'Total Regional vCPUs', current: 20, limit: 100 },
      { name: 'standard ncasv3_t4 family', title: 'Standard NCASv3_T4 Family vCPUs', current: 0, limit: 8 },
    ]),
    image: {
      reference: `mcr.microsoft.com/azurelinux/base/python:3.12@${digest}`,
      sight: known({ cuda: undefined }),
      ownRegistry: undefined,
    },
    namespace: { name: 'gpu-smoke-test', isOwn: true, found: known(undefined) },
    nodes: known([node({ name: 'aks-system-1', labels: { agentpool: 'system' }, capacity: 0, allocatable: 0 })]),
    plugins: known([plugin()]),
    scaler: known([{ name: 'aks-gpu-1-vmss', scaleUp: 'NoActivity', backoff: undefined }]),
    test: {
      tolerations: [
        { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
        { key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' },
      ],
      pods: 2,
      container: { cpu: 0.5, memory: 512 * 2 ** 20, gpus: 1 },
      total: { cpu: 0.7, memory: 768 * 2 ** 20, gpus: 1 },
    },
    ...changes,
  };
}

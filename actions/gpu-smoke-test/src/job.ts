import type { KubernetesObject } from '@suite/kubernetes';
import { aliveAnnotation, gpuResource, ownNamespace, runLabel } from './labels.ts';
import type { Taint } from './preflight/facts.ts';

/** What one test of one pool needs to be written down. */
export interface JobPlan {
  /** Of the process that makes it; lower-case letters and digits. */
  readonly run: string;
  readonly pool: string;
  readonly namespace: string;
  /** With its digest. */
  readonly image: string;
  readonly level: 'quick' | 'standard';
  /** Text of smoke.py. */
  readonly program: string;
  /**
   * Labels of the pool's nodes, for a cluster with several GPU pools: without, the GPU request alone picks the node. A selector may
   * keep the autoscaler from scaling up from zero, so one pool gets none.
   */
  readonly selector: Readonly<Record<string, string>> | undefined;
  /** Tolerated beside the usual ones, as the platform file's pool has them. */
  readonly taints: readonly Taint[];
  /** How long it may take, waiting for a node included. */
  readonly deadlineSeconds: number;
  /** ISO 8601. */
  readonly now: string;
}

/** Kept after its end, for a run that was killed: then Kubernetes takes it away. */
const keptSeconds = 900;
const user = 65_532;
/** Where the program lies in the container. */
const folder = '/smoke';

export function nameOf({ run, pool }: Pick<JobPlan, 'run' | 'pool'>): string {
  return `gpu-smoke-${pool}-${run}`;
}

export function isolationName(plan: Pick<JobPlan, 'run' | 'pool'>): string {
  return `${nameOf(plan)}-isolation`;
}

/** As a notebook's pod: no rights, no token, a numeric user, and nothing that says where to run but the GPU that it asks for. */
export function jobOf(plan: JobPlan): KubernetesObject {
  const { namespace, run, now, deadlineSeconds, level, selector } = plan;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: nameOf(plan),
      namespace,
      labels: { [runLabel]: run },
      annotations: { [aliveAnnotation]: now },
    },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: deadlineSeconds,
      ttlSecondsAfterFinished: keptSeconds,
      // A spot eviction is no failure of the work.
      podFailurePolicy: {
        rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
      },
      template: {
        metadata: { labels: { [runLabel]: run } },
        spec: {
          ...podOf(plan),
          ...(selector === undefined ? {} : { nodeSelector: selector }),
          containers: [
            {
              ...containerOf(plan, 'smoke', ['--level', level]),
              env: [{ name: 'NVIDIA_DRIVER_CAPABILITIES', value: 'compute,utility' }],
              resources: { limits: { [gpuResource]: '1', cpu: '500m', memory: '512Mi' } },
            },
          ],
        },
      },
    },
  };
}

/** The program, read-only. It belongs to the Job: whatever takes that away takes this away. */
export function programOf(plan: JobPlan, jobUid: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: nameOf(plan),
      namespace: plan.namespace,
      labels: { [runLabel]: plan.run },
      ...ownedBy(plan, jobUid),
    },
    immutable: true,
    data: { 'smoke.py': plan.program },
  };
}

/**
 * Containers of the pod that asks for no GPU: one that asks nobody for one, and one that asks the runtime for all devices by its
 * environment, as images may do by themselves (`NVIDIA_VISIBLE_DEVICES=all` in those of CUDA).
 */
export const isolationContainers = { plain: 'plain', asking: 'asking' } as const;

/** A pod on the same node that asks for no GPU and so must see none. It belongs to the Job, once that is there. */
export function isolationPod(plan: JobPlan, jobUid: string | undefined, node: string): KubernetesObject {
  const resources = { limits: { cpu: '100m', memory: '128Mi' } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: isolationName(plan),
      namespace: plan.namespace,
      labels: { [runLabel]: plan.run },
      ...ownedBy(plan, jobUid),
    },
    spec: {
      ...podOf(plan),
      activeDeadlineSeconds: 180,
      nodeSelector: { 'kubernetes.io/hostname': node },
      containers: [
        {
          ...containerOf(plan, isolationContainers.plain, ['--isolation']),
          resources,
          // Takes back what the image may say: to the runtime it is the same as saying nothing.
          env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' }],
        },
        {
          ...containerOf(plan, isolationContainers.asking, ['--isolation']),
          resources,
          env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }],
        },
      ],
    },
  };
}

/** The namespace of tests that name none, as the run wants it that needs it now (ISO 8601). */
export function namespaceOf(run: string, now: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: ownNamespace,
      labels: { [runLabel]: run, 'pod-security.kubernetes.io/enforce': 'restricted' },
      annotations: { [aliveAnnotation]: now },
    },
  };
}

function ownedBy(plan: JobPlan, uid: string | undefined) {
  if (uid === undefined) return {};
  return { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: nameOf(plan), uid }] };
}

function podOf(plan: JobPlan) {
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // Whoever cancels a run has ten seconds.
    terminationGracePeriodSeconds: 2,
    tolerations: [
      { key: gpuResource, operator: 'Exists', effect: 'NoSchedule' },
      { key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' },
      ...plan.taints
        .filter(({ key, effect }) => key !== gpuResource || effect !== 'NoSchedule')
        .map(({ key, value, effect }) => ({ key, operator: 'Equal', value, effect })),
    ],
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumes: [{ name: 'program', configMap: { name: nameOf(plan), defaultMode: 0o444 } }],
  };
}

function containerOf({ image }: JobPlan, name: string, args: readonly string[]) {
  return {
    name,
    image,
    command: ['python3', `${folder}/smoke.py`, ...args],
    // A digest names one content for ever.
    imagePullPolicy: 'IfNotPresent',
    terminationMessagePolicy: 'FallbackToLogsOnError',
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'program', mountPath: folder, readOnly: true }],
  };
}

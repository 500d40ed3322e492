import { expect, test } from '@jest/globals';
import { asArray, asObject } from '@suite/foundation';
import { isolationPod, type JobPlan, jobOf, nameOf, programOf } from './job.ts';
import { aliveAnnotation, runLabel } from './labels.ts';

const plan: JobPlan = {
  run: '0123456789',
  pool: 'gpu',
  namespace: 'jupyter',
  image: 'example.azurecr.io/python@sha256:0',
  level: 'standard',
  program: 'print(1)',
  selector: undefined,
  taints: [],
  deadlineSeconds: 1560,
  now: '2026-11-27T18:00:00.000Z',
};

const specOf = (object: unknown) => asObject(asObject(object)['spec']);
const podOf = (job: unknown) => asObject(asObject(specOf(job)['template'])['spec']);

test('the Job is as the level restricted asks for, and as a notebook would be', () => {
  const job = jobOf(plan);
  expect(job.metadata).toEqual({
    name: 'gpu-smoke-gpu-0123456789',
    namespace: 'jupyter',
    labels: { [runLabel]: '0123456789' },
    annotations: { [aliveAnnotation]: plan.now },
  });
  expect(specOf(job)).toMatchObject({
    backoffLimit: 0,
    activeDeadlineSeconds: 1560,
    ttlSecondsAfterFinished: 900,
    podFailurePolicy: {
      rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
    },
  });
  const pod = podOf(job);
  expect(pod).toMatchObject({
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    tolerations: [
      { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
      { key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' },
    ],
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    volumes: [{ configMap: { name: nameOf(plan) } }],
  });
  expect(asArray(pod['containers'])).toEqual([
    expect.objectContaining({
      command: ['python3', '/smoke/smoke.py', '--level', 'standard'],
      env: [{ name: 'NVIDIA_DRIVER_CAPABILITIES', value: 'compute,utility' }],
      terminationMessagePolicy: 'FallbackToLogsOnError',
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: { limits: { 'nvidia.com/gpu': '1', cpu: '500m', memory: '512Mi' } },
      volumeMounts: [{ name: 'program', mountPath: '/smoke', readOnly: true }],
    }),
  ]);
  expect(pod).not.toHaveProperty('nodeSelector');
  expect(pod).not.toHaveProperty('nodeName');
  expect(pod).not.toHaveProperty('runtimeClassName');
});

test('a pool among several is picked by its label, a spot pool by its taint', () => {
  const pod = podOf(
    jobOf({
      ...plan,
      selector: { agentpool: 'gpu1' },
      taints: [
        { key: 'kubernetes.azure.com/scalesetpriority', value: 'spot', effect: 'NoSchedule' },
        { key: 'team', value: 'ml', effect: 'NoExecute' },
      ],
    }),
  );
  expect(pod['nodeSelector']).toEqual({ agentpool: 'gpu1' });
  expect(asArray(pod['tolerations'])).toContainEqual({
    key: 'kubernetes.azure.com/scalesetpriority',
    operator: 'Equal',
    value: 'spot',
    effect: 'NoSchedule',
  });
  expect(asArray(pod['tolerations'])).toContainEqual({
    key: 'team',
    operator: 'Equal',
    value: 'ml',
    effect: 'NoExecute',
  });
});

test('program and pod without a GPU belong to the Job and carry its label', () => {
  for (const object of [programOf(plan, 'uid-1'), isolationPod(plan, 'uid-1', 'aks-gpu-1')]) {
    expect(object.metadata.labels).toEqual({ [runLabel]: plan.run });
    expect(object.metadata['ownerReferences']).toEqual([
      { apiVersion: 'batch/v1', kind: 'Job', name: nameOf(plan), uid: 'uid-1' },
    ]);
  }
  const pod = specOf(isolationPod(plan, 'uid-1', 'aks-gpu-1'));
  expect(JSON.stringify(pod)).not.toContain('"nvidia.com/gpu":');
  expect(asArray(pod['containers']).map(container => asObject(container)['env'])).toEqual([
    [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' }],
    [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }],
  ]);
  expect(pod['nodeSelector']).toEqual({ 'kubernetes.io/hostname': 'aks-gpu-1' });
});

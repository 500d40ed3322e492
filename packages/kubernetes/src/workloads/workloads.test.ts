import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../objects.ts';
import { rolloutOf } from './workloads.ts';

const deployment = (status: object, spec: object = { replicas: 2 }): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', generation: 3 },
  spec,
  status: { observedGeneration: 3, ...status },
});
const condition = (type: string, status: string, reason: string, message: string) => ({
  conditions: [{ type, status, reason, message }],
});
const refused = 'pods "web-x" is forbidden: exceeded quota';

describe('a Deployment', () => {
  test.each<[string, object, object]>([
    [
      'whose change was not seen',
      { observedGeneration: 2 },
      { is: 'waiting', for: 'its controller to see the change' },
    ],
    [
      'whose pods cannot be made',
      condition('ReplicaFailure', 'True', 'FailedCreate', refused),
      { is: 'waiting', for: `its pods to be made: ${refused}` },
    ],
    [
      'whose pods could not be made for a while',
      { ...condition('ReplicaFailure', 'False', 'FailedCreate', refused), updatedReplicas: 1 },
      { is: 'waiting', for: '1 of 2 new pods' },
    ],
    [
      'that came no further in its time',
      condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'timed out'),
      { is: 'failed', why: 'timed out' },
    ],
    ['with old pods', { updatedReplicas: 2, replicas: 3 }, { is: 'waiting', for: '1 old pods to end' }],
    [
      'with pods that are not available',
      { updatedReplicas: 2, replicas: 2, availableReplicas: 1 },
      { is: 'waiting', for: '1 of 2 pods to be available' },
    ],
    ['that is there', { updatedReplicas: 2, replicas: 2, availableReplicas: 2 }, { is: 'ready' }],
  ])('%s', (_name, status, expected) => {
    expect(rolloutOf(deployment(status))).toEqual(expected);
  });
});

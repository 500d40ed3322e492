import { expect, test } from '@jest/globals';
import type { Fields } from '../objects.ts';
import { tidy } from './tidy.ts';

test.each<[string, string, Fields, Fields]>([
  [
    'nulls',
    'core.v1.PodSpec',
    { nodeName: null, containers: [{ name: 'a', env: null }] },
    { containers: [{ name: 'a' }] },
  ],
  [
    'empty lists and maps',
    'core.v1.PodSpec',
    { nodeSelector: {}, tolerations: [], containers: [{ name: 'a', args: [] }] },
    { containers: [{ name: 'a' }] },
  ],
  [
    'not empty objects',
    'core.v1.PodSpec',
    { securityContext: {}, volumes: [{ name: 'v', emptyDir: {} }] },
    { securityContext: {}, volumes: [{ name: 'v', emptyDir: {} }] },
  ],
  [
    'not lists that are always there',
    'rbac.v1.Role',
    { rules: [{ verbs: [], apiGroups: [] }] },
    { rules: [{ verbs: [] }] },
  ],
  [
    'empty values where they are none',
    'core.v1.PodSpec',
    {
      tolerations: [{ key: 'a', value: '' }],
      hostNetwork: false,
      containers: [{ name: 'a', workingDir: '', ports: [{ containerPort: 80, hostPort: 0 }] }],
    },
    { tolerations: [{ key: 'a' }], containers: [{ name: 'a', ports: [{ containerPort: 80 }] }] },
  ],
  [
    'not empty values that say something',
    'core.v1.PersistentVolumeClaimSpec',
    { storageClassName: '', volumeName: '' },
    { storageClassName: '' },
  ],
  ['not values of maps', 'core.v1.ConfigMap', { data: { a: '' } }, { data: { a: '' } }],
  ['nulls of types that nobody knows', 'none', { a: { b: null, c: [] } }, { a: { c: [] } }],
])('takes out %s', (_what, kind, value, left) => {
  tidy(value, kind);
  expect(value).toEqual(left);
});

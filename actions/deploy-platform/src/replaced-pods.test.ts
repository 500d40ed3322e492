import { expect, test } from '@jest/globals';
import type { KubernetesObject, ObjectRef } from '@suite/kubernetes';
import { isReplaced } from './replaced-pods.ts';

const objectOf = (kind: string, name: string, owner?: string, revision?: string): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: {
    name,
    namespace: 'a',
    ...(owner === undefined ? {} : { ownerReferences: [{ kind: owner.split(' ')[0], name: owner.split(' ')[1] }] }),
    ...(revision === undefined ? {} : { annotations: { 'deployment.kubernetes.io/revision': revision } }),
  },
});

test.each<[string, boolean, readonly KubernetesObject[]]>([
  [
    'the template before',
    true,
    [
      objectOf('Pod', 'p', 'ReplicaSet s'),
      objectOf('ReplicaSet', 's', 'Deployment d', '9'),
      objectOf('Deployment', 'd', undefined, '10'),
    ],
  ],
  [
    'the template now',
    false,
    [
      objectOf('Pod', 'p', 'ReplicaSet s'),
      objectOf('ReplicaSet', 's', 'Deployment d', '10'),
      objectOf('Deployment', 'd', undefined, '10'),
    ],
  ],
  ['something that replaces no pods so', false, [objectOf('Pod', 'p', 'StatefulSet s'), objectOf('StatefulSet', 's')]],
  ['nothing that is known', false, []],
])('a pod of %s', async (_, expected, objects) => {
  const get = async ({ kind, name }: ObjectRef) =>
    objects.find(object => object.kind === kind && object.metadata.name === name);
  expect(await isReplaced({ namespace: 'a', name: 'p' }, { get })).toBe(expected);
});

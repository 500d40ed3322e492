import { expect, test } from '@jest/globals';
import { manualClock } from '@suite/foundation/testing';
import { createCluster } from './cluster.ts';
import type { ApiRequest } from './transport.ts';

const resources = [
  { resource: 'applications', responseKind: { kind: 'Application' }, scope: 'Namespaced', verbs: ['patch'] },
];
const groups = {
  kind: 'APIGroupDiscoveryList',
  items: [{ metadata: { name: 'argoproj.io' }, versions: [{ version: 'v1alpha1', resources }] }],
};

test('a patch goes to the object, as the type that is named', async () => {
  const sent: ApiRequest[] = [];
  const cluster = createCluster(
    {
      server: 'https://aks.example',
      ca: '',
      token: async () => '',
      identity: 'apply identity of dev',
      env: {},
      clock: manualClock(),
    },
    {
      host: 'aks.example',
      send: async request => {
        if (request.method === 'PATCH') {
          sent.push(request);
          return JSON.stringify({ kind: 'Application', metadata: { name: 'api' } });
        }
        if (request.path === '/apis') return JSON.stringify(groups);
        return JSON.stringify({ kind: 'APIGroupDiscoveryList', items: [] });
      },
      stream: () => Promise.reject(new Error('nothing is watched')),
      close: () => undefined,
    },
  );
  const ref = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd', name: 'api' };
  await cluster.patch(ref, { operation: null });
  await cluster.patch(ref, [], 'json');
  expect(sent.map(({ path, contentType, body }) => [path, contentType, body])).toEqual([
    [
      '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/api',
      'application/merge-patch+json',
      { operation: null },
    ],
    ['/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/api', 'application/json-patch+json', []],
  ]);
  // Of what may be a large object nothing comes back but its metadata.
  expect(sent.map(({ accept }) => accept?.split(';')[1])).toEqual(Array(2).fill('as=PartialObjectMetadata'));
  await expect(cluster.patch({ ...ref, kind: 'Rollout' }, {})).rejects.toThrow(
    'aks.example serves no Rollout of argoproj.io/v1alpha1, which Rollout argocd/api needs.',
  );
});

import { expect, test } from '@jest/globals';
import type { KubernetesObject } from '@suite/kubernetes';
import { readHistories } from './history.ts';

const secret = (namespace: string, labels: Record<string, string>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: `sh.helm.release.v1.${labels['name']}.v${labels['version']}`, namespace, labels },
});

test('revisions by release and namespace, oldest first whatever the order of names', async () => {
  const secrets = [
    secret('a', { owner: 'helm', name: 'web', version: '10', status: 'pending-upgrade' }),
    secret('a', { owner: 'helm', name: 'web', version: '9', status: 'deployed' }),
    secret('b', { owner: 'helm', name: 'web', version: '1', status: 'failed' }),
    // Somebody else's, with a label of the same name.
    secret('b', { owner: 'helm' }),
  ];
  const asked: unknown[] = [];
  const histories = await readHistories({
    listMetadata: async selection => {
      asked.push(selection);
      return secrets;
    },
  });
  expect(asked).toEqual([{ apiVersion: 'v1', kind: 'Secret', labels: 'owner=helm' }]);
  expect(Object.fromEntries(histories)).toEqual({
    'a/web': [
      { revision: 9, status: 'deployed' },
      { revision: 10, status: 'pending-upgrade' },
    ],
    'b/web': [{ revision: 1, status: 'failed' }],
  });
});

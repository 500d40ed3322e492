import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '@suite/kubernetes';
import { goodRevision, readHistories } from './history.ts';

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

describe('what a rollback goes back to', () => {
  const chart = { name: 'web', version: '1.2.0', digest: '' };
  const good = { revision: 3, chart: 'web-1.1.0' };
  const history = [3, 4, 5].map(revision => ({ revision, status: revision === 5 ? 'deployed' : 'superseded' }));

  test.each<[string, Parameters<typeof goodRevision>[0], ReturnType<typeof goodRevision>]>([
    [
      'is what the last apply left, where it came to its end',
      { status: 'deployed', chart },
      { revision: 5, chart: 'web-1.2.0' },
    ],
    ['is what ran before one that failed, though that was brought back since', { status: 'failed', chart, good }, good],
    ['is what ran before one that was cut off', { status: 'applying', chart, good }, good],
    ['is nothing that Helm has forgotten', { status: 'failed', chart, good: { ...good, revision: 2 } }, undefined],
    ['is nothing where none ever ran well', { status: 'failed', chart }, undefined],
    ['is nothing where nothing was applied', undefined, undefined],
  ])('%s', (_, record, expected) => {
    expect(goodRevision(record, history)).toEqual(expected);
  });
});

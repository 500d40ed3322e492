import { expect, test } from '@jest/globals';
import type { Cluster } from './cluster.ts';
import type { KubernetesObject } from './objects.ts';
import { stopWrites } from './stop-writes.ts';

const object: KubernetesObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } };
const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'b', name: 'a' };

test('until it is stopped everything goes through; afterwards it is only read', async () => {
  const did: string[] = [];
  const note =
    <T>(what: string, value: T) =>
    async () => {
      did.push(what);
      return value;
    };
  const cluster: Pick<Cluster, 'apply' | 'patch' | 'remove' | 'get'> = {
    apply: note('apply', object),
    patch: note('patch', undefined),
    remove: note('remove', true),
    get: note('get', object),
  };
  const stop = new AbortController();
  const guarded = stopWrites(cluster, stop.signal);
  const writes = [
    () => guarded.apply(object, { manager: 'm' }),
    () => guarded.patch(ref, {}),
    () => guarded.remove(ref),
  ];
  expect(await Promise.all(writes.map(write => write()))).toEqual([object, undefined, true]);
  expect(did).toEqual(['apply', 'patch', 'remove']);

  const reason = new Error('This run has lost its lease.');
  stop.abort(reason);
  for (const write of writes) await expect(write()).rejects.toBe(reason);
  expect(await guarded.get(ref)).toBe(object);
  expect(did).toEqual(['apply', 'patch', 'remove', 'get']);
});

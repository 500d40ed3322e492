import { describe, expect, test } from '@jest/globals';
import { KubernetesFailure, type KubernetesObject } from '@suite/kubernetes';
import { observe, readRecords, unparsedChecks } from './observe.ts';
import { type ReleaseRecord, writeRecord } from './record.ts';
import type { RenderedRelease } from './render.ts';

const object = (kind: string, name: string, namespace?: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});
const configs = ['a', 'b', 'c'].map(name => object('ConfigMap', name, 'web'));
const rendered = (...objects: readonly KubernetesObject[]) =>
  [{ objects: objects.map(one => ({ object: one, keep: false })) }] as unknown as readonly RenderedRelease[];

/** A cluster with these objects that notes what it is asked. */
function clusterOf(objects: readonly KubernetesObject[], forbidden?: string) {
  const asked: string[] = [];
  const admit = (what: string, kind: string) => {
    asked.push(what);
    if (kind === forbidden) throw new KubernetesFailure('forbidden', { message: `may not read ${kind}` });
  };
  const get = async ({ kind, name, namespace }: { kind: string; name: string; namespace: string | undefined }) => {
    admit(`get ${kind} ${name}`, kind);
    return objects.find(one => one.kind === kind && one.metadata.name === name && one.metadata.namespace === namespace);
  };
  const list = async ({ kind, namespace }: { kind: string; namespace?: string | undefined }) => {
    admit(`list ${kind} in ${namespace}`, kind);
    return objects.filter(one => one.kind === kind && one.metadata.namespace === namespace);
  };
  return { asked, cluster: { get, list } };
}

describe('observe', () => {
  test('many of a kind in one place are read at once, few one by one, Secrets not at all', async () => {
    const wanted = [
      ...configs,
      object('Service', 'a', 'web'),
      object('ConfigMap', 'a', 'other'),
      object('Secret', 's', 'web'),
    ];
    const there = [...configs.slice(0, 2), object('ConfigMap', 'not-ours', 'web'), object('Service', 'a', 'web')];
    const { asked, cluster } = clusterOf(there);
    const { live, unreadable } = await observe(rendered(...wanted), new Map(), cluster);
    expect(asked.sort()).toEqual(['get ConfigMap a', 'get Service a', 'list ConfigMap in web']);
    expect([...live.values()]).toEqual([...configs.slice(0, 2), object('Service', 'a', 'web')]);
    expect(unreadable.size).toBe(0);
  });

  test('where a list is forbidden, every object of it is unreadable', async () => {
    const { cluster } = clusterOf(configs, 'ConfigMap');
    const { live, unreadable } = await observe(rendered(...configs), new Map(), cluster);
    expect(live.size).toBe(0);
    expect([...unreadable.values()]).toEqual(configs.map(() => 'may not read ConfigMap'));
  });
});

describe('records', () => {
  const record: ReleaseRecord = {
    release: 'database',
    namespace: 'data',
    status: 'deployed',
    chart: { name: 'database', version: '1.0.0', digest: 'sha256:a' },
    manifest: 'm',
    objects: [],
    needs: [],
    isStateful: true,
    secrets: {},
    run: '',
    commit: '',
    at: '',
  };
  const written = writeRecord(record);
  const spoiled = (data: unknown): KubernetesObject => ({
    ...written,
    metadata: { ...written.metadata, name: 'release-spoiled' },
    data,
  });

  test('one that is there is read', async () => {
    const { cluster } = clusterOf([written]);
    const { records, unparsed, refused } = await readRecords(cluster);
    expect([...records]).toEqual([['database', record]]);
    expect([unparsed, refused]).toEqual([[], undefined]);
  });

  test('one of an apply that failed says what ran well before', async () => {
    const failed: ReleaseRecord = { ...record, status: 'failed', good: { revision: 3, chart: 'database-0.9.0' } };
    const { cluster } = clusterOf([writeRecord(failed)]);
    expect([...(await readRecords(cluster)).records]).toEqual([['database', failed]]);
  });

  test.each<[string, unknown]>([
    ['has no content', undefined],
    ['is no JSON', { record: '{"release":"data' }],
    ['is of a status that is not known', { record: JSON.stringify({ ...record, status: 'paused' }) }],
    ['names no release', { record: JSON.stringify({ ...record, release: 7 }) }],
  ])('one that %s is named, and blocks a plan to destroy', async (_, data) => {
    const { cluster } = clusterOf([written, spoiled(data)]);
    const { records, unparsed } = await readRecords(cluster);
    expect([...records.keys()]).toEqual(['database']);
    expect(unparsed).toEqual(['release-spoiled']);
    expect(unparsedChecks(unparsed, 'blocked')).toEqual([
      expect.objectContaining({
        status: 'blocked',
        message: expect.stringMatching(/`aks-platform\/release-spoiled` cannot be read/),
      }),
    ]);
  });

  test('none may be read: that is said, and nothing else', async () => {
    const { cluster } = clusterOf([written], 'ConfigMap');
    expect(await readRecords(cluster)).toMatchObject({ unparsed: [], refused: expect.any(KubernetesFailure) });
  });
});

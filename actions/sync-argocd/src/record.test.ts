import { expect, test } from '@jest/globals';
import type { KubernetesObject } from '@suite/kubernetes';
import { createClusterRecords, noRecord, type Proven, withProven } from './record.ts';

const proven = (commit: string): Proven => ({
  commit,
  bundle: `sha256:${commit}`,
  run: 'r',
  at: '2026-01-01T00:00:00Z',
  images: { web: `cr.azurecr.io/web@sha256:${commit}` },
  charts: { redis: `oci://ghcr.io/contoso/redis:1.2.3@sha256:${commit}` },
  applications: ['web'],
});

/** One ConfigMap, as a cluster keeps it. */
function keeping() {
  let kept: KubernetesObject | undefined;
  return {
    get: async () => kept,
    apply: async (object: KubernetesObject) => {
      kept = object;
      return object;
    },
  };
}

test('what is written is what is read, the newest proof first and each commit once', async () => {
  const records = createClusterRecords(keeping());
  expect(await records.read()).toEqual(noRecord);
  let record = { ...noRecord, clusterFingerprint: 'f' };
  for (const commit of ['a', 'b', 'a']) record = { ...withProven(record, proven(commit)), clusterFingerprint: 'f' };
  await records.write(record);
  expect(await records.read()).toEqual({ proven: [proven('a'), proven('b')], clusterFingerprint: 'f' });
});

test('other images of the same commit are another proof, as where Applications say the digests', () => {
  const [before, now] = ['1', '2'].map(digit => ({
    ...proven('a'),
    images: { web: `cr.azurecr.io/web@sha256:${digit}` },
  }));
  if (before === undefined || now === undefined) throw new TypeError();
  const record = withProven(withProven(withProven(noRecord, before), now), now);
  expect(record.proven).toEqual([now, before]);
});

test('ten are kept', () => {
  const all = Array.from({ length: 12 }, (_, index) => proven(`c${index}`));
  const record = all.reduce((before, one) => withProven(before, one), noRecord);
  expect(record.proven.map(({ commit }) => commit)).toEqual(
    all
      .slice(2)
      .map(({ commit }) => commit)
      .reverse(),
  );
});

test('a way back stands there until something is proven', async () => {
  const records = createClusterRecords(keeping());
  const wayBack = { at: '2026-01-01T00:00:00Z', applications: ['web'] };
  const before = { ...withProven(noRecord, proven('a')), wayBack };
  await records.write(before);
  expect(await records.read()).toEqual(before);
  await records.write(withProven(before, proven('b')));
  expect((await records.read()).wayBack).toBeUndefined();
});

test('a ConfigMap that somebody has spoiled counts as none', async () => {
  const spoiled = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'applications' },
    data: { record: '{"proven":[3,' },
  };
  expect(await createClusterRecords({ ...keeping(), get: async () => spoiled }).read()).toEqual(noRecord);
});

import { expect, test } from '@jest/globals';
import { manualClock } from '@suite/foundation/testing';
import type { KubernetesObject } from '@suite/kubernetes';
import type { ApplyOptions } from './apply-release.ts';
import { releaseOf } from './checks/checks.fixture.ts';
import type { Run } from './graph.ts';
import type { PlatformPlan } from './plan.ts';
import { readRecord } from './record.ts';
import { rollBack } from './rollback.ts';

type Went = 'failed' | 'upgraded' | 'unchanged';

/** In the order of their needs, as an apply gives them. */
const releases: readonly { name: string; isStateful?: boolean; needs?: readonly string[] }[] = [
  { name: 'crds', isStateful: true },
  { name: 'certs', needs: ['crds'] },
  { name: 'issuers', needs: ['certs'] },
  { name: 'gateway', needs: ['certs', 'crds'] },
  { name: 'alone', needs: ['crds'] },
  { name: 'new' },
  { name: 'refused' },
];
const plan = {
  releases: releases.map(one => ({
    name: one.name,
    namespace: 'a',
    manifest: 'now',
    secrets: { 'a/new': 'now' },
    rendered: {
      release: releaseOf({ ...one, timeoutSeconds: 60 }),
      chart: { name: one.name, version: '2.0.0', digest: '' },
      objects: [],
    },
    record: { objects: [], secrets: { 'a/old': 'before' } },
  })),
} as unknown as PlatformPlan;
const good = new Map(
  releases.flatMap(({ name }) => (name === 'new' ? [] : [[name, { revision: 3, chart: `${name}-1.0.0` }]])),
);

/** Of `refused` nothing was applied. */
async function run(
  went: Readonly<Record<string, Went>>,
  rollback: 'on-failure' | 'never' = 'on-failure',
  failing = '',
) {
  const done: string[] = [];
  const warned: string[] = [];
  const revision = (name: string, version: number): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: '', namespace: 'a', labels: { name, version: String(version), status: 'deployed' } },
  });
  const runs = Object.entries(went).map(([name, how]): Run<{ action: 'upgrade' | 'none' }> => {
    const times = { name, startMs: 0, endMs: 1 };
    return how === 'failed'
      ? { ...times, result: 'failed', error: new Error('no') }
      : { ...times, result: 'done', value: { action: how === 'upgraded' ? 'upgrade' : 'none' } };
  });
  const options = {
    rollback,
    clock: manualClock(),
    log: { info: () => undefined, warning: (text: string) => void warned.push(text) },
    cluster: {
      listMetadata: async () => releases.map(({ name }) => revision(name, name === 'refused' ? 3 : 4)),
      apply: async (object: KubernetesObject) => {
        const { release, status, secrets, good: before } = readRecord(object) ?? {};
        done.push(`${release} is noted as ${status}, good was ${before?.revision}, with ${Object.keys(secrets ?? {})}`);
      },
    },
    helm: {
      rollback: async (name: string, namespace: string, to: number) => {
        if (name === failing) throw new Error('no way back\nin detail');
        done.push(`${namespace}/${name} to ${to}`);
      },
    },
  };
  const said = await rollBack(plan, runs, good, options as unknown as ApplyOptions);
  expect(warned).toEqual(said);
  return { done, said };
}

const allFailed = { crds: 'failed', certs: 'failed', issuers: 'failed', new: 'failed', refused: 'failed' } as const;

test('the last ones go back first; what holds data stays, and what never ran well, and what was not touched', async () => {
  expect(await run(allFailed)).toEqual({
    done: ['a/issuers to 3', 'a/certs to 3'],
    said: [
      'new has no earlier revision that ran well, and stays as it is.',
      'issuers was brought back to revision 3 (issuers-1.0.0).',
      'certs was brought back to revision 3 (certs-1.0.0).',
      'crds holds data and stays as it is.',
    ],
  });
});

test('what hangs together with a failed one and was upgraded by the same apply goes back with it; others stay', async () => {
  const went = {
    crds: 'upgraded',
    certs: 'upgraded',
    issuers: 'failed',
    gateway: 'upgraded',
    alone: 'upgraded',
  } as const;
  expect(await run(went)).toEqual({
    done: [
      'gateway is noted as failed, good was 3, with a/old',
      'a/gateway to 3',
      'a/issuers to 3',
      'certs is noted as failed, good was 3, with a/old',
      'a/certs to 3',
    ],
    said: [
      'gateway was brought back to revision 3 (gateway-1.0.0), with issuers.',
      'issuers was brought back to revision 3 (issuers-1.0.0).',
      'certs was brought back to revision 3 (certs-1.0.0), with issuers.',
    ],
  });
});

test('what the apply left as it was is no bridge to others', async () => {
  const went = { certs: 'unchanged', issuers: 'failed', gateway: 'upgraded' } as const;
  expect((await run(went)).done).toEqual(['a/issuers to 3']);
});

test('nothing goes back with what stays itself', async () => {
  expect((await run({ crds: 'failed', certs: 'upgraded' })).done).toEqual([]);
});

test('one that cannot go back keeps no other from it', async () => {
  const { done, said } = await run(allFailed, 'on-failure', 'issuers');
  expect(done).toEqual(['a/certs to 3']);
  expect(said).toContain('issuers could not be brought back: no way back');
});

test('nothing goes back where the environment says never', async () => {
  expect(await run(allFailed, 'never')).toEqual({ done: [], said: [] });
});

import { describe, expect, test } from '@jest/globals';
import { manualClock } from '@suite/foundation/testing';
import type { Cluster, KubernetesObject, Selection } from '@suite/kubernetes';
import type { ApplyOptions } from './apply-release.ts';
import { releaseOf } from './checks/checks.fixture.ts';
import type { Run } from './graph.ts';
import type { PlatformPlan } from './plan.ts';
import { readRecord } from './record.ts';
import type { Probe } from './release.ts';
import { rollBack } from './rollback.ts';
import { describeWayBack } from './way-back.ts';

type Went = 'failed' | 'upgraded' | 'unchanged';

const web: KubernetesObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } };
const condition = (name: string): Probe => ({
  kind: 'condition',
  apiVersion: 'a.example/v1',
  objectKind: 'Gateway',
  namespace: 'a',
  name,
  condition: 'Programmed',
});
const gateway = (name: string): KubernetesObject => ({
  apiVersion: 'a.example/v1',
  kind: 'Gateway',
  metadata: { name, namespace: 'a' },
  status: { conditions: [{ type: 'Programmed', status: name === 'down' ? 'False' : 'True', message: 'no address' }] },
});

/** In the order of their needs, as an apply gives them. */
const releases: readonly {
  name: string;
  isStateful?: boolean;
  needs?: readonly string[];
  readiness?: readonly Probe[];
  /** What its failed revision has. */
  objects?: readonly KubernetesObject[];
}[] = [
  { name: 'crds', isStateful: true },
  { name: 'certs', needs: ['crds'], readiness: [{ kind: 'rollouts' }] },
  { name: 'issuers', needs: ['certs'] },
  {
    name: 'gateway',
    needs: ['certs', 'crds'],
    readiness: ['kept', 'new', 'made by others'].map(condition),
    objects: [gateway('kept'), gateway('new')],
  },
  { name: 'alone', needs: ['crds'], readiness: [condition('down')] },
  { name: 'new' },
  { name: 'refused' },
];
/** What the revision before is made of. */
const before: Readonly<Record<string, readonly KubernetesObject[]>> = { certs: [web], gateway: [gateway('kept')] };
const plan = {
  releases: releases.map(({ objects = [], ...one }) => ({
    name: one.name,
    namespace: 'a',
    manifest: 'now',
    secrets: { 'a/new': 'now' },
    rendered: {
      release: releaseOf({ ...one, namespace: 'a', timeoutSeconds: 900 }),
      chart: { name: one.name, version: '2.0.0', digest: '' },
      objects: objects.map(object => ({ object, keep: false })),
      hooks: [],
    },
    record: { objects: [], secrets: { 'a/old': 'before' } },
  })),
} as unknown as PlatformPlan;
const good = new Map(
  releases.flatMap(({ name }) => (name === 'new' ? [] : [[name, { revision: 3, chart: `${name}-1.0.0` }]])),
);
const rolledOut: KubernetesObject = {
  ...web,
  metadata: { name: 'web', namespace: 'a' },
  spec: { replicas: 1 },
  status: { updatedReplicas: 1, replicas: 1, availableReplicas: 1 },
};

interface World {
  readonly rollback?: 'on-failure' | 'never';
  /** The release that Helm cannot bring back. */
  readonly failing?: string;
  readonly deployment?: KubernetesObject;
  /** Seconds after which the run is cancelled. */
  readonly cancelledAfter?: number;
}

/** Of `refused` nothing was applied. */
async function run(went: Readonly<Record<string, Went>>, world: World = {}) {
  const { rollback = 'on-failure', failing = '', deployment = rolledOut, cancelledAfter } = world;
  const done: string[] = [];
  const warned: string[] = [];
  const told: string[] = [];
  const clock = manualClock();
  const cancelled = new AbortController();
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
  const shown = ({ kind, fields = '' }: Selection): KubernetesObject[] => {
    if (kind === 'Deployment') return [deployment];
    return kind === 'Gateway' && fields !== 'metadata.name=new' ? [gateway(fields.replace('metadata.name=', ''))] : [];
  };
  const options = {
    rollback,
    clock,
    signal: cancelled.signal,
    log: { info: (text: string) => void told.push(text), warning: (text: string) => void warned.push(text) },
    cluster: {
      listMetadata: async () => releases.map(({ name }) => revision(name, name === 'refused' ? 3 : 4)),
      apply: async (object: KubernetesObject) => {
        const { release, status, secrets, good: before } = readRecord(object) ?? {};
        done.push(`${release} is noted as ${status}, good was ${before?.revision}, with ${Object.keys(secrets ?? {})}`);
      },
      forget: () => undefined,
      discovery: async () => ({ find: () => ({ isNamespaced: true }) }),
      follow: async (selection: Selection, isOver: Parameters<Cluster['follow']>[1], signal: AbortSignal) => {
        if (isOver(new Map(shown(selection).map(one => [one.metadata.name, one])))) return;
        await clock.sleep(3_600_000, signal);
      },
    },
    helm: {
      rollback: async (name: string, namespace: string, to: number) => {
        if (name === failing) throw new Error('no way back\nin detail');
        done.push(`${namespace}/${name} to ${to}`);
      },
      manifests: async (name: string, _namespace: string, revision: number) => ({
        objects: revision === 3 ? (before[name] ?? []).map(object => ({ object, keep: false })) : [],
        hooks: [],
      }),
    },
  };
  const rolling = rollBack(plan, runs, good, options as unknown as ApplyOptions);
  if (cancelledAfter !== undefined) {
    await clock.advance(cancelledAfter * 1000);
    cancelled.abort();
  }
  // Longer than anything may be waited for.
  await clock.advance(301_000);
  const ways = await rolling;
  expect(warned).toEqual(ways.map(describeWayBack));
  return { done, said: warned, told };
}

const allFailed = { crds: 'failed', certs: 'failed', issuers: 'failed', new: 'failed', refused: 'failed' } as const;

test('the last ones go back first; what holds data stays, and what never ran well, and what was not touched', async () => {
  expect(await run(allFailed)).toMatchObject({
    done: ['a/issuers to 3', 'a/certs to 3'],
    said: [
      'new has no earlier revision that ran well, and stays as it is.',
      'issuers was brought back to revision 3 (issuers-1.0.0), and is ready again.',
      'certs was brought back to revision 3 (certs-1.0.0), and is ready again.',
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
  expect(await run(went)).toMatchObject({
    done: [
      'gateway is noted as failed, good was 3, with a/old',
      'a/gateway to 3',
      'a/issuers to 3',
      'certs is noted as failed, good was 3, with a/old',
      'a/certs to 3',
    ],
    said: [
      'gateway was brought back to revision 3 (gateway-1.0.0), with issuers, and is ready again.',
      'issuers was brought back to revision 3 (issuers-1.0.0), and is ready again.',
      'certs was brought back to revision 3 (certs-1.0.0), with issuers, and is ready again.',
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
  const { done, said } = await run(allFailed, { failing: 'issuers' });
  expect(done).toEqual(['a/certs to 3']);
  expect(said).toContain('issuers could not be brought back: no way back');
});

test('nothing goes back where the environment says never', async () => {
  expect(await run(allFailed, { rollback: 'never' })).toEqual({ done: [], said: [], told: [] });
});

describe('what went back', () => {
  const failed = { certs: 'failed', gateway: 'failed' } as const;

  test('is waited for by its own objects: what only the failed revision had is gone', async () => {
    expect((await run(failed)).said).toEqual([
      'gateway was brought back to revision 3 (gateway-1.0.0), and is ready again.',
      'certs was brought back to revision 3 (certs-1.0.0), and is ready again.',
    ]);
  });

  test('and is not ready in time is told, beside what is', async () => {
    const { said, told } = await run(failed, {
      deployment: { ...rolledOut, status: { updatedReplicas: 1, replicas: 1 } },
    });
    expect(said).toEqual([
      'gateway was brought back to revision 3 (gateway-1.0.0), and is ready again.',
      'certs was brought back to revision 3 (certs-1.0.0), and is not ready again. certs is not ready after 5 min: it waits for Deployment a/web (0 of 1 pods to be available).',
    ]);
    expect(told).toContain('certs: waiting for Deployment a/web (0 of 1 pods to be available) (14 s)');
  });

  test('and is waited for when the run is cancelled ends with it', async () => {
    expect((await run({ alone: 'failed' }, { cancelledAfter: 10 })).said).toEqual([
      'alone was brought back to revision 3 (alone-1.0.0), and is not ready again. The run was cancelled before that was seen.',
    ]);
  });
});

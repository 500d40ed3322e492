import { expect, test } from '@jest/globals';
import type { Clock } from '@suite/foundation';
import type { KubernetesObject, ObjectRef } from '@suite/kubernetes';
import { aliveAnnotation, ownNamespace, runLabel } from '../labels.ts';
import { clear } from './clear.ts';
import { sweep } from './sweep.ts';

const began = Date.UTC(2026, 10, 27, 18);

/** A clock that jumps; what happens meanwhile is played by `onSleep`. */
function jumping(onSleep: (now: number) => void = () => undefined): Clock {
  let now = began;
  return {
    now: () => now,
    sleep: async milliseconds => {
      now += milliseconds;
      onSleep(now);
    },
  };
}

function clusterOf(objects: KubernetesObject[]) {
  const removed: string[] = [];
  const isSame = (ref: ObjectRef) => (object: KubernetesObject) =>
    object.kind === ref.kind && object.metadata.name === ref.name;
  return {
    removed,
    get: async (ref: ObjectRef) => objects.find(isSame(ref)),
    listMetadata: async ({
      kind,
      labels = '',
      namespace,
    }: {
      kind: string;
      labels?: string;
      namespace?: string | undefined;
    }) =>
      objects.filter(object => {
        const [, run] = labels.split('=');
        const own = object.metadata.labels?.[runLabel];
        const isThere = namespace === undefined || object.metadata.namespace === namespace;
        return object.kind === kind && own !== undefined && isThere && (run === undefined || own === run);
      }),
    remove: async (ref: ObjectRef) => {
      const at = objects.findIndex(isSame(ref));
      if (at < 0) return false;
      removed.push(`${ref.kind} ${ref.name}`);
      objects.splice(at, 1);
      return true;
    },
  };
}

function object(kind: string, run: string, alive?: number): KubernetesObject {
  return {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'v1',
    kind,
    metadata: {
      name: `gpu-smoke-gpu-${run}`,
      ...(kind === 'Namespace' ? { name: ownNamespace } : { namespace: ownNamespace }),
      labels: { [runLabel]: run },
      ...(alive === undefined ? {} : { annotations: { [aliveAnnotation]: new Date(alive).toISOString() } }),
    },
  };
}

const log = { info: () => undefined };

test('what is dead goes at once with its namespace', async () => {
  const cluster = clusterOf([
    object('Job', 'old', began - 61_000),
    object('Pod', 'old'),
    object('ConfigMap', 'old'),
    object('ConfigMap', 'orphan'),
    object('Namespace', 'old'),
  ]);
  expect(await sweep({ cluster, clock: jumping(), log })).toEqual(['old', 'orphan']);
  expect(cluster.removed.sort()).toEqual([
    'ConfigMap gpu-smoke-gpu-old',
    'ConfigMap gpu-smoke-gpu-orphan',
    'Job gpu-smoke-gpu-old',
    'Namespace gpu-smoke-test',
    'Pod gpu-smoke-gpu-old',
  ]);
});

test('what may be alive is watched for a minute, and goes when it says nothing in it', async () => {
  const cluster = clusterOf([object('Job', 'young', began - 10_000), object('Namespace', 'young')]);
  const clock = jumping();
  expect(await sweep({ cluster, clock, log })).toEqual(['young']);
  expect(clock.now() - began).toBe(50_000);
  expect(cluster.removed).toContain('Namespace gpu-smoke-test');
});

test('one whose clock is ahead is watched as well', async () => {
  const cluster = clusterOf([object('Job', 'ahead', began + 3_600_000)]);
  const clock = jumping();
  expect(await sweep({ cluster, clock, log })).toEqual(['ahead']);
  expect(clock.now() - began).toBe(60_000);
});

test('what is alive stays, and so does its namespace', async () => {
  const objects = [object('Job', 'alive', began - 10_000), object('Namespace', 'alive')];
  const cluster = clusterOf(objects);
  const clock = jumping(now => {
    objects[0] = object('Job', 'alive', now);
  });
  expect(await sweep({ cluster, clock, log })).toEqual([]);
  expect(cluster.removed).toEqual([]);
});

test('a run that is known to be dead is not waited for; others are left in peace', async () => {
  const objects = [object('Job', 'killed', began), object('Job', 'alive', began)];
  const cluster = clusterOf(objects);
  const clock = jumping(now => {
    const at = objects.findIndex(one => one.metadata.labels?.[runLabel] === 'alive');
    objects[at] = object('Job', 'alive', now);
  });
  expect(await sweep({ cluster, clock, log }, 'killed')).toEqual(['killed']);
  expect(cluster.removed).toEqual(['Job gpu-smoke-gpu-killed']);
});

test('a namespace that another run has just begun with stays, and goes once that run is silent', async () => {
  const cluster = clusterOf([object('Namespace', 'other', began - 10_000)]);
  expect(await sweep({ cluster, clock: jumping(), log })).toEqual([]);
  expect(await clear('own', { cluster, log, clock: jumping() }, false)).toEqual([]);
  expect(cluster.removed).toEqual([]);
  const later = { ...jumping(), now: () => began + 50_000 };
  expect(await clear('own', { cluster, log, clock: later }, false)).toEqual([]);
  expect(cluster.removed).toEqual(['Namespace gpu-smoke-test']);
});

test.each(['at its end', 'in its post stage'])('the run that began with it takes it away %s', async when => {
  const cluster = clusterOf([object('Namespace', 'own', began)]);
  if (when === 'at its end') await clear('own', { cluster, log, clock: jumping() }, false);
  else await sweep({ cluster, clock: jumping(), log }, 'own');
  expect(cluster.removed).toEqual(['Namespace gpu-smoke-test']);
});

test('a namespace of that name that somebody else made stays', async () => {
  const foreign = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ownNamespace } };
  const cluster = clusterOf([foreign]);
  expect(await sweep({ cluster, clock: jumping(), log })).toEqual([]);
  expect(cluster.removed).toEqual([]);
});

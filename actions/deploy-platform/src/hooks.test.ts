import { describe, expect, test } from '@jest/globals';
import { CancelledError } from '@suite/foundation';
import { manualClock } from '@suite/foundation/testing';
import type { Cluster, KubernetesObject } from '@suite/kubernetes';
import { whileHooksRun } from './hooks.ts';

const hook = (kind: string, name: string, ...events: string[]) => ({
  object: { apiVersion: 'v1', kind, metadata: { name, namespace: 'a' } },
  events,
});
const hooks = [
  hook('ServiceAccount', 'init', 'pre-upgrade'),
  hook('Job', 'init', 'pre-upgrade'),
  hook('Pod', 'check', 'test'),
];

const podOf = (job: string, reason: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `${job}-x`, namespace: 'a', labels: { 'batch.kubernetes.io/job-name': job } },
  status: { containerStatuses: [{ name: 'c', state: { waiting: { reason, message: 'why' } } }] },
});
const unschedulable = (job: string): KubernetesObject => ({
  ...podOf(job, ''),
  status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' }] },
});

/** A cluster that shows these pods, and then these events, and work that ends when it is asked to, or after `seconds`. */
async function work(
  pods: readonly KubernetesObject[],
  seconds: number,
  events: readonly (readonly KubernetesObject[])[] = [],
) {
  const clock = manualClock();
  const said: string[] = [];
  const asked: unknown[] = [];
  const follow: Cluster['follow'] = async ({ kind, namespace }, onChange, signal) => {
    asked.push([kind, namespace]);
    const shown = kind === 'Pod' ? [pods] : events;
    for (const objects of shown) onChange(new Map(objects.map(object => [object.metadata.name, object])));
    await clock.sleep(3_600_000, signal);
  };
  let stoppedMs: number | undefined;
  const done = whileHooksRun({ hooks }, { cluster: { follow }, clock, onWait: what => said.push(what) }, async stop => {
    await clock.sleep(seconds * 1000, stop).catch(() => {
      stoppedMs = clock.now();
      throw new CancelledError('Helm was stopped.');
    });
    return 'done';
  });
  const ended = done.then(
    value => value,
    (error: Error) => error.message,
  );
  await clock.advance(seconds * 1000);
  return { result: await ended, said, asked, stoppedMs };
}

describe('while hooks run', () => {
  test('a pod whose image cannot be pulled is named, and ends the work after a while', async () => {
    const { result, said, stoppedMs = 0 } = await work([podOf('init', 'ImagePullBackOff')], 600);
    expect(said).toEqual(['pod init-x (ImagePullBackOff: why)']);
    expect(stoppedMs).toBeGreaterThanOrEqual(45_000);
    expect(stoppedMs).toBeLessThan(50_000);
    expect(result).toBe('Pod a/init-x, container c does not run: ImagePullBackOff: why');
  });

  test.each([
    ['that fits no node now', unschedulable('init'), ['pod init-x (Unschedulable: 0/3 nodes)']],
    ['that its job tries again', podOf('init', 'CrashLoopBackOff'), ['pod init-x (CrashLoopBackOff: why)']],
    ['of something else', podOf('other', 'ImagePullBackOff'), []],
  ])('a pod %s ends nothing', async (_name, pod, expected) => {
    const { result, said } = await work([pod], 600);
    expect([result, said]).toEqual(['done', expected]);
  });

  test('pods that cannot be made are named, by what is said of them since then', async () => {
    const refused = (name: string, resourceVersion: string, message: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.1`, namespace: 'a', resourceVersion },
      involvedObject: { kind: 'Job', name },
      message,
    });
    const { result, said } = await work([], 10, [
      [refused('init', '1', 'of an earlier apply'), refused('other', '2', 'quota')],
      [refused('init', '3', 'violates\nPodSecurity'), refused('other', '4', 'quota')],
    ]);
    expect([result, said]).toEqual(['done', ['pods of Job a/init (violates PodSecurity)']]);
  });

  test('pods are looked at where hooks have any, but not those of tests', async () => {
    expect((await work([], 1)).asked).toEqual([
      ['Event', 'a'],
      ['Pod', 'a'],
    ]);
    const nobody = { follow: () => Promise.reject(new Error('asked')) };
    const clock = manualClock();
    const idle = { hooks: [hook('Job', 'check', 'test'), hook('ConfigMap', 'x', 'pre-install')] };
    expect(await whileHooksRun(idle, { cluster: nobody, clock, onWait: () => {} }, async () => 'done')).toBe('done');
  });
});

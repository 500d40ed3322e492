import { describe, expect, test } from '@jest/globals';
import { errorMessage } from '@suite/foundation';
import { manualClock } from '@suite/foundation/testing';
import { type Cluster, KubernetesFailure, type KubernetesObject } from '@suite/kubernetes';
import { type ApplyOptions, applyRelease } from './apply-release.ts';
import { releaseOf } from './checks/checks.fixture.ts';
import type { ReleasePlan } from './plan.ts';
import type { Probe } from './release.ts';

const deployment: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', generation: 1 },
  spec: { replicas: 1, selector: { matchLabels: { app: 'web' } } },
  status: { observedGeneration: 1, updatedReplicas: 1, replicas: 1 },
};
const pod = (status: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-x', namespace: 'shop', labels: { app: 'web' } },
  status,
});
const issuer = { apiVersion: 'cert-manager.io/v1', kind: 'Issuer', metadata: { name: 'probe', namespace: 'shop' } };
const silence = 'failed calling webhook "webhook.cert-manager.io": connection refused';

/** When something goes wrong that nothing was seen of before. */
const visibleMs = 100_000;

/** What is there to be seen. */
interface Trouble {
  readonly pod?: KubernetesObject;
  readonly webhook?: string;
}

/** Waits for a release, and gives each line with the milliseconds after which it was printed, and how it ended. */
async function wait(probe: Probe, trouble: Trouble) {
  const clock = manualClock();
  const printed: { readonly afterMs: number; readonly text: string }[] = [];
  const print = (text: string) => void printed.push({ afterMs: clock.now() - visibleMs, text });
  const stop = new AbortController();
  const follow: Cluster['follow'] = async ({ kind }, isOver, signal) => {
    const show = (objects: readonly KubernetesObject[]) =>
      isOver(new Map(objects.map(one => [one.metadata.name, one])));
    show(kind === 'Deployment' ? [deployment] : []);
    await clock.sleep(visibleMs, signal);
    if (kind === 'Pod' && trouble.pod !== undefined) show([trouble.pod]);
    await clock.sleep(3_600_000, signal);
  };
  const tryCreate = async () => {
    if (clock.now() < visibleMs) throw new KubernetesFailure('refused', { message: 'not yet' });
    throw new KubernetesFailure('refused', { message: trouble.webhook ?? '' });
  };
  const plan = {
    name: 'web',
    namespace: 'shop',
    action: 'none',
    rendered: {
      release: releaseOf({ readiness: [probe], timeoutSeconds: 900 }),
      objects: [{ object: deployment, keep: false }],
      hooks: [],
    },
  } as unknown as ReleasePlan;
  const options = {
    clock,
    signal: stop.signal,
    log: { info: print, warning: print },
    cluster: { follow, tryCreate, get: async () => undefined },
  } as unknown as ApplyOptions;
  const shared = { histories: new Map(), good: new Map(), touched: new Set<string>(), findServer: () => undefined };
  const ended = applyRelease(plan, options, shared, () => undefined).then(
    () => undefined,
    error => ({ afterMs: clock.now() - visibleMs, text: errorMessage(error) }),
  );
  await clock.advance(visibleMs + 60_000);
  stop.abort();
  await clock.advance(0);
  return { printed, ended: await ended };
}

describe('what keeps a release from being ready is named within a minute of being visible', () => {
  test.each<[string, Probe, Trouble, string]>([
    ['a webhook that fails', { kind: 'dry-run', object: issuer }, { webhook: silence }, silence],
    [
      'a pod that no node has room for',
      { kind: 'rollouts' },
      {
        pod: pod({
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes fit' }],
        }),
      },
      'pod web-x (Unschedulable: 0/3 nodes fit)',
    ],
  ])('%s, which may pass', async (_name, probe, trouble, named) => {
    const { printed } = await wait(probe, trouble);
    const [first] = printed.filter(({ text }) => text.includes(named));
    expect(first?.text).toMatch(/^web: waiting for /);
    expect(first?.afterMs).toBeGreaterThan(0);
    expect(first?.afterMs).toBeLessThanOrEqual(60_000);
  });

  test('an image that cannot be pulled, which ends the wait', async () => {
    const waiting = { reason: 'ImagePullBackOff', message: 'not found' };
    const { ended } = await wait(
      { kind: 'rollouts' },
      { pod: pod({ containerStatuses: [{ name: 'web', state: { waiting } }] }) },
    );
    expect(ended?.text).toBe('Pod shop/web-x, container web does not run: ImagePullBackOff: not found');
    expect(ended?.afterMs).toBeGreaterThan(0);
    expect(ended?.afterMs).toBeLessThan(60_000);
  });
});

import { describe, expect, test } from '@jest/globals';
import { manualClock } from '@suite/foundation/testing';
import { type FailedWebhook, KubernetesFailure, type KubernetesObject } from '@suite/kubernetes';
import { releaseOf } from './checks/checks.fixture.ts';
import type { RenderedRelease } from './render.ts';
import { guardRelease, objectOf } from './served-webhooks.fixture.ts';
import { findServerAmong } from './served-webhooks.ts';
import { tryObjects, untilAnswered } from './try-objects.ts';

const rendered = guardRelease('guard');
const findServer = findServerAmong([rendered]);
const [first, second, other] = [objectOf('Rule', 'one'), objectOf('Rule', 'two'), objectOf('ConfigMap', 'plain')];

const failure = (webhook: Partial<FailedWebhook>) =>
  new KubernetesFailure(
    'busy',
    { message: 'failed calling webhook' },
    {
      webhook: {
        name: 'rules.guard.example',
        service: { namespace: 'guard', name: 'guard' },
        isReached: false,
        reason: 'connection refused',
        ...webhook,
      },
    },
  );

/** An API server that refuses as told, in the order it is asked. */
function serverOf(answer: (object: KubernetesObject, asked: readonly string[]) => Error | undefined) {
  const asked: string[] = [];
  const cluster = {
    forget: () => undefined,
    discovery: async () => ({ apiVersions: [], find: () => ({}) as never }),
    apply: async (object: KubernetesObject) => {
      const error = answer(object, asked);
      asked.push(object.metadata.name);
      if (error !== undefined) throw error;
      return object;
    },
    follow: async (_: unknown, onChange: (objects: ReadonlyMap<string, KubernetesObject>) => boolean) => {
      onChange(
        new Map([['guard', objectOf('Deployment', 'guard', { status: { updatedReplicas: 1, availableReplicas: 1 } })]]),
      );
    },
  };
  return { cluster: cluster as never, asked };
}

const trial = (cluster: never, release = 'guard') => ({ cluster, release, findServer, isForced: () => false });
const isRule = ({ kind }: KubernetesObject) => kind === 'Rule';

describe('a dry run that a webhook refuses by its silence', () => {
  test.each<[string, Partial<FailedWebhook>]>([
    ['that the release brings', {}],
    ['that answers wrongly', { isReached: true }],
    ['that something else of the release has made', { name: 'made.example' }],
  ])('is put off where it is one %s; its kind is asked for once', async (_, webhook) => {
    const { cluster, asked } = serverOf(object => (isRule(object) ? failure(webhook) : undefined));
    const found = await tryObjects([first], trial(cluster));
    expect(found.map(({ object, server }) => [object, server.release])).toEqual([[first, 'guard']]);
    expect(found[0]?.server.workloads.map(({ object }) => object.kind)).toEqual(['Deployment']);
    expect(asked).toEqual(['one']);
  });

  test.each<[string, Partial<FailedWebhook>, string]>([
    ['of nobody here', { name: 'x.example', service: { namespace: 'x', name: 'x' } }, 'guard'],
    ['of another release, which answers wrongly', { isReached: true }, 'web'],
  ])('is the end where it is one %s', async (_, webhook, release) => {
    const { cluster } = serverOf(() => failure(webhook));
    await expect(tryObjects([first, other], trial(cluster, release))).rejects.toThrow('failed calling webhook');
  });

  test('is the end where it is about what answers: no apply gets out of that', async () => {
    const { cluster } = serverOf(() => failure({}));
    const deployment = rendered.objects.map(({ object }) => object).filter(({ kind }) => kind === 'Deployment');
    await expect(tryObjects(deployment, trial(cluster))).rejects.toThrow(
      'Deployment guard/guard cannot be put right: the webhook `rules.guard.example` does not answer (`connection refused`), guards it, and is what it would answer for. Delete the configuration that names this webhook by hand',
    );
  });

  test('of what another kind is guarded by keeps nothing else from being tried', async () => {
    const { cluster, asked } = serverOf(object => (isRule(object) ? failure({}) : undefined));
    expect(await tryObjects([first, second, other], trial(cluster))).toHaveLength(2);
    expect(asked).toContain('plain');
  });
});

describe('the wait until webhooks answer', () => {
  async function wait(answer: Parameters<typeof serverOf>[0], release = 'guard') {
    const clock = manualClock();
    const { cluster, asked } = serverOf(answer);
    const said: string[] = [];
    const work = untilAnswered({ ...rendered, release: releaseOf({ name: release }) } as RenderedRelease, [first], {
      ...trial(cluster, release),
      clock,
      signal: new AbortController().signal,
      limitMs: 60_000,
      onWait: what => said.push(what),
    }).then(
      () => 'done',
      error => (error as Error).message,
    );
    for (let second = 0; second < 70; second++) await clock.advance(1000);
    return { ended: await work, asked, said };
  }

  test('ends with the first dry run that is let through', async () => {
    const { ended, asked, said } = await wait((_, before) => (before.length < 3 ? failure({}) : undefined));
    expect([ended, asked.length]).toEqual(['done', 4]);
    expect(said).toContain('the webhook rules.guard.example (connection refused)');
  });

  test('names who does not answer, and with what, when the time is over', async () => {
    expect((await wait(() => failure({}))).ended).toBe(
      'Rule guard/one could not be applied in 1 min: the webhook `rules.guard.example` does not answer (`connection refused`). guard serves it with Deployment guard/guard: look at its pods and their logs, and whether the API server reaches them.',
    );
  });

  test('ends with what the webhook says against it', async () => {
    const denied = new KubernetesFailure('forbidden', { message: 'denied' });
    expect((await wait((_, before) => (before.length === 0 ? failure({}) : denied), 'web')).ended).toBe('denied');
  });
});

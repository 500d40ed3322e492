import { describe, expect, test } from '@jest/globals';
import { identityOf, refOf } from '@suite/kubernetes';
import { releaseOf } from './checks/checks.fixture.ts';
import { nothingObserved } from './observe.ts';
import type { RenderedRelease } from './render.ts';
import { guardRelease, objectOf } from './served-webhooks.fixture.ts';
import { silentWebhookChecks } from './served-webhooks.ts';

const guard = guardRelease('guard');
/** As the cluster has it, with so many pods that are ready. */
const liveWith = (pods: number, { objects }: RenderedRelease = guard) => ({
  ...nothingObserved,
  live: new Map(
    objects.map(({ object }) => [
      identityOf(refOf(object)),
      object.kind === 'Deployment' ? { ...object, status: pods === 0 ? {} : { readyReplicas: pods } } : object,
    ]),
  ),
});
const rules = (name: string, needs: readonly string[]): RenderedRelease => ({
  ...guard,
  release: releaseOf({ name, needs, setting: `releases.${name}` }),
  objects: [{ object: objectOf('Rule', 'theirs'), keep: false }],
});
const planned = (...all: readonly RenderedRelease[]) => all.map(rendered => ({ rendered, action: 'upgrade' }));

describe('a webhook without a pod that is ready', () => {
  test('is told for all that it guards: what its own release brings, what comes after it, and what does not wait for it', () => {
    const checks = silentWebhookChecks(planned(guard, rules('late', ['guard']), rules('apart', [])), liveWith(0));
    expect(checks.map(({ id, status, message, remedy }) => [id, status, message, remedy])).toEqual([
      [
        'release/guard/webhook-rules.guard.example',
        'warning',
        'The webhook `rules.guard.example` of `guard` has no pod that is ready, and guards `Rule guard/one`. The apply upgrades what answers for it first, waits until it does, and then applies the rest.',
        undefined,
      ],
      [
        'release/late/webhook-rules.guard.example',
        'warning',
        'The webhook `rules.guard.example` of `guard` has no pod that is ready, and guards `Rule guard/theirs`. The apply comes to them once `guard` is ready.',
        undefined,
      ],
      [
        'release/apart/webhook-rules.guard.example',
        'warning',
        'The webhook `rules.guard.example` of `guard` has no pod that is ready, and guards `Rule guard/theirs`. `apart` does not wait for `guard`, and may be refused.',
        'Name `guard` under `needs` of `releases.apart`, or apply this once more when it is ready.',
      ],
    ]);
  });

  test.each<[string, RenderedRelease, string, number, 'live' | 'absent']>([
    ['has one', guard, 'upgrade', 1, 'live'],
    ['may be passed over', guardRelease('guard', 'Ignore'), 'upgrade', 0, 'live'],
    ['is of a release that stays as it is', guard, 'none', 0, 'live'],
    ['is not there yet', guard, 'upgrade', 0, 'absent'],
  ])('is nothing to tell of one that %s', (_, rendered, action, pods, is) => {
    const observed = is === 'live' ? liveWith(pods, rendered) : nothingObserved;
    expect(silentWebhookChecks([{ rendered, action }], observed)).toEqual([]);
  });
});

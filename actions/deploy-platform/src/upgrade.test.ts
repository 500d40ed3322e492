import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { manualClock } from '@suite/foundation/testing';
import { HelmFailure } from '@suite/helm';
import type { UpgradeRequest } from './ports.ts';
import { upgrade } from './upgrade.ts';

const release = { name: 'loki', namespace: 'monitoring' };
const details = {
  'server-trouble': { kind: 'server-trouble', reason: 'EOF' },
  'webhook-unreachable': { kind: 'webhook-unreachable', webhook: 'a.example', reason: 'EOF' },
  forbidden: { kind: 'forbidden', user: 'u', verb: 'get', resource: 'pods' },
} as const;
const failing = (kind: keyof typeof details) =>
  new UserError({ message: 'it failed' }, { cause: new HelmFailure('helm ended', details[kind], '') });

/** Upgrades that end as told, one after the other; Helm left its mark behind after the first. */
async function run(ends: readonly (Error | undefined)[], stopped = false, answer: Error | undefined = undefined) {
  const clock = manualClock();
  const [said, removed] = [[] as string[], [] as string[]];
  const stop = new AbortController();
  let [calls, waits] = [0, 0];
  const labels = { name: 'loki', version: '7', status: 'pending-upgrade' };
  const work = upgrade(release, { stop: stop.signal } as UpgradeRequest, {
    clock,
    signal: new AbortController().signal,
    untilAnswered: async () => {
      waits++;
      if (answer !== undefined) throw answer;
    },
    log: { warning: text => said.push(text) },
    helm: {
      upgrade: async () => {
        const end = ends[calls++];
        if (stopped) stop.abort();
        if (end !== undefined) throw end;
      },
    },
    cluster: {
      listMetadata: async () => [
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'monitoring', labels } },
      ],
      remove: async ({ name }: { name: string }) => removed.push(name),
    } as never,
  }).then(
    () => 'done',
    error => (error as Error).message,
  );
  for (let second = 0; second < 30; second++) await clock.advance(1000);
  return { ended: await work, calls, waits, said, removed };
}

describe('an upgrade', () => {
  test('that goes well is one call', async () => {
    expect(await run([undefined])).toEqual({ ended: 'done', calls: 1, waits: 0, said: [], removed: [] });
  });

  test('is tried again where the server failed for a moment, without the mark that Helm left', async () => {
    expect(await run([failing('server-trouble'), undefined])).toEqual({
      ended: 'done',
      calls: 2,
      waits: 0,
      said: [
        expect.stringMatching(/^loki: tried again in \d s: it failed$/),
        'loki: an earlier run was cut off (pending-upgrade, revision 7); its mark is taken away',
      ],
      removed: ['sh.helm.release.v1.loki.v7'],
    });
  });

  test('is tried again once a webhook answers that did not', async () => {
    expect(await run([failing('webhook-unreachable'), undefined])).toMatchObject({
      ended: 'done',
      calls: 2,
      waits: 1,
      said: ['loki: tried again once the webhook answers: it failed', expect.anything()],
    });
  });

  test('ends with why the webhook will not answer', async () => {
    const ends = [failing('webhook-unreachable'), undefined];
    expect(await run(ends, false, new Error('its pod crashes'))).toMatchObject({ ended: 'its pod crashes', calls: 1 });
  });

  test.each([
    ['three times at most', [1, 2, 3, 4].map(() => failing('server-trouble')), false, 3],
    ['not after an answer', [failing('forbidden'), undefined], false, 1],
    ['not once it was asked to stop', [failing('server-trouble'), undefined], true, 1],
  ] as const)('is tried %s', async (_what, ends, stopped, calls) => {
    expect(await run(ends, stopped)).toMatchObject({ ended: 'it failed', calls });
  });
});

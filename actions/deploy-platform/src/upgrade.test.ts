import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { manualClock } from '@suite/foundation/testing';
import { HelmFailure } from '@suite/helm';
import type { UpgradeRequest } from './ports.ts';
import { upgrade } from './upgrade.ts';

const release = { name: 'loki', namespace: 'monitoring' };
const failing = (kind: 'server-trouble' | 'forbidden') =>
  new UserError(
    { message: 'it failed' },
    {
      cause: new HelmFailure(
        'helm ended',
        kind === 'forbidden' ? { kind, user: 'u', verb: 'get', resource: 'pods' } : { kind, reason: 'EOF' },
        '',
      ),
    },
  );

/** Upgrades that end as told, one after the other; Helm left its mark behind after the first. */
async function run(ends: readonly (Error | undefined)[], stopped = false) {
  const clock = manualClock();
  const [said, removed] = [[] as string[], [] as string[]];
  const stop = new AbortController();
  let calls = 0;
  const labels = { name: 'loki', version: '7', status: 'pending-upgrade' };
  const work = upgrade(release, { stop: stop.signal } as UpgradeRequest, {
    clock,
    signal: new AbortController().signal,
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
  return { ended: await work, calls, said, removed };
}

describe('an upgrade', () => {
  test('that goes well is one call', async () => {
    expect(await run([undefined])).toEqual({ ended: 'done', calls: 1, said: [], removed: [] });
  });

  test('is tried again where the server failed for a moment, without the mark that Helm left', async () => {
    expect(await run([failing('server-trouble'), undefined])).toEqual({
      ended: 'done',
      calls: 2,
      said: [
        expect.stringMatching(/^loki: tried again in \d s: it failed$/),
        'loki: an earlier run was cut off (pending-upgrade, revision 7); its mark is taken away',
      ],
      removed: ['sh.helm.release.v1.loki.v7'],
    });
  });

  test.each([
    ['three times at most', [1, 2, 3, 4].map(() => failing('server-trouble')), false, 3],
    ['not after an answer', [failing('forbidden'), undefined], false, 1],
    ['not once it was asked to stop', [failing('server-trouble'), undefined], true, 1],
  ] as const)('is tried %s', async (_what, ends, stopped, calls) => {
    expect(await run(ends, stopped)).toMatchObject({ ended: 'it failed', calls });
  });
});

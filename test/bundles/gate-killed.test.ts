import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { StepResult } from '@suite/sandbox';
import { succeeded } from '../support/bundle.ts';
import { closeGate, gate, type Options, openGate, record } from '../support/gate/commands.ts';
import { shelf } from '../support/gate/records.ts';
import { registryOf, sandbox, view } from '../support/gate/world.ts';
import { effectsOf, playCells } from '../support/kill-matrix.ts';

/** What promotion-gate writes, cut off before and after each thing that it writes. */
beforeAll(async () => {
  await openGate();
  sandbox.world.settings.operationMs = 0;
});
afterAll(closeGate);

const isOfAPlace = (tag: string) => /^(?:running|gone)-/.test(tag);
/** But for times, and the digests that they are in. */
const look = (): object => ({
  manifests: registryOf(view('dev'))
    .manifests(shelf)
    .map(({ artifactType, subject, tags }) => [artifactType, subject?.mediaType, tags.filter(isOfAPlace)].flat())
    .sort(),
});

/** As “Re-run failed jobs” does it: of what was applied by then, nothing is left to apply. */
const secondAttempt: Options = {
  environment: { GITHUB_RUN_ATTEMPT: '2' },
  report: { verdict: 'no-changes' },
};

test.each<[string, prepare: () => Promise<void>, perform: (options: Options) => Promise<StepResult>]>([
  ['record', async () => undefined, options => record('dev', {}, options)],
  [
    'retire',
    async () => void succeeded(await record('dev')),
    ({ report: _, ...options }) => gate({ command: 'retire', scope: 'dev' }, options),
  ],
])(
  '%s: the next run comes to the same end',
  async (command, prepare, perform) => {
    const { world } = sandbox;
    const startAnew = async () => {
      registryOf(view('dev')).deleteRepository(shelf);
      await prepare();
    };
    await startAnew();
    const effects = await effectsOf(world, async () => succeeded(await perform({})));
    expect(effects.length).toBeGreaterThan(1);
    await playCells(`promotion-gate ${command}`, world, effects, {
      startAnew,
      run: perform,
      whatIsLeft: look,
      goOn: async () => {
        succeeded(await perform(secondAttempt));
        return look();
      },
      end: look(),
    });
  },
  300_000,
);

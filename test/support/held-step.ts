import type { RunningStep, StepResult, World, WorldRequest } from '@suite/sandbox';
import type { RunOptions } from './bundle.ts';

/** A module that Node runs before the bundle: a word of NODE_OPTIONS. */
export function preload(script: string): string {
  return `--import=data:text/javascript,${encodeURIComponent(script)}`;
}

/** Pauses between looks and renewals pass fifty times faster on the machine of a job that gets this. */
export const hurried = {
  NODE_OPTIONS: preload(
    'const real = setTimeout; globalThis.setTimeout = (work, ms, ...more) => real(work, ms >= 5000 && ms <= 25000 ? ms / 50 : ms, ...more);',
  ),
};

/** The clock on the wall of a machine, so many times faster from its start on. What it sleeps it sleeps. */
export function fasterClock(times: number): string {
  return preload(`const now = Date.now, from = now(); Date.now = () => from + ${times} * (now() - from);`);
}

/** And what is measured by a clock that nobody sets passes five times faster: a lease is doubted after 9 s without a renewal. */
export const hurriedLease = {
  NODE_OPTIONS: `${hurried.NODE_OPTIONS} ${preload(
    'const real = performance.now.bind(performance); performance.now = () => 5 * real();',
  )}`,
};

/** What storage says of the lease of an environment that another run holds. */
export const heldByAnother = (command: string) => ({
  status: 200,
  headers: {
    'x-ms-lease-status': 'locked',
    'x-ms-meta-run': 'https://github.com/contoso/platform/actions/runs/4712',
    'x-ms-meta-runid': '4712',
    'x-ms-meta-actor': 'hubot',
    'x-ms-meta-command': command,
    'x-ms-meta-started': new Date().toISOString(),
  },
});

export interface HeldStep {
  readonly running: RunningStep;
  readonly goOn: () => void;
  readonly result: Promise<StepResult>;
}

/** A step that stands still when a request arrives, until it is let go on. */
export async function holdAt(
  world: World,
  match: (request: WorldRequest) => boolean,
  run: (options: RunOptions) => Promise<StepResult>,
): Promise<HeldStep> {
  const arrived = Promise.withResolvers<RunningStep>();
  const goOn = Promise.withResolvers<void>();
  let running: RunningStep | undefined;
  world.faults.add({
    match,
    times: 1,
    answer: {
      call: async () => {
        if (running !== undefined) arrived.resolve(running);
        await goOn.promise;
      },
    },
  });
  const result = run({
    onStart: started => {
      running = started;
    },
  });
  const early = result.then(({ log }) => Promise.reject(new Error(`It ended too early:\n${log.join('\n')}`)));
  early.catch(() => undefined);
  return { running: await Promise.race([arrived.promise, early]), goOn: goOn.resolve, result };
}

import { readdirSync, readFileSync } from 'node:fs';
import type { FaultHandle } from '../../packages/sandbox/src/faults/faults.ts';
import type { RunProgress } from '../../packages/sandbox/src/runner/index.ts';
import type { PipelineWorld } from './pipeline.ts';

type World = PipelineWorld['world'];
type Request = Parameters<Parameters<World['faults']['add']>[0]['match']>[0];

export interface Loss {
  /** Job without the name of the calling job: `Apply dev`. */
  readonly job: string;
  /** `Apply infrastructure` */
  readonly step: string;
  /** The request at which the machine is lost; the first of the step by default. */
  readonly at?: (request: Request) => boolean;
  /** `before` the request does anything, or `after` it has, but before its answer arrives. */
  readonly effect: 'before' | 'after';
}

/**
 * Loses the machine of a step at a counted request: the step's process and all that it started end at once, as does every
 * connection. The runner of that job then goes on as GitHub does: the job has failed.
 */
export function loseStep(sandbox: PipelineWorld, { job, step, at = () => true, effect }: Loss): FaultHandle {
  let running = false;
  const watch = (run: RunProgress) => {
    const found = run.jobs.find(({ name }) => name.endsWith(` / ${job}`));
    running = found?.steps.find(({ name }) => name === step)?.status === 'in_progress';
  };
  sandbox.watchers.add(watch);
  const match = (request: Request) => running && at(request);
  const { faults } = sandbox.world;
  const loss = faults.add({ match, times: 1, answer: { call: () => loseProcesses(sandbox.host.folder) } });
  const silence = faults.add({ match, times: effect === 'before' ? 1 : 0, answer: 'reset' });
  return {
    ...loss,
    remove: () => {
      sandbox.watchers.delete(watch);
      loss.remove();
      silence.remove();
    },
  };
}

/** Everything that works in a folder of this world: Terraform runs in a process group of its own. */
function loseProcesses(folder: string): void {
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder)) process.kill(Number(pid), 'SIGKILL');
    } catch (error) {
      // It has ended by itself, or is somebody else's.
      if (!['ESRCH', 'ENOENT', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}

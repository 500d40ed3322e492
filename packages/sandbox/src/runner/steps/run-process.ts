import { createCommandFiles } from './file-commands.ts';
import type { JobState } from './job-state.ts';
import { startProcess } from './process.ts';
import type { Performed, Turn } from './task.ts';

export interface StepProcess {
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface ProcessEnd extends Performed {
  readonly exitCode: number | null;
  /** What was written into GITHUB_STATE. */
  readonly state: Readonly<Record<string, string>>;
}

/** Runs a step's process with command files of its own and takes over into the job what was written there. */
export async function runProcess(process: StepProcess, turn: Turn, state: JobState): Promise<ProcessEnd> {
  const { log, signal } = turn;
  const files = await createCommandFiles(state.run.temp);
  const running = startProcess(
    { ...process, environment: { ...process.environment, ...files.variables }, onLine: log.print },
    state.run.host.clock,
  );
  const ends = [
    [signal, running.cancel],
    [state.run.deadline, running.killAll],
  ] as const;
  for (const [when, end] of ends) {
    if (when.aborted) end();
    else when.addEventListener('abort', end, { once: true });
  }
  const exitCode = await running.exit.finally(() => {
    for (const [when, end] of ends) when.removeEventListener('abort', end);
  });
  const written = await files.read(log);
  Object.assign(state.env, written.environment);
  for (const entry of written.path) state.path = [entry, ...state.path.filter(other => other !== entry)];
  return {
    isSuccess: exitCode === 0 && !written.failed && !log.failed,
    exitCode,
    outputs: written.outputs,
    state: written.state,
    summary: state.run.masks.hide(written.summary),
  };
}

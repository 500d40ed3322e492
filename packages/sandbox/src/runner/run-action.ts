import { join } from 'node:path';
import { systemClock } from '@suite/foundation';
import type { Annotation } from './annotations.ts';
import { inputVariables, readActionMetadata } from './steps/action-metadata.ts';
import { createCommandFiles } from './steps/file-commands.ts';
import { createMasks } from './steps/masks.ts';
import { startProcess } from './steps/process.ts';
import { createStepLog } from './steps/step-log.ts';

/** One stage of a `uses:` step, run as the runner runs it: a Node process of its own with `INPUT_*` and the command files. */
export interface ActionStep {
  readonly name: string;
  /** Folder of the action in a release tree; holds action.yml. */
  readonly action: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** What the job's environment adds: `GITHUB_*`, proxy, certificates, OIDC. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workspace: string;
  /** Emptied between jobs; holds the step's command files. */
  readonly temp: string;
  /** What the main stage saved: the post stage is run, with that. */
  readonly post?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  /** Told as soon as the process runs, for tests that cancel or kill it. */
  readonly onStart?: (running: RunningStep) => void;
}

export interface RunningStep {
  readonly pid: number;
  /** As the runner cancels: SIGINT, after 7.5 s SIGTERM, after 2.5 s more the whole process is killed. */
  cancel(): void;
  /** SIGKILL at once, as when the machine is lost. */
  kill(): void;
}

export interface StepResult {
  readonly name: string;
  readonly uses: string;
  readonly conclusion: 'success' | 'failure' | 'cancelled';
  readonly exitCode: number | null;
  readonly seconds: number;
  readonly log: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly outputs: Readonly<Record<string, string>>;
  /** What it saved for its post stage. */
  readonly state: Readonly<Record<string, string>>;
  /** Markdown that the step wrote. */
  readonly summary: string;
}

/** Runs a stage of an action by hand, outside any workflow: the main one, or with `post` the post stage. A failing action is a result, not an exception. */
export async function runAction(step: ActionStep): Promise<StepResult> {
  const action = await readActionMetadata(step.action);
  const file = step.post === undefined ? action.main : action.post;
  if (file === undefined) throw new Error(`${step.action}/action.yml names no \`runs.post\`.`);
  const saved = Object.entries(step.post ?? {}).map(([name, value]) => [`STATE_${name}`, value]);
  const files = await createCommandFiles(step.temp);
  const log = createStepLog(createMasks(), step.workspace);
  const started = performance.now();
  const running = startProcess(
    {
      file: process.execPath,
      args: [join(step.action, file)],
      folder: step.workspace,
      environment: {
        ...step.environment,
        // Outside of a job there is nothing that a default could speak of.
        ...inputVariables(action.inputs, step.inputs, () => ''),
        ...files.variables,
        ...Object.fromEntries(saved),
        GITHUB_WORKSPACE: step.workspace,
        RUNNER_TEMP: step.temp,
      },
      onLine: line => {
        step.onLine?.(line);
        log.print(line);
      },
    },
    systemClock,
  );
  let isCancelled = false;
  const ending = (end: () => void) => () => {
    isCancelled = true;
    end();
  };
  if (running.pid !== undefined) {
    step.onStart?.({ pid: running.pid, cancel: ending(running.cancel), kill: ending(running.kill) });
  }
  const exitCode = await running.exit;
  const written = await files.read(log);
  const succeeded = exitCode === 0 && !written.failed && !log.failed;
  return {
    name: step.name,
    uses: step.action,
    conclusion: isCancelled ? 'cancelled' : succeeded ? 'success' : 'failure',
    exitCode,
    seconds: (performance.now() - started) / 1000,
    log: log.lines,
    annotations: log.annotations,
    outputs: written.outputs,
    state: written.state,
    summary: written.summary,
  };
}

/** A program to run. Arguments are an array and reach the program as they are: no shell is ever involved. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The complete environment of the child; nothing is inherited besides. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Called for each complete line of output as it arrives, without its line end. */
  readonly onStdout?: (line: string) => void;
  readonly onStderr?: (line: string) => void;
  /** Keep the whole of stdout in the result instead of its tail. For output that is the answer (`show -json`). */
  readonly captureStdout?: boolean;
  /** Asks this program alone to stop, as a cancellation does. Takes effect in a ProcessRunner that hears of cancellations. */
  readonly stop?: AbortSignal;
  /** Ends it at once (SIGKILL). For one that did not stop when it was asked. */
  readonly kill?: AbortSignal;
}

export interface Exit {
  /** Exit code; null when a signal ended the program. */
  readonly code: number | null;
  readonly signal: string | null;
  /** All of stdout with `captureStdout`, else its last 64 KiB. */
  readonly stdout: string;
  /** The last 64 KiB of stderr. */
  readonly stderr: string;
  /** True when the program was asked to stop: this run was cancelled, or `stop` of its command was aborted. */
  readonly interrupted: boolean;
}

/**
 * Runs programs. On cancellation a running program gets exactly one SIGINT, in a process group of its own so that the
 * runner's signals do not reach it as well: a second one makes Terraform give up without writing its state (recorded run
 * `interrupted-forced-exit`). Throws a UserError when the program does not exist.
 */
export interface ProcessRunner {
  run(command: Command): Promise<Exit>;
}

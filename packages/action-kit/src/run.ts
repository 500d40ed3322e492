import { tmpdir } from 'node:os';
import * as core from '@actions/core';
import {
  CancelledError,
  type Clock,
  causes,
  describeProblem,
  errorMessage,
  systemClock,
  UserError,
} from '@suite/foundation';
import { listenForCancellation } from './cancellation.ts';
import { type Environment, type RunContext, readContext } from './context.ts';
import { workingOn } from './deployed-commit.ts';
import { openDiagnostics } from './diagnostics/diagnostics.ts';
import { createShortRunner } from './exec.ts';
import { createIdTokenRequest } from './id-token.ts';
import type { InputSource } from './inputs.ts';
import { createLog, type Log, withoutCommands } from './log.ts';
import { configureNetwork } from './network.ts';
import { saveState, setOutputs } from './outputs.ts';
import type { ProcessRunner } from './process.ts';
import { refusedByDisk } from './refused-by-disk.ts';
import { createProcessRunner } from './spawn.ts';
import { createSummary, type Summary } from './summary.ts';

/** Everything an action gets from the runner. */
export interface Kit {
  readonly env: Environment;
  readonly context: RunContext;
  readonly input: InputSource;
  readonly log: Log;
  readonly summary: Summary;
  /** Its sleep ends with the cancellation of the run. */
  readonly clock: Clock;
  /** Aborted when the run is cancelled, with the CancelledError that says so. */
  readonly signal: AbortSignal;
  /** Long-running tools: they hear of a cancellation. */
  readonly processes: ProcessRunner;
  /** Those that hear of `stop` as well: a process is interrupted once, whatever comes first. */
  processesUntil(stop: AbortSignal): ProcessRunner;
  /** Commands that answer at once. */
  readonly shortProcesses: ProcessRunner;
  setOutputs(outputs: Readonly<Record<string, string | number | boolean | undefined>>): void;
  /** Hands a value on to the post stage of this step. */
  saveState(name: string, value: string): void;
  requestIdToken(audience: string): Promise<string>;
}

/** Waiting for a retry or a renewal ends when the run is cancelled. */
function cancellableClock(clock: Clock, cancelled: AbortSignal): Clock {
  return {
    now: () => clock.now(),
    sleep: (milliseconds, signal) =>
      clock.sleep(milliseconds, signal === undefined ? cancelled : AbortSignal.any([cancelled, signal])),
  };
}

const issues = 'https://github.com/org/actions/issues/new';

/** Runs an action: its only way in and out of the process. Never rejects; a failure is reported and becomes exit code 1. */
export async function run(main: (kit: Kit) => Promise<void>): Promise<void> {
  // Plans and reports are for nobody else on a shared machine; tools that are started inherit this.
  process.umask(0o077);
  const env = process.env;
  const context = readContext(env, { cwd: workingDirectory(), temp: tmpdir() });
  const printed = createLog(context.workspace);
  const diagnostics = openDiagnostics(env, context, process.argv[1] ?? '', message => printed.warning(message));
  const watched = {
    input: (source: InputSource) => diagnostics?.input(source) ?? source,
    log: (log: Log) => diagnostics?.log(log) ?? log,
    processes: (runner: ProcessRunner) => diagnostics?.processes(runner) ?? runner,
  };
  const log = watched.log(printed);
  const cancellation = listenForCancellation();
  const clock = cancellableClock(systemClock, cancellation.signal);
  let failure: unknown;
  try {
    configureNetwork(env);
    await main({
      env,
      context: workingOn(context, core.getInput('commit')),
      input: watched.input(name => core.getInput(name)),
      log,
      summary: createSummary(env['GITHUB_STEP_SUMMARY'], message => log.warning(message)),
      clock,
      signal: cancellation.signal,
      processes: watched.processes(createProcessRunner(cancellation.signal)),
      processesUntil: stop => watched.processes(createProcessRunner(AbortSignal.any([stop, cancellation.signal]))),
      shortProcesses: watched.processes(createShortRunner()),
      setOutputs,
      saveState,
      requestIdToken: createIdTokenRequest({ env, clock }),
    });
  } catch (error) {
    failure = error ?? new Error('Nothing was thrown.');
    reportFailure(log, refusedByDisk(error, context.temp) ?? error);
  } finally {
    cancellation.stop();
    diagnostics?.close(failure);
  }
  // Idle keep-alive connections would hold the job for seconds; everything has been awaited by now.
  process.exit(failure === undefined ? 0 : 1);
}

/** The working directory may be gone. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

/** Prints a failure as a person needs it: user errors as annotations without a stack, defects with everything we know. */
export function reportFailure(log: Log, error: unknown): void {
  if (error instanceof UserError) {
    for (const problem of error.problems) {
      const { location, ...rest } = problem;
      // An annotation shows its file and line by itself; an input has to be named in the text.
      if (location?.kind === 'file')
        log.error(`${location.line}:${location.column}: ${describeProblem(rest)}`, location);
      else log.error(describeProblem(problem));
    }
    for (const line of causes(error)) log.info(`  caused by: ${withoutCommands(line)}`);
    return;
  }
  if (error instanceof CancelledError) {
    log.error(describeCancellation(error));
    return;
  }
  log.error(
    `This is a defect in the action, not in your input: ${errorMessage(error)} Please report it at ${issues} with this log.`,
  );
  if (error instanceof Error && error.stack !== undefined) log.info(error.stack);
  for (const line of causes(error)) log.info(`  caused by: ${line}`);
}

function describeCancellation(error: CancelledError): string {
  return `Cancelled. ${error.message}`;
}

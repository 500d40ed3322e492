import type { Exit, Log, ProcessRunner } from '@suite/action-kit';
import { type Clock, duration, longestSilenceMs, printable, shorten } from '@suite/foundation';
import type { FailureContext } from './failures/explain.ts';
import { translateFailure } from './failures/translate.ts';
import { unquote } from './failures/words.ts';

export type ProgressLog = Pick<Log, 'info'>;

export interface HelmProcess {
  /** The program, from `locateHelm`. */
  readonly file: string;
  /** From `helmEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it runs; charts in folders are named by full paths. */
  readonly cwd: string;
  /** Has to hear of a cancellation. */
  readonly processes: ProcessRunner;
  readonly log: ProgressLog;
  readonly clock: Clock;
}

export interface Run {
  readonly args: readonly string[];
  readonly context: FailureContext;
  readonly captureStdout?: boolean;
  /** Seconds after which Helm is asked to stop, and ended 15 s later. Helm's own time-outs are for single steps. */
  readonly deadlineSeconds?: number;
  /** Asks Helm to stop, as a deadline does. */
  readonly stop?: AbortSignal;
  /** What an interruption leaves behind, as a sentence. */
  readonly leaves?: string;
}

export interface Ran {
  readonly stdout: string;
  /** Its last 64 KiB. */
  readonly stderr: string;
  /** What Helm and the API server warned of, each once. */
  readonly warnings: readonly string[];
}

const graceSeconds = 15;
const warningLimit = 2000;

/** Runs Helm, with a line of progress while it is silent. Throws what `translateFailure` makes of a failure. */
export async function runHelm(helm: HelmProcess, run: Run): Promise<Ran> {
  const { clock, log } = helm;
  const began = clock.now();
  const warnings = new Set<string>();
  const [stop, kill, ended] = [new AbortController(), new AbortController(), new AbortController()];
  const beat = everyHeartbeat(clock, ended.signal, () =>
    log.info(`${run.context.command}: still running, ${duration(clock.now() - began)}. ${run.context.subject}`),
  );
  const guard = endWhenDue(clock, run, ended.signal, stop, kill);
  let exit: Exit;
  try {
    exit = await helm.processes.run({
      file: helm.file,
      args: run.args,
      cwd: helm.cwd,
      env: helm.env,
      captureStdout: run.captureStdout ?? false,
      stop: stop.signal,
      kill: kill.signal,
      onStderr: line => {
        const warning = readWarning(line);
        if (warning === undefined || warnings.has(warning)) return;
        warnings.add(warning);
        log.info(`Warning: ${warning}`);
      },
    });
  } finally {
    ended.abort();
    await beat;
  }
  const isLate = await guard;
  if (exit.code === 0) return { stdout: exit.stdout, stderr: exit.stderr, warnings: [...warnings] };
  throw translateFailure(
    {
      exit,
      ...(isLate && run.deadlineSeconds !== undefined ? { stoppedAfter: run.deadlineSeconds } : {}),
      ...(run.leaves === undefined ? {} : { leaves: run.leaves }),
    },
    run.context,
  );
}

async function everyHeartbeat(clock: Clock, ended: AbortSignal, act: () => void): Promise<void> {
  while (await sleepUnless(clock, longestSilenceMs, ended)) act();
}

/** Asks Helm to stop when it is too slow or somebody wants it to, and ends it a while later. Gives whether it was too slow. */
async function endWhenDue(
  clock: Clock,
  { deadlineSeconds, stop: wanted }: Run,
  ended: AbortSignal,
  stop: AbortController,
  kill: AbortController,
): Promise<boolean> {
  const over = wanted === undefined ? ended : AbortSignal.any([ended, wanted]);
  const isLate =
    deadlineSeconds === undefined
      ? await aborted(over).then(() => false)
      : await sleepUnless(clock, deadlineSeconds * 1000, over);
  if (ended.aborted) return isLate;
  stop.abort();
  if (await sleepUnless(clock, graceSeconds * 1000, ended)) kill.abort();
  return isLate;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** False when it ended before. */
function sleepUnless(clock: Clock, milliseconds: number, ended: AbortSignal): Promise<boolean> {
  return clock.sleep(milliseconds, ended).then(
    () => !ended.aborted,
    () => false,
  );
}

/** The API server's warnings come through the log of the Kubernetes client, Helm's own in slog's form. */
function readWarning(line: string): string | undefined {
  const [, quoted] = /^[IWEF]\d{4} .*warnings\.go:\d+\] ("(?:[^"\\]|\\.)*")$/.exec(line) ?? [];
  if (quoted !== undefined) return clean(unquote(quoted).replace(/^Warning: /, ''));
  const [, message] = /level=WARN msg=("(?:[^"\\]|\\.)*"|\S+)/.exec(line) ?? [];
  // Failures are told by the error itself.
  if (message === undefined || /failed/.test(message)) return undefined;
  return clean(unquote(message));
}

function clean(text: string): string {
  return shorten(printable(text).replace(/\s+/g, ' ').trim(), warningLimit);
}

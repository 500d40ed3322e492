import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@suite/foundation';
import { splitLines } from './lines.ts';

export interface ProcessRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A line of either stream, as soon as it is whole. */
  readonly onLine: (line: string) => void;
}

export interface RunningProcess {
  readonly pid: number | undefined;
  /**
   * Exit code; null when a signal ended it. Rejects when the program could not be started. What it left running in the
   * background goes on, and is heard for 5 s more.
   */
  readonly exit: Promise<number | null>;
  /** As the runner cancels: SIGINT to the process alone, after 7.5 s SIGTERM, after 2.5 s more it and its children are killed. */
  cancel(): void;
  /** SIGKILL to the process alone, at once, as when the machine is lost. */
  kill(): void;
  /** SIGKILL to the process and its children. */
  killAll(): void;
}

// As long as a process in the background holds the streams open (actions/runner, ProcessInvoker.cs, ProcessExitedHandler).
const patience = 5_000;

export function startProcess(request: ProcessRequest, clock: Clock): RunningProcess {
  const child = spawn(request.file, request.args, {
    cwd: request.folder,
    env: request.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that its children can be killed with it.
    detached: true,
  });
  const ended = new AbortController();
  const streams = [child.stdout, child.stderr];
  const onLine = (line: string) => {
    if (!ended.signal.aborted) request.onLine(line);
  };
  for (const stream of streams) splitLines(stream, onLine);
  const stopHearing = async () => {
    await clock.sleep(patience, ended.signal);
    // What has been written by now is read first, also when this process was too busy to do so.
    await nextTurn();
    // They are still read, so that nobody waits for a reader, but keep nobody here waiting.
    for (const stream of streams) if (stream instanceof Socket) stream.unref();
  };
  const exit = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
    child.on('exit', code => {
      stopHearing().then(
        () => resolve(code),
        () => undefined,
      );
    });
  }).finally(() => ended.abort());
  const killAll = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  const escalate = async () => {
    await clock.sleep(7_500, ended.signal);
    child.kill('SIGTERM');
    await clock.sleep(2_500, ended.signal);
    killAll();
  };
  return {
    pid: child.pid,
    exit,
    cancel: () => {
      child.kill('SIGINT');
      // The sleep is given up as soon as the process ends.
      escalate().catch(() => undefined);
    },
    kill: () => child.kill('SIGKILL'),
    killAll,
  };
}

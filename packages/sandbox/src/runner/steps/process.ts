import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '@suite/foundation';

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
  /** Exit code; null when a signal ended it. Rejects when the program could not be started. */
  readonly exit: Promise<number | null>;
  /** As the runner cancels: SIGINT to the process alone, after 7.5 s SIGTERM, after 2.5 s more it and its children are killed. */
  cancel(): void;
  /** SIGKILL to the process alone, at once, as when the machine is lost. */
  kill(): void;
  /** SIGKILL to the process and its children. */
  killAll(): void;
}

export function startProcess(request: ProcessRequest, clock: Clock): RunningProcess {
  const child = spawn(request.file, request.args, {
    cwd: request.folder,
    env: request.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that its children can be killed with it.
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) splitLines(stream, request.onLine);
  const ended = new AbortController();
  const exit = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
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

function splitLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let partial = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (partial + decoder.write(chunk)).split(/\r?\n/);
    partial = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    partial += decoder.end();
    if (partial !== '') onLine(partial);
  });
}

import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { UserError } from '@suite/foundation';
import type { Command, Exit, ProcessRunner } from './process.ts';

const tailBytes = 64 * 1024;

/** A ProcessRunner over `node:child_process` for long-running tools, which have to hear of a cancellation. */
export function createProcessRunner(signal: AbortSignal): ProcessRunner {
  return { run: command => runProcess(command, signal) };
}

function runProcess(command: Command, signal: AbortSignal): Promise<Exit> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: { ...command.env },
      stdio: [command.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      // A process group of its own: signals sent to ours do not reach it, so that it gets the one SIGINT below and no other.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    let interrupted = false;
    const interrupt = () => {
      if (interrupted) return;
      interrupted = true;
      child.kill('SIGINT');
    };
    const kill = () => void child.kill('SIGKILL');
    const listened = [
      [signal, interrupt],
      [command.stop, interrupt],
      [command.kill, kill],
    ] as const;
    for (const [source, listener] of listened) {
      if (source?.aborted) listener();
      else source?.addEventListener('abort', listener, { once: true });
    }
    const stopListening = () => {
      for (const [source, listener] of listened) source?.removeEventListener('abort', listener);
    };

    const stdout = collectOutput(command.captureStdout ? Number.POSITIVE_INFINITY : tailBytes, command.onStdout);
    const stderr = collectOutput(tailBytes, command.onStderr);
    child.stdout?.on('data', stdout.push);
    child.stderr?.on('data', stderr.push);
    child.on('error', cause => {
      stopListening();
      reject(translateSpawnError(command.file, cause));
    });
    child.on('close', (code, by) => {
      stopListening();
      try {
        resolve({ code, signal: by, stdout: stdout.end(), stderr: stderr.end(), interrupted });
      } catch (error) {
        reject(error);
      }
    });
    child.stdin?.on('error', () => {}); // the program may end without reading its input
    child.stdin?.end(command.input);
  });
}

function translateSpawnError(file: string, cause: Error): Error {
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return cause;
  return new UserError(
    { message: `The program \`${file}\` was not found.`, remedy: 'Install it on the runner.' },
    { cause },
  );
}

function collectOutput(limit: number, onLine: ((line: string) => void) | undefined) {
  const decoder = new StringDecoder('utf8');
  let kept: string[] = [];
  let length = 0;
  let partial = '';
  const accept = (text: string) => {
    if (text === '') return;
    kept.push(text);
    length += text.length;
    while (kept.length > 1 && length - (kept[0]?.length ?? 0) >= limit) length -= kept.shift()?.length ?? 0;
    if (onLine === undefined) return;
    const lines = (partial + text).split('\n');
    partial = lines.pop() ?? '';
    for (const line of lines) onLine(line.replace(/\r$/, ''));
  };
  return {
    push: (chunk: Buffer) => accept(decoder.write(chunk)),
    end: (): string => {
      accept(decoder.end());
      if (onLine !== undefined && partial !== '') onLine(partial);
      const all = kept.join('');
      kept = [];
      return all.length > limit ? all.slice(-limit).toWellFormed() : all;
    },
  };
}

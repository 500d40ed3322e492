import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** A program of the control plane that runs. It cannot outlive this process, however this process ends. */
export interface Component {
  readonly name: string;
  /** Undefined while it runs. */
  ended(): string | undefined;
  /** Everything it has printed. */
  logs(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * The shell leads a process group of its own and holds the other end of our pipe: when we close it, or die, it kills the group
 * (itself too). When the program ends by itself, the group ends with it.
 */
const keeper = '( "$@" </dev/null >>"$0" 2>&1; kill -KILL 0 ) & cat >/dev/null; kill -KILL 0';

export interface Program {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The file that takes what it prints. */
  readonly log: string;
}

export function startComponent({ name, path, args, env = {}, log }: Program): Component {
  const child = spawn('/bin/sh', ['-c', keeper, log, path, ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  const exit = once(child, 'exit');
  child.stdin?.on('error', () => undefined); // it has ended
  let isStopped = false;
  return {
    name,
    ended: () => ((child.exitCode ?? child.signalCode) === null || isStopped ? undefined : `${name} ended by itself.`),
    logs: () => readFile(log, 'utf8').catch(() => ''),
    stop: async () => {
      isStopped = true;
      child.stdin?.end();
      await exit;
    },
  };
}

/** What was writing into it is being killed at the same time, so some attempts may come too early. */
const remover = 'cat >/dev/null; until rm -rf -- "$0"; do sleep 0.2; done';

/** Removes a folder once this process has ended, or the returned one's input. */
export function removeAtEnd(folder: string): ChildProcess {
  const child = spawn('/bin/sh', ['-c', remover, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin?.on('error', () => undefined);
  return child;
}

import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { RunningStep, World } from '@suite/sandbox';

/** The machine of a step is lost: the bundle and what it has started. Terraform runs in a process group of its own. */
export function loseMachine(running: RunningStep | undefined): void {
  if (running === undefined) throw new Error('Nothing runs that could be lost.');
  const children = childrenOf(running);
  running.kill();
  for (const pid of children) kill(pid);
}

/** The process id of a program that a step has started. */
export function childOf(running: RunningStep | undefined, program: string): number {
  const found = running === undefined ? undefined : childrenOf(running).find(pid => programOf(pid) === program);
  if (found === undefined) throw new Error(`No ${program} runs.`);
  return found;
}

function childrenOf({ pid }: RunningStep): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children
    .split(' ')
    .filter(text => text !== '')
    .map(Number);
}

function programOf(pid: number): string {
  return basename(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? '');
}

/**
 * The same of a step in a workflow, which nobody holds a handle of: every process on this world's network, at once, but the one that
 * stays for the whole world.
 */
export function loseMachinesOf(world: World): void {
  const pids = machinesOf(world);
  if (pids.length === 0) throw new Error('Nothing runs that could be lost.');
  for (const pid of pids) kill(Number(pid));
}

function machinesOf({ proxyUrl }: World): string[] {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name) && isOn(proxyUrl, name) && !isResident(name));
}

function isOn(proxyUrl: string, pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HTTPS_PROXY=${proxyUrl}`);
  } catch {
    return false; // it has ended, or is somebody else's
  }
}

/** The stand-in provider (packages/sandbox/src/azurerm/resident.ts): what a machine runs of it are its launchers. */
function isResident(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('resident');
  } catch {
    return true; // it has ended
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended by itself
  }
}

/** Until nothing that it had started runs any more, and what it had sent is answered: no request has arrived for a while. */
export async function untilQuiet(world: World): Promise<void> {
  while (machinesOf(world).length > 0) await sleep(25);
  for (let seen = -1; seen !== world.ledger.requests.length; ) {
    seen = world.ledger.requests.length;
    await sleep(300);
    // When this process was too busy to read, what has arrived is read first.
    await turn();
    await turn();
  }
}

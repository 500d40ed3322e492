import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** What a process has needed so far; asked until it has ended. */
export interface ProcessUse {
  /** The most memory that it held, in MiB. */
  readonly peak: number;
  /** Seconds of processors, its own and the system's for it. */
  readonly cpu: number;
}

/**
 * The most memory that a process has held, in MiB, by its `/proc/<pid>/status`. Not what the system counts for the process: that
 * holds what its parent had when it began.
 */
function peakIn(status: string): number {
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** The most memory that this process has held, in MiB. */
export const ownPeak = (): number => peakIn(readFileSync('/proc/self/status', 'utf8'));

/** Clock ticks per second in `/proc`: fixed for programs (proc(5), USER_HZ). */
const ticks = 100;

/** Looks at a process every few milliseconds, until it is stopped: `stop` gives the last that was seen. */
export function watchProcess(pid: number | undefined): { stop(): ProcessUse } {
  let seen: ProcessUse = { peak: 0, cpu: 0 };
  const look = async () => {
    const [status, stat] = await Promise.all(
      ['status', 'stat'].map(file => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    const fields = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ');
    seen = {
      peak: Math.max(seen.peak, peakIn(status ?? '')),
      cpu: Math.max(seen.cpu, (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticks),
    };
  };
  const timer = setInterval(() => void look(), 10);
  return {
    stop: () => {
      clearInterval(timer);
      return seen;
    },
  };
}

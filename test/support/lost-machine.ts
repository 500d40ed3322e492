import { readFileSync } from 'node:fs';
import type { RunningStep, World } from '@suite/sandbox';

/** The machine of a step is lost: the bundle and what it has started. Terraform runs in a process group of its own. */
export function loseMachine(running: RunningStep | undefined): void {
  if (running === undefined) throw new Error('Nothing runs that could be lost.');
  const children = readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, 'utf8').trim();
  running.kill();
  for (const pid of children.split(' ').filter(text => text !== '')) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended by itself
    }
  }
}

/** Until no request has arrived for a while: what a lost machine had sent is answered. */
export async function untilQuiet(world: World): Promise<void> {
  for (let seen = -1; seen !== world.ledger.requests.length; ) {
    seen = world.ledger.requests.length;
    await new Promise(resolve => setTimeout(resolve, 300));
  }
}

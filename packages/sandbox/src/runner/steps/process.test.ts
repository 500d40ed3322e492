import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { closeTestRunners, jobNamed, runWorkflowFile, stepNamed, testClock } from '../testing.ts';
import { type RunningProcess, startProcess } from './process.ts';

describe('a process in the background', () => {
  let folder: string;
  let running: RunningProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'process-'));
  });

  afterEach(async () => {
    running?.killAll();
    await rm(folder, { recursive: true, force: true });
  });

  /** Until the script itself has ended: then the runner sleeps. */
  async function begun(script: string) {
    const clock = testClock();
    const lines: string[] = [];
    const environment = { PATH: process.env['PATH'] ?? '' };
    const onLine = (line: string) => lines.push(line);
    const started = startProcess({ file: 'bash', args: ['-c', script], folder, environment, onLine }, clock);
    running = started;
    await until(() => lines.length === 1 && clock.sleepers === 1);
    return { clock, lines, exit: started.exit };
  }

  const afterGo = (script: string) => `(until [ -f go ]; do sleep 0.02; done; ${script}) & echo started; exit 3`;

  test('that holds the output open holds its step up for 5 s, and goes on unheard', async () => {
    const { clock, lines, exit } = await begun(afterGo('echo late; echo > done; sleep 300'));
    clock.pass(4_999);
    expect(clock.sleepers).toBe(1);
    clock.pass(1);
    expect(await exit).toBe(3);
    await writeFile(join(folder, 'go'), '');
    await until(() => existsSync(join(folder, 'done')));
    expect(lines).toEqual(['started']);
  });

  test('that ends sooner is heard to its end', async () => {
    const { clock, lines, exit } = await begun(afterGo('echo late'));
    await writeFile(join(folder, 'go'), '');
    expect(await exit).toBe(3);
    expect(lines).toEqual(['started', 'late']);
    expect(clock.sleepers).toBe(0);
  });
});

describe('the job', () => {
  afterEach(closeTestRunners);

  test('lets what runs in the background run until its end, and ends it then, whatever its process group', async () => {
    const run = await runWorkflowFile(`on: push
jobs:
  a:
    runs-on: x
    steps:
      - name: start
        run: |
          sleep 300 > /dev/null 2>&1 & echo $! | tee pids
          setsid sleep 300 > /dev/null 2>&1 & echo $! | tee -a pids
      - name: next
        run: for pid in $(cat pids); do kill -0 $pid && echo $pid; done
`);
    const pids = stepNamed(jobNamed(run, 'a'), 'next').log;
    expect(pids).toEqual(stepNamed(jobNamed(run, 'a'), 'start').log);
    expect(pids).toHaveLength(2);
    for (const pid of pids) await until(() => !isAlive(pid));
  });
});

function isAlive(pid: string): boolean {
  try {
    // A zombie has no command line.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(resolve => setImmediate(resolve));
}

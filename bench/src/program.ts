import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watchProcess } from './process-use.ts';

export interface ProgramRun {
  readonly seconds: number;
  /** The most memory that the process held, in MiB. */
  readonly peak: number;
}

/** Runs a program to its end. Throws an Error with what it said when it fails. */
export async function measureProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<ProgramRun> {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env });
  let said = '';
  child.stderr.on('data', chunk => {
    said += String(chunk);
  });
  const watching = watchProcess(child.pid);
  const [code] = await once(child, 'exit');
  const { peak } = watching.stop();
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`);
  return { seconds: (performance.now() - started) / 1000, peak };
}

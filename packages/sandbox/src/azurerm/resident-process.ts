import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Resident {
  /** Where what Terraform starts finds it. */
  readonly port: number;
  end(): void;
}

/**
 * Starts the stand-in provider once for a whole world, in that world's network: `words` are its JavaScript, and before it arguments
 * for Node. It ends with this process at the latest.
 */
export async function startResident(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Resident> {
  const child = spawn(process.execPath, [...words, 'resident'], {
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
    // What interrupts a terminal is for Terraform and whoever waits for it.
    detached: true,
  });
  const [line = ''] = await new Promise<string[]>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', code => reject(new Error(`The stand-in provider ended with ${code}.`)));
    createInterface(child.stdout).once('line', text => resolve([text]));
  });
  child.unref();
  return { port: Number(line), end: () => void child.stdin.end() };
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A program in a folder: what it prints, without the last line break. Throws an Error with what it says when it fails. */
export type Program = (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<string>;

const start = promisify(execFile);

export function programIn(name: string, cwd: string): Program {
  return async (args, env = {}) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 256 * 1024 * 1024 };
    const { stdout } = await start(name, args, options).catch(error => {
      throw new Error(`${name} ${args[0]} failed: ${String(error.stderr || error.message).trim()}`, { cause: error });
    });
    return stdout.replace(/\n$/, '');
  };
}

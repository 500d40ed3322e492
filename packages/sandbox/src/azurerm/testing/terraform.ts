import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseJson } from '@suite/foundation';
import { installMirror } from '../mirror.ts';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whether there is a Terraform to try the provider with. */
export const hasTerraform = spawnSync('terraform', ['version'], { stdio: 'ignore' }).status === 0;

/** A mirror with the provider as it stands in the sources, unbundled. */
export async function mirrorFromSource(directory: string): Promise<string> {
  const { cliConfigFile } = await installMirror({
    directory,
    nodeBundle: fileURLToPath(new URL('../main.ts', import.meta.url)),
    nodeArguments: ['--conditions=source', '--disable-warning=ExperimentalWarning'],
  });
  return cliConfigFile;
}

/** Runs Terraform to its end; `onLine` sees each line of its output as it comes, with the process to signal. */
export function terraform(
  directory: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  onLine?: (line: string, interrupt: () => void) => void,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const inherited = { PATH: process.env['PATH'], HOME: directory };
    const child = spawn('terraform', [...args], {
      cwd: directory,
      env: { ...inherited, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', ...environment },
    });
    const out: string[] = [];
    const err: string[] = [];
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out.push(chunk);
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine?.(line, () => child.kill('SIGINT'));
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => err.push(chunk));
    child.once('error', reject);
    child.once('close', code => resolve({ code, stdout: out.join(''), stderr: err.join('') }));
  });
}

/** The errors in a `-json` stream: summary, and the address when there is one. */
export function errorsOf(
  stdout: string,
): readonly { readonly summary: string; readonly address: string | undefined }[] {
  return stdout.split('\n').flatMap(line => {
    const message = parseJson(line) as
      | { diagnostic?: { severity: string; summary: string; address?: string } }
      | undefined;
    const diagnostic = message?.diagnostic;
    return diagnostic?.severity === 'error' ? [{ summary: diagnostic.summary, address: diagnostic.address }] : [];
  });
}

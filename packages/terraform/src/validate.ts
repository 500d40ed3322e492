import type { Exit, ProcessRunner } from '@suite/action-kit';
import { asArray, asObject, parseJson, printable, shorten, UserError } from '@suite/foundation';
import { type Diagnostic, diagnosticSentence, readDiagnostic, readTextDiagnostics } from './diagnostics.ts';
import type { Engine } from './engine.ts';

export interface ToolOptions {
  readonly engine: Engine;
  /** The program, from `locateEngine`. */
  readonly file: string;
  /** From `toolEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  readonly processes: ProcessRunner;
}

/**
 * What `terraform validate` finds in a configuration; the provider is installed for it, the state is left alone. Throws a
 * UserError when the provider cannot be installed.
 */
export async function validateConfiguration(directory: string, options: ToolOptions): Promise<Diagnostic[]> {
  const { engine } = options;
  const run = (args: readonly string[]) => start(directory, args, options);
  const init = await run(['init', '-backend=false', '-input=false', '-no-color']);
  if (init.code !== 0) throw failed(`${engine.command} init`, init);
  const exit = await run(['validate', '-json']);
  const answer = asObject(parseJson(exit.stdout));
  if (answer['valid'] === undefined) throw failed(`${engine.command} validate`, exit);
  return asArray(answer['diagnostics']).flatMap(value => readDiagnostic(value) ?? []);
}

/** Terraform files below a folder that `terraform fmt` would write differently, relative to it. */
export async function misformattedFiles(directory: string, options: ToolOptions): Promise<string[]> {
  const exit = await start(directory, ['fmt', '-check', '-recursive', '-list=true', '-no-color'], options);
  // 0: nothing to do. 3: some files differ. 2: some cannot be read as Terraform at all.
  if (exit.code !== 0 && exit.code !== 3) throw failed(`${options.engine.command} fmt`, exit);
  return exit.stdout.split('\n').filter(line => line !== '');
}

function start(cwd: string, args: readonly string[], { file, env, processes }: ToolOptions): Promise<Exit> {
  return processes.run({ file, args, cwd, env, captureStdout: true });
}

function failed(command: string, { stderr, code }: Exit): UserError {
  const said = readTextDiagnostics(stderr).map(diagnosticSentence).join(' ');
  const text = shorten(
    printable(said === '' ? stderr : said)
      .replace(/\s+/g, ' ')
      .trim(),
    1500,
  );
  return new UserError({
    message: `\`${command}\` failed${text === '' ? ` with exit code ${code}` : `: ${text}`}`,
    remedy: 'Run it in that folder to see all of it.',
  });
}

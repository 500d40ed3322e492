import { UserError } from '@suite/foundation';
import type { ProcessRunner } from './process.ts';

/** A ProcessRunner over `@actions/exec` for commands that answer at once, such as `terraform version`. */
export function createShortRunner(): ProcessRunner {
  return {
    run: async command => {
      const { getExecOutput } = await import('@actions/exec');
      const { which } = await import('./which.ts');
      const file = await which(command.file, command.env);
      if (file === undefined) {
        throw new UserError({
          message: `The program \`${command.file}\` was not found.`,
          remedy: 'Install it on the runner.',
        });
      }
      const output = await getExecOutput(`"${file}"`, [...command.args], {
        cwd: command.cwd,
        env: { ...command.env },
        silent: true,
        ignoreReturnCode: true,
        ...(command.input === undefined ? {} : { input: Buffer.from(command.input) }),
      });
      for (const line of lines(output.stdout)) command.onStdout?.(line);
      for (const line of lines(output.stderr)) command.onStderr?.(line);
      return { code: output.exitCode, signal: null, stdout: output.stdout, stderr: output.stderr, interrupted: false };
    },
  };
}

function lines(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

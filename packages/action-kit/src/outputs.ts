import * as core from '@actions/core';
import { UserError } from '@suite/foundation';

/** Sets step outputs. `core` writes them with an unguessable delimiter, so a value cannot forge another output. */
export function setOutputs(outputs: Readonly<Record<string, string | number | boolean | undefined>>): void {
  write('The outputs of this step cannot be written.', 'GITHUB_OUTPUT', () => {
    for (const [name, value] of Object.entries(outputs)) if (value !== undefined) core.setOutput(name, value);
  });
}

/** Hands a value on to the post stage of this step. */
export function saveState(name: string, value: string): void {
  write('What the post stage of this step has to know cannot be written.', 'GITHUB_STATE', () =>
    core.saveState(name, value),
  );
}

function write(message: string, file: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw new UserError(
      { message, remedy: `Check the disk of the runner, and that ${file} is as the runner sets it.` },
      { cause },
    );
  }
}

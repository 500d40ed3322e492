import * as core from '@actions/core';
import { UserError } from '@suite/foundation';

/** Sets step outputs. `core` writes them with an unguessable delimiter, so a value cannot forge another output. */
export function setOutputs(outputs: Readonly<Record<string, string | number | boolean | undefined>>): void {
  try {
    for (const [name, value] of Object.entries(outputs)) if (value !== undefined) core.setOutput(name, value);
  } catch (cause) {
    throw new UserError(
      {
        message: 'The outputs of this step cannot be written.',
        remedy: 'Check the disk of the runner, and that GITHUB_OUTPUT is as the runner sets it.',
      },
      { cause },
    );
  }
}

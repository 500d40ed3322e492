import * as core from '@actions/core';

/** Sets step outputs. `core` writes them with an unguessable delimiter, so a value cannot forge another output. */
export function setOutputs(outputs: Readonly<Record<string, string | number | boolean | undefined>>): void {
  for (const [name, value] of Object.entries(outputs)) if (value !== undefined) core.setOutput(name, value);
}

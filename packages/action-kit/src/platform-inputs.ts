import { text } from './inputs.ts';

/** Inputs that mean the same in every action. */

/** What `shared` and names of environments look like. */
export const scopePattern = /^[a-z][a-z0-9-]{0,31}$/;

export const scopeName = text(scopePattern, 'Use `shared` or the name of an environment in the platform file.');

export const location = text(/^[a-z][a-z0-9]{1,39}$/, 'Use an Azure location such as `westeurope`.');

/** A SHA-256 that a plan gave; `output` is the output's name. */
export function planHash(output: string) {
  return text(/^[0-9a-f]{64}$/, `Use the \`${output}\` output of a plan: 64 hexadecimal digits.`);
}

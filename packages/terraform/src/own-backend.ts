import { asObject, type Problem, parseJson } from '@suite/foundation';
import { type Backend, backendSettings } from './backend.ts';

const line = '`terraform { backend "azurerm" {} }`';

/**
 * Whether a root of somebody's own keeps its state where the suite says. `settings`: what `init` has written into its data folder
 * (`terraform.tfstate`: the backend's type, and each of its settings or null); undefined where it wrote nothing. Pure.
 */
export function judgeBackend(root: string, settings: string | undefined, wanted: Backend): Problem | undefined {
  const { type, config } = asObject(asObject(parseJson(settings ?? ''))['backend']);
  if (type !== 'azurerm') return noBackend(root);
  const expected = backendSettings(wanted);
  const more = Object.entries(asObject(config))
    .filter(([name, value]) => value !== null && String(value) !== expected[name])
    .map(([name]) => `\`${name}\``);
  if (more.length === 0) return undefined;
  return {
    message: `The backend of ${root} says ${more.join(', ')} itself. Where the state lives comes from the platform lock, and who reaches it from the job. Nothing was planned.`,
    remedy: `Write ${line} there, with nothing in it.`,
  };
}

export function noBackend(root: string): Problem {
  return {
    message: `${root} has no \`backend "azurerm" {}\`, so its state would not be where the platform lock says. Nothing was planned.`,
    remedy: `Add ${line} to it, with nothing in it, and no other backend and no \`cloud\` block.`,
  };
}

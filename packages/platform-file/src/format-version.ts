import { isObject, UserError } from '@suite/foundation';
import type { Positioned } from './position.ts';

/** Of platform files and of locks: the only one that there has been. */
export const formatVersion = 1;

/**
 * Throws when a file says that it is of a later format. Nothing else of it is judged: the same words may mean something else there, and
 * a list of keys that are not known would only lead astray.
 */
export function refuseLaterFormat({ value, locate }: Positioned): void {
  const version = isObject(value) ? value['version'] : undefined;
  if (typeof version !== 'number' || !Number.isInteger(version) || version <= formatVersion) return;
  throw new UserError({
    message: `\`version\` is \`${version}\`, and this release of the suite reads version ${formatVersion}. Nothing else of the file was judged.`,
    location: locate(['version']),
    remedy: 'Name a newer release of the suite behind the `@` of each `uses:`; its notes say what is different.',
  });
}

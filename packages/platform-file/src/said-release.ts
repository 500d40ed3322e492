import type { Merged } from './layers.ts';
import type { KnownRelease } from './resolved.ts';

export type Said = NonNullable<Merged['releases']>;

/** What somebody says of a release that is on; nothing where they only switch it on. */
export function block<Name extends KnownRelease>(
  name: Name,
  said: Said,
): Partial<Exclude<Said[Name], boolean | undefined>> {
  const settings: Said[Name] = said[name];
  return (typeof settings === 'object' ? settings : {}) as Partial<Exclude<Said[Name], boolean | undefined>>;
}

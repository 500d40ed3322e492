import { UserError } from '@suite/foundation';
import type { Reach } from './look.ts';
import { compareVersions, isCompatible, isReleased } from './semver.ts';

/**
 * The newest version among the tags of a chart in an OCI registry. Helm itself sees no tag that begins with a `v`. Throws a UserError where
 * none is a version from `version` on.
 */
export function newestTag(tags: readonly string[], version: string, reach: Reach): string {
  const [newest] = tags
    // Tags have no plus sign: Helm writes an underscore for it.
    .map(tag => tag.replaceAll('_', '+'))
    .filter(isReleased)
    .filter(tag => compareVersions(tag, version) >= 0)
    .filter(tag => reach === 'any' || isCompatible(tag, version))
    .toSorted((one, other) => compareVersions(other, one));
  if (newest === undefined) throw new UserError({ message: `Its registry lists no version from \`${version}\` on.` });
  return newest;
}

import type { Cluster } from '@suite/platform-file';
import { type Match, minor, type Seen, same } from './match.ts';

/** One named property: what it has to be, where it is read, and when what was read is as good as what was expected. */
export interface Check<Subject> {
  /** What a person calls it, e.g. `Image Cleaner interval`. */
  readonly what: string;
  /** Where ARM has it: below `properties` (but `sku` and `identity`), of a pool below its profile. */
  readonly path: string;
  readonly expected: Exclude<Seen, undefined>;
  readonly read: (subject: Subject) => Seen;
  readonly match: Match;
  /** Where it can be asked at all: the settings of a feature that is off are not further differences. */
  readonly applies?: (subject: Subject) => boolean;
}

export function check<Subject>(
  what: string,
  path: string,
  expected: Exclude<Seen, undefined>,
  read: (subject: Subject) => Seen,
  match: Match = same,
): Check<Subject> {
  return { what, path, expected, read, match };
}

/** The settings of a feature, which are checked where it is wanted and on. */
export function settings<Subject, Wanted>(
  wanted: Wanted | undefined,
  applies: (subject: Subject) => boolean,
  checks: (wanted: Wanted) => readonly Check<Subject>[],
): Check<Subject>[] {
  return wanted === undefined ? [] : checks(wanted).map(single => ({ ...single, applies }));
}

/** Where Azure chooses the minor, no version is wrong. */
export function versionCheck<Subject extends { readonly version: string | undefined }>(
  wanted: Cluster,
  path: string,
): Check<Subject>[] {
  const channel = wanted.upgrades.cluster;
  if (channel === 'stable' || channel === 'rapid') return [];
  return [check<Subject>('Kubernetes version', path, wanted.version, live => live.version, minor)];
}

import semver from 'semver';

/** The platform file and Helm take numbers with leading zeros, which Semantic Versioning does not. */
const options = { loose: true };

/** Below zero where `one` is older (semver.org, 11). A leading `v` and what follows a plus sign play no part. Both are whole versions. */
export function compareVersions(one: string, other: string): number {
  return semver.compare(one, other, options);
}

/** Whether it is a whole version (`1.2.3`, `v1.2.3`) of something that was released. */
export function isReleased(version: string): boolean {
  return semver.valid(version) !== null && semver.prerelease(version) === null;
}

/** Whether `newer` is no older, and has the same first number that is not zero. */
export function isCompatible(newer: string, version: string): boolean {
  return semver.satisfies(newer, `^${version}`, options);
}

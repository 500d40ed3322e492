/** Versions of the suite: `v1.2.3`. Imports nothing, because it also runs where nothing is installed (publish.ts). */
export type Version = readonly [major: number, minor: number, patch: number];

export function parseVersion(tag: string): Version | undefined {
  const numbers = /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(tag)?.slice(1).map(Number);
  return numbers === undefined ? undefined : [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0];
}

/** The tag that follows the newest release of a major version: `v1`. */
export function movingTag([major]: Version): string {
  return `v${major}`;
}

/** Of these tags the newest version that the condition takes; other tags are left out. */
export function newest(tags: readonly string[], takes: (version: Version) => boolean = () => true): string | undefined {
  return tags
    .flatMap(tag => {
      const version = parseVersion(tag);
      return version !== undefined && takes(version) ? [{ tag, version }] : [];
    })
    .sort((a, b) => compare(b.version, a.version))[0]?.tag;
}

/** The newest release before a version. */
export function releaseBefore(version: Version, tags: readonly string[]): string | undefined {
  return newest(tags, other => compare(other, version) < 0);
}

/** What may come after a release, or first. Nothing is left out: who pins a version sees what lies between. */
export function nextVersions(before: string | undefined): readonly string[] {
  const version = before === undefined ? undefined : parseVersion(before);
  if (version === undefined) return ['v1.0.0'];
  const [major, minor, patch] = version;
  return [`v${major}.${minor}.${patch + 1}`, `v${major}.${minor + 1}.0`, `v${major + 1}.0.0`];
}

export function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

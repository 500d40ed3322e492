import { join, relative, resolve, sep } from 'node:path';
import { pathInside } from '@suite/foundation';

/** Where the configuration of a scope comes from. All paths are absolute. */
export interface Sources {
  /** `suite`: the suite's own root. `extension`: with a team's files beside it. `root`: a team's root in its place. */
  readonly kind: 'suite' | 'extension' | 'root';
  /** The repository that was checked out. */
  readonly repository: string;
  /** The team's folder; that of the platform file where there is none. A lock of providers lies in it. */
  readonly folder: string;
  /** Undefined where providers are not locked. */
  readonly lockFile: string | undefined;
  /** Files of variables, the later one over the earlier one. */
  readonly variableFiles: readonly string[];
}

export const lockName = '.terraform.lock.hcl';

/**
 * Put before the names of an extension's files, so that they may be called like the suite's. Terraform reads files in the order of
 * their names and blames the later one for a name that is taken: that is to be the team's.
 */
export const extensionPrefix = 'yours-';

/** What Terraform or Git keep beside a configuration, and nobody wrote. */
export function isWritten(name: string): boolean {
  return !/^(?:\.terraform|\.git)$|\.tfstate(?:\.|$)/.test(name);
}

/** The team's folder, or the platform file's, as the repository names it; `.` for the repository itself. */
export function shownFolder({ repository, folder }: Pick<Sources, 'repository' | 'folder'>): string {
  return pathInside(repository, folder) || '.';
}

/** The lock of providers as the repository names it, whether or not it is there. */
export function shownLock({ repository, folder }: Pick<Sources, 'repository' | 'folder'>): string {
  return pathInside(repository, join(folder, lockName));
}

/**
 * The file of the repository behind one that Terraform names; undefined where it is the suite's. `isTheirs` knows the files of an
 * extension by their names in its folder. `temporary`: where modules from elsewhere are installed, which no repository has.
 */
export function placeIn(sources: Sources, isTheirs: (path: string) => boolean, temporary: string) {
  const { kind, repository, folder } = sources;
  return (file: string): string | undefined => {
    if (file === lockName) return sources.lockFile === undefined ? undefined : shownLock(sources);
    if (kind === 'suite' || file.startsWith(temporary)) return undefined;
    if (kind === 'root') {
      // Terraform follows the links around the root, and then names files by where they really are.
      const path = resolve(folder, file);
      return relative(repository, path).startsWith(`..${sep}`) ? undefined : pathInside(repository, path);
    }
    const path = file.startsWith(extensionPrefix) ? file.slice(extensionPrefix.length) : file;
    return isTheirs(path) && (path !== file || file.includes('/'))
      ? pathInside(repository, join(folder, path))
      : undefined;
  };
}

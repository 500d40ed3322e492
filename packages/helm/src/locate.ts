import { isVersionFrom, type LocatedTool, type LocateOptions, locateTool, type Tool } from '@suite/action-kit';
import { pinnedRelease, releasePlatform, releaseUrl } from './release.ts';

/** The flags and the output that this package knows are those of Helm 4; 4.1 is the first version that was tried. */
export const supportedVersions = '4.1 or a newer 4.x';

const helm: Tool = {
  name: 'helm',
  title: 'Helm',
  versionArguments: ['version', '--template', '{{.Version}}'],
  readVersion: stdout => /^v?(\d+\.\d+\.\d+\S*)\s*$/.exec(stdout)?.[1],
  isSupported,
  demand: `it has to be ${supportedVersions}`,
  installation: `Install Helm ${supportedVersions} on the runner, for example with \`azure/setup-helm\` in a step before this one.`,
  platformOf: releasePlatform,
  archiveUrl: releaseUrl,
  // The archive holds one folder that is named like the platform.
  folderOf: platform => platform,
};

/** A Helm from 4.1 to 4.x. Throws a UserError that says what to install. */
export function locateHelm({
  release = pinnedRelease,
  ...options
}: Omit<LocateOptions, 'release'> & Partial<Pick<LocateOptions, 'release'>>): Promise<LocatedTool> {
  return locateTool(helm, { ...options, release });
}

/** True from 4.1.0 to the last 4.x. A pre-release of 4.1.0 is older than it. */
export function isSupported(version: string): boolean {
  return isVersionFrom(version, [4, 1]) && version.startsWith('4.');
}

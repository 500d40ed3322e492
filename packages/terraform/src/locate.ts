import { isVersionFrom, type LocatedTool, type LocateOptions, locateTool, type Tool } from '@suite/action-kit';
import { asObject, asString, parseJson } from '@suite/foundation';
import { pinnedRelease, releasePlatform, releaseUrl } from './release.ts';

/** Write-only arguments, with which no credential stands in a state, exist since 1.11. */
export const leastVersion = '1.11';

const terraform: Tool = {
  name: 'terraform',
  title: 'Terraform',
  versionArguments: ['version', '-json'],
  readVersion: stdout => asString(asObject(parseJson(stdout))['terraform_version']),
  isSupported: isRecentEnough,
  demand: `${leastVersion} is the oldest that works`,
  installation: `Install Terraform ${leastVersion} or newer on the runner, for example with \`hashicorp/setup-terraform\` in a step before this one.`,
  platformOf: releasePlatform,
  archiveUrl: releaseUrl,
  folderOf: () => '',
};

/** Any Terraform from 1.11 on. Throws a UserError that says what to install. */
export function locateTerraform({
  env,
  release = pinnedRelease,
  ...options
}: Omit<LocateOptions, 'release'> & Partial<Pick<LocateOptions, 'release'>>): Promise<LocatedTool> {
  // Without it Terraform would ask HashiCorp for news.
  return locateTool(terraform, { ...options, release, env: { ...env, CHECKPOINT_DISABLE: '1' } });
}

/** True from 1.11.0 on. A pre-release of 1.11.0 is older than it. */
export function isRecentEnough(version: string): boolean {
  return isVersionFrom(version, [1, 11]);
}

import {
  isVersionFrom,
  type LocatedTool,
  type LocateOptions,
  locateTool,
  type Tool,
  type ToolRelease,
} from '@suite/action-kit';
import { asObject, asString, parseJson } from '@suite/foundation';
import type { Engine } from './engine.ts';
import { pinnedRelease, pinnedTofu, releasePlatform, releaseUrl, tofuUrl } from './release.ts';

/** Write-only arguments, with which no credential stands in a state, exist in both since 1.11. */
export const leastVersion = '1.11';

interface Distribution {
  readonly release: ToolRelease;
  readonly archiveUrl: Tool['archiveUrl'];
  /** What installs it in a step before. */
  readonly setup: string;
}

const distributions: Readonly<Record<Engine['name'], Distribution>> = {
  terraform: { release: pinnedRelease, archiveUrl: releaseUrl, setup: 'hashicorp/setup-terraform' },
  opentofu: { release: pinnedTofu, archiveUrl: tofuUrl, setup: 'opentofu/setup-opentofu' },
};

/** The engine's program, in any version from 1.11 on. Throws a UserError that says what to install. */
export function locateEngine(
  { name, title, command }: Engine,
  { env, ...options }: Omit<LocateOptions, 'release'> & Partial<Pick<LocateOptions, 'release'>>,
): Promise<LocatedTool> {
  const { release, archiveUrl, setup } = distributions[name];
  const tool: Tool = {
    name: command,
    title,
    versionArguments: ['version', '-json'],
    // OpenTofu says it under the name of old.
    readVersion: stdout => asString(asObject(parseJson(stdout))['terraform_version']),
    isSupported: isRecentEnough,
    demand: `${leastVersion} is the oldest that works`,
    installation: `Install ${title} ${leastVersion} or newer on the runner, for example with \`${setup}\` in a step before this one.`,
    platformOf: releasePlatform,
    archiveUrl,
    folderOf: () => '',
  };
  // Without it Terraform would ask HashiCorp for news.
  return locateTool(tool, { release, ...options, env: { ...env, CHECKPOINT_DISABLE: '1' } });
}

/** True from 1.11.0 on. A pre-release of 1.11.0 is older than it. */
export function isRecentEnough(version: string): boolean {
  return isVersionFrom(version, [1, 11]);
}

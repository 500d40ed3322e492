import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ProcessRunner } from '@suite/action-kit';
import { UserError } from '@suite/foundation';
import { pinnedRelease, type Release, releasePlatform, releaseUrl } from './release.ts';
import type { ToolStore } from './tool-store.ts';

/** A Helm that can be used. */
export interface HelmBinary {
  /** What to start: `helm` when it is on PATH, else a full path. */
  readonly file: string;
  readonly version: string;
  readonly source: 'path' | 'cache' | 'download';
}

export interface LocateOptions {
  readonly processes: ProcessRunner;
  readonly tools: ToolStore;
  /** Complete environment for `helm version`, from `helmEnvironment`; PATH is searched by the process runner. */
  readonly env: Readonly<Record<string, string>>;
  /** Node's words: `linux`, `darwin`, `win32`; `x64`, `arm64`. */
  readonly platform: string;
  readonly arch: string;
  readonly cwd: string;
  readonly release?: Release;
}

/** The flags and the output that this package knows are those of Helm 4; 4.1 is the first version that was tried. */
export const supportedVersions = '4.1 or a newer 4.x';

/**
 * A Helm from 4.1 to 4.x on PATH, else the tool cache, else the pinned release, downloaded and checked against its SHA-256.
 * Throws a UserError that says what to install.
 */
export async function locateHelm(options: LocateOptions): Promise<HelmBinary> {
  const onPath = await readVersion(options);
  if (onPath.usable) return { file: 'helm', version: onPath.version, source: 'path' };

  const release = options.release ?? pinnedRelease;
  const executable = options.platform === 'win32' ? 'helm.exe' : 'helm';
  const cached = await options.tools.find('helm', release.version, options.arch);
  if (cached !== undefined) return { file: join(cached, executable), version: release.version, source: 'cache' };

  const platform = releasePlatform(options.platform, options.arch);
  const checksum = platform === undefined ? undefined : release.checksums[platform];
  if (platform === undefined || checksum === undefined) {
    throw new UserError({
      message: `${onPath.problem} None is offered for download on ${options.platform} ${options.arch}.`,
      remedy: installation,
    });
  }
  const folder = await download(options.tools, releaseUrl(release.version, platform), checksum, onPath.problem);
  const kept = await options.tools.cache(join(folder, platform), 'helm', release.version, options.arch);
  return { file: join(kept, executable), version: release.version, source: 'download' };
}

const installation = `Install Helm ${supportedVersions} on the runner, for example with \`azure/setup-helm\` in a step before this one.`;

type OnPath =
  | { readonly usable: true; readonly version: string }
  | { readonly usable: false; readonly problem: string };

async function readVersion(options: LocateOptions): Promise<OnPath> {
  let stdout: string;
  try {
    const exit = await options.processes.run({
      file: 'helm',
      args: ['version', '--template', '{{.Version}}'],
      cwd: options.cwd,
      env: options.env,
      captureStdout: true,
    });
    stdout = exit.stdout;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { usable: false, problem: 'Helm is not on PATH.' };
  }
  const version = /^v?(\d+\.\d+\.\d+\S*)\s*$/.exec(stdout)?.[1];
  if (version === undefined) return { usable: false, problem: 'The `helm` on PATH does not say its version.' };
  if (isSupported(version)) return { usable: true, version };
  return { usable: false, problem: `The Helm on PATH is ${version}; it has to be ${supportedVersions}.` };
}

/** True from 4.1.0 to the last 4.x. A pre-release of 4.1.0 is older than it. */
export function isSupported(version: string): boolean {
  const match = /^(\d+)\.(\d+)\.(\d+)(-)?/.exec(version);
  if (match === null) return false;
  const [major, minor, patch] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (major !== 4) return false;
  if (minor !== 1) return minor > 1;
  return patch > 0 || match[4] === undefined;
}

async function download(tools: ToolStore, url: string, checksum: string, problem: string): Promise<string> {
  let file: string;
  try {
    file = await tools.download(url);
  } catch (cause) {
    throw new UserError(
      {
        message: `${problem} It could not be downloaded from ${url}.`,
        remedy: `${installation} Or let the runner reach that address.`,
      },
      { cause },
    );
  }
  const actual = await hashFile(file);
  if (actual !== checksum) {
    throw new UserError({
      message: `The file from ${url} has the SHA-256 ${actual} instead of ${checksum} and was not used.`,
      remedy: `Find out what your proxy changes. ${installation}`,
    });
  }
  return url.endsWith('.zip') ? tools.extractZip(file) : tools.extractTar(file);
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

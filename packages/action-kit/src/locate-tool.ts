import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '@suite/foundation';
import type { ProcessRunner } from './process.ts';
import type { ToolStore } from './tools.ts';

/** A program that the suite starts, and the one release of it that is downloaded when a runner has none. */
export interface Tool {
  /** As it is called on PATH and in the tool cache: `terraform`. */
  readonly name: string;
  /** As people call it: `Terraform`. */
  readonly title: string;
  /** What makes it print its version, and how that is read; undefined for other output. */
  readonly versionArguments: readonly string[];
  readVersion(stdout: string): string | undefined;
  isSupported(version: string): boolean;
  /** What is wrong with a version that is not supported, a clause: `1.11 is the oldest that works`. */
  readonly demand: string;
  /** What a person has to do, one sentence. */
  readonly installation: string;
  /** A platform in the words of the archives, from Node's: `linux_amd64`. Undefined for one that they do not name. */
  platformOf(platform: string, arch: string): string | undefined;
  archiveUrl(version: string, platform: string): string;
  /** Where the program lies in the unpacked archive. */
  folderOf(platform: string): string;
}

export interface ToolRelease {
  readonly version: string;
  /** SHA-256 in lower-case hex, by platform in the words of the archives. Platforms without an entry are not downloaded. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** A program that can be used. */
export interface LocatedTool {
  /** What to start: its name when it is on PATH, else a full path. */
  readonly file: string;
  readonly version: string;
  readonly source: 'path' | 'cache' | 'download';
}

export interface LocateOptions {
  readonly processes: ProcessRunner;
  readonly tools: ToolStore;
  /** Complete environment for asking its version; PATH is searched by the process runner. */
  readonly env: Readonly<Record<string, string>>;
  /** Node's words: `linux`, `darwin`, `win32`; `x64`, `arm64`. */
  readonly platform: string;
  readonly arch: string;
  readonly cwd: string;
  readonly release: ToolRelease;
}

/**
 * A supported version on PATH, else the tool cache, else the release, downloaded and checked against its SHA-256. Throws a
 * UserError that says what to install.
 */
export async function locateTool(tool: Tool, options: LocateOptions): Promise<LocatedTool> {
  const { tools, platform, arch, release } = options;
  const onPath = await askVersion(tool, options);
  if (onPath.usable) return { file: tool.name, version: onPath.version, source: 'path' };

  const executable = platform === 'win32' ? `${tool.name}.exe` : tool.name;
  const cached = await tools.find(tool.name, release.version, arch);
  if (cached !== undefined) return { file: join(cached, executable), version: release.version, source: 'cache' };

  const built = tool.platformOf(platform, arch);
  const checksum = built === undefined ? undefined : release.checksums[built];
  if (built === undefined || checksum === undefined) {
    throw new UserError({
      message: `${onPath.problem} None is offered for download on ${platform} ${arch}.`,
      remedy: tool.installation,
    });
  }
  const unpacked = await download(tool, tools, tool.archiveUrl(release.version, built), checksum, onPath.problem);
  const kept = await tools.cache(join(unpacked, tool.folderOf(built)), tool.name, release.version, arch);
  return { file: join(kept, executable), version: release.version, source: 'download' };
}

type OnPath =
  | { readonly usable: true; readonly version: string }
  | { readonly usable: false; readonly problem: string };

async function askVersion(tool: Tool, { processes, cwd, env }: LocateOptions): Promise<OnPath> {
  const { name, title, versionArguments: args } = tool;
  let stdout: string;
  try {
    ({ stdout } = await processes.run({ file: name, args, cwd, env, captureStdout: true }));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { usable: false, problem: `${title} is not on PATH.` };
  }
  const version = tool.readVersion(stdout);
  if (version === undefined) return { usable: false, problem: `The \`${name}\` on PATH does not say its version.` };
  if (tool.isSupported(version)) return { usable: true, version };
  return { usable: false, problem: `The ${title} on PATH is ${version}; ${tool.demand}.` };
}

async function download(
  { installation }: Tool,
  tools: ToolStore,
  url: string,
  checksum: string,
  problem: string,
): Promise<string> {
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
      remedy: `Check what your proxy changes. ${installation}`,
    });
  }
  return url.endsWith('.zip') ? tools.extractZip(file) : tools.extractTar(file);
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** True from `<major>.<minor>.0` on. A pre-release of that very version is older than it. */
export function isVersionFrom(version: string, [leastMajor, leastMinor]: readonly [number, number]): boolean {
  const match = /^(\d+)\.(\d+)\.(\d+)(-)?/.exec(version);
  if (match === null) return false;
  const [major, minor, patch] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (major !== leastMajor) return major > leastMajor;
  if (minor !== leastMinor) return minor > leastMinor;
  return patch > 0 || match[4] === undefined;
}

/** `linux_amd64` for Node's `linux` and `x64`, as programs written in Go are named; undefined for other machines. */
export function goPlatform(platform: string, arch: string, separator: '_' | '-'): string | undefined {
  const system = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[platform];
  const machine = { x64: 'amd64', arm64: 'arm64' }[arch];
  return system === undefined || machine === undefined ? undefined : `${system}${separator}${machine}`;
}

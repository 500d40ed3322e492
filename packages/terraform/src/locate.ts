import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ProcessRunner } from '@suite/action-kit';
import { asObject, asString, parseJson, UserError } from '@suite/foundation';
import { pinnedRelease, type Release, releasePlatform, releaseUrl } from './release.ts';
import type { ToolStore } from './tool-store.ts';

/** A Terraform that can be used. */
export interface TerraformBinary {
  /** What to start: `terraform` when it is on PATH, else a full path. */
  readonly file: string;
  readonly version: string;
  readonly source: 'path' | 'cache' | 'download';
}

export interface LocateOptions {
  readonly processes: ProcessRunner;
  readonly tools: ToolStore;
  /** Complete environment for `terraform version`; PATH is searched by the process runner. */
  readonly env: Readonly<Record<string, string>>;
  /** Node's words: `linux`, `darwin`, `win32`; `x64`, `arm64`. */
  readonly platform: string;
  readonly arch: string;
  readonly cwd: string;
  readonly release?: Release;
}

/** Write-only arguments, with which no credential stands in a state, exist since 1.11. */
export const leastVersion = '1.11';

/**
 * Any Terraform from 1.11 on PATH, else the tool cache, else the pinned release, downloaded and checked against its
 * SHA-256. Throws a UserError that says what to install.
 */
export async function locateTerraform(options: LocateOptions): Promise<TerraformBinary> {
  const onPath = await readVersion(options);
  if (onPath.usable) return { file: 'terraform', version: onPath.version, source: 'path' };

  const release = options.release ?? pinnedRelease;
  const executable = options.platform === 'win32' ? 'terraform.exe' : 'terraform';
  const cached = await options.tools.find('terraform', release.version, options.arch);
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
  const kept = await options.tools.cache(folder, 'terraform', release.version, options.arch);
  return { file: join(kept, executable), version: release.version, source: 'download' };
}

const installation = `Install Terraform ${leastVersion} or newer on the runner, for example with \`hashicorp/setup-terraform\` in a step before this one.`;

type OnPath =
  | { readonly usable: true; readonly version: string }
  | { readonly usable: false; readonly problem: string };

async function readVersion(options: LocateOptions): Promise<OnPath> {
  let stdout: string;
  try {
    const exit = await options.processes.run({
      file: 'terraform',
      args: ['version', '-json'],
      cwd: options.cwd,
      // Without it Terraform would ask HashiCorp for news.
      env: { ...options.env, CHECKPOINT_DISABLE: '1' },
      captureStdout: true,
    });
    stdout = exit.stdout;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { usable: false, problem: 'Terraform is not on PATH.' };
  }
  const version = asString(asObject(parseJson(stdout))['terraform_version']);
  if (version === undefined) return { usable: false, problem: 'The `terraform` on PATH does not say its version.' };
  if (isRecentEnough(version)) return { usable: true, version };
  return { usable: false, problem: `The Terraform on PATH is ${version}; ${leastVersion} is the oldest that works.` };
}

/** True from 1.11.0 on. A pre-release of 1.11.0 is older than it. */
export function isRecentEnough(version: string): boolean {
  const match = /^(\d+)\.(\d+)\.(\d+)(-)?/.exec(version);
  if (match === null) return false;
  const [major, minor, patch] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (major !== 1) return major > 1;
  if (minor !== 11) return minor > 11;
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
  return tools.extractZip(file);
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

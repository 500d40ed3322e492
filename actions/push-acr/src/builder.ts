import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment, Log, ProcessRunner } from '@suite/action-kit';
import { CancelledError, shorten, UserError } from '@suite/foundation';
import { buildArgs, readDigest, withLogin } from './buildx.ts';
import type { BuildRequest } from './ports.ts';

export interface BuilderOptions {
  readonly host: string;
  readonly login: () => Promise<{ readonly user: string; readonly password: string }>;
  /** For what nobody else may read; removed in the end. */
  readonly folder: string;
  /** Docker's own. */
  readonly dockerFolder: string;
  readonly env: Environment;
  readonly cwd: string;
  readonly processes: ProcessRunner;
  readonly log: Log;
}

/** Builds with `docker buildx` and pushes, signed in to the registry for as long as it takes. Gives the digest. */
export async function build(
  request: BuildRequest,
  { host, login, folder, dockerFolder, env, cwd, processes, log }: BuilderOptions,
): Promise<string> {
  const metadataFile = join(folder, 'metadata.json');
  const config = join(folder, 'docker');
  try {
    await writeConfig(config, dockerFolder, host, await login());
    const exit = await processes.run({
      file: 'docker',
      args: buildArgs(request, { name: `${host}/${request.repository}`, metadataFile }),
      cwd,
      env: { ...buildEnvironment(env), DOCKER_CONFIG: config },
      onStdout: line => log.info(line),
      onStderr: line => log.info(line),
    });
    if (exit.interrupted) throw new CancelledError('The build was stopped; no tag has moved.');
    if (exit.code !== 0) {
      const last = exit.stderr.trim().split('\n').slice(-3).join(' ');
      throw new UserError({
        message: `docker buildx ended with ${exit.code ?? exit.signal}: ${shorten(last, 600)}`,
        remedy: 'Its output is in the log above. No tag has moved.',
      });
    }
    const digest = readDigest(await readFile(metadataFile, 'utf8').catch(() => ''));
    if (digest !== undefined) return digest;
    throw new UserError({
      message: 'docker buildx told no digest of what it pushed (`containerimage.digest`).',
      remedy: 'Use docker/setup-buildx-action before this step: a builder with the driver docker-container tells it.',
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Builders, contexts and plugins stay those of the job; only the logins are a copy. */
async function writeConfig(
  config: string,
  dockerFolder: string,
  host: string,
  login: { readonly user: string; readonly password: string },
): Promise<void> {
  await mkdir(config, { recursive: true, mode: 0o700 });
  const entries = await readdir(dockerFolder).catch(() => []);
  for (const entry of entries) {
    if (entry !== 'config.json') await symlink(join(dockerFolder, entry), join(config, entry));
  }
  const before = await readFile(join(dockerFolder, 'config.json'), 'utf8').catch(() => '{}');
  await writeFile(join(config, 'config.json'), withLogin(before, host, login), { mode: 0o600 });
}

/** What a Dockerfile's build may need of the job; never this step's inputs, nor the runner's own tokens. */
function buildEnvironment(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !/^(?:INPUT_|ACTIONS_|STATE_)/.test(entry[0]),
    ),
  );
}

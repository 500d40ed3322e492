import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { listScopes, parseLock, parsePlatform, resolveScope, type ScopeView } from '@suite/platform-file';
import { installMirror } from '../azurerm/mirror.ts';
import { startResident } from '../azurerm/resident-process.ts';
import { type Job, type RepositoryHandle, startWorld, type World } from '../world/index.ts';
import {
  type GitOpsSeed,
  type JobContext,
  jobOf,
  protectEnvironments,
  repository,
  seedGitOps,
  seedPlatform,
  seedTenant,
} from './seed.ts';

/** Files of a platform repository with what is different there. One that it does not have begins empty. */
export type Changes = Readonly<Record<string, (text: string) => string>>;

export interface SandboxOptions {
  /** A platform repository; it is copied, never changed. */
  readonly example: string;
  /** Made to the copy before anything reads it; each has to change something. */
  readonly changes?: Changes;
  /** Folder of this sandbox; what an earlier one left there is removed. */
  readonly folder: string;
  /** Without it only the tenant and its subscriptions are there, as before bootstrap; true by default. */
  readonly isBootstrapped?: boolean;
  /** A GitOps repository, which is copied like the other one; without it there is none, and no App for it. */
  readonly gitops?: string;
  /** Folder with archives (.tgz) of real charts, which are served in the place of the sandbox's small ones. */
  readonly charts?: string;
  /** Bundle of the stand-in provider, or the path of a real azurerm. */
  readonly provider: { readonly bundle: string } | { readonly azurerm: string };
}

/** A world in which the example platform has been bootstrapped, unless it was to be empty, and nothing has been applied. */
export interface SandboxWorld {
  readonly world: World;
  readonly views: readonly ScopeView[];
  /** The platform repository on the sandbox's GitHub, with the example as its first commit. */
  readonly repository: RepositoryHandle;
  /** A work tree of it, for running single actions by hand. */
  readonly checkout: string;
  /** The repository that Argo CD deploys from, and the App that commits to it. */
  readonly gitops: GitOpsSeed | undefined;
  /** What a machine gives every step besides the network. */
  readonly machine: Readonly<Record<string, string>>;
  jobOf(job: JobContext): Job;
  /** Variables of a job of the repository's workflow; with an environment it may use the apply identity. */
  environmentOf(job: JobContext): Record<string, string>;
}

export async function openSandbox({
  example,
  changes = {},
  folder,
  provider,
  charts,
  gitops,
  isBootstrapped = true,
}: SandboxOptions): Promise<SandboxWorld> {
  await rm(folder, { recursive: true, force: true });
  const checkout = join(folder, 'checkout');
  await mkdir(checkout, { recursive: true });
  await cp(example, checkout, { recursive: true });
  for (const [file, change] of Object.entries(changes)) await changeFile(join(checkout, file), change);
  const views = await readViews(checkout);
  const cloud = playedCloud(views);
  const started = await startWorld({
    directory: join(folder, 'world'),
    cloud,
    ...(charts === undefined ? {} : { charts }),
  });
  const resident =
    'bundle' in provider
      ? await startResident([provider.bundle], {
          ...inherited(),
          ...started.networkEnvironment(),
          // A world is in one cloud, and so is its provider.
          ARM_ENVIRONMENT: cloud,
        })
      : undefined;
  const world: World = {
    ...started,
    close: async () => {
      resident?.end();
      await started.close();
    },
  };
  const mirror = await installMirror({
    directory: join(folder, 'terraform'),
    ...('azurerm' in provider ? { providerExecutable: provider.azurerm } : {}),
    ...(resident === undefined ? {} : { residentPort: resident.port }),
  });
  const handle = await world.github.createRepository({ ...repository, folder: checkout, author: 'mona' });
  protectEnvironments(handle, views);
  if (isBootstrapped) seedPlatform(world, views);
  else seedTenant(world, views);
  const gitopsSeed = gitops === undefined ? undefined : await seedGitOps(world, gitops);
  const machine = {
    ...inherited(),
    TF_CLI_CONFIG_FILE: mirror.cliConfigFile,
    // As the `.env` file of a self-hosted runner may say it (docs/how-to/promote.md): each step is a process of its own, which then
    // does not compile what an earlier one has.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  };
  return {
    world,
    views,
    repository: handle,
    gitops: gitopsSeed,
    checkout,
    machine,
    jobOf: context => jobOf(context),
    environmentOf: context => {
      const job = jobOf(context);
      return {
        ...machine,
        ...world.jobEnvironment(job),
        GITHUB_ACTIONS: 'true',
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_API_URL: 'https://api.github.com',
        GITHUB_REPOSITORY: job.repository,
        GITHUB_SHA: job.sha,
        GITHUB_REF: job.ref,
        GITHUB_EVENT_NAME: job.event,
        GITHUB_WORKFLOW: 'Platform',
        GITHUB_ACTOR: job.actor,
        GITHUB_RUN_ID: job.runId,
        GITHUB_RUN_ATTEMPT: String(job.runAttempt),
        GITHUB_WORKSPACE: checkout,
      };
    },
  };
}

/** What a runner's machine gives to a job. Node comes first on PATH, as the runner brings its own. */
function inherited(): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'USER', 'LANG', 'TMPDIR']) {
    const value = process.env[name];
    if (value !== undefined) variables[name] = value;
  }
  const { PATH } = variables;
  // Tools of this workspace must not be mistaken for the machine's.
  if (PATH !== undefined) {
    variables['PATH'] = PATH.split(delimiter)
      .filter(entry => !entry.includes('node_modules'))
      .join(delimiter);
  }
  return variables;
}

/** The cloud that the platform is in, if the sandbox plays it. */
function playedCloud(views: readonly ScopeView[]): 'public' | 'usgovernment' {
  const cloud = views[0]?.cloud ?? 'public';
  if (cloud === 'china')
    throw new Error('The sandbox plays the public cloud and that of the US government, not `china`.');
  return cloud;
}

async function changeFile(path: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => '');
  const after = change(before);
  if (after === before) throw new Error(`${path} is not as its change expects it.`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, after);
}

async function readViews(checkout: string): Promise<ScopeView[]> {
  const read = async (name: string) => readFile(join(checkout, name));
  const platform = parsePlatform(await read('platform.yaml'), 'platform.yaml');
  const lock = parseLock(await read('platform.lock.yaml'), 'platform.lock.yaml');
  return listScopes(platform).map(name => resolveScope(platform, lock, name));
}

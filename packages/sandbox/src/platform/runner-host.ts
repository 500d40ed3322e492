import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@suite/foundation';
import type { EnvironmentJob, RunnerHost, RunProgress } from '../runner/index.ts';
import type { RecordedRunState, RepositoryHandle, World } from '../world/index.ts';

/** The suite as users name it, at the commit that its release tree stands for. */
export const suite = { repository: 'org/actions', tag: 'v1', sha: '5'.repeat(40) } as const;

export interface HostOptions {
  readonly world: World;
  /** Folder for the work of all jobs. */
  readonly folder: string;
  readonly release: string;
  /** Of every step, on whichever machine. */
  readonly machine: Readonly<Record<string, string>>;
  readonly parallelism: number;
  /** Whether somebody approves; by default somebody always does. */
  readonly approve?: (environment: string, job: EnvironmentJob) => Promise<boolean> | boolean;
  readonly onChange?: (run: RunProgress) => void;
}

/** The world as the workflow runner needs it: GitHub, its machines, and the suite's release tree. */
export function createRunnerHost({ world, folder, release, machine, parallelism, ...more }: HostOptions): RunnerHost {
  const { github } = world;
  const isSuite = (repository: string) => repository.toLowerCase() === suite.repository;
  let last = 4_711_000_000;
  return {
    folder,
    parallelism,
    clock: systemClock,
    machineEnvironment: () => ({ ...machine, ...world.networkEnvironment() }),
    readFile: async (repository, ref, path) => {
      if (!isSuite(repository)) return find(() => github.repository(repository))?.readFile(ref, path);
      return isKnown(ref) ? readFile(join(release, path), 'utf8').catch(() => undefined) : undefined;
    },
    resolveRef: async (repository, ref) => {
      if (isSuite(repository)) return isKnown(ref) ? suite.sha : undefined;
      return find(() => github.repository(repository))
        ?.resolve(ref)
        .catch(() => undefined);
    },
    actionFolder: async (repository, ref, path) =>
      isSuite(repository) && isKnown(ref) ? join(release, path) : undefined,
    checkout: async (repository, ref, target) => void (await github.repository(repository).checkout(ref, target)),
    issueToken: (repository, permissions) => github.issueToken({ repository, permissions }),
    revokeToken: github.revokeToken,
    idTokenVariables: job => {
      const { ACTIONS_ID_TOKEN_REQUEST_URL = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN = '' } = world.jobEnvironment(job);
      return { ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN };
    },
    enterEnvironment: (repository, name, job) => enter(github.repository(repository), name, job, more.approve),
    secrets: () => ({}),
    vars: () => ({}),
    onChange: run => {
      github.repository(run.repository).recordRun(recorded(run));
      more.onChange?.(run);
    },
    newId: () => String(++last),
  };
}

function isKnown(ref: string): boolean {
  return ref === suite.tag || ref === `refs/tags/${suite.tag}` || ref === suite.sha;
}

function find(get: () => RepositoryHandle): RepositoryHandle | undefined {
  try {
    return get();
  } catch {
    return undefined; // a repository that nobody made
  }
}

async function enter(
  repository: RepositoryHandle,
  name: string,
  job: EnvironmentJob,
  approve: HostOptions['approve'] = () => true,
) {
  const { protection, start, end } = repository.enterEnvironment(name, job);
  const branch = job.ref.replace(/^refs\/heads\//, '');
  const mayDeploy = protection.branches?.includes(branch) ?? true;
  const approved = mayDeploy && (protection.reviewers.length === 0 || (await approve(name, job)));
  if (approved) start();
  else end('failure');
  return { approved, end };
}

function recorded(run: RunProgress): RecordedRunState {
  return {
    ...run,
    number: 1,
    status: run.status === 'pending' ? 'queued' : run.status,
    conclusion: run.conclusion,
    jobs: run.jobs.map(({ id, name, status, conclusion, startedAt, completedAt }) => ({
      id,
      name,
      status: status === 'pending' ? 'queued' : status,
      conclusion,
      startedAt,
      completedAt,
    })),
  };
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@suite/foundation';
import { isHostedRunner } from '@suite/platform-file';
import type { Annotation, EnvironmentJob, RunnerHost, RunProgress } from '../runner/index.ts';
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
  /**
   * What a reviewer of the environment answers; by default the first one always approves. One answer holds for all jobs of
   * the run that wait for the environment at that time; a job that comes later is asked about anew, as on GitHub.
   */
  readonly approve?: Approve;
  readonly onChange?: (run: RunProgress) => void;
  /** Of every repository; none by default. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
}

/** True and false are the answer of the first reviewer who may give one. */
export type Approve = (environment: string, job: EnvironmentJob) => Promise<Answer> | Answer;

type Answer = boolean | { readonly approved: boolean; readonly by: string; readonly comment?: string };

/** The world as the workflow runner needs it: GitHub, its machines, and the suite's release tree. */
export function createRunnerHost({ world, folder, release, machine, parallelism, ...more }: HostOptions): RunnerHost {
  const { github } = world;
  const enter = createEntrance(more.approve);
  const isSuite = (repository: string) => repository.toLowerCase() === suite.repository;
  let last = 4_711_000_000;
  return {
    folder,
    parallelism,
    clock: systemClock,
    machineEnvironment: label => {
      // A team's own runners stand inside of its networks. The world does not know who asks, so that from then on it is open to
      // all: machines work side by side, and shutting it again would shut out one that is inside.
      if (!isHostedRunner(label)) world.settings.isInPrivateNetwork = true;
      return { ...machine, ...world.networkEnvironment() };
    },
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
    usesOf: (token, { ACTIONS_ID_TOKEN_REQUEST_TOKEN: request = '' }) => ({
      ...github.usesOf(token),
      ...(github.wasAsked(request) ? { 'id-token': 'write' as const } : {}),
    }),
    idTokenVariables: job => {
      const { ACTIONS_ID_TOKEN_REQUEST_URL = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN = '' } = world.jobEnvironment(job);
      return { ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN };
    },
    attest: async (job, statement) => (await world.sigstore()).attest(statement, await github.issue(job, 'sigstore')),
    repositoryIds: name => find(() => github.repository(name)),
    enterEnvironment: (repository, name, job) => enter(github.repository(repository), name, job),
    secrets: () => more.secrets ?? {},
    vars: () => more.vars ?? {},
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

/** Lets jobs into environments, and keeps the questions to reviewers that are open now. */
function createEntrance(approve: Approve = () => true) {
  const open = new Map<string, Promise<boolean | undefined>>();

  /** Undefined when the job that it was asked for was cancelled meanwhile. */
  const ask = async (name: string, job: EnvironmentJob, entered: Entered): Promise<boolean | undefined> => {
    // People are slower than machines: all jobs that come now wait when the answer is given.
    await new Promise(resolve => setImmediate(resolve));
    const answer = await Promise.race([approve(name, job), aborted(job.signal)]);
    if (answer === undefined || job.signal.aborted) return undefined;
    const [by = 'nobody'] = entered.approvers;
    const review = typeof answer === 'boolean' ? { approved: answer, by } : answer;
    entered.review(review);
    return review.approved;
  };

  const decide = async (key: string, name: string, job: EnvironmentJob, entered: Entered): Promise<boolean> => {
    while (!job.signal.aborted) {
      const asked = open.get(key) ?? ask(name, job, entered).finally(() => open.delete(key));
      open.set(key, asked);
      const answer = await Promise.race([asked, aborted(job.signal)]);
      if (answer !== undefined) return answer;
    }
    return false;
  };

  return async (repository: RepositoryHandle, name: string, job: EnvironmentJob) => {
    const entered = repository.enterEnvironment(name, job);
    const { protection, start, end } = entered;
    const mayDeploy = protection.branches?.includes(job.ref.replace(/^refs\/heads\//, '')) ?? true;
    const key = `${repository.name}/${job.runId}/${protection.name}`;
    try {
      const approved = mayDeploy && (protection.reviewers.length === 0 || (await decide(key, name, job, entered)));
      if (approved) start();
      else end('failure');
      return { approved, end };
    } catch (error) {
      end('failure');
      throw error;
    }
  };
}

type Entered = ReturnType<RepositoryHandle['enterEnvironment']>;

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise(resolve => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function recorded(run: RunProgress): RecordedRunState {
  return {
    ...run,
    status: run.status === 'pending' ? 'queued' : run.status,
    conclusion: run.conclusion,
    jobs: run.jobs.map(({ id, name, status, conclusion, startedAt, completedAt, annotations = [] }) => ({
      id,
      name,
      status: status === 'pending' ? 'queued' : status,
      conclusion,
      startedAt,
      completedAt,
      annotations: annotations.map(annotationOf),
    })),
  };
}

/** As GitHub files what a log said; what names no file stands at this place (docs, list check run annotations). */
function annotationOf({ level, message, title, file = '.github', line = 1, endLine = line }: Annotation) {
  const filed = level === 'error' ? 'failure' : level;
  return { path: file, startLine: line, endLine, level: filed, title, message, rawDetails: undefined } as const;
}

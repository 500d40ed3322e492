import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { asObject } from '@suite/foundation';
import {
  createRunnerHost,
  dispatchRequest,
  gitopsAccess,
  type HostOptions,
  openSandbox,
  type Permissions,
  type PullAction,
  type PullView,
  pullRequestRun,
  pushRequest,
  type RepositoryHandle,
  type RunningStep,
  runAction,
  type SandboxWorld,
  type StepResult,
  startWorld,
  type World,
} from '@suite/sandbox';
import { parse } from 'yaml';
import {
  createRunner,
  type JobResult,
  type Runner,
  type RunnerHost,
  type RunningWorkflow,
  type RunProgress,
  type RunRequest,
  type RunResult,
} from '../../packages/sandbox/src/runner/index.ts';
import { joined } from '../../packages/sandbox/src/runner/permissions.ts';

import { readableOf, type Secrets, secretsOf, type Texts } from './leaks.ts';

const root = join(import.meta.dirname, '..', '..');
const example = join(root, 'examples', 'platform-repository');
const release = join(root, 'out', 'release');
const developer = 'mona';

export const bot = 'github-actions[bot]';

/** The shipped workflows in a world of their own, in which nothing has been applied. */
export interface PipelineWorld extends SandboxWorld {
  readonly runner: Runner;
  readonly host: RunnerHost;
  /** Told of every change of every run. */
  readonly watchers: Set<(run: RunProgress) => void>;
  request(number: number, action: PullAction, more?: Partial<RunRequest>): RunRequest;
  /** What GitHub does with an event of a pull request, to its end. */
  run(number: number, action: PullAction, more?: Partial<RunRequest>): Promise<RunResult>;
  /** What GitHub starts after main went from one commit to another. */
  push(before: string, after: string, more?: Partial<RunRequest>): RunRequest;
  /**
   * What jobs of these workflows ask for and none of them has used in any run of this world until now: `stage.yml#apply: checks: read`. What
   * a job uses is what GitHub let its token in by, whether it asked for an id token, and what the published actions that it names need.
   */
  unusedPermissions(...workflows: readonly string[]): Promise<readonly string[]>;
  /** What is secret in this world now, and all that people can read of every run of it until now. */
  secrecy(): Promise<{ readonly secrets: Secrets; readonly texts: Texts }>;
  close(): Promise<void>;
}

export interface PipelineOptions {
  /** Changes the example's platform file before anything is made from it: identities, rights, GitHub environments. */
  readonly platform?: (text: string) => string;
  /** The same of its lock, for regions that the example does not have. */
  readonly lock?: (text: string) => string;
  /** Variables of the repository, beside those that name the App of the GitOps repository. */
  readonly vars?: Readonly<Record<string, string>>;
  /** What a reviewer answers; by default the first one always approves. */
  readonly approve?: NonNullable<HostOptions['approve']>;
}

export async function openPipelineWorld({
  approve,
  platform,
  lock,
  vars,
}: PipelineOptions = {}): Promise<PipelineWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'pipeline-'));
  const sandbox = await openSandbox({
    example,
    changes: {
      ...(platform === undefined ? {} : { 'platform.yaml': platform }),
      ...(lock === undefined ? {} : { 'platform.lock.yaml': lock }),
    },
    folder,
    gitops: join(root, 'examples', 'gitops-repository'),
    provider: { bundle: join(root, 'out', 'sandbox', 'azurerm', 'index.js') },
  });
  const watchers: PipelineWorld['watchers'] = new Set();
  const access = sandbox.gitops === undefined ? undefined : gitopsAccess(sandbox.gitops);
  const host = createRunnerHost({
    world: sandbox.world,
    folder: join(folder, 'runs'),
    release,
    machine: sandbox.machine,
    ...access,
    vars: { ...access?.vars, ...vars },
    parallelism: Math.max(2, availableParallelism()),
    ...(approve === undefined ? {} : { approve }),
    onChange: run => {
      for (const watch of [...watchers]) watch(run);
    },
  });
  const played: RunResult[] = [];
  const runner = keepingRuns(createRunner(host), played);
  const { repository, world } = sandbox;
  const request: PipelineWorld['request'] = (number, action, more = {}) => ({
    ...pullRequestRun(repository, number, action),
    ...more,
  });
  const push: PipelineWorld['push'] = (before, after, more = {}) => ({
    ...pushRequest(repository, before, after, developer),
    ...more,
  });
  return {
    ...sandbox,
    runner,
    host,
    watchers,
    request,
    run: (...given) => runner.start(request(...given)).result,
    push,
    unusedPermissions: async (...workflows) =>
      (
        await Promise.all(
          workflows.map(file =>
            unusedIn(
              file,
              played.flatMap(({ jobs }) => jobs),
            ),
          ),
        )
      ).flat(),
    secrecy: async () => ({
      secrets: secretsOf(sandbox, access?.secrets ?? {}),
      texts: await readableOf(played, runner, repository),
    }),
    close: async () => {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Puts every attempt of a run that has ended into a list. */
function keepingRuns(runner: Runner, runs: RunResult[]): Runner {
  const keep = (running: RunningWorkflow): RunningWorkflow => {
    const result = running.result.then(run => {
      runs.push(run);
      return run;
    });
    return { ...running, result };
  };
  return {
    ...runner,
    start: request => keep(runner.start(request)),
    rerun: (previous, options) => keep(runner.rerun(previous, options)),
  };
}

async function unusedIn(file: string, played: readonly JobResult[]): Promise<string[]> {
  const path = `.github/workflows/${file}`;
  const workflow = asObject(parse(await readFile(join(release, path), 'utf8')));
  return Object.entries(asObject(workflow['jobs'])).flatMap(([id, job]) => {
    // What a call asks for is what the jobs of the called file ask for.
    if (asObject(job)['steps'] === undefined) return [];
    const used = played
      .flatMap(({ rights }) => (rights?.job === `${path}#${id}` ? [rights.used] : []))
      .reduce(joined, {});
    return Object.entries(asObject(asObject(job)['permissions']))
      .filter(([name, access]) => asObject(used)[name] !== access)
      .map(([name, access]) => `${file}#${id}: ${name}: ${access}`);
  });
}

/** A workflow of the platform repository, started by hand on main, to its end. */
export async function dispatch(
  { repository, runner }: Pick<PipelineWorld, 'repository' | 'runner'>,
  workflow: string,
  inputs: Readonly<Record<string, string>>,
): Promise<RunResult> {
  return runner.start(await dispatchRequest(repository, workflow, inputs, developer)).result;
}

/** A pull request with these files, by a person of the team unless it says otherwise. */
export async function propose(
  repository: RepositoryHandle,
  branch: string,
  files: Readonly<Record<string, string>>,
  more: { readonly fork?: string; readonly author?: string } = {},
): Promise<PullView> {
  await repository.commit({ branch, message: branch, author: developer, files });
  return repository.openPull({ title: branch, branch, author: developer, ...more });
}

/** The example's platform file after a change; throws when the example is not as the test expects it. */
export async function platformFile(
  repository: RepositoryHandle,
  change: (text: string) => string = unchanged,
): Promise<string> {
  const before = (await repository.readFile('refs/heads/main', 'platform.yaml')) ?? '';
  const after = change(before);
  if (before === '' || (after === before && change !== unchanged))
    throw new Error('The example’s platform.yaml is not as this test expects it.');
  return after;
}

const unchanged = (text: string) => text;

/** Only `shared` and `dev`, which is production then: half the jobs, and the same questions. */
export function withoutLaterEnvironments(text: string): string {
  return text
    .replace(/^ {2}staging:[\s\S]*/m, '')
    .replace('    cluster:', '    runner: aks-prod-runners\n    cluster:');
}

/** A comment of GitHub Actions that still stands there. */
export function commentsOf(pull: PullView): PullView['comments'] {
  return pull.comments.filter(({ author, deleted }) => author === bot && !deleted);
}

/** Conclusions of all jobs by name, without the name of the calling job. */
export function conclusions(run: RunResult): Readonly<Record<string, string>> {
  return Object.fromEntries(run.jobs.map(({ name, conclusion }) => [name.replace(/^.* \/ /, ''), conclusion]));
}

export function jobOf(run: RunResult, name: string): JobResult {
  const job = run.jobs.find(each => each.name === name || each.name.endsWith(` / ${name}`));
  if (job === undefined) {
    throw new Error(
      `No job ${name} among ${run.jobs.map(each => each.name).join(', ') || run.startupFailure || 'none'}.`,
    );
  }
  return job;
}

/** Everything that the steps of a job wrote for its summary. */
export function summaryOf(job: JobResult): string {
  return job.steps.map(({ summary }) => summary).join('');
}

/** What a person reads of the error annotations of a job. */
export function errorMessages(job: JobResult): string[] {
  return errorsOf(job).map(({ message }) => message);
}

/** The error annotations of a job, as a person reads them. */
export function errorsOf({ steps }: JobResult) {
  return steps.flatMap(({ annotations }) => annotations).filter(({ level }) => level === 'error');
}

/** Names the step that runs now, of whichever run changed last: `Plan dev: Gate`. Undefined between steps. */
export function currentStep({ watchers }: PipelineWorld): () => string | undefined {
  let current: string | undefined;
  watchers.add(({ jobs }) => {
    const job = jobs.find(each => each.status === 'in_progress');
    const step = job?.steps.find(each => each.status === 'in_progress');
    current = job && step && `${job.name.replace(/^.* \/ /, '')}: ${step.name}`;
  });
  return () => current;
}

/** All that a run prints, for a test to tell why it is not as it should be. */
export function transcript(run: RunResult): string {
  const lines = run.jobs.flatMap(({ name, conclusion, steps }) => [
    `${name}: ${conclusion}`,
    ...steps.flatMap(step => [`  ${step.name}: ${step.conclusion}`, ...step.log.map(line => `    ${line}`)]),
  ]);
  return [run.startupFailure ?? '', ...lines].join('\n');
}

/** What the world is asked from now on, as it saw it. */
export function requestsFrom({ ledger }: World): () => World['ledger']['requests'] {
  const from = ledger.requests.length;
  return () => ledger.requests.slice(from);
}

/** GitHub with the example platform on it, for single bundles that call nothing else. */
export interface GitHubWorld {
  readonly world: World;
  readonly repository: RepositoryHandle;
  readonly folder: string;
  /** A new folder in which reports can lie. */
  newFolder(name: string): Promise<string>;
  run(action: 'plan-comment' | 'resolve-platform', inputs: Inputs, job?: StepJob): Promise<StepResult>;
  close(): Promise<void>;
}

type Inputs = Readonly<Record<string, string>>;

export interface StepJob {
  /** Name and payload; a push to main by default. */
  readonly event?: { readonly name: string; readonly payload: object };
  readonly actor?: string;
  /** `4711` and 1 by default. */
  readonly runId?: string;
  readonly attempt?: number;
  /** Of the token; what plan.yml grants by default. */
  readonly permissions?: Permissions;
  readonly environment?: Readonly<Record<string, string>>;
  /** Work tree that the step finds; the example by default. */
  readonly workspace?: string;
  readonly onStart?: (running: RunningStep) => void;
  readonly onLine?: (line: string) => void;
}

const granted: Permissions = { contents: 'read', actions: 'read', 'pull-requests': 'write', checks: 'write' };

export async function openGitHubWorld(): Promise<GitHubWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'github-'));
  const world = await startWorld({ directory: join(folder, 'world') });
  const repository = await world.github.createRepository({
    name: 'contoso/platform',
    folder: example,
    author: developer,
  });
  for (const name of ['shared', 'dev', 'staging', 'prod']) {
    repository.defineEnvironment({ name, branches: ['main'], ...(name === 'prod' ? { reviewers: [developer] } : {}) });
  }
  const workspace = join(folder, 'checkout');
  const sha = await repository.checkout('refs/heads/main', workspace);
  let steps = 0;
  const newFolder = async (name: string) => {
    const path = join(folder, `${name}-${++steps}`);
    await mkdir(path, { recursive: true });
    return path;
  };
  return {
    world,
    repository,
    folder,
    newFolder,
    run: async (action, inputs, job = {}) => {
      const temp = await newFolder('temp');
      const event = job.event ?? { name: 'push', payload: {} };
      const eventFile = join(await newFolder('event'), 'event.json');
      await writeFile(eventFile, JSON.stringify(event.payload));
      const token = world.github.issueToken({
        repository: repository.name,
        permissions: job.permissions ?? granted,
      });
      return runAction({
        name: action,
        action: join(release, action),
        inputs: { 'github-token': token, ...inputs },
        environment: {
          PATH: process.env['PATH'] ?? '',
          HOME: folder,
          ...world.networkEnvironment(),
          GITHUB_ACTIONS: 'true',
          GITHUB_SERVER_URL: 'https://github.com',
          GITHUB_API_URL: 'https://api.github.com',
          GITHUB_REPOSITORY: repository.name,
          GITHUB_SHA: sha,
          GITHUB_REF: 'refs/heads/main',
          GITHUB_EVENT_NAME: event.name,
          GITHUB_EVENT_PATH: eventFile,
          GITHUB_ACTOR: job.actor ?? developer,
          GITHUB_RUN_ID: job.runId ?? '4711',
          GITHUB_RUN_ATTEMPT: String(job.attempt ?? 1),
          ...job.environment,
        },
        workspace: job.workspace ?? workspace,
        temp,
        ...(job.onStart === undefined ? {} : { onStart: job.onStart }),
        ...(job.onLine === undefined ? {} : { onLine: job.onLine }),
      });
    },
    close: async () => {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

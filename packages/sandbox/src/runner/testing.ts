import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Clock } from '@suite/foundation';
import { createRunner } from './create-runner.ts';
import type { Permissions } from './permissions.ts';
import type {
  EnteredEnvironment,
  EnvironmentJob,
  JobIdentity,
  Runner,
  RunnerHost,
  RunningWorkflow,
  RunProgress,
  RunRequest,
} from './ports.ts';
import type { JobResult, RunResult, StepResult } from './results.ts';

/** A clock on which nothing comes by itself: `pass` lets time go by and wakes who slept that long. */
export interface TestClock extends Clock {
  pass(milliseconds: number): void;
  /** How many sleep now. */
  readonly sleepers: number;
}

export function testClock(): TestClock {
  let now = Date.UTC(2026, 10, 23, 5);
  const sleeping = new Set<{ readonly until: number; wake(): void }>();
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { until: now + milliseconds, wake: resolve };
        sleeping.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleeping.delete(sleeper);
          reject(signal.reason);
        });
      }),
    pass: milliseconds => {
      now += milliseconds;
      for (const sleeper of [...sleeping]) {
        if (sleeper.until > now) continue;
        sleeping.delete(sleeper);
        sleeper.wake();
      }
    },
    get sleepers() {
      return sleeping.size;
    },
  };
}

/** Files of repositories, by `owner/name`. All refs of a repository are one commit here. */
export type TestFiles = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface TestRunner {
  readonly runner: Runner;
  readonly clock: TestClock;
  readonly folder: string;
  /** Every report, the newest last. */
  readonly progress: readonly RunProgress[];
  /** Permissions of every token, by the name of nothing: in the order in which they were made. */
  readonly tokens: readonly { readonly token: string; readonly permissions: Permissions; revoked: boolean }[];
  readonly identities: readonly JobIdentity[];
  readonly environments: readonly { readonly name: string; state?: string; url?: string }[];
  start(path: string, request?: Partial<RunRequest>): RunningWorkflow;
  run(path: string, request?: Partial<RunRequest>): Promise<RunResult>;
  close(): Promise<void>;
}

export interface TestOptions {
  readonly files: TestFiles;
  readonly parallelism?: number;
  readonly secrets?: (environment: string | undefined) => Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  readonly approve?: (name: string, job: EnvironmentJob) => Promise<boolean>;
}

export const repository = 'octo/app';
export const sha = 'a'.repeat(40);

const open: TestRunner[] = [];

/** For `afterEach`: ends every test runner that was started. */
export async function closeTestRunners(): Promise<void> {
  for (const each of open.splice(0)) await each.close();
}

/** A runner over files in memory, with real processes in a folder of its own. */
export async function startTestRunner(options: TestOptions): Promise<TestRunner> {
  const folder = await mkdtemp(join(tmpdir(), 'runner-'));
  const clock = testClock();
  const progress: RunProgress[] = [];
  const tokens: { token: string; permissions: Permissions; revoked: boolean }[] = [];
  const identities: JobIdentity[] = [];
  const environments: { name: string; state?: string; url?: string }[] = [];
  for (const [name, files] of Object.entries(options.files)) {
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, 'repositories', name, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }
  let last = 0;
  const host: RunnerHost = {
    folder: join(folder, 'runs'),
    parallelism: options.parallelism ?? 8,
    clock,
    machineEnvironment: () => ({ PATH: process.env['PATH'] ?? '', HOME: folder }),
    readFile: async (name, _ref, path) => options.files[name]?.[path],
    resolveRef: async (name, ref) => (options.files[name] === undefined || ref.includes('missing') ? undefined : sha),
    actionFolder: async (name, _ref, path) =>
      options.files[name]?.[join(path, 'action.yml')] === undefined
        ? undefined
        : join(folder, 'repositories', name, path),
    checkout: async (name, _ref, target) => cp(join(folder, 'repositories', name), target, { recursive: true }),
    issueToken: (_name, permissions) => {
      const token = `ghs_token${tokens.length + 1}`;
      tokens.push({ token, permissions, revoked: false });
      return token;
    },
    usesOf: () => ({}),
    revokeToken: token => {
      for (const each of tokens) if (each.token === token) each.revoked = true;
    },
    repositoryIds: name => (options.files[name] === undefined ? undefined : { id: '11', ownerId: '22' }),
    idTokenVariables: job => {
      identities.push(job);
      return { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://id.example', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'id-request-token' };
    },
    attest: async (_job, statement) => ({ signed: statement }),
    enterEnvironment: async (_name, name, job): Promise<EnteredEnvironment> => {
      const entered: { name: string; state?: string; url?: string } = { name };
      environments.push(entered);
      const approved = (await options.approve?.(name, job)) ?? true;
      return {
        approved,
        end: (state, url) => {
          entered.state = state;
          if (url !== undefined) entered.url = url;
        },
      };
    },
    secrets: (_name, environment) => options.secrets?.(environment) ?? {},
    vars: () => options.vars ?? {},
    onChange: run => progress.push(run),
    newId: () => String(++last),
  };
  const runner = createRunner(host);
  const start: TestRunner['start'] = (path, request = {}) =>
    runner.start({
      repository,
      path: `.github/workflows/${path}`,
      event: { name: 'push', payload: { ref: 'refs/heads/main' } },
      ref: 'refs/heads/main',
      sha,
      headSha: sha,
      actor: 'mona',
      restricted: false,
      ...request,
    });
  const started: TestRunner = {
    runner,
    clock,
    folder,
    progress,
    tokens,
    identities,
    environments,
    start,
    run: (path, request) => start(path, request).result,
    close: () => rm(folder, { recursive: true, force: true }),
  };
  open.push(started);
  return started;
}

/** A run of a single workflow file, `w.yml`, of {@link repository}. */
export async function runWorkflowFile(
  text: string,
  options: Partial<TestOptions> & { readonly request?: Partial<RunRequest> } = {},
): Promise<RunResult> {
  const { files = {}, request, ...others } = options;
  const own = { ...files[repository], ...workflows({ 'w.yml': text }) };
  const tests = await startTestRunner({ ...others, files: { ...files, [repository]: own } });
  return tests.run('w.yml', request);
}

/** Workflow files of {@link repository} by their short names. */
export function workflows(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`.github/workflows/${name}`, text]));
}

export function jobNamed(run: RunResult, name: string): JobResult {
  const job = run.jobs.find(each => each.name === name);
  if (job === undefined) {
    throw new Error(`No job ${name} among ${run.jobs.map(each => each.name).join(', ')}. ${run.startupFailure ?? ''}`);
  }
  return job;
}

export function stepNamed(job: JobResult, name: string): StepResult {
  const step = job.steps.find(each => each.name === name);
  if (step === undefined) throw new Error(`No step ${name} among ${job.steps.map(each => each.name).join(', ')}.`);
  return step;
}

/** Conclusions of all jobs, by name. */
export function conclusions(run: RunResult): Readonly<Record<string, string>> {
  return Object.fromEntries(run.jobs.map(({ name, conclusion }) => [name, conclusion]));
}

/** A JavaScript action; `stages` are its files. */
export function action(
  metadata: string,
  stages: Readonly<Record<string, string>>,
  path = '',
): Readonly<Record<string, string>> {
  const files = Object.entries(stages).map(([name, text]) => [join(path, name), text]);
  return { [join(path, 'action.yml')]: metadata, ...Object.fromEntries(files) };
}

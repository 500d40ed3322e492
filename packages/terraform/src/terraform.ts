import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Exit, ProcessRunner } from '@suite/action-kit';
import { asObject, type Clock, isObject, type JsonObject, parseJson, UserError } from '@suite/foundation';
import { type Backend, backendArguments } from './backend.ts';
import { diagnosticText, readTextDiagnostics } from './diagnostics.ts';
import type { Engine } from './engine.ts';
import type { FailureContext } from './failures/context.ts';
import { TerraformFailure, translateFailure } from './failures/translate.ts';
import { judgeBackend } from './own-backend.ts';
import type { OwnConfiguration } from './own-configuration.ts';
import { type ProgressLog, type Report, startProgress } from './progress.ts';
import {
  describeMismatch,
  describeUnverified,
  isLockTrouble,
  type OwnLock,
  readProviderLock,
} from './provider-lock.ts';
import { readStateResources, type StateResource } from './state-resources.ts';
import { readUiLine } from './ui-events.ts';

export interface TerraformOptions {
  readonly engine: Engine;
  /** The program, from `locateEngine`. */
  readonly file: string;
  /** Directory of the configuration. Terraform writes `.terraform.lock.hcl` into it. */
  readonly directory: string;
  /** From `terraformEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  readonly backend: Backend;
  /** For error messages: see FailureContext. */
  readonly identity: FailureContext['identity'];
  readonly explainSignIn: FailureContext['explainSignIn'];
  /** Has to hear of a cancellation. */
  readonly processes: ProcessRunner;
  readonly log: ProgressLog;
  readonly clock: Clock;
  /** Absent where the whole configuration is the suite's. */
  readonly own?: OwnConfiguration;
}

export interface PlanRun extends Report {
  /** Exit code 2: there is something to apply (which may be less than a change of a resource). */
  readonly changes: boolean;
}

export interface OutputValue {
  readonly sensitive: boolean;
  readonly value: unknown;
}

/** The commands of an engine that the suite uses, in one directory, against one state, as one identity. */
export interface Terraform {
  readonly engine: Engine;
  /**
   * Installs the provider and connects the backend. With `readonly` the lock file must name the provider already; with
   * `write` Terraform completes it. Throws a UserError that names the provider which does not fit a team's own lock file, and one
   * where a root of its own keeps its state elsewhere.
   */
  init(options: { readonly lockFile: 'readonly' | 'write' }): Promise<void>;
  /** Plans into a file, without a lock: a plan identity may not write one. A failed plan may leave the file behind. */
  plan(options: PlanOptions): Promise<PlanRun>;
  /** The plan as JSON. It holds secrets in clear: it must never be printed or stored. */
  show(planFile: string): Promise<JsonObject>;
  /** Applies exactly that plan, under the state's lock. */
  apply(options: {
    readonly planFile: string;
    readonly nameOf?: (address: string) => string | undefined;
  }): Promise<Report>;
  /** The outputs of the state, sensitive ones included. */
  outputs(): Promise<Readonly<Record<string, OutputValue>>>;
  /** Which state it is, and how often it was written; undefined while there is none. Nothing else of it leaves this function. */
  revision(): Promise<StateRevision | undefined>;
  /** Writes a state that continues the one that is there, under its lock. */
  push(file: string): Promise<void>;
  /** What the state holds, without its values. */
  recorded(): Promise<readonly StateResource[]>;
}

export interface PlanOptions {
  readonly out: string;
  readonly varFiles: readonly string[];
  /** Only what differs from the state, with nothing of what the configuration asks for. */
  readonly refreshOnly?: true;
  /** Plan that everything goes. */
  readonly destroy?: boolean;
  /** Only these addresses, and what needs them when they go. */
  readonly targets?: readonly string[];
}

export interface StateRevision {
  readonly lineage: string;
  /** Grows with every change of the state. */
  readonly serial: number;
}

/**
 * Every command throws what `translateFailure` makes of its failure: UserError, CancelledError, or a plain Error for a
 * defect of ours.
 */
export function createTerraform(options: TerraformOptions): Terraform {
  const { engine, directory, backend, clock } = options;

  const title = (command: string) => `${engine.command} ${command}`;
  const context = (command: string): FailureContext => ({
    engine,
    command: title(command),
    directory,
    backend,
    identity: options.identity,
    explainSignIn: options.explainSignIn,
    now: clock.now(),
    ...(options.own === undefined ? {} : { own: options.own }),
  });

  const start = (args: readonly string[], output: { onStdout?: (line: string) => void; captureStdout?: boolean }) =>
    options.processes.run({ file: options.file, args, cwd: directory, env: options.env, ...output });

  /** A command whose stdout is the machine-readable UI. */
  const converse = async (
    command: string,
    args: readonly string[],
    succeeds: (code: number | null) => boolean,
    nameOf?: (address: string) => string | undefined,
  ): Promise<{ exit: Exit; report: Report }> => {
    const progress = startProgress({
      title: title(command),
      log: options.log,
      clock,
      ...(nameOf === undefined ? {} : { nameOf }),
    });
    let exit: Exit;
    let report: Report;
    try {
      exit = await start([command, '-json', '-input=false', ...args], {
        onStdout: line => {
          const event = readUiLine(line);
          if (event !== undefined) progress.accept(event);
        },
      });
    } finally {
      report = await progress.stop();
    }
    if (succeeds(exit.code)) return { exit, report };
    // Before its UI is up Terraform reports on stderr, as text.
    const diagnostics = report.diagnostics.some(({ severity }) => severity === 'error')
      ? report.diagnostics
      : [...report.diagnostics, ...readTextDiagnostics(exit.stderr)];
    throw translateFailure({ exit, diagnostics, resources: report.resources }, context(command));
  };

  /** A command whose stdout is the answer. */
  const ask = async (command: string, args: readonly string[]): Promise<string> => {
    const exit = await start(args, { captureStdout: true });
    if (exit.code === 0) return exit.stdout;
    const diagnostics = readTextDiagnostics(exit.stderr);
    throw translateFailure({ exit, diagnostics, resources: [] }, context(command));
  };

  const zero = (code: number | null) => code === 0;

  const lockPath = join(directory, '.terraform.lock.hcl');
  const dataDir = options.env['TF_DATA_DIR'] ?? join(directory, '.terraform');

  /** What `init` has connected; undefined where the configuration names no backend. */
  const readBackend = () =>
    readFile(join(dataDir, 'terraform.tfstate'), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });

  const requireChecksums = async (own: OwnLock) => {
    const open = describeUnverified(readProviderLock(await readFile(lockPath, 'utf8')), own);
    if (open.length > 0) throw new UserError({ message: `${open.join(' ')} Nothing was planned.`, remedy: own.update });
  };

  /** Says which provider does not fit: Terraform itself only says that one does not. */
  const explainLock = async (error: unknown, own: OwnLock): Promise<unknown> => {
    const failure = error instanceof UserError ? error.cause : undefined;
    const said = failure instanceof TerraformFailure ? failure.diagnostics.map(diagnosticText) : [];
    const trouble = said.find(isLockTrouble);
    if (trouble === undefined) return error;
    const locked = await readFile(lockPath, 'utf8');
    const needed = await lockOfNothing(locked);
    const sentences = describeMismatch(readProviderLock(locked), needed, trouble, own);
    const what = sentences.length > 0 ? sentences.join(' ') : `${own.file} does not fit. ${trouble}`;
    return new UserError({ message: `${what} Nothing was planned.`, remedy: own.update }, { cause: error });
  };

  /** What Terraform would lock here if nothing were locked. Its packages are installed where no plan looks. */
  const lockOfNothing = async (locked: string) => {
    await rm(lockPath);
    const env = { ...options.env, TF_DATA_DIR: `${dataDir}-unlocked` };
    const args = ['init', '-backend=false', '-input=false', '-no-color'];
    try {
      const { code } = await options.processes.run({ file: options.file, args, cwd: directory, env });
      return code === 0 ? readProviderLock(await readFile(lockPath, 'utf8')) : [];
    } finally {
      await rm(`${dataDir}-unlocked`, { recursive: true, force: true });
      await writeFile(lockPath, locked);
    }
  };

  return {
    engine,
    init: async ({ lockFile }) => {
      const lock = lockFile === 'readonly' ? ['-lockfile=readonly'] : [];
      const own = lockFile === 'readonly' ? options.own?.lock : undefined;
      if (own !== undefined) await requireChecksums(own);
      // What an earlier command connected stays there when the configuration names no backend any more.
      if (options.own?.root !== undefined) await rm(join(dataDir, 'terraform.tfstate'), { force: true });
      try {
        await converse('init', ['-reconfigure', ...lock, ...backendArguments(backend)], zero);
      } catch (error) {
        throw own === undefined ? error : await explainLock(error, own);
      }
      const root = options.own?.root;
      const problem = root === undefined ? undefined : judgeBackend(root, await readBackend(), backend);
      if (problem !== undefined) throw new UserError(problem);
    },
    plan: async ({ out, varFiles, refreshOnly, destroy = false, targets = [] }) => {
      const files = varFiles.map(file => `-var-file=${file}`);
      const kind = [...(refreshOnly === true ? ['-refresh-only'] : []), ...(destroy ? ['-destroy'] : [])];
      const chosen = targets.map(address => `-target=${address}`);
      const args = ['-detailed-exitcode', '-lock=false', ...kind, `-out=${out}`, ...files, ...chosen];
      const { exit, report } = await converse('plan', args, code => code === 0 || code === 2);
      return { ...report, changes: exit.code === 2 };
    },
    show: async planFile => {
      const plan = parseJson(await ask('show', ['show', '-json', '-no-color', planFile]));
      if (!isObject(plan)) throw new Error('`show -json` printed no JSON object.');
      return plan;
    },
    apply: async ({ planFile, nameOf }) => {
      const { report } = await converse('apply', [planFile], zero, nameOf);
      return report;
    },
    outputs: async () => {
      const outputs = asObject(parseJson(await ask('output', ['output', '-json', '-no-color'])));
      return Object.fromEntries(
        Object.entries(outputs).map(([name, output]) => {
          const { sensitive, value } = asObject(output);
          return [name, { sensitive: sensitive === true, value }];
        }),
      );
    },
    revision: async () => {
      const state = await ask('state pull', ['state', 'pull']);
      const { lineage, serial } = asObject(parseJson(state));
      return typeof lineage === 'string' && typeof serial === 'number' ? { lineage, serial } : undefined;
    },
    push: async file => {
      await ask('state push', ['state', 'push', file]);
    },
    recorded: async () => readStateResources(parseJson(await ask('state pull', ['state', 'pull']))),
  };
}

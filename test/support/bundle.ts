import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChangeReport, parseReport } from '@suite/change-report';
import {
  type Changes,
  findVariant,
  openSandbox,
  type RunningStep,
  runAction,
  type SandboxWorld,
  type StepResult,
  type Told,
  tellIn,
  type Variant,
} from '@suite/sandbox';

const root = join(import.meta.dirname, '..', '..');
const built = join(root, 'out', 'release');

/** A shipped bundle in a world of its own. */
export interface BundleWorld extends SandboxWorld {
  readonly folder: string;
  /** Runs the bundle as a job of the repository: those that write have their environment, others have none. */
  run(inputs: Readonly<Record<string, string>>, options?: RunOptions): Promise<StepResult>;
  /** Plans and applies; throws with the log when either fails. */
  deploy(scope: string): Promise<void>;
  edit(file: string, change: (text: string) => string): Promise<void>;
  /** Puts the repository's files back. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export interface RunOptions {
  /** `provision-aks` by default. */
  readonly action?:
    | 'provision-aks'
    | 'deploy-platform'
    | 'promotion-gate'
    | 'push-acr'
    | 'sync-argocd'
    | 'gpu-smoke-test'
    | 'plan-comment'
    | 'resolve-platform';
  readonly environment?: Readonly<Record<string, string>>;
  /** GitHub environment of the job; undefined takes it from the command. */
  readonly job?: { readonly environment?: string; readonly event?: string; readonly ref?: string };
  /** Name of the machine, whose temporary folder no other one sees; by default each scope has one. */
  readonly machine?: string;
  /** What the main stage saved: runs the post stage instead. */
  readonly post?: Readonly<Record<string, string>>;
  /** Folder of a release tree; the one that was built by default. */
  readonly release?: string;
  readonly onStart?: (running: RunningStep) => void;
  readonly onLine?: (line: string) => void;
}

/**
 * `azurerm`: path of a real azurerm to use in place of the stand-in. `changes` are made to the example before anything reads it.
 * `isBootstrapped`: false for subscriptions in which nothing is.
 */
export async function openBundleWorld(
  azurerm?: string,
  changes: Changes = {},
  isBootstrapped = true,
): Promise<BundleWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  const sandbox = await openSandbox({
    example: join(root, 'examples', 'platform-repository'),
    changes,
    folder,
    isBootstrapped,
    gitops: join(root, 'examples', 'gitops-repository'),
    // Real charts, where somebody has them (CONTRIBUTING.md).
    ...(process.env['CHART_ARCHIVES'] === undefined ? {} : { charts: process.env['CHART_ARCHIVES'] }),
    provider: azurerm === undefined ? { bundle: join(root, 'out', 'sandbox', 'azurerm', 'index.js') } : { azurerm },
  });
  const example = `${folder}-example`;
  await cp(sandbox.checkout, example, { recursive: true });
  const run: BundleWorld['run'] = (
    inputs,
    { action = 'provision-aks', environment = {}, job, machine, release = built, ...events } = {},
  ) => {
    const { command = '', scope = 'none' } = inputs;
    return runAction({
      name: `${action} ${command}`,
      action: join(release, action),
      inputs,
      environment: {
        ...sandbox.environmentOf(
          job ??
            ([
              'apply',
              'record',
              'push',
              'promote',
              'lock',
              'sync',
              'wait',
              'rollback',
              'unlock',
              'destroy',
              'retire',
              'run',
              'sweep',
            ].includes(command)
              ? { environment: scope }
              : {}),
        ),
        GITHUB_REPOSITORY_ID: sandbox.repository.id,
        GITHUB_ACTION_REPOSITORY: 'org/actions',
        GITHUB_ACTION_REF: 'v1',
        ...environment,
      },
      workspace: sandbox.checkout,
      temp: join(folder, 'temp', machine ?? scope),
      ...events,
    });
  };
  return {
    ...sandbox,
    folder,
    run,
    deploy: async scope => {
      const plan = succeeded(await run({ command: 'plan', scope }));
      succeeded(await run({ command: 'apply', scope, 'plan-file': plan.outputs['plan-file'] ?? '' }));
    },
    edit: async (file, change) => {
      const path = join(sandbox.checkout, file);
      await writeFile(path, change(await readFile(path, 'utf8')));
    },
    restore: () => cp(example, sandbox.checkout, { recursive: true }),
    close: async () => {
      await sandbox.world.close();
      for (const made of [folder, example]) await rm(made, { recursive: true, force: true });
    },
  };
}

export interface VariantWorld extends BundleWorld {
  readonly variant: Variant;
}

/** The world of a variant of the sandbox, before its story. */
export async function openVariant(name: string): Promise<VariantWorld> {
  const variant = findVariant(name);
  if (variant === undefined) throw new Error(`There is no variant ${name}.`);
  const sandbox = await openBundleWorld(undefined, variant.changes);
  sandbox.world.settings.operationMs = 0;
  variant.prepare?.(sandbox);
  return { ...sandbox, variant };
}

/** Plays chapters through the shipped workflows; throws with what was printed when one is not as it has to be. */
export async function tell(sandbox: BundleWorld, played: Variant['chapters']): Promise<Told> {
  const lines: string[] = [];
  const told = await tellIn(sandbox, {
    folder: join(sandbox.folder, 'runs'),
    release: built,
    played,
    print: line => lines.push(line),
  });
  if (told.chapters.length < played.length || !told.chapters.every(({ ok }) => ok)) throw new Error(lines.join('\n'));
  return told;
}

/** The result itself; throws with the log when the step did not succeed. */
export function succeeded(result: StepResult): StepResult {
  if (result.conclusion !== 'success') throw new Error(`${result.name} failed:\n${result.log.join('\n')}`);
  return result;
}

export async function reportOf({ outputs }: Pick<StepResult, 'outputs'>): Promise<ChangeReport> {
  return parseReport(JSON.parse(await readFile(outputs['report'] ?? '', 'utf8')));
}

/** The error annotations, as a person reads them. */
export function errors(result: StepResult): string[] {
  return result.annotations.filter(({ level }) => level === 'error').map(({ message }) => message);
}

import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@suite/foundation';
import recorded from '../fixtures/recorded-plans.json' with { type: 'json' };
import { type StubAzure, startStubAzure } from './stub-azure.ts';
import { mirrorFromSource, type Outcome, terraform } from './terraform.ts';

export interface Edit {
  /** Lines count from 0. */
  readonly line: number;
  readonly remove: number;
  readonly insert: readonly string[];
}

/** A stub Azure that holds the recorded small platform, and working directories in which Terraform knows it. */
export interface Workspace {
  readonly azure: StubAzure;
  /** What `terraform show -json` says of the plan that made the platform. */
  readonly createPlan: Plan;
  /** A directory with the platform's state; Azure is put back to what it was after the platform was made. */
  open(name: string, configuration?: string): Promise<Directory>;
  /** A directory that knows nothing, before an empty Azure. */
  empty(name: string, configuration: string): Promise<Directory>;
  close(): Promise<void>;
}

export interface Directory {
  run(...args: readonly string[]): Promise<Outcome>;
  /** Like `run`, but throws when Terraform ends with an error. */
  succeed(...args: readonly string[]): Promise<Outcome>;
  plan(...options: readonly string[]): Promise<Plan>;
  watch(onLine: (line: string, interrupt: () => void) => void, ...args: readonly string[]): Promise<Outcome>;
}

export interface Plan {
  readonly resource_changes?: readonly PlannedResource[];
  readonly resource_drift?: readonly PlannedResource[];
}

export interface PlannedResource {
  readonly address: string;
  readonly previous_address?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: unknown;
    readonly after: unknown;
    readonly after_unknown?: unknown;
    readonly replace_paths?: readonly unknown[];
    readonly importing?: unknown;
  };
}

export async function createWorkspace(): Promise<Workspace> {
  const root = await mkdtemp(join(tmpdir(), 'azurerm-'));
  const azure = await startStubAzure(root);
  const cliConfigFile = await mirrorFromSource(join(root, 'provider'));
  const environment = { ...azure.environment, TF_CLI_CONFIG_FILE: cliConfigFile };

  const directory = (name: string): Directory => {
    const path = join(root, name);
    const run = (...args: readonly string[]) => terraform(path, args, environment);
    const succeed = async (...args: readonly string[]) => {
      const outcome = await run(...args);
      if (outcome.code === 1) throw new Error(`terraform ${args.join(' ')}:\n${outcome.stderr}\n${outcome.stdout}`);
      return outcome;
    };
    return {
      run,
      succeed,
      plan: async (...options) => {
        await succeed('plan', '-input=false', '-lock=false', '-out=plan', ...options);
        return JSON.parse((await succeed('show', '-json', 'plan')).stdout) as Plan;
      },
      watch: (onLine, ...args) => terraform(path, args, environment, onLine),
    };
  };
  const reset = (resources: ReadonlyMap<string, JsonObject>) => {
    azure.resources.clear();
    for (const [id, resource] of resources) azure.resources.set(id, resource);
    azure.writes.length = 0;
    azure.intercept = undefined;
    azure.operation = undefined;
  };
  const make = async (name: string, configuration: string): Promise<Directory> => {
    reset(new Map());
    await mkdir(join(root, name));
    await writeFile(join(root, name, 'main.tf'), configuration);
    await directory(name).succeed('init', '-input=false');
    return directory(name);
  };

  const base = await make('base', recorded.base);
  const createPlan = await base.plan();
  await base.succeed('apply', '-input=false', 'plan');
  const afterBase = new Map(azure.resources);

  return {
    azure,
    createPlan,
    empty: make,
    open: async (name, configuration = recorded.base) => {
      reset(afterBase);
      await cp(join(root, 'base'), join(root, name), { recursive: true, verbatimSymlinks: true });
      await writeFile(join(root, name, 'main.tf'), configuration);
      return directory(name);
    },
    close: async () => {
      await azure.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** The recorded small platform with some of its lines replaced. */
export function editedBase(edits: readonly Edit[]): string {
  const lines = recorded.base.split('\n');
  for (const { line, remove, insert } of [...edits].reverse()) lines.splice(line, remove, ...insert);
  return lines.join('\n');
}

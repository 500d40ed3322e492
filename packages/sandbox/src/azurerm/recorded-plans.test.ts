import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject, type JsonObject } from '@suite/foundation';
import recorded from './fixtures/recorded-plans.json' with { type: 'json' };
import { startStubAzure, type StubAzure } from './testing/stub-azure.ts';
import { hasTerraform, mirrorFromSource, type Outcome, terraform } from './testing/terraform.ts';

/** What a plan says of one resource; paths in `unknown` and `changed` are dotted. */
interface Change {
  readonly address: string;
  readonly actions: readonly string[];
  readonly replacePaths?: readonly unknown[];
  readonly unknown?: readonly string[];
  readonly changed?: readonly string[];
}

interface PlannedResource {
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

const group = '/subscriptions/00000000-0000-0000-0000-000000000003/resourcegroups/rg-platform-dev';
const pools = `${group}/providers/microsoft.containerservice/managedclusters/aks-platform-dev/agentpools`;

/** What had happened before the plan of a case was recorded. */
const preparations: { readonly [name: string]: (run: Run) => Promise<unknown> } = {
  drift: async ({ azure }) => {
    change(azure, `${pools}/user`, pool => ({ ...pool, properties: { ...asObject(pool['properties']), maxCount: 30 } }));
    change(azure, group, found => ({ ...found, tags: { ...asObject(found['tags']), 'changed-by': 'portal' } }));
  },
  'drift-deleted': async ({ azure }) => azure.resources.delete(`${pools}/gpu`),
  import: ({ run }) => run('state', 'rm', 'azurerm_kubernetes_cluster_node_pool.gpu'),
  'import-with-changes': ({ run }) => run('state', 'rm', 'azurerm_kubernetes_cluster_node_pool.gpu'),
  tainted: ({ run }) => run('taint', 'azurerm_kubernetes_cluster_node_pool.gpu'),
};

interface Run {
  readonly azure: StubAzure;
  readonly run: (...args: readonly string[]) => Promise<Outcome>;
}

(hasTerraform ? describe : describe.skip)('plans of the stand-in and of azurerm 5.2.0', () => {
  let directory: string;
  let azure: StubAzure;
  let cliConfigFile: string;
  let afterBase: ReadonlyMap<string, JsonObject>;
  let createBase: readonly Change[];

  const at = (name: string) => join(directory, name);
  const runIn = (name: string) => async (...args: readonly string[]): Promise<Outcome> => {
    const outcome = await terraform(at(name), args, { ...azure.environment, TF_CLI_CONFIG_FILE: cliConfigFile });
    if (outcome.code === 1) throw new Error(`terraform ${args.join(' ')} failed:\n${outcome.stderr}\n${outcome.stdout}`);
    return outcome;
  };
  const plan = async (name: string, ...options: readonly string[]) => {
    await runIn(name)('plan', '-input=false', '-lock=false', '-out=plan', ...options);
    const { stdout } = await runIn(name)('show', '-json', 'plan');
    return JSON.parse(stdout) as { resource_changes?: PlannedResource[]; resource_drift?: PlannedResource[] };
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'azurerm-plans-'));
    azure = await startStubAzure(directory);
    cliConfigFile = await mirrorFromSource(at('provider'));
    await mkdir(at('base'));
    await writeFile(join(at('base'), 'main.tf'), recorded.base);
    await runIn('base')('init', '-input=false');
    createBase = changesOf((await plan('base')).resource_changes);
    await runIn('base')('apply', '-input=false', 'plan');
    afterBase = new Map(azure.resources);
  });

  afterAll(async () => {
    await azure.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('a small platform from nothing', () => {
    expect(createBase).toEqual(recorded.createBase.changes);
  });

  test.each(recorded.cases)('$name', async ({ name, edits, changes, drift, ...rest }) => {
    azure.resources.clear();
    for (const [id, resource] of afterBase) azure.resources.set(id, resource);
    await cp(at('base'), at(name), { recursive: true, verbatimSymlinks: true });
    await writeFile(join(at(name), 'main.tf'), edited(recorded.base, edits));
    await preparations[name]?.({ azure, run: runIn(name) });
    const planned = await plan(name, ...('options' in rest ? (rest.options ?? []) : []));
    expect(changesOf(planned.resource_changes)).toEqual(changes);
    expect(changesOf(planned.resource_drift)).toEqual(drift);
  });

  test('the whole platform from nothing, and then nothing to do', async () => {
    azure.resources.clear();
    await mkdir(at('whole'));
    await writeFile(join(at('whole'), 'main.tf'), recorded.whole);
    await runIn('whole')('init', '-input=false');
    expect(changesOf((await plan('whole')).resource_changes)).toEqual(recorded.createWhole.changes);
    await runIn('whole')('apply', '-input=false', 'plan');
    const again = await plan('whole');
    expect(changesOf(again.resource_changes)).toEqual([]);
    expect(changesOf(again.resource_drift)).toEqual(recorded.noChangesWhole.drift);
    await runIn('whole')('apply', '-input=false', '-destroy', '-auto-approve');
    expect([...azure.resources.keys()]).toEqual([]);
  });
});

function change(azure: StubAzure, id: string, edit: (resource: JsonObject) => JsonObject): void {
  azure.resources.set(id, edit(azure.resources.get(id) ?? {}));
}

function edited(text: string, edits: readonly { line: number; remove: number; insert: readonly string[] }[]): string {
  const lines = text.split('\n');
  for (const { line, remove, insert } of [...edits].reverse()) lines.splice(line, remove, ...insert);
  return lines.join('\n');
}

function changesOf(resources: readonly PlannedResource[] = []): readonly Change[] {
  return resources
    .filter(({ change, previous_address }) => change.actions[0] !== 'no-op' || change.importing !== undefined || previous_address !== undefined)
    .map(({ address, change }) => {
      const unknown = unknownPaths(change.after_unknown).sort();
      return {
        address,
        actions: change.actions,
        ...(change.replace_paths === undefined ? {} : { replacePaths: change.replace_paths }),
        ...(unknown.length === 0 ? {} : { unknown }),
        ...(change.actions[0] === 'update' ? { changed: changedPaths(change.before, change.after) } : {}),
      };
    });
}

function unknownPaths(value: unknown, path = ''): readonly string[] & { sort(): string[] } {
  if (value === true) return [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => unknownPaths(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => unknownPaths(item, path === '' ? key : `${path}.${key}`));
}

function changedPaths(before: unknown, after: unknown, path = ''): readonly string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, index) => changedPaths(item, after[index], `${path}[${index}]`));
  }
  const isRecord = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRecord(before) || !isRecord(after)) return [path];
  const names = [...new Set([...Object.keys(asObject(before)), ...Object.keys(asObject(after))])].sort();
  return names.flatMap(name =>
    changedPaths(asObject(before)[name], asObject(after)[name], path === '' ? name : `${path}.${name}`),
  );
}

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject, type JsonObject } from '@suite/foundation';
import recorded from './fixtures/recorded-plans.json' with { type: 'json' };
import type { StubAzure } from './testing/stub-azure.ts';
import { hasTerraform } from './testing/terraform.ts';
import {
  createWorkspace,
  type Directory,
  editedBase,
  type PlannedResource,
  type Workspace,
} from './testing/workspace.ts';

/** What a plan says of one resource; paths in `unknown` and `changed` are dotted. */
interface Change {
  readonly address: string;
  readonly actions: readonly string[];
  readonly replacePaths?: readonly unknown[];
  readonly unknown?: readonly string[];
  readonly changed?: readonly string[];
}

const group = '/subscriptions/00000000-0000-0000-0000-000000000003/resourcegroups/rg-platform-dev';
const pools = `${group}/providers/microsoft.containerservice/managedclusters/aks-platform-dev/agentpools`;

/** What had happened before the plan of a case was recorded. */
const preparations: { readonly [name: string]: (directory: Directory, azure: StubAzure) => Promise<unknown> } = {
  drift: async (_, azure) => {
    change(azure, `${pools}/user`, pool => ({
      ...pool,
      properties: { ...asObject(pool['properties']), maxCount: 30 },
    }));
    change(azure, group, found => ({ ...found, tags: { ...asObject(found['tags']), 'changed-by': 'portal' } }));
  },
  'drift-deleted': async (_, azure) => azure.resources.delete(`${pools}/gpu`),
  import: directory => directory.succeed('state', 'rm', 'azurerm_kubernetes_cluster_node_pool.gpu'),
  'import-with-changes': directory => directory.succeed('state', 'rm', 'azurerm_kubernetes_cluster_node_pool.gpu'),
  tainted: directory => directory.succeed('taint', 'azurerm_kubernetes_cluster_node_pool.gpu'),
};

(hasTerraform ? describe : describe.skip)('plans of the stand-in and of azurerm 5.2.0', () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace();
  });
  afterAll(() => workspace.close());

  test('a small platform from nothing', () => {
    expect(changesOf(workspace.createPlan.resource_changes)).toEqual(recorded.createBase.changes);
  });

  test.each(recorded.cases)('$name', async ({ name, edits, changes, drift, ...rest }) => {
    const directory = await workspace.open(name, editedBase(edits));
    await preparations[name]?.(directory, workspace.azure);
    const plan = await directory.plan(...('options' in rest ? (rest.options ?? []) : []));
    expect(changesOf(plan.resource_changes)).toEqual(changes);
    expect(changesOf(plan.resource_drift)).toEqual(drift);
  });

  test('calls that begin together share one token', async () => {
    const directory = await workspace.open('tokens');
    const asked: string[] = [];
    workspace.azure.intercept = (_, place) => {
      if (place === 'login.microsoftonline.com') asked.push(place);
      return undefined;
    };
    await directory.plan();
    // For Graph, where azurerm reads who it is, and for everything that it then reads at once.
    expect(asked).toHaveLength(2);
  });

  test('the whole platform from nothing, then nothing to do, then nothing left', async () => {
    const directory = await workspace.empty('whole', recorded.whole);
    expect(changesOf((await directory.plan()).resource_changes)).toEqual(recorded.createWhole.changes);
    await directory.succeed('apply', '-input=false', 'plan');
    const again = await directory.plan();
    expect(changesOf(again.resource_changes)).toEqual([]);
    expect(changesOf(again.resource_drift)).toEqual(recorded.noChangesWhole.drift);
    await directory.succeed('apply', '-input=false', '-destroy', '-auto-approve');
    expect([...workspace.azure.resources.keys()]).toEqual([]);
  });
});

function change(azure: StubAzure, id: string, edit: (resource: JsonObject) => JsonObject): void {
  azure.resources.set(id, edit(azure.resources.get(id) ?? {}));
}

function changesOf(resources: readonly PlannedResource[] = []): readonly Change[] {
  return resources
    .filter(
      ({ change, previous_address }) =>
        change.actions[0] !== 'no-op' || change.importing !== undefined || previous_address !== undefined,
    )
    .map(({ address, change }) => {
      const unknown = unknownPaths(change.after_unknown).toSorted();
      return {
        address,
        actions: change.actions,
        ...(change.replace_paths === undefined ? {} : { replacePaths: change.replace_paths }),
        ...(unknown.length === 0 ? {} : { unknown }),
        ...(change.actions[0] === 'update' ? { changed: changedPaths(change.before, change.after) } : {}),
      };
    });
}

function unknownPaths(value: unknown, path = ''): readonly string[] {
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

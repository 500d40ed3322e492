import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { azurermSchema, type BlockSchema } from '@suite/sandbox';
import { type BundleWorld, openBundleWorld } from '../support/bundle.ts';

const listed = join(import.meta.dirname, '..', '..', 'actions', 'provision-aks', 'terraform', 'sensitive-paths.json');

let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  await sandbox.deploy('shared');
  await sandbox.deploy('prod');
});
afterAll(() => sandbox.close());

interface StateResource {
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly instances: readonly { readonly attributes: Readonly<Record<string, unknown>> }[];
}

function statesOf(): StateResource[] {
  return sandbox.views.flatMap(({ state }) => {
    const blob = sandbox.world.azure.readBlob(state.account, state.container, state.key);
    return blob === undefined ? [] : (JSON.parse(blob.content.toString('utf8')).resources as StateResource[]);
  });
}

/** Paths without list indices of all sensitive values that are not null, by azurerm's own schema. */
function sensitivePaths(block: BlockSchema, value: unknown, prefix = ''): string[] {
  if (Array.isArray(value)) return value.flatMap(item => sensitivePaths(block, item, prefix));
  if (typeof value !== 'object' || value === null) return [];
  const fields = value as Record<string, unknown>;
  const own = Object.entries(block.attributes ?? {}).flatMap(([name, { sensitive }]) =>
    sensitive === true && fields[name] !== null && fields[name] !== undefined ? [prefix + name] : [],
  );
  const nested = Object.entries(block.block_types ?? {}).flatMap(([name, inner]) =>
    sensitivePaths(inner.block, fields[name], `${prefix}${name}.`),
  );
  return [...own, ...nested];
}

test('every sensitive value in state is one that opens nothing, with the reason written down', async () => {
  const reasons: Record<string, Record<string, string>> = JSON.parse(await readFile(listed, 'utf8'));
  const found = new Set<string>();
  for (const { mode, type, instances } of statesOf()) {
    const schema = mode === 'data' ? azurermSchema.dataSources[type] : azurermSchema.resources[type];
    const key = mode === 'data' ? `data.${type}` : type;
    for (const { attributes } of instances) {
      for (const path of sensitivePaths(schema?.block ?? {}, attributes)) found.add(`${key} ${path}`);
    }
  }
  const allowed = Object.entries(reasons).flatMap(([type, paths]) => Object.keys(paths).map(path => `${type} ${path}`));
  expect(allowed).toEqual(expect.arrayContaining([...found]));
  // The keys of the workspace are there (and refused by Azure), so the search does find what it looks for.
  expect([...found]).toContain('azurerm_log_analytics_workspace primary_shared_key');
});

test('no kubeconfig in state holds a client certificate, key or token', () => {
  const clusters = statesOf().filter(({ mode, type }) => mode === 'managed' && type === 'azurerm_kubernetes_cluster');
  expect(clusters).toHaveLength(1);
  const text = JSON.stringify(clusters);
  expect(text).toContain('kube_config_raw');
  expect(text).not.toMatch(/client-key-data|client-certificate-data|token: /);
});

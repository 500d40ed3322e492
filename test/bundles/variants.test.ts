import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ChangeReport } from '@suite/change-report';
import { listScopes, parsePlatform, writeLock } from '@suite/platform-file';
import { type BundleWorld, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';

/**
 * The platform files of `examples/platform-files` through the shipped bundle: planned, applied, planned again, changed,
 * and verified.
 */
interface Variant {
  readonly file: 'minimal' | 'guide' | 'private' | 'existing';
  /** In the order of their making. */
  readonly scopes: readonly string[];
  /** Makes what the file uses and does not make. */
  readonly prepare?: (sandbox: BundleWorld) => void;
  /** An edit of the file, the scope that it changes, and all that it changes there. */
  readonly edit: {
    readonly scope: string;
    readonly from: string;
    readonly to: string;
    readonly changes: readonly string[];
  };
}

const variants: readonly Variant[] = [
  {
    file: 'minimal',
    scopes: ['shared', 'dev'],
    edit: {
      scope: 'dev',
      from: 'location: westeurope }\n  prod',
      to: 'location: westeurope, cluster: { pools: { user: { max: 7, labels: { team: data }, taints: [team=data:PreferNoSchedule] } } } }\n  prod',
      changes: ['update module.pools.azurerm_kubernetes_cluster_node_pool.this["user"]'],
    },
  },
  {
    file: 'guide',
    scopes: ['shared', 'dev', 'prod'],
    edit: {
      scope: 'prod',
      from: 'amount: 6000',
      to: 'amount: 7000',
      changes: ['update module.budget[0].azurerm_consumption_budget_subscription.this'],
    },
  },
  {
    file: 'private',
    scopes: ['shared', 'prod'],
    prepare: ({ world: { azure, settings } }) => {
      settings.isInPrivateNetwork = true;
      azure.putResource(
        '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-keys/providers/Microsoft.KeyVault/vaults/kv-contoso-keys',
        vault,
      );
    },
    edit: {
      scope: 'prod',
      from: 'flow-logs: { retention: 90d }',
      to: 'flow-logs: { retention: 30d }',
      changes: ['update module.network[0].azurerm_network_watcher_flow_log.this[0]'],
    },
  },
  {
    file: 'existing',
    scopes: ['shared', 'dev'],
    prepare: ({ world: { azure } }) => {
      const hub = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-hub/providers';
      const landing = '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-landing/providers';
      const network = `${landing}/Microsoft.Network/virtualNetworks/vnet-landing`;
      azure.putResource(`${hub}/Microsoft.OperationalInsights/workspaces/log-hub`, {
        location: 'westeurope',
        properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30 },
      });
      azure.putResource(`${hub}/Microsoft.Network/dnszones/platform.contoso.com`, { location: 'global' });
      azure.putResource(`${hub}/Microsoft.KeyVault/vaults/kv-contoso-hub`, vault);
      azure.putResource(`${landing}/Microsoft.ContainerRegistry/registries/crlanding`, {
        location: 'westeurope',
        sku: { name: 'Premium' },
        properties: { adminUserEnabled: false },
      });
      azure.putResource(network, {
        location: 'westeurope',
        properties: { addressSpace: { addressPrefixes: ['10.20.0.0/16'] } },
      });
      const subnet = (name: string, addressPrefix: string, delegation?: string) =>
        azure.putResource(`${network}/subnets/${name}`, {
          properties: {
            addressPrefix,
            ...(delegation === undefined
              ? {}
              : { delegations: [{ name: 'agc', properties: { serviceName: delegation } }] }),
          },
        });
      subnet('snet-nodes', '10.20.0.0/20');
      subnet('snet-gateway', '10.20.16.0/24', 'Microsoft.ServiceNetworking/trafficControllers');
      subnet('snet-endpoints', '10.20.17.0/24');
    },
    edit: {
      scope: 'dev',
      from: 'key-vault: { own: false }',
      to: 'key-vault: { own: true }',
      changes: [
        'create module.diagnostics.azurerm_monitor_diagnostic_setting.this["vault"]',
        'replace module.identities.azurerm_role_assignment.cluster_made["secrets_provider"]',
        'replace module.identities.azurerm_role_assignment.workload["external-secrets/secrets"]',
        'replace module.private_link[0].azurerm_private_endpoint.this["vault"]',
        'create module.vault[0].azurerm_key_vault.this',
      ],
    },
  },
];

const vault = {
  location: 'westeurope',
  properties: {
    tenantId: '11111111-1111-1111-1111-111111111111',
    sku: { family: 'A', name: 'standard' },
    enableRbacAuthorization: true,
    enablePurgeProtection: true,
    enableSoftDelete: true,
    accessPolicies: [],
  },
};

let sandbox: BundleWorld;
afterEach(() => sandbox.close());

describe.each(variants)('$file.yaml', ({ file, scopes, prepare, edit }) => {
  test('plans, applies, plans nothing more, changes and verifies', async () => {
    const text = await readFile(new URL(`../../examples/platform-files/${file}.yaml`, import.meta.url), 'utf8');
    sandbox = await openBundleWorld(process.env['AZURERM'], {
      'platform.yaml': () => text,
      'platform.lock.yaml': () => lockOf(text),
    });
    sandbox.world.settings.operationMs = 0;
    prepare?.(sandbox);

    for (const scope of scopes) {
      const first = await plan(scope);
      expect(unsure(first)).toEqual([]);
      expect(first.verdict).toBe('changes');
      await sandbox.deploy(scope);
      expect(lines(await plan(scope))).toEqual([]);
      await verify(scope);
    }

    await sandbox.edit('platform.yaml', before => {
      const after = before.replace(edit.from, edit.to);
      expect(after).not.toBe(before);
      return after;
    });
    expect(lines(await plan(edit.scope))).toEqual(edit.changes);
    await sandbox.deploy(edit.scope);
    expect(lines(await plan(edit.scope))).toEqual([]);
    for (const scope of scopes) await verify(scope);
  });
});

async function plan(scope: string): Promise<ChangeReport> {
  return reportOf(succeeded(await sandbox.run({ command: 'plan', scope })));
}

async function verify(scope: string): Promise<void> {
  // Its checks are the differences that it found. `deviations.test.ts` shows that each is found.
  expect((await reportOf(succeeded(await sandbox.run({ command: 'verify', scope })))).checks).toEqual([]);
}

const lines = ({ changes }: ChangeReport) => changes.map(({ kind, address }) => `${kind} ${address}`);

/** Checks that did not pass, whatever they ended as; of what only an apply can know the plan says "later". */
const unsure = ({ checks }: ChangeReport) =>
  checks
    .filter(({ status }) => status !== 'passed' && status !== 'later')
    .map(({ id, status, message }) => `${status} ${id}: ${message}`);

/** A lock as bootstrap writes it, with an identity and a state account of their own for each scope and region. */
function lockOf(text: string): string {
  const places = listScopes(parsePlatform(Buffer.from(text), 'platform.yaml')).map(({ scope, region }, at) => ({
    scope,
    region,
    identities: { plan: clientId(2 * at + 1), apply: clientId(2 * at + 2) },
    state: { account: `stcontoso${scope}`, container: 'tfstate' },
  }));
  return writeLock(undefined, places);
}

function clientId(number: number): string {
  return `a0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChangeReport } from '@suite/change-report';
import { asObject } from '@suite/foundation';
import type { StepResult } from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';

/** A cluster that another tool has made, under names of its own: surveyed, said in the platform file, planned and taken over. */
let sandbox: BundleWorld;

const dev = '33333333-3333-3333-3333-333333333333';
const group = `/subscriptions/${dev}/resourceGroups/rg-shop`;
const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/shop-k8s`;
const network = `/subscriptions/${dev}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet-shop`;
const subnet = `${network}/subnets/nodes`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/crshop`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv-shop`;
const workspace =
  '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-hub/providers/Microsoft.OperationalInsights/workspaces/log-hub';
const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop-identity`;

beforeAll(async () => {
  sandbox = await openBundleWorld(undefined, {
    'platform.yaml': text =>
      text.replace(/^domain: .*\n/m, `existing:\n  logs: ${workspace}\n`).replace('prod:', 'prod: # ours'),
  });
  sandbox.world.settings.operationMs = 0;
  makeCluster();
}, 120_000);
afterAll(() => sandbox.close());

/** As a team made it years ago with something else. */
function makeCluster(): void {
  const { azure } = sandbox.world;
  azure.putResource(workspace, {
    location: 'westeurope',
    properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30 },
  });
  azure.putResource(group, { location: 'westeurope', tags: { team: 'shop' } });
  azure.putResource(network, {
    location: 'westeurope',
    properties: { addressSpace: { addressPrefixes: ['10.80.0.0/16'] } },
  });
  azure.putResource(subnet, { properties: { addressPrefix: '10.80.0.0/20' } });
  azure.putResource(`${network}/subnets/gateway`, {
    properties: {
      addressPrefix: '10.80.16.0/24',
      delegations: [{ name: 'agc', properties: { serviceName: 'Microsoft.ServiceNetworking/trafficControllers' } }],
    },
  });
  azure.putResource(registry, {
    location: 'westeurope',
    sku: { name: 'Premium' },
    properties: { adminUserEnabled: false },
  });
  azure.putResource(vault, {
    location: 'westeurope',
    properties: {
      tenantId: '11111111-1111-1111-1111-111111111111',
      sku: { family: 'A', name: 'standard' },
      enableRbacAuthorization: true,
      accessPolicies: [],
    },
  });
  azure.putResource(identity, { location: 'westeurope' });
  const pool = {
    osType: 'Linux',
    osSKU: 'Ubuntu',
    type: 'VirtualMachineScaleSets',
    vnetSubnetID: subnet,
    maxPods: 110,
  };
  azure.putResource(cluster, {
    location: 'westeurope',
    sku: { name: 'Base', tier: 'Standard' },
    tags: { team: 'shop', 'cost-centre': '4711' },
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } },
    properties: {
      kubernetesVersion: '1.34',
      dnsPrefix: 'shop',
      nodeResourceGroup: 'MC_rg-shop_shop-k8s',
      enableRBAC: true,
      disableLocalAccounts: true,
      aadProfile: {
        managed: true,
        enableAzureRBAC: true,
        adminGroupObjectIDs: ['77777777-7777-7777-7777-777777777777'],
      },
      linuxProfile: { adminUsername: 'azureuser', ssh: { publicKeys: [{ keyData: 'ssh-rsa AAAA shop' }] } },
      autoUpgradeProfile: { upgradeChannel: 'patch', nodeOSUpgradeChannel: 'NodeImage' },
      networkProfile: {
        networkPlugin: 'azure',
        networkPluginMode: 'overlay',
        networkPolicy: 'cilium',
        networkDataplane: 'cilium',
        outboundType: 'loadBalancer',
        podCidr: '192.168.0.0/16',
        serviceCidr: '172.16.0.0/16',
        dnsServiceIP: '172.16.0.10',
      },
      oidcIssuerProfile: { enabled: true },
      securityProfile: { workloadIdentity: { enabled: true } },
      addonProfiles: {
        azureKeyvaultSecretsProvider: {
          enabled: true,
          config: { enableSecretRotation: 'true', rotationPollInterval: '5m' },
        },
      },
      agentPoolProfiles: [
        {
          ...pool,
          name: 'nodepool1',
          mode: 'System',
          vmSize: 'Standard_D4ds_v5',
          count: 2,
          enableAutoScaling: true,
          minCount: 2,
          maxCount: 5,
          osDiskSizeGB: 128,
        },
        {
          ...pool,
          name: 'apps',
          mode: 'User',
          vmSize: 'Standard_D8ds_v5',
          count: 3,
          enableAutoScaling: true,
          minCount: 3,
          maxCount: 12,
          availabilityZones: ['1', '2', '3'],
          nodeLabels: { team: 'shop' },
          nodeTaints: ['spare=:PreferNoSchedule'],
        },
        {
          ...pool,
          name: 'batch',
          mode: 'User',
          vmSize: 'Standard_D4ds_v5',
          count: 1,
          nodeTaints: ['batch=true:NoSchedule'],
        },
      ],
    },
  });
  azure.assignRole({ principal: valueAt(identity, 'principalId'), role: 'Network Contributor', scope: subnet });
  azure.assignRole({
    principal: valueAt(cluster, 'identityProfile', 'kubeletidentity', 'objectId'),
    role: 'AcrPull',
    scope: registry,
  });
  azure.assignRole({
    principal: valueAt(cluster, 'addonProfiles', 'azureKeyvaultSecretsProvider', 'identity', 'objectId'),
    role: 'Key Vault Secrets User',
    scope: vault,
  });
}

/** A text below the properties of a resource. */
function valueAt(id: string, ...path: readonly string[]): string {
  const found = ['properties', ...path].reduce<unknown>(
    (value, key) => asObject(value)[key],
    sandbox.world.azure.resource(id),
  );
  if (typeof found !== 'string') throw new Error(`${id} has no ${path.join('.')}.`);
  return found;
}

const survey = (id = cluster) => sandbox.run({ command: 'survey', scope: 'dev', cluster: id });
const plan = async () => {
  const result = succeeded(await sandbox.run({ command: 'plan', scope: 'dev' }));
  return { result, report: await reportOf(result), file: result.outputs['plan-file'] ?? '' };
};
const armWrites = () => sandbox.world.ledger.writes().filter(({ host }) => host === 'management.azure.com');
const of = ({ changes }: ChangeReport, kind: string) => changes.filter(change => change.kind === kind);

/** The one message of a step that failed and wrote nothing in Azure. */
async function refused(running: Promise<StepResult>): Promise<string> {
  const before = armWrites();
  const result = await running;
  expect(result.exitCode).toBe(1);
  expect(armWrites()).toEqual(before);
  const said = errors(result);
  expect(said).toHaveLength(1);
  return said[0] ?? '';
}

describe('what is wrong is one message, and nothing is touched', () => {
  const elsewhere = cluster.replace(dev, '44444444-4444-4444-4444-444444444444');
  test.each<[string, string, RegExp]>([
    [
      'a cluster of another subscription',
      elsewhere,
      /names shop-k8s in the subscription 44444444-\S+, but dev is in 3333/,
    ],
    ['no id', 'shop-k8s', /is "shop-k8s", which is no id of a cluster/],
    ['nothing there', `${cluster}-x`, /names \S+shop-k8s-x, which is not there/],
  ])('%s', async (_name, id, message) => {
    expect(await refused(survey(id))).toMatch(message);
  });

  test('a scope that has no cluster', async () => {
    expect(await refused(sandbox.run({ command: 'survey', scope: 'shared', cluster }))).toMatch(/which has no cluster/);
  });

  test.each<[string, (body: Body) => void, RegExp]>([
    [
      'another location',
      body => {
        body['location'] = 'northeurope';
      },
      /names shop-k8s in northeurope, but dev is in westeurope/,
    ],
    [
      'kubenet',
      body => {
        const properties = body['properties'] as Body;
        properties['networkProfile'] = {
          ...(properties['networkProfile'] as Body),
          networkPlugin: 'kubenet',
          networkPluginMode: undefined,
        };
      },
      /^shop-k8s cannot be adopted: its network is `kubenet`.* Nothing was touched\. Migrate it to the overlay first/,
    ],
  ])('%s', async (_name, change, message) => {
    const { azure } = sandbox.world;
    let before: Body = {};
    azure.mutate(cluster, body => {
      before = structuredClone(body);
      change(body);
    });
    expect(await refused(survey())).toMatch(message);
    azure.mutate(cluster, body => {
      for (const key of Object.keys(body)) delete body[key];
      Object.assign(body, before);
    });
  });
});

test('what would be replaced is named by its attribute, and is no matter of `allow:`', async () => {
  const { azure } = sandbox.world;
  const address = (dnsServiceIP: string) =>
    azure.mutate(cluster, body => {
      const properties = body['properties'] as Body;
      properties['networkProfile'] = { ...(properties['networkProfile'] as Body), dnsServiceIP };
    });
  address('172.16.0.53');
  const blocked = (await reportOf(succeeded(await survey()))).checks.filter(({ status }) => status === 'blocked');
  address('172.16.0.10');
  expect(blocked.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^shop-k8s cannot be adopted as it is\. Replacing cluster .*network_profile\.dns_service_ip/),
    // What hangs on it goes with it.
    expect.stringMatching(/^shop-k8s cannot be adopted as it is\. Replacing node pool `apps`/),
  ]);
  expect(blocked[0]?.remedy).toMatch(/Do not name it under `allow:`/);
});

let surveyed: ChangeReport;

test('surveyed, it is said in the words of the platform file, and each difference is named; nothing is written', async () => {
  const before = armWrites();
  const result = succeeded(await survey());
  expect(armWrites()).toEqual(before);
  surveyed = await reportOf(result);
  expect(surveyed.verdict).toBe('changes');
  expect(of(surveyed, 'import').map(({ title }) => title)).toEqual(
    expect.arrayContaining([
      'cluster shop-k8s',
      'node pool apps',
      'managed identity shop-identity',
      'resource group rg-shop',
    ]),
  );
  expect(of(surveyed, 'import')).toHaveLength(7);
  expect(surveyed.changes.filter(({ kind }) => ['replace', 'rotate', 'delete'].includes(kind))).toEqual([]);
  expect(result.summary).toContain('Below `environments.dev`:');
  expect(result.summary).toContain('  cluster: shop-k8s');
  expect(result.summary).toMatch(/The pool batch is one pool more/);
  expect(result.summary).toContain('labels: { team: shop }');
  expect(result.summary).toContain('- spare=:PreferNoSchedule');
  expect(result.summary).toMatch(/The subnet gateway is delegated to Application Gateway for Containers/);
  const rows = result.summary.split('\n').filter(line => /^\| \S+ .* \| `[a-z_.-]+` \| .* \| .* \|$/.test(line));
  expect(rows.join('\n')).toContain('managed-by: provision-aks');

  const proposed = await readFile(result.outputs['proposed-file'] ?? '', 'utf8');
  await sandbox.edit('platform.yaml', () => proposed);
});

test('pasted, the plan is the one that was surveyed, and the apply takes the cluster over', async () => {
  const { report, file } = await plan();
  expect(report.checks.filter(({ status }) => status === 'blocked')).toEqual([]);
  expect(report.changes).toEqual(surveyed.changes);
  const { azure } = sandbox.world;
  const before = valueAt(cluster, 'resourceUID');
  const applied = succeeded(await sandbox.run({ command: 'apply', scope: 'dev', 'plan-file': file }));
  expect((await reportOf(applied)).verdict).toBe('applied');
  expect(valueAt(cluster, 'resourceUID')).toBe(before);
  expect(azure.resources('Microsoft.ContainerService/managedClusters')).toHaveLength(1);
  expect(azure.resource(`${cluster}/agentPools/batch`)).toBeDefined();
});

test('afterwards nothing is left to do, a second apply does nothing, and nothing has drifted', async () => {
  const { report, file } = await plan();
  expect(report).toMatchObject({ verdict: 'no-changes', changes: [] });
  const before = armWrites();
  const again = succeeded(await sandbox.run({ command: 'apply', scope: 'dev', 'plan-file': file }));
  expect((await reportOf(again)).verdict).toBe('no-changes');
  expect(armWrites()).toEqual(before);
  expect((await reportOf(succeeded(await sandbox.run({ command: 'drift', scope: 'dev' })))).verdict).toBe('clean');
});

test("a team's own state is moved by blocks: what the modules make keeps its place in Azure, what they do not is forgotten", async () => {
  const shared = (terraform: string) =>
    sandbox.edit('platform.yaml', text =>
      text.replace(/^shared:.*\n(?: {2}terraform:.*\n)?/m, `shared:\n  terraform: { ${terraform} }\n`),
    );
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(sandbox.checkout, file)), { recursive: true });
    await writeFile(join(sandbox.checkout, file), text);
  };
  await write('infra/main.tf', ownRoot);
  await shared('working-directory: infra');
  const own = succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }));
  const digest = { 'expected-digest': own.outputs['digest'] ?? '' };
  succeeded(
    await sandbox.run({ command: 'apply', scope: 'shared', 'plan-file': own.outputs['plan-file'] ?? '', ...digest }),
  );

  await write('moves/moves.tf', moves);
  await shared('extend: moves');
  const moved = succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }));
  const report = await reportOf(moved);
  expect(report.changes.map(({ kind, address }) => `${kind} ${address}`)).toEqual(
    expect.arrayContaining([
      'move module.resource_group.azurerm_resource_group.this',
      'forget azurerm_storage_account.reports',
    ]),
  );
  expect(report.changes.filter(({ kind }) => ['replace', 'rotate', 'delete'].includes(kind))).toEqual([]);
  succeeded(await sandbox.run({ command: 'apply', scope: 'shared', 'plan-file': moved.outputs['plan-file'] ?? '' }));
  expect(sandbox.world.azure.resources('Microsoft.Storage/storageAccounts').map(({ name }) => name)).toContain(
    'stcontosoreports',
  );

  // The blocks have done their work.
  await sandbox.edit('platform.yaml', text => text.replace(/^ {2}terraform:.*\n/m, ''));
  const left = await reportOf(succeeded(await sandbox.run({ command: 'plan', scope: 'shared' })));
  expect(left).toMatchObject({ verdict: 'no-changes', changes: [] });
});

test('a state in a form that only a newer Terraform reads is said as that, and not touched', async () => {
  const { azure } = sandbox.world;
  const state = sandbox.views.find(({ scope }) => scope === 'dev')?.state;
  if (state === undefined) throw new Error('The example has no dev.');
  const { account, container, key } = state;
  const content = azure.readBlob(account, container, key)?.content.toString() ?? '';
  const newer = JSON.stringify({ ...JSON.parse(content), version: 5, terraform_version: '99.0.0' });
  azure.writeBlob(account, container, key, newer);
  expect(await refused(sandbox.run({ command: 'plan', scope: 'dev' }))).toMatch(
    /was written by a newer Terraform \(99\.0\.0\) in a form that the one here cannot read\. Nothing was touched\./,
  );
  expect(azure.readBlob(account, container, key)?.content.toString()).toBe(newer);
});

type Body = Record<string, unknown>;

const ownRoot = `terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 5.2"
    }
  }
  backend "azurerm" {}
}

provider "azurerm" {
  features {}
  resource_provider_registrations = "none"
}

resource "azurerm_resource_group" "main" {
  name     = "rg-contoso-shared-westeurope"
  location = "westeurope"
}

resource "azurerm_storage_account" "reports" {
  name                     = "stcontosoreports"
  resource_group_name      = azurerm_resource_group.main.name
  location                 = azurerm_resource_group.main.location
  account_tier             = "Standard"
  account_replication_type = "LRS"
}
`;

const moves = `moved {
  from = azurerm_resource_group.main
  to   = module.resource_group.azurerm_resource_group.this
}

removed {
  from = azurerm_storage_account.reports
  lifecycle {
    destroy = false
  }
}
`;

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChangeReport } from '@suite/change-report';
import { asObject } from '@suite/foundation';
import { shopCluster as cluster, type RunResult, type StepResult } from '@suite/sandbox';
import { errors, openVariant, reportOf, succeeded, tell, type VariantWorld } from '../support/bundle.ts';
import { jobOf } from '../support/pipeline.ts';

/** The variant `adopted`: a cluster that another tool has made, surveyed, said in the platform file, planned and taken over. */
let sandbox: VariantWorld;

const dev = '33333333-3333-3333-3333-333333333333';

beforeAll(async () => {
  sandbox = await openVariant('adopted');
});
afterAll(() => sandbox.close());

const survey = (id = cluster) => sandbox.run({ command: 'survey', scope: 'dev', cluster: id });
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

test("a team's own state is moved by blocks: what the modules make keeps its place in Azure, what they do not is forgotten", async () => {
  const shared = (terraform: string) =>
    sandbox.edit('platform.yaml', text =>
      text.replace(/^shared:.*\n(?: {2}terraform:.*\n)?/m, `shared:\n  terraform: { ${terraform} }\n`),
    );
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(sandbox.checkout, file)), { recursive: true });
    await writeFile(join(sandbox.checkout, file), text);
  };
  // As after the survey, dev does not need a vault of the shared scope.
  await sandbox.edit('platform.yaml', text => text.replace(/^ {2}dev:.*\n/m, '$&    key-vault: { own: true }\n'));
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

describe('its story', () => {
  let runs: readonly RunResult[];
  let before: string;
  beforeAll(async () => {
    before = uidOf(sandbox);
    ({ runs } = await tell(sandbox, sandbox.variant.chapters));
  });

  const stepOf = (run: number, job: string) => {
    const found = jobOf(runs[run] ?? failed(`There is no run ${run}.`), job).steps.find(
      ({ uses, outputs }) => uses?.includes('provision-aks') && outputs['report'] !== undefined,
    );
    return found ?? failed(`${job} has no report.`);
  };
  const surveyed = () => reportOf(stepOf(0, 'Survey'));

  test('surveyed, it is said in the words of the platform file, and each difference is named', async () => {
    const report = await surveyed();
    expect(report.verdict).toBe('changes');
    expect(of(report, 'import').map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        'cluster shop-k8s',
        'node pool apps',
        'managed identity shop-identity',
        'resource group rg-shop',
      ]),
    );
    expect(of(report, 'import')).toHaveLength(7);
    expect(report.changes.filter(({ kind }) => ['replace', 'rotate', 'delete'].includes(kind))).toEqual([]);
    const { summary } = stepOf(0, 'Survey');
    expect(summary).toContain('Below `environments.dev`:');
    expect(summary).toContain('  cluster: shop-k8s');
    expect(summary).toMatch(/The pool batch is one pool more/);
    expect(summary).toContain('labels: { team: shop }');
    expect(summary).toContain('- spare=:PreferNoSchedule');
    expect(summary).toMatch(/The subnet gateway is delegated to Application Gateway for Containers/);
    const rows = summary.split('\n').filter(line => /^\| \S+ .* \| `[a-z_.-]+` \| .* \| .* \|$/.test(line));
    expect(rows.join('\n')).toContain('managed-by: provision-aks');
  });

  test('pasted, the plan is the one that was surveyed, and the apply takes the cluster over', async () => {
    const report = await reportOf(stepOf(3, 'Plan dev'));
    expect(report.checks.filter(({ status }) => status === 'blocked')).toEqual([]);
    expect(report.changes).toEqual((await surveyed()).changes);
    expect((await reportOf(stepOf(3, 'Apply dev'))).verdict).toBe('applied');
    expect(uidOf(sandbox)).toBe(before);
    expect(sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters')).toHaveLength(1);
    expect(sandbox.world.azure.resource(`${cluster}/agentPools/batch`)).toBeDefined();
  });

  test('afterwards nothing is left to do, and a second apply does nothing', async () => {
    const proposed = await sandbox.repository.readFile('refs/heads/main', 'platform.yaml');
    await sandbox.edit('platform.yaml', () => proposed ?? '');
    const planned = succeeded(await sandbox.run({ command: 'plan', scope: 'dev' }));
    expect(await reportOf(planned)).toMatchObject({ verdict: 'no-changes', changes: [] });
    const writes = armWrites();
    const plan = { 'plan-file': planned.outputs['plan-file'] ?? '' };
    const again = succeeded(await sandbox.run({ command: 'apply', scope: 'dev', ...plan }));
    expect((await reportOf(again)).verdict).toBe('no-changes');
    expect(armWrites()).toEqual(writes);
  });
});

function failed(message: string): never {
  throw new Error(message);
}

function uidOf({ world }: VariantWorld): string {
  return String(asObject(world.azure.resource(cluster)?.['properties'])['resourceUID']);
}

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

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { json, type WorldResponse } from '../network/http.ts';
import recorded from './fixtures/recorded-errors.json' with { type: 'json' };
import plans from './fixtures/recorded-plans.json' with { type: 'json' };
import { errorsOf, hasTerraform } from './testing/terraform.ts';
import { createWorkspace, editedBase, type Workspace } from './testing/workspace.ts';

type RecordedCase = keyof typeof recorded;

const group = '/subscriptions/00000000-0000-0000-0000-000000000003/resourceGroups/rg-platform-dev';
const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/aks-platform-dev`;
const securityGroups = `${group}/providers/Microsoft.Network/networkSecurityGroups`;

const batchPool = `
resource "azurerm_kubernetes_cluster_node_pool" "batch" {
  name                  = "batch"
  kubernetes_cluster_id = azurerm_kubernetes_cluster.platform.id
  vm_size               = "Standard_ND96isr_H100_v5"
  auto_scaling_enabled  = true
  min_count             = 1
  max_count             = 8
  vnet_subnet_id        = azurerm_subnet.nodes.id
  upgrade_settings { max_surge = "33%" }
}
`;

(hasTerraform ? describe : describe.skip)('applies of the stand-in and of azurerm 5.2.0', () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace();
  });
  afterAll(() => workspace.close());

  const configurationOf = (name: string) => editedBase(plans.cases.find(item => item.name === name)?.edits ?? []);
  const apply = ['apply', '-json', '-input=false', '-auto-approve'] as const;
  const expectRecorded = (stdout: string, name: RecordedCase) =>
    expect(errorsOf(stdout).map(error => [error.address, stable(error.summary)])).toEqual(
      recorded[name].map(error => [error.address ?? undefined, stable(error.summary)]),
    );

  test('a rotation makes the temporary pool, and replaces the pool while it stands', async () => {
    const directory = await workspace.open('rotation', configurationOf('rotate-pool'));
    expect((await directory.run(...apply)).code).toBe(0);
    expect(workspace.azure.writes).toEqual([
      `PUT ${cluster}/agentPools/usertmp`,
      `DELETE ${cluster}/agentPools/user`,
      `PUT ${cluster}/agentPools/user`,
      `DELETE ${cluster}/agentPools/usertmp`,
    ]);
    expect(await directory.run('plan', '-detailed-exitcode')).toMatchObject({ code: 0 });
  });

  test('so does a rotation of the default pool', async () => {
    const directory = await workspace.open('default-rotation', configurationOf('rotate-default-pool'));
    expect((await directory.run(...apply)).code).toBe(0);
    expect(workspace.azure.writes).toEqual([
      `PUT ${cluster}/agentPools/systemtmp`,
      `DELETE ${cluster}/agentPools/system`,
      `PUT ${cluster}/agentPools/system`,
      `DELETE ${cluster}/agentPools/systemtmp`,
    ]);
    expect(await directory.run('plan', '-detailed-exitcode')).toMatchObject({ code: 0 });
  });

  test.each(['replace-pool', 'rotate-default-pool-no-temporary-name'] as const)('%s', async name => {
    const directory = await workspace.open(`failing-${name}`, configurationOf(name));
    const { code, stdout } = await directory.run(...apply);
    expect(code).toBe(1);
    expectRecorded(stdout, name);
    expect(workspace.azure.writes).toEqual([]);
  });

  test('every kind of update reaches Azure and leaves nothing to do', async () => {
    const directory = await workspace.open('updates', configurationOf('update-in-place'));
    expect((await directory.run(...apply)).code).toBe(0);
    expect(await directory.run('plan', '-detailed-exitcode')).toMatchObject({ code: 0 });
  });

  test.each<readonly [RecordedCase, WorldResponse]>([
    [
      'apply-400-quota',
      json(400, {
        code: 'ErrCode_InsufficientVCPUQuota',
        details: null,
        message:
          'Insufficient vcpu quota requested 96, remaining 10 for family StandardNDSH100v5Family for region westeurope.',
        subcode: '',
      }),
    ],
    [
      'apply-403-authorization',
      json(403, {
        error: {
          code: 'AuthorizationFailed',
          message: `The client '00000000-0000-0000-0000-0000000000c1' with object id '00000000-0000-0000-0000-0000000000c1' does not have authorization to perform action 'Microsoft.ContainerService/managedClusters/agentPools/write' over scope '${cluster}/agentPools/batch' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
        },
      }),
    ],
    [
      'apply-409-conflict',
      json(409, {
        code: 'OperationNotAllowed',
        details: null,
        message:
          'Operation is not allowed: Another agentpool operation (Putting) is in progress, please wait for it to finish before starting a new operation.',
        subcode: '',
      }),
    ],
  ])('%s', async (name, answer) => {
    const directory = await workspace.open(name, plans.base + batchPool);
    workspace.azure.intercept = (method, path) =>
      method === 'PUT' && path.endsWith('/agentPools/batch') ? answer : undefined;
    const { code, stdout } = await directory.run(...apply);
    expect(code).toBe(1);
    expectRecorded(stdout, name);
    expect(workspace.azure.writes).toHaveLength(1);
    expect((await directory.run('state', 'list')).stdout).not.toContain('batch');
  });

  test('throttling is waited for in silence', async () => {
    const directory = await workspace.open('throttled', plans.base + batchPool);
    let refusals = 0;
    workspace.azure.intercept = (method, path) => {
      if (method !== 'PUT' || !path.endsWith('/agentPools/batch') || refusals === 2) return undefined;
      refusals++;
      return json(429, { error: { code: 'TooManyRequests' } }, { 'Retry-After': '0' });
    };
    const { code, stdout } = await directory.run(...apply);
    expect([code, refusals, errorsOf(stdout)]).toEqual([0, 2, []]);
  });

  test('an operation that fails leaves the pool in Azure, out of the state, and in the way', async () => {
    const directory = await workspace.open('operation-failed', plans.base + batchPool);
    workspace.azure.operation = path =>
      json(200, {
        id: path,
        status: 'Failed',
        error: {
          code: 'VMExtensionProvisioningError',
          message: 'Unable to establish connection from agents to the management plane.',
        },
      });
    const failed = await directory.run(...apply);
    expect(failed.code).toBe(1);
    expectRecorded(failed.stdout, 'apply-operation-failed');
    expect((await directory.run('state', 'list')).stdout).not.toContain('batch');
    workspace.azure.operation = undefined;
    const again = await directory.run(...apply);
    expect(again.code).toBe(1);
    expect(errorsOf(again.stdout)[0]?.summary).toBe(
      (recorded['create-exists'][0]?.summary ?? '').replace('agentPools/gpu', 'agentPools/batch'),
    );
  });

  test('plan-403-read', async () => {
    const directory = await workspace.open('unreadable');
    workspace.azure.intercept = (method, path) =>
      method === 'GET' && path.endsWith('/agentPools/gpu')
        ? json(403, {
            error: {
              code: 'AuthorizationFailed',
              message:
                "The client does not have authorization to perform action 'Microsoft.ContainerService/managedClusters/agentPools/read'.",
            },
          })
        : undefined;
    const { code, stdout } = await directory.run('plan', '-json');
    expect(code).toBe(1);
    expectRecorded(stdout, 'plan-403-read');
  });

  test.each(['plan-auth-assertion-expired', 'plan-auth-no-federated-credential'] as const)('%s', async name => {
    const directory = await workspace.open(name);
    const body = recorded[name][0]?.summary.split('with response: ')[1] ?? '';
    workspace.azure.intercept = (_, host) => (host === 'login.microsoftonline.com' ? { status: 401, body } : undefined);
    const { code, stdout } = await directory.run('plan', '-json');
    expect(code).toBe(1);
    expectRecorded(stdout, name);
  });

  test('import-missing', async () => {
    const importBlock = `
import {
  to = azurerm_kubernetes_cluster_node_pool.gpu
  id = "${cluster}/agentPools/nope"
}
`;
    const directory = await workspace.open('import-missing', plans.base + importBlock);
    await directory.succeed('state', 'rm', 'azurerm_kubernetes_cluster_node_pool.gpu');
    const { code, stdout } = await directory.run('plan', '-json');
    expect(code).toBe(1);
    expectRecorded(stdout, 'import-missing');
  });

  test('plan-provider-validation', async () => {
    const wrong = plans.base
      .replace('name                  = "gpu"', 'name = "GPU_Pool"')
      .replace('max_count             = 4', 'max_count = 4000');
    const directory = await workspace.open('validation', wrong);
    const { code, stdout } = await directory.run('validate', '-json');
    expect(code).toBe(1);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { summary: string }[] };
    expect(diagnostics.map(diagnostic => diagnostic.summary)).toEqual(
      recorded['plan-provider-validation'].map(error => error.summary),
    );
  });

  test('an interrupt ends the wait at once, and Azure goes on alone', async () => {
    const nsg = (name: string, after: string) => `
resource "azurerm_network_security_group" "${name}" {
  name                = "nsg-${name}-dev"
  location            = "westeurope"
  resource_group_name = "rg-platform-dev"
  tags                = { revision = var.revision }
  depends_on          = [${after}]
}
`;
    const head = plans.base.slice(0, plans.base.indexOf('locals {'));
    const directory = await workspace.empty(
      'interrupted',
      `${head}variable "revision" {}\n${nsg('first', '')}${nsg('second', 'azurerm_network_security_group.first')}`,
    );
    const stopOnSecond = (revision: string) => {
      let interrupted = false;
      workspace.azure.writes.length = 0;
      let isAsked = false;
      workspace.azure.operation = () => {
        isAsked = workspace.azure.writes.some(write => write.endsWith('nsg-second-dev'));
        return isAsked
          ? json(200, { status: 'InProgress' }, { 'Retry-After': '60' })
          : json(200, { status: 'Succeeded' });
      };
      return directory.watch(
        (line, interrupt) => {
          const isWaiting =
            line.includes('azurerm_network_security_group.second') && /"type":"apply_(?:start|progress)"/.test(line);
          if (!isWaiting || interrupted) return;
          interrupted = true;
          // Azure must have taken the request: an interrupt before would leave nothing there. Who has its answer asks how far it is.
          const timer = setInterval(() => {
            if (!isAsked) return;
            clearInterval(timer);
            setTimeout(interrupt, 300);
          }, 20);
        },
        ...apply,
        `-var=revision=${revision}`,
      );
    };

    const created = await stopOnSecond('v1');
    expect(created.code).toBe(1);
    expect(errorsOf(created.stdout)[0]).toEqual(first(recorded['interrupted-sigint']));
    expect((await directory.run('state', 'list')).stdout.trim()).toBe('azurerm_network_security_group.first');
    expect(workspace.azure.resources.has(`${securityGroups}/nsg-second-dev`.toLowerCase())).toBe(true);

    workspace.azure.operation = undefined;
    await directory.succeed(
      'import',
      '-var=revision=v1',
      'azurerm_network_security_group.second',
      `${securityGroups}/nsg-second-dev`,
    );
    const updated = await stopOnSecond('v2');
    expect(updated.code).toBe(1);
    expect(errorsOf(updated.stdout)[0]).toEqual(first(recorded['interrupted-update']));
  });
});

function first(errors: readonly { readonly address: string | null; readonly summary: string }[]) {
  const { address, summary } = errors[0] ?? { address: null, summary: '' };
  return { address: address ?? undefined, summary };
}

/** Without the body of an operation, whose ids and times differ from run to run. */
function stable(summary: string): string {
  return summary.replace(/(?<=----\[start\]----\n).*(?=\n-----\[end\]-----)/s, '…');
}

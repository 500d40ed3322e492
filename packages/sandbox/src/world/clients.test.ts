import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject, parseJson } from '@suite/foundation';
import { on, startWorld, type World } from './index.ts';
import {
  grantedJob,
  planJob,
  platformJob,
  readingJob,
  scope,
  seedSubscription,
  state,
  subscription,
} from './testing.ts';

/** Real clients of Azure, as they come, against the world: they decide whether it can be told from the real one. */
let directory: string;
let world: World;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'clients-'));
  world = await startWorld({ directory, subscriptions: [subscription], operationMs: 50 });
  seedSubscription(world);
});

afterAll(async () => {
  await world.close();
  await rm(directory, { recursive: true, force: true });
});

describe('the Terraform CLI with its azurerm backend', () => {
  const key = 'platform.tfstate';
  const environment = (job = platformJob, { clientId } = grantedJob) => {
    const runner = world.jobEnvironment(job);
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: directory,
      ...runner,
      CHECKPOINT_DISABLE: '1',
      ARM_USE_OIDC: 'true',
      ARM_USE_AZUREAD: 'true',
      ARM_TENANT_ID: world.azure.tenant,
      ARM_SUBSCRIPTION_ID: subscription,
      ARM_CLIENT_ID: clientId,
      ARM_OIDC_REQUEST_URL: runner['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '',
      ARM_OIDC_REQUEST_TOKEN: runner['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '',
    };
  };
  const terraform = async (args: readonly string[], env = environment()) => {
    const options = { cwd: path.join(directory, 'terraform'), env };
    return promisify(execFile)('terraform', args, options).then(
      ({ stdout }) => ({ exitCode: 0, stdout, stderr: '' }),
      (error: { code: number; stdout: string; stderr: string }) => ({ ...error, exitCode: error.code }),
    );
  };
  const lease = () => world.azure.readBlob(state.account, state.container, key)?.lease.state;
  const init = ['init', '-input=false', '-no-color'];

  beforeAll(async () => {
    const folder = path.join(directory, 'terraform');
    await mkdir(folder);
    await writeFile(
      path.join(folder, 'main.tf'),
      `terraform {
  backend "azurerm" {
    storage_account_name = "${state.account}"
    container_name       = "${state.container}"
    key                  = "${key}"
  }
}
variable "value" { default = "first" }
resource "terraform_data" "one" {
  input = var.value
  provisioner "local-exec" { command = "test ! -e wait || sleep 60" }
}`,
    );
  });

  test('init, plan and apply keep the state in a blob, under a lease that ends with them', async () => {
    expect(await terraform(init)).toMatchObject({ exitCode: 0 });
    expect(await terraform(['plan', '-detailed-exitcode', '-input=false', '-no-color'])).toMatchObject({ exitCode: 2 });
    expect(await terraform(['apply', '-auto-approve', '-input=false', '-no-color'])).toMatchObject({ exitCode: 0 });
    const blob = world.azure.readBlob(state.account, state.container, key);
    expect(parseJson(String(blob?.content))).toMatchObject({ version: 4, resources: [{ name: 'one' }] });
    expect(blob?.lease.state).toBe('available');
    expect(blob?.metadata).toEqual({});
    const writers = new Set(world.ledger.writes().map(({ identity }) => identity));
    expect(writers).toEqual(new Set([grantedJob.clientId]));
  });

  test('a held lock is reported with its owner, and force-unlock frees it', async () => {
    await writeFile(path.join(directory, 'terraform', 'wait'), '');
    const holder = spawn('terraform', ['apply', '-auto-approve', '-replace=terraform_data.one', '-no-color'], {
      cwd: path.join(directory, 'terraform'),
      env: environment(),
      detached: true,
    });
    await new Promise<void>(resolve => {
      let seen = '';
      holder.stdout.on('data', chunk => {
        seen += String(chunk);
        if (seen.includes('local-exec')) resolve();
      });
    });
    expect(lease()).toBe('leased');
    const refused = await terraform(['plan', '-input=false', '-no-color']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('state blob is already locked');
    expect(refused.stderr).toContain('OperationTypeApply');

    const ended = new Promise(resolve => holder.on('close', resolve));
    process.kill(-(holder.pid ?? 0), 'SIGKILL');
    await ended;
    await rm(path.join(directory, 'terraform', 'wait'));
    expect(lease()).toBe('leased');
    const id = /ID: +(\S+)/.exec(refused.stderr)?.[1] ?? '';
    expect(await terraform(['force-unlock', '-force', id])).toMatchObject({ exitCode: 0 });
    expect(lease()).toBe('available');
  });

  test('a plan identity reads the state without a lock and cannot write it', async () => {
    const before = world.ledger.requests.length;
    const reader = environment(planJob, readingJob);
    expect(await terraform(['plan', '-lock=false', '-input=false', '-no-color'], reader)).toMatchObject({
      exitCode: 0,
    });
    const asked = world.ledger.requests.slice(before).filter(({ host }) => host.startsWith(state.account));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every(({ method, identity }) => ['GET', 'HEAD'].includes(method) && identity?.name === 'plan')).toBe(
      true,
    );
    const refused = await terraform(['apply', '-auto-approve', '-var=value=second', '-no-color'], reader);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('AuthorizationPermissionMismatch');
  });

  test('a job whose subject nobody trusts is told so in the words of Entra', async () => {
    const stranger = environment({ ...platformJob, environment: 'staging' });
    const refused = await terraform(['plan', '-lock=false', '-no-color'], stranger);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('AADSTS700213');
    expect(refused.stderr.replace(/\s+/g, ' ')).toContain("subject 'repo:octo-org/platform:environment:staging'");
  });

  test('a state that cannot be written is left in errored.tfstate, and the lock is released', async () => {
    const state403 = world.faults.add({
      match: request => on('PUT', `*.blob.core.windows.net`)(request) && !request.query.has('comp'),
      answer: { status: 403, headers: { 'x-ms-error-code': 'AuthorizationFailure' }, body: '' },
    });
    const failed = await terraform(['apply', '-auto-approve', '-var=value=third', '-input=false', '-no-color']);
    state403.remove();
    expect(failed.exitCode).toBe(1);
    const left = await readFile(path.join(directory, 'terraform', 'errored.tfstate'), 'utf8');
    expect(parseJson(left)).toMatchObject({ version: 4 });
    expect(lease()).toBe('available');
  });
});

describe("Azure's own SDK for Node", () => {
  // The SDK belongs to the azure package; a process that starts there finds it.
  const home = path.resolve(import.meta.dirname, '../../../azure');
  const script = `
    import http from 'node:http';
    import { ClientAssertionCredential } from '@azure/identity';
    import { ContainerServiceClient } from '@azure/arm-containerservice';
    http.setGlobalProxyFromEnv();
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = process.env;
    const assertion = async () => {
      const answer = await fetch(url + '&audience=api://AzureADTokenExchange', { headers: { authorization: 'Bearer ' + token } });
      return (await answer.json()).value;
    };
    const [tenant, client, subscription, group, name] = process.argv.slice(1);
    const clusters = new ContainerServiceClient(new ClientAssertionCredential(tenant, client, assertion), subscription);
    const cluster = await clusters.managedClusters.get(group, name);
    const pools = [];
    for await (const pool of clusters.agentPools.list(group, name)) pools.push(pool.name);
    console.log(JSON.stringify({ cluster, pools }));
  `;

  test('signs in by assertion and reads a cluster and its pools', async () => {
    const network = `${scope}/resourceGroups/rg-sdk/providers/Microsoft.Network/virtualNetworks/vnet`;
    world.azure.putResource(network, {
      location: 'westeurope',
      properties: {
        addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
        subnets: [{ name: 'nodes', properties: { addressPrefix: '10.0.0.0/20' } }],
      },
    });
    const id = `${scope}/resourceGroups/rg-sdk/providers/Microsoft.ContainerService/managedClusters/aks`;
    world.azure.putResource(id, {
      location: 'westeurope',
      identity: { type: 'SystemAssigned' },
      properties: {
        kubernetesVersion: '1.35',
        agentPoolProfiles: [
          {
            name: 'system',
            mode: 'System',
            vmSize: 'Standard_D4ds_v5',
            enableAutoScaling: true,
            minCount: 2,
            maxCount: 5,
            vnetSubnetID: `${network}/subnets/nodes`,
          },
        ],
      },
    });
    const env = { PATH: process.env['PATH'] ?? '', ...world.jobEnvironment(planJob) };
    const args = [
      '--input-type=module',
      '-e',
      script,
      world.azure.tenant,
      readingJob.clientId,
      subscription,
      'rg-sdk',
      'aks',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: home, env });
    const { cluster, pools } = asObject(parseJson(stdout));
    expect(pools).toEqual(['system']);
    expect(cluster).toMatchObject({
      name: 'aks',
      currentKubernetesVersion: '1.35.2',
      provisioningState: 'Succeeded',
      powerState: { code: 'Running' },
      agentPoolProfiles: [{ name: 'system', count: 2, minCount: 2, maxCount: 5, osDiskSizeGB: 128, osSKU: 'Ubuntu' }],
    });
  });
});

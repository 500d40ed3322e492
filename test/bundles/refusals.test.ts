import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type BundleWorld, errors, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';

let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  await sandbox.deploy('shared');
  await sandbox.deploy('dev');
});
afterEach(async () => {
  sandbox.world.faults.clear();
  await sandbox.restore();
});
afterAll(() => sandbox.close());

const azureWrites = () => sandbox.world.ledger.writes().filter(({ host }) => host === 'management.azure.com');

async function plan(scope = 'dev') {
  const result = succeeded(await sandbox.run({ command: 'plan', scope }));
  return { file: result.outputs['plan-file'] ?? '', digest: result.outputs['digest'] ?? '', result };
}

describe('what allow: does not name', () => {
  test('a changed VM size rotates every node: blocked in the plan, refused by apply, done when allowed', async () => {
    const resize = (text: string) =>
      text.replace('tier: free', 'tier: free\n      pools: { user: { size: Standard_D8ds_v5 } }');
    await sandbox.edit('platform.yaml', resize);
    const blocked = await plan();
    const report = await reportOf(blocked.result);
    expect(report).toMatchObject({
      verdict: 'blocked',
      changes: [{ kind: 'rotate', title: expect.stringContaining('user'), allowKey: 'node-pool/user' }],
    });
    expect(blocked.result.summary).toContain('Standard\\_D4ds\\_v5'.replaceAll('\\', ''));
    expect(blocked.result.summary).toContain('node-pool/user');

    const before = azureWrites();
    const refused = await sandbox.run({ command: 'apply', scope: 'dev', 'plan-file': blocked.file });
    expect(refused.exitCode).toBe(1);
    expect(errors(refused).join('\n')).toMatch(/node-pool\/user/);
    expect(azureWrites()).toEqual(before);

    await sandbox.edit('platform.yaml', text =>
      text.replace('    cluster:', '    allow: [node-pool/user]\n    cluster:'),
    );
    const allowed = await plan();
    expect((await reportOf(allowed.result)).verdict).toBe('changes');
    succeeded(await sandbox.run({ command: 'apply', scope: 'dev', 'plan-file': allowed.file }));
    const pools = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters/agentPools');
    const sizes = pools.map(({ name, properties }) => [name, (properties as { vmSize: string }).vmSize]);
    expect(sizes).toEqual(expect.arrayContaining([['user', 'Standard_D8ds_v5']]));
    expect(sizes.map(([name]) => name)).not.toContain('usertmp');

    await sandbox.restore();
    await sandbox.edit('platform.yaml', text =>
      text.replace('    cluster:', '    allow: [node-pool/user]\n    cluster:'),
    );
    await sandbox.deploy('dev');
  });

  test('replacing the cluster names what forces it', async () => {
    await sandbox.edit('platform.yaml', text =>
      text
        .replace('tier: free', 'tier: free\n      private: true')
        .replace('location: westeurope\n    cluster', 'location: westeurope\n    runner: inside\n    cluster'),
    );
    const report = await reportOf((await plan()).result);
    expect(report.verdict).toBe('blocked');
    const cluster = report.changes.find(({ type }) => type === 'azurerm_kubernetes_cluster');
    expect(cluster).toMatchObject({ kind: 'replace', risk: 'critical', allowKey: 'cluster' });
    expect(cluster?.reasons.map(({ attribute }) => attribute?.path)).toContain('private_cluster_enabled');
  });
});

describe('what was not reviewed', () => {
  test('another digest: nothing is applied and the difference is shown', async () => {
    const reviewed = await plan();
    await sandbox.edit('platform.yaml', text => text.replace('tier: free', 'tier: standard'));
    const before = azureWrites();
    const result = await sandbox.run({ command: 'apply', scope: 'dev', 'expected-digest': reviewed.digest });
    expect(result.exitCode).toBe(1);
    expect(errors(result)[0]).toMatch(/not what was reviewed/);
    expect(result.summary).toContain('sku_tier');
    expect(result.summary).toContain('not what was reviewed');
    expect(azureWrites()).toEqual(before);
  });

  test('a plan of another scope', async () => {
    const shared = await plan('shared');
    const result = await sandbox.run({ command: 'apply', scope: 'dev', 'plan-file': shared.file });
    expect(result.exitCode).toBe(1);
    expect(errors(result)[0]).toMatch(/another scope/);
  });

  test('a plan that became stale: the state has moved on since it was made', async () => {
    const standard = (text: string) => text.replace('tier: free', 'tier: standard');
    await sandbox.edit('platform.yaml', standard);
    const stale = join(sandbox.checkout, 'stale.tfplan');
    await copyFile((await plan()).file, stale);
    await sandbox.restore();
    await sandbox.edit('platform.yaml', text => text.replace('tier: free', 'tier: premium'));
    await sandbox.deploy('dev');
    await sandbox.restore();
    await sandbox.edit('platform.yaml', standard);

    const before = azureWrites();
    const result = await sandbox.run({ command: 'apply', scope: 'dev', 'plan-file': stale });
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([expect.stringMatching(/Nothing was applied: the state was changed/)]);
    expect(azureWrites()).toEqual(before);
    await sandbox.restore();
    await sandbox.deploy('dev');
  });
});

describe('who may not', () => {
  test('a wrong client id: one sentence with the place, the subject and the credential to add', async () => {
    const result = await sandbox.run({
      command: 'plan',
      scope: 'dev',
      'client-id': 'ffffffff-0000-4000-8000-000000000000',
    });
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toHaveLength(1);
    expect(errors(result)[0]).toMatch(/dev.*ffffffff-0000.*repo:contoso@\d+\/platform@\d+:ref:refs\/heads\/main/);
  });

  test('the apply identity without its environment', async () => {
    const apply = sandbox.views.find(({ scope }) => scope === 'dev')?.identities.apply ?? '';
    const result = await sandbox.run({ command: 'plan', scope: 'dev', 'client-id': apply });
    expect(errors(result)).toHaveLength(1);
    expect(errors(result)[0]).toMatch(/federated credential.*issuer.*subject.*audience/);
  });

  test('a job without id-token: write', async () => {
    const environment = { ACTIONS_ID_TOKEN_REQUEST_URL: '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' };
    const result = await sandbox.run({ command: 'plan', scope: 'dev' }, { environment });
    expect(errors(result)).toEqual([expect.stringMatching(/id-token: write/)]);
  });

  test('a plan identity cannot apply', async () => {
    await sandbox.edit('platform.yaml', text => text.replace('tier: free', 'tier: standard'));
    const { file } = await plan();
    const identity = sandbox.views.find(({ scope }) => scope === 'dev')?.identities.plan ?? '';
    const before = azureWrites();
    const inputs = { command: 'apply', scope: 'dev', 'plan-file': file, 'client-id': identity };
    const result = await sandbox.run(inputs, { job: {} });
    expect(result.exitCode).toBe(1);
    expect(errors(result)[0]).toMatch(/may not write blobs.*Storage Blob Data Contributor/);
    expect(azureWrites()).toEqual(before);
  });
});

describe('what is in the way', () => {
  test('no state: the command that makes it', async () => {
    const view = sandbox.views.find(({ scope }) => scope === 'prod');
    if (view === undefined) throw new Error('The example has no prod.');
    sandbox.world.azure.deleteBlob(view.state.account, view.state.container, view.state.key);
    const result = await sandbox.run({ command: 'plan', scope: 'prod' });
    expect(errors(result)).toHaveLength(1);
    expect(errors(result)[0]).toMatch(/There is no state tfstate\/contoso\/prod.*az storage blob upload/);
  });

  test('429 and 5xx are tried again, then one message', async () => {
    const busy = (times?: number) =>
      sandbox.world.faults.add({
        match: ({ host, path }) => host === 'management.azure.com' && path.includes('managedClusters'),
        ...(times === undefined ? {} : { times }),
        answer: {
          status: 429,
          headers: { 'retry-after': '0' },
          body: '{"error":{"code":"TooManyRequests","message":"Slow down"}}',
        },
      });
    busy(2);
    succeeded(await sandbox.run({ command: 'verify', scope: 'dev' }));
    sandbox.world.faults.clear();
    busy();
    const result = await sandbox.run({ command: 'verify', scope: 'dev' });
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toHaveLength(1);
    expect(errors(result)[0]).toMatch(/429/);
  });

  test('a platform that was changed by hand: verify names every difference', async () => {
    const [cluster] = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
    const change = (hours: number) =>
      sandbox.world.azure.mutate(cluster?.id ?? '', body => {
        const properties = body['properties'] as { securityProfile: { imageCleaner: { intervalHours: number } } };
        properties.securityProfile.imageCleaner.intervalHours = hours;
      });
    change(24);
    const result = await sandbox.run({ command: 'verify', scope: 'dev' });
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([
      expect.stringMatching(/^Image Cleaner interval is `24`, but the platform file says `48`/),
    ]);
    expect((await reportOf(result)).verdict).toBe('mismatch');
    const report = await reportOf((await plan()).result);
    expect(report.drift).toHaveLength(1);
    expect(report.drift[0]?.attributes.map(({ path }) => path)).toEqual(['image_cleaner_interval_hours']);
    change(48);
  });
});

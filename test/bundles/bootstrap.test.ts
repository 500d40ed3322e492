import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { parseLock, stateAccountName } from '@suite/platform-file';
import type { RunningStep, StepResult } from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, type RunOptions, succeeded } from '../support/bundle.ts';
import { loseMachine, untilQuiet } from '../support/lost-machine.ts';

let sandbox: BundleWorld;

const owner = 'b0000000-0000-4000-8000-000000000001';
const subscriptions = [2, 3, 4, 5].map(digit =>
  String(digit)
    .repeat(32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
);

beforeAll(async () => {
  sandbox = await openBundleWorld(undefined, {}, false);
  await rm(lockFile());
  const { azure, github } = sandbox.world;
  const principal = azure.addApplication({
    tenant: '11111111-1111-1111-1111-111111111111',
    name: 'bootstrap',
    clientId: owner,
    githubSubjects: [github.subjectFor(sandbox.jobOf({ environment: 'bootstrap' }))],
  });
  for (const subscription of subscriptions) {
    azure.assignRole({ principal, role: 'Owner', scope: `/subscriptions/${subscription}` });
    for (const namespace of ['Microsoft.Storage', 'Microsoft.ContainerService']) {
      azure.setProvider(subscription, namespace, 'NotRegistered');
    }
    azure.setFeature(subscription, 'Microsoft.Compute/EncryptionAtHost', 'NotRegistered');
  }
});
afterEach(() => sandbox.world.faults.clear());
afterAll(() => sandbox.close());

const lockFile = () => join(sandbox.checkout, 'platform.lock.yaml');
const readLock = () => readFile(lockFile(), 'utf8');

function run(inputs: Readonly<Record<string, string>> = {}, options: RunOptions = {}): Promise<StepResult> {
  const permissions = { actions: 'read', contents: 'read' } as const;
  const token = sandbox.world.github.issueToken({ repository: sandbox.repository.name, permissions });
  return sandbox.run(
    { command: 'bootstrap', 'client-id': owner, 'github-token': token, ...inputs },
    { job: { environment: 'bootstrap' }, ...options },
  );
}

/** Writes of one run. */
async function writesOf(work: () => Promise<StepResult>): Promise<{ result: StepResult; paths: string[] }> {
  const { ledger } = sandbox.world;
  const before = ledger.writes().reduce((sum, { count }) => sum + count, 0);
  const seen = ledger.requests.length;
  const result = await work();
  const changed = ledger.writes().reduce((sum, { count }) => sum + count, 0) - before;
  const paths = ledger.requests
    .slice(seen)
    .filter(({ method, host }) => method !== 'GET' && method !== 'HEAD' && !host.startsWith('login.'))
    .map(({ method, path }) => `${method} ${path}`);
  expect(paths.length).toBe(changed);
  return { result, paths };
}

describe('from an empty tenant', () => {
  test('a dry run shows what would be made, and makes nothing', async () => {
    const { result, paths } = await writesOf(() => run({ 'dry-run': 'true' }));
    expect(paths).toEqual([]);
    expect(succeeded(result).outputs).toMatchObject({ verdict: 'changes' });
    expect(Number(result.outputs['changes'])).toBeGreaterThan(90);
    expect(result.outputs['lock-file'] ?? '').toBe('');
    expect(result.summary).toContain('storage account');
    await expect(readLock()).rejects.toThrow('ENOENT');
  });

  test('cut off again and again, it comes to its end', async () => {
    let running: RunningStep | undefined;
    let lost = 0;
    for (;;) {
      sandbox.world.faults.add({
        match: request =>
          ['PUT', 'POST', 'PATCH', 'DELETE'].includes(request.method) && request.host !== 'login.microsoftonline.com',
        skip: 24,
        times: 1,
        answer: {
          call: () => {
            lost += 1;
            loseMachine(running);
          },
        },
      });
      const before = lost;
      const result = await run(
        {},
        {
          onStart: started => {
            running = started;
          },
        },
      );
      await untilQuiet(sandbox.world);
      sandbox.world.faults.clear();
      if (lost === before) {
        succeeded(result);
        break;
      }
      expect(result.conclusion).toBe('cancelled');
      expect(lost).toBeLessThan(20);
    }
    expect(lost).toBeGreaterThan(3);
    const { source } = parseLock(await readLock(), 'platform.lock.yaml');
    expect(Object.keys(source.scopes)).toEqual(['shared', 'dev', 'staging', 'prod']);
  });

  test('what it leaves: states that are empty, locked accounts without keys, no right to data of its own', async () => {
    const { azure } = sandbox.world;
    const accounts = azure.resources('Microsoft.Storage/storageAccounts');
    expect(accounts).toHaveLength(4);
    for (const { id, name, ...account } of accounts) {
      expect(account).toMatchObject({
        sku: { name: 'Standard_ZRS' },
        properties: { allowSharedKeyAccess: false, minimumTlsVersion: 'TLS1_2', defaultToOAuthAuthentication: true },
      });
      expect(azure.resource(`${id}/providers/Microsoft.Authorization/locks/keep-state`)).toMatchObject({
        properties: { level: 'CanNotDelete' },
      });
      expect(azure.resource(`${id}/blobServices/default`)).toMatchObject({
        properties: { isVersioningEnabled: true, deleteRetentionPolicy: { enabled: true, days: 30 } },
      });
      const states = azure.blobs(name, 'tfstate').map(({ content }) => JSON.parse(content.toString('utf8')) as object);
      expect(states).toEqual([expect.objectContaining({ serial: 1, resources: [] })]);
    }
    const self = azure.principals().find(({ clientId }) => clientId === owner)?.objectId;
    const own = azure
      .resources('Microsoft.Authorization/roleAssignments')
      .filter(({ properties }) => (properties as { principalId: string }).principalId === self);
    expect(own).toHaveLength(subscriptions.length);
  });

  test('the second run changes nothing, not even the lock', async () => {
    const lock = await readLock();
    const { result, paths } = await writesOf(() => run());
    expect(paths).toEqual([]);
    expect(succeeded(result).outputs).toMatchObject({ changes: '0', verdict: 'no-changes' });
    expect(await readLock()).toBe(lock);
  });

  test('the rights are enough: shared and dev are planned and applied', async () => {
    await sandbox.deploy('shared');
    await sandbox.deploy('dev');
    succeeded(await sandbox.run({ command: 'verify', scope: 'dev' }));
  });
});

describe('Entra applications', () => {
  test('without a right to make them: a warning and the commands, and the step succeeds', async () => {
    const { result, paths } = await writesOf(() => run());
    expect(paths).toEqual([]);
    expect(succeeded(result).annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      expect.stringMatching(/^warning: The bootstrap identity may not make applications in Entra ID/),
    ]);
    expect(result.summary).toContain(
      'az ad app create --display-name contoso-dev-westeurope-argocd --sign-in-audience AzureADMyOrg --web-redirect-uris https://argocd.dev.platform.contoso.com/api/dex/callback',
    );
  });

  test('with the right they are made, and Grafana trusts a cluster that is there', async () => {
    sandbox.world.azure.allowApplications(owner);
    const result = succeeded(await run());
    const made = sandbox.world.azure.applications();
    expect(made).toHaveLength(12);
    expect(made.every(({ hasPrincipal }) => hasPrincipal)).toBe(true);
    const grafana = made.find(({ body }) => body['displayName'] === 'contoso-dev-westeurope-grafana');
    expect(grafana?.body).toMatchObject({
      web: { redirectUris: ['https://grafana.dev.platform.contoso.com/login/azuread'] },
    });
    expect(grafana?.credentials).toMatchObject([{ subject: 'system:serviceaccount:monitoring:grafana' }]);
    expect(result.annotations.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^contoso-staging-westeurope-grafana, contoso-prod-westeurope-grafana: trust in the cluster comes once there is one/,
      ),
    ]);
    const { result: again, paths } = await writesOf(() => run());
    expect(paths).toEqual([]);
    expect(succeeded(again).outputs).toMatchObject({ changes: '0' });
  });
});

describe('in the way', () => {
  afterEach(async () => {
    await sandbox.restore();
    await rm(lockFile(), { force: true });
  });

  test('what somebody changed is put right, and named', async () => {
    const [account] = sandbox.world.azure.resources('Microsoft.Storage/storageAccounts');
    sandbox.world.azure.mutate(account?.id ?? '', body => {
      (body['properties'] as Record<string, unknown>)['allowSharedKeyAccess'] = true;
    });
    const { result, paths } = await writesOf(() => run());
    expect(succeeded(result).outputs['changes']).toBe('1');
    expect(paths).toEqual([`PATCH ${account?.id}`]);
    expect(result.summary).toContain('properties.allowSharedKeyAccess');
  });

  test('no Owner: one sentence per subscription, and nothing is begun', async () => {
    const { azure } = sandbox.world;
    const subscription = '66666666-6666-6666-6666-666666666666';
    azure.addSubscription(subscription, '11111111-1111-1111-1111-111111111111');
    await sandbox.edit('platform.yaml', text => text.replace(subscriptions[1] ?? '', subscription));
    const { result, paths } = await writesOf(() => run());
    expect(paths).toEqual([]);
    expect(errors(result)).toEqual([
      expect.stringMatching(
        /^The bootstrap identity may do nothing of what it has to in the subscription 66666666-\S+ \(dev\)\. Make it Owner there/,
      ),
    ]);
  });

  test('an identity that trusts 20 subjects already', async () => {
    const { azure } = sandbox.world;
    const identity = azure
      .resources('Microsoft.ManagedIdentity/userAssignedIdentities')
      .find(({ name }) => name === 'contoso-dev-westeurope-apply');
    const own = `${identity?.id}/federatedIdentityCredentials/environment`;
    azure.remove(own);
    for (let number = 0; number < 20; number++) {
      azure.putResource(`${identity?.id}/federatedIdentityCredentials/other-${number}`, {
        properties: { issuer: 'https://issuer.example.com', subject: `s${number}`, audiences: ['a'] },
      });
    }
    const { result, paths } = await writesOf(() => run());
    expect(paths).toEqual([]);
    expect(errors(result)).toEqual([
      expect.stringMatching(
        /^The identity contoso-dev-westeurope-apply trusts 20 subjects already, needs 1 more, and Azure allows 20\./,
      ),
    ]);
    for (let number = 0; number < 20; number++)
      azure.remove(`${identity?.id}/federatedIdentityCredentials/other-${number}`);
  });

  test('a tenant that does not know the identity', async () => {
    sandbox.world.azure.addTenant('99999999-9999-9999-9999-999999999999');
    await sandbox.edit('platform.yaml', text =>
      text.replace('11111111-1111-1111-1111-111111111111', '99999999-9999-9999-9999-999999999999'),
    );
    expect(errors(await run())).toEqual([
      expect.stringMatching(
        /^The bootstrap identity \(client id b0000000-\S+\) cannot sign in: the tenant 99999999-\S+ has no application with that client id/,
      ),
    ]);
  });

  test('a name that somebody else has in Azure', async () => {
    const [, , staging = ''] = subscriptions;
    const name = stateAccountName('contoso', 'staging', 'northeurope', staging);
    sandbox.world.azure.takeName('Microsoft.Storage/storageAccounts', name);
    await sandbox.edit('platform.yaml', text =>
      text.replace(/(staging:\n.*\n {4}location: )westeurope/, '$1northeurope'),
    );
    expect(errors(await run())).toEqual([
      expect.stringContaining(
        `The storage account ${name} cannot be made: its name belongs to somebody else in Azure, or to an account that was deleted a short while ago. Recover`,
      ),
    ]);
  });

  test('a token that may not read the form of subjects', async () => {
    const token = sandbox.world.github.issueToken({
      repository: sandbox.repository.name,
      permissions: { contents: 'read' },
    });
    expect(errors(await run({ 'github-token': token }))).toEqual([
      expect.stringMatching(
        /^The token may not read how contoso\/platform writes the subjects of its tokens: .* Add `actions: read`/,
      ),
    ]);
  });

  test('inputs', async () => {
    expect(errors(await run({ scope: 'dev' }))).toEqual([
      expect.stringMatching(/scope: has no meaning with `bootstrap`/),
    ]);
    expect(errors(await run({ 'client-id': '' }))).toEqual([expect.stringMatching(/client-id: is required/)]);
  });
});

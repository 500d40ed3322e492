import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type BundleWorld, errors, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';

/**
 * The example in Azure's cloud for the US government, through the shipped bundles: in this world its own hosts answer, and nobody plays one
 * of the public cloud.
 */
const publicHosts =
  /(?:^|\.)(?:azure\.com|microsoftonline\.com|windows\.net|azure\.net|azurecr\.io|azmk8s\.io|graph\.microsoft\.com)$/;
const inText = /[a-z0-9.-]*(?:microsoftonline\.com|windows\.net|azure\.net|azurecr\.io|azmk8s\.io|azure\.com)/;

let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld(undefined, {
    'platform.yaml': text =>
      text
        .replaceAll('westeurope', 'usgovvirginia')
        .replace('\ndomain:', '\ncloud: usgovernment\ndomain:')
        .replace('\nenvironments:', '\ndefaults: { gateway: false }\nenvironments:'),
    'platform.lock.yaml': text => text.replaceAll('westeurope', 'usgovvirginia'),
  });
  sandbox.world.settings.operationMs = 0;
});
afterAll(() => sandbox.close());

test('a platform is planned, applied and verified through the hosts of its own cloud', async () => {
  const scope = 'dev';
  for (const one of ['shared', scope]) await sandbox.deploy(one);
  const { changes } = await reportOf(succeeded(await sandbox.run({ command: 'plan', scope })));
  expect(changes.map(({ kind, address }) => `${kind} ${address}`)).toEqual([]);
  expect((await reportOf(succeeded(await sandbox.run({ command: 'verify', scope })))).checks).toEqual([]);
});

test('what it brings to the cluster is planned through them, too', async () => {
  const plan = succeeded(await sandbox.run({ command: 'plan', scope: 'dev' }, { action: 'deploy-platform' }));
  expect((await reportOf(plan)).verdict).toBe('changes');
});

test('and so is its gate asked', async () => {
  const bundle = join(sandbox.folder, 'handed', 'bundle.json');
  const token = sandbox.world.github.issueToken({
    repository: sandbox.repository.name,
    permissions: { contents: 'read', actions: 'read' },
  });
  const gate = (inputs: Readonly<Record<string, string>>) =>
    sandbox.run({ 'github-token': token, bundle, ...inputs }, { action: 'promotion-gate' });
  const { outputs } = succeeded(await gate({ command: 'bundle' }));
  const check = succeeded(await gate({ command: 'check', scope: 'dev', 'bundle-digest': outputs['digest'] ?? '' }));
  expect(check.summary).toContain('### The gate of dev is open');
});

test('a registry alone says by its name which cloud it is in', async () => {
  const dev = sandbox.views.find(({ scope }) => scope === 'dev');
  if (dev?.kind !== 'environment' || dev.registry.existing) throw new Error('dev has no registry of its own.');
  const before = sandbox.world.ledger.requests.length;
  const missing = await sandbox.run(
    {
      command: 'verify',
      registry: `${dev.registry.name}.azurecr.us`,
      'client-id': dev.identities.plan,
      'tenant-id': dev.tenant,
      source: `ghcr.io/contoso/web@sha256:${'a'.repeat(64)}`,
      repository: 'apps/web',
    },
    { action: 'push-acr' },
  );
  expect([missing.conclusion, errors(missing)]).toEqual([
    'failure',
    [expect.stringContaining(`${dev.registry.name}.azurecr.us`)],
  ]);
  const asked = new Set(sandbox.world.ledger.requests.slice(before).map(({ host }) => host));
  expect([...asked].sort()).toEqual([
    `${dev.registry.name}.azurecr.us`,
    'ghcr.io',
    'login.microsoftonline.us',
    'pipelines.actions.githubusercontent.com',
  ]);
});

test('no request went to a host of the public cloud, and no token was for it', async () => {
  const { ledger, azure } = sandbox.world;
  const hosts = [...new Set(ledger.requests.map(({ host }) => host))];
  expect(hosts.filter(host => publicHosts.test(host))).toEqual([]);
  expect(ledger.refusedHosts).toEqual([]);
  expect(hosts).toEqual(
    expect.arrayContaining([
      'login.microsoftonline.us',
      'management.usgovcloudapi.net',
      expect.stringMatching(/\.blob\.core\.usgovcloudapi\.net$/),
      expect.stringMatching(/\.azurecr\.us$/),
      expect.stringMatching(/\.cx\.aks\.containerservice\.azure\.us$/),
    ]),
  );
  const audiences = (issuer: string) =>
    new Set(ledger.tokens.filter(token => token.issuer === issuer).map(({ audience }) => audience));
  expect([...audiences('github')]).toEqual(['api://AzureADTokenExchangeUSGov']);
  expect([...audiences('entra')].filter(audience => inText.test(audience)).sort()).toEqual([
    // The same in every cloud.
    'https://containerregistry.azure.net',
    'https://storage.azure.com',
  ]);
  for (const { scope, state } of sandbox.views.filter(view => ['shared', 'dev'].includes(view.scope))) {
    const text = azure.readBlob(state.account, state.container, state.key)?.content.toString('utf8') ?? '';
    expect({ scope, hosts: [...new Set(text.match(new RegExp(inText, 'g')))] }).toEqual({ scope, hosts: [] });
  }
});

test('a location of the public cloud is refused before anybody is asked', async () => {
  const before = sandbox.world.ledger.requests.length;
  await sandbox.edit('platform.yaml', text => text.replace('\ncloud: usgovernment', ''));
  const refused = await sandbox.run({ command: 'plan', scope: 'dev' });
  expect(errors(refused)).toEqual([
    '9:13: usgovvirginia is not in the cloud `public`. Set `cloud: usgovernment` at the top of the file, or use locations of `public`.',
  ]);
  expect(sandbox.world.ledger.requests).toHaveLength(before);
  expect(await readFile(join(sandbox.checkout, 'platform.yaml'), 'utf8')).not.toContain('usgovernment');
});

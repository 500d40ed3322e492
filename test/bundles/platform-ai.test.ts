import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asObject } from '@suite/foundation';
import type { KubernetesView } from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';

/** Tools for machine learning, GPUs and secrets of the vault on the sandbox's cluster, with its small charts. */
let sandbox: BundleWorld;
let cluster: KubernetesView;

const client = '99999999-9999-9999-9999-999999999999';
const group = '66666666-6666-6666-6666-666666666666';
const releases = `    admins: [${group}]
    releases:
      argo-cd: false
      jupyterhub: { login: { client-id: ${client}, vault-secret: hub-secret } }
      mlflow: { artifacts: blob, login: { client-id: ${client}, vault-secret: tracking-secret } }
      gpu: true
`;

beforeAll(async () => {
  sandbox = await openBundleWorld(undefined, {
    'platform.yaml': text => text.replace(/ {2}dev:\n/, `$&${releases}`),
  });
  sandbox.world.settings.operationMs = 0;
  for (const scope of ['shared', 'dev']) await sandbox.deploy(scope);
  const [managed] = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
  if (managed === undefined) throw new Error('dev has no cluster.');
  cluster = sandbox.world.kubernetes.of(managed.id);
});
afterAll(() => sandbox?.close());

const run = (inputs: Readonly<Record<string, string>>) =>
  sandbox.run({ scope: 'dev', ...inputs }, { action: 'deploy-platform', machine: 'ai' });
const plan = async () => {
  const planned = succeeded(await run({ command: 'plan' }));
  return { report: await reportOf(planned), releases: planned.outputs['releases'] ?? '' };
};
const secret = (namespace: string, name: string) => {
  const found = cluster
    .list('secrets')
    .find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  return Object.fromEntries(
    Object.entries(asObject(found?.['data'])).map(([key, value]) => [
      key,
      Buffer.from(String(value), 'base64').toString(),
    ]),
  );
};

test('are planned, applied, ready and planned again without changes', async () => {
  const { report: first, releases: reviewed } = await plan();
  expect(first.checks.filter(({ status }) => status === 'blocked')).toEqual([]);
  const names = new Set(first.changes.map(({ address }) => address.split('/')[0]));
  for (const name of ['secrets', 'mlflow-support', 'mlflow', 'jupyterhub', 'gpu-operator']) {
    expect([...names]).toContain(name);
  }
  const applied = succeeded(
    await run({ command: 'apply', 'expected-digest': first.digest ?? '', 'expected-releases': reviewed }),
  );
  const log = applied.log.join('\n');
  const at = (release: string) => log.indexOf(`${release}: installed and ready`);
  expect(at('secrets')).toBeGreaterThan(0);
  expect(at('mlflow')).toBeGreaterThan(at('secrets'));
  expect(at('jupyterhub')).toBeGreaterThan(at('mlflow'));
  // The operator is ready without any GPU: that is said.
  expect(log).toMatch(/gpu-operator: there are no nodes with node-type=ai now/);
  const { name: vault } = sandbox.world.azure.resources('Microsoft.KeyVault/vaults')[0] ?? { name: '' };
  expect(secret('ai-tools', 'jupyterhub-entra')).toEqual({ 'client-secret': `hub-secret of ${vault}` });
  expect(secret('ai-tools', 'mlflow-entra')).toEqual({ 'client-secret': `tracking-secret of ${vault}` });

  // Passwords and tokens that the charts make up at every rendering are those that they made up first.
  const before = [secret('ai-tools', 'hub'), secret('ai-tools', 'mlflow-postgresql')];
  const { report: second } = await plan();
  expect(second.changes.map(({ kind, address, attributes }) => [kind, address, attributes])).toEqual([]);
  expect(second.verdict).toBe('no-changes');
  expect([secret('ai-tools', 'hub'), secret('ai-tools', 'mlflow-postgresql')]).toEqual(before);
});

test('a change of a value is seen, and what the chart made up stays through the upgrade', async () => {
  const token = 'hub.config.ConfigurableHTTPProxy.auth_token';
  const before = secret('ai-tools', 'hub')[token];
  await sandbox.edit('platform.yaml', text => text.replace('jupyterhub: {', 'jupyterhub: { storage: 20Gi,'));
  const { report, releases: reviewed } = await plan();
  expect(new Set(report.changes.map(({ address }) => address.split('/')[0]))).toEqual(new Set(['jupyterhub']));
  succeeded(await run({ command: 'apply', 'expected-digest': report.digest ?? '', 'expected-releases': reviewed }));
  expect(secret('ai-tools', 'hub')[token]).toBe(before);
  expect((await plan()).report.verdict).toBe('no-changes');
});

test('verify follows each sign-in from the pod to its right in Azure', async () => {
  const verified = await reportOf(succeeded(await run({ command: 'verify' })));
  const signIns = verified.checks.filter(({ id }) => id.startsWith('identity/'));
  expect(signIns.map(({ id, status, message }) => [id, status, message])).toEqual(
    ['cert-manager', 'mlflow', 'secrets-ai-tools'].map(name => [
      `identity/${name}`,
      'passed',
      'Service account, pods, federated credential and role agree.',
    ]),
  );

  const assignment = sandbox.world.azure
    .resources('Microsoft.Authorization/roleAssignments')
    .find(({ id }) => /containers\/mlflow\//.test(id));
  if (assignment === undefined) throw new Error('MLflow has no role.');
  sandbox.world.azure.remove(assignment.id);
  const failed = await run({ command: 'verify' });
  expect(failed.conclusion).toBe('failure');
  expect(errors(failed)).toEqual([
    expect.stringContaining(
      'identity/mlflow: should be able to sign in to Azure, and is It has not the role Storage Blob Data Contributor on mlflow',
    ),
  ]);
});

/** `cluster`: what dev says of it. */
test.each<{ why: string; from?: string; to?: string; cluster?: string; line: string; message: string }>([
  {
    why: "a driver of the operator's beside that of AKS",
    from: 'gpu: true',
    to: 'gpu: { values: { driver: { enabled: true } } }',
    line: 'gpu: {',
    message: 'AKS installs the driver on these nodes, and the operator would install it again.',
  },
  {
    why: "a toolkit of the operator's beside that of AKS",
    from: 'gpu: true',
    to: 'gpu: { values: { toolkit: { enabled: true } } }',
    line: 'gpu: {',
    message: 'AKS installs the toolkit on these nodes',
  },
  {
    why: 'a server that there is not',
    from: 'artifacts: blob',
    to: 'artifacts: blob, database: flexible-server',
    line: 'mlflow:',
    message: 'There is no PostgreSQL server for MLflow',
  },
  {
    why: 'Blob without an identity',
    cluster: 'features: { workload-identity: false }',
    line: 'mlflow:',
    message: 'The storage account takes identities of Entra alone, and without workload identity MLflow has none.',
  },
  {
    why: 'a profile with a GPU and no GPU pool',
    from: 'jupyterhub: {',
    to: 'jupyterhub: { profiles: [{ name: Training, gpus: 1 }],',
    cluster: 'pools: { gpu: false }',
    line: 'jupyterhub:',
    message: 'The profile `Training` wants GPUs, and there is no GPU pool.',
  },
])('$why is refused at its line, and nobody is asked', async ({ from = '', to = '', cluster: said, line, message }) => {
  let lines: readonly string[] = [];
  let before = '';
  await sandbox.edit('platform.yaml', text => {
    before = text;
    const edited = text
      .replace(from, to)
      .replace(/^ {4}cluster:\n/m, found => `${found}${said === undefined ? '' : `      ${said}\n`}`);
    lines = edited.split('\n');
    return edited;
  });
  const asked = sandbox.world.ledger.requests.length;
  const refused = await run({ command: 'plan' });
  await sandbox.edit('platform.yaml', () => before);
  expect(refused.conclusion).toBe('failure');
  expect(refused.annotations).toContainEqual(
    expect.objectContaining({
      level: 'error',
      file: 'platform.yaml',
      line: 1 + lines.findIndex(one => one.includes(line)),
      message: expect.stringContaining(message),
    }),
  );
  expect(sandbox.world.ledger.requests.slice(asked)).toEqual([]);
});

test('a notebook that no node takes is refused in the plan', async () => {
  await sandbox.edit('platform.yaml', text =>
    text.replace('jupyterhub: { storage: 20Gi,', 'jupyterhub: { profiles: [{ name: Huge, cpu: 64 }],'),
  );
  const { report } = await plan();
  expect(report.checks.filter(({ status }) => status === 'blocked')).toMatchObject([
    { id: 'release/jupyterhub/profiles', message: expect.stringContaining('requests 64 cores') },
  ]);
});

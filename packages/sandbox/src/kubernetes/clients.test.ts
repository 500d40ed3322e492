import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject, parseJson } from '@suite/foundation';
import { startWorld, type World } from '../world/index.ts';
import { grantedJob, planJob, platformJob, readingJob, seedSubscription, subscription } from '../world/testing.ts';
import type { KubernetesView } from './back-door.ts';
import { at, list } from './objects.ts';

/** Real kubectl and Helm 4 on a small cluster, through the world's network, with tokens of Entra: as a job has it. */
const missing = [
  ['kubectl', 'version', '--client'],
  ['helm', 'version'],
].flatMap(([tool = '', ...args]) => (spawnSync(tool, args).status === 0 ? [] : tool));
const withClients = missing.length === 0 ? describe : describe.skip;
const chart = path.join(import.meta.dirname, 'fixtures/small-chart');
const clusterId = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks`;

interface Done {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

withClients(`kubectl and Helm${missing.length === 0 ? '' : ` (not on PATH: ${missing.join(', ')})`}`, () => {
  let directory: string;
  let world: World;
  let view: KubernetesView;

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'clients-'));
    world = await startWorld({ directory, subscriptions: [subscription] });
    seedSubscription(world);
    world.azure.putResource(clusterId, {
      location: 'westeurope',
      properties: {
        aadProfile: { managed: true, enableAzureRBAC: true },
        disableLocalAccounts: true,
        agentPoolProfiles: [
          {
            name: 'system',
            mode: 'System',
            count: 1,
            vmSize: 'Standard_D2s_v3',
            nodeTaints: ['CriticalAddonsOnly=true:NoSchedule'],
          },
          { name: 'user', mode: 'User', count: 2, vmSize: 'Standard_D2s_v3' },
        ],
      },
    });
    const [apply, plan] = ['apply', 'plan'].map(name => world.azure.principals().find(one => one.name === name));
    if (apply === undefined || plan === undefined) throw new Error('The subscription has no such principals.');
    world.azure.assignRole({ principal: apply, role: 'Azure Kubernetes Service RBAC Cluster Admin', scope: clusterId });
    world.azure.assignRole({ principal: plan, role: 'Azure Kubernetes Service RBAC Reader', scope: clusterId });
    view = world.kubernetes.of(clusterId);
    await signIn('apply', platformJob, grantedJob.clientId);
    await signIn('plan', planJob, readingJob.clientId);
  });
  afterAll(async () => {
    await world?.close();
    await rm(directory, { recursive: true, force: true });
  });

  const curl = async (...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> => {
    const env = { PATH: process.env['PATH'] ?? '', ...world.networkEnvironment() };
    const { stdout } = await promisify(execFile)('curl', ['-sS', '--cacert', world.caFile, ...args], { env });
    return asObject(parseJson(stdout));
  };

  /** The kubeconfig that AKS hands to the job, with the job's own token for the cluster in place of kubelogin. */
  const signIn = async (name: string, job: typeof platformJob, clientId: string) => {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: key = '' } =
      world.jobEnvironment(job);
    const { value } = await curl('-H', `Authorization: Bearer ${key}`, `${url}&audience=api://AzureADTokenExchange`);
    const tokenFor = async (scope: string) => {
      const form = new URLSearchParams({
        client_id: clientId,
        client_assertion: String(value),
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        grant_type: 'client_credentials',
        scope: `${scope}/.default`,
      });
      const answer = await curl(
        '-d',
        form.toString(),
        `https://login.microsoftonline.com/${world.azure.tenant}/oauth2/v2.0/token`,
      );
      return String(answer['access_token']);
    };
    const bearer = `Authorization: Bearer ${await tokenFor('https://management.azure.com')}`;
    const action = `https://management.azure.com${clusterId}/listClusterUserCredential?api-version=2025-01-01`;
    const answer = await curl('-X', 'POST', '-H', bearer, '-H', 'Content-Length: 0', action);
    const encoded = String(at(list(answer['kubeconfigs'])[0])['value']);
    const kubeconfig = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
    kubeconfig.users[0].user = { token: await tokenFor('6dae42f8-4368-4678-94ff-3960e28e3630') };
    await writeFile(path.join(directory, `kubeconfig-${name}`), JSON.stringify(kubeconfig), { mode: 0o600 });
  };

  const environment = (who: string) => ({
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    KUBECONFIG: path.join(directory, `kubeconfig-${who}`),
    ...world.networkEnvironment(),
  });
  const run = (
    tool: string,
    args: readonly string[],
    options: { readonly as?: string; readonly input?: unknown } = {},
  ) =>
    new Promise<Done>(resolve => {
      const child = execFile(tool, args, { env: environment(options.as ?? 'apply') }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
      );
      child.stdin?.end(options.input === undefined ? '' : JSON.stringify(options.input));
    });
  const kubectl = (...args: readonly string[]) => run('kubectl', args);
  const applied = (input: unknown, ...more: readonly string[]) =>
    run('kubectl', ['apply', '--server-side', '-f', '-', ...more], { input });
  const helm = (...args: readonly string[]) => run('helm', args);

  test('Helm installs, upgrades, rolls back and uninstalls a release, by server-side apply, and waits until it is ready', async () => {
    const wait = ['-n', 'shop', '--server-side=true', '--wait=watcher', '--timeout=300s'];
    expect(await helm('install', 'small', chart, '--create-namespace', ...wait)).toMatchObject({ code: 0 });
    expect(view.get({ resource: 'deployments', namespace: 'shop', name: 'small' })).toMatchObject({
      metadata: {
        generation: 1,
        managedFields: expect.arrayContaining([expect.objectContaining({ manager: 'helm', operation: 'Apply' })]),
      },
      status: { readyReplicas: 2, observedGeneration: 1 },
    });
    expect(view.list('jobs', 'shop')).toEqual([]);
    expect(await helm('upgrade', 'small', chart, ...wait, '--set', 'image=shop:2')).toMatchObject({ code: 0 });
    expect(view.get({ resource: 'deployments', namespace: 'shop', name: 'small' })).toMatchObject({
      metadata: { generation: 2 },
      status: { observedGeneration: 2 },
    });
    const version = () =>
      view.get({ resource: 'configmaps', namespace: 'shop', name: 'small' })?.metadata.resourceVersion;
    const before = version();
    expect(await helm('upgrade', 'small', chart, ...wait, '--set', 'image=shop:2', '--dry-run=server')).toMatchObject({
      code: 0,
    });
    expect(await helm('upgrade', 'small', chart, ...wait, '--set', 'image=shop:2')).toMatchObject({ code: 0 });
    expect(version()).toBe(before);
    expect(await helm('rollback', 'small', '1', '-n', 'shop', '--wait=watcher')).toMatchObject({ code: 0 });
    expect(parseJson((await helm('history', 'small', '-n', 'shop', '-o', 'json')).stdout)).toHaveLength(4);
    expect(parseJson((await helm('get', 'metadata', 'small', '-n', 'shop', '-o', 'json')).stdout)).toMatchObject({
      applyMethod: 'ssa',
    });
    expect(await helm('uninstall', 'small', '-n', 'shop', '--wait')).toMatchObject({ code: 0 });
    expect(view.list('deployments', 'shop')).toEqual([]);
    expect(await kubectl('delete', 'namespace', 'shop')).toMatchObject({ code: 0 });
  });

  test('Helm says what kept a release from being ready', async () => {
    const mend = view.unpullable('shop:*');
    const failed = await helm('install', 'bad', chart, '-n', 'default', '--wait=watcher', '--timeout=2s');
    expect(failed.code).not.toBe(0);
    expect(failed.stderr).toContain('resource Deployment/default/small not ready');
    mend();
    expect(await helm('uninstall', 'bad', '-n', 'default', '--wait')).toMatchObject({ code: 0 });
  });

  const map = (data: object) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'default' },
    data,
  });

  test('kubectl applies, tells conflicts, and waits', async () => {
    expect(await applied(map({ one: '1' }))).toMatchObject({ code: 0 });
    const conflict = await applied(map({ one: '2' }), '--field-manager=other');
    expect(conflict).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Apply failed with 1 conflict: conflict with "kubectl": .data.one'),
    });
    expect(await applied(map({ one: '2' }), '--field-manager=other', '--force-conflicts')).toMatchObject({ code: 0 });
    const typo = { ...map({}), dater: {} };
    expect((await applied(typo)).stderr).toContain('.dater: field not declared in schema');
    expect((await run('kubectl', ['apply', '-f', '-'], { input: typo })).stderr).toContain(
      'strict decoding error: unknown field "dater"',
    );
    expect(await kubectl('create', 'deployment', 'web', '--image=web:1', '--replicas=2')).toMatchObject({ code: 0 });
    expect(await kubectl('wait', '--for=condition=Available', 'deployment/web', '--timeout=300s')).toMatchObject({
      code: 0,
    });
    expect(await kubectl('rollout', 'restart', 'deployment/web')).toMatchObject({ code: 0 });
    expect((await kubectl('rollout', 'status', 'deployment/web', '--timeout=300s')).stdout).toContain(
      'successfully rolled out',
    );
    expect(await kubectl('scale', 'deployment/web', '--replicas=1')).toMatchObject({ code: 0 });
    expect((await kubectl('logs', 'deployment/web')).stdout).toBe('web started from web:1\n');
    expect((await kubectl('get', 'deployment', 'web')).stdout).toMatch(
      /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +1\/1 /,
    );
    expect((await kubectl('describe', 'deployment', 'web')).stdout).toContain('ScalingReplicaSet');
    expect(await kubectl('delete', 'deployment', 'web')).toMatchObject({ code: 0 });
  });

  test('kubectl watches', async () => {
    const child = spawn('kubectl', ['get', 'configmaps', '-w', '-o', 'name', '-l', 'seen=yes'], {
      env: environment('apply'),
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const labelled = (name: string) => ({
      ...map({}),
      metadata: { name, namespace: 'default', labels: { seen: 'yes' } },
    });
    view.put(labelled('first'));
    expect((await lines.next()).value).toBe('configmap/first');
    view.put(labelled('second'));
    expect((await lines.next()).value).toBe('configmap/second');
    child.kill();
  });

  test('new types are served as soon as they are established', async () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'] },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
              },
            },
          },
        ],
      },
    };
    expect(await applied(definition)).toMatchObject({ code: 0 });
    expect(
      await kubectl('wait', '--for=condition=Established', 'crd/widgets.example.com', '--timeout=300s'),
    ).toMatchObject({ code: 0 });
    expect(
      await applied({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { size: 3 } }),
    ).toMatchObject({ code: 0 });
    expect((await kubectl('get', 'wd')).stdout).toBe('NAME   SIZE\na      3\n');
  });

  test('a reader sees what its role lets it see', async () => {
    const reading = (...args: readonly string[]) => run('kubectl', args, { as: 'plan' });
    expect(await reading('get', 'pods', '-A')).toMatchObject({ code: 0 });
    expect((await reading('get', 'secrets', '-A')).stderr).toContain(
      'User does not have access to the resource in Azure',
    );
    expect((await reading('auth', 'can-i', 'list', 'pods', '-A')).stdout).toBe('yes\n');
    expect((await reading('auth', 'can-i', 'create', 'deployments')).stdout).toMatch(/^no\b/);
    const plan = world.azure.principals().find(({ name }) => name === 'plan');
    expect(parseJson((await reading('auth', 'whoami', '-o', 'json')).stdout)).toMatchObject({
      status: { userInfo: { username: plan?.objectId, groups: ['azure:reader', 'system:authenticated'] } },
    });
  });

  test('the ledger knows who wrote what: no trial and no question among it', async () => {
    const from = Date.now();
    const dry = await run('kubectl', ['apply', '--server-side', '--dry-run=server', '-f', '-'], {
      input: map({ dry: 'yes' }),
    });
    expect(dry).toMatchObject({ code: 0 });
    await kubectl('auth', 'can-i', 'list', 'pods');
    expect(world.ledger.writes(from)).toEqual([]);
    await applied(map({ wet: 'yes' }), '--force-conflicts');
    expect(world.ledger.writes(from)).toEqual([
      {
        identity: grantedJob.clientId,
        host: expect.stringMatching(/\.hcp\.westeurope\.azmk8s\.io$/),
        method: 'PATCH',
        path: '/api/v1/namespaces/default/configmaps/a',
        count: 1,
      },
    ]);
  });
});

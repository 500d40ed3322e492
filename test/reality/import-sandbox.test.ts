import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { clouds, createContainerRegistries, type ImageImport } from '@suite/azure';
import { type Clock, systemClock } from '@suite/foundation';
import { createRegistry } from '@suite/registry';
import { type Job, startWorld, type World } from '@suite/sandbox';
import { entraToken, joinNetwork, registryScope } from '../support/entra.ts';

/** Promotion as the resource manager does it, over the sandbox's network: import by digest, then the lock. */
const subscription = '00000000-0000-0000-0000-000000000003';
const job: Job = {
  repository: 'octo-org/shop',
  ref: 'refs/heads/main',
  sha: 'a'.repeat(40),
  event: 'push',
  runId: '7',
  runAttempt: 1,
  actor: 'mona',
  workflowRef: 'octo-org/shop/.github/workflows/platform.yml@refs/heads/main',
  environment: 'prod',
};
const clientId = '00000000-0000-0000-0000-0000000000a1';
const idOf = (name: string) =>
  `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/${name}`;
/** Nobody waits for a retry. */
const hurried: Clock = { ...systemClock, sleep: async () => undefined };
const identity = { name: 'apply identity of environment prod', clientId };

let directory: string;
let world: World;
const undo: (() => unknown)[] = [];

const create = (name: string, properties: object = {}) =>
  world.azure.putResource(idOf(name), { location: 'westeurope', sku: { name: 'Premium' }, properties });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'import-'));
  world = await startWorld({ directory, subscriptions: [subscription], operationMs: 20 });
  const { azure, github } = world;
  const principal = azure.addApplication({ name: 'apply', clientId, githubSubjects: [github.subjectFor(job)] });
  for (const name of ['acrdev', 'acrprod']) {
    create(name);
    const role = 'Container Registry Data Importer and Data Reader';
    azure.assignRole({ principal, role, scope: idOf(name) });
  }
  azure.assignRole({ principal, role: 'AcrPush', scope: idOf('acrprod') });
  undo.push(...(await joinNetwork(world)));
  // Azure's own client looks for the proxy there, and nowhere else.
  process.env['HTTPS_PROXY'] = world.proxyUrl;
  undo.push(() => delete process.env['HTTPS_PROXY']);
});

afterEach(() => {
  create('acrdev');
  create('acrprod');
});

afterAll(async () => {
  for (const one of undo) one();
  await world.close();
  await rm(directory, { recursive: true, force: true });
});

const registries = () =>
  createContainerRegistries(
    {
      getToken: async scopes => ({
        token: await entraToken(world, job, clientId, String(scopes)),
        expiresOnTimestamp: Date.now() + 3_600_000,
      }),
    },
    { cloud: clouds.public, identity, clock: hurried },
  );
const importOf = (digest: string, change: Partial<ImageImport> = {}): ImageImport => ({
  source: { resourceId: idOf('acrdev') },
  repository: 'shop/api',
  digest,
  targetTags: [],
  untaggedTargetRepositories: ['shop/api'],
  overwrite: false,
  ...change,
});

test('an image and its signature are imported, then locked, and no byte of them passes here', async () => {
  const dev = world.registries.registry('acrdev');
  const prod = world.registries.registry('acrprod');
  const blobs = [{ mediaType: 'application/octet-stream', content: 'layer' }];
  const image = dev.putArtifact('shop/api', { artifactType: 'text/image', blobs });
  const signature = dev.putArtifact('shop/api', { artifactType: 'text/signature', blobs: [], subject: image });
  const client = registries();
  const tagged = importOf(image.digest, { targetTags: ['shop/api:v1'], untaggedTargetRepositories: [] });
  await Promise.all([tagged, importOf(signature.digest)].map(one => client.importImage(idOf('acrprod'), one)));
  expect(prod.manifests('shop/api')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ digest: image.digest, tags: ['v1'] }),
      expect.objectContaining({ digest: signature.digest, subject: image }),
    ]),
  );
  expect(dev.traffic()).toEqual({ received: 0, sent: 0, imported: 0 });
  expect(prod.traffic()).toEqual({ received: 0, sent: 0, imported: 'layer{}'.length });
  const found = await client.find(idOf('acrprod'));
  expect(found).toMatchObject({ loginServer: prod.loginServer, permissions: 'registry', sku: 'Premium' });

  const registry = createRegistry({
    host: prod.loginServer,
    tenant: world.azure.tenant,
    identity,
    entraToken: () => entraToken(world, job, clientId, registryScope),
    mask: () => undefined,
    clock: hurried,
  });
  for (const reference of ['v1', image.digest]) {
    expect(await registry.lock('shop/api', reference)).toEqual({
      digest: image.digest,
      isWritable: false,
      isDeletable: true,
    });
  }
  expect((await registry.readAttributes('shop/api', 'v1'))?.isWritable).toBe(false);
  await expect(
    registry.pushArtifact('shop/api', { artifactType: 'text/other', blobs: [], tag: 'v1' }),
  ).rejects.toMatchObject({ kind: 'locked' });
  await expect(client.importImage(idOf('acrprod'), tagged)).rejects.toMatchObject({ kind: 'conflict' });
});

const lonely = { publicNetworkAccess: 'Disabled', networkRuleBypassOptions: 'None' };

test.each<readonly [kind: string, prepare: () => ImageImport]>([
  [
    'firewall',
    () => {
      create('acrdev', lonely);
      return importOf(somebody());
    },
  ],
  ['missing', () => importOf(`sha256:${'0'.repeat(64)}`)],
  ['tenant', () => importOf(somebody(), { source: { resourceId: idOf('acrdev').replace(subscription, 'elsewhere') } })],
  ['forbidden', () => importOf(somebody(), { source: { resourceId: idOf('acrother') } })],
  ['forbidden', () => importOf(somebody(), { source: { registryUri: 'acrdev.azurecr.io' } })],
])('what keeps an import from happening has a kind: %s', async (kind, prepare) => {
  const image = prepare();
  await expect(registries().importImage(idOf('acrprod'), image)).rejects.toMatchObject({ kind });
});

test('a limit of the import service is waited for', async () => {
  const outcome = { code: 'BadRequest', message: 'HAP429: try later' };
  const fault = world.faults.addOperation({ match: ({ kind }) => kind === 'import', times: 2, outcome });
  await registries().importImage(idOf('acrprod'), importOf(somebody()));
  expect([fault.seen(), fault.struck()]).toEqual([3, 2]);
  fault.remove();
});

function somebody(): string {
  const blobs = [{ mediaType: 'text/plain', content: 'somebody' }];
  return world.registries.registry('acrdev').putArtifact('shop/api', { artifactType: 'text/image', blobs }).digest;
}

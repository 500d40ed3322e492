import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Clock, systemClock } from '@suite/foundation';
import { createTransfers, totalsOf } from '@suite/registry';
import { type Job, on, registryError, startWorld, type World } from '@suite/sandbox';
import { entraToken, joinNetwork, registryScope } from '../support/entra.ts';

/** Our transfer against the stand-in for Azure's registries, over its network: TLS, a proxy, tokens, a storage behind it. */
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
  environment: 'dev',
};
const clientId = '00000000-0000-0000-0000-0000000000a1';
const hosts = { dev: 'acrdev.azurecr.io', prod: 'acrprod.azurecr.io' };
const dataHost = 'acrdev.westeurope.data.azurecr.io';
const mebibyte = 1024 * 1024;
/** Nobody waits for a retry. */
const hurried: Clock = { ...systemClock, sleep: async () => undefined };

let directory: string;
let world: World;
const undo: (() => void)[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'transfer-'));
  world = await startWorld({ directory, subscriptions: [subscription] });
  const { azure, github } = world;
  azure.addApplication({ name: 'apply', clientId, githubSubjects: [github.subjectFor(job)] });
  const [principal] = azure.principals().filter(one => one.clientId === clientId);
  for (const name of ['acrdev', 'acrprod']) {
    const id = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/${name}`;
    const properties = name === 'acrdev' ? { dataEndpointEnabled: true } : {};
    azure.putResource(id, { location: 'westeurope', sku: { name: 'Premium' }, properties });
    azure.assignRole({ principal: principal ?? '', role: 'AcrPush', scope: id });
  }
  undo.push(...(await joinNetwork(world)));
});

afterEach(() => world.faults.clear());

afterAll(async () => {
  for (const one of undo) one();
  await world.close();
  await rm(directory, { recursive: true, force: true });
});

const open = (host: string) =>
  createTransfers({
    host,
    tenant: world.azure.tenant,
    identity: { name: 'apply identity of environment dev', clientId },
    entraToken: () => entraToken(world, job, clientId, registryScope),
    mask: () => undefined,
    clock: hurried,
  });

/** An image in dev with a signature; gives its digest and how large its layer is. */
function seed(repository: string, bytes: number) {
  const view = world.registries.registry(hosts.dev);
  const image = view.putArtifact(repository, {
    artifactType: 'application/vnd.example.image',
    blobs: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', content: randomBytes(bytes) }],
  });
  const signature = view.putArtifact(repository, {
    artifactType: 'application/vnd.example.signature',
    blobs: [{ mediaType: 'text/plain', content: 'signed' }],
    subject: image,
  });
  return { digests: [image.digest, signature.digest], image, bytes };
}

const manifestsIn = (host: string, repository: string) =>
  world.registries
    .registry(host)
    .manifests(repository)
    .map(({ digest }) => digest)
    .sort();

describe('from one registry of Azure to another', () => {
  test('an image and its signature move, downloads from the data endpoint, which sees no token', async () => {
    const { digests, image } = seed('shop/api', 5 * mebibyte);
    const copy = {
      source: open(hosts.dev).source('shop/api'),
      digest: image.digest,
      repository: 'shop/api',
      tags: ['v1'],
    };
    const prod = open(hosts.prod);
    const plan = await prod.plan([copy]);
    expect(totalsOf(plan)).toMatchObject({ bytes: 5 * mebibyte + 8, blobs: 3, manifests: 2, referrers: 1, tags: 1 });
    const since = world.ledger.requests.length;
    await prod.perform(plan);
    expect(manifestsIn(hosts.prod, 'shop/api')).toEqual([...digests].sort());
    expect(await prod.find('shop/api', 'v1')).toEqual(image);
    const downloads = world.ledger.requests.slice(since).filter(({ host }) => host === dataHost);
    expect(downloads.map(({ status, identity }) => [status, identity])).toEqual(downloads.map(() => [200, undefined]));
    expect(downloads).toHaveLength(3);
    const again = await prod.perform(await prod.plan([copy]));
    expect(again).toMatchObject({ bytes: 0, manifests: 0, tags: [] });
  });

  test.each<readonly [string, () => void]>([
    [
      'an upload cut in the middle',
      () => void world.faults.add({ match: on('PATCH', hosts.prod), times: 2, answer: { cutAfter: mebibyte } }),
    ],
    [
      'a download cut in the middle',
      () =>
        void world.faults.add({ match: on('GET', dataHost), skip: 1, times: 1, answer: { cutAfter: 2 * mebibyte } }),
    ],
    [
      'a registry that is busy',
      () =>
        void world.faults.add({
          match: on('*', hosts.prod, /blobs/),
          times: 3,
          answer: registryError(429, 'TOOMANYREQUESTS', 2),
        }),
    ],
    [
      'a storage that fails',
      () => void world.faults.add({ match: on('GET', dataHost), times: 2, answer: { status: 503 } }),
    ],
    [
      'a reset while finishing',
      () => void world.faults.add({ match: on('PUT', hosts.prod, /uploads/), times: 1, answer: 'reset' }),
    ],
  ])('past %s', async (name, strike) => {
    const repository = `cases/${name.replace(/ /g, '-')}`;
    const { digests, image, bytes } = seed(repository, 9 * mebibyte);
    const prod = open(hosts.prod);
    const source = open(hosts.dev).source(repository);
    const plan = await prod.plan([{ source, digest: image.digest, repository, tags: ['v1'] }]);
    strike();
    const before = world.registries.registry(hosts.prod).traffic().received;
    await prod.perform(plan, { chunkBytes: 4 * mebibyte });
    expect(manifestsIn(hosts.prod, repository)).toEqual([...digests].sort());
    // What had arrived was not sent again.
    const received = world.registries.registry(hosts.prod).traffic().received - before;
    expect(received).toBe(bytes + '{}'.length + 'signed'.length);
  });
});

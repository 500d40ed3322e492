import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject, asString, type Clock, mapInParallel, systemClock } from '@suite/foundation';
import { createRegistry, type NewArtifact, type Registry, RegistryFailure } from '@suite/registry';
import { type Job, type RegistryView, startWorld, type World } from '@suite/sandbox';
import { entraToken, joinNetwork, registryScope } from '../support/entra.ts';
import { crane, ggcrRegistry, needs, type RunningPeer, startPeer } from '../support/peers.ts';

/** The product's registry client against the stand-in, over its network, and against a real registry: the same cases. */
const subscription = '00000000-0000-0000-0000-000000000003';
const registryId = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/acrshop`;
const host = 'acrshop.azurecr.io';
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
const identities = {
  apply: '00000000-0000-0000-0000-0000000000a1',
  plan: '00000000-0000-0000-0000-0000000000a2',
  stranger: '00000000-0000-0000-0000-0000000000a3',
};
type Who = keyof typeof identities;

const bytes = (text: string) => new TextEncoder().encode(text);
const bundle: NewArtifact = {
  artifactType: 'application/vnd.example.bundle.v1+json',
  blobs: [{ mediaType: 'application/json', content: bytes('{"commit":"a"}'), title: 'bundle.json' }],
};
const record = (run: number, artifactType = 'application/vnd.example.record.v1+json'): NewArtifact => ({
  artifactType,
  blobs: [{ mediaType: 'application/json', content: bytes(JSON.stringify({ run })) }],
  annotations: { 'org.example.run': String(run) },
});
/** Nobody waits for a retry. */
const hurried: Clock = { ...systemClock, sleep: async () => undefined };

let directory: string;
let world: World;
let peer: RunningPeer | undefined;
const undo: (() => void)[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-'));
  world = await startWorld({ directory, subscriptions: [subscription] });
  const { azure, github } = world;
  azure.putResource(registryId, { location: 'westeurope', sku: { name: 'Premium' } });
  for (const [name, clientId] of Object.entries(identities)) {
    azure.addApplication({ name, clientId, githubSubjects: [github.subjectFor(job)] });
  }
  const principalOf = (who: Who) => {
    const found = azure.principals().find(({ clientId }) => clientId === identities[who]);
    if (found === undefined) throw new Error(`There is no ${who}.`);
    return found;
  };
  azure.assignRole({ principal: principalOf('apply'), role: 'AcrPush', scope: registryId });
  azure.assignRole({ principal: principalOf('plan'), role: 'AcrPull', scope: registryId });
  undo.push(...(await joinNetwork(world)));
  if (ggcrRegistry.path !== undefined) peer = await startPeer(ggcrRegistry);
});

afterAll(async () => {
  for (const one of undo) one();
  await peer?.stop();
  await world.close();
  await rm(directory, { recursive: true, force: true });
});

function open(who: Who, options: { readonly host?: string; readonly fetch?: typeof fetch } = {}): Registry {
  return createRegistry({
    host,
    tenant: world.azure.tenant,
    identity: { name: `${who} identity of environment dev`, clientId: identities[who] },
    entraToken: () => entraToken(world, job, identities[who], registryScope),
    mask: () => undefined,
    clock: hurried,
    ...options,
  });
}

/** A real registry knows nothing of Entra: what signs in is answered here, the rest goes to it. */
const toPeer: typeof fetch = async (input, init) => {
  const { pathname, search } = new URL(String(input));
  if (pathname.startsWith('/oauth2/')) return Response.json({ refresh_token: 'r', access_token: 'a' });
  return fetch(`http://${peer?.firstLine}${pathname}${search}`, init);
};

const view = (): RegistryView => world.registries.registry(host);

async function failureOf(promise: Promise<unknown>): Promise<RegistryFailure> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof RegistryFailure)) throw error ?? new Error('It succeeded.');
  return error;
}

const places = [
  { name: 'the stand-in', isThere: true, connect: () => open('apply') },
  {
    name: needs(ggcrRegistry),
    isThere: ggcrRegistry.path !== undefined,
    connect: () => open('apply', { fetch: toPeer }),
  },
];

for (const { name, isThere, connect } of places) {
  (isThere ? describe : describe.skip)(`a registry: ${name}`, () => {
    test('gives back what was pushed, and the same again is the same', async () => {
      const registry = connect();
      const pushed = await registry.pushArtifact('cases/bundle', { ...bundle, tag: 'v1' });
      expect(await registry.pushArtifact('cases/bundle', bundle)).toEqual(pushed);
      const read = await registry.readArtifact('cases/bundle', pushed.digest);
      expect(read).toMatchObject({
        descriptor: pushed,
        artifactType: bundle.artifactType,
        annotations: {},
        blobs: [{ mediaType: 'application/json', size: 14, title: 'bundle.json' }],
      });
      expect(await registry.readArtifact('cases/bundle', 'v1')).toEqual(read);
      const [blob] = read?.blobs ?? [];
      if (blob === undefined) throw new Error('There is no blob.');
      expect(Buffer.from(await registry.readBlob('cases/bundle', blob)).toString()).toBe('{"commit":"a"}');
    });

    test('moves a tag', async () => {
      const registry = connect();
      await registry.pushArtifact('cases/tags', { ...record(1), tag: 'latest' });
      const second = await registry.pushArtifact('cases/tags', { ...record(2), tag: 'latest' });
      expect((await registry.readArtifact('cases/tags', 'latest'))?.descriptor).toEqual(second);
    });

    test('has nothing where nothing was pushed', async () => {
      const registry = connect();
      const nowhere = `sha256:${'0'.repeat(64)}`;
      expect(await registry.readArtifact('cases/nothing', 'v1')).toBeUndefined();
      expect(await registry.listReferrers('cases/nothing', nowhere)).toEqual([]);
      const { digest } = await registry.pushArtifact('cases/alone', bundle);
      expect(await registry.readArtifact('cases/alone', nowhere)).toBeUndefined();
      expect(await registry.listReferrers('cases/alone', digest)).toEqual([]);
      expect(
        (await failureOf(registry.readBlob('cases/alone', { mediaType: 'a/b', digest: nowhere, size: 1 }))).kind,
      ).toBe('refused');
    });

    test('lists everything that refers to a bundle, by type', async () => {
      const registry = connect();
      const subject = await registry.pushArtifact('cases/referrers', bundle);
      const other = await registry.pushArtifact('cases/referrers', { ...bundle, blobs: [] });
      const runs = Array.from({ length: 120 }, (_, run) => run);
      await mapInParallel(runs, 8, run => registry.pushArtifact('cases/referrers', { ...record(run), subject }));
      await registry.pushArtifact('cases/referrers', { ...record(500, 'text/other'), subject });
      await registry.pushArtifact('cases/referrers', { ...record(501), subject: other });
      const { artifactType } = record(0);
      const listed = await registry.listReferrers('cases/referrers', subject.digest, artifactType);
      expect(listed.map(({ annotations }) => Number(annotations['org.example.run'])).sort((a, b) => a - b)).toEqual(
        runs,
      );
      expect(new Set(listed.map(one => one.artifactType))).toEqual(new Set([artifactType]));
      expect(await registry.listReferrers('cases/referrers', subject.digest)).toHaveLength(121);
      const [first] = listed;
      const read = await registry.readArtifact('cases/referrers', first?.descriptor.digest ?? '');
      expect(read?.subject).toEqual(subject);
    });
  });
}

describe('the stand-in, as a registry of Azure', () => {
  test('every write is of the identity that pushed', async () => {
    const from = Date.now();
    await open('apply').pushArtifact('shop/bundle', { ...bundle, tag: 'v1' });
    await open('plan').readArtifact('shop/bundle', 'v1');
    const writes = world.ledger.writes(from);
    expect(writes).toEqual([
      { identity: identities.apply, host, method: 'POST', path: '/v2/shop/bundle/blobs/uploads/', count: 2 },
      { identity: identities.apply, host, method: 'PUT', path: '/v2/shop/bundle/blobs/uploads/*', count: 2 },
      { identity: identities.apply, host, method: 'PUT', path: '/v2/shop/bundle/manifests/v1', count: 1 },
    ]);
    const readers = world.ledger.requests.filter(entry => entry.time >= from && entry.identity?.name === 'plan');
    expect(readers.map(({ method, path }) => [method, path])).toContainEqual(['GET', '/v2/shop/bundle/manifests/v1']);
    expect(view().manifests('shop/bundle')).toMatchObject([{ artifactType: bundle.artifactType, tags: ['v1'] }]);
  });

  test('who lacks a role is told which', async () => {
    const pushing = await failureOf(open('plan').pushArtifact('shop/forged', bundle));
    expect(pushing.message).toBe(
      `The plan identity of environment dev (client id ${identities.plan}) may not push to shop/forged in the registry ${host}. Give it "AcrPush" (or "Container Registry Repository Writer", where the registry’s role assignment mode is ABAC) on the registry; a new assignment takes some minutes to work.`,
    );
    const stranger = await failureOf(open('stranger').readArtifact('shop/bundle', 'v1'));
    expect([stranger.kind, stranger.message]).toEqual([
      'rights',
      expect.stringContaining(`(client id ${identities.stranger}) gets no access to the registry ${host}.`),
    ]);
    expect(view().repositories()).not.toContain('shop/forged');
  });

  test('a role that comes while a job runs works from the next request on', async () => {
    const registry = open('plan');
    await registry.readArtifact('shop/bundle', 'v1');
    const [principal] = world.azure.principals().filter(({ clientId }) => clientId === identities.plan);
    world.azure.assignRole({ principal: principal ?? '', role: 'AcrPush', scope: registryId });
    await expect(registry.pushArtifact('shop/late', bundle)).resolves.toBeDefined();
  });

  test('what was altered behind its back is not believed', async () => {
    const registry = open('apply');
    const { digest } = await registry.pushArtifact('shop/altered', bundle);
    const artifact = await registry.readArtifact('shop/altered', digest);
    const [blob] = artifact?.blobs ?? [];
    if (blob === undefined) throw new Error('There is no blob.');
    view().replaceBlob('shop/altered', blob.digest, '{"commit":"b"}');
    expect((await failureOf(registry.readBlob('shop/altered', blob))).message).toContain(
      'sent something else than the blob',
    );
    const text = view().readManifest('shop/altered', digest)?.toString() ?? '';
    view().replaceManifest('shop/altered', digest, text.replace('bundle.v1', 'bundle.v2'));
    expect((await failureOf(registry.readArtifact('shop/altered', digest))).kind).toBe('untrue');
  });

  test('is closed to runners outside of its network when its public access is off', async () => {
    world.azure.mutate(registryId, body => {
      asProperties(body)['publicNetworkAccess'] = 'Disabled';
    });
    const failure = await failureOf(open('apply').readArtifact('shop/bundle', 'v1'));
    expect([failure.kind, failure.message]).toEqual([
      'closed',
      expect.stringContaining("refuses this runner's network"),
    ]);
    world.settings.isInPrivateNetwork = true;
    expect(await open('apply').readArtifact('shop/bundle', 'v1')).toBeDefined();
    world.settings.isInPrivateNetwork = false;
    world.azure.mutate(registryId, body => {
      asProperties(body)['publicNetworkAccess'] = 'Enabled';
    });
  });

  test('is not there when Azure holds no such registry', async () => {
    const failure = await failureOf(open('apply', { host: 'acrnone.azurecr.io' }).readArtifact('shop/bundle', 'v1'));
    expect(failure.kind).toBe('unreachable');
    expect(world.ledger.refusedHosts).toEqual(['acrnone.azurecr.io']);
  });
});

function asProperties(body: Record<string, unknown>): Record<string, unknown> {
  return body['properties'] as Record<string, unknown>;
}

(crane.path === undefined ? describe.skip : describe)(`the stand-in for a client of its own: ${needs(crane)}`, () => {
  const run = async (...args: readonly string[]) => {
    const env = { HOME: directory, DOCKER_CONFIG: join(directory, 'docker'), ...world.networkEnvironment() };
    const { stdout } = await promisify(execFile)(crane.path ?? '', args, { env });
    return stdout.trim();
  };

  beforeAll(async () => {
    const exchanged = await fetch(`https://${host}/oauth2/exchange`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'access_token',
        service: host,
        access_token: await entraToken(world, job, identities.apply, registryScope),
      }),
    });
    const refresh = asString(asObject(await exchanged.json())['refresh_token']);
    const auth = Buffer.from(`00000000-0000-0000-0000-000000000000:${refresh}`).toString('base64');
    await mkdir(join(directory, 'docker'));
    await writeFile(join(directory, 'docker', 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
  });

  test('an image is pushed, copied by mounting, listed and read', async () => {
    const layer = join(directory, 'layer.tar');
    await writeFile(join(directory, 'file'), 'hello '.repeat(100_000));
    await promisify(execFile)('tar', ['-C', directory, '-cf', layer, 'file']);
    await run('append', '--oci-empty-base', '-f', layer, '-t', `${host}/team/api:v1`);
    const digest = await run('digest', `${host}/team/api:v1`);
    expect(view().manifests('team/api')).toMatchObject([{ digest, tags: ['v1'] }]);
    const before = view().traffic().received;
    await run('copy', `${host}/team/api@${digest}`, `${host}/team/copy:v2`);
    const manifest = view().readManifest('team/copy', digest)?.toString() ?? '';
    // The layer was mounted; the config is small enough to be sent.
    expect(view().traffic().received - before).toBeLessThan(10_000);
    expect(await run('ls', `${host}/team/copy`)).toBe('v2');
    expect((await run('catalog', host)).split('\n')).toEqual(expect.arrayContaining(['team/api', 'team/copy']));
    expect(await run('manifest', `${host}/team/copy:v2`)).toBe(manifest);
    await run('validate', '--remote', `${host}/team/copy:v2`);
  });
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Principal } from '../azure/directory.ts';
import { scope, subscription, tenant } from '../azure/testing.ts';
import { digestOf, openRepository, type StoredManifest, storeManifest } from './content.ts';
import { mediaTypes } from './manifest.ts';
import { registryId as sourceId, startRegistry } from './testing.ts';

type World = Awaited<ReturnType<typeof startRegistry>>;
const targetId = `${scope}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/acrProd`;
const importer = 'Container Registry Data Importer and Data Reader';
const location = 'westeurope';
const sku = { name: 'Premium' };

let world: World;
let promoter: Principal;

beforeEach(async () => {
  world = await startRegistry();
  world.arm.create(targetId, { location, sku });
  promoter = world.addPrincipal('promoter', [importer, sourceId], [importer, targetId]);
});

/** Puts things into the source by the back door. */
const repository = (name = 'shop/api') => {
  const resource = world.arm.store.get(sourceId);
  if (resource === undefined) throw new Error('the source is gone');
  return openRepository(world.contentOf(resource), name);
};
const blob = (text: string) => {
  const bytes = Buffer.from(text);
  repository().blobs.set(digestOf(bytes), bytes);
  return { mediaType: 'text/plain', digest: digestOf(bytes), size: bytes.length };
};
const store = (manifest: object, type: string, tag?: string) =>
  storeManifest(
    repository(),
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, ...manifest })),
    type,
    tag,
  );
const image = (text: string, more: object = {}) =>
  store({ config: { ...blob('{}'), mediaType: mediaTypes.empty }, layers: [blob(text)], ...more }, mediaTypes.image);
const describeManifest = ({ digest, content, facts }: StoredManifest) => ({
  mediaType: facts.mediaType,
  digest,
  size: content.length,
});
const index = (children: readonly StoredManifest[], tag?: string) =>
  store({ manifests: children.map(describeManifest) }, mediaTypes.index, tag);

const bodyOf = (digest: string, change: object = {}) => ({
  source: { resourceId: sourceId, sourceImage: `shop/api@${digest}` },
  targetTags: ['shop/api:v1'],
  mode: 'NoForce',
  ...change,
});
const ask = (who: Principal, place = '') => world.call(who, 'GET', place.replace('https://management.azure.com', ''));
/** What the resource manager answers, or what the operation ends with. */
const run = async (body: object, who = promoter) => {
  const begun = await world.call(who, 'POST', `${targetId}/importImage`, body);
  if (begun.status !== 202) return { ...begun, isAtOnce: true };
  expect(begun.text).toBe('');
  world.clock.advance(1000);
  return { ...(await ask(who, begun.headers['Location'])), isAtOnce: false };
};
const target = () => world.registries.registry('acrProd');

describe('an import', () => {
  test('brings an index with its children and their blobs, and nothing that refers to it', async () => {
    const [amd, arm] = [image('amd'), image('arm')];
    const all = index([amd, arm], 'latest');
    const signature = image('signature', { subject: describeManifest(all), artifactType: 'text/signature' });
    const begun = await world.call(promoter, 'POST', `${targetId}/importImage`, bodyOf(all.digest));
    expect([begun.status, begun.text]).toEqual([202, '']);
    const place = begun.headers['Location'] ?? '';
    expect(place).toMatch(/\/providers\/Microsoft\.ContainerRegistry\/locations\/WESTEUROPE\/operationResults\//);
    expect((await ask(promoter, place)).status).toBe(202);
    expect(target().repositories()).toEqual([]);
    world.clock.advance(1000);
    expect((await ask(promoter, place)).status).toBe(200);
    expect(target().manifests('shop/api')).toMatchObject([
      { digest: amd.digest, tags: [] },
      { digest: arm.digest, tags: [] },
      { digest: all.digest, tags: ['v1'] },
    ]);
    expect(target().readManifest('shop/api', 'v1')).toEqual(all.content);
    expect(
      target()
        .readBlob('shop/api', digestOf(Buffer.from('arm')))
        ?.toString(),
    ).toBe('arm');
    expect(target().traffic()).toEqual({ received: 0, sent: 0, imported: '{}amdarm'.length });

    const untagged = { targetTags: [], untaggedTargetRepositories: ['shop/api'] };
    expect((await run(bodyOf(signature.digest, untagged))).status).toBe(200);
    expect(target().manifests('shop/api').at(-1)).toMatchObject({
      digest: signature.digest,
      tags: [],
      subject: { digest: all.digest },
    });
    expect(target().traffic().imported).toBe('{}amdarmsignature'.length);
    expect(target().traffic(name => name !== 'shop/api').imported).toBe(0);
  });

  test('runs beside others, also with a tag as its source', async () => {
    const [one, two] = [image('one'), image('two')];
    repository().tags.set('stable', two.digest);
    const bodies = [
      bodyOf(one.digest),
      bodyOf('', { source: { resourceId: sourceId, sourceImage: 'shop/api:stable' }, targetTags: ['shop/web'] }),
    ];
    for (const body of bodies)
      expect((await world.call(promoter, 'POST', `${targetId}/importImage`, body)).status).toBe(202);
    world.clock.advance(1000);
    world.arm.operations.settle();
    expect(target().manifests('shop/api')).toMatchObject([{ digest: one.digest, tags: ['v1'] }]);
    expect(target().manifests('shop/web')).toMatchObject([{ digest: two.digest, tags: ['stable'] }]);
  });

  test('moves a tag only by force', async () => {
    const [one, two] = [image('one'), image('two')];
    await run(bodyOf(one.digest));
    const refused = await run(bodyOf(two.digest));
    expect([refused.status, refused.message]).toEqual([
      400,
      expect.stringContaining('Tag shop/api:v1 already exists in target registry.'),
    ]);
    expect(target().readManifest('shop/api', 'v1')).toEqual(one.content);
    expect((await run(bodyOf(two.digest, { mode: 'Force' }))).status).toBe(200);
    expect(target().readManifest('shop/api', 'v1')).toEqual(two.content);
  });

  // As somebody saw it on 2 October 2026: the lock stays, the tag moves.
  test('moves a locked tag, too', async () => {
    const [one, two] = [image('one'), image('two')];
    await run(bodyOf(one.digest));
    const resource = world.arm.store.get(targetId);
    if (resource === undefined) throw new Error('the target is gone');
    const { locks } = openRepository(world.contentOf(resource), 'shop/api');
    locks.set('v1', { writeEnabled: false, deleteEnabled: true });
    expect((await run(bodyOf(two.digest, { mode: 'Force' }))).status).toBe(200);
    expect(target().readManifest('shop/api', 'v1')).toEqual(two.content);
    expect(locks.get('v1')).toEqual({ writeEnabled: false, deleteEnabled: true });
  });

  test('from another address: with a token of Entra as password, or where everybody may read', async () => {
    const { digest } = image('one');
    const stranger = world.addPrincipal('stranger', ['AcrPull', sourceId]);
    const password = await world.mint.issue(stranger, 'https://containerregistry.azure.net', 3600);
    const uri = { registryUri: 'acrshop.azurecr.io', sourceImage: `shop/api@${digest}` };
    const outcome = async (source: object, tag: string) => {
      const { status, message } = await run(bodyOf(digest, { source, targetTags: [tag] }));
      return `${status} ${/UNAUTHORIZED/.exec(message)?.[0] ?? ''}`.trim();
    };
    expect(await outcome({ ...uri, credentials: { password } }, 'a:1')).toBe('200');
    expect(await outcome({ ...uri, credentials: { password: 'wrong' } }, 'a:2')).toBe('400 UNAUTHORIZED');
    expect(await outcome(uri, 'a:3')).toBe('400 UNAUTHORIZED');
    world.arm.create(sourceId, { location, sku, properties: { anonymousPullEnabled: true } });
    expect(await outcome(uri, 'a:3')).toBe('200');
    const played = await run(bodyOf(digest, { source: { registryUri: 'docker.io', sourceImage: 'library/busybox' } }));
    expect([played.status, played.message]).toEqual([405, 'The sandbox plays no import from docker.io.']);
  });

  test('fails as a fault says', async () => {
    const { digest } = image('one');
    world.faults.addOperation({
      match: ({ kind }) => kind === 'import',
      times: 1,
      outcome: { code: 'BadRequest', message: 'HAP429' },
    });
    expect(await run(bodyOf(digest))).toMatchObject({ status: 409, message: 'HAP429' });
    expect(target().repositories()).toEqual([]);
    expect((await run(bodyOf(digest))).status).toBe(200);
  });
});

describe('an import is refused', () => {
  const closed = { publicNetworkAccess: 'Disabled', networkRuleBypassOptions: 'None' };

  test.each<readonly [name: string, who: () => Principal, isAtOnce: boolean, status: number, message: RegExp]>([
    [
      'to whoever may only push to the target',
      () => world.addPrincipal('pusher', ['AcrPush', targetId], [importer, sourceId]),
      true,
      403,
      /authorization to perform action 'Microsoft\.ContainerRegistry\/registries\/importImage\/action' over scope '\S+acrProd'/,
    ],
    [
      'to whoever may not see the source',
      () => world.addPrincipal('blind', [importer, targetId]),
      true,
      403,
      /does not have permission to perform action\(s\) 'read' on the linked scope\(s\) '\S+acrShop'/,
    ],
    [
      'to whoever may see the source and not pull',
      () => {
        const role = {
          name: '00000000-0000-0000-0000-0000000000ff',
          roleName: 'Viewer',
          description: '',
          type: 'CustomRole',
          actions: ['Microsoft.ContainerRegistry/registries/read'],
          notActions: [],
          dataActions: [],
          notDataActions: [],
        } as const;
        world.access.define(role);
        return world.addPrincipal('viewer', [importer, targetId], ['Viewer', sourceId]);
      },
      false,
      400,
      /^Operation registries failed\. Resource \S+acrProd Access to acrshop\.azurecr\.io denied\.$/,
    ],
  ])('%s', async (_, who, isAtOnce, status, message) => {
    const { digest } = image('one');
    expect(await run(bodyOf(digest), who())).toMatchObject({
      isAtOnce,
      status,
      message: expect.stringMatching(message),
    });
    expect(target().repositories()).toEqual([]);
  });

  test('to whoever has no role for the repositories of a source in ABAC mode', async () => {
    const { digest } = image('one');
    const owner = world.addPrincipal('owner', ['Owner', scope]);
    const properties = { roleAssignmentMode: 'AbacRepositoryPermissions' };
    world.arm.create(sourceId, { location, sku, properties });
    expect((await run(bodyOf(digest), owner)).message).toContain('Access to acrshop.azurecr.io denied.');
    expect((await run(bodyOf(digest))).status).toBe(200);
  });

  test('across tenants', async () => {
    const { digest } = image('one');
    const resourceId = sourceId.replace(subscription, '00000000-0000-0000-0000-000000000009');
    const answer = await run(bodyOf(digest, { source: { resourceId, sourceImage: `shop/api@${digest}` } }));
    expect([answer.status, answer.message]).toEqual([
      403,
      expect.stringContaining(`the current tenant '${tenant}' is not authorized to access linked subscription`),
    ]);
  });

  test.each<readonly [name: string, source: object, target: object, isRefused: boolean]>([
    ['both trust services', { publicNetworkAccess: 'Disabled' }, { publicNetworkAccess: 'Disabled' }, false],
    ['the source does not', closed, {}, true],
    ['the target does not', {}, closed, true],
    ['an open one trusts nobody', { networkRuleBypassOptions: 'None' }, {}, false],
  ])('by firewalls: %s', async (_, ofSource, ofTarget, isRefused) => {
    const { digest } = image('one');
    world.arm.create(sourceId, { location, sku, properties: ofSource });
    world.arm.create(targetId, { location, sku, properties: ofTarget });
    const { status, message } = await run(bodyOf(digest));
    expect([status, /is not allowed access/.test(message)]).toEqual(isRefused ? [400, true] : [200, false]);
  });

  test('of a source without public access that is not named by its id', async () => {
    const { digest } = image('one');
    world.arm.create(sourceId, { location, sku, properties: { publicNetworkAccess: 'Disabled' } });
    const password = await world.mint.issue(promoter, 'https://containerregistry.azure.net', 3600);
    const source = {
      registryUri: 'acrshop.azurecr.io',
      sourceImage: `shop/api@${digest}`,
      credentials: { password },
    };
    expect((await run(bodyOf(digest, { source }))).message).toContain('is not allowed access');
  });

  test('of more than 50 manifests', async () => {
    const children = Array.from({ length: 50 }, (_, n) => image(`layer ${n}`));
    expect((await run(bodyOf(index(children.slice(1)).digest))).status).toBe(200);
    const { status, message } = await run(bodyOf(index(children).digest, { targetTags: ['shop/api:v2'] }));
    expect([status, message]).toEqual([400, expect.stringContaining('exceeds the limit of 50 manifests')]);
  });

  test('of what is not there, and of what is no request', async () => {
    image('one');
    const gone = digestOf(Buffer.from('gone'));
    expect((await run(bodyOf(gone))).message).toContain('Unable to find manifest digest');
    expect((await run(bodyOf(gone, { targetTags: [] }))).status).toBe(400);
    const resourceId = `${sourceId}x`;
    const who = world.addPrincipal('owner', ['Owner', scope]);
    const answer = await run(bodyOf(gone, { source: { resourceId, sourceImage: `shop/api@${gone}` } }), who);
    expect([answer.isAtOnce, answer.status]).toEqual([true, 404]);
  });
});

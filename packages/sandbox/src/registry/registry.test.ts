import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Principal } from '../azure/directory.ts';
import { makeRequest } from '../network/http.ts';
import { digestOf } from './content.ts';
import { mediaTypes } from './manifest.ts';
import { host, registryId, startRegistry } from './testing.ts';

type Registry = Awaited<ReturnType<typeof startRegistry>>;
let registry: Registry;
let pusher: Principal;
let push: Awaited<ReturnType<Registry['as']>>;
let anyone: number;

beforeEach(async () => {
  registry = await startRegistry();
  anyone = 0;
  pusher = registry.addPrincipal('pusher', ['AcrPush', registryId]);
  push = await registry.as(pusher, 'repository:shop/api:pull,push', 'repository:shop/web:pull,push');
});

const principal = (...roles: readonly string[]) =>
  registry.addPrincipal(`somebody-${++anyone}`, ...roles.map(role => [role, registryId] as const));
const claims = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));

const hello = Buffer.from('hello');
const digest = digestOf(hello);
const blobs = '/v2/shop/api/blobs';
const uploadAt = async (name = 'shop/api') => {
  const { status, headers } = await push('POST', `/v2/${name}/blobs/uploads/`);
  expect([status, headers['Range']]).toEqual([202, '0-0']);
  return headers['Location'] ?? '';
};
const putBlob = async (content: Buffer, name = 'shop/api') => {
  const reply = await push('POST', `/v2/${name}/blobs/uploads/?digest=${digestOf(content)}`, { body: content });
  expect(reply.status).toBe(201);
  return { digest: digestOf(content), size: content.length };
};
const imageOf = async (fields: object = {}, content = hello) => ({
  schemaVersion: 2,
  mediaType: mediaTypes.image,
  config: { mediaType: mediaTypes.empty, ...(await putBlob(Buffer.from('{}'))) },
  layers: [{ mediaType: 'text/plain', ...(await putBlob(content)) }],
  ...fields,
});
const putManifest = (manifest: unknown, reference?: string, contentType: string = mediaTypes.image) => {
  const body = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
  const at = reference ?? digestOf(Buffer.from(body));
  return push('PUT', `/v2/shop/api/manifests/${at}`, { body, headers: { 'content-type': contentType } });
};

describe('signing in', () => {
  test('nobody gets in without a token, and the challenge says where to get one', async () => {
    const root = await registry.send('GET', '/v2/');
    expect(root).toMatchObject({
      error: '401 UNAUTHORIZED',
      headers: { 'Docker-Distribution-Api-Version': 'registry/2.0' },
    });
    expect(root.headers['WWW-Authenticate']).toBe(`Bearer realm="https://${host}/oauth2/token",service="${host}"`);
    const upload = await registry.send('POST', `${blobs}/uploads/`);
    expect(upload.headers['WWW-Authenticate']).toBe(
      `Bearer realm="https://${host}/oauth2/token",service="${host}",scope="repository:shop/api:pull,push"`,
    );
    expect(upload.json).toEqual({
      errors: [
        {
          code: 'UNAUTHORIZED',
          message: 'authentication required, visit https://aka.ms/acr/authorization for more information.',
          detail: [
            { Type: 'repository', Name: 'shop/api', Action: 'pull' },
            { Type: 'repository', Name: 'shop/api', Action: 'push' },
          ],
        },
      ],
    });
    const basic = await registry.send('GET', '/v2/_catalog', { headers: { authorization: 'Basic eDp5' } });
    expect(basic.headers['WWW-Authenticate']).toContain('scope="registry:catalog:*",error="invalid_token"');
  });

  test.each<readonly [roles: readonly string[], given: readonly string[]]>([
    [['AcrPull'], ['pull', 'metadata_read']],
    [['Reader'], ['pull', 'metadata_read']],
    [['AcrPush'], ['pull', 'metadata_read', 'push', 'metadata_write']],
    [['Contributor'], ['pull', 'metadata_read', 'push', 'metadata_write', 'delete']],
    [['Owner'], ['pull', 'metadata_read', 'push', 'metadata_write', 'delete']],
    [['AcrDelete'], ['delete']],
    [
      ['AcrPull', 'AcrDelete'],
      ['pull', 'metadata_read', 'delete'],
    ],
  ])('%j may %j', async (roles, given) => {
    const who = principal(...roles);
    const everything = claims(await registry.accessToken(who, 'repository:shop/api:*'));
    expect(everything).toMatchObject({
      iss: 'Azure Container Registry',
      aud: host,
      grant_type: 'access_token',
      access: [{ type: 'repository', name: 'shop/api', actions: given }],
    });
    expect(everything.exp - everything.iat).toBe(75 * 60);
    const some = claims(await registry.accessToken(who, 'repository:shop/api:pull,push'));
    const wanted = given.filter(action => action === 'pull' || action === 'push');
    expect(some.access.flatMap(({ actions }: { actions: string[] }) => actions)).toEqual(wanted);
  });

  test.each([
    'no right at all',
    'an expired token',
    'a token for another resource',
    'another tenant',
    'a token nobody made',
    'a right that was taken away',
  ])('%s gets no refresh token', async reason => {
    const who =
      reason === 'no right at all' ? principal() : reason.includes('taken away') ? principal('AcrPull') : pusher;
    if (reason.includes('taken away')) registry.access.unassignUnder(registryId);
    const reply = await registry.exchange(who, {
      ...(reason === 'an expired token' ? { lifeSeconds: 0 } : {}),
      ...(reason === 'a token for another resource' ? { audience: 'https://storage.azure.com' } : {}),
      ...(reason === 'another tenant' ? { fields: { tenant: 'other' } } : {}),
      ...(reason === 'a token nobody made' ? { fields: { access_token: 'x.y.z' } } : {}),
    });
    expect([reply.error, reply.headers['WWW-Authenticate']]).toEqual(['401 UNAUTHORIZED', undefined]);
  });

  test('a token for the resource manager serves unless a policy forbids it', async () => {
    const audience = 'https://management.azure.com';
    expect((await registry.exchange(pusher, { audience })).status).toBe(200);
    const policies = { azureADAuthenticationAsArmPolicy: { status: 'disabled' } };
    registry.arm.create(registryId, { location: 'westeurope', sku: { name: 'Premium' }, properties: { policies } });
    expect((await registry.exchange(pusher, { audience })).status).toBe(401);
    expect((await registry.exchange(pusher)).status).toBe(200);
  });

  test('Docker’s way: the null GUID with the refresh token as password', async () => {
    const basic = Buffer.from(`00000000-0000-0000-0000-000000000000:${await registry.refreshToken(pusher)}`);
    const reply = await registry.send('GET', `/oauth2/token?service=${host}&scope=repository:shop/api:pull`, {
      headers: { authorization: `Basic ${basic.toString('base64')}` },
    });
    const { access } = claims(String((reply.json as { access_token: string }).access_token));
    expect(access).toEqual([{ type: 'repository', name: 'shop/api', actions: ['pull'] }]);
    expect((await registry.send('GET', `/oauth2/token?service=${host}`)).error).toBe('401 UNAUTHORIZED');
  });

  test('tokens end, are of one registry, and a refresh token opens nothing', async () => {
    const refresh = await registry.refreshToken(pusher);
    const asRefresh = await registry.send('GET', '/v2/', { headers: { authorization: `Bearer ${refresh}` } });
    expect(asRefresh.headers['WWW-Authenticate']).toContain('error="invalid_token"');
    expect((await push('GET', '/v2/')).status).toBe(200);
    registry.clock.advance(75 * 60_000);
    expect((await push('GET', '/v2/')).headers['WWW-Authenticate']).toContain('error="invalid_token"');
    registry.clock.advance(105 * 60_000);
    const fields = { grant_type: 'refresh_token', service: host, refresh_token: refresh };
    expect((await registry.post('/oauth2/token', fields)).error).toBe('401 UNAUTHORIZED');
    expect((await registry.post('/oauth2/token', { ...fields, service: 'other.azurecr.io' })).status).toBe(400);
  });

  test('a token for one thing is none for another', async () => {
    const pull = await registry.as(pusher, 'repository:shop/api:pull');
    for (const [method, path] of [
      ['POST', `${blobs}/uploads/`],
      ['PUT', '/v2/shop/api/manifests/v1'],
      ['DELETE', `${blobs}/${digest}`],
      ['GET', `/v2/shop/web/blobs/${digest}`],
      ['GET', '/v2/_catalog'],
    ] as const) {
      const { headers, status } = await pull(method, path);
      expect([path, status, headers['WWW-Authenticate']]).toEqual([
        path,
        401,
        expect.stringContaining('error="insufficient_scope"'),
      ]);
    }
  });

  test('ABAC mode knows repository roles, and nothing of AcrPush', async () => {
    registry.arm.create(registryId, {
      location: 'westeurope',
      sku: { name: 'Premium' },
      properties: { roleAssignmentMode: 'AbacRepositoryPermissions' },
    });
    expect((await registry.exchange(principal('AcrPush', 'Owner'))).status).toBe(401);
    const writer = await registry.accessToken(principal('Container Registry Repository Writer'), 'repository:a:*');
    expect(claims(writer).access[0].actions).toEqual(['pull', 'push', 'metadata_read', 'metadata_write']);
    const lister = principal('Container Registry Repository Catalog Lister');
    expect(claims(await registry.accessToken(lister, 'registry:catalog:*')).access).toHaveLength(1);
  });

  test('a firewall answers before anything else, except inside of the network', async () => {
    const properties = { publicNetworkAccess: 'Disabled' };
    registry.arm.create(registryId, { location: 'westeurope', sku: { name: 'Premium' }, properties });
    expect((await registry.exchange(pusher)).error).toBe('403 DENIED');
    const refused = await push('GET', '/v2/');
    expect(JSON.stringify(refused.json)).toContain('is not allowed access. Refer https://aka.ms/acr/firewall');
    registry.place.isInside = true;
    expect((await push('GET', '/v2/')).status).toBe(200);
  });

  test('the holder of a registry’s token is known', async () => {
    const authorization = `Bearer ${await registry.accessToken(pusher)}`;
    const request = makeRequest('GET', `https://${host}/v2/`, { headers: { authorization } });
    expect(await registry.service.callerOf(request)).toMatchObject({
      clientId: pusher.clientId,
      objectId: pusher.objectId,
    });
  });

  test('what is not played is refused by name', async () => {
    const reply = await registry.post('/oauth2/exchange', { grant_type: 'refresh_token' });
    expect(JSON.stringify(reply.json)).toContain('The sandbox does not play the grant type refresh_token');
    expect((await push('GET', '/acr/v1/_catalog')).error).toBe('405 UNSUPPORTED');
  });
});

describe('blobs', () => {
  test('arrive in chunks, and the state of the upload is told', async () => {
    const start = await uploadAt();
    const first = await push('PATCH', start, { body: 'hel', headers: { 'content-range': '0-2' } });
    expect([first.status, first.headers['Range']]).toEqual([202, '0-2']);
    const stale = await push('PATCH', start, { body: 'lo' });
    expect([stale.error, stale.headers['Range']]).toEqual(['416 RANGE_INVALID', '0-2']);
    const gap = await push('PATCH', first.headers['Location'] ?? '', {
      body: 'lo',
      headers: { 'content-range': '4-5' },
    });
    expect(gap.error).toBe('416 RANGE_INVALID');
    const status = await push('GET', start);
    expect([status.status, status.headers['Range'], status.headers['Location']]).toEqual([
      204,
      '0-2',
      first.headers['Location'],
    ]);
    const done = await push('PUT', `${first.headers['Location']}&digest=${digest}`, { body: 'lo' });
    expect([done.status, done.headers['Docker-Content-Digest'], done.headers['Location']]).toEqual([
      201,
      digest,
      `${blobs}/${digest}`,
    ]);
    expect((await push('GET', `${blobs}/${digest}`)).body).toEqual(hello);
    expect((await push('GET', start)).error).toBe('404 BLOB_UPLOAD_UNKNOWN');
  });

  test('at once, with a digest that holds', async () => {
    const wrong = await push('POST', `${blobs}/uploads/?digest=${digestOf(Buffer.from('x'))}`, { body: hello });
    expect(wrong.error).toBe('400 DIGEST_INVALID');
    await putBlob(hello);
    const head = await push('HEAD', `${blobs}/${digest}`);
    expect([head.status, head.headers['Content-Length'], head.headers['Docker-Content-Digest']]).toEqual([
      200,
      '5',
      digest,
    ]);
  });

  test('are given back: an upload, and what is not there', async () => {
    const start = await uploadAt();
    expect((await push('DELETE', start)).status).toBe(204);
    expect((await push('PATCH', start, { body: 'x' })).error).toBe('404 BLOB_UPLOAD_UNKNOWN');
    expect((await push('GET', `${blobs}/${digest}`)).error).toBe('404 BLOB_UNKNOWN');
  });

  test.each([
    ['bytes=1-2', 206, 'el', 'bytes 1-2/5'],
    ['bytes=3-', 206, 'lo', 'bytes 3-4/5'],
    ['bytes=-2', 206, 'lo', 'bytes 3-4/5'],
    ['bytes=2-99', 206, 'llo', 'bytes 2-4/5'],
    ['bytes=5-', 416, undefined, 'bytes */5'],
    ['bytes=-', 416, undefined, 'bytes */5'],
  ])('%s gives %d', async (range, status, text, contentRange) => {
    await putBlob(hello);
    const reply = await push('GET', `${blobs}/${digest}`, { headers: { range } });
    expect([reply.status, reply.headers['Content-Range']]).toEqual([status, contentRange]);
    if (text !== undefined) expect(reply.body.toString()).toBe(text);
  });

  test('are mounted from where the token may read, else uploaded', async () => {
    await putBlob(hello);
    const mount = `/v2/shop/web/blobs/uploads/?mount=${digest}&from=shop/api`;
    expect((await push('GET', `/v2/shop/web/blobs/${digest}`)).status).toBe(404);
    const blind = await registry.as(pusher, 'repository:shop/web:pull,push');
    expect((await blind('POST', mount)).status).toBe(202);
    expect((await push('POST', mount.replace(digest, digestOf(Buffer.from('other'))))).status).toBe(202);
    const mounted = await push('POST', mount);
    expect([mounted.status, mounted.headers['Location']]).toEqual([201, `/v2/shop/web/blobs/${digest}`]);
    expect((await push('GET', `/v2/shop/web/blobs/${digest}`)).body).toEqual(hello);
  });

  test('are handed on to the data endpoint of a registry that has one, which takes no token', async () => {
    await putBlob(hello);
    const dataHost = 'acrshop.westeurope.data.azurecr.io';
    expect(registry.service.exists(dataHost)).toBe(false);
    registry.arm.create(registryId, {
      location: 'westeurope',
      sku: { name: 'Premium' },
      properties: { dataEndpointEnabled: true },
    });
    expect(registry.service.exists(dataHost)).toBe(true);
    expect((await push('HEAD', `${blobs}/${digest}`)).status).toBe(200);
    const handedOn = await push('GET', `${blobs}/${digest}`);
    expect([handedOn.status, handedOn.body.length]).toEqual([307, 0]);
    const address = handedOn.headers['Location'] ?? '';
    expect(address).toMatch(new RegExp(`^https://${dataHost}/shop/api/${digest}\\?sig=[0-9a-f]{64}$`));
    const get = async (url: string, headers: Record<string, string> = {}) => {
      const { status, body } = await registry.service.handler(makeRequest('GET', url, { headers }));
      return [status, Buffer.from((body ?? '') as string).toString()];
    };
    expect(await get(address)).toEqual([200, 'hello']);
    expect(await get(address, { range: 'bytes=1-2' })).toEqual([206, 'el']);
    expect(await get(address, { authorization: 'Bearer x' })).toEqual([400, expect.stringContaining('InvalidAuth')]);
    expect(await get(address.replace(/.$/, '-'))).toEqual([403, expect.stringContaining('AuthenticationFailed')]);
  });

  test('are counted as they go over the network', async () => {
    await putBlob(hello);
    await push('GET', `${blobs}/${digest}`);
    await push('HEAD', `${blobs}/${digest}`);
    expect(registry.registries.registry(host).traffic()).toEqual({ received: 5, sent: 5, imported: 0 });
  });
});

describe('manifests', () => {
  test('come back to the byte, by tag and by digest', async () => {
    const text = JSON.stringify(await imageOf(), null, 2);
    const own = digestOf(Buffer.from(text));
    const put = await putManifest(text, 'v1');
    expect([put.status, put.headers['Docker-Content-Digest'], put.headers['Location']]).toEqual([
      201,
      own,
      `/v2/shop/api/manifests/${own}`,
    ]);
    for (const reference of ['v1', own]) {
      const got = await push('GET', `/v2/shop/api/manifests/${reference}`);
      expect([got.body.toString(), got.headers['Content-Type'], got.headers['Docker-Content-Digest']]).toEqual([
        text,
        mediaTypes.image,
        own,
      ]);
    }
    const head = await push('HEAD', '/v2/shop/api/manifests/v1');
    expect([head.status, head.headers['Content-Length']]).toEqual([200, String(text.length)]);
  });

  test('what they name must be there', async () => {
    const image = await imageOf();
    const missing = digestOf(Buffer.from('missing'));
    const layers = [{ mediaType: 'text/plain', digest: missing, size: 7 }];
    expect((await putManifest({ ...image, layers })).error).toBe('400 MANIFEST_BLOB_UNKNOWN');
    const index = (child: string) => ({
      schemaVersion: 2,
      mediaType: mediaTypes.index,
      manifests: [{ mediaType: mediaTypes.image, digest: child, size: 7 }],
    });
    expect((await putManifest(index(missing), 'all', mediaTypes.index)).error).toBe('400 MANIFEST_BLOB_UNKNOWN');
    const child = (await putManifest(image)).headers['Docker-Content-Digest'] ?? '';
    expect((await putManifest(index(child), 'all', mediaTypes.index)).status).toBe(201);
  });

  test.each<readonly [string, string, string | undefined, string, string]>([
    ['no JSON', '<html>', 'v1', mediaTypes.image, '400 MANIFEST_INVALID'],
    [
      'another media type than told',
      `{"schemaVersion":2,"mediaType":"${mediaTypes.dockerImage}"}`,
      'v1',
      mediaTypes.image,
      '400 MANIFEST_INVALID',
    ],
    ['an unknown media type', '{"schemaVersion":2}', 'v1', 'text/plain', '400 MANIFEST_INVALID'],
    ['no config', '{"schemaVersion":2,"layers":[]}', 'v1', mediaTypes.image, '400 MANIFEST_INVALID'],
    ['another digest', `{"schemaVersion":2,"manifests":[]}`, digest, mediaTypes.index, '400 DIGEST_INVALID'],
    ['a wrong tag', `{"schemaVersion":2,"manifests":[]}`, '-x', mediaTypes.index, '400 TAG_INVALID'],
    ['5 MiB', ' '.repeat(5 * 1024 * 1024), 'v1', mediaTypes.image, '413 SIZE_INVALID'],
  ])('%s is refused', async (_, body, reference, contentType, error) => {
    expect((await putManifest(body, reference, contentType)).error).toBe(error);
  });

  test('are unknown where there are none', async () => {
    const path = '/v2/shop/api/manifests/v1';
    expect((await push('GET', path)).error).toBe('404 NAME_UNKNOWN');
    expect((await push('GET', '/v2/shop/api/tags/list')).error).toBe('404 NAME_UNKNOWN');
    await putManifest(await imageOf(), 'v2');
    const unknown = await push('GET', path);
    expect([unknown.error, JSON.stringify(unknown.json)]).toEqual([
      '404 MANIFEST_UNKNOWN',
      expect.stringContaining('manifest tagged by \\"v1\\" is not found'),
    ]);
    const named = await registry.as(pusher, 'repository:Shop:pull');
    expect((await named('GET', '/v2/Shop/manifests/v1')).error).toBe('400 NAME_INVALID');
  });

  test('are deleted by digest with their tags and referrers, by whoever may', async () => {
    const own = (await putManifest(await imageOf(), 'v1')).headers['Docker-Content-Digest'] ?? '';
    const subject = { mediaType: mediaTypes.image, digest: own, size: 1 };
    await putManifest(await imageOf({ subject }), 'signature');
    const path = `/v2/shop/api/manifests/${own}`;
    const remove = await registry.as(principal('AcrDelete'), 'repository:shop/api:delete');
    expect((await remove('DELETE', '/v2/shop/api/manifests/v1')).error).toBe('405 UNSUPPORTED');
    expect((await remove('DELETE', path)).status).toBe(202);
    expect((await remove('DELETE', path)).error).toBe('404 NAME_UNKNOWN');
    expect(registry.registries.registry(host).repositories()).toEqual([]);
  });
});

describe('attributes', () => {
  const at = (kind: '_manifests' | '_tags', reference: string) => `/acr/v1/shop/api/${kind}/${reference}`;
  const attributes = (writeEnabled: boolean, deleteEnabled = true) => ({
    changeableAttributes: { writeEnabled, deleteEnabled, readEnabled: true, listEnabled: true },
  });
  const change = (body: object) => ({ body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  let own: string;
  let lock: Awaited<ReturnType<Registry['as']>>;

  beforeEach(async () => {
    own = (await putManifest(await imageOf(), 'v1')).headers['Docker-Content-Digest'] ?? '';
    lock = await registry.as(principal('AcrPush'), 'repository:shop/api:metadata_read,metadata_write');
  });

  test('are told of a manifest and of a tag, and changed one by one', async () => {
    expect((await lock('GET', at('_manifests', own))).json).toEqual({
      registry: host,
      imageName: 'shop/api',
      manifest: { digest: own, mediaType: mediaTypes.image, tags: ['v1'], ...attributes(true) },
    });
    const changed = await lock('PATCH', at('_tags', 'v1'), change({ writeEnabled: false }));
    expect(changed.json).toEqual({
      registry: host,
      imageName: 'shop/api',
      tag: { name: 'v1', digest: own, signed: false, ...attributes(false) },
    });
    await lock('PATCH', at('_tags', 'v1'), change({ deleteEnabled: false }));
    expect((await lock('GET', at('_tags', 'v1'))).json).toMatchObject({ tag: attributes(false, false) });
    expect((await lock('GET', at('_manifests', own))).json).toMatchObject({ manifest: attributes(true) });
    const view = registry.registries.registry(host);
    expect(view.attributes('shop/api', 'v1')).toEqual({ writeEnabled: false, deleteEnabled: false });
    expect(view.attributes('shop/api', own)).toEqual({ writeEnabled: true, deleteEnabled: true });
    expect((await lock('GET', `/acr/v1/shop%2Fapi/_tags/v1`)).status).toBe(200);
  });

  test('need scopes of their own', async () => {
    const asked = await push('PATCH', at('_tags', 'v1'), change({ writeEnabled: false }));
    expect([asked.error, asked.headers['WWW-Authenticate']]).toEqual([
      '401 UNAUTHORIZED',
      expect.stringContaining('scope="repository:shop/api:metadata_write",error="insufficient_scope"'),
    ]);
    const reader = await registry.as(principal('AcrPull'), 'repository:shop/api:metadata_read,metadata_write');
    expect((await reader('GET', at('_tags', 'v1'))).status).toBe(200);
    expect((await reader('PATCH', at('_tags', 'v1'), change({ writeEnabled: false }))).error).toBe('401 UNAUTHORIZED');
  });

  test('of a locked tag: nobody moves or removes it, also not with its manifest; other tags move', async () => {
    await lock('PATCH', at('_tags', 'v1'), change({ writeEnabled: false }));
    const remove = await registry.as(principal('AcrDelete'), 'repository:shop/api:delete');
    const locked = '405 REGISTRY_DISALLOWED_OPERATION';
    expect((await putManifest(await imageOf({ annotations: { other: 'yes' } }), 'v1')).error).toBe(locked);
    expect((await remove('DELETE', at('_tags', 'v1'))).error).toBe(locked);
    expect((await remove('DELETE', `/v2/shop/api/manifests/${own}`)).error).toBe(locked);
    expect((await putManifest(await imageOf(), 'v2')).status).toBe(201);
    await lock('PATCH', at('_tags', 'v1'), change({ writeEnabled: true }));
    expect((await remove('DELETE', at('_tags', 'v1'))).status).toBe(202);
    expect((await lock('GET', at('_tags', 'v1'))).error).toBe('404 TAG_UNKNOWN');
    expect((await remove('DELETE', `/v2/shop/api/manifests/${own}`)).status).toBe(202);
  });

  test('of a locked manifest: nobody pushes it again or deletes it; without deletion it may still be pushed', async () => {
    const remove = await registry.as(principal('AcrDelete'), 'repository:shop/api:delete');
    const path = `/v2/shop/api/manifests/${own}`;
    await lock('PATCH', at('_manifests', own), change({ writeEnabled: false }));
    expect((await putManifest(await imageOf())).error).toBe('405 REGISTRY_DISALLOWED_OPERATION');
    expect((await remove('DELETE', path)).error).toBe('405 REGISTRY_DISALLOWED_OPERATION');
    await lock('PATCH', at('_manifests', own), change({ writeEnabled: true, deleteEnabled: false }));
    expect((await putManifest(await imageOf())).status).toBe(201);
    expect((await remove('DELETE', path)).error).toBe('405 REGISTRY_DISALLOWED_OPERATION');
  });

  test('that are not there, and that are not played', async () => {
    expect((await lock('GET', at('_tags', 'v9'))).error).toBe('404 TAG_UNKNOWN');
    expect((await lock('GET', at('_manifests', digest))).error).toBe('404 MANIFEST_UNKNOWN');
    const hide = await lock('PATCH', at('_tags', 'v1'), change({ listEnabled: false }));
    expect(JSON.stringify(hide.json)).toContain('The sandbox does not play listEnabled: false');
  });
});

describe('lists', () => {
  const next = (headers: Readonly<Record<string, string>>) => /^<(.+)>; rel="next"$/.exec(headers['Link'] ?? '')?.[1];

  test('tags and repositories, by pages', async () => {
    const image = await imageOf();
    for (const tag of ['v3', 'v1', 'v2']) await putManifest(image, tag);
    const first = await push('GET', '/v2/shop/api/tags/list?n=2');
    expect(first.json).toEqual({ name: 'shop/api', tags: ['v1', 'v2'] });
    const second = await push('GET', next(first.headers) ?? '');
    expect([second.json, second.headers['Link']]).toEqual([{ name: 'shop/api', tags: ['v3'] }, undefined]);
    registry.registries.registry('acrshop').putArtifact('charts/web', { artifactType: 'a/b', blobs: [] });
    await putBlob(hello, 'shop/web');
    const list = await registry.as(pusher, 'registry:catalog:*');
    const names = await list('GET', '/v2/_catalog?n=1');
    expect([names.json, next(names.headers)]).toEqual([
      { repositories: ['charts/web'] },
      '/v2/_catalog?n=1&last=charts%2Fweb',
    ]);
    expect((await list('GET', next(names.headers) ?? '')).json).toEqual({ repositories: ['shop/api'] });
  });

  test('referrers, also of what is not there yet, filtered and by pages', async () => {
    const subject = { mediaType: mediaTypes.image, digest, size: 5 };
    const put = await putManifest(await imageOf({ subject, artifactType: 'text/record', annotations: { run: '7' } }));
    expect(put.headers['OCI-Subject']).toBe(digest);
    const signature = await imageOf({ subject });
    await putManifest({ ...signature, config: { ...signature.config, mediaType: 'text/signature' } });
    const path = `/v2/shop/api/referrers/${digest}`;
    const all = await push('GET', path);
    expect(all.headers).toMatchObject({ 'Content-Type': mediaTypes.index });
    expect(all.headers['OCI-Filters-Applied']).toBeUndefined();
    const { manifests } = all.json as { manifests: { artifactType: string }[] };
    expect(manifests.map(({ artifactType }) => artifactType).sort()).toEqual(['text/record', 'text/signature']);
    const records = await push('GET', `${path}?artifactType=text/record`);
    expect(records.headers['OCI-Filters-Applied']).toBe('artifactType');
    expect(records.json).toMatchObject({
      manifests: [
        { mediaType: mediaTypes.image, digest: put.headers['Docker-Content-Digest'], annotations: { run: '7' } },
      ],
    });
    const first = await push('GET', `${path}?n=1`);
    expect((await push('GET', next(first.headers) ?? '')).json).toMatchObject({ manifests: [manifests[1]] });
    expect((await push('GET', `/v2/shop/api/referrers/${digestOf(Buffer.from('x'))}`)).json).toMatchObject({
      manifests: [],
    });
    expect((await push('GET', '/v2/shop/api/referrers/v1')).error).toBe('400 DIGEST_INVALID');
  });
});

describe('the back door', () => {
  test('shows what was pushed, and forges what nobody could push', async () => {
    const view = registry.registries.registry(host);
    const bundle = view.putArtifact('shop/bundle', { artifactType: 'text/bundle', blobs: [], tag: 'v1' });
    view.putArtifact('shop/bundle', {
      artifactType: 'text/record',
      blobs: [{ mediaType: 'text/plain', content: 'ok' }],
      subject: bundle,
      annotations: { run: '7' },
    });
    expect(view.manifests('shop/bundle')).toMatchObject([
      { ...bundle, artifactType: 'text/bundle', tags: ['v1'] },
      { artifactType: 'text/record', subject: bundle, tags: [], annotations: { run: '7' } },
    ]);
    const [, record] = view.manifests('shop/bundle');
    const blob = digestOf(Buffer.from('ok'));
    expect(view.readManifest('shop/bundle', record?.digest ?? '')?.toString()).toContain(blob);
    view.replaceBlob('shop/bundle', blob, 'forged');
    view.replaceManifest('shop/bundle', bundle.digest, '{}');
    const pull = await registry.as(pusher, 'repository:shop/bundle:pull');
    expect((await pull('GET', `/v2/shop/bundle/blobs/${blob}`)).body.toString()).toBe('forged');
    expect((await pull('GET', `/v2/shop/bundle/manifests/${bundle.digest}`)).body.toString()).toBe('{}');
    expect([view.deleteRepository('shop/bundle'), view.deleteRepository('shop/bundle')]).toEqual([true, false]);
    expect(view.manifests('shop/bundle')).toEqual([]);
  });

  test('a registry that is deleted takes its content along, and another of that name is empty', async () => {
    registry.registries.registry(host).putArtifact('shop/api', { artifactType: 'text/a', blobs: [] });
    registry.arm.create(registryId, { location: 'westeurope', tags: { changed: 'yes' } });
    expect(registry.registries.registry(host).repositories()).toEqual(['shop/api']);
    const resource = registry.arm.store.get(registryId);
    if (resource !== undefined) registry.arm.remove(resource);
    expect(registry.service.exists(host)).toBe(false);
    expect(() => registry.registries.registry(host)).toThrow('holds no registry acrshop.azurecr.io');
    registry.arm.create(registryId, { location: 'westeurope' });
    expect(registry.service.exists(host)).toBe(true);
    expect(registry.registries.registry(host).repositories()).toEqual([]);
  });
});

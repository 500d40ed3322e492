import { describe, expect, test } from '@jest/globals';
import { createRegistry } from './registry.ts';
import { host, ociError, type StubAnswer, stubRegistry, systemError } from './testing/stub.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const at = (kind: string, reference: string) => `/acr/v1/shop/api/_${kind}/${reference}`;
/** As recorded in Azure/azure-sdk-for-js, shortened. */
const shown = (kind: 'manifest' | 'tag', writeEnabled: boolean, own = digest): StubAnswer => ({
  body: {
    registry: host,
    imageName: 'shop/api',
    [kind]: {
      digest: own,
      createdTime: '2023-02-28T18:36:41.1794832Z',
      changeableAttributes: { deleteEnabled: true, writeEnabled, readEnabled: true, listEnabled: true },
    },
  },
});

function start(...answers: readonly (StubAnswer | Error)[]) {
  const stub = stubRegistry(({ path }, index) =>
    path.startsWith('/oauth2/') ? undefined : answers[Math.min(index, answers.length - 1)],
  );
  const asked = () => stub.requests.map(({ method, path, body }) => [method, path, body].filter(one => one !== ''));
  const scopes = () => stub.signIns.flatMap(({ body }) => new URLSearchParams(body).getAll('scope'));
  return { ...stub, asked, scopes, registry: createRegistry(stub.options) };
}

describe('attributes', () => {
  test.each([
    ['tag', 'tags', 'v1'],
    ['manifest', 'manifests', digest],
  ] as const)('of a %s are read', async (kind, path, reference) => {
    const { registry, asked, scopes } = start(shown(kind, true));
    const attributes = { digest, isWritable: true, isDeletable: true };
    expect(await registry.readAttributes('shop/api', reference)).toEqual(attributes);
    expect(asked()).toEqual([['GET', at(path, reference)]]);
    expect(scopes()).toEqual(['repository:shop/api:metadata_read']);
  });

  test.each(['NAME_UNKNOWN', 'MANIFEST_UNKNOWN', 'TAG_UNKNOWN'])('of what is not there: %s', async code => {
    const { registry } = start(ociError(404, code));
    expect(await registry.readAttributes('shop/api', 'v1')).toBeUndefined();
  });

  test.each<readonly [string, StubAnswer]>([
    ['another manifest', shown('manifest', true, other)],
    ['a tag', shown('tag', true)],
    ['no digest', shown('manifest', true, 'x')],
    ['nothing', { body: '' }],
    ['no word of writing', { body: { manifest: { digest, changeableAttributes: { deleteEnabled: true } } } }],
  ])('that are of %s are not believed', async (_, answer) => {
    await expect(start(answer).registry.readAttributes('shop/api', digest)).rejects.toMatchObject({
      kind: 'untrue',
      message: expect.stringContaining(`sent no attributes of shop/api@${digest}`),
    });
  });

  test('the newest tags', async () => {
    const { registry, asked, scopes } = start({
      body: {
        registry: host,
        tags: [
          { name: 'v2', digest },
          { name: 'v1', digest },
        ],
      },
    });
    expect(await registry.newestTags('shop/api', 2)).toEqual(['v2', 'v1']);
    expect(asked()).toEqual([['GET', '/acr/v1/shop/api/_tags?n=2&orderby=timedesc']]);
    expect(scopes()).toEqual(['repository:shop/api:metadata_read']);
    expect(await start(ociError(404, 'NAME_UNKNOWN')).registry.newestTags('shop/api', 2)).toEqual([]);
    // An empty repository may have no list at all.
    expect(await start({ body: { tags: null } }).registry.newestTags('shop/api', 2)).toEqual([]);
    await expect(start({ body: { tags: ['v1'] } }).registry.newestTags('shop/api', 2)).rejects.toMatchObject({
      kind: 'untrue',
    });
  });

  test('names that are none go nowhere', async () => {
    const { registry, requests } = start(shown('tag', true));
    await expect(registry.lock('../x', 'v1')).rejects.toThrow('"../x" is no repository name.');
    await expect(registry.lock('shop/api', '../v1')).rejects.toThrow('neither a tag nor a digest');
    expect(requests).toHaveLength(0);
  });
});

describe('a lock', () => {
  test('takes writing away, and shows what the tag stands for by then', async () => {
    const { registry, asked, scopes } = start(shown('tag', false, other));
    const attributes = { digest: other, isWritable: false, isDeletable: true };
    expect(await registry.lock('shop/api', 'v1')).toEqual(attributes);
    expect(asked()).toEqual([['PATCH', at('tags', 'v1'), '{"writeEnabled":false}']]);
    expect(scopes()).toEqual(['repository:shop/api:metadata_write']);
  });

  test('is tried again after a broken connection and a limit', async () => {
    const { registry, requests } = start(
      systemError('ECONNRESET'),
      ociError(429, 'TOOMANYREQUESTS'),
      shown('manifest', false),
    );
    expect((await registry.lock('shop/api', digest)).isWritable).toBe(false);
    expect(requests).toHaveLength(3);
  });

  test.each<readonly [string, StubAnswer, string, RegExp]>([
    ['untrue', shown('tag', true), 'v1', /sent that shop\/api:v1 is not locked after all/],
    ['rights', ociError(401, 'UNAUTHORIZED'), 'v1', /may not lock shop\/api:v1 .* Give it "AcrPush"/],
    ['refused', ociError(404, 'TAG_UNKNOWN'), 'v1', /answered 404 \(TAG_UNKNOWN\) when this job tried to lock/],
  ])('that fails is %s', async (kind, answer, reference, message) => {
    const failure = start(answer).registry.lock('shop/api', reference);
    await expect(failure).rejects.toMatchObject({ kind, message: expect.stringMatching(message) });
  });

  test('stops whoever pushes to it, with a message of its own', async () => {
    // The tag is not there, the empty config is.
    const { registry } = start({ status: 404 }, { status: 200 }, ociError(405, 'REGISTRY_DISALLOWED_OPERATION'));
    const artifact = { artifactType: 'text/a', blobs: [], tag: 'v1' };
    await expect(registry.pushArtifact('shop/api', artifact)).rejects.toMatchObject({
      kind: 'locked',
      retry: { retry: false },
      message: expect.stringContaining(
        'The tag, the image or the repository is locked. What is locked is meant to stay',
      ),
    });
  });
});

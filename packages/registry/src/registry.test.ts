import { describe, expect, test } from '@jest/globals';
import { type NewArtifact, packArtifact } from './artifact.ts';
import { digestOf } from './descriptor.ts';
import { type Identity, RegistryFailure } from './failure.ts';
import { createRegistry } from './registry.ts';
import { host, ociError, type StubAnswer, type StubRequest, stubRegistry, systemError } from './testing/stub.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const artifactType = 'application/vnd.example.record.v1';
const image = 'application/vnd.oci.image.manifest.v1+json';
const index = 'application/vnd.oci.image.index.v1+json';
const blob = bytes('{"ok":true}');
const newArtifact: NewArtifact = { artifactType, blobs: [{ mediaType: 'application/json', content: blob }] };
const { manifest } = packArtifact(newArtifact);
const { digest } = manifest.descriptor;
const subject = { mediaType: image, digest: digestOf(bytes('subject')), size: 7 };

/** A registry that takes everything: uploads begin at `/up/`, manifests are stored under their digest. */
function accepting({ method, path, headers, body }: StubRequest): StubAnswer | undefined {
  if (method === 'POST' && path.startsWith('/v2/')) {
    return { status: 202, headers: { location: '/v2/shop/bundle/blobs/uploads/id?_state=x%3D' } };
  }
  if (method === 'PUT' && path.includes('/blobs/')) return { status: 201 };
  if (method !== 'PUT') return undefined;
  const stored: Record<string, string> = { 'docker-content-digest': digestOf(bytes(body)) };
  if (body.includes('"subject"') && headers.get('content-type') === image) stored['oci-subject'] = subject.digest;
  return { status: 201, headers: stored };
}

async function failureOf(promise: Promise<unknown>): Promise<RegistryFailure> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof RegistryFailure)) throw error ?? new Error('It succeeded.');
  return error;
}

const shown = ({ method, path }: StubRequest) => `${method} ${decodeURIComponent(path)}`;

describe('pushing', () => {
  test('blobs come first, the manifest with its tag last', async () => {
    const stub = stubRegistry(accepting);
    const pushed = await createRegistry(stub.options).pushArtifact('shop/bundle', { ...newArtifact, tag: 'v1' });
    expect(pushed).toEqual(manifest.descriptor);
    const calls = stub.requests.map(shown);
    const empty = digestOf(bytes('{}'));
    expect(calls[0]).toBe('HEAD /v2/shop/bundle/manifests/v1');
    expect(calls.at(-1)).toBe('PUT /v2/shop/bundle/manifests/v1');
    expect(calls.slice(1, -1).sort()).toEqual(
      [empty, digestOf(blob)]
        .flatMap(one => [
          `HEAD /v2/shop/bundle/blobs/${one}`,
          'POST /v2/shop/bundle/blobs/uploads/',
          `PUT /v2/shop/bundle/blobs/uploads/id?_state=x=&digest=${one}`,
        ])
        .sort(),
    );
    expect(stub.requests.at(-1)?.body).toBe(new TextDecoder().decode(manifest.bytes));
    expect(stub.requests.at(-1)?.headers.get('content-type')).toBe(image);
  });

  test('what is there is not sent again', async () => {
    const blobs = stubRegistry(request => (request.path.includes('/blobs/') ? { status: 200 } : accepting(request)));
    await createRegistry(blobs.options).pushArtifact('shop/bundle', newArtifact);
    expect(blobs.requests.map(({ method }) => method)).toEqual(['HEAD', 'HEAD', 'HEAD', 'PUT']);
    const whole = stubRegistry(() => ({ status: 200, headers: { 'docker-content-digest': digest } }));
    const registry = createRegistry({ ...whole.options, fetch: signedIn(whole) });
    await registry.pushArtifact('shop/bundle', newArtifact);
    expect(whole.requests.map(shown)).toEqual([`HEAD /v2/shop/bundle/manifests/${digest}`]);
  });

  test('a subject that the registry does not list is an error, with or without its word', async () => {
    const withSubject = { ...newArtifact, subject };
    const told = stubRegistry(accepting);
    await createRegistry(told.options).pushArtifact('shop/bundle', withSubject);
    expect(told.requests.at(-1)?.method).toBe('PUT');
    const silent = (referrers: readonly unknown[]) =>
      stubRegistry(request => {
        if (request.path.includes('/referrers/')) return { body: { schemaVersion: 2, manifests: referrers } };
        const answer = accepting(request);
        return request.method === 'PUT' ? { status: answer?.status ?? 404 } : answer;
      });
    const listed = { ...packArtifact(withSubject).manifest.descriptor, artifactType };
    await createRegistry(silent([listed]).options).pushArtifact('shop/bundle', withSubject);
    const failure = await failureOf(createRegistry(silent([]).options).pushArtifact('shop/bundle', withSubject));
    expect(failure.message).toContain(`does not list what refers to shop/bundle@${subject.digest}`);
  });

  test('an upload that breaks begins anew', async () => {
    let broken = 0;
    const stub = stubRegistry(request => {
      if (request.method !== 'PUT' || !request.path.includes(encodeURIComponent(digestOf(blob)))) {
        return accepting(request);
      }
      broken++;
      if (broken === 1) return systemError('ECONNRESET');
      return broken === 2 ? ociError(404, 'BLOB_UPLOAD_UNKNOWN') : accepting(request);
    });
    await createRegistry(stub.options).pushArtifact('shop/bundle', newArtifact);
    expect(broken).toBe(3);
    expect(stub.pauses).toEqual([750, 1500]);
  });

  test.each<readonly [string, StubAnswer, string]>([
    [
      'an upload elsewhere',
      { status: 202, headers: { location: 'https://evil.example/upload' } },
      'sent no place of its own for an upload',
    ],
    ['an upload nowhere', { status: 202 }, 'sent no place of its own for an upload'],
    [
      'another digest',
      { status: 201, headers: { 'docker-content-digest': subject.digest } },
      `sent the digest ${subject.digest}`,
    ],
  ])('%s is refused', async (_, answer, message) => {
    const stub = stubRegistry(request => {
      const isStruck = answer.status === 202 ? request.method === 'POST' : request.path.includes('/manifests/');
      return isStruck && request.method !== 'HEAD' && request.path.startsWith('/v2/') ? answer : accepting(request);
    });
    const failure = await failureOf(createRegistry(stub.options).pushArtifact('shop/bundle', newArtifact));
    expect([failure.kind, failure.message]).toEqual(['untrue', expect.stringContaining(message)]);
    expect(stub.requests.every(({ path }) => path.startsWith('/v2/shop/bundle/'))).toBe(true);
  });
});

/** Signing in as usual, whatever a stub answers to everything. */
function signedIn({ options }: ReturnType<typeof stubRegistry>): typeof globalThis.fetch {
  const fallback = stubRegistry(() => undefined).options.fetch;
  return (input, init) =>
    (String(input).includes('/oauth2/') ? fallback : options.fetch)?.(input, init) ?? fetch(input);
}

const asManifest = (body: Uint8Array | string, headers: Record<string, string> = {}): StubAnswer => ({
  headers: { 'content-type': image, ...headers },
  body,
});
const read = (answer: StubAnswer | Error, reference = digest) => {
  const stub = stubRegistry(({ path }) => (path.startsWith('/v2/') ? answer : undefined));
  return { ...stub, result: createRegistry(stub.options).readArtifact('shop/bundle', reference) };
};

describe('reading', () => {
  test.each([digest, 'v1'])('%s gives the artifact', async reference => {
    const { result, requests } = read(asManifest(manifest.bytes, { 'docker-content-digest': digest }), reference);
    await expect(result).resolves.toEqual({
      descriptor: manifest.descriptor,
      artifactType,
      annotations: {},
      blobs: [{ mediaType: 'application/json', digest: digestOf(blob), size: blob.length }],
    });
    expect(requests[0]?.headers.get('accept')).toBe(image);
  });

  test.each(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN'])('%s is nothing', async code => {
    await expect(read(ociError(404, code)).result).resolves.toBeUndefined();
  });

  test.each<readonly [string, StubAnswer, string, string]>([
    ['other bytes', asManifest('{}'), digest, `something else than shop/bundle@${digest}: it hashes to sha256:`],
    [
      'a tag with another digest',
      asManifest(manifest.bytes, { 'docker-content-digest': subject.digest }),
      'v1',
      `something else than shop/bundle@${subject.digest}`,
    ],
    ['an index', { headers: { 'content-type': index }, body: manifest.bytes }, digest, `${index} as shop/bundle@`],
    ['no artifact', asManifest('{"schemaVersion":1}'), 'v1', 'shop/bundle:v1, which is no artifact: it is no manifest'],
    ['too much', asManifest(new Uint8Array(1024 * 1024 + 1)), 'v1', 'more than 1048576 bytes'],
  ])('%s is not believed', async (_, answer, reference, message) => {
    const failure = await failureOf(read(answer, reference).result);
    expect([failure.kind, failure.message]).toEqual(['untrue', expect.stringContaining(message)]);
  });

  test.each<readonly [string, StubAnswer, number, string | undefined]>([
    ['gives the bytes', { body: blob }, blob.length, undefined],
    ['refuses others', { body: bytes('{"ok":TRUE}') }, blob.length, 'it hashes to'],
    ['refuses more', { body: bytes('{"ok":true} ') }, blob.length, 'more than 11 bytes'],
    ['refuses another length', { body: blob }, blob.length + 1, 'with 11 bytes instead of 12'],
    ['asks for no more than the limit', { body: blob }, 1024 * 1024 + 1, 'at most 1048576 is expected'],
    ['says what is missing', ociError(404, 'BLOB_UNKNOWN'), blob.length, 'answered 404 (BLOB_UNKNOWN)'],
  ])('a blob %s', async (_, answer, size, message) => {
    const stub = stubRegistry(({ path }) => (path.startsWith('/v2/') ? answer : undefined));
    const descriptor = { mediaType: 'application/json', digest: digestOf(blob), size };
    const result = createRegistry(stub.options).readBlob('shop/bundle', descriptor);
    if (message === undefined) expect(Buffer.from(await result)).toEqual(Buffer.from(blob));
    else expect((await failureOf(result)).message).toContain(message);
  });
});

describe('referrers', () => {
  const at = `/v2/shop/bundle/referrers/${subject.digest}`;
  const one = (name: string, fields: object = { artifactType }) => ({
    mediaType: image,
    digest: digestOf(bytes(name)),
    size: 3,
    ...fields,
  });
  const page = (manifests: readonly unknown[], link?: string): StubAnswer => ({
    headers: { 'content-type': index, ...(link === undefined ? {} : { link: `<${link}>; rel="next"` }) },
    body: { schemaVersion: 2, mediaType: index, manifests },
  });
  const list = (answer: (request: StubRequest, index: number) => StubAnswer | undefined, type?: string) => {
    const stub = stubRegistry((request, count) =>
      request.path.startsWith('/v2/') ? answer(request, count) : undefined,
    );
    return { ...stub, result: createRegistry(stub.options).listReferrers('shop/bundle', subject.digest, type) };
  };

  test('come from every page, each once, of the type that was asked for', async () => {
    const { result, requests } = list(
      (_, count) =>
        count === 0
          ? page([one('a'), one('b', { artifactType: 'text/other' })], `${at}?artifactType=x&last=b`)
          : page([one('a'), one('c', { artifactType, annotations: { run: '7', bad: 1 } })]),
      artifactType,
    );
    expect(await result).toEqual([
      { descriptor: { mediaType: image, digest: digestOf(bytes('a')), size: 3 }, artifactType, annotations: {} },
      {
        descriptor: { mediaType: image, digest: digestOf(bytes('c')), size: 3 },
        artifactType,
        annotations: { run: '7' },
      },
    ]);
    expect(requests.map(({ path }) => path)).toEqual([
      `${at}?artifactType=${encodeURIComponent(artifactType)}`,
      `${at}?artifactType=x&last=b`,
    ]);
  });

  test('whose type is not told are read for it', async () => {
    const hidden = { ...manifest.descriptor, artifactType: 'application/vnd.oci.empty.v1+json' };
    const { result } = list(
      ({ path }) => (path.startsWith(at) ? page([hidden]) : asManifest(manifest.bytes)),
      artifactType,
    );
    expect(await result).toEqual([{ descriptor: manifest.descriptor, artifactType, annotations: {} }]);
  });

  test('are none in a repository that is not there', async () => {
    expect(await list(() => ociError(404, 'NAME_UNKNOWN')).result).toEqual([]);
  });

  test.each<readonly [string, (request: StubRequest, index: number) => StubAnswer, string]>([
    ['an answer that is no list', () => ({ body: '<html>' }), 'no list of what refers to'],
    ['an index without manifests', () => ({ body: { schemaVersion: 2 } }), 'it has no manifests'],
    ['a broken descriptor', () => page([{ digest: 'sha256:1' }]), 'one of its manifests is no descriptor'],
    ['a next page of another host', () => page([], `https://evil.example${at}`), 'a link to elsewhere'],
    ['a next page of another list', () => page([], '/v2/other/tags/list'), 'a link to elsewhere'],
    ['a page that leads to itself', () => page([], at), 'pages without end'],
    ['pages without end', (_, count) => page([], `${at}?last=${count}`), 'pages without end'],
    ['a registry that does not know the API', () => ({ status: 404, body: 'not found' }), 'answered 404 when'],
  ])('%s is refused', async (_, answer, message) => {
    expect((await failureOf(list(answer).result)).message).toContain(message);
  });
});

describe('tokens', () => {
  test('are made from Entra’s, masked, and kept until shortly before their end', async () => {
    const stub = stubRegistry(({ path }) => (path.startsWith('/v2/') ? asManifest(manifest.bytes) : undefined));
    const registry = createRegistry(stub.options);
    await Promise.all([registry.readArtifact('shop/bundle', 'v1'), registry.readArtifact('shop/bundle', 'v2')]);
    expect(stub.signIns.map(({ path, body }) => [path, Object.fromEntries(new URLSearchParams(body))])).toEqual([
      [
        '/oauth2/exchange',
        { grant_type: 'access_token', service: host, tenant: 'tenant-1', access_token: 'entra-secret' },
      ],
      [
        '/oauth2/token',
        {
          grant_type: 'refresh_token',
          service: host,
          scope: 'repository:shop/bundle:pull',
          refresh_token: stub.masked[1],
        },
      ],
    ]);
    expect(stub.masked[0]).toBe('entra-secret');
    expect(stub.requests[0]?.headers.get('authorization')).toBe(`Bearer ${stub.masked[2]}`);
    stub.pass(57 * 60_000);
    await registry.readArtifact('shop/bundle', 'v1');
    expect(stub.signIns).toHaveLength(2);
    stub.pass(2 * 60_000);
    await registry.readArtifact('shop/bundle', 'v1');
    expect(stub.signIns).toHaveLength(4);
  });

  test('are kept per repository and right', async () => {
    const stub = stubRegistry(request => (request.method === 'GET' ? asManifest(manifest.bytes) : accepting(request)));
    const registry = createRegistry({ ...stub.options, fetch: signedIn(stub) });
    await registry.readArtifact('shop/bundle', 'v1');
    await registry.readArtifact('shop/other', 'v1');
    await registry.pushArtifact('shop/bundle', newArtifact);
    const tokens = new Set(stub.requests.map(({ headers }) => headers.get('authorization')));
    expect(tokens.size).toBe(3);
  });

  test('that a registry no longer takes are made anew, once', async () => {
    let refusals = 1;
    const stub = stubRegistry(({ path }) => {
      if (!path.startsWith('/v2/')) return undefined;
      return refusals-- > 0 ? ociError(401, 'UNAUTHORIZED') : asManifest(manifest.bytes);
    });
    const registry = createRegistry(stub.options);
    await expect(registry.readArtifact('shop/bundle', 'v1')).resolves.toBeDefined();
    expect([stub.signIns.length, stub.pauses]).toEqual([4, []]);
    refusals = 2;
    expect((await failureOf(registry.readArtifact('shop/bundle', 'v1'))).kind).toBe('rights');
    expect(stub.requests).toHaveLength(4);
  });
});

describe('what may pass by itself is tried again', () => {
  test.each<readonly [string, StubAnswer | Error, number]>([
    ['503', { status: 503 }, 750],
    ['a broken connection', systemError('ECONNRESET'), 750],
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '7' } }, 7000],
  ])('%s, while reading and while signing in', async (_, failure, pause) => {
    for (const at of ['/v2/', '/oauth2/exchange', '/oauth2/token']) {
      let isStruck = false;
      const stub = stubRegistry(({ path }) => {
        if (path.startsWith(at) && !isStruck) {
          isStruck = true;
          return failure;
        }
        return path.startsWith('/v2/') ? asManifest(manifest.bytes) : undefined;
      });
      const told: number[] = [];
      const registry = createRegistry({ ...stub.options, onPause: milliseconds => void told.push(milliseconds) });
      await expect(registry.readArtifact('shop/bundle', 'v1')).resolves.toBeDefined();
      expect([stub.pauses, told]).toEqual([[pause], [pause]]);
    }
  });

  test('five times at most', async () => {
    const { result, requests } = read({ status: 502 });
    const failure = await failureOf(result);
    expect([failure.kind, requests.length]).toEqual(['busy', 5]);
    expect(failure.message).toContain('kept answering 502 when this job tried to read shop/bundle@sha256:');
  });
});

describe('what stays is told once, with what to do', () => {
  const who = 'The apply identity of environment dev (client id client-1)';
  test.each<readonly [string, StubAnswer | Error, RegistryFailure['kind'], string]>([
    [
      'a name that does not resolve',
      systemError('ENOTFOUND'),
      'missing',
      `There is no registry ${host}: its name does not`,
    ],
    [
      'a certificate that nobody trusts',
      systemError('SELF_SIGNED_CERT_IN_CHAIN'),
      'unreachable',
      'could not be reached to read shop/bundle:v1 (SELF_SIGNED_CERT_IN_CHAIN). Check that it exists, and the runner’s network',
    ],
    [
      'a firewall',
      ociError(403, 'DENIED', "client with IP '172.214.169.102' is not allowed access."),
      'closed',
      `The registry ${host} refuses this runner's network, so this job could not read shop/bundle:v1. It answers only inside`,
    ],
    [
      'a missing role',
      ociError(401, 'UNAUTHORIZED'),
      'rights',
      `${who} may not read shop/bundle:v1 in the registry ${host}. Give it "AcrPull"`,
    ],
    [
      'a right that is missing, in the words of other registries',
      ociError(403, 'DENIED', 'permission_denied: read_package'),
      'rights',
      `${who} may not read shop/bundle:v1 in the registry ${host}: permission_denied: read_package. Give it "AcrPull"`,
    ],
    [
      'a proxy that lets nobody through',
      { status: 403, body: '<html>Blocked</html>' },
      'refused',
      'answered 403 when this job tried to read shop/bundle:v1. No registry says it in this form, so something between did',
    ],
    [
      'another refusal',
      ociError(400, 'NAME_INVALID', 'invalid\u001b[31m repository\nname'),
      'refused',
      'answered 400 (NAME_INVALID) when this job tried to read shop/bundle:v1: invalid repository name.',
    ],
  ])('%s', async (_, answer, kind, message) => {
    const { result, pauses } = read(answer, 'v1');
    const failure = await failureOf(result);
    expect([failure.kind, failure.message, pauses]).toEqual([kind, expect.stringContaining(message), []]);
    expect(failure.cause).toBeDefined();
  });

  test('no access at all', async () => {
    const stub = stubRegistry(({ path }) => (path === '/oauth2/exchange' ? ociError(401, 'UNAUTHORIZED') : undefined));
    const failure = await failureOf(createRegistry(stub.options).readArtifact('shop/bundle', 'v1'));
    expect([failure.kind, stub.signIns.length]).toEqual(['rights', 1]);
    expect(failure.message).toContain(
      `${who} gets no access to the registry ${host}. Give it "AcrPull" to read or "AcrPush"`,
    );
  });

  test.each<readonly [Identity['roles'], string, string]>([
    ['registry', 'Give it "AcrPull" to read or "AcrPush" to write, and', 'Give it "AcrPush" on the registry; a'],
    [
      'repositories',
      'Give it "Container Registry Repository Reader" to read or "Container Registry Repository Writer" to write (its role assignment mode is ABAC',
      'If it has that role already, the condition of the assignment leaves this repository out: widen it.',
    ],
  ])('by the roles that count, where rights are those of the %s', async (roles, none, some) => {
    const failing = (path: string) => {
      const stub = stubRegistry(request => (request.path.startsWith(path) ? ociError(401, 'UNAUTHORIZED') : undefined));
      const options = { ...stub.options, identity: { ...stub.options.identity, ...(roles ? { roles } : {}) } };
      return failureOf(createRegistry(options).pushArtifact('shop/bundle', newArtifact));
    };
    expect((await failing('/oauth2/exchange')).message).toContain(none);
    expect((await failing('/v2/')).message).toContain(some);
  });

  test('no right to push', async () => {
    const stub = stubRegistry(({ path }) => (path.startsWith('/v2/') ? ociError(401, 'UNAUTHORIZED') : undefined));
    const failure = await failureOf(createRegistry(stub.options).pushArtifact('shop/bundle', newArtifact));
    expect(failure.message).toContain('may not push to shop/bundle in the registry');
    expect(failure.message).toContain('"AcrPush"');
  });

  test('a host that is no registry', async () => {
    const stub = stubRegistry(({ path }) => (path.startsWith('/oauth2/') ? { body: '<html>' } : undefined));
    const failure = await failureOf(createRegistry(stub.options).readArtifact('shop/bundle', 'v1'));
    expect(failure.message).toContain('is it a container registry?');
  });

  test('a defect of ours is none of the network', async () => {
    const { options } = stubRegistry(() => undefined);
    const registry = createRegistry({ ...options, fetch: () => Promise.reject(new TypeError('Invalid header value')) });
    await expect(registry.readArtifact('shop/bundle', 'v1')).rejects.toThrow(new TypeError('Invalid header value'));
  });

  test('an answer that does not end in time counts as none', async () => {
    const { options, pauses } = stubRegistry(() => undefined);
    const timeout = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    const registry = createRegistry({ ...options, fetch: () => Promise.reject(timeout) });
    const failure = await failureOf(registry.readArtifact('shop/bundle', 'v1'));
    expect([failure.kind, failure.message, pauses.length]).toEqual([
      'unreachable',
      expect.stringContaining('(ETIMEDOUT)'),
      4,
    ]);
  });

  test('never with a token in it', async () => {
    const failure = await failureOf(read(ociError(400, 'DENIED')).result);
    expect(JSON.stringify([failure.message, failure.problems, String(failure.cause)])).not.toMatch(/secret/);
  });
});

test.each(['Shop/Bundle', 'shop//bundle', '../x', 'shop/bundle?x', ''])(
  '"%s" never gets into an address',
  async name => {
    const stub = stubRegistry(() => undefined);
    await expect(createRegistry(stub.options).readArtifact(name, 'v1')).rejects.toThrow('is no repository name');
    await expect(createRegistry(stub.options).readArtifact('shop', `${name}/`)).rejects.toThrow('neither a tag nor');
    expect(stub.requests).toEqual([]);
  },
);

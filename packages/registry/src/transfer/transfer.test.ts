import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digestOf } from '../descriptor.ts';
import { RegistryFailure } from '../failure.ts';
import { type Made, maker, noise } from '../testing/images.ts';
import { createMemoryRegistry, type MemoryOptions, type MemoryRegistry } from '../testing/memory-registry.ts';
import { totalsOf } from './plan.ts';
import { createTransfers, openSourceRegistry } from './transfers.ts';

fc.configureGlobal({ seed: 1 });

const mebibyte = 1024 * 1024;
const clock = { now: () => 0, sleep: async () => undefined };
const connect = (registry: MemoryRegistry, host: string) => ({
  host,
  mask: () => undefined,
  clock,
  random: () => 0.5,
  fetch: registry.fetch,
  exchange: registry.exchange,
});

function setUp(options: { readonly source?: MemoryOptions; readonly target?: MemoryOptions } = {}) {
  const source = createMemoryRegistry(options.source);
  const target = createMemoryRegistry(options.target);
  const make = maker(source.open('team/api'));
  const sources = openSourceRegistry(connect(source, 'source.example'));
  const transfers = createTransfers(connect(target, 'target.example'));
  const copyOf = ({ digest }: Pick<Made, 'digest'>, repository = 'shop/api', tags: readonly string[] = ['v1']) => ({
    source: sources('team/api'),
    digest,
    repository,
    tags,
  });
  const copy = async (image: Made, how = {}, ...place: [repository?: string, tags?: readonly string[]]) =>
    transfers.perform(await transfers.plan([copyOf(image, ...place)]), how);
  return { source, target, make, transfers, copy, copyOf };
}

const contentOf = (registry: MemoryRegistry, name: string) => {
  const { blobs, manifests, tags } = registry.open(name);
  return {
    blobs: new Map([...blobs].map(([digest, bytes]) => [digest, digestOf(bytes)])),
    manifests: new Map(
      [...manifests].map(([digest, { mediaType, bytes }]) => [digest, `${mediaType} ${digestOf(bytes)}`]),
    ),
    tags: new Map(tags),
  };
};

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof Error)) throw new Error('It succeeded.');
  return error;
}

describe('an image is copied', () => {
  test('with its children, whatever refers to any of them, and signatures under tags', async () => {
    const { source, target, make, copy } = setUp();
    const layer = make.blob(noise(5000, 1));
    const arm = make.image(1, [layer, make.blob(noise(300, 2))]);
    const intel = make.image(2, [layer, make.blob(new Uint8Array())]);
    const index = make.index([arm, intel], {}, 'latest');
    const sbom = make.image(3, [make.blob(noise(20, 3))], { subject: arm, artifactType: 'text/sbom' });
    make.image(4, [make.blob(noise(21, 4))], { subject: sbom });
    make.index([], { subject: index });
    make.image(5, [make.blob(noise(22, 5))], {}, `${index.digest.replace(':', '-')}.sig`);
    make.image(6, [make.blob(noise(23, 6))], {}, `${arm.digest.replace(':', '-')}.att`);
    const result = await copy(index);
    const wanted = contentOf(source, 'team/api');
    wanted.tags.delete('latest');
    wanted.tags.set('v1', index.digest);
    expect(contentOf(target, 'shop/api')).toEqual(wanted);
    expect([result.manifests, result.blobs]).toEqual([8, wanted.blobs.size]);
    expect(result.bytes).toBe([...source.open('team/api').blobs.values()].reduce((sum, one) => sum + one.length, 0));
    const puts = target.calls.filter(({ method, path }) => method === 'PUT' && path.includes('/manifests/'));
    expect(puts.at(-1)?.path).toBe('/v2/shop/api/manifests/v1');
  });

  test('again without moving anything, in one request and two looks for signatures', async () => {
    const { source, target, make, copy } = setUp();
    const image = make.image(1, [make.blob(noise(5000, 1))]);
    await copy(image);
    const before = [source.calls.length, target.calls.length, target.traffic.received];
    const again = await copy(image);
    expect(again).toEqual({ bytes: 0, blobs: 0, mounts: 0, manifests: 0, tags: [] });
    expect(target.traffic.received).toBe(before[2]);
    expect(target.calls.slice(before[1]).map(({ method, path }) => [method, path])).toEqual([
      ['GET', '/v2/shop/api/manifests/v1'],
    ]);
    expect(source.calls.slice(before[0]).map(({ path }) => path)).toEqual([
      '/v2/team/api/tags/list?n=1000',
      `/v2/team/api/referrers/${image.digest}`,
    ]);
  });

  test('with layers sent once and mounted everywhere else', async () => {
    const { target, make, transfers, copyOf } = setUp();
    const base = make.blob(noise(9000, 1));
    const images = [1, 2, 3].map(seed => make.image(seed, [base]));
    const plan = await transfers.plan(images.map((image, index) => copyOf(image, `shop/${index}`)));
    expect(totalsOf(plan)).toMatchObject({ blobs: 4, mounts: 2, manifests: 3, tags: 3 });
    const result = await transfers.perform(plan);
    expect([result.mounts, result.bytes]).toEqual([2, totalsOf(plan).bytes]);
    expect(target.open('shop/2').blobs.has(base.digest)).toBe(true);
    expect(target.traffic.received).toBe(result.bytes);
  });

  test('with no request that another one answers already', async () => {
    const { target, make, transfers, copyOf } = setUp();
    const base = make.blob(noise(5 * mebibyte, 1));
    const images = [1, 2, 3].map(seed => make.image(seed, [base, make.blob(noise(3000, 10 + seed))]));
    await transfers.perform(await transfers.plan(images.map((image, index) => copyOf(image, `shop/${index}`))));
    const asked = target.calls.map(({ method, path }) => {
      const [, , , , kind, rest = ''] = path.split('/');
      return `${method} ${kind}${rest.startsWith('uploads') ? ' upload' : ''}${path.includes('mount=') ? ' mount' : ''}`;
    });
    const counts = [...Map.groupBy(asked, one => one)].map(([one, all]) => [one, all.length]);
    expect(Object.fromEntries(counts)).toEqual({
      // Where the tag stands, and whether the image is there.
      'GET manifests': 3,
      // Large ones are asked for, once for all that need them.
      'HEAD blobs': 1,
      'POST blobs upload': 1,
      // Of the base into the two others; and small ones, where this asks and begins: a layer and a configuration each.
      'POST blobs upload mount': 2 + 6,
      'PUT blobs upload': 7,
      'PUT manifests': 3,
    });
  });

  test('by mounting within one registry, and by sending where that is refused', async () => {
    for (const isRefused of [false, true]) {
      const registry = createMemoryRegistry({
        instead: ({ path }) => (isRefused && path.includes('mount=') ? { status: 400 } : undefined),
      });
      const image = maker(registry.open('team/api')).image(1, [maker(registry.open('team/api')).blob(noise(9000, 1))]);
      const transfers = createTransfers(connect(registry, 'one.example'));
      const copy = { source: transfers.source('team/api'), digest: image.digest, repository: 'shop/api', tags: [] };
      const result = await transfers.perform(await transfers.plan([copy]));
      expect([result.mounts, result.bytes > 0]).toEqual(isRefused ? [0, true] : [2, false]);
      expect(registry.open('shop/api').manifests.has(image.digest)).toBe(true);
    }
  });

  test('with fall-back tags from and to registries without the referrers API', async () => {
    const { source, target, make, copy } = setUp({ source: { referrers: false }, target: { referrers: false } });
    const image = make.image(1, []);
    const signature = make.image(2, [], { subject: image, artifactType: 'text/signature', annotations: { run: '7' } });
    const fallback = image.digest.replace(':', '-');
    make.index([signature], {}, fallback);
    await copy(image);
    const { tags, manifests } = target.open('shop/api');
    const list = JSON.parse(new TextDecoder().decode(manifests.get(tags.get(fallback) ?? '')?.bytes));
    expect(list.manifests).toEqual([{ ...signature, artifactType: 'text/signature', annotations: { run: '7' } }]);
    const other = make.image(3, [], { subject: image });
    make.index([signature, other], {}, fallback);
    await copy(image);
    const grown = JSON.parse(new TextDecoder().decode(manifests.get(tags.get(fallback) ?? '')?.bytes));
    expect(grown.manifests.map(({ digest }: Made) => digest)).toEqual([signature.digest, other.digest]);
    expect(source.calls.filter(({ path }) => path.includes('/referrers/')).length).toBe(1);
  });

  test('without layers that are foreign, in Docker’s own form', async () => {
    const { target, make, transfers, copy, copyOf } = setUp();
    const foreign = {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      digest: digestOf(noise(9, 9)),
      size: 9,
    };
    const config = make.blob(noise(10, 1), 'application/vnd.docker.container.image.v1+json');
    const layers = [foreign, make.blob(noise(11, 2), 'application/vnd.docker.image.rootfs.diff.tar.gzip')];
    const image = make.manifest({ config, layers }, 'application/vnd.docker.distribution.manifest.v2+json');
    const list = make.manifest({ manifests: [image] }, 'application/vnd.docker.distribution.manifest.list.v2+json');
    expect(totalsOf(await transfers.plan([copyOf(list)]))).toMatchObject({ foreign: 1, blobs: 2, bytes: 21 });
    await copy(list);
    expect(target.open('shop/api').manifests.get(list.digest)?.mediaType).toBe(list.mediaType);
  });

  test('past what only claims to refer to it', async () => {
    const { source, target, make, copy } = setUp({ source: { referrers: false } });
    const image = make.image(1, []);
    const stranger = make.image(2, []);
    make.index([stranger], {}, image.digest.replace(':', '-'));
    await copy(image);
    expect([...target.open('shop/api').manifests.keys()]).toEqual([image.digest]);
    expect(source.open('team/api').manifests.size).toBe(3);
  });
});

describe('tags', () => {
  test('that stand for something else move only when told, and nothing is written otherwise', async () => {
    const { target, make, copy } = setUp();
    const [first, second] = [make.image(1, []), make.image(2, [])];
    await copy(first);
    const writes = () => target.calls.filter(({ method }) => method !== 'GET' && method !== 'HEAD').length;
    const before = writes();
    const failure = await failureOf(copy(second));
    expect(failure.message).toContain(
      `target.example/shop/api:v1 stands for ${first.digest} and would move to ${second.digest}`,
    );
    expect(writes()).toBe(before);
    await copy(second, { overwrite: true });
    expect(target.open('shop/api').tags.get('v1')).toBe(second.digest);
  });

  test('of signatures grow, and are not replaced', async () => {
    const { target, make, copy } = setUp();
    const image = make.image(1, []);
    const tag = `${image.digest.replace(':', '-')}.sig`;
    const [one, other] = [make.blob(noise(5, 1)), make.blob(noise(6, 2))];
    make.image(2, [one], {}, tag);
    await copy(image);
    const grown = make.image(2, [one, other], {}, tag);
    await copy(image);
    expect(target.open('shop/api').tags.get(tag)).toBe(grown.digest);
    // Signed once more in the target: what is there has all that the source has.
    make.image(2, [one], {}, tag);
    await copy(image);
    expect(target.open('shop/api').tags.get(tag)).toBe(grown.digest);
    make.image(2, [make.blob(noise(7, 3))], {}, tag);
    expect((await failureOf(copy(image))).message).toContain('would move to');
  });

  test('are no source', async () => {
    const { copy } = setUp();
    await expect(copy({ digest: 'latest', mediaType: '', size: 0 })).rejects.toThrow('a tag is no source');
  });
});

describe('what is not right stops before any tag', () => {
  test.each<readonly [string, (make: ReturnType<typeof setUp>) => Made, string]>([
    [
      'a layer with other bytes',
      ({ make, source }) => {
        const layer = make.blob(noise(9000, 1));
        source.open('team/api').blobs.set(layer.digest, noise(9000, 2));
        return make.image(1, [layer]);
      },
      'gave something else than sha256:',
    ],
    [
      'a big layer with other bytes',
      ({ make, source }) => {
        const layer = make.blob(noise(5 * mebibyte, 1));
        source.open('team/api').blobs.set(layer.digest, noise(5 * mebibyte, 2));
        return make.image(1, [layer]);
      },
      'gave something else than sha256:',
    ],
    [
      'a layer that is too short',
      ({ make, source }) => {
        const layer = make.blob(noise(9000, 1));
        source.open('team/api').blobs.set(layer.digest, noise(8999, 1));
        return make.image(1, [layer]);
      },
      'gave only 8999 of the 9000 bytes',
    ],
    [
      'a layer that is too long',
      ({ make, source }) => {
        const layer = make.blob(noise(9000, 1));
        source.open('team/api').blobs.set(layer.digest, noise(9001, 1));
        return make.image(1, [layer]);
      },
      'gave more than the 9000 bytes',
    ],
    [
      'a manifest with other bytes',
      ({ make, source }) => {
        const image = make.image(1, []);
        const { manifests } = source.open('team/api');
        manifests.set(image.digest, { mediaType: image.mediaType, bytes: noise(10, 1) });
        return image;
      },
      'it hashes to',
    ],
    [
      'a missing child',
      ({ make }) => make.index([{ ...make.image(1, []), digest: digestOf(noise(1, 1)) }]),
      'has no manifest',
    ],
    ['a child of another size', ({ make }) => make.index([{ ...make.image(1, []), size: 7 }]), 'gives sha256:'],
    [
      'a schema that nobody writes any more',
      ({ make }) => make.manifest({ schemaVersion: 1 }, 'application/vnd.docker.distribution.manifest.v1+prettyjws'),
      'is none that can be copied',
    ],
    [
      'two sizes for one layer',
      ({ make }) => {
        const layer = make.blob(noise(5, 1));
        return make.image(1, [layer, { ...layer, size: 6 }]);
      },
      'two sizes for one digest',
    ],
  ])('%s', async (_, prepare, message) => {
    const set = setUp();
    const failure = await failureOf(set.copy(prepare(set)));
    expect([failure instanceof RegistryFailure, failure.message]).toEqual([true, expect.stringContaining(message)]);
    const { tags, manifests } = set.target.open('shop/api');
    expect([tags.size, manifests.size, set.target.uploads.size]).toEqual([0, 0, 0]);
  });
});

describe('uploads', () => {
  const big = 9 * mebibyte;
  /** What large content went in: the request and where it says that it begins and ends. */
  const chunks = (registry: MemoryRegistry) =>
    registry.calls
      .filter(({ path, length }) => path.includes('/blobs/uploads/') && length > 1000)
      .map(({ method, headers, length }) => `${method} ${headers.get('content-range') ?? `of ${length}`}`);

  test('go in chunks that say where they begin, the last one with what closes them', async () => {
    const { target, make, copy } = setUp();
    await copy(make.image(1, [make.blob(noise(big, 1))]), { chunkBytes: 4 * mebibyte, blobsAtOnce: 1 });
    expect(chunks(target)).toEqual(['PATCH 0-4194303', 'PATCH 4194304-8388607', 'PUT 8388608-9437183']);
    const { calls } = target;
    expect(calls.filter(({ path }) => path.includes('/blobs/')).map(({ method }) => method)).toEqual([
      ...['HEAD', 'POST', 'PATCH', 'PATCH', 'PUT'],
      ...['POST', 'PUT'],
    ]);
  });

  test('that break go on where the registry stands, and only there', async () => {
    let breaks = 2;
    const { source, target, make, copy } = setUp({
      target: { cutAfter: (_, length) => (length > 1000 && breaks-- > 0 ? 3 * mebibyte + 7 : undefined) },
    });
    await copy(make.image(1, [make.blob(noise(big, 1))]), { chunkBytes: 4 * mebibyte });
    expect(chunks(target)).toEqual([
      'PATCH 0-4194303',
      `PATCH ${3 * mebibyte + 7}-${7 * mebibyte + 6}`,
      `PUT ${6 * mebibyte + 14}-9437183`,
    ]);
    expect(target.traffic.received).toBe(big + '{"seed":1}'.length);
    const ranges = source.calls.map(({ headers }) => headers.get('range')).filter(range => range !== null);
    expect(ranges).toHaveLength(2);
  });

  test('whose closing breaks go on from there in a request that can be resumed', async () => {
    let breaks = 1;
    const { target, make, copy } = setUp({
      target: { cutAfter: (_, length) => (length > 1000 && breaks-- > 0 ? 5 * mebibyte : undefined) },
    });
    await copy(make.image(1, [make.blob(noise(big, 1))]));
    expect(chunks(target)).toEqual([`PUT of ${big}`, `PATCH ${5 * mebibyte}-9437183`]);
    expect(target.traffic.received).toBe(big + '{"seed":1}'.length);
  });

  test('begin anew where the registry does not tell', async () => {
    let breaks = 1;
    const { target, make, copy } = setUp({
      target: { status: false, cutAfter: (_, length) => (length > 1000 && breaks-- > 0 ? 5 * mebibyte : undefined) },
    });
    await copy(make.image(1, [make.blob(noise(big, 1))]));
    expect(chunks(target)).toEqual([`PUT of ${big}`, 'PATCH 0-9437183']);
  });

  test('whose last answer was lost are found, and nothing goes twice', async () => {
    let lost = 1;
    const { target, make, copy } = setUp({
      target: { losesAnswer: ({ method, length }) => method === 'PUT' && length > 1000 && lost-- > 0 },
    });
    await expect(copy(make.image(1, [make.blob(noise(big, 1))]))).resolves.toMatchObject({ manifests: 1 });
    expect(chunks(target)).toEqual([`PUT of ${big}`]);
    expect(target.uploads.size).toBe(0);
  });

  test.each([400, 405, 413, 416, 501])(
    'go without content in what closes them where that gets a %i, and it is asked once',
    async status => {
      const { target, make, copy } = setUp({
        target: {
          instead: ({ method, length, path }) =>
            method === 'PUT' && length > 1000 && path.includes('/uploads/') ? { status } : undefined,
        },
      });
      const layers = [1, 2, 3].map(seed => make.blob(noise(big, seed)));
      await copy(make.image(1, layers), { blobsAtOnce: 1 });
      expect(chunks(target)).toEqual([`PUT of ${big}`, ...layers.map(() => 'PATCH 0-9437183')]);
    },
  );

  test('go in smaller chunks where something between finds them too large', async () => {
    const { target, make, copy } = setUp({
      target: { instead: ({ length }) => (length > 5 * mebibyte ? { status: 413 } : undefined) },
    });
    await copy(make.image(1, [make.blob(noise(big, 1))]));
    expect(chunks(target)).toEqual([
      ...[`PUT of ${big}`, 'PATCH 0-9437183', 'PATCH 0-9437183'],
      ...['PATCH 0-4194303', 'PATCH 4194304-8388607', 'PATCH 8388608-9437183'],
    ]);
    const strict = setUp({ target: { instead: ({ length }) => (length > 1000 ? { status: 413 } : undefined) } });
    const failure = await failureOf(
      strict.copy(strict.make.image(1, [strict.make.blob(noise(big, 1))]), { blobsAtOnce: 1 }),
    );
    expect(failure.message).toContain('answered 413');
    expect(strict.target.uploads.size).toBe(0);
  });

  test('end after five failures without a byte more', async () => {
    const { target, make, copy } = setUp({ target: { cutAfter: () => 0 } });
    const failure = await failureOf(copy(make.image(1, [make.blob(noise(big, 1))])));
    expect(failure.message).toContain('could not be reached to push the blob');
    expect(chunks(target)).toEqual([`PUT of ${big}`, ...Array(4).fill('PATCH 0-9437183')]);
  });

  test('go on at once with a new token when one ends in the middle, and not with a third', async () => {
    for (const refusals of [1, 2]) {
      let left = refusals;
      const { target, make, copy } = setUp({
        target: {
          instead: ({ method, length }) =>
            method === 'PUT' && length > 1000 && left-- > 0 ? { status: 401 } : undefined,
        },
      });
      const moved = copy(make.image(1, [make.blob(noise(big, 1))]));
      if (refusals === 1) await expect(moved).resolves.toMatchObject({ manifests: 1 });
      else await expect(moved).rejects.toThrow('may not push the blob shop/api@sha256:');
      expect(chunks(target)).toEqual([`PUT of ${big}`, `PUT of ${big}`]);
    }
  });

  test('wait as long as the registry asks', async () => {
    const pauses: number[] = [];
    let refusals = 1;
    const { target, source, make } = setUp();
    const image = make.image(1, [make.blob(noise(big, 1))]);
    const busy = createMemoryRegistry({
      instead: ({ method, length }) =>
        method === 'PUT' && length > 1000 && refusals-- > 0
          ? { status: 429, headers: { 'retry-after': '7' } }
          : undefined,
    });
    const transfers = createTransfers({
      ...connect(busy, 'target.example'),
      clock: { now: () => 0, sleep: async milliseconds => void pauses.push(milliseconds) },
    });
    const from = openSourceRegistry(connect(source, 'source.example'))('team/api');
    await transfers.perform(
      await transfers.plan([{ source: from, digest: image.digest, repository: 'a', tags: ['v1'] }]),
    );
    expect([pauses, target.calls]).toEqual([[7000], []]);
  });
});

describe('what is there', () => {
  const asked = (registry: MemoryRegistry) =>
    registry.calls
      .filter(({ path, method }) => path.includes('/blobs/') && method !== 'DELETE')
      .map(({ method, path }) => `${method}${path.includes('mount=') ? ' mount' : ''}`);
  const small = [1, 2].map(seed => noise(3000, seed));
  const setUpWithSmall = (target: MemoryOptions = {}) => {
    const set = setUp({ target });
    for (const bytes of small) set.target.open('shop/api').blobs.set(digestOf(bytes), bytes);
    const image = set.make.image(1, [...small.map(bytes => set.make.blob(bytes)), set.make.blob(noise(3000, 3))]);
    return { ...set, image };
  };

  test('of small blobs is found by the request that would begin their upload', async () => {
    const { target, copy, image } = setUpWithSmall();
    const result = await copy(image, { blobsAtOnce: 1 });
    expect(result).toMatchObject({ blobs: 2, mounts: 0, bytes: 3000 + '{"seed":1}'.length });
    expect(asked(target).sort()).toEqual(['POST mount', 'POST mount', 'POST mount', 'POST mount', 'PUT', 'PUT']);
  });

  test('is asked for on its own where a registry refuses that, and nothing goes twice', async () => {
    const { target, copy, image } = setUpWithSmall({
      instead: ({ path }) => (path.includes('mount=') ? { status: 400 } : undefined),
    });
    const result = await copy(image, { blobsAtOnce: 1 });
    expect(result).toMatchObject({ blobs: 2, mounts: 0, bytes: 3000 + '{"seed":1}'.length });
    expect(asked(target).filter(one => one === 'POST mount')).toHaveLength(1);
    expect(asked(target).filter(one => one === 'HEAD')).toHaveLength(4);
    expect(target.uploads.size).toBe(0);
  });

  test('is in sums that people read, and costs a request for each blob', async () => {
    const { target, transfers, copyOf, image } = setUpWithSmall();
    expect(totalsOf(await transfers.plan([copyOf(image)]))).toMatchObject({ blobs: 4 });
    expect(asked(target)).toEqual([]);
    expect(totalsOf(await transfers.plan([copyOf(image)], { asks: 'all' }))).toMatchObject({ blobs: 2 });
    expect(asked(target)).toEqual(['HEAD', 'HEAD', 'HEAD', 'HEAD']);
  });
});

describe('the referrers API', () => {
  const lookups = async (options: MemoryOptions, ...repositories: readonly string[]) => {
    const registry = createMemoryRegistry(options);
    const sources = openSourceRegistry(connect(registry, 'source.example'));
    const image = digestOf(noise(1, 1));
    const found = await Promise.allSettled(repositories.map(name => sources(name).referrers(image)));
    return { looked: registry.calls.map(({ path }) => path.split('/')[3]), found: found.map(({ status }) => status) };
  };

  test('is looked for once in all repositories that belong together', async () => {
    const { looked, found } = await lookups({ referrers: false }, 'team/a', 'team/b', 'other/c', 'team/d');
    expect([looked, found]).toEqual([['a', 'c'], Array(4).fill('fulfilled')]);
    expect((await lookups({}, 'team/a', 'team/b', 'team/d')).looked).toEqual(['a', 'b', 'd']);
  });

  test('is not given up for a lookup that failed', async () => {
    const instead: MemoryOptions['instead'] = ({ path }) => (path.includes('/a/') ? { status: 403 } : undefined);
    expect(await lookups({ instead }, 'team/a', 'team/b', 'team/d')).toEqual({
      looked: ['a', 'b', 'd'],
      found: ['rejected', 'fulfilled', 'fulfilled'],
    });
  });
});

describe('properties', () => {
  interface Shape {
    readonly layers: readonly number[];
    readonly images: readonly (readonly number[])[];
    readonly nested: boolean;
    readonly referrers: readonly number[];
    readonly hasBig: boolean;
  }
  /** A graph by numbers: layers by size, images by which of them they have, an index over some, referrers of anything. */
  const graph: fc.Arbitrary<Shape> = fc.record({
    layers: fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 5 }),
    images: fc.array(fc.array(fc.nat(4), { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
    nested: fc.boolean(),
    referrers: fc.array(fc.nat(10), { maxLength: 4 }),
    hasBig: fc.boolean(),
  });

  /** What registries do differently. */
  const habits = fc.record({
    closesWithContent: fc.boolean(),
    mounts: fc.boolean(),
    losesAnswers: fc.boolean(),
    mostBytes: fc.constantFrom(Number.POSITIVE_INFINITY, 4 * mebibyte),
  });
  function oddities(has: typeof habits extends fc.Arbitrary<infer T> ? T : never): MemoryOptions {
    let losses = has.losesAnswers ? 1 : 0;
    return {
      instead: ({ method, path, length }) => {
        if (length > has.mostBytes) return { status: 413 };
        if (!has.mounts && path.includes('mount=')) return { status: 400 };
        // Content that flows; what is small goes whole everywhere.
        const isClosing = method === 'PUT' && path.includes('/blobs/uploads/') && length > 100_000;
        return isClosing && !has.closesWithContent ? { status: 416 } : undefined;
      },
      losesAnswer: ({ method }) => method === 'PUT' && losses-- > 0,
    };
  }

  function build(make: ReturnType<typeof maker>, shape: Shape): Made {
    const layers = shape.layers.map((size, seed) => make.blob(noise(size, seed)));
    if (shape.hasBig) layers.push(make.blob(noise(5 * mebibyte, 77)));
    const images = shape.images.map((picks, seed) =>
      make.image(seed, [
        ...picks.map(pick => layers[pick % layers.length]),
        ...(shape.hasBig ? [layers.at(-1)] : []),
      ] as Made[]),
    );
    const inner = make.index(images);
    const root = shape.nested ? make.index([inner, images[0] as Made]) : inner;
    const all: Made[] = [root, ...images, ...(shape.nested ? [inner] : [])];
    for (const [seed, pick] of shape.referrers.entries()) {
      all.push(make.image(100 + seed, [], { subject: all[pick % all.length] }));
    }
    return root;
  }

  test('the target equals the source, digest for digest, also when connections break at random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(graph, fc.infiniteStream(fc.nat(6 * mebibyte)), habits, async (shape, cuts, has) => {
        // Fewer than anything is tried, should all of them meet the same blob.
        let left = 4;
        const cutAfter = (_: unknown, length: number) => {
          if (length < 1000 || left-- <= 0) return undefined;
          return cuts.next().value % length;
        };
        const { source, target, make, copy } = setUp({ source: { cutAfter }, target: { cutAfter, ...oddities(has) } });
        await copy(build(make, shape), { chunkBytes: 2 * mebibyte });
        const [wanted, found] = [contentOf(source, 'team/api'), contentOf(target, 'shop/api')];
        expect(found.manifests).toEqual(wanted.manifests);
        for (const [digest, actual] of found.blobs) expect(wanted.blobs.get(digest)).toBe(actual);
      }),
      { numRuns: 40 },
    );
  });

  test('after an end at any byte, a second run moves only what is missing', async () => {
    await fc.assert(
      fc.asyncProperty(graph, fc.nat(300_000), async (shape, end) => {
        let taken = 0;
        let isAlive = false;
        const { source, target, make, copy } = setUp({
          target: {
            onTaken: bytes => {
              taken += bytes;
              if (!isAlive && taken > end) throw new Error('killed');
            },
          },
        });
        const root = build(make, { ...shape, hasBig: false });
        await copy(root, { blobsAtOnce: 1 }).catch(() => undefined);
        expect(target.open('shop/api').tags.size === 0 || taken <= end).toBe(true);
        const there = new Set(target.open('shop/api').blobs.keys());
        isAlive = true;
        const { bytes } = await copy(root);
        const missing = [...source.open('team/api').blobs].filter(
          ([digest]) => target.open('shop/api').blobs.has(digest) && !there.has(digest),
        );
        expect(bytes).toBe(missing.reduce((sum, [, one]) => sum + one.length, 0));
        expect(contentOf(target, 'shop/api').manifests).toEqual(contentOf(source, 'team/api').manifests);
        expect(target.open('shop/api').tags.get('v1')).toBe(root.digest);
      }),
      { numRuns: 60 },
    );
  });
});

import { expect, test } from '@jest/globals';
import type { Registry } from '@suite/registry';
import { digestOf } from './bundle.ts';
import type { Gone } from './gone.ts';
import { encodeRecord, type PromotionRecord } from './record.ts';
import { createShelf } from './shelf.ts';

const gone: Gone = {
  schema: 'gone/v1',
  repository: '7',
  platform: 'contoso',
  environment: 'dev',
  region: 'westeurope',
  run: 'https://github.com/contoso/platform/actions/runs/7',
  actor: 'mona',
  at: '2026-11-23T05:00:00.000Z',
};

interface Kept {
  readonly artifactType: string;
  readonly content: Buffer;
}

/** A registry that keeps one artifact by its tag. */
function registry(kept = new Map<string, Kept>()) {
  const port: Pick<Registry, 'pushArtifact' | 'readArtifact' | 'readBlob' | 'listReferrers'> = {
    pushArtifact: async (_, { artifactType, blobs, tag }) => {
      const [blob] = blobs;
      kept.set(tag ?? '', { artifactType, content: Buffer.from(blob?.content ?? '') });
      return { mediaType: 'm', digest: 'sha256:1', size: 1 };
    },
    readArtifact: async (_, reference) => {
      const found = kept.get(reference);
      if (found === undefined) return undefined;
      const descriptor = { mediaType: 'm', digest: `sha256:${reference}`, size: found.content.length };
      return { descriptor, artifactType: found.artifactType, blobs: [descriptor], subject: undefined } as never;
    },
    readBlob: async (_, { digest }) => kept.get(digest.slice('sha256:'.length))?.content ?? Buffer.alloc(0),
    listReferrers: async () => [],
  };
  return {
    kept,
    shelf: createShelf(port as Registry, { platform: 'contoso', environment: 'dev', region: 'westeurope' }),
  };
}

test('an environment that was taken away says so, and that nothing runs there', async () => {
  const { shelf, kept } = registry();
  expect(await shelf.gone()).toBeUndefined();
  await shelf.retire(gone);
  expect(await shelf.gone()).toEqual(gone);
  expect(await shelf.running()).toEqual([]);
  expect([...kept.keys()]).toEqual(['running-dev-westeurope']);
});

test('what runs there again is no longer gone', async () => {
  const { shelf } = registry();
  await shelf.retire(gone);
  await shelf.put(Buffer.from('{}'), []);
  expect(await shelf.gone()).toBeUndefined();
});

test('what somebody else wrote there counts for nothing', async () => {
  const kept = new Map([
    [
      'running-dev-westeurope',
      { artifactType: 'application/vnd.aks-platform.gone.v1+json', content: Buffer.from('{"schema":"gone/v1"}') },
    ],
  ]);
  expect(await registry(kept).shelf.gone()).toBeUndefined();
});

test('a history reads the records of its own place, and those that do not say whose they are', async () => {
  const bundle = Buffer.from('{}');
  const digest = digestOf(bundle);
  const tag = digest.replace(':', '-');
  const recordOf = (environment: string, region: string, by: string): PromotionRecord => ({
    schema: 'record/v1',
    repository: '7',
    platform: 'contoso',
    environment,
    region,
    bundle: digest,
    commit: '1'.repeat(40),
    verdict: 'verified',
    plans: {},
    run: { id: by, attempt: '1', url: 'https://github.com/contoso/platform/actions/runs/7' },
    actor: 'mona',
    approvers: [],
    recordedAt: '2026-11-23T05:00:00.000Z',
  });
  const place = (environment: string, region: string) => ({ environment, region });
  const referrers = [
    { name: 'own', annotations: place('prod', 'westeurope'), record: recordOf('prod', 'westeurope', 'own') },
    { name: 'silent', annotations: {}, record: recordOf('prod', 'westeurope', 'silent') },
    { name: 'copy', annotations: place('dev', 'westeurope'), record: recordOf('dev', 'westeurope', 'copy') },
    { name: 'beside', annotations: place('prod', 'eastus'), record: recordOf('prod', 'eastus', 'beside') },
  ];
  const read: string[] = [];
  const subject = { mediaType: 'm', digest: 'sha256:bundle', size: 2 };
  const registry: Pick<Registry, 'newestTags' | 'readArtifact' | 'readBlob' | 'listReferrers'> = {
    newestTags: async () => ['running-prod-westeurope', tag],
    listReferrers: async () =>
      referrers.map(({ name, annotations }) => ({
        descriptor: { mediaType: 'm', digest: name, size: 1 },
        artifactType: 'application/vnd.aks-platform.record.v1+json',
        annotations,
      })),
    readArtifact: async (_, reference) => {
      if (reference === tag) {
        const blob = { mediaType: 'm', digest, size: bundle.length };
        return {
          descriptor: subject,
          artifactType: 'application/vnd.aks-platform.bundle.v1+json',
          blobs: [blob],
        } as never;
      }
      read.push(reference);
      const artifactType = 'application/vnd.aks-platform.record.v1+json';
      return {
        descriptor: subject,
        artifactType,
        subject,
        blobs: [{ mediaType: 'm', digest: reference, size: 1 }],
      } as never;
    },
    readBlob: async (_, { digest: name }) => {
      const found = referrers.find(one => one.name === name);
      return found === undefined ? bundle : encodeRecord(found.record);
    },
  };
  const shelf = createShelf(registry as Registry, { platform: 'contoso', environment: 'prod', region: 'westeurope' });
  const { records, unreadable } = await shelf.history(5);
  expect({ records: records.map(({ run }) => run.id), unreadable, read }).toEqual({
    records: ['own', 'silent'],
    unreadable: 0,
    read: ['own', 'silent'],
  });
  // What is proved on the way to the next environment are the copies as well.
  expect((await shelf.records(digest)).map(({ run }) => run.id)).toEqual(['own', 'silent', 'copy', 'beside']);
});

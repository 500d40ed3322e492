import { expect, test } from '@jest/globals';
import type { Registry } from '@suite/registry';
import type { Gone } from './gone.ts';
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

import type { Descriptor, NewArtifact, Registry } from '@suite/registry';
import { digestOf } from './bundle.ts';
import type { Shelf } from './ports.ts';
import { decodeRecord, encodeRecord, type PromotionRecord } from './record.ts';

const bundleType = 'application/vnd.aks-platform.bundle.v1+json';
const recordType = 'application/vnd.aks-platform.record.v1+json';
/** The bundle that was recorded last. */
const runningTag = 'running';

/** Bundles as OCI artifacts and records as their referrers, in the repository `promotion/<platform>`. */
export function createShelf(registry: Registry, platform: string): Shelf {
  const repository = `promotion/${platform}`;
  const recordsAt = async (reference: string): Promise<PromotionRecord[]> => {
    const bundle = await registry.readArtifact(repository, reference);
    const [content] = bundle?.blobs ?? [];
    if (bundle?.artifactType !== bundleType || content === undefined) return [];
    const referrers = await registry.listReferrers(repository, bundle.descriptor.digest, recordType);
    const found: PromotionRecord[] = [];
    for (const { descriptor } of referrers) {
      const record = await readRecord(registry, repository, descriptor.digest, bundle.descriptor);
      // A record names the bundle that it hangs on, or was hung there by somebody else.
      if (record?.bundle === content.digest) found.push(record);
    }
    return found;
  };
  return {
    // A tag can be moved: to another bundle, which has records of its own.
    records: async bundle => (await recordsAt(tagOf(bundle))).filter(record => record.bundle === bundle),
    running: () => recordsAt(runningTag),
    put: async (bytes, records) => {
      const bundle: NewArtifact = {
        artifactType: bundleType,
        blobs: [{ mediaType: bundleType, content: bytes, title: 'bundle.json' }],
      };
      const subject = await registry.pushArtifact(repository, { ...bundle, tag: tagOf(digestOf(bytes)) });
      let last = '';
      for (const record of records) {
        const content = encodeRecord(record);
        const blobs = [{ mediaType: recordType, content, title: 'record.json' }];
        const { environment, region, recordedAt } = record;
        const annotations = { environment, region, 'org.opencontainers.image.created': recordedAt };
        ({ digest: last } = await registry.pushArtifact(repository, {
          artifactType: recordType,
          blobs,
          subject,
          annotations,
        }));
      }
      // Only now, when the proof is there, it is what runs.
      await registry.pushArtifact(repository, { ...bundle, tag: runningTag });
      return last;
    },
  };
}

async function readRecord(
  registry: Registry,
  repository: string,
  digest: string,
  subject: Descriptor,
): Promise<PromotionRecord | undefined> {
  const artifact = await registry.readArtifact(repository, digest);
  const [blob] = artifact?.blobs ?? [];
  if (artifact?.artifactType !== recordType || artifact.subject?.digest !== subject.digest || blob === undefined) {
    return undefined;
  }
  return decodeRecord(await registry.readBlob(repository, blob));
}

/** A tag has no colon and at most 128 characters. */
function tagOf(digest: string): string {
  return digest.replace(':', '-');
}

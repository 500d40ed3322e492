import { mapInParallel } from '@suite/foundation';
import type { Descriptor, NewArtifact, Referrer, Registry } from '@suite/registry';
import { digestOf } from './bundle.ts';
import { decodeGone, encodeGone } from './gone.ts';
import type { Shelf } from './ports.ts';
import { decodeRecord, encodeRecord, type Place, type PromotionRecord, unreadableRunning } from './record.ts';

const bundleType = 'application/vnd.aks-platform.bundle.v1+json';
const recordType = 'application/vnd.aks-platform.record.v1+json';
/** As every tool of Sigstore names it. */
const attestationType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const goneType = 'application/vnd.aks-platform.gone.v1+json';
const runningPrefix = 'running-';
/** Six environments in four regions. */
const mostPlaces = 24;
const tagsAtOnce = 4;

/**
 * Bundles as OCI artifacts and records as their referrers, in the repository `promotion/<platform>`. Places that share a registry do not
 * share what runs there.
 */
export function createShelf(registry: Registry, { platform, environment, region }: Omit<Place, 'repository'>): Shelf {
  const repository = `promotion/${platform}`;
  /** The bundle that was recorded last. */
  const runningTag = `${runningPrefix}${environment}-${region}`;
  /**
   * `unreadable`: referrers that say that they are records, and are none that this release can read. `isWanted` spares what is read of the
   * others: a registry holds a copy of each record of all places before it.
   */
  const look = async (reference: string, isWanted: (referrer: Referrer) => boolean = () => true) => {
    const found: PromotionRecord[] = [];
    const departures: PromotionRecord[] = [];
    let unreadable = 0;
    const bundle = await registry.readArtifact(repository, reference);
    const [content] = bundle?.blobs ?? [];
    if (bundle?.artifactType !== bundleType || content === undefined) return { found, departures, unreadable };
    const referrers = await registry.listReferrers(repository, bundle.descriptor.digest, recordType);
    for (const { descriptor } of referrers.filter(isWanted)) {
      const record = await readRecord(registry, repository, descriptor.digest, bundle.descriptor);
      // A record names the bundle that it hangs on, or was hung there by somebody else.
      if (record === undefined) unreadable++;
      else if (record.bundle === content.digest) found.push(record);
      else if (record.rollback?.from?.bundle === content.digest) departures.push(record);
    }
    return { found, departures, unreadable };
  };
  /** What says nothing of its place is looked at: what it says inside counts. */
  const isOwn = ({ annotations }: Referrer) =>
    (annotations['environment'] ?? environment) === environment && (annotations['region'] ?? region) === region;
  const trail = async (bundle: string) => {
    const { found, departures } = await look(tagOf(bundle));
    // A tag can be moved: to another bundle, which has records of its own.
    return {
      records: found.filter(record => record.bundle === bundle),
      departures: departures.filter(({ rollback }) => rollback?.from?.bundle === bundle),
    };
  };
  const pushRecord = async (record: PromotionRecord, subject: Descriptor) => {
    const content = encodeRecord(record);
    const blobs = [{ mediaType: recordType, content, title: 'record.json' }];
    const { environment, region, recordedAt } = record;
    const annotations = { environment, region, 'org.opencontainers.image.created': recordedAt };
    return registry.pushArtifact(repository, { artifactType: recordType, blobs, subject, annotations });
  };
  return {
    trail,
    records: async bundle => (await trail(bundle)).records,
    bundle: async digest => {
      const artifact = await registry.readArtifact(repository, tagOf(digest));
      const [content] = artifact?.blobs ?? [];
      if (artifact?.artifactType !== bundleType || content === undefined) return undefined;
      return registry.readBlob(repository, content);
    },
    attestation: async digest => {
      const bundle = await registry.readArtifact(repository, tagOf(digest));
      if (bundle === undefined) return undefined;
      const [found] = await registry.listReferrers(repository, bundle.descriptor.digest, attestationType);
      if (found === undefined) return undefined;
      const [blob] = (await registry.readArtifact(repository, found.descriptor.digest))?.blobs ?? [];
      return blob === undefined ? undefined : Buffer.from(await registry.readBlob(repository, blob)).toString('utf8');
    },
    running: async () => {
      const { found, unreadable } = await look(runningTag);
      if (found.length === 0 && unreadable > 0) throw unreadableRunning(`the registry of ${environment} in ${region}`);
      return found;
    },
    gone: async () => {
      const artifact = await registry.readArtifact(repository, runningTag);
      const [blob] = artifact?.blobs ?? [];
      if (artifact?.artifactType !== goneType || blob === undefined) return undefined;
      return decodeGone(await registry.readBlob(repository, blob));
    },
    retire: async gone => {
      const blobs = [{ mediaType: goneType, content: encodeGone(gone), title: 'gone.json' }];
      await registry.pushArtifact(repository, { artifactType: goneType, blobs, tag: runningTag });
    },
    history: async limit => {
      // A few more than wanted: what runs has its tag too, in each place.
      const newest = await registry.newestTags(repository, limit + mostPlaces);
      const tags = newest.filter(tag => !tag.startsWith(runningPrefix));
      const looks = await mapInParallel(tags.slice(0, limit), tagsAtOnce, tag => look(tag, isOwn));
      return {
        records: looks.flatMap(({ found }) => found),
        unreadable: looks.reduce((sum, { unreadable }) => sum + unreadable, 0),
      };
    },
    put: async (bytes, records, attestation) => {
      const bundle: NewArtifact = {
        artifactType: bundleType,
        blobs: [{ mediaType: bundleType, content: bytes, title: 'bundle.json' }],
      };
      const subject = await registry.pushArtifact(repository, { ...bundle, tag: tagOf(digestOf(bytes)) });
      if (attestation !== undefined) {
        const blobs = [{ mediaType: attestationType, content: Buffer.from(attestation), title: 'attestation.json' }];
        await registry.pushArtifact(repository, { artifactType: attestationType, blobs, subject });
      }
      let last = '';
      for (const record of records) ({ digest: last } = await pushRecord(record, subject));
      const own = records.at(-1);
      const from = own?.rollback?.from?.bundle;
      const left = from === undefined ? undefined : await registry.readArtifact(repository, tagOf(from));
      if (own !== undefined && left !== undefined) await pushRecord(own, left.descriptor);
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

import { mapInParallel, type UserError } from '@suite/foundation';
import {
  chooseEntry,
  type ImageCopy,
  type ImageSource,
  type PlannedImage,
  RegistryFailure,
  type TransferPlan,
  type TransferTotals,
  totalsOf,
} from '@suite/registry';
import { missingPlatforms, readPlatforms } from './platforms.ts';
import type { Connected, OpenRegistry } from './ports.ts';
import type { WantedImage } from './target.ts';

/** An image as its source and the target show it. */
export type Observed =
  | {
      readonly state: 'known';
      readonly image: WantedImage;
      readonly planned: PlannedImage;
      /** Of this image alone. */
      readonly totals: TransferTotals;
      /** Bytes of everything that belongs to it, there or not. */
      readonly wholeBytes: number;
      readonly missingPlatforms: readonly string[];
    }
  /** Its source has no such digest. */
  | {
      readonly state: 'absent';
      readonly image: WantedImage;
      readonly digest: string;
      readonly source: string;
      /** The target has it all the same. */
      readonly isThere: boolean;
    }
  /** Its source does not answer us. */
  | { readonly state: 'unreadable'; readonly image: WantedImage; readonly failure: UserError };

export type Known = Extract<Observed, { state: 'known' }>;

export interface Observation {
  readonly images: readonly Observed[];
  /** Of all that are known, each blob once. */
  readonly plan: TransferPlan;
}

/** An image by its digest, and where its bytes come from. */
export interface OpenImage {
  readonly image: WantedImage;
  readonly source: ImageSource;
  readonly digest: string;
  readonly close: () => Promise<void>;
}

const imagesAtOnce = 4;

/** Opens what an image comes from. A build is made here. */
export async function openImage(
  image: WantedImage,
  registry: OpenRegistry,
  connected: Pick<Connected, 'upstream' | 'source' | 'openLayout'>,
): Promise<OpenImage> {
  const { origin, repository, platforms } = image;
  const close = async () => undefined;
  switch (origin.kind) {
    case 'registry': {
      const { host, repository: from, digest } = origin.source;
      return { image, digest, source: await connected.source(host, from), close };
    }
    case 'upstream': {
      const { upstream } = connected;
      if (upstream === undefined) throw new Error(`${image.name} comes from a registry that is not there.`);
      const { transfers } = upstream.host === registry.host ? registry : upstream;
      return { image, digest: origin.digest, source: transfers.source(origin.repository), close };
    }
    case 'layout': {
      const layout = await connected.openLayout(origin.path);
      try {
        return { image, digest: chooseEntry(layout, origin.reference).digest, source: layout, close: layout.close };
      } catch (error) {
        await layout.close();
        throw error;
      }
    }
    case 'build': {
      const digest = await registry.build({ ...origin.build, repository, platforms });
      return { image, digest, source: registry.transfers.source(repository), close };
    }
  }
}

/**
 * Looks at sources and target; writes nothing. `asks`: which blobs the target is asked for; a plan that people read tells of
 * all of them. Throws UserError for a target that does not answer, and for sources that lie.
 */
export async function observe(
  open: readonly OpenImage[],
  { transfers }: OpenRegistry,
  asks: 'all' | 'large' = 'all',
): Promise<Observation> {
  const found = await mapInParallel(open, imagesAtOnce, async one => ({ one, ...(await lookAt(one)) }));
  const copies = found.flatMap(({ one: { image, source, digest }, state }): ImageCopy[] =>
    state === 'there' ? [{ source, digest, repository: image.repository, tags: image.tags }] : [],
  );
  const plan = await transfers.plan(copies, { asks });
  const images = await mapInParallel(found, imagesAtOnce, async (seen): Promise<Observed> => {
    const { image, digest, source } = seen.one;
    if (seen.state === 'unreadable') return { state: 'unreadable', image, failure: seen.failure };
    const planned = plan.images.find(({ copy }) => copy.source === source && copy.repository === image.repository);
    if (seen.state === 'absent' || planned === undefined) {
      const isThere = (await transfers.find(image.repository, digest)) !== undefined;
      return { state: 'absent', image, digest, source: source.name, isThere };
    }
    return known(image, planned, plan);
  });
  return { images, plan };
}

type Sight = { readonly state: 'there' | 'absent' } | { readonly state: 'unreadable'; readonly failure: UserError };

async function lookAt({ source, digest }: OpenImage): Promise<Sight> {
  try {
    return { state: (await source.manifest(digest)) === undefined ? 'absent' : 'there' };
  } catch (failure) {
    // What cannot be believed is nothing that another look would mend.
    if (failure instanceof RegistryFailure && failure.kind !== 'untrue') return { state: 'unreadable', failure };
    throw failure;
  }
}

async function known(image: WantedImage, planned: PlannedImage, plan: TransferPlan): Promise<Known> {
  const { copy, manifests, root } = planned;
  const digests = new Set(manifests.flatMap(({ manifest }) => manifest.blobs.map(({ digest }) => digest)));
  const blobs = plan.blobs.filter(
    ({ repository, descriptor }) => repository === copy.repository && digests.has(descriptor.digest),
  );
  const sizes = new Map(
    manifests.flatMap(({ manifest }) => manifest.blobs.map(({ digest, size }) => [digest, size] as const)),
  );
  const top = manifests.find(({ manifest }) => manifest.descriptor.digest === root.digest)?.manifest;
  const there = top === undefined || image.platforms.length === 0 ? [] : await readPlatforms(copy.source, top);
  return {
    state: 'known',
    image,
    planned,
    totals: totalsOf({ images: [planned], blobs }),
    wholeBytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    missingPlatforms: missingPlatforms(image.platforms, there),
  };
}

export function knownOf({ images }: Observation): Known[] {
  return images.filter(one => one.state === 'known');
}

/** By name, as they are deployed. */
export function referencesOf(known: readonly Known[], { host }: OpenRegistry): Readonly<Record<string, string>> {
  return Object.fromEntries(
    known.map(({ image, planned }) => [image.name, `${host}/${image.repository}@${planned.root.digest}`]),
  );
}

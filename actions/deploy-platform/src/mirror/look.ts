import { mapInParallel, type Problem } from '@suite/foundation';
import { RegistryFailure } from '@suite/registry';
import type { ImageReference } from './image-reference.ts';
import { mirrorRepository, parseImage } from './image-reference.ts';
import type { Mirror } from './port.ts';

/** An image by its digest, at its origin and in the mirror. */
export interface MirroredImage {
  /** As charts name it: `quay.io/prometheus/prometheus:v3.14.0`. */
  readonly name: string;
  readonly origin: ImageReference;
  readonly digest: string;
  /** In the mirror. */
  readonly repository: string;
  /** Stands for it there, so that no clean-up of untagged images takes it. */
  readonly tag: string;
  readonly isPresent: boolean;
}

/** What is known of the images; those that cannot be had are problems. */
export interface MirrorLook {
  readonly images: ReadonlyMap<string, MirroredImage>;
  readonly problems: ReadonlyMap<string, Problem>;
}

const looksAtOnce = 6;

/**
 * Finds the digest of each image. The mirror is asked first: a tag that it has stays what it was when it came, so that what runs
 * changes with the platform file only. Reads nothing that registries count. Throws RegistryFailure for the mirror alone.
 */
export async function lookAtImages(names: readonly string[], mirror: Mirror): Promise<MirrorLook> {
  const images = new Map<string, MirroredImage>();
  const problems = new Map<string, Problem>();
  await mapInParallel([...new Set(names)], looksAtOnce, async name => {
    const origin = parseImage(name);
    if (origin === undefined || origin.host === mirror.host) return;
    const repository = mirrorRepository(origin.host, origin.repository);
    const reference = origin.digest ?? origin.tag ?? '';
    const there = await mirror.registry?.transfers.head(repository, reference);
    const found = there ?? (await atOrigin(name, origin, reference, repository, mirror));
    if (typeof found !== 'string') {
      problems.set(name, found);
      return;
    }
    const tag = origin.digest === undefined ? reference : `digest-${found.slice('sha256:'.length, 19)}`;
    images.set(name, { name, origin, digest: found, repository, tag, isPresent: there !== undefined });
  });
  return { images, problems };
}

async function atOrigin(
  name: string,
  { host, repository }: ImageReference,
  reference: string,
  target: string,
  mirror: Mirror,
): Promise<string | Problem> {
  const byHand = `with the credentials of an account it can be brought by \`push-acr\`, as \`${target}\` with this tag`;
  try {
    const digest = await mirror.source(host).head(repository, reference);
    return (
      digest ?? {
        message: `There is no image ${name}, which is to be mirrored.`,
        remedy: 'Check the tag that the values of the release name, and whether it was deleted there.',
      }
    );
  } catch (error) {
    if (!(error instanceof RegistryFailure)) throw error;
    const [problem] = error.problems;
    const said = `The image ${name} cannot be mirrored: ${problem?.message ?? error.message}`;
    if (error.kind === 'busy') {
      return {
        message: said,
        remedy: `${problem?.remedy ?? 'Run it again later.'} Anonymous readers share a limit; ${byHand}.`,
      };
    }
    if (error.kind === 'rights') return { message: said, remedy: `Is it there at all? If it is, ${byHand}.` };
    return { message: said, ...(problem?.remedy === undefined ? {} : { remedy: problem.remedy }) };
  }
}

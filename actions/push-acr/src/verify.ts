import { mapInParallel, UserError } from '@suite/foundation';
import { differencesOf } from './differences.ts';
import { knownOf, type OpenImage, observe, referencesOf } from './observe.ts';
import type { OpenRegistry } from './ports.ts';
import type { Findings, Outcome } from './report.ts';
import type { Target, WantedImage } from './target.ts';

const lostBlob = 'layer or configuration';

/** Looks whether the registry really has the images, as their sources have them. `stranded`: whose source is not there. */
export async function verifyImages(
  { upstream }: Target,
  stranded: readonly WantedImage[],
  open: readonly OpenImage[],
  registry: OpenRegistry,
): Promise<Outcome> {
  const warnings: string[] = [];
  const first = await observe(open, registry);
  // What its source does not show is judged by itself.
  const alone = [...first.images.filter(({ state }) => state !== 'known').map(({ image }) => image), ...stranded];
  const own = alone.flatMap((image): OpenImage[] => {
    const { origin } = image;
    const digest =
      origin.kind === 'upstream' ? origin.digest : origin.kind === 'registry' ? origin.source.digest : undefined;
    if (digest === undefined) return [];
    warnings.push(
      `${image.name} could not be compared with ${origin.kind === 'upstream' ? (upstream?.title ?? 'the environment before') : 'its source'}, so signatures that are missing here go unseen.`,
    );
    const source = registry.transfers.source(image.repository);
    return [{ image, source, digest, close: async () => undefined }];
  });
  const second = await observe(own, registry);
  const lost = second.images
    .filter(one => one.state === 'absent')
    .map(({ image, digest }) => ({
      what: `image ${image.repository}`,
      path: '',
      expected: `${digest} in ${registry.host}`,
      actual: 'absent',
    }));
  for (const one of second.images) if (one.state === 'unreadable') throw one.failure;
  const known = [...knownOf(first), ...knownOf(second)];
  const blobs = await mapInParallel([first, second], 1, ({ plan }) => registry.transfers.lost(plan));
  const torn = blobs.flat().map(({ repository, descriptor }) => ({
    what: `image ${repository}`,
    path: lostBlob,
    expected: descriptor.digest,
    actual: 'absent',
  }));
  const differences = [...known.flatMap(one => differencesOf(one, registry.host)), ...lost, ...torn];
  const findings: Findings = { verdict: 'verified', differences, warnings, images: referencesOf(known, registry) };
  if (differences.length === 0) return { findings };
  const problems = differences.map(({ what, path, expected, actual }) => ({
    message: `${what}: ${path === '' ? '' : `${path} `}should be ${expected}, and is ${actual}.`,
    // A push takes an image for whole whose manifest is there.
    ...(path === lostBlob ? { remedy: 'Delete the image there, and push or promote it again.' } : {}),
  }));
  return { findings: { ...findings, verdict: 'mismatch' }, error: new UserError(problems) };
}

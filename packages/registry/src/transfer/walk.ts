import { mapInParallel } from '@suite/foundation';
import type { Content } from '../artifact.ts';
import type { Descriptor } from '../descriptor.ts';
import { RegistryFailure } from '../failure.ts';
import { nameOf } from '../names.ts';
import { type Manifest, readManifest } from './manifest.ts';
import type { ImageCopy, ImageSource } from './source.ts';

export interface PlannedManifest {
  readonly manifest: Manifest;
  /** The target has it, and so everything that it needs. */
  readonly isPresent: boolean;
  readonly role: 'image' | 'referrer';
}

export interface PlannedTag {
  readonly tag: string;
  readonly digest: string;
  /** What it stands for now. */
  readonly before?: string;
  /** `grows`: a signature tag whose layers are all kept, as when a signature was added. */
  readonly state: 'new' | 'same' | 'grows' | 'moves';
}

export interface WalkedImage {
  readonly root: Descriptor;
  readonly manifests: readonly PlannedManifest[];
  readonly tags: readonly PlannedTag[];
}

/** The repository that is copied to. */
export interface TargetManifests {
  /** By digest or tag; undefined when it is not there. */
  read(reference: string): Promise<Content | undefined>;
}

const readsAtOnce = 4;
/** More than any image has; a walk has to end. */
const mostManifests = 10_000;

/**
 * Finds everything that belongs to an image: the manifests of an index, what refers to each of them by the referrers API or
 * its fall-back tag, what refers to those, and signatures under tags made of the digest. Writes nothing.
 */
export async function walkImage(copy: ImageCopy, target: TargetManifests): Promise<WalkedImage> {
  const { source, digest, tags } = copy;
  const found = new Map<string, PlannedManifest>();
  const seen = new Set<string>();
  const signatureTags = new Map<string, string>();
  const [firstTag] = tags;
  // One request for two questions: where the tag stands, and whether the image is there.
  const tagged = firstTag === undefined ? undefined : await target.read(firstTag);
  const rootThere = tagged?.descriptor.digest === digest ? tagged : undefined;

  /** `read`: what the source gave already. */
  const visit = async (
    wanted: Pick<Descriptor, 'digest'> & Partial<Descriptor>,
    role: PlannedManifest['role'],
    read?: Manifest,
  ) => {
    const { digest: own, size } = wanted;
    if (seen.has(own)) return;
    seen.add(own);
    if (seen.size > mostManifests)
      throw failure(`${source.name} has more than ${mostManifests} manifests for one image.`);
    // Where the first tag is new, so is the image nearly always: its blobs are asked for one by one anyway.
    const isAnswered = own === digest && firstTag !== undefined && (tagged === undefined || rootThere !== undefined);
    const there = isAnswered ? rootThere : await target.read(own);
    const manifest = read ?? parse(source, there ?? (await demandManifest(source, own)), size);
    found.set(own, { manifest, isPresent: there !== undefined, role });
    await mapInParallel(manifest.children, readsAtOnce, child => visit(child, role));
    await visitReferrers(manifest);
  };

  const visitReferrers = async ({ descriptor }: Manifest) => {
    const names = new Set(await source.tags());
    const fallback = descriptor.digest.replace(':', '-');
    const listed = new Set(await source.referrers(descriptor.digest));
    if (names.has(fallback)) for (const one of await readFallback(source, fallback)) listed.add(one);
    await mapInParallel([...listed].sort(), readsAtOnce, async one => {
      if (seen.has(one)) return;
      const content = await source.manifest(one);
      const manifest = content === undefined ? undefined : parse(source, content);
      // The list is only somebody's word: what refers to it says so itself.
      if (manifest?.subject?.digest === descriptor.digest) await visit({ digest: one }, 'referrer', manifest);
    });
    for (const kind of signatureKinds) {
      const tag = `${fallback}.${kind}`;
      if (!names.has(tag)) continue;
      const content = await source.manifest(tag);
      if (content === undefined) continue;
      signatureTags.set(tag, content.descriptor.digest);
      await visit({ digest: content.descriptor.digest }, 'referrer', parse(source, content));
    }
  };

  await visit({ digest }, 'image');
  const planned = await mapInParallel(tags, readsAtOnce, async (tag): Promise<PlannedTag> => {
    const before = tag === firstTag ? tagged : await target.read(tag);
    return planTag(tag, digest, before);
  });
  const signatures = await mapInParallel([...signatureTags].sort(), readsAtOnce, async ([tag, to]) => {
    const before = await target.read(tag);
    const plan = planTag(tag, to, before);
    if (plan.state !== 'moves' || before === undefined) return plan;
    const [own, theirs] = [layersOf(found.get(to)?.manifest), layersOf(readManifest(before))];
    if (own === undefined || theirs === undefined) return plan;
    // Somebody has signed it once more in the target: all that the source has is there.
    if (isWithin(own, theirs)) return { ...plan, digest: before.descriptor.digest, state: 'same' as const };
    return isWithin(theirs, own) ? { ...plan, state: 'grows' as const } : plan;
  });
  const root = found.get(digest)?.manifest.descriptor;
  if (root === undefined) throw new Error(`The walk of ${digest} lost its root.`);
  return { root, manifests: inOrder(digest, found), tags: [...signatures, ...planned] };
}

/** Tags of cosign before it used referrers (sigstore/cosign specs/SIGNATURE_SPEC.md). */
const signatureKinds = ['sig', 'att', 'sbom'] as const;

function planTag(tag: string, digest: string, before: Content | undefined): PlannedTag {
  if (before === undefined) return { tag, digest, state: 'new' };
  const was = before.descriptor.digest;
  return { tag, digest, before: was, state: was === digest ? 'same' : 'moves' };
}

function isWithin(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  return [...some].every(one => all.has(one));
}

/** Digests of the layers, each of them a signature; undefined for what is no manifest. */
function layersOf(manifest: Manifest | string | undefined): ReadonlySet<string> | undefined {
  if (manifest === undefined || typeof manifest === 'string') return undefined;
  const { layers = [] } = JSON.parse(new TextDecoder().decode(manifest.bytes)) as { layers?: { digest: string }[] };
  return new Set(layers.map(({ digest }) => digest));
}

/** The fall-back tag is an index of what refers to the digest (OCI distribution specification, "Referrers Tag Schema"). */
async function readFallback(source: ImageSource, tag: string): Promise<readonly string[]> {
  const content = await source.manifest(tag);
  if (content === undefined) return [];
  const manifest = parse(source, content);
  return manifest.kind === 'index' ? manifest.children.map(({ digest }) => digest) : [];
}

async function demandManifest(source: ImageSource, digest: string): Promise<Content> {
  const found = await source.manifest(digest);
  if (found !== undefined) return found;
  throw failure(
    `${source.name} has no manifest ${digest}.`,
    'Push the image again as a whole; a part of it may have been deleted there.',
  );
}

function parse(source: ImageSource, content: Content, told?: number): Manifest {
  const { digest, size } = content.descriptor;
  const manifest = readManifest(content);
  if (typeof manifest === 'string') throw failure(`${source.name} has ${nameOf('the manifest', digest)}: ${manifest}.`);
  if (told === undefined || told === size) return manifest;
  throw failure(`${source.name} gives ${digest} the size ${told} in an index, and it has ${size} bytes.`);
}

function failure(message: string, remedy = 'Nothing of it was used. Look who made this image.'): RegistryFailure {
  return new RegistryFailure('untrue', { message, remedy });
}

/** Children before their index, the image before what refers to it; the same order in every run. */
function inOrder(root: string, found: ReadonlyMap<string, PlannedManifest>): readonly PlannedManifest[] {
  const ordered = new Map<string, PlannedManifest>();
  const place = (digest: string) => {
    const planned = found.get(digest);
    if (planned === undefined || ordered.has(digest)) return;
    for (const child of planned.manifest.children) place(child.digest);
    ordered.set(digest, planned);
  };
  place(root);
  for (const digest of [...found.keys()].sort()) {
    const subject = found.get(digest)?.manifest.subject?.digest;
    if (subject !== undefined) place(subject);
    place(digest);
  }
  return [...ordered.values()];
}

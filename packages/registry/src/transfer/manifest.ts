import { asArray, asObject, isObject, parseJson } from '@suite/foundation';
import type { Content } from '../artifact.ts';
import { type Descriptor, imageIndex, imageManifest, readDescriptor } from '../descriptor.ts';

const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';
export const dockerIndex = 'application/vnd.docker.distribution.manifest.list.v2+json';

/** Everything that we can copy; registries convert or refuse what is not asked for. */
export const manifestTypes: readonly string[] = [imageIndex, imageManifest, dockerIndex, dockerManifest];

/** ACR's limit (Microsoft Learn, "Azure Container Registry service tiers"). */
export const largestManifest = 4 * 1024 * 1024;

/** A manifest as it came, and what it needs to be there. */
export interface Manifest extends Content {
  readonly kind: 'image' | 'index';
  /** Config and layers, each once. */
  readonly blobs: readonly Descriptor[];
  /** Manifests of an index, each once. */
  readonly children: readonly Descriptor[];
  readonly subject?: Descriptor;
  /** Layers that no registry has to hold: Windows' own, fetched from elsewhere. They stay where they are. */
  readonly foreign: readonly Descriptor[];
}

/** Reads a manifest; a text says why it is none that can be copied. */
export function readManifest({ descriptor, bytes }: Content): Manifest | string {
  const { mediaType } = descriptor;
  if (!manifestTypes.includes(mediaType)) return `its media type ${mediaType} is none that can be copied`;
  const manifest = parseJson(new TextDecoder().decode(bytes));
  if (!isObject(manifest) || manifest['schemaVersion'] !== 2) return 'it is no manifest of schema version 2';
  const own = manifest['mediaType'];
  if (own !== undefined && own !== mediaType) return `it calls itself ${String(own)} and came as ${mediaType}`;
  const kind = mediaType === imageIndex || mediaType === dockerIndex ? 'index' : 'image';
  const entries =
    kind === 'index' ? asArray(manifest['manifests']) : [manifest['config'], ...asArray(manifest['layers'])];
  const named: Descriptor[] = [];
  for (const entry of entries) {
    const found = readDescriptor(entry);
    if (found === undefined) return 'what it names is no descriptor with a SHA-256 digest';
    named.push(found);
  }
  const subject = readDescriptor(manifest['subject']);
  if (subject === undefined && manifest['subject'] !== undefined) return 'its subject is no descriptor';
  const all = each(named);
  if (all === undefined) return 'it gives two sizes for one digest';
  // Caches of builds are indexes of layers.
  const isChild = (one: Descriptor) => kind === 'index' && manifestTypes.includes(one.mediaType);
  const isForeign = (one: Descriptor) => kind === 'image' && foreignTypes.test(one.mediaType);
  const unknown = all.find(one => kind === 'index' && /manifest|index/.test(one.mediaType) && !isChild(one));
  if (unknown !== undefined)
    return `it names a manifest of the type ${unknown.mediaType}, which is none that can be copied`;
  return {
    descriptor,
    bytes,
    kind,
    blobs: all.filter(one => !isChild(one) && !isForeign(one)),
    children: all.filter(isChild),
    foreign: all.filter(isForeign),
    ...(subject === undefined ? {} : { subject }),
  };
}

/** OCI image specification, "Non-Distributable Layers"; Docker's image manifest V2.2, "foreign". */
const foreignTypes = /\.(?:nondistributable|foreign)\./;

/** Each once; undefined when one digest has two sizes. */
function each(all: readonly Descriptor[]): readonly Descriptor[] | undefined {
  const known = new Map<string, Descriptor>();
  for (const one of all) {
    const before = known.get(one.digest);
    if (before !== undefined && before.size !== one.size) return undefined;
    if (before === undefined) known.set(one.digest, one);
  }
  return [...known.values()];
}

/** What an index says a manifest is for, e.g. `linux/arm64`; undefined where it does not say. */
export function platformsOf(bytes: Uint8Array): readonly string[] {
  const entries = asArray(asObject(parseJson(new TextDecoder().decode(bytes)))['manifests']);
  return entries.flatMap(entry => {
    const { os, architecture, variant } = asObject(asObject(entry)['platform']);
    const parts = [os, architecture, variant].filter(part => typeof part === 'string' && part !== '');
    return parts.length < 2 || os === 'unknown' ? [] : [parts.join('/')];
  });
}

import { asArray, asNumber, asObject, asString, isObject, parseJson } from '@suite/foundation';
import { refusals } from './errors.ts';

/** Points at content by its digest (OCI image specification, "Content Descriptors"). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

export const mediaTypes = {
  image: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  dockerImage: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  empty: 'application/vnd.oci.empty.v1+json',
} as const;

const images: readonly string[] = [mediaTypes.image, mediaTypes.dockerImage];
const indexes: readonly string[] = [mediaTypes.index, mediaTypes.dockerIndex];

/** What a registry has to know of a manifest; the bytes stay as they came. */
export interface ManifestFacts {
  readonly mediaType: string;
  /** As the referrers API shows it: the manifest's own, or the config's media type. */
  readonly artifactType?: string;
  /** Config and layers. */
  readonly blobs: readonly Descriptor[];
  /** Manifests of an index. */
  readonly children: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations: Readonly<Record<string, string>>;
}

export const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** Reads a manifest as pushed with `contentType`; throws MANIFEST_INVALID. */
export function readManifest(content: Buffer, contentType: string): ManifestFacts {
  const manifest = parseJson(content.toString('utf8'));
  if (!isObject(manifest) || manifest['schemaVersion'] !== 2) throw refusals.manifestInvalid('no manifest of schema 2');
  const mediaType = contentType.split(';')[0]?.trim() ?? '';
  const own = asString(manifest['mediaType']);
  if (own !== undefined && own !== mediaType) {
    throw refusals.manifestInvalid(`its media type is ${own}, not ${mediaType}`);
  }
  const isImage = images.includes(mediaType);
  if (!isImage && !indexes.includes(mediaType)) throw refusals.manifestInvalid(`media type ${mediaType}`);
  const config = isImage ? readDescriptor(manifest['config'], 'config') : undefined;
  const artifactType = asString(manifest['artifactType']) ?? config?.mediaType;
  const subject = manifest['subject'] === undefined ? undefined : readDescriptor(manifest['subject'], 'subject');
  return {
    mediaType,
    ...(artifactType === undefined ? {} : { artifactType }),
    blobs:
      config === undefined
        ? []
        : [config, ...asArray(manifest['layers']).map(layer => readDescriptor(layer, 'layers'))],
    children: isImage ? [] : asArray(manifest['manifests']).map(child => readDescriptor(child, 'manifests')),
    ...(subject === undefined ? {} : { subject }),
    annotations: Object.fromEntries(
      Object.entries(asObject(manifest['annotations'])).map(([key, value]) => [key, String(value)]),
    ),
  };
}

function readDescriptor(value: unknown, where: string): Descriptor {
  const fields = asObject(value);
  const [mediaType, digest, size] = [asString(fields['mediaType']), asString(fields['digest']), fields['size']];
  const bytes = asNumber(size);
  if (mediaType === undefined || digest === undefined || bytes === undefined || !digestPattern.test(digest)) {
    throw refusals.manifestInvalid(`${where} holds no descriptor`);
  }
  return { mediaType, digest, size: bytes };
}

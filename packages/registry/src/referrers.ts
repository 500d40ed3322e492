import { asArray, asObject, asString, isObject, parseJson } from '@suite/foundation';
import { type Descriptor, emptyType, imageIndex, readAnnotations, readDescriptor } from './descriptor.ts';

/** What refers to a manifest, as the registry lists it: read the artifact to know that it does. */
export interface Referrer {
  readonly descriptor: Descriptor;
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A listed referrer; without a type where the registry does not tell it. */
export type ListedReferrer = Omit<Referrer, 'artifactType'> & { readonly artifactType: string | undefined };

/** Reads one page of the referrers API; a text says why it is none. */
export function readReferrers(bytes: Uint8Array): readonly ListedReferrer[] | string {
  const index = parseJson(new TextDecoder().decode(bytes));
  if (!isObject(index) || index['schemaVersion'] !== 2) return 'it is no index of schema version 2';
  const mediaType = index['mediaType'];
  if (mediaType !== undefined && mediaType !== imageIndex) return `it calls itself ${String(mediaType)}`;
  if (!Array.isArray(index['manifests'])) return 'it has no manifests';
  const listed: ListedReferrer[] = [];
  for (const entry of asArray(index['manifests'])) {
    const descriptor = readDescriptor(entry);
    if (descriptor === undefined) return 'one of its manifests is no descriptor';
    const fields = asObject(entry);
    const type = asString(fields['artifactType']);
    listed.push({
      descriptor,
      // Registries leave the type out (Azure/acr#784), or tell that of the config, which says nothing where it is empty.
      artifactType: type === '' || type === emptyType ? undefined : type,
      annotations: readAnnotations(fields['annotations']),
    });
  }
  return listed;
}

/** Address of the next page, from `Link` (RFC 8288). Undefined on the last one. */
export function nextLink(link: string | null): string | undefined {
  return /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '')?.[1];
}

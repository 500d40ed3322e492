import type { Merged } from './layers.ts';
import type { ImageReference, PlatformImage } from './resolved.ts';
import { sourcePattern } from './schema/images.ts';

/** Undefined for what is no `registry/repository@sha256:…`. */
export function parseImageReference(text: string): ImageReference | undefined {
  const { host, repository, digest } = sourcePattern.exec(text)?.groups ?? {};
  if (host === undefined || repository === undefined || digest === undefined) return undefined;
  return { host: host.toLowerCase(), repository, digest };
}

/** Nothing for what has no source, which is refused when the file is read. */
export function resolveImages({ images = {} }: Merged): PlatformImage[] {
  return Object.entries(images).flatMap(([name, said]): PlatformImage[] => {
    const source = said === false ? undefined : parseImageReference(said.source ?? '');
    if (said === false || source === undefined) return [];
    return [
      {
        name,
        source,
        repository: said.repository ?? name,
        tags: said.tags ?? [],
        platforms: said.platforms ?? [],
        setting: `images.${name}`,
      },
    ];
  });
}

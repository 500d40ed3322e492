import type { JsonObject } from '@suite/foundation';
import type { Release } from '../release.ts';
import { merge } from '../releases/values.ts';
import type { RenderedRelease } from '../render.ts';
import type { MirrorLook } from './look.ts';
import type { ImagePlace } from './place.ts';
import { matchPlaces, type Pointer, pointValues } from './point-values.ts';
import { renderedImages } from './rendered-images.ts';

/** Images of a release at the places in its values. */
export interface PlacedImages {
  readonly rendered: RenderedRelease;
  readonly places: ReadonlyMap<ImagePlace, string>;
}

/** What is to be mirrored: images whose place in the values is known. */
export function placeImages(rendered: readonly RenderedRelease[]): readonly PlacedImages[] {
  return rendered.map(one => ({
    rendered: one,
    places: matchPlaces(one.release.images ?? [], renderedImages(one), one.release.values),
  }));
}

/** Values that point to the mirror, by release; none for a release that names nothing of it. */
export function pointReleases(
  placed: readonly PlacedImages[],
  { images }: MirrorLook,
  host: string,
): ReadonlyMap<string, JsonObject> {
  const all = placed.map(({ rendered: { release }, places }) => {
    const pointers = new Map<ImagePlace, Pointer>();
    for (const [place, name] of places) {
      const image = images.get(name);
      if (image === undefined) continue;
      const { repository, digest, origin } = image;
      pointers.set(place, { host, repository, digest, tag: origin.tag });
    }
    return [release.name, pointers.size === 0 ? {} : pointValues(pointers, release.values)] as const;
  });
  return new Map(all.filter(([, values]) => Object.keys(values).length > 0));
}

/** The release with these values over its own, and of the chart that was found. */
export function pointed({ release, chart }: RenderedRelease, over: JsonObject | undefined): Release {
  const source = release.chart.kind === 'folder' ? release.chart : { ...release.chart, digest: chart.digest };
  return { ...release, chart: source, values: merge(release.values, over ?? {}) };
}

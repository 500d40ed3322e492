import type { JsonObject } from '@suite/foundation';
import type { EnvironmentScope } from '@suite/platform-file';
import type { Helm } from '../ports.ts';
import type { Release } from '../release.ts';
import { type Capabilities, type RenderedRelease, renderReleases } from '../render.ts';
import { locateCharts } from './charts.ts';
import { lookAtImages } from './look.ts';
import { type MirrorPlan, planMirror } from './plan.ts';
import { placeImages, pointed, pointReleases } from './point.ts';
import type { Mirror } from './port.ts';
import { pulling } from './pulling.ts';

export type { MirrorPlan } from './plan.ts';

export interface MirroredReleases {
  /** With values that point to the mirror. */
  readonly rendered: readonly RenderedRelease[];
  /** What lies over the values of each release for that, by its name. */
  readonly over: ReadonlyMap<string, JsonObject>;
  readonly plan: MirrorPlan;
}

/**
 * Renders releases twice: as they are, to see which images they name, and with values that point to the environment's registry by
 * digest, to see that no others are left. Writes nothing.
 */
export async function renderMirrored(
  releases: readonly Release[],
  capabilities: Capabilities,
  helm: Pick<Helm, 'pull' | 'render'>,
  installed: ReadonlySet<string>,
  { mirror, view, isApply }: { readonly mirror: Mirror; readonly view: EnvironmentScope; readonly isApply: boolean },
): Promise<MirroredReleases> {
  const charts = await locateCharts(releases, mirror);
  const mirroring = pulling(helm, charts);
  const first = await renderReleases(releases, capabilities, mirroring, installed);
  const placed = placeImages(first);
  const wanted = placed.flatMap(({ places }) => [...places.values()]);
  const look = await lookAtImages(wanted, mirror);
  const over = pointReleases(placed, look, mirror.host);
  const rendered =
    over.size === 0
      ? first
      : await renderReleases(
          first.map(one => pointed(one, over.get(one.release.name))),
          capabilities,
          mirroring,
          installed,
        );
  const images = [...look.images.values()];
  const plan = planMirror({ mirror, images, problems: look.problems, charts, rendered, view, isApply });
  return { rendered, over, plan };
}

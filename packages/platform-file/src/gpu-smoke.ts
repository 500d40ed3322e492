import { defaults } from './defaults.ts';
import type { Merged } from './layers.ts';
import type { Cluster, GpuSmoke } from './resolved.ts';

/** Only who asks for it pays for it; without a GPU pool there is nothing to ask for, which is refused when the file is read. */
export function resolveGpuSmoke(merged: Merged, { pools }: Pick<Cluster, 'pools'>): GpuSmoke | undefined {
  const said = merged['gpu-smoke'] ?? false;
  if (said === false || pools.gpu === undefined) return undefined;
  const {
    level = defaults.gpuSmoke.level,
    image,
    'fail-on': failOn = defaults.gpuSmoke.failOn,
  } = said === true ? {} : said;
  return { level, image, failOn };
}

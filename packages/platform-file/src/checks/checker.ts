import type { Problem } from '@suite/foundation';
import { hasSetting, layerPaths, type Merged, mergeLayers } from '../layers.ts';
import type { Platform } from '../platform.ts';
import type { Path } from '../position.ts';
import { resolveEnvironment } from '../resolve.ts';
import type { Soundness } from '../salvage.ts';

/** An environment in one region, and how to complain about it. Settings are paths inside of an environment. */
export interface Checker {
  readonly view: ReturnType<typeof resolveEnvironment>;
  /** As people wrote it, before anything is filled in or left out. */
  readonly merged: Merged;
  /**
   * Reports a problem at the place that decides the setting: region, environment, defaults, or else the environment. Says
   * nothing about a setting that a person got wrong already.
   */
  report(setting: Path, message: string, remedy: string): void;
  isSound(setting: Path): boolean;
  /** The layer that decides the setting, or undefined where it is a default of ours. */
  saidBy(setting: Path): 'region' | 'environment' | 'defaults' | undefined;
}

export function checkerFor(
  { source, document }: Platform,
  soundness: Soundness,
  environment: string,
  region: string,
  problems: Problem[],
): Checker {
  const isSound = (setting: Path) => soundness.isSound(environment, setting);
  const layerOf = (setting: Path) => {
    const paths = layerPaths(environment, region, setting);
    const index = paths.findIndex(path => hasSetting(source, path));
    return { path: paths[index], name: (['region', 'environment', 'defaults'] as const)[index] };
  };
  return {
    view: resolveEnvironment(source, environment, region),
    merged: mergeLayers(source, environment, region),
    isSound,
    saidBy: setting => layerOf(setting).name,
    report: (setting, message, remedy) => {
      if (!isSound(setting)) return;
      const { path } = layerOf(setting);
      const location =
        path === undefined ? document.locate(['environments', environment], 'key') : document.locate(path);
      problems.push({ message, location, remedy });
    },
  };
}

import { isObject, type JsonObject } from '@suite/foundation';
import type { Path } from './position.ts';
import type { ApplicationsSource } from './schema/applications.ts';
import type { ApplicationChartSource } from './schema/charts.ts';
import type { ImageSource } from './schema/images.ts';
import type { ExistingSource, LayerSource, NamesSource, PlatformSource } from './schema.ts';

/** One environment in one region as people wrote it, all layers laid over one another. */
export interface Merged extends LayerSource {
  readonly existing?: ExistingSource | undefined;
  readonly names?: NamesSource | undefined;
  /** Those of the whole platform below all others. */
  readonly images?: Readonly<Record<string, ImageSource | false>> | undefined;
  readonly charts?: Readonly<Record<string, ApplicationChartSource | false>> | undefined;
  readonly applications?: ApplicationsSource | false | undefined;
  /** Of an environment or of all, but of no region: it is about all of them. */
  readonly rollout?: PlatformSource['environments'][string]['rollout'];
}

/** Later layers win. Blocks are merged; everything else, lists and `false` included, replaces what was there. */
export function mergeLayers(source: PlatformSource, environment: string, region: string): Merged {
  const {
    subscription: _s,
    location: _l,
    regions,
    production: _p,
    allow: _a,
    gate: _g,
    domain: _d,
    ...layer
  } = entry(source, environment);
  const { images, charts, applications } = source;
  const whole = {
    ...(images === undefined ? {} : { images }),
    ...(charts === undefined ? {} : { charts }),
    ...(applications === undefined ? {} : { applications }),
  };
  const layers = [whole, source.defaults ?? {}, layer, regions?.[region] ?? {}];
  return layers.reduce<JsonObject>((below, above) => merge(below, above, []), {}) as Merged;
}

export function entry(source: PlatformSource, environment: string): PlatformSource['environments'][string] {
  const found = source.environments[environment];
  if (found === undefined) throw new TypeError(`no environment ${environment}`);
  return found;
}

function merge(below: JsonObject, above: JsonObject, at: Path): JsonObject {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    if (value === undefined) continue;
    const under = merged[key];
    const path = [...at, key];
    if (isObject(under) && isObject(value)) merged[key] = merge(under, value, path);
    // Switching on what has settings already keeps them; inside of a chart's values `true` is a value like others.
    else if (!(isObject(under) && value === true) || isInValues(path)) merged[key] = value;
  }
  return merged;
}

/** `releases.<name>.values.…` */
function isInValues([top, , inside, ...rest]: Path): boolean {
  return top === 'releases' && inside === 'values' && rest.length > 0;
}

/** The places where a setting of an environment may stand, the one that wins first. */
export function layerPaths(environment: string, region: string, setting: Path): Path[] {
  return [
    ['environments', environment, 'regions', region, ...setting],
    ['environments', environment, ...setting],
    // What all environments run stands at the top, because it is the platform's and no setting of it.
    isOfPlatform(setting) ? setting : ['defaults', ...setting],
  ];
}

/** Images, charts and applications: of the whole platform, until an environment or region says what is different there. */
export function isOfPlatform([top]: Path): boolean {
  return top === 'images' || top === 'charts' || top === 'applications';
}

/** Whether something stands at the path, `false` included. */
export function hasSetting(value: unknown, path: Path): boolean {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return false;
    current = (current as Readonly<Record<string | number, unknown>>)[step];
  }
  return current !== undefined;
}

import { asObject, isObject } from '@suite/foundation';
import { isOfPlatform } from './layers.ts';
import { editYaml, parseYaml } from './yaml/index.ts';

/** A chart as environments of a platform file run it. */
export interface ChartPlace {
  /** `releases.cert-manager`, and of an application `charts.redis` */
  readonly setting: string;
  readonly environments: readonly string[];
}

/**
 * The platform file with another version of a chart for these environments: where it names one for them by now, and where it names one for
 * all (under `defaults:`, or at the top what is the platform's) where it does not. Nothing else of the text changes. Throws NotEditable.
 */
export function pinChart(
  text: string,
  { setting, environments }: ChartPlace,
  { version, digest }: { readonly version: string; readonly digest: string },
): string {
  const steps = setting.split('.');
  const source = parseYaml(text)?.[0]?.toJS({ maxAliasCount: 100 }) as unknown;
  const places = environments.flatMap(environment => placesOf(source, environment, steps));
  const distinct = new Map(places.map(place => [JSON.stringify(place), place]));
  return editYaml(
    text,
    [...distinct.values()].map(path => ({ kind: 'merge', document: 0, path, entries: { version, digest } })),
  );
}

function placesOf(source: unknown, environment: string, steps: readonly string[]): string[][] {
  const own = ['environments', environment];
  const regions = Object.keys(asObject(asObject(at(source, own))['regions'])).map(region => [
    ...own,
    'regions',
    region,
  ]);
  const named = [own, ...regions].map(layer => [...layer, ...steps]).filter(path => namesVersion(source, path));
  return named.length > 0 ? named : [isOfPlatform(steps) ? [...steps] : ['defaults', ...steps]];
}

function namesVersion(source: unknown, path: readonly string[]): boolean {
  return typeof asObject(at(source, path))['version'] === 'string';
}

function at(source: unknown, path: readonly string[]): unknown {
  return path.reduce(
    (value, step) => (isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined),
    source,
  );
}

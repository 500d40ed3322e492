import { isObject, type Json } from '@suite/foundation';
import { evaluate } from '../expressions/evaluate.ts';

/** One combination of a matrix. */
export interface Configuration {
  readonly values: Readonly<Record<string, Json>>;
  /** What GitHub puts in brackets behind the job's name. */
  readonly segments: readonly string[];
}

type Values = Record<string, Json>;

/** GitHub's figure and, below, its words (adafruit/circuitpython#11324); what `exclude` takes out does not count. */
const mostConfigurations = 256;
/** No `exclude` is expected to bring more than these below the limit, so they are not even made. */
const mostCombinations = 4_096;

/**
 * Expands the `strategy.matrix` of a job as actions/runner does (src/Sdk/WorkflowParser/Conversion/MatrixBuilder.cs). Throws for
 * one that is wrong or too large.
 */
export function expandMatrix(matrix: Json, jobId: string): readonly Configuration[] {
  if (!isObject(matrix)) throw new Error('The matrix must be a mapping.');
  const { include, exclude, ...vectors } = matrix as { readonly [key: string]: Json };
  const includes = mappingsOf(include, 'include');
  const excludes = mappingsOf(exclude, 'exclude');
  const names = Object.keys(vectors);
  if (names.length === 0 && includes.length === 0) throw new Error('Matrix must define at least one vector');

  const refuseAbove = (limit: number, quantity: number) => {
    if (quantity <= limit) return;
    throw new Error(
      `Strategy for job '${jobId}' produced ${quantity} configurations which exceeds the maximum of ${mostConfigurations} configurations`,
    );
  };
  const lists = listsOf(vectors);
  refuseAbove(
    mostCombinations,
    lists.reduce((size, [, values]) => size * values.length, 1),
  );
  const matched = new Set<Values>();
  const configurations: Configuration[] = [];
  for (const values of product(lists)) {
    if (excludes.some(filter => matches(filter, values))) continue;
    const extra: Values = {};
    for (const item of includes) {
      const [filter, rest] = split(item, names);
      // Only a vector's own values decide: what an earlier include added can be overwritten.
      if (!matches(filter, values)) continue;
      matched.add(item);
      Object.assign(extra, rest);
    }
    configurations.push({ values: { ...values, ...extra }, segments: segmentsOf(values) });
  }
  const unmatched = includes.filter(item => !matched.has(item));
  for (const item of unmatched) {
    const [filter, rest] = split(item, names);
    const values = { ...filter, ...rest };
    configurations.push({ values, segments: segmentsOf(values) });
  }
  refuseAbove(mostConfigurations, configurations.length);
  return configurations;
}

function mappingsOf(value: Json | undefined, name: string): Values[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Error(`The matrix's ${name} must be a list.`);
  return value.map((item: Json) => {
    if (!isObject(item)) throw new Error(`The matrix's ${name} must be a list of mappings.`);
    return item as Values;
  });
}

type Vector = readonly [name: string, values: readonly Json[]];

function listsOf(vectors: Readonly<Record<string, Json>>): readonly Vector[] {
  return Object.entries(vectors).map(([name, vector]) => {
    if (!Array.isArray(vector)) throw new Error(`Matrix vector '${name}' must be a list.`);
    if (vector.length === 0) throw new Error(`Matrix vector '${name}' does not contain any values`);
    return [name, vector];
  });
}

function product(vectors: readonly Vector[]): Values[] {
  if (vectors.length === 0) return [];
  return vectors.reduce<Values[]>(
    (combinations, [name, vector]) =>
      combinations.flatMap(values => vector.map(value => ({ ...values, [name]: value }))),
    [{}],
  );
}

function split(item: Values, names: readonly string[]): [filter: Values, extra: Values] {
  const entries = Object.entries(item);
  const isFilter = ([name]: [string, Json]) => names.includes(name);
  return [Object.fromEntries(entries.filter(isFilter)), Object.fromEntries(entries.filter(entry => !isFilter(entry)))];
}

/** Every leaf of the filter equals the one at its place, by GitHub's `==`. */
function matches(filter: Json, value: Json | undefined): boolean {
  if (Array.isArray(filter)) {
    return filter.every((item: Json, index) => matches(item, Array.isArray(value) ? value[index] : undefined));
  }
  if (isObject(filter)) {
    return Object.entries(filter).every(([key, item]) =>
      matches(item as Json, isObject(value) ? (value[key] as Json | undefined) : undefined),
    );
  }
  return (
    evaluate('matrix.left == matrix.right', { contexts: { matrix: { left: filter, right: value ?? null } } }) === true
  );
}

function segmentsOf(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(segmentsOf);
  if (isObject(value)) return Object.values(value).flatMap(item => segmentsOf(item as Json));
  return value === null || value === '' ? [] : [String(value)];
}

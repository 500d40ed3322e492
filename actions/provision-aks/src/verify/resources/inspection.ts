import { asObject, isObject, type JsonObject, mapInParallel, type Problem, UserError } from '@suite/foundation';
import type { FindResource } from '../../unrecorded.ts';
import { type Check, check } from '../check.ts';
import { type Difference, difference } from '../compare.ts';
import { type Match, type Seen, same } from '../match.ts';
import type { Located } from './names.ts';

/** One resource as the resource manager has it, and what it has to be. */
export interface Inspection extends Located {
  /** What a person calls it, e.g. `Registry` or `Subnet snet-dmz`. */
  readonly what: string;
  readonly checks: readonly Check<JsonObject>[];
  /** It must not be there. */
  readonly unwanted?: true;
  /** What is known only from its body: resources that it refers to, or that have to agree with it. */
  readonly next?: (body: JsonObject) => readonly Inspection[];
}

export function inspect(
  what: string,
  { id, apiVersion }: Located,
  checks: readonly Check<JsonObject>[],
  next?: Inspection['next'],
): Inspection {
  return { what, id, apiVersion, checks, ...(next === undefined ? {} : { next }) };
}

/** It must not be there. */
export function unwanted(what: string, { id, apiVersion }: Located): Inspection {
  return { what, id, apiVersion, checks: [], unwanted: true };
}

/**
 * One property, by its path below `properties` (but `sku`, `kind` and `identity`). What is missing in it is undefined, and so is
 * what verification has no use for.
 */
export function property(
  what: string,
  path: string,
  expected: Exclude<Seen, undefined>,
  match: Match = same,
): Check<JsonObject> {
  return check(what, path, expected, body => asSeen(read(body, path)), match);
}

/** The same, worked out of the body. */
export function derived(
  what: string,
  path: string,
  expected: Exclude<Seen, undefined>,
  from: (properties: JsonObject) => Seen,
  match: Match = same,
): Check<JsonObject> {
  return check(what, path, expected, body => from(asObject(body['properties'])), match);
}

const topLevel: ReadonlySet<string> = new Set(['sku', 'kind', 'identity']);

export function read(body: JsonObject, path: string): unknown {
  const steps = path.split('.');
  const root: unknown = topLevel.has(steps[0] ?? '') ? body : body['properties'];
  return steps.reduce<unknown>((value, step) => asObject(value)[step], root);
}

export function asSeen(value: unknown): Seen {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return isTexts(value) ? value : undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}

/** Few enough to stay far below ARM's limits for reads. */
const parallel = 8;

/** What is not as it should be, in the order of the inspections; and what could not be looked at. */
export interface Inspected {
  readonly differences: readonly Difference[];
  readonly problems: readonly Problem[];
}

/** Looks at everything, whatever fails in between. */
export async function inspectAll(inspections: readonly Inspection[], find: FindResource): Promise<Inspected> {
  const differences: Difference[] = [];
  const problems = new Map<string, Problem>();
  for (let level = inspections; level.length > 0; ) {
    const answers = await mapInParallel(level, parallel, inspection => answerTo(inspection, find));
    const next: Inspection[] = [];
    for (const [index, inspection] of level.entries()) {
      const answer = answers[index] ?? {};
      for (const problem of answer.problems ?? []) problems.set(problem.message, problem);
      if (answer.problems !== undefined) continue;
      differences.push(...differencesOf(inspection, answer.body));
      if (answer.body !== undefined) next.push(...(inspection.next?.(answer.body) ?? []));
    }
    level = next;
  }
  return { differences, problems: [...problems.values()] };
}

interface Answer {
  readonly body?: JsonObject;
  readonly problems?: readonly Problem[];
}

async function answerTo({ id, apiVersion }: Inspection, find: FindResource): Promise<Answer> {
  try {
    const body = await find(id, apiVersion);
    return isObject(body) ? { body } : {};
  } catch (error) {
    // What may not be read hides no other difference.
    if (error instanceof UserError) return { problems: error.problems };
    throw error;
  }
}

function differencesOf(inspection: Inspection, body: JsonObject | undefined): Difference[] {
  const { what, id, checks } = inspection;
  if (inspection.unwanted) return body === undefined ? [] : [{ what, path: '', expected: undefined, actual: id }];
  if (body === undefined) return [{ what, path: '', expected: id, actual: undefined }];
  const place = placeOf(id);
  return checks
    .flatMap(single => difference(single, body))
    .map(found => ({ ...found, what: partOf(what, found), path: `${place}.${found.path}` }));
}

/** Names of the differences that it can find. */
export function namesOfInspection({ what, checks }: Inspection): string[] {
  return [what, ...checks.map(single => partOf(what, single))];
}

const partOf = (what: string, part: Pick<Difference, 'what'>) => `${what}: ${part.what}`;

/** `registries[crcontoso]` for the id of a registry, `registries[crcontoso].replications` for the list of its replications. */
function placeOf(id: string): string {
  const segments = id.split('/');
  const types = segments.slice(segments.map(segment => segment.toLowerCase()).lastIndexOf('providers') + 2);
  const list = types.length % 2 === 1 ? types.pop() : undefined;
  const [type = '', name = ''] = types.slice(-2);
  return list === undefined ? `${type}[${name}]` : `${type}[${name}].${list}`;
}

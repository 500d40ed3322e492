import type { AttributeChange, Value } from '@suite/change-report';
import { asArray, asObject, canonicalJson, isObject, shorten } from '@suite/foundation';
import { describePath, isSet, type Leaf, step } from './leaves.ts';
import { own, type PlanJson } from './plan-json.ts';

/** Turns values of a plan into what may be shown. */
export interface Mask {
  /** `sensitive`: what the plan's own marks say. */
  show(value: unknown, sensitive: boolean): Value;
  attribute(leaf: Leaf): AttributeChange;
  /** A text of the plan for a sentence or a name; `instead` when it gives a secret away. */
  text(text: string, instead: string): string;
}

const longestText = 500;
const longestPath = 200;
// Shorter ones are words such as "u" that stand everywhere; to hide them hides the report and protects nothing.
const shortestSecret = 4;
// Of these a part of a longer text is a secret, too (a connection string with a password).
const shortestPart = 8;

/**
 * The plan marks where a sensitive value stands, but the provider may repeat it where nothing is marked (a connection
 * string, an unmarked attribute, a message). So all marked values are collected first, and what equals one is hidden
 * wherever it stands; those of variables and outputs also as a part of something longer.
 */
export function createMask(plan: PlanJson): Mask {
  const secrets = new Set<string>();
  const parts = new Set<string>();
  const add = (value: string) => {
    if (value.length >= shortestSecret) secrets.add(value);
  };
  const addPart = (value: string) => {
    add(value);
    if (value.length >= shortestPart) parts.add(value);
  };
  for (const { before, beforeSensitive, after, afterSensitive } of [...plan.changes, ...plan.drift]) {
    collect(before, beforeSensitive, add);
    collect(after, afterSensitive, add);
  }
  for (const { before, beforeSensitive, after, afterSensitive } of plan.outputs) {
    collect(before, beforeSensitive, addPart);
    collect(after, afterSensitive, addPart);
  }
  const prior = asObject(asObject(plan.root['prior_state'])['values']);
  for (const values of [prior, asObject(plan.root['planned_values'])]) {
    collectModule(values['root_module'], add);
    for (const output of Object.values(asObject(values['outputs'])))
      if (own(output, 'sensitive') === true) collect(own(output, 'value'), true, addPart);
  }
  const declared = asObject(asObject(asObject(plan.root['configuration'])['root_module'])['variables']);
  for (const [name, value] of Object.entries(plan.variables))
    if (asObject(own(declared, name))['sensitive'] === true) collect(value, true, addPart);

  const holdsPart = createSearch(parts);
  const givesAway = (text: string) => secrets.has(text) || holdsPart(text);

  const show = (value: unknown, sensitive: boolean): Value => {
    if (!isSet(value)) return { is: 'absent' };
    if (sensitive || holdsSecret(value)) return { is: 'sensitive' };
    return { is: 'shown', text: shorten(typeof value === 'string' ? value : compact(value), longestText) };
  };
  const holdsSecret = (value: unknown): boolean => {
    if (typeof value === 'string') return givesAway(value);
    if (Array.isArray(value)) return value.some(holdsSecret);
    return isObject(value) && Object.entries(value).some(([key, inner]) => givesAway(key) || holdsSecret(inner));
  };
  const text = (given: string, instead: string) => (givesAway(given) ? instead : given);
  return {
    show,
    text,
    attribute: leaf => ({
      path: leaf.shortPath.some(segment => typeof segment === 'string' && givesAway(segment))
        ? '(sensitive)'
        : shorten(describePath(leaf.shortPath), longestPath),
      before: show(leaf.before, leaf.beforeSensitive || (leaf.afterSensitive && isSet(leaf.before))),
      after: leaf.unknown ? { is: 'unknown' } : show(leaf.after, leaf.afterSensitive || leaf.beforeSensitive),
    }),
  };
}

/** Finds any of many words, of which none is shorter than `shortestPart`, in time that does not grow with their number. */
function createSearch(words: ReadonlySet<string>): (text: string) => boolean {
  const byBeginning = new Map<string, string[]>();
  for (const word of words) {
    const beginning = word.slice(0, shortestPart);
    const same = byBeginning.get(beginning);
    if (same === undefined) byBeginning.set(beginning, [word]);
    else same.push(word);
  }
  return text => {
    if (byBeginning.size === 0) return false;
    for (let at = 0; at + shortestPart <= text.length; at++) {
      const candidates = byBeginning.get(text.slice(at, at + shortestPart));
      if (candidates?.some(word => text.startsWith(word, at))) return true;
    }
    return false;
  };
}

function compact(value: unknown): string {
  return Array.isArray(value) || isObject(value) ? canonicalJson(value) : String(value);
}

/** Every text below a mark. */
function collect(value: unknown, marks: unknown, add: (secret: string) => void): void {
  if (typeof marks !== 'object' && marks !== true) return;
  if (typeof value === 'string') {
    if (marks === true) add(value);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, step(marks, index), add);
  } else if (isObject(value)) {
    for (const key of marks === true ? Object.keys(value) : Object.keys(marks ?? {}))
      collect(own(value, key), step(marks, key), add);
  }
}

function collectModule(module: unknown, add: (secret: string) => void): void {
  for (const resource of asArray(own(module, 'resources'))) {
    collect(own(resource, 'values'), own(resource, 'sensitive_values'), add);
  }
  for (const child of asArray(own(module, 'child_modules'))) collectModule(child, add);
}

import { asObject, isObject } from '@suite/foundation';
import { child, holdsMark, isMarked } from './differences.ts';
import type { PlanDocument } from './document.ts';

/** Shorter ones are words such as `dev`, which would hide half of every plan and no secret. */
const leastLength = 8;

/** The secrets of a plan, to recognise them where nobody marked them. */
export interface Secrets {
  /** Whether a text is one of them or holds one that a person declared sensitive. */
  includes(text: string): boolean;
}

/**
 * Marks follow a value through a configuration, but not through a provider: what went in as a sensitive variable may come
 * back from Azure unmarked, in another attribute or inside a longer text.
 */
export function collectSecrets(document: PlanDocument): Secrets {
  const declared = new Set<string>();
  const marked = new Set<string>();
  for (const name of sensitiveVariables(document)) collect(document.variables[name], true, declared);
  for (const output of document.outputs) {
    collect(output.before, output.sensitiveBefore, declared);
    collect(output.after, output.sensitiveAfter, declared);
  }
  for (const change of [...(document.changes ?? []), ...document.drift]) {
    collect(change.before, change.sensitiveBefore, marked);
    collect(change.after, change.sensitiveAfter, marked);
  }
  const holdsDeclared = createSearch(declared);
  return { includes: text => marked.has(text) || holdsDeclared(text) };
}

/** Names of the root variables that are declared sensitive. */
export function sensitiveVariables({
  rootModule,
  variables,
}: Pick<PlanDocument, 'rootModule' | 'variables'>): string[] {
  const declarations = asObject(rootModule['variables']);
  return Object.keys(variables)
    .filter(name => asObject(declarations[name])['sensitive'] === true)
    .sort();
}

function collect(value: unknown, marks: unknown, into: Set<string>): void {
  if (!holdsMark(marks)) return;
  if (typeof value === 'string') {
    if (isMarked(marks) && value.length >= leastLength) into.add(value);
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => {
      collect(item, child(marks, index), into);
    });
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) collect(value[key], child(marks, key), into);
  }
}

/** Finds any of many words in a text in time that does not grow with their number: by their first letters. */
function createSearch(words: ReadonlySet<string>): (text: string) => boolean {
  const byBeginning = new Map<string, string[]>();
  for (const word of words) {
    const beginning = word.slice(0, leastLength);
    const same = byBeginning.get(beginning);
    if (same === undefined) byBeginning.set(beginning, [word]);
    else same.push(word);
  }
  if (byBeginning.size === 0) return () => false;
  return text => {
    for (let at = 0; at + leastLength <= text.length; at++) {
      const candidates = byBeginning.get(text.slice(at, at + leastLength));
      if (candidates?.some(word => text.startsWith(word, at))) return true;
    }
    return false;
  };
}

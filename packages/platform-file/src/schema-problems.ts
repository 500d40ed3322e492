import { nearest, type Problem } from '@suite/foundation';
import type { z } from 'zod';
import { whyElsewhere } from './elsewhere.ts';
import { whyOutdated } from './outdated.ts';
import type { Path, Positioned } from './position.ts';
import { keysAt, schemaAt } from './schema-lookup.ts';
import { quote, showPath } from './wording.ts';

/** One difference between a document and its schema. */
export interface Difference {
  /** What is wrong; for an unknown key, the key. */
  readonly path: Path;
  readonly kind: 'value' | 'missing' | 'unknown-key' | 'wrong-key';
  /** The known key that was probably meant. */
  readonly meant?: string;
  readonly problem: Problem;
}

type Issue = z.core.$ZodIssue;

/** Everything in which a document differs from a schema, each at its place. */
export function describeIssues(issues: readonly Issue[], document: Positioned, schema: z.ZodType): Difference[] {
  return issues.flatMap(issue => describeIssue(issue, [], { document, schema }));
}

interface Context {
  readonly document: Positioned;
  readonly schema: z.ZodType;
}

function describeIssue(issue: Issue, around: Path, context: Context): Difference[] {
  const { document, schema } = context;
  const path = [...around, ...issue.path.map(step => (typeof step === 'symbol' ? String(step) : step))];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key => unknownKey([...path, key], keysAt(schema, path), document));
    case 'invalid_union':
      return meantAlternative(issue.errors).flatMap(inner => describeIssue(inner, path, context));
    case 'invalid_key':
      return [
        {
          path,
          kind: 'wrong-key',
          problem: {
            message: `${quote(String(path.at(-1)))} cannot be a name in ${quote(showPath(path.slice(0, -1)))}.`,
            location: document.locate(path, 'key'),
            remedy: issue.issues[0]?.message ?? '',
          },
        },
      ];
    default: {
      const present = valueAt(document.value, path);
      const name = path.length === 0 ? 'The file' : quote(showPath(path));
      const location = document.locate(path);
      if (present === undefined) {
        const problem = { message: `${name} is missing.`, location, remedy: issue.message };
        return [{ path, kind: 'missing', problem }];
      }
      const message = `${name} is ${describeValue(present, document.written(path))}.`;
      return [
        { path, kind: 'value', problem: { message, location, remedy: remedyFor(issue, path, present, context) } },
      ];
    }
  }
}

function unknownKey(path: Path, known: readonly string[], document: Positioned): Difference {
  const key = String(path.at(-1));
  const meant = nearest(key, known);
  const hint = meant === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean \`${meant}\`?`;
  return {
    path,
    kind: 'unknown-key',
    ...(meant === undefined ? {} : { meant }),
    problem: {
      message: `Unknown key ${quote(showPath(path))}.`,
      location: document.locate(path, 'key'),
      remedy: whyOutdated(key) ?? whyElsewhere(path) ?? hint,
    },
  };
}

/** The alternative that a person meant: the one that does not object to the value as a whole; else the last, which names them all. */
function meantAlternative(alternatives: readonly (readonly Issue[])[]): readonly Issue[] {
  const inside = alternatives.find(issues =>
    issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  return inside ?? alternatives.at(-1) ?? [];
}

/** A number or word of YAML where a text was expected is right once it stands in quotes. */
function remedyFor(issue: Issue, path: Path, present: unknown, { document, schema }: Context): string {
  const written = document.written(path);
  if ((typeof present === 'number' || typeof present === 'boolean') && written !== undefined) {
    const quoted = schemaAt(schema, path)?.safeParse(written).success;
    if (quoted === true) return `Put it in quotes: "${written}".`;
  }
  if (typeof present !== 'string') return issue.message;
  const words = issue.code === 'invalid_value' ? issue.values.filter(value => typeof value === 'string') : [];
  // Any digit is one edit away from any other one.
  const meant = present.length > 2 ? nearest(present, words) : undefined;
  return whyOutdated(present) ?? (meant === undefined ? issue.message : `Did you mean \`${meant}\`?`);
}

function describeValue(value: unknown, written: string | undefined): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a block';
  if (typeof value !== 'string') return quote(written ?? String(value));
  if (value.trim() === '') return 'an empty text';
  // Without a word, `version: "1"` would be told that 1 is expected where it is.
  return /^(?:[-+]?\d+(?:\.\d+)?|true|false|null|~)$/.test(value) ? `the text ${quote(value)}` : quote(value);
}

function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Readonly<Record<string | number, unknown>>)[step];
  }
  return current;
}

import { type Location, nearest, type Problem, UserError } from '@suite/foundation';
import { type Document, isAlias, isMap, isScalar, LineCounter, type Node, parseAllDocuments, visit } from 'yaml';
import type { z } from 'zod';

/** Keys and indices from the top of a document. */
export type Path = readonly (string | number)[];

/** A YAML file with the place of everything in it. */
export interface Positioned {
  readonly path: string;
  readonly value: unknown;
  /** Where the value at `path` stands, or the innermost thing around it that is there. */
  locate(path: Path, of?: 'key' | 'value'): Extract<Location, { kind: 'file' }>;
}

const largest = 1024 * 1024;

/** Reads one YAML document. Throws a UserError with every problem of its text and its position. */
export function readDocument(content: string | Uint8Array, path: string): Positioned {
  const text = decode(content, path);
  const lines = new LineCounter();
  const documents = parse(text, lines, path);
  const at = (offset: number): Extract<Location, { kind: 'file' }> => {
    const { line, col } = lines.linePos(Math.max(0, Math.min(offset, text.length)));
    return { kind: 'file', path, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const [document, second] = documents;
  if (document === undefined) throw new UserError({ message: 'The file is empty.', location: at(0) });
  const problems: Problem[] = document.errors.map(error => ({
    message: firstLine(error.message),
    location: at(error.pos[0]),
  }));
  if (second !== undefined) {
    problems.push({
      message: 'Only one document per file is read.',
      location: at(second.range?.[0] ?? 0),
      remedy: 'Remove the line `---`.',
    });
  }
  problems.push(...findForbidden(document, at));
  if (problems.length > 0) throw new UserError(problems);
  return {
    path,
    value: toPlain(document, at),
    locate: (wanted, of = 'value') => at(findOffset(document, wanted, of)),
  };
}

function decode(content: string | Uint8Array, path: string): string {
  const start = { kind: 'file', path, line: 1, column: 1 } as const;
  if (content.length > largest) {
    throw new UserError({
      message: `The file has ${content.length} bytes; at most ${largest} are read.`,
      location: start,
    });
  }
  if (typeof content === 'string') return content.replace(/^\ufeff/, '');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw new UserError(
      { message: 'The file is not UTF-8 text.', location: start, remedy: 'Save it as UTF-8.' },
      { cause },
    );
  }
}

function parse(text: string, lines: LineCounter, path: string): Document.Parsed[] {
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      strict: true,
      uniqueKeys: true,
      version: '1.2',
      merge: false,
      logLevel: 'silent',
    });
    return 'empty' in documents ? [] : documents;
  } catch (cause) {
    throw new UserError(
      { message: 'The file cannot be read as YAML.', location: { kind: 'file', path, line: 1, column: 1 } },
      { cause },
    );
  }
}

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** Aliases can make a small file enormous, tags can make anything of a text, and some keys are not data in JavaScript. */
function findForbidden(document: Document.Parsed, at: (offset: number) => Location): Problem[] {
  const problems: Problem[] = [];
  const refuse = (node: unknown, message: string, remedy: string) =>
    problems.push({ message, location: at((node as Node).range?.[0] ?? 0), remedy });
  visit(document, {
    Alias: (_key, node) => {
      refuse(node, 'Aliases are not read.', 'Write the value out, or put it under `defaults:`.');
    },
    Pair: (_key, pair) => {
      if (isAlias(pair.key)) return;
      if (!isScalar(pair.key) || typeof pair.key.value !== 'string') {
        // Numbers and dates as keys are read as text where a name is expected, so only structures are refused.
        if (!isScalar(pair.key)) refuse(pair.key ?? document.contents, 'A key has to be a plain word.', 'Quote it.');
        return;
      }
      if (pair.key.value === '<<')
        refuse(pair.key, 'Merge keys are not read.', 'Put what is common under `defaults:`.');
      if (forbiddenKeys.has(pair.key.value)) refuse(pair.key, `\`${pair.key.value}\` is not a key.`, 'Remove it.');
    },
  });
  return problems;
}

function toPlain(document: Document.Parsed, at: (offset: number) => Location): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    throw new UserError({ message: 'The file cannot be read as YAML.', location: at(0) }, { cause });
  }
}

function findOffset(document: Document.Parsed, path: Path, of: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = (document.contents as Node | null)?.range?.[0] ?? 0;
  for (const [index, step] of path.entries()) {
    const last = index === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) return offset;
      const key = pair.key as Node;
      const value = pair.value as Node | null;
      const empty = value === null || value.range === undefined || value.range === null;
      offset = (last && of === 'key') || empty || !last ? (key.range?.[0] ?? offset) : (value.range?.[0] ?? offset);
      node = pair.value;
    } else {
      const items = (node as { items?: readonly unknown[] } | null)?.items;
      const item = items?.[Number(step)];
      if (item === undefined) return offset;
      offset = (item as Node).range?.[0] ?? offset;
      node = item;
    }
  }
  return offset;
}

function firstLine(message: string): string {
  const line = message.split('\n')[0]?.trim() ?? '';
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

/** Checks a document against a schema. Throws a UserError with every difference, each at its place. */
export function checkDocument<T>(document: Positioned, schema: z.ZodType<T>): T {
  const result = schema.safeParse(document.value);
  if (result.success) return result.data;
  throw new UserError(result.error.issues.flatMap(issue => describeIssue(issue, [], document, schema)));
}

type Issue = z.core.$ZodIssue;

function describeIssue(issue: Issue, prefix: Path, document: Positioned, schema: z.ZodType): Problem[] {
  const path = [...prefix, ...issue.path.map(step => (typeof step === 'symbol' ? String(step) : step))];
  const shown = path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map(key => {
      const near = nearest(key, known);
      const hint = near === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean \`${near}\`?`;
      return {
        message: `Unknown key \`${[...path, key].join('.')}\`.`,
        location: document.locate([...path, key], 'key'),
        remedy: hint,
      };
    });
  }
  if (issue.code === 'invalid_union') {
    const branch = closestBranch(issue.errors);
    if (branch !== undefined) return branch.flatMap(inner => describeIssue(inner, path, document, schema));
    // Neither alternative: the last one of each union says what both expect.
    const expected = issue.errors.at(-1)?.[0];
    if (expected !== undefined) return describeIssue(expected, path, document, schema);
  }
  if (issue.code === 'invalid_key') {
    return [
      {
        message: `\`${path.at(-1)}\` cannot be used as a name in \`${path.slice(0, -1).join('.')}\`.`,
        location: document.locate(path, 'key'),
        remedy: issue.issues[0]?.message ?? '',
      },
    ];
  }
  const present = valueAt(document.value, path);
  if (present === undefined) {
    return [
      {
        message: shown === '' ? 'The file is empty.' : `\`${shown}\` is missing.`,
        location: document.locate(path),
        remedy: sentence(issue.message),
      },
    ];
  }
  const place = shown === '' ? 'The file' : `\`${shown}\``;
  return [
    {
      message: `${place} is ${describeValue(present)}.`,
      location: document.locate(path),
      remedy: sentence(issue.message),
    },
  ];
}

function sentence(message: string): string {
  if (!message.startsWith('Invalid input')) return message;
  if (/expected (?:object|record)/.test(message)) return 'Expected a block of keys.';
  return message
    .replace('Invalid input: expected ', 'Expected ')
    .replace(/, received .*$/, '')
    .concat('.');
}

/** Of a union's alternatives the one that was meant: the one whose complaint is not about the value as a whole. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find(branch => branch.every(issue => issue.path.length > 0 || issue.code === 'unrecognized_keys'));
}

function describeValue(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a block';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `\`${text.length > 80 ? `${text.slice(0, 80).toWellFormed()}…` : text}\``;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Record<string | number, unknown>)[step]
        : undefined,
    value,
  );
}

/** The keys that the schema knows at a path. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let current: unknown = schema;
  for (const step of path) current = into(current, step);
  const shape = shapeOf(current);
  return shape === undefined ? [] : Object.keys(shape);
}

interface Definition {
  readonly type: string;
  readonly innerType?: unknown;
  readonly options?: readonly unknown[];
  readonly shape?: Record<string, unknown>;
  readonly valueType?: unknown;
  readonly element?: unknown;
}

function definition(schema: unknown): Definition | undefined {
  return (schema as { def?: Definition } | undefined)?.def;
}

function unwrap(schema: unknown): unknown {
  const def = definition(schema);
  if (def?.innerType !== undefined) return unwrap(def.innerType);
  if (def?.options !== undefined)
    return def.options.map(unwrap).find(option => definition(option)?.type === 'object') ?? schema;
  return schema;
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  return definition(unwrap(schema))?.shape;
}

function into(schema: unknown, step: string | number): unknown {
  const def = definition(unwrap(schema));
  return def?.shape?.[step] ?? def?.valueType ?? def?.element;
}

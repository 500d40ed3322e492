import { type Location, type Problem, UserError } from '@suite/foundation';
import { Composer, type CST, type Document, isMap, isScalar, isSeq, LineCounter, type Node, Parser } from 'yaml';
import { readNode } from './plain.ts';
import { decodeText } from './text.ts';
import { inOrder } from './wording.ts';

/** Keys and indices from the top of a document. */
export type Path = readonly (string | number)[];

export type FileLocation = Extract<Location, { kind: 'file' }>;

/** A YAML file with the place of everything in it. */
export interface Positioned {
  readonly path: string;
  readonly value: unknown;
  /** Where the value at `path` stands (or its key), or the innermost thing around it that is there. */
  locate(path: Path, of?: 'key' | 'value'): FileLocation;
  /** A number or word as it is written, before YAML makes `1.3` of `1.30`. */
  written(path: Path): string | undefined;
}

/** A document that could be read, and what was wrong with it all the same. */
export interface Reading {
  readonly document: Positioned;
  readonly problems: readonly Problem[];
}

/** Reads one YAML document. Throws a UserError with positions when its text has no certain meaning. */
export function readDocument(content: string | Uint8Array, path: string): Reading {
  const text = decodeText(content, path);
  const lines = new LineCounter();
  const at = (offset: number): FileLocation => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { kind: 'file', path, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const [document, second] = compose(text, lines, at);
  if (document?.contents == null) throw new UserError({ message: 'The file is empty.', location: at(0) });
  if (document.errors.length > 0) throw new UserError(inOrder(document.errors.map(error => syntaxProblem(error, at))));
  const problems: Problem[] = [];
  if (second !== undefined) {
    problems.push({
      message: 'Only one document per file is read.',
      location: at(second.range[0]),
      remedy: 'Remove the line `---`.',
    });
  }
  if (document.directives.yaml.explicit === true) {
    problems.push({
      message: 'The version of YAML cannot be chosen.',
      location: at(Math.max(0, text.search(/^%YAML/m))),
      remedy: 'Remove the line `%YAML`.',
    });
  }
  const { value, readable, ...reading } = readNode(document.contents, at);
  problems.push(...reading.problems);
  if (!readable || document.directives.yaml.explicit === true) throw new UserError(inOrder(problems));
  return {
    document: {
      path,
      value,
      locate: (wanted, of = 'value') => at(findNode(document, wanted, of).offset),
      written: wanted => {
        const { node, found } = findNode(document, wanted, 'value');
        return found && isScalar(node) ? node.source : undefined;
      },
    },
    problems,
  };
}

// The composer recurses; a platform file has eight levels.
const deepest = 50;

function compose(text: string, lines: LineCounter, at: (offset: number) => FileLocation): Document.Parsed[] {
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const offset = findTooDeep(tokens);
  if (offset !== undefined) {
    throw new UserError({ message: `The file has more than ${deepest} levels here.`, location: at(offset) });
  }
  // Duplicate keys are found by readNode: the composer compares each key with every other one.
  return [
    ...new Composer({ version: '1.2', uniqueKeys: false, logLevel: 'silent' }).compose(tokens, false, text.length),
  ];
}

function findTooDeep(tokens: readonly CST.Token[]): number | undefined {
  const open: { token: CST.Token | null | undefined; depth: number }[] = tokens.map(token => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (token == null) continue;
    if (depth > deepest) return token.offset;
    if (token.type === 'document') open.push({ token: token.value, depth: depth + 1 });
    if (!('items' in token)) continue;
    for (const item of token.items) {
      open.push({ token: item.key, depth: depth + 1 }, { token: item.value, depth: depth + 1 });
    }
  }
  return undefined;
}

const remedies: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Check the indentation.',
  BLOCK_AS_IMPLICIT_KEY: 'Check the indentation; a text with `: ` in it needs quotes.',
  MULTILINE_IMPLICIT_KEY: 'Check the indentation, and that every key has its colon.',
  BAD_SCALAR_START: 'Put the text in quotes.',
};

function syntaxProblem(error: Document.Parsed['errors'][number], at: (offset: number) => FileLocation): Problem {
  const message = error.message.split('\n', 1)[0]?.trim() ?? '';
  const remedy = remedies[error.code];
  return {
    message: /[.!?]$/.test(message) ? message : `${message}.`,
    location: at(error.pos[0]),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

interface Found {
  readonly node: unknown;
  readonly offset: number;
  /** False for the innermost thing around what was asked for. */
  readonly found: boolean;
}

function findNode({ contents }: Document.Parsed, path: Path, of: 'key' | 'value'): Found {
  let node: unknown = contents;
  let offset = start(contents) ?? 0;
  for (const [index, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (pair === undefined) return { node, offset, found: false };
      const wantsValue = index === path.length - 1 && of === 'value';
      offset = (wantsValue ? start(pair.value) : undefined) ?? start(pair.key) ?? offset;
      node = pair.value;
    } else {
      const item = isSeq(node) ? node.items[Number(step)] : undefined;
      if (item === undefined) return { node, offset, found: false };
      offset = start(item) ?? offset;
      node = item;
    }
  }
  return { node, offset, found: true };
}

/** Undefined for a value that is not written at all (`key:`): its range is empty. */
function start(node: unknown): number | undefined {
  const range = (node as Node | null)?.range;
  return range == null || range[0] === range[1] ? undefined : range[0];
}

import { type Problem, printable, UserError } from '@suite/foundation';
import { Composer, type CST, type Document, isMap, isScalar, isSeq, type Node, Parser, visit } from 'yaml';
import { indexLines } from './lines.ts';
import { readNode } from './plain.ts';
import type { FileLocation, Path, Positioned } from './position.ts';
import { decodeText } from './text.ts';
import { inOrder } from './wording.ts';

/** A document that could be read, and what was wrong with it all the same. */
export interface Reading {
  readonly document: Positioned;
  readonly problems: readonly Problem[];
}

/** Reads one YAML document. Throws a UserError with positions when its text has no certain meaning. */
export function readDocument(content: string | Uint8Array, path: string): Reading {
  const text = decodeText(content, path);
  const position = indexLines(text);
  const at = (offset: number): FileLocation => ({ kind: 'file', path, ...position(offset) });
  const [document, second] = compose(text, at);
  if (document?.contents == null) {
    const remedy = text.trim() === '' ? {} : { remedy: 'Everything in it is a comment; lines end with a line feed.' };
    throw new UserError({ message: 'The file is empty.', location: at(0), ...remedy });
  }
  if (document.errors.length > 0) throw new UserError(inOrder(syntaxProblems(document, at)));
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
  const find = finder(document);
  const { value, readable, ...reading } = readNode(document.contents, at);
  problems.push(...reading.problems);
  if (!readable || document.directives.yaml.explicit === true) throw new UserError(inOrder(problems));
  return {
    document: {
      path,
      value,
      locate: (wanted, of = 'value') => at(find(wanted, of).offset),
      written: wanted => {
        const { node, found } = find(wanted, 'value');
        return found && isScalar(node) ? node.source : undefined;
      },
    },
    problems,
  };
}

// The composer recurses; a platform file has eight levels.
const deepest = 50;

function compose(text: string, at: (offset: number) => FileLocation): Document.Parsed[] {
  const tokens = [...new Parser().parse(text)];
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

function syntaxProblems(document: Document.Parsed, at: (offset: number) => FileLocation): Problem[] {
  const tab = document.errors.findIndex(({ code }) => code === 'TAB_AS_INDENT');
  // After a tab the indentation of innocent lines seems wrong as well.
  const errors = document.errors.filter(({ code }, index) => tab === -1 || index < tab || code === 'TAB_AS_INDENT');
  return errors.map(error => {
    const quote = error.code === 'MISSING_CHAR' ? openQuote(document, error.pos[0]) : undefined;
    if (quote !== undefined) return { message: 'This quote is not closed.', location: at(quote), remedy: 'Close it.' };
    const message = printable(error.message.split('\n', 1)[0]?.trim() ?? '');
    const remedy = remedies[error.code];
    return {
      message: /[.!?]$/.test(message) ? message : `${message}.`,
      location: at(error.pos[0]),
      ...(remedy === undefined ? {} : { remedy }),
    };
  });
}

/** YAML complains where the text ends; a person looks for where it began. */
function openQuote(document: Document.Parsed, end: number): number | undefined {
  let found: number | undefined;
  visit(document, {
    Scalar: (_key, { type, range }) => {
      if (!type?.startsWith('QUOTE') || range == null || range[0] >= end || end > range[2]) return undefined;
      found = range[0];
      return visit.BREAK;
    },
  });
  return found;
}

interface Found {
  readonly node: unknown;
  readonly offset: number;
  /** False for the innermost thing around what was asked for. */
  readonly found: boolean;
}

/** Finds nodes in time that does not depend on how many keys a block has. */
function finder({ contents }: Document.Parsed): (path: Path, of: 'key' | 'value') => Found {
  const pairs = new WeakMap<object, Map<unknown, { readonly key: unknown; readonly value: unknown }>>();
  return (path, of) => {
    let node: unknown = contents;
    let offset = start(contents) ?? 0;
    for (const [index, step] of path.entries()) {
      if (isMap(node)) {
        let known = pairs.get(node);
        if (known === undefined) {
          // Of two equal keys the first one counts, as when the file is read.
          known = new Map(node.items.toReversed().map(pair => [isScalar(pair.key) ? pair.key.value : undefined, pair]));
          pairs.set(node, known);
        }
        const pair = known.get(step);
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
  };
}

/** Undefined for a value that is not written at all (`key:`): its range is empty. */
function start(node: unknown): number | undefined {
  const range = (node as Node | null)?.range;
  return range == null || range[0] === range[1] ? undefined : range[0];
}

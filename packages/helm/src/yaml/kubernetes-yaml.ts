import { type Json, UserError } from '@suite/foundation';
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { readBlockYaml } from './block-yaml.ts';
import { readFlowYaml } from './flow-yaml.ts';
import { resolvePlain, resolveTagged, type ScalarValue } from './scalar.ts';

/** Far above any chart, and far below what aliases of aliases could grow to. */
const nodeLimit = 500_000;

/**
 * One YAML document as Kubernetes reads it: YAML 1.1 as in `scalar.ts`, the last of equal keys counts, keys are text, `<<` takes
 * effect where it stands. Throws a UserError that names the line, counted from 1 in `text`.
 */
export function parseKubernetesYaml(text: string): Json {
  const simple = readBlockYaml(text, readInline);
  return simple === undefined ? parseFully(text) : simple;
}

/** A value in brackets on one line; undefined when it is none, or goes on in the next. */
function readInline(value: string): Json | undefined {
  try {
    return readFlowYaml(value) ?? parseFully(value);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The same with the full parser at once. */
export function parseFully(text: string): Json {
  const document = parseDocument(text, {
    // With the failsafe schema nothing is resolved yet: every scalar is the text that stands there.
    schema: 'failsafe',
    version: '1.1',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    resolveKnownTags: false,
  });
  const [error] = document.errors;
  if (error !== undefined) throw notYaml(text, error.pos[0], error.message.replace(/\.$/, ''));
  return createReader(text)(document.contents);
}

function createReader(text: string): (node: ParsedNode | Node | null) => Json {
  let count = 0;
  // An alias means the anchor that stands nearest before it.
  const anchors = new Map<string, Node>();
  const open = new Set<Node>();

  const read = (node: Node | null): Json => {
    if (node === null) return null;
    if (++count > nodeLimit) throw notYaml(text, 0, `it has more than ${nodeLimit} values, counting aliases`);
    if (isAlias(node)) return follow(node);
    if ('anchor' in node && node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isScalar(node)) return readScalar(node);
    if (isSeq(node)) return node.items.map(item => read(item as Node | null));
    if (isMap(node)) return readMap(node);
    throw new Error('An unknown kind of YAML node.');
  };

  const readScalar = (node: Scalar): ScalarValue => {
    const source = String(node.value ?? '');
    return at(node, () => {
      if (node.tag !== undefined) return resolveTagged(node.tag, source);
      return node.type === 'PLAIN' ? resolvePlain(source) : source;
    });
  };

  const readMap = (node: YAMLMap): Json => {
    const result = new Map<string, Json>();
    for (const { key, value } of node.items) {
      if (isScalar(key) && key.type === 'PLAIN' && key.tag === undefined && key.value === '<<') {
        for (const [name, merged] of mergedEntries(value as Node | null)) result.set(name, merged);
      } else result.set(readKey(key as Node | null), read(value as Node | null));
    }
    return Object.fromEntries(result);
  };

  const readKey = (key: Node | null): string => {
    const value = read(key);
    if (value === null || typeof value === 'object') throw notYaml(text, key?.range?.[0] ?? 0, 'a key has to be text');
    return String(value);
  };

  /** Of several merged maps the first one counts. */
  const mergedEntries = (node: Node | null): (readonly [string, Json])[] => {
    const value = read(node);
    const maps: readonly Json[] = Array.isArray(value) ? value.toReversed() : [value];
    return maps.flatMap(map => {
      if (map === null || typeof map !== 'object' || Array.isArray(map)) {
        throw notYaml(text, node?.range?.[0] ?? 0, '`<<` takes maps only');
      }
      return Object.entries(map as { readonly [key: string]: Json });
    });
  };

  const follow = (alias: Alias): Json => {
    const target = anchors.get(alias.source);
    if (target === undefined || open.has(target)) {
      throw notYaml(text, alias.range?.[0] ?? 0, `the alias \`*${alias.source}\` leads nowhere`);
    }
    open.add(target);
    try {
      return read(target);
    } finally {
      open.delete(target);
    }
  };

  const at = <T>(node: Node, act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw notYaml(text, node.range?.[0] ?? 0, error instanceof Error ? error.message : String(error));
    }
  };

  return node => read(node as Node | null);
}

function notYaml(text: string, offset: number, reason: string): UserError {
  const line = text.slice(0, offset).split('\n').length;
  return new UserError({ message: `line ${line}: ${reason}${/[.!?]$/.test(reason) ? '' : '.'}` });
}

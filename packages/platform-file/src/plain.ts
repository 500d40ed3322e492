import type { Location, Problem } from '@suite/foundation';
import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { quote } from './wording.ts';

/** What a node says in plain values. */
export interface PlainReading {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** False when something stands in the file that could mean anything. */
  readonly readable: boolean;
}

// They would not be data but a part of JavaScript.
const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Narrower than YAML: aliases can make a small file enormous, tags can make anything of a text, and of two equal keys one
 * would silently win. All of them are problems.
 */
export function readNode(root: Node, at: (offset: number) => Location): PlainReading {
  const problems: Problem[] = [];
  let readable = true;
  const refuse = (node: unknown, message: string, remedy: string) =>
    problems.push({ message, location: at((node as Node | null)?.range?.[0] ?? root.range?.[0] ?? 0), remedy });
  return { value: read(root), problems, readable };

  function read(node: unknown): unknown {
    if (isAlias(node)) {
      readable = false;
      refuse(node, 'Aliases are not read.', 'Write the value out, or put it under `defaults:`.');
      return undefined;
    }
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.tag !== undefined) {
      readable = false;
      refuse(node, 'Tags are not read.', 'Remove the word that begins with `!`; quotes make a text of anything.');
    }
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map(read);
    return isMap(node) ? readMap(node) : null;
  }

  function readMap(map: YAMLMap): Record<string, unknown> {
    const lines = new Map<string, Location>();
    const entries: [string, unknown][] = [];
    for (const { key, value } of map.items) {
      const name = readKey(key, map);
      const inner = read(value);
      if (name === undefined) continue;
      const earlier = lines.get(name);
      if (earlier !== undefined) {
        const line = earlier.kind === 'file' ? ` on line ${earlier.line}` : '';
        refuse(key, `${quote(name)} stands here twice.`, `The first one is${line}: keep one of them.`);
        continue;
      }
      lines.set(name, at((key as Node).range?.[0] ?? 0));
      entries.push([name, inner]);
    }
    return Object.fromEntries(entries);
  }

  function readKey(key: unknown, map: YAMLMap): string | undefined {
    if (!isScalar(key) || typeof key.value !== 'string') {
      readable = false;
      refuse(key ?? map, 'A key has to be a word.', 'Put it in quotes if it is meant.');
      return undefined;
    }
    if (key.value === '<<' && key.type === 'PLAIN') {
      readable = false;
      refuse(key, 'Merge keys are not read.', 'Put what is common under `defaults:`.');
      return undefined;
    }
    if (!forbidden.has(key.value)) return key.value;
    refuse(key, `${quote(key.value)} cannot be used as a key.`, 'Remove it.');
    return undefined;
  }
}

import { type Entry, literal, type MappingNode, type Named, type Node, WorkflowError } from './node.ts';

/** A mapping of which every key must be known: what the runner would overlook it refuses by name. */
export interface Fields {
  get(key: string): Node | undefined;
  /** The value, or a literal in its place. */
  or(key: string, value: string | number | boolean): Node;
  readonly node: MappingNode;
}

/** `where` names the mapping in the refusal: `jobs.build`. */
export function fieldsOf(node: Node, where: string, known: readonly string[]): Fields {
  const mapping = asMapping(node, where);
  for (const { key, place } of mapping.entries) {
    if (!known.includes(key))
      throw new WorkflowError(`The sandbox's runner does not know \`${key}:\` in ${where}.`, place);
  }
  const get = (key: string) => mapping.entries.find(entry => entry.key === key)?.value;
  return { get, or: (key, value) => get(key) ?? literal(value, mapping.place), node: mapping };
}

export function asMapping(node: Node, where: string): MappingNode {
  if (node.kind !== 'mapping') throw new WorkflowError(`${where} must be a mapping.`, node.place);
  return node;
}

export function entriesOf(node: Node | undefined, where: string): readonly Entry[] {
  return node === undefined || isNull(node) ? [] : asMapping(node, where).entries;
}

export function namedOf(node: Node | undefined, where: string): readonly Named[] {
  return entriesOf(node, where).map(({ key, value }) => ({ name: key, value }));
}

/** Text that may not be an expression. */
export function textOf(node: Node, where: string): string {
  if (node.kind !== 'literal' || node.value === null)
    throw new WorkflowError(`${where} must be plain text.`, node.place);
  return String(node.value);
}

export function optionalText(node: Node | undefined, where: string): string | undefined {
  return node === undefined ? undefined : textOf(node, where);
}

/** One text or a list of them. */
export function textsOf(node: Node | undefined, where: string): readonly string[] {
  if (node === undefined || isNull(node)) return [];
  return node.kind === 'list' ? node.items.map(item => textOf(item, where)) : [textOf(node, where)];
}

export function isNull(node: Node): boolean {
  return node.kind === 'literal' && node.value === null;
}

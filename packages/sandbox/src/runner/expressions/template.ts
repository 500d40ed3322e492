import type { Json } from '@suite/foundation';
import type { Named, Node } from '../workflow/node.ts';
import { evaluate, type Scope, toText } from './evaluate.ts';

/** The value of a node, with every expression in it evaluated. */
export function resolve(node: Node, scope: Scope): Json {
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'expression':
      return evaluate(node.text, scope);
    case 'list':
      return node.items.map(item => resolve(item, scope));
    case 'mapping':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, resolve(value, scope)]));
  }
}

export function resolveText(node: Node, scope: Scope): string {
  return toText(resolve(node, scope));
}

export function resolveTexts(named: readonly Named[], scope: Scope): Record<string, string> {
  return Object.fromEntries(named.map(({ name, value }) => [name, resolveText(value, scope)]));
}

/** A number that a workflow gives as such or as an expression; `what` names it in the refusal. */
export function resolveNumber(node: Node, scope: Scope, what: string): number {
  const value = resolve(node, scope);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number))
    throw new Error(`${what} must be a number, not '${toText(value)}'.`);
  return number;
}

export function resolveBoolean(node: Node, scope: Scope, what: string): boolean {
  const value = resolve(node, scope);
  if (typeof value !== 'boolean') throw new Error(`${what} must be true or false, not '${toText(value)}'.`);
  return value;
}

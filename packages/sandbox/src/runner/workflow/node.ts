/** A workflow file as a tree of our own: what GitHub's parser read, with the place of everything in the file. */
export type Node = LiteralNode | ExpressionNode | ListNode | MappingNode;

/** Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface LiteralNode {
  readonly kind: 'literal';
  readonly value: string | number | boolean | null;
  readonly place: Place;
}

export interface ExpressionNode {
  readonly kind: 'expression';
  /** Without `${{ }}`; text around expressions has become a call of format(). */
  readonly text: string;
  /** As it stands in the file. */
  readonly source: string;
  readonly place: Place;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly place: Place;
}

export interface MappingNode {
  readonly kind: 'mapping';
  readonly entries: readonly Entry[];
  readonly place: Place;
}

export interface Entry {
  readonly key: string;
  readonly place: Place;
  readonly value: Node;
}

/** A value under a name, in the file's order: `env`, `with`, `outputs`. */
export interface Named {
  readonly name: string;
  readonly value: Node;
}

/** What is wrong with a workflow file, and where. Ends the run before it begins. */
export class WorkflowError extends Error {
  override readonly name = 'WorkflowError';
  readonly place: Place;

  constructor(message: string, place: Place) {
    super(message);
    this.place = place;
  }
}

export function literal(value: LiteralNode['value'], place: Place = { line: 1, column: 1 }): LiteralNode {
  return { kind: 'literal', value, place };
}

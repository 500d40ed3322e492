import { shorten } from './text.ts';

/** Where a problem is, as precisely as it is known. Lines and columns count from 1. */
export type Location =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string; readonly line: number; readonly column: number };

/** One thing that is wrong: what, where, and what to do about it. */
export interface Problem {
  readonly message: string;
  readonly location?: Location;
  readonly remedy?: string;
}

/**
 * Something a person outside this repository can put right: a wrong input, a missing right, a held lock, a service that
 * refuses. It is shown without a stack. Everything else that is thrown counts as a defect of ours.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[], options: { cause?: unknown } = {}) {
    const all: readonly Problem[] = 'message' in problems ? [problems] : problems;
    super(all.map(describeProblem).join('\n'), options);
    this.problems = all;
  }
}

/** The run was cancelled from outside. Whoever throws it has left a state that the next run can continue from. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

/** `platform.yaml:3:5: message remedy`: one line for logs. */
export function describeProblem(problem: Problem): string {
  const where = problem.location === undefined ? '' : `${describeLocation(problem.location)}: `;
  return `${where}${problem.message}${problem.remedy === undefined ? '' : ` ${problem.remedy}`}`;
}

function describeLocation(location: Location): string {
  return location.kind === 'input' ? `input ${location.name}` : `${location.path}:${location.line}:${location.column}`;
}

const longestCause = 1500;

/** The chain of causes, outermost first, each as one line: a library may answer with a page of JSON. */
export function causes(error: unknown): string[] {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  for (let current = error instanceof Error ? error.cause : undefined; current !== undefined && !seen.has(current); ) {
    seen.add(current);
    lines.push(shorten(errorMessage(current).replace(/\s+/g, ' ').trim(), longestCause));
    current = current instanceof Error ? current.cause : undefined;
  }
  return lines;
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

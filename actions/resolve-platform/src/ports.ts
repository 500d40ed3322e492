import type { Log, RunContext, Summary } from '@suite/action-kit';

/** What the command needs from outside. The composition root gives it; tests give their own. */
export interface Services {
  readonly context: RunContext;
  readonly log: Log;
  readonly summary: Summary;
  setOutputs(outputs: Readonly<Record<string, string | undefined>>): void;
  /** Every environment of the repository. Throws a UserError when the token may not read them. */
  readEnvironments(): Promise<readonly Protection[]>;
}

/** How a GitHub environment is protected. */
export interface Protection {
  readonly name: string;
  /** How many people and teams may approve; one of them is enough. */
  readonly reviewers: number;
  /** Whether who started a run may not approve it. */
  readonly preventsSelfReview: boolean;
  readonly waitMinutes: number;
  readonly branches: 'any' | 'protected' | 'selected';
}

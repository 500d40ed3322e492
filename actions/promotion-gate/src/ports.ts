import type { Log, RunContext, Summary } from '@suite/action-kit';
import type { Clock } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import type { Relation } from './conditions.ts';
import type { PromotionRecord } from './record.ts';

/** What the commands need from outside. The composition root gives it; tests give their own. */
export interface Services {
  readonly context: RunContext;
  readonly log: Log;
  readonly clock: Clock;
  readonly summary: Summary;
  setOutputs(outputs: Readonly<Record<string, string | undefined>>): void;
  /** Where the records of one scope and region lie, as one identity sees it; undefined while there is no registry. */
  openShelf(view: ScopeView, reader: Reader): Promise<Shelf | undefined>;
  /** How `head` stands to `base`. */
  compare(base: string, head: string): Promise<Relation>;
  /**
   * The newest run of the pull request that brought the commit which still has the artifact; undefined for a commit that came
   * without one.
   */
  findReview(commit: string, artifact: string): Promise<Review | undefined>;
  /** Who approved this run's deployment to the environment. */
  approvers(environment: string): Promise<readonly string[]>;
}

export interface Review {
  readonly pull: number;
  /** Id of the workflow run. */
  readonly run: string;
}

/** Whose identity it is. `name` reads on after "The": `plan identity of prod`. */
export interface Reader {
  readonly name: string;
  readonly clientId: string;
}

/** Where the bundles and records of one scope and region lie. */
export interface Shelf {
  /** Everything that is said to be a record of this bundle, wherever it was written first. */
  records(bundle: string): Promise<readonly PromotionRecord[]>;
  /** The same of the bundle that was recorded here last. */
  running(): Promise<readonly PromotionRecord[]>;
  /** Puts the bundle there, unless it is there, with its records; the last record is that of this place. Gives its digest. */
  put(bundle: Uint8Array, records: readonly PromotionRecord[]): Promise<string>;
}

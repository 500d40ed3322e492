import type { Log, RunContext, Summary } from '@suite/action-kit';
import type { Verdict } from '@suite/attestation';
import type { Clock } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import type { CommitCheck, Relation } from './conditions.ts';
import type { Gone } from './gone.ts';
import type { PromotionRecord } from './record.ts';

/** What the commands need from outside. The composition root gives it; tests give their own. */
export interface Services {
  readonly context: RunContext;
  readonly log: Log;
  /** For waiting alone: what is decided and written down goes by {@link Services.now}. */
  readonly clock: Clock;
  /** What time it is for everybody: milliseconds since 1970 by GitHub's clock. */
  now(): Promise<number>;
  readonly summary: Summary;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  setOutputs(outputs: Readonly<Record<string, string | undefined>>): void;
  /** Where the records of one scope and region lie, as one identity sees it; undefined while there is no registry. */
  openShelf(view: ScopeView, reader: Reader): Promise<Shelf | undefined>;
  /** A file of the repository, as the branch or tag of this run has it by now; undefined where it has none, or is gone. */
  readFile(path: string): Promise<Uint8Array | undefined>;
  /** How `head` stands to `base`. */
  compare(base: string, head: string): Promise<Relation>;
  /** How checks and commit statuses of these names stand on a commit; one for each. */
  readChecks(commit: string, names: readonly string[]): Promise<readonly CommitCheck[]>;
  /**
   * The newest run of the pull request that brought the commit which still has the artifact; undefined for a commit that came
   * without one.
   */
  findReview(commit: string, artifact: string): Promise<Review | undefined>;
  /** What each attestation in a text proves, and whose it is. `trustedRoot` is a file; by default the roots are fetched. */
  verifyAttestations(text: string, trustedRoot: string | undefined): Promise<readonly Verdict[]>;
  /** Who approved this run's deployment to the environment. */
  approvers(environment: string): Promise<readonly string[]>;
  /** How many people and teams may approve deployments to the environment by now. */
  reviewersOf(environment: string): Promise<number>;
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
  /** The same, with the ways back from the bundle: records of others, which name it as what was left for them. */
  trail(bundle: string): Promise<Trail>;
  /** The bundle of this digest, as its bytes; undefined where there is none. Whoever reads it compares the digest. */
  bundle(digest: string): Promise<Uint8Array | undefined>;
  /** The attestation that lies beside it, as its text; undefined where there is none. */
  attestation(digest: string): Promise<string | undefined>;
  /** The same of the bundle that was recorded here last. */
  running(): Promise<readonly PromotionRecord[]>;
  /** The records of the bundles that came last, the newest bundle first; of `limit` bundles at most. */
  history(limit: number): Promise<Past>;
  /** That the environment was taken away, and nothing was recorded there since. */
  gone(): Promise<Gone | undefined>;
  /** Says so in place of what runs there. */
  retire(gone: Gone): Promise<void>;
  /**
   * Puts the bundle there, unless it is there, with its records; the last record is that of this place. Gives its digest. A way back is
   * noted at the bundle that it leaves as well. An attestation is laid beside it.
   */
  put(bundle: Uint8Array, records: readonly PromotionRecord[], attestation?: string): Promise<string>;
}

export interface Past {
  readonly records: readonly PromotionRecord[];
  /** How many there are that say that they are records, and are none that this release can read: altered, or of a newer one. */
  readonly unreadable: number;
}

/** What is said of one bundle. */
export interface Trail {
  readonly records: readonly PromotionRecord[];
  readonly departures: readonly PromotionRecord[];
}

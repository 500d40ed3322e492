/** What came out: whether GPU work runs, and if not, whose matter it is. */
export type Verdict =
  | { readonly kind: 'passed' }
  | {
      readonly kind: 'failed';
      readonly cause: 'driver' | 'toolkit' | 'plugin' | 'hardware' | 'performance' | 'isolation';
    }
  | { readonly kind: 'blocked'; readonly cause: 'capacity' | 'quota' | 'configuration' | 'registry' }
  | { readonly kind: 'inconclusive'; readonly cause: 'busy' | 'interrupted' | 'unknown' };

/** One thing that was looked at. `verdict` undefined: it is fine; a warning has level 'warning' and changes no verdict. */
export interface Finding {
  /** Short name: "Driver of the pool", "Host to device". */
  readonly check: string;
  readonly level: 'fine' | 'warning' | 'unknown' | 'bad';
  /** For 'bad' only. */
  readonly verdict?: Verdict;
  /** What was seen, plain text (untrusted parts are escaped by the report). */
  readonly evidence: string;
  readonly remedy?: string;
  readonly link?: string;
}

/** As outputs and headlines show it: `failed: driver`. */
export function verdictText(verdict: Verdict): string {
  return verdict.kind === 'passed' ? verdict.kind : `${verdict.kind}: ${verdict.cause}`;
}

/** One line of a log: which pool, what was looked at, what was seen, what to do. */
export function findingText(pool: string, { check, evidence, remedy }: Finding): string {
  return `${pool}, ${check}: ${evidence}${remedy === undefined ? '' : ` ${remedy}`}`;
}

import { type Problem, sentenceList } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import type { PromotionRecord } from './record.ts';

/** A region that goes before the one that asks, where those of an environment go one after another. */
export interface Predecessor {
  readonly region: string;
  /** Of the bundle there, by this run: written when the region was verified and had stayed healthy. */
  readonly record: PromotionRecord | undefined;
}

/** Those before the one that asks, by what runs in each; none where nobody says which one asks. */
export function predecessors(
  regions: readonly ScopeView[],
  region: string | undefined,
  running: readonly { readonly region: string; readonly records: readonly PromotionRecord[] }[],
  wanted: { readonly bundle: string; readonly run: string },
): readonly Predecessor[] {
  const own = regions.find(view => view.region === region);
  if (own?.kind !== 'environment') return [];
  return own.rollout.before.map(before => ({
    region: before,
    record: running
      .find(one => one.region === before)
      ?.records.find(({ bundle, run }) => bundle === wanted.bundle && run.id === wanted.run),
  }));
}

/**
 * What keeps a region from its turn. GitHub says in which order it makes the jobs of a matrix, and promises nothing about the order in which
 * they run; and anybody may start a single one of them again.
 */
export function outOfTurn(environment: string, before: readonly Predecessor[]): Problem | undefined {
  const missing = before.filter(({ record }) => record === undefined).map(({ region }) => region);
  if (missing.length === 0) return undefined;
  return {
    message: `\`${environment}\` goes one region after another, and it is the turn of ${missing[0]}: this run has no record of the bundle in ${sentenceList(missing)} yet.`,
    remedy:
      'Put right what stopped the region before it, and “Re-run failed jobs”: regions that are done stay as they are.',
  };
}

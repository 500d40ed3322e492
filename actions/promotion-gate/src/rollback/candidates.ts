import { sentenceList, UserError } from '@suite/foundation';
import { inUtc } from '../conditions.ts';
import { newest, oldest, type PromotionRecord } from '../record.ts';

/** What the records of an environment's own registries say. */
export interface History {
  readonly environment: string;
  /** By region: what runs there, undefined where nothing was recorded. */
  readonly running: readonly { readonly region: string; readonly record: PromotionRecord | undefined }[];
  /** Of this environment, in any of its regions. */
  readonly records: readonly PromotionRecord[];
}

/** A bundle that was verified in the environment. */
export interface Candidate {
  readonly bundle: string;
  readonly commit: string;
  readonly first: PromotionRecord;
  readonly last: PromotionRecord;
  /** Regions that have verified it. */
  readonly regions: readonly string[];
  /** The way back from it, since it was verified last. */
  readonly left: PromotionRecord | undefined;
}

/** All bundles that were verified there, the newest first: by the time when each was verified there first. */
export function candidatesOf({ records }: Pick<History, 'records'>): readonly Candidate[] {
  return [...new Set(records.map(({ bundle }) => bundle))]
    .flatMap(bundle => {
      const own = records.filter(record => record.bundle === bundle);
      const [first, last] = [oldest(own), newest(own)];
      if (first === undefined || last === undefined) return [];
      const left = newest(
        records.filter(({ rollback, recordedAt }) => rollback?.from?.bundle === bundle && recordedAt > last.recordedAt),
      );
      const regions = [...new Set(own.map(({ region }) => region))];
      return [{ bundle, commit: first.commit, first, last, regions, left }];
    })
    .toSorted((one, other) => (one.first.recordedAt < other.first.recordedAt ? 1 : -1));
}

/**
 * The bundle that was verified before the one that runs, and that nobody has gone back from. One of the same commit is no way back: what
 * sets them apart is what was found when they were made. Throws a UserError where there is none, and
 * where regions run different ones.
 */
export function chooseEarlier(history: History): Candidate {
  const { environment } = history;
  const running = demandRunning(history);
  const [own, ...others] = running;
  if (own === undefined) throw new Error('Something runs there.');
  if (others.some(({ record }) => record.bundle !== own.record.bundle)) {
    throw new UserError({
      message: `The regions of ${environment} run different bundles: ${sentenceList(running.map(({ region, record }) => `${region} ${shortCommit(record.commit)}`))}.`,
      location: { kind: 'input', name: 'to' },
      remedy: 'Name the commit that all of them are to run.',
    });
  }
  const candidates = candidatesOf(history);
  const began =
    candidates.find(({ bundle }) => bundle === own.record.bundle)?.first.recordedAt ?? own.record.recordedAt;
  const earlier = candidates.find(
    ({ commit, first, left }) => commit !== own.record.commit && first.recordedAt < began && left === undefined,
  );
  if (earlier !== undefined) return earlier;
  throw new UserError({
    message: `${environment} has verified nothing before ${shortCommit(own.record.commit)} that nobody has gone back from.`,
    location: { kind: 'input', name: 'to' },
    remedy: 'Name a commit that it has verified, or promote a newer one.',
  });
}

/** Throws a UserError unless something was recorded there. */
export function demandRunning({
  environment,
  running,
}: History): readonly { readonly region: string; readonly record: PromotionRecord }[] {
  const recorded = running.flatMap(({ region, record }) => (record === undefined ? [] : [{ region, record }]));
  if (recorded.length > 0) return recorded;
  throw new UserError({
    message: `Nothing is recorded in ${environment}, so there is nothing to go back from.`,
    remedy: 'Promote a commit to it.',
  });
}

/** Throws a UserError for what all regions run already. */
export function demandAnother(history: History, bundle: string): void {
  const running = demandRunning(history);
  if (running.some(({ record }) => record.bundle !== bundle)) return;
  const [{ record } = { record: undefined }] = running;
  if (record === undefined) return;
  throw new UserError({
    message: `${shortCommit(record.commit)} is what runs in ${history.environment} since ${inUtc(Date.parse(record.recordedAt))}: there is nothing to go back from.`,
    location: { kind: 'input', name: 'to' },
    remedy: `Name an earlier one. Where a newer commit was applied in part and never recorded, run the job of ${history.environment} in ${record.run.url} again: its gate lets the same bundle in.`,
  });
}

export function shortCommit(commit: string): string {
  return commit.slice(0, 7);
}

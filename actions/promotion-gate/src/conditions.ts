import { type Problem, sentenceList } from '@suite/foundation';
import type { PromotionRecord } from './record.ts';

/** How one commit stands to another, in GitHub's words: `ahead` means that it comes after. */
export type Relation = 'identical' | 'ahead' | 'behind' | 'diverged' | 'unknown';

/** What is known when a bundle asks to enter an environment. */
export interface Facts {
  readonly environment: string;
  readonly bundle: { readonly digest: string; readonly commit: string };
  /** Why nothing may enter now; absent when the environment is open. */
  readonly hold?: string;
  /** The environment before it and its regions; absent for the first one. */
  readonly upstream?: {
    readonly environment: string;
    readonly regions: readonly { readonly region: string; readonly record: PromotionRecord | undefined }[];
  };
  /** What runs there, per region that has a record, with how the bundle's commit stands to it. */
  readonly running: readonly {
    readonly region: string;
    readonly record: PromotionRecord;
    readonly relation: Relation;
  }[];
}

/** Everything that keeps the bundle out, each with what would let it in. Empty when it may enter. Pure. */
export function unmetConditions({ environment, bundle, hold, upstream, running }: Facts): Problem[] {
  const problems: Problem[] = [];
  if (hold !== undefined) {
    problems.push({
      message: `\`${environment}\` is on hold: ${hold}${/[.!?…]$/.test(hold) ? '' : '.'}`,
      remedy: `Take \`gate: hold:\` of ${environment} out of the platform file when it may be promoted to again.`,
    });
  }
  const missing = upstream?.regions.filter(({ record }) => record === undefined) ?? [];
  if (upstream !== undefined && missing.length > 0) {
    problems.push({
      message: `This bundle (${short(bundle.digest)}) is not verified in \`${upstream.environment}\`: ${sentenceList(missing.map(({ region }) => region))} ${missing.length === 1 ? 'has' : 'have'} no record of it.`,
      remedy: `Let the stage of ${upstream.environment} finish in all its regions; “Re-run failed jobs” continues where it stopped.`,
    });
  }
  for (const { region, record, relation } of running) {
    if (relation === 'identical' || relation === 'ahead') continue;
    problems.push(describeOlder(environment, region, record, bundle.commit, relation));
  }
  return problems;
}

function describeOlder(
  environment: string,
  region: string,
  record: PromotionRecord,
  commit: string,
  relation: Exclude<Relation, 'identical' | 'ahead'>,
): Problem {
  const runs = `${record.commit.slice(0, 7)}, which runs in ${environment} · ${region} since ${record.recordedAt.slice(0, 16).replace('T', ' ')} UTC`;
  switch (relation) {
    case 'behind':
      return {
        message: `${commit.slice(0, 7)} is older than ${runs} (${record.run.url}).`,
        remedy: 'Promote a newer commit; to go back, revert on main and promote that.',
      };
    case 'diverged':
      return {
        message: `${commit.slice(0, 7)} is on another line of history than ${runs}.`,
        remedy: 'Promote a commit that contains it.',
      };
    case 'unknown':
      return {
        message: `Whether ${commit.slice(0, 7)} is newer than ${runs} cannot be found out: GitHub does not know that commit any more.`,
        remedy: 'Restore the branch that held it, or delete its record there if its history is gone on purpose.',
      };
  }
}

function short(digest: string): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12);
}

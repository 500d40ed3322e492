import { choice, type Input, optional, readBy } from '@suite/action-kit';
import { asArray, asObject, asString, isObject, parseJson } from '@suite/foundation';

/** One stage, as `resolve-platform` gives it. */
export interface Stage {
  readonly scope: string;
  /** Whether somebody has to approve it on GitHub. */
  readonly approval: boolean;
  /** Of its regions, as people call them: `prod · westeurope`. */
  readonly titles: readonly string[];
}

/** What `needs` says of a job. */
export type Result = 'success' | 'failure' | 'cancelled' | 'skipped';

/** A way back, as `promotion-gate` gives it. */
export interface WayBack {
  readonly reason: string;
  /** Commits that ran in some region when it was chosen. */
  readonly from: readonly string[];
}

export const result: Input<Result | undefined> = optional(choice(['success', 'failure', 'cancelled', 'skipped']));

export const pullNumber: Input<number | undefined> = optional({
  absent: 'required',
  parse: given =>
    /^[1-9]\d{0,9}$/.test(given) ? { value: Number(given) } : { expected: 'Give the `pull` output of `find`.' },
});

export const stage = optional(
  readBy(given => readStage(parseJson(given)), 'Give a stage as `resolve-platform` gives it.'),
);

export const stages: Input<readonly Stage[] | undefined> = optional({
  absent: 'required',
  parse: given => {
    const read = asArray(parseJson(given)).map(readStage);
    const value = read.filter(one => one !== undefined);
    return read.length === 0 || value.length < read.length
      ? { expected: 'Give the `stages` output of `resolve-platform`.' }
      : { value };
  },
});

export const wayBack: Input<WayBack | undefined> = optional({
  absent: 'required',
  parse: given => {
    const rollback = parseJson(given);
    if (!isObject(rollback)) return { expected: 'Give the `rollback` output of `promotion-gate`.' };
    const commits = asArray(rollback['from']).flatMap(one => asString(asObject(one)['commit']) ?? []);
    return {
      value: {
        reason: asString(rollback['reason']) ?? '',
        from: [...new Set(commits)].filter(commit => /^[0-9a-f]{40,64}$/.test(commit)),
      },
    };
  },
});

function readStage(value: unknown): Stage | undefined {
  const { scope, approval, places } = asObject(value);
  if (typeof scope !== 'string' || scope === '' || typeof approval !== 'boolean') return undefined;
  return { scope, approval, titles: asArray(places).flatMap(place => asString(asObject(place)['title']) ?? []) };
}

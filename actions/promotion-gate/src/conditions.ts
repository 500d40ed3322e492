import { duration, type Problem, sentenceList, withFullStop } from '@suite/foundation';
import { type EnvironmentGate, type Freeze, frozenAt, isInForce, longestBreakGlassMs } from '@suite/platform-file';
import type { Gone } from './gone.ts';
import type { PromotionRecord } from './record.ts';
import { outOfTurn, type Predecessor } from './turn.ts';

/** How one commit stands to another, in GitHub's words: `ahead` means that it comes after. */
export type Relation = 'identical' | 'ahead' | 'behind' | 'diverged' | 'unknown';

/** A check or commit status of the bundle's commit. */
export interface CommitCheck {
  readonly name: string;
  readonly state: 'passed' | 'pending' | 'failed' | 'missing';
}

/** What is known when a bundle asks to enter an environment. */
export interface Facts {
  readonly environment: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly bundle: { readonly digest: string; readonly commit: string };
  /** What the platform file asks; undefined for the shared scope, which has no gate of its own. */
  readonly gate: EnvironmentGate | undefined;
  /** The environment before it and its regions; absent for the first one. */
  readonly upstream?: {
    readonly environment: string;
    /** `record`: the first one of this bundle, with which its time there began. */
    readonly regions: readonly {
      readonly region: string;
      readonly record: PromotionRecord | undefined;
      /** That it was taken away, where it has no record. */
      readonly gone?: Gone;
      /** The way back from this bundle, since which it was not verified there again. */
      readonly left?: PromotionRecord;
    }[];
  };
  /** What runs there, per region that has a record, with how the bundle's commit stands to it. */
  readonly running: readonly {
    readonly region: string;
    readonly record: PromotionRecord;
    readonly relation: Relation;
  }[];
  /** Of the region that asks; empty where those of the environment go in parallel, or nobody says which one asks. */
  readonly before: readonly Predecessor[];
  /** Whether the bundle enters now, and is not only planned. */
  readonly mayBegin: boolean;
  /** Why nobody's approval lets it in, where somebody had to approve. */
  readonly unapproved?: Problem | undefined;
  /** Why no attestation of the bundle lets it in, where the gate asks for one. */
  readonly unattested?: Problem | undefined;
  /** One for each that the gate names. */
  readonly checks: readonly CommitCheck[];
}

export interface Judgement {
  /** Everything that keeps the bundle out, each with what would let it in. Empty when it may enter. */
  readonly problems: readonly Problem[];
  /** What would keep it out, were it not for the emergency that the platform file declares. */
  readonly lifted: readonly string[];
  /** When it may enter if nothing else happens, where nothing but time keeps it out. */
  readonly opensAt: number | undefined;
}

/** Something that keeps a bundle out. */
interface Unmet extends Problem {
  /** `person`: somebody has to do something. Otherwise when it passes by itself, or undefined where nobody knows. */
  readonly until: number | 'person' | undefined;
  /** An emergency lifts it. */
  readonly isLiftable: boolean;
}

/** Judges all conditions at once. Pure. */
export function judge(facts: Facts): Judgement {
  const { gate, now } = facts;
  const unmet = [
    ...heldBy(facts),
    ...openTooLong(facts),
    ...notVerified(facts),
    ...soaking(facts),
    ...frozen(facts),
    ...unchecked(facts),
    ...byPeople(facts.unattested),
    ...byPeople(facts.unapproved),
    ...overtaken(facts),
    ...notItsTurn(facts),
  ];
  const isEmergency = gate?.breakGlass !== undefined && isInForce(gate.breakGlass, now);
  const [lifted, kept] = [
    unmet.filter(({ isLiftable }) => isEmergency && isLiftable),
    unmet.filter(({ isLiftable }) => !(isEmergency && isLiftable)),
  ];
  const times = kept.map(({ until }) => until);
  return {
    problems: kept.map(({ until: _, isLiftable: __, ...problem }) => problem),
    lifted: lifted.map(({ message }) => message),
    opensAt: times.length > 0 && times.every(time => typeof time === 'number') ? Math.max(...times) : undefined,
  };
}

function heldBy({ environment, gate }: Facts): Unmet[] {
  if (gate?.hold === undefined) return [];
  return [
    {
      message: `\`${environment}\` is on hold: ${withFullStop(gate.hold)}`,
      remedy: `Take \`gate: hold:\` of ${environment} out of the platform file when it may be promoted to again.`,
      until: 'person',
      isLiftable: false,
    },
  ];
}

/** An emergency that is declared for months would lift its conditions again and again, unseen. */
function openTooLong({ environment, now, gate }: Facts): Unmet[] {
  const until = gate?.breakGlass?.until;
  if (until === undefined || until - now <= longestBreakGlassMs) return [];
  return [
    {
      message: `\`gate: break-glass:\` of ${environment} is until ${inUtc(until)}, which is more than seven days ahead.`,
      remedy: 'Name a time within seven days, or take it out of the platform file.',
      until: 'person',
      isLiftable: false,
    },
  ];
}

function notVerified({ bundle, upstream }: Facts): Unmet[] {
  const without = upstream?.regions.filter(({ record }) => record === undefined) ?? [];
  if (upstream === undefined || without.length === 0) return [];
  return [
    ...leftBehind(bundle.digest, upstream.environment, without),
    ...unrecorded(bundle.digest, upstream.environment, without),
  ];
}

type Upstream = NonNullable<Facts['upstream']>['regions'];

/** What an environment went back from does not go on to the next one. */
function leftBehind(digest: string, environment: string, regions: Upstream): Unmet[] {
  return regions.flatMap(({ region, left }) =>
    left === undefined
      ? []
      : [
          {
            message: `${environment} · ${region} went back from this bundle (${short(digest)}) on ${inUtc(Date.parse(left.recordedAt))}: ${withFullStop(left.rollback?.reason ?? '')} (${left.run.url})`,
            remedy: `Promote a commit that puts it right, or bring this one through ${environment} again.`,
            until: 'person' as const,
            isLiftable: false,
          },
        ],
  );
}

function unrecorded(digest: string, environment: string, regions: Upstream): Unmet[] {
  const missing = regions.filter(({ left }) => left === undefined);
  if (missing.length === 0) return [];
  return [
    {
      message: `This bundle (${short(digest)}) is not verified in \`${environment}\`: ${sentenceList(missing.map(({ region }) => region))} ${missing.length === 1 ? 'has' : 'have'} no record of it.${missing.flatMap(({ region, gone }) => (gone === undefined ? [] : [describeGone(environment, region, gone)])).join('')}`,
      remedy: `Let the stage of ${environment} finish in all its regions; “Re-run failed jobs” continues where it stopped.`,
      until: 'person',
      isLiftable: false,
    },
  ];
}

/** The last region to be verified begins the time. */
function soaking({ environment, now, gate, upstream }: Facts): Unmet[] {
  const { soakMs = 0 } = gate ?? {};
  const records = upstream?.regions.map(({ record }) => record) ?? [];
  // A region without a record is told by itself.
  if (upstream === undefined || soakMs === 0 || records.some(record => record === undefined)) return [];
  const since = Math.max(...records.map(record => Date.parse(record?.recordedAt ?? '')));
  const until = since + soakMs;
  if (now >= until) return [];
  // A time that ends in a freeze opens nothing.
  const then = frozenAt(gate?.freezes ?? [], until);
  return [
    {
      // A clock that is behind the one of the record's runner shows nothing to count on.
      message: `This bundle has to have been verified in \`${upstream.environment}\` for ${duration(soakMs)}: it was ${duration(Math.max(0, now - since))} ago.`,
      remedy:
        then === undefined
          ? entersFrom(until)
          : `That is over at ${inUtc(until)}, when \`${environment}\` is frozen ${describeFreeze(then.freeze)}. ${then.opensAt === undefined ? 'It does not open within a year.' : entersFrom(then.opensAt)}`,
      until: then === undefined ? until : (then.opensAt ?? 'person'),
      isLiftable: true,
    },
  ];
}

const entersFrom = (time: number) => `It may enter from ${inUtc(time)} on: “Re-run failed jobs” then.`;

function frozen({ environment, now, gate }: Facts): Unmet[] {
  const found = frozenAt(gate?.freezes ?? [], now);
  if (found === undefined) return [];
  const { freeze, opensAt } = found;
  return [
    {
      message: describeFrozen(environment, freeze),
      remedy:
        opensAt === undefined
          ? `It does not open within a year: change \`gate: freeze:\` of ${environment} in the platform file.`
          : `It opens at ${inZone(opensAt, freeze.zone)} (${inUtc(opensAt)}): “Re-run failed jobs” then.`,
      until: opensAt ?? 'person',
      isLiftable: true,
    },
  ];
}

export function describeFrozen(environment: string, freeze: Freeze): string {
  const reason = freeze.reason === undefined ? '' : `: ${withFullStop(freeze.reason).slice(0, -1)}`;
  return `\`${environment}\` is frozen ${describeFreeze(freeze)}${reason}.`;
}

/** `from Fri 16:00 to Mon 08:00 (Europe/Berlin)` */
function describeFreeze({ from, to, cron, for: length, zone }: Freeze): string {
  const when = cron === undefined ? `from ${from} to ${to}` : `for ${length} from each “${cron}” on`;
  return `${when} (${zone})`;
}

function unchecked({ bundle, checks }: Facts): Unmet[] {
  const commit = bundle.commit.slice(0, 7);
  return checks.flatMap(({ name, state }): Unmet[] => {
    if (state === 'passed') return [];
    const { message, remedy, until } = {
      pending: {
        message: `The check “${name}” of ${commit} has not ended.`,
        remedy: 'Wait for it, and “Re-run failed jobs”.',
        until: undefined,
      },
      failed: {
        message: `The check “${name}” of ${commit} has failed.`,
        remedy: 'Put right what it found and promote that commit, or run the check again.',
        until: 'person' as const,
      },
      missing: {
        message: `${commit} has neither a check nor a commit status called “${name}”.`,
        remedy:
          'It may not have begun, or has another name: see the checks of the commit, and `gate: checks:` in the platform file.',
        until: undefined,
      },
    }[state];
    return [{ message, remedy, until, isLiftable: true }];
  });
}

/** Who made a bundle and who approved its apply is no matter of time, and no emergency makes up for it. */
function byPeople(problem: Problem | undefined): Unmet[] {
  return problem === undefined ? [] : [{ ...problem, until: 'person', isLiftable: false }];
}

function overtaken({ environment, bundle, running }: Facts): Unmet[] {
  return running.flatMap(one => byPeople(olderThan(one, environment, bundle.commit)));
}

/** Why a commit may not take the place of what runs in a region; undefined where it is that one, or comes after it. */
export function olderThan(
  { region, record, relation }: Facts['running'][number],
  environment: string,
  commit: string,
): Problem | undefined {
  if (relation === 'identical' || relation === 'ahead') return undefined;
  return describeOlder(environment, region, record, commit, relation);
}

function notItsTurn({ environment, mayBegin, before }: Facts): Unmet[] {
  const problem = mayBegin ? outOfTurn(environment, before) : undefined;
  return problem === undefined ? [] : [{ ...problem, until: undefined, isLiftable: false }];
}

function describeGone(environment: string, region: string, { at, actor, run }: Gone): string {
  return ` ${environment} · ${region} was destroyed on ${at.slice(0, 16).replace('T', ' ')} UTC by ${actor} (${run}); a promotion makes it anew.`;
}

function describeOlder(
  environment: string,
  region: string,
  record: PromotionRecord,
  commit: string,
  relation: Exclude<Relation, 'identical' | 'ahead'>,
): Problem {
  const runs = `${record.commit.slice(0, 7)}, which runs in ${environment} · ${region} since ${inUtc(Date.parse(record.recordedAt))}`;
  switch (relation) {
    case 'behind':
      return {
        message: `${commit.slice(0, 7)} is older than ${runs} (${record.run.url}).`,
        remedy:
          'Promote a newer commit. An environment goes back by `rollback.yml`, what is shared by a revert on main.',
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

export function short(digest: string): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12);
}

/** `2026-11-30 07:00 UTC` */
export function inUtc(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `Mon, 30 Nov 2026, 08:00 Europe/Berlin` */
function inZone(time: number, zone: string): string {
  const text = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(time);
  return `${text} ${zone}`;
}

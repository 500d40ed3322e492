import { count, duration, shorten } from '@suite/foundation';
import type { Application, OperationState } from './application.ts';
import {
  automationCause,
  type Cause,
  comparisonCause,
  driftCause,
  healthCause,
  operationCause,
  saysUnseen,
} from './cause.ts';
import { isMarked } from './operation.ts';

/** What is waited for. */
export interface Expectation {
  /** The id in the operation that was asked for (see `syncPatch`); undefined: whatever brings the application there. */
  readonly operation: string | undefined;
  /** One per source; undefined where any revision will do. */
  readonly pins: readonly (string | undefined)[];
}

/** What was seen before. Made by `beginWait`, handed from one judgement to the next. */
export interface WaitMemory {
  /** How the application stands, and since when it has stood so. */
  readonly situation: string;
  readonly since: number;
  /** Our operation has been seen to succeed. */
  readonly finished: { readonly at: number } | undefined;
  /** Of the comparison that was there before. */
  readonly comparedBefore: number | undefined;
  readonly refreshedAt: number;
}

export type WaitVerdict =
  | {
      readonly is: 'waiting';
      readonly for: string /** Look again at this time though nothing changes. */;
      readonly again?: number;
    }
  | { readonly is: 'done'; readonly revisions: readonly string[]; readonly note?: string }
  | { readonly is: 'failed'; readonly cause: Cause }
  /**
   * - `refresh`: one that was asked for is lost, or Argo CD has not looked into Git yet
   * - `clear`: the operation is over, and the controller has left it there
   * - `again`: the operation has to be asked for once more
   */
  | {
      readonly is: 'act';
      readonly act: 'refresh' | 'clear' | 'again';
      readonly why: string;
      /** What to say where it has been done often enough. */
      readonly cause?: Cause;
    }
  /** Whether one commit contains another has to be known first. */
  | { readonly is: 'ask'; readonly newer: string; readonly older: string };

export interface Judgement {
  readonly memory: WaitMemory;
  readonly verdict: WaitVerdict;
}

/** Whether the commit `newer` has `older` among its ancestors; undefined while nobody has looked. */
export type Contains = (newer: string, older: string) => boolean | undefined;

/**
 * How long a state is given to pass by itself, in milliseconds. An application counts as there once it has stayed so: where the
 * comparison began in the second in which the operation ended, it may still be of before (times have whole seconds), so that takes longer.
 */
export const patience = {
  stable: 250,
  stableInSameSecond: 1500,
  blocked: 20_000,
  replaced: 10_000,
  unseen: 10_000,
  uncleared: 30_000,
  refresh: 30_000,
  comparison: 30_000,
  drift: 45_000,
  degraded: 30_000,
  suspended: 30_000,
} as const;

export function beginWait(application: Pick<Application, 'status'> | undefined, now: number): WaitMemory {
  return {
    situation: '',
    since: now,
    finished: undefined,
    comparedBefore: application?.status.reconciledAt,
    refreshedAt: now,
  };
}

/**
 * Where an application stands, from one look at it (`undefined`: it is not there) and what was seen before. There it is when this very
 * operation has succeeded with these revisions, a comparison begun after it says Synced and Healthy for them or for commits that contain
 * them, no operation is left, and that has stayed so. (`argocd app wait` asks for no revision: cmd/argocd/commands/app.go.)
 */
export function judgeApplication(
  application: Application | undefined,
  expectation: Expectation,
  before: WaitMemory,
  now: number,
  contains: Contains,
): Judgement {
  const look = new Look(before, now);
  if (application === undefined || application.isDeleting) {
    return look.failed({ kind: 'gone', message: 'the Application has been deleted' });
  }
  const unfinished =
    expectation.operation === undefined || before.finished !== undefined
      ? undefined
      : judgeOperation(application, expectation.operation, expectation.pins, look, contains);
  return unfinished ?? judgeResult(application, expectation, look, contains);
}

/** One look: keeps in mind since when the application has stood as it does. */
class Look {
  memory: WaitMemory;
  readonly now: number;

  constructor(memory: WaitMemory, now: number) {
    this.memory = memory;
    this.now = now;
  }

  /** Milliseconds for which this has been the situation. */
  standing(situation: string): number {
    if (this.memory.situation !== situation) this.memory = { ...this.memory, situation, since: this.now };
    return this.now - this.memory.since;
  }

  waiting(situation: string, what: string, patienceMs?: number): Judgement {
    this.standing(situation);
    const again = patienceMs === undefined ? {} : { again: this.memory.since + patienceMs };
    return { memory: this.memory, verdict: { is: 'waiting', for: what, ...again } };
  }

  ask(pair: { readonly newer: string; readonly older: string }): Judgement {
    return { memory: this.memory, verdict: { is: 'ask', ...pair } };
  }

  failed(cause: Cause): Judgement {
    return { memory: this.memory, verdict: { is: 'failed', cause } };
  }

  act(act: 'refresh' | 'clear' | 'again', why: string, cause?: Cause): Judgement {
    // A refresh changes nothing of how long something has been so.
    this.memory =
      act === 'refresh'
        ? { ...this.memory, refreshedAt: this.now }
        : { ...this.memory, situation: '', since: this.now };
    return { memory: this.memory, verdict: { is: 'act', act, why, ...(cause && { cause }) } };
  }

  /** Waits, and asks for a refresh from time to time: the one before may be lost, and Git is looked into every three minutes only. */
  refreshing(situation: string, what: string): Judgement {
    this.standing(situation);
    const due = this.memory.refreshedAt + patience.refresh;
    if (this.now >= due) return this.act('refresh', what);
    return { memory: this.memory, verdict: { is: 'waiting', for: what, again: due } };
  }
}

/** Undefined once our operation has succeeded. */
function judgeOperation(
  application: Application,
  id: string,
  pins: readonly (string | undefined)[],
  look: Look,
  contains: Contains,
): Judgement | undefined {
  const { operation, status } = application;
  const { state } = status;
  const isOurs = state !== undefined && isMarked(state.operation, id);
  if (!isOurs) {
    // What the state says is of an earlier operation until the controller takes ours up.
    // Its controller may have missed ours: what it writes itself goes over what its watch has told it (appcontroller.go,
    // writeBackToInformer). The next write to the object makes it look again.
    if (isMarked(operation, id)) return look.refreshing('asked', 'Argo CD to take the sync up');
    if (look.standing('replaced') < patience.replaced) {
      return look.waiting('replaced', 'Argo CD to take the sync up', patience.replaced);
    }
    return judgeReplaced(application, pins, look, contains);
  }
  if (state.phase === 'Running' || state.phase === 'Terminating') return judgeRunning(state, look);
  if (state.phase !== 'Succeeded') {
    const cause = operationCause(application);
    if (cause.kind !== 'unseen') return look.failed(cause);
    if (look.standing('unseen') < patience.unseen) {
      return look.waiting('unseen', 'Argo CD to see the commit', patience.unseen);
    }
    return look.act('again', cause.message, cause);
  }
  const relation = relate(state.revisions, pins, contains);
  if (typeof relation === 'object') return look.ask(relation);
  if (state.operation.isSelective || !isEnough(relation, application)) {
    return look.act(
      'again',
      state.operation.isSelective
        ? 'Argo CD has synced some of its objects only, as an earlier operation asked (argo-cd#28701)'
        : `Argo CD has synced ${shown(state.revisions)} instead (argo-cd#29332)`,
    );
  }
  look.memory = { ...look.memory, finished: { at: state.finishedAt ?? look.now } };
  return undefined;
}

function judgeRunning({ message, finishedAt, resources }: OperationState, look: Look): Judgement {
  if (message.startsWith('Sync operation blocked by sync window')) {
    // The first look of the controller does not know yet that the sync is a manual one (sync.go, syncWindowPreventsSync).
    if (look.standing('blocked') < patience.blocked) {
      return look.waiting('blocked', 'a sync window', patience.blocked);
    }
    return look.failed({
      kind: 'window',
      message: 'a sync window of its project holds the sync up',
      remedy: 'The sync has been taken back. Run it again when the window is over.',
    });
  }
  const retried = finishedAt === undefined ? '' : 'another try: ';
  if (saysUnseen(message)) return look.waiting('unseen', `Argo CD to see the commit: ${lastWords(message)}`);
  const running = resources.filter(({ hookPhase }) => hookPhase === 'Running').slice(0, 2);
  const which = running
    .map(({ kind, name, hook }) => `${hook === '' ? '' : `${hook} hook `}${kind} ${name}`)
    .join(', ');
  const what = which === '' ? lastWords(message) : which;
  return look.waiting('running', `the sync${what === '' ? '' : `: ${retried}${what}`}`);
}

/** What went wrong is said last, behind the names of all who passed it on. */
function lastWords(message: string): string {
  const line = message.replaceAll('\n', ' ').trim();
  return line.length <= 200 ? line : `…${line.slice(-200)}`.toWellFormed();
}

/** Ours has gone without being seen to end: a watch may have missed that, and a later operation may have come. */
function judgeReplaced(
  application: Application,
  pins: readonly (string | undefined)[],
  look: Look,
  contains: Contains,
): Judgement | undefined {
  const { state } = application.status;
  if (state === undefined) return look.act('again', 'the operation has been taken away');
  if (state.phase === 'Running' || state.phase === 'Terminating') {
    return look.waiting('others', `the sync of ${state.operation.by}`);
  }
  const relation = relate(state.revisions, pins, contains);
  if (typeof relation === 'object') return look.ask(relation);
  if (state.phase === 'Succeeded' && isEnough(relation, application) && !state.operation.isSelective) {
    look.memory = { ...look.memory, finished: { at: state.finishedAt ?? look.now } };
    return undefined;
  }
  return look.act('again', `a sync of ${state.operation.by} has taken its place`);
}

/** What comes of it: the comparison, its revision, the cluster's state. */
function judgeResult(
  application: Application,
  { operation: id, pins }: Expectation,
  look: Look,
  contains: Contains,
): Judgement {
  const { operation, policy, status } = application;
  const { state, sync, health, reconciledAt } = status;
  const isRunning = state?.phase === 'Running' || state?.phase === 'Terminating';
  if (operation !== undefined && id !== undefined && isMarked(operation, id) && !isRunning) {
    if (look.standing('uncleared') >= patience.uncleared) {
      return look.act('clear', 'Argo CD has left the finished operation there (argo-cd#29741)');
    }
    return look.waiting('uncleared', 'Argo CD to end the sync', patience.uncleared);
  }
  if (operation !== undefined || isRunning) {
    const { by } = operation ?? state?.operation ?? { by: 'somebody' };
    return look.waiting('others', `the sync of ${by}${state?.message ? `: ${shorten(state.message, 200)}` : ''}`);
  }
  const failedHere = state !== undefined && isFailed(state) && isAt(state.revisions, pins);
  if (failedHere && sync.status !== 'Synced') return look.failed(operationCause(application));

  const wrong = comparisonCause(application);
  if (wrong !== undefined) {
    if (look.standing('comparison') >= patience.comparison) return look.failed(wrong);
    return look.waiting('comparison', wrong.message, patience.comparison);
  }
  const ended = look.memory.finished?.at ?? state?.finishedAt;
  const isFresh =
    reconciledAt !== undefined &&
    (ended === undefined || reconciledAt >= second(ended)) &&
    (look.memory.finished !== undefined || reconciledAt !== look.memory.comparedBefore);
  if (!isFresh) return look.refreshing('compared', 'Argo CD to compare the cluster with Git');

  const relation = relate(sync.revisions, pins, contains);
  if (typeof relation === 'object') return look.ask(relation);
  const isFinished = look.memory.finished !== undefined;
  if (relation === 'other' && (policy.isAutomated || !isFinished)) {
    if (isFinished && look.standing('fight') >= 2 * patience.refresh) {
      return look.failed({
        kind: 'fight',
        message: `Argo CD syncs by itself and is at ${shown(sync.revisions)}, which does not contain ${shown(pins)}`,
        remedy: 'Bring the commit to the branch that the Application follows, or turn its automated sync off.',
      });
    }
    return look.refreshing(
      isFinished ? 'fight' : 'revision',
      `Argo CD to see ${shown(pins)}; it is at ${shown(sync.revisions)}`,
    );
  }
  const hasMoved = relation !== 'same';

  const mayDiffer = hasMoved && isFinished && !policy.isAutomated;
  if (sync.status !== 'Synced' && !mayDiffer) return judgeDrift(application, isFinished, look);

  if (health.status === 'Degraded') {
    if (look.standing('degraded') >= patience.degraded) return look.failed(healthCause(application));
    return look.waiting('degraded', describeHealth(application), patience.degraded);
  }
  const isSuspended = health.status === 'Suspended';
  if (!isSuspended && health.status !== 'Healthy') return look.waiting('health', describeHealth(application));

  const isSameSecond = ended !== undefined && reconciledAt === second(ended);
  const needed = isSuspended ? patience.suspended : isSameSecond ? patience.stableInSameSecond : patience.stable;
  const situation = isSuspended ? 'suspended' : 'stable';
  if (look.standing(situation) < needed) {
    return look.waiting(situation, isSuspended ? 'it to be resumed' : 'it to stay so', needed);
  }
  const notes = [
    ...(hasMoved
      ? [
          `Argo CD compares with ${shown(sync.revisions)} by now${sync.status === 'Synced' ? '' : ', which is not synced'}`,
        ]
      : []),
    ...(isSuspended ? ['part of it is suspended'] : []),
  ];
  return {
    memory: look.memory,
    verdict: {
      is: 'done',
      revisions: hasMoved && mayDiffer ? pins.map((pin, index) => pin ?? sync.revisions[index] ?? '') : sync.revisions,
      ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
    },
  };
}

function judgeDrift(application: Application, isFinished: boolean, look: Look): Judgement {
  const { policy, status } = application;
  const cause = policy.isAutomated ? automationCause(application) : undefined;
  if (cause !== undefined) {
    if (look.standing('automation') >= patience.comparison) return look.failed(cause);
    return look.waiting('automation', cause.message, patience.comparison);
  }
  const differing = status.resources.filter(({ sync }) => sync === 'OutOfSync').length;
  const what = differing === 0 ? 'it to be synced' : `${count(differing, 'object')} to be synced`;
  if (status.sync.status !== 'OutOfSync') return look.refreshing('unknown', 'Argo CD to compare the cluster with Git');
  if (isFinished) {
    if (look.standing('drift') >= patience.drift) return look.failed(driftCause(application));
    return look.waiting('drift', what, patience.drift);
  }
  return look.waiting(
    'unsynced',
    policy.isAutomated ? what : `${what}, which nobody has asked for (its sync policy is manual)`,
  );
}

function describeHealth({ status: { health, resources } }: Application): string {
  const unwell = resources.filter(({ health: of }) => of !== undefined && of.status !== 'Healthy');
  const names = unwell.slice(0, 3).map(({ kind, name }) => `${kind} ${name}`);
  const said = unwell[0]?.health?.message || health.message;
  const which =
    names.length === 0 ? 'it' : names.join(', ') + (unwell.length > 3 ? ` and ${unwell.length - 3} more` : '');
  return `${which} to be healthy (${health.status.toLowerCase()}${said === '' ? '' : `: ${shorten(said.replaceAll('\n', ' '), 200)}`})`;
}

/** How what was compared stands to what was asked for; a pair of commits where nobody has looked yet. */
function relate(
  revisions: readonly string[],
  pins: readonly (string | undefined)[],
  contains: Contains,
): 'same' | 'newer' | 'other' | { readonly newer: string; readonly older: string } {
  let relation: 'same' | 'newer' = 'same';
  for (const [index, pin] of pins.entries()) {
    const revision = revisions[index];
    if (pin === undefined || pin === revision) continue;
    if (revision === undefined || revision === '') return 'other';
    // A chart's version contains no other.
    if (!isCommit(revision) || !isCommit(pin)) return 'other';
    const known = contains(revision, pin);
    if (known === undefined) return { newer: revision, older: pin };
    if (!known) return 'other';
    relation = 'newer';
  }
  return relation;
}

/**
 * A later commit counts where Argo CD syncs by itself, and would go on to it anyway: its server takes no pin there. Elsewhere it has to
 * be the very one: what goes back to an older commit must not be content with the newer one.
 */
function isEnough(relation: 'same' | 'newer' | 'other', { policy }: Application): boolean {
  return relation === 'same' || (relation === 'newer' && policy.isAutomated);
}

function isAt(revisions: readonly string[], pins: readonly (string | undefined)[]): boolean {
  return pins.every((pin, index) => pin === undefined || revisions[index] === pin);
}

function isFailed({ phase }: OperationState): boolean {
  return phase === 'Failed' || phase === 'Error';
}

function second(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}

function shown(revisions: readonly (string | undefined)[]): string {
  const named = revisions.flatMap(revision => (revision === undefined || revision === '' ? [] : [short(revision)]));
  return named.length === 0 ? 'no revision' : named.join(', ');
}

function short(revision: string): string {
  return isCommit(revision) ? revision.slice(0, 12) : revision;
}

function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** What to say of an application that took too long, from the last look at it. */
export function timeCause(waitedFor: string, milliseconds: number): Cause {
  return { kind: 'time', message: `after ${duration(milliseconds)} it still waits for ${waitedFor}` };
}

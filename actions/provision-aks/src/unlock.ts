import { escapeText, problemSections, prose, table } from '@suite/change-report';
import { shortList, UserError } from '@suite/foundation';
import { describeRun, doubtOf, exclusively, type LeaseView, type RunFate, type RunNote, runFate } from '@suite/lease';
import { placeOf, type ScopeView } from '@suite/platform-file';
import { describeLock } from '@suite/terraform';
import { exclusiveOptions } from './exclusive-options.ts';
import type { UnlockRequest } from './inputs.ts';
import type { Azure, Services } from './ports.ts';
import { continues, isRestored, onlyKept, revisionOf } from './saved-state.ts';
import { describeHolder, requireState, type State } from './state.ts';
import type { Target } from './target.ts';
import type { Workspace } from './workspace.ts';

/** Who holds a scope and region: Terraform's lock of the state, and the suite's own lease with the note of its run. */
export interface Held {
  readonly state: State;
  readonly lease: LeaseView;
}

/** A dead run stops renewing the lease, which then ends within a minute; a look every few seconds notices that. */
const longestLeaseMs = 75_000;
const lookMs = 10_000;

/** As many are named as a reader looks through. */
const shown = 10;

/**
 * Releases what a dead run left: the lock of the state, and the lease. Only what is proven to be nobody's: GitHub says that the run in
 * the note is over, its lease has run out, and the lock is of its command, time and machine. Everything else is refused with who holds it.
 */
export async function unlock(
  request: UnlockRequest,
  target: Target,
  services: Services,
  openWorkspace: () => Promise<Workspace>,
): Promise<void> {
  const { view } = target;
  const { log, summary } = services;
  try {
    const azure = services.connect(target);
    const held = await look(azure, view);
    if (isFree(held)) {
      const restored = await restore(request, target, services, azure, openWorkspace);
      if (restored !== undefined) {
        log.info(restored);
        await summary.append([`### ${prose(restored)}`]);
        services.setOutputs({ released: 0 });
        return;
      }
      const sentence = `Nothing is held on ${placeOf(view)}, so nothing was released.`;
      log.info(sentence);
      await summary.append([`### ${prose(sentence)}`]);
      services.setOutputs({ released: 0 });
      return;
    }
    const note = requireNote(request, held, view, services);
    const fate = await askFate(note, services);
    refuse(view, held, fate, services.clock.now());
    const settled = await untilRunOut(held, note, azure, view, services);
    refuse(view, settled, fate, services.clock.now());
    const released = await release(settled, note, azure, services);
    const title = `Released ${placeOf(view)}`;
    const run = describeRun(note, services.clock.now());
    for (const what of released) log.info(`Released ${what}. ${run} ${fate.isOver ? fate.how : ''}`);
    await summary.append([
      `### ${prose(title)}`,
      table(
        ['What', 'Left by', 'That run'],
        released.map(what => [escapeText(what), escapeText(run), escapeText(fate.isOver ? fate.how : '')]),
      ),
    ]);
    const restored = await restore(request, target, services, azure, openWorkspace);
    if (restored !== undefined) {
      log.info(restored);
      await summary.append([prose(restored)]);
    }
    services.setOutputs({ released: released.length });
  } catch (error) {
    if (error instanceof UserError) await summary.append(problemSections(error.problems));
    throw error;
  }
}

/**
 * Writes what an earlier apply could not, where nothing has overtaken it, while no other run works there: one that does plans on the very state
 * that is replaced. Gives what was done, or undefined for nothing.
 */
async function restore(
  { leaseWaitMs }: UnlockRequest,
  target: Target,
  services: Services,
  azure: Azure,
  openWorkspace: () => Promise<Workspace>,
): Promise<string | undefined> {
  if ((await azure.savedState.read()) === undefined) return undefined;
  const { view } = target;
  const options = exclusiveOptions(view, services, azure, { command: 'restore', waitMs: leaseWaitMs });
  const { restored } = await exclusively(options, async lost => ({
    restored: await restoreAlone(target, services, azure, openWorkspace, lost),
    error: undefined,
  }));
  return restored;
}

async function restoreAlone(
  target: Target,
  services: Services,
  azure: Azure,
  openWorkspace: () => Promise<Workspace>,
  lost: AbortSignal,
): Promise<string | undefined> {
  const { view } = target;
  // What was seen before a wait is outdated.
  const [content, state] = await Promise.all([azure.savedState.read(), requireState(azure, view)]);
  if (content === undefined) return undefined;
  const holder = describeHolder(view, state, { state: 'free' }, services.clock.now());
  if (holder !== undefined) throw new UserError(holder);
  const workspace = await openWorkspace();
  await workspace.copyConfiguration();
  const terraform = await services.openTerraform(target, workspace, azure, lost);
  await services.log.group(`${terraform.engine.command} init`, () =>
    terraform.init({ lockFile: workspace.sources.lockFile === undefined ? 'write' : 'readonly' }),
  );
  const [saved, current] = [revisionOf(content), await terraform.revision()];
  const { account, container, key } = view.state;
  // A run that was cut off between the two has written it already.
  const recorded = await terraform.recorded();
  const isDone = isRestored(content, saved, current, recorded);
  if (!isDone && !continues(saved, current)) {
    const lost = onlyKept(content, recorded);
    const what =
      lost.length === 0
        ? 'Nothing stands in it alone.'
        : `Only in it ${lost.length === 1 ? 'is' : 'are'} ${shortList(lost, shown)}.`;
    throw new UserError({
      message: `What an apply of ${placeOf(view)} kept in ${container}/${key}.errored was overtaken: it is serial ${saved?.serial ?? 'unknown'} of ${saved?.lineage ?? 'no state'}, the state is serial ${current?.serial ?? 'unknown'} of ${current?.lineage ?? 'no state'}. ${what} Nothing was restored.`,
      remedy: `The state that is there counts. Take the kept one away with \`az storage blob delete --auth-mode login --account-name ${account} --container-name ${container} --name ${key}.errored\`; the next plan names by its id what Azure has and the state has not, and \`adopt\` under \`allow:\` of ${view.scope} takes that over.`,
    });
  }
  if (!isDone) {
    const file = await workspace.writeState(content);
    try {
      await services.log.group(`${terraform.engine.command} state push`, () => terraform.push(file));
    } finally {
      await workspace.discard(file);
    }
  }
  lost.throwIfAborted();
  await azure.savedState.remove();
  return `Restored the state of ${placeOf(view)}: serial ${saved?.serial}, which an apply could not write`;
}

async function look(azure: Azure, view: ScopeView): Promise<Held> {
  const [state, lease] = await Promise.all([requireState(azure, view), azure.lease.look()]);
  return { state, lease };
}

function isFree({ state, lease }: Held): boolean {
  return state.lease === 'available' && lease.state === 'free';
}

const noteIn = ({ lease }: Held): RunNote | undefined => (lease.state === 'free' ? undefined : lease.note);

/** The note that says whose it is. What has none is nobody's that could be asked for. */
function requireNote({ run }: UnlockRequest, held: Held, view: ScopeView, { clock }: Services): RunNote {
  const note = noteIn(held);
  if (note === undefined && held.state.lease === 'available') {
    throw new UserError({
      message: `${describeRun(note, clock.now())} works on ${placeOf(view)}. Nothing was released.`,
      remedy: 'Run this again in a minute.',
    });
  }
  if (note === undefined) {
    throw new UserError({
      message: `${describeHeld(view, held, clock.now())} It names no run, so nobody can prove that it is over. Nothing was released.`,
      remedy: byHand(view, held),
    });
  }
  if (run === undefined || run === note.runId) return note;
  throw new UserError({
    message: `is ${run}, but ${placeOf(view)} is held by the run ${note.run} of ${note.actor}. Nothing was released.`,
    location: { kind: 'input', name: 'run' },
    remedy: 'Look at that run first, then name it here.',
  });
}

/** Throws when GitHub cannot be asked at all. */
async function askFate(note: RunNote, { context, findRun }: Services): Promise<RunFate> {
  if (findRun === undefined) {
    throw new UserError({
      message: 'is needed to ask GitHub whether the run that holds the lock is over.',
      location: { kind: 'input', name: 'github-token' },
      remedy: 'Leave it out, or give a token with `actions: read`.',
    });
  }
  return runFate(note, context, findRun);
}

/** Throws unless what is held is proven to be a dead run's. */
function refuse(view: ScopeView, held: Held, fate: RunFate, now: number): void {
  const note = noteIn(held);
  const problem = objection(held, fate);
  if (problem === undefined) return;
  const who = note === undefined ? describeHeld(view, held, now) : `${describeRun(note, now)} holds ${placeOf(view)}.`;
  const isOver = fate.isOver ? `That run ${fate.how}. ` : '';
  throw new UserError({
    message: `${who} ${isOver}${problem} Nothing was released.`,
    remedy: wayOut(view, held, fate),
  });
}

function wayOut(view: ScopeView, held: Held, fate: RunFate): string {
  if (!fate.isOver && fate.isKnown) return 'Wait until that run is over, or cancel it, then run this again.';
  if (held.state.lease === 'leased') return byHand(view, held);
  return 'Nothing has to be released: as soon as nobody has renewed that lease for a minute, the next run takes it over by itself.';
}

/** Why it is not proven; a sentence. Pure. */
export function objection(held: Held, fate: RunFate): string | undefined {
  if (!fate.isOver) return `That run ${fate.why}.`;
  const { lease, lock } = held.state;
  return lease === 'available' ? undefined : doubtOf(lock, noteIn(held), fate.endedAt);
}

/** Waits until a lease that nobody renews has run out. Throws when it is renewed, or somebody else's by then. */
async function untilRunOut(
  first: Held,
  note: RunNote,
  azure: Azure,
  view: ScopeView,
  { clock, log }: Services,
): Promise<Held> {
  const began = clock.now();
  for (let held = first; ; held = await look(azure, view)) {
    const now = noteIn(held);
    if (held !== first && now !== undefined && (now.runId !== note.runId || now.startedAt !== note.startedAt)) {
      throw new UserError({
        message: `${describeRun(now, clock.now())} has begun to work on ${placeOf(view)} meanwhile. Nothing was released.`,
        remedy: 'Run this again when that run is over, if anything is held then.',
      });
    }
    if (held.lease.state !== 'held') return held;
    if (clock.now() - began >= longestLeaseMs) {
      throw new UserError({
        message: `${describeRun(note, clock.now())} still renews its lease on ${placeOf(view)}, though GitHub says that it is over: its machine works. Nothing was released.`,
        remedy: 'Stop that machine, then run this again.',
      });
    }
    log.info('That run is over; its lease runs out within a minute when nobody renews it: waiting for that');
    await clock.sleep(lookMs);
  }
}

async function release(
  { state, lease }: Held,
  note: RunNote,
  azure: Azure,
  { newId }: Services,
): Promise<readonly string[]> {
  const released: string[] = [];
  if (state.lease === 'leased') {
    if (state.lock === undefined || !(await azure.stateLock.release(state.lock.id))) {
      throw new UserError({
        message: 'The lock of the state has been replaced by another one in the meantime. Nothing was released.',
        remedy: 'Run this again if anything is held still.',
      });
    }
    released.push(`the lock ${state.lock.id} of the state`);
  }
  if (lease.state === 'abandoned') {
    // Whoever takes it may take it away; another run that is quicker takes the note over by itself.
    const taken = await azure.lease.take(newId(), { ...note, command: 'unlock' });
    await taken?.release();
    if (taken !== undefined) released.push('the lease of the suite');
  }
  return released;
}

function describeHeld(view: ScopeView, { state }: Held, now: number): string {
  const { message } = describeLock({
    backend: view.state,
    lock: state.lock,
    holder: undefined,
    now,
  });
  return message.replace(/; nothing was changed\.$/, '.');
}

function byHand(view: ScopeView, { state }: Held): string {
  const { remedy } = describeLock({
    backend: view.state,
    lock: state.lock,
    holder: undefined,
    now: 0,
  });
  return `Find out whose it is. ${remedy}`;
}

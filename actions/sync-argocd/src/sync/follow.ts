import {
  type Application,
  beginWait,
  type Cause,
  type Expectation,
  judgeApplication,
  timeCause,
  type WaitMemory,
  type WaitVerdict,
} from '@suite/argocd';
import { duration, longestSilenceMs, mapInParallel } from '@suite/foundation';
import { createLimit } from '../render/limit.ts';
import { createAgenda } from './agenda.ts';
import { createBell } from './bell.ts';
import { createContains } from './contains.ts';
import { gatherEvidence, lookAtWorkloads, type Trouble } from './diagnose.ts';
import { causeOf } from './explain.ts';
import { findSetError, followSet } from './follow-set.ts';
import { type ApplicationResult, noEvidence, type SyncPlan } from './plan.ts';
import { type ApplicationLookup, type ApplicationRef, type ArgoCd, keyOf, type SyncPorts, stampOf } from './ports.ts';
import { pinsFor, startSync } from './start.ts';

/** One application that is followed until it is there or has failed. */
export interface Followed {
  readonly ref: ApplicationRef;
  readonly parent?: string;
  readonly expectation: Expectation;
  /** When the comparison began that was there before anything was asked of it. */
  readonly comparedBefore: number | undefined;
  /** When its sync was asked for. */
  readonly began: number;
}

interface State extends Followed {
  expectation: Expectation;
  memory: WaitMemory;
  attempt: number;
  /** As it was looked at last. */
  application: Application | undefined;
  /** Something is being done about it: it is looked at again when that is over. */
  isBusy: boolean;
  waitsFor: string;
  saidAt: number;
  said: string;
  trouble: { readonly at: number; readonly of: Trouble } | undefined;
  /** What a workload of it waited for when they were looked at last; no trouble yet. */
  rollout: string | undefined;
  result: ApplicationResult | undefined;
}

export interface FollowOptions {
  /** When to give up, in milliseconds since 1970. */
  readonly until: number;
  /** Whether children whose policy is manual are synced; otherwise they are only waited for. */
  readonly syncsChildren: boolean;
}

/** Those of a wait in which workloads tell more than Argo CD does. */
const unwellSituations: ReadonlySet<string> = new Set(['health', 'degraded', 'running']);
/** Pods in trouble may come right; kubelets need a moment. */
const troubleMs = 30_000;
const probeMs = 5000;
const mostAttempts = 6;
/** Argo CD tries a few times each time: a commit that has not come after more than a minute will not. */
const mostUnseen = 4;
/** More than this many are not told about one by one. */
const mostNamed = 12;
/** Applications that are asked of at once. */
const atOnce = 8;

/** Keys of applications that have changed; all of them where everything was read anew. */
type News = Set<string> | 'all';

/** Follows applications, and the children that they bring, until each is there or has failed. Rejects for defects only. */
export async function followApplications(
  followed: readonly Followed[],
  plan: SyncPlan,
  ports: SyncPorts,
  options: FollowOptions,
): Promise<readonly ApplicationResult[]> {
  const { clock, log, signal } = ports;
  // Thousands of them may have to be asked at one moment: when a root has brought them, or a refresh of all is lost.
  const argo = bounded(ports.argo);
  const began = clock.now();
  const states = new Map<string, State>();
  /** Those without a result yet. */
  const pending = new Set<State>();
  /** When each of these is due, though nothing changes. */
  const agenda = createAgenda<State>();
  for (const one of followed) take(one);
  if (states.size === 0) return [];
  const contains = createContains(ports);
  const bell = createBell();
  /** Children that an application names and that have not been seen yet, with who names them. */
  const named = new Map<string, { readonly ref: ApplicationRef; readonly parent: string }>();
  /** Keys of those that have been named since the last look. */
  const justNamed = new Set<string>();
  /** ApplicationSets that an application has brought; a result where one failed. */
  const sets = new Map<string, ApplicationResult | undefined>();
  /** Of these sets, how many are still to say which Applications they have. */
  let open = 0;
  let lookup: ApplicationLookup | undefined;
  /** Since the last look. */
  let changed: News = 'all';
  let broken: { readonly error: unknown } | undefined;
  const tasks = new Set<Promise<void>>();
  let watch = startWatch();
  let isLate = false;
  let probedAt = clock.now();
  let summedUpAt = clock.now();
  try {
    for (;;) {
      if (signal.aborted) break;
      if (broken !== undefined) throw broken.error;
      if (lookup !== undefined) {
        const news = changed;
        changed = new Set();
        isLate = clock.now() >= options.until;
        for (const state of takeDue(lookup, news)) await step(state, lookup);
        await adoptChildren(lookup, news);
        await probe();
      }
      report();
      if (pending.size === 0 && named.size === 0 && open === 0) break;
      const now = clock.now();
      const saying = pending.size > mostNamed ? [summedUpAt] : [...pending].map(({ saidAt }) => saidAt);
      const next = Math.min(agenda.next(), ...saying.map(at => at + longestSilenceMs), options.until, now + probeMs);
      await bell.wait(Math.max(next - now, 10), clock);
    }
  } catch (error) {
    if (!signal.aborted) {
      const cause = causeOf(error);
      for (const state of pending) settle(state, { phase: 'failed', cause });
    }
  } finally {
    await Promise.all([watch.end(), ...tasks]);
  }
  for (const state of pending) {
    const note = `cancelled while it waited for ${state.waitsFor}; Argo CD goes on by itself`;
    settle(state, { phase: 'cancelled', notes: [note] });
  }
  return [...[...states.values()].map(({ result }) => result), ...sets.values()].flatMap(result => result ?? []);

  function take(one: Followed): State {
    const state = stateOf(one, clock.now());
    states.set(keyOf(one.ref), state);
    pending.add(state);
    agenda.put(state, clock.now());
    return state;
  }

  function settle(state: State, result: Partial<ApplicationResult>): void {
    state.result = { ...resultOf(state), ...result };
    pending.delete(state);
    agenda.put(state, Number.POSITIVE_INFINITY);
  }

  /** Others do not wait for what takes long, such as the end of somebody's operation. */
  function work(state: State, doing: Promise<void>): void {
    state.isBusy = true;
    const task = doing
      .catch(error => {
        if (!signal.aborted) settle(state, { phase: 'failed', cause: causeOf(error) });
      })
      .catch(error => {
        broken = { error };
      })
      .finally(() => {
        state.isBusy = false;
        if (state.result === undefined) agenda.put(state, clock.now());
        tasks.delete(task);
        bell.ring();
      });
    tasks.add(task);
  }

  /** What has changed, and whose time has come: one event of one application is no look at all the others. */
  function takeDue(now: ApplicationLookup, news: News): readonly State[] {
    const touched = news === 'all' || isLate ? [...pending] : [...news].flatMap(key => states.get(key) ?? []);
    const isTouched = ({ ref, application }: State) => isLate || now(ref) !== application;
    const due = new Set([...touched.filter(isTouched), ...agenda.take(clock.now())]);
    return [...due].filter(({ isBusy, result }) => !isBusy && result === undefined);
  }

  async function step(state: State, now: ApplicationLookup): Promise<void> {
    const application = now(state.ref);
    state.application = application;
    for (;;) {
      const judged = judgeApplication(application, state.expectation, state.memory, clock.now(), contains.known);
      state.memory = judged.memory;
      const { verdict } = judged;
      if (verdict.is === 'ask') {
        await contains.ask(verdict.newer, verdict.older);
        continue;
      }
      agenda.put(state, (verdict.is === 'waiting' ? verdict.again : undefined) ?? Number.POSITIVE_INFINITY);
      if (verdict.is === 'waiting') {
        state.waitsFor = shownOf(state) ?? verdict.for;
        if (clock.now() >= options.until) {
          work(state, fail(state, timeCause(verdict.for, clock.now() - state.began)));
        }
      } else if (verdict.is === 'done') {
        settle(state, {
          phase: 'done',
          revisions: verdict.revisions,
          notes: verdict.note === undefined ? [] : [verdict.note],
        });
        const at = verdict.revisions.map(revision => revision.slice(0, 12)).join(', ');
        log.info(`${state.ref.name}: synced and healthy${at === '' ? '' : ` at ${at}`} after ${seconds(state)}`);
      } else if (verdict.is === 'failed') {
        work(state, fail(state, verdict.cause));
      } else if (application !== undefined) {
        work(state, act(state, application, verdict));
      }
      break;
    }
    if (application === undefined) return;
    for (const ref of childrenOf(application)) {
      const key = keyOf(ref);
      if (!states.has(key) && !named.has(key)) name(ref, state.ref.name);
    }
    // Before its own sync is over, a set may still be the old one.
    if (state.result?.phase === 'done') for (const ref of setsOf(application)) askSet(ref, state.ref.name);
  }

  function name(ref: ApplicationRef, parent: string): void {
    named.set(keyOf(ref), { ref, parent });
    justNamed.add(keyOf(ref));
  }

  function askSet(ref: ApplicationRef, parent: string): void {
    const key = keyOf(ref);
    if (sets.has(key)) return;
    sets.set(key, undefined);
    open++;
    const since = clock.now();
    const task = followSet(ref, ports, options.until)
      .then(outcome => {
        if (outcome.is === 'failed') {
          const seconds = (clock.now() - since) / 1000;
          const { cause } = outcome;
          sets.set(key, {
            ...ref,
            parent,
            phase: 'failed',
            revisions: [],
            seconds,
            notes: [],
            cause,
            evidence: noEvidence,
          });
          return;
        }
        for (const member of outcome.members) {
          const memberKey = keyOf(member);
          if (!states.has(memberKey) && !named.has(memberKey)) name(member, ref.name);
        }
      })
      .catch(error => {
        if (!signal.aborted) broken = { error };
      })
      .finally(() => {
        open--;
        tasks.delete(task);
        bell.ring();
      });
    tasks.add(task);
  }

  async function act(
    state: State,
    application: Application,
    { act: what, why, cause }: Extract<WaitVerdict, { readonly is: 'act' }>,
  ): Promise<void> {
    if (what === 'refresh') {
      state.waitsFor = why;
      await argo.refresh(state.ref, stampOf(ports));
      return;
    }
    log.info(`${state.ref.name}: ${why}`);
    if (what === 'clear') {
      if ((await argo.clear(application, false)) !== 'impossible') return;
      await fail(state, {
        kind: 'operation',
        message: why,
        remedy: `Take it away by hand: kubectl -n ${state.ref.namespace} patch application ${state.ref.name} --type merge -p '{"operation":null}'`,
      });
      return;
    }
    if (state.attempt >= (cause?.kind === 'unseen' ? mostUnseen : mostAttempts)) {
      await fail(state, cause ?? { kind: 'operation', message: why });
      return;
    }
    state.attempt++;
    const started = await startSync(
      state.ref,
      plan,
      { ...ports, argo },
      {
        attempt: state.attempt,
        until: options.until,
        pins: state.expectation.pins,
      },
    );
    if (started.is === 'failed') await fail(state, started.cause);
    else {
      state.expectation = {
        operation: started.is === 'begun' ? started.operation : undefined,
        pins: started.pins,
      };
      state.memory = beginWait(application, clock.now());
    }
  }

  async function fail(state: State, cause: Cause): Promise<void> {
    const { application } = state;
    const isBlocked = cause.kind === 'window';
    if (application?.operation !== undefined && (isBlocked || state.trouble !== undefined)) {
      // Otherwise it stays, and whatever comes next has to wait for it: one that a window blocks has done nothing yet.
      await (isBlocked ? argo.clear(application, true) : argo.terminate(application)).catch(() => undefined);
    }
    const evidence =
      application === undefined || signal.aborted
        ? noEvidence
        : await gatherEvidence(application, cause, state.trouble?.of, state.began, ports.workloads);
    const isUnwell = cause.kind === 'time' || cause.kind === 'health';
    const reason = isUnwell
      ? (state.trouble?.of.message ?? shownOf(state) ?? (await setErrorOf(application)))
      : undefined;
    const whole = reason === undefined ? cause : { ...cause, message: `${cause.message}; ${reason}` };
    settle(state, { phase: 'failed', cause: whole, evidence, ...linkOf(state.ref) });
    log.info(`${state.ref.name}: failed after ${seconds(state)}: ${whole.message}`);
    for (const event of evidence.events) log.info(`${state.ref.name}: event: ${event}`);
    for (const line of evidence.log) log.info(`${state.ref.name}: log: ${line}`);
  }

  function linkOf({ namespace, name: title }: ApplicationRef): Pick<ApplicationResult, 'link'> {
    return plan.argoUrl === undefined ? {} : { link: `${plan.argoUrl}/applications/${namespace}/${title}` };
  }

  async function setErrorOf(application: Application | undefined): Promise<string | undefined> {
    if (application === undefined || signal.aborted) return undefined;
    // It explains a failure: what goes wrong with it is none.
    return findSetError(setsOf(application), ports).catch(() => undefined);
  }

  /** Looks at the pods of what is not healthy: Argo CD calls a rollout well for ten minutes while its image cannot be pulled. */
  async function probe(): Promise<void> {
    const now = clock.now();
    if (now < probedAt + probeMs) return;
    probedAt = now;
    const unwell = [...pending].filter(
      ({ memory, began: at, isBusy }) => !isBusy && unwellSituations.has(memory.situation) && now - at >= probeMs,
    );
    await mapInParallel(unwell, 4, async state => {
      if (state.application === undefined) return;
      const { trouble: found, waitsFor } = await lookAtWorkloads(state.application, ports.workloads, state.began);
      state.rollout = waitsFor;
      state.trouble = found === undefined ? undefined : { at: state.trouble?.at ?? now, of: found };
      state.waitsFor = shownOf(state) ?? state.waitsFor;
      if (found?.isLasting && now - (state.trouble?.at ?? now) >= troubleMs) {
        work(state, fail(state, { kind: 'pods', message: found.message }));
      }
    });
  }

  async function adoptChildren(now: ApplicationLookup, news: News): Promise<void> {
    const keys = news === 'all' || isLate ? [...named.keys()] : [...new Set([...justNamed, ...news])];
    justNamed.clear();
    for (const key of keys) {
      const one = named.get(key);
      if (one === undefined) continue;
      const { ref, parent } = one;
      const child = now(ref);
      if (child === undefined) {
        if (!watch.sees(ref)) {
          await watch.end();
          watch = startWatch();
        }
        if (clock.now() < options.until) continue;
      }
      named.delete(key);
      const pins = child === undefined ? [] : pinsFor(child, plan);
      const state = take({
        ref,
        parent,
        expectation: { operation: undefined, pins },
        comparedBefore: child?.status.reconciledAt,
        began: clock.now(),
      });
      if (child === undefined) {
        work(state, fail(state, { kind: 'missing', message: `${parent} names it, and it is not there` }));
        continue;
      }
      log.info(`${ref.name}: follows ${parent}`);
      work(state, bringChild(state, child));
    }
  }

  async function bringChild(state: State, child: Application): Promise<void> {
    if (!options.syncsChildren || child.policy.isAutomated) {
      await argo.refresh(state.ref, stampOf(ports));
      return;
    }
    const started = await startSync(state.ref, plan, { ...ports, argo }, { attempt: 1, until: options.until });
    if (started.is === 'failed') await fail(state, started.cause);
    else if (started.is === 'begun') state.expectation = { operation: started.operation, pins: started.pins };
  }

  /** Watches where the applications are; one alone by its name, until it turns out to have children. */
  function startWatch() {
    const refs = [...[...states.values()].map(({ ref }) => ref), ...[...named.values()].map(({ ref }) => ref)];
    const [first, ...others] = refs;
    const namespaces = [...new Set(refs.map(({ namespace }) => namespace))];
    const stop = new AbortController();
    const watching = argo
      .follow(
        { namespaces, ...(first !== undefined && others.length === 0 ? { only: first.name } : {}) },
        (now, key) => {
          lookup = now;
          if (key === undefined) changed = 'all';
          else if (changed !== 'all') changed.add(key);
          bell.ring();
        },
        AbortSignal.any([signal, stop.signal]),
      )
      .catch(error => {
        if (stop.signal.aborted) return;
        broken = { error };
        bell.ring();
      });
    return {
      sees: ({ namespace }: ApplicationRef) => others.length > 0 && namespaces.includes(namespace),
      end: async () => {
        stop.abort();
        await watching;
      },
    };
  }

  function report(): void {
    const now = clock.now();
    if (pending.size > mostNamed) {
      if (now < summedUpAt + longestSilenceMs) return;
      summedUpAt = now;
      const first = [...pending].slice(0, 3).map(({ ref, waitsFor }) => `${ref.name} waits for ${waitsFor}`);
      log.info(`${states.size - pending.size} of ${states.size} applications are there; ${first.join('; ')}`);
      return;
    }
    for (const state of pending) {
      const isNew = state.waitsFor !== state.said && now >= state.saidAt + 2000;
      if (state.waitsFor === '' || (!isNew && now < state.saidAt + longestSilenceMs)) continue;
      state.said = state.waitsFor;
      state.saidAt = now;
      log.info(`${state.ref.name}: waits for ${state.waitsFor} (${duration(now - began)})`);
    }
  }

  function seconds({ began: at }: State): string {
    return duration(clock.now() - at);
  }

  function resultOf({ ref, parent, began: at, application }: State): ApplicationResult {
    return {
      ...ref,
      ...(parent === undefined ? {} : { parent }),
      phase: 'failed',
      revisions: application?.status.sync.revisions ?? [],
      seconds: (clock.now() - at) / 1000,
      notes: [],
      evidence: noEvidence,
    };
  }
}

/** Lets so many requests about single applications through at once, as these are what may come in bursts. */
function bounded(argo: ArgoCd): ArgoCd {
  const limit = createLimit(atOnce);
  return {
    ...argo,
    get: ref => limit(() => argo.get(ref)),
    sync: (application, request) => limit(() => argo.sync(application, request)),
    refresh: (ref, stamp) => limit(() => argo.refresh(ref, stamp)),
  };
}

/** Applications that an application makes (app of apps). */
export function childrenOf({ namespace, status }: Application): readonly ApplicationRef[] {
  return status.resources
    .filter(({ group, kind }) => group === 'argoproj.io' && kind === 'Application')
    .map(resource => ({ namespace: resource.namespace ?? namespace, name: resource.name }));
}

/** ApplicationSets that an application brings. */
export function setsOf({ namespace, status }: Application): readonly ApplicationRef[] {
  return status.resources
    .filter(({ group, kind }) => group === 'argoproj.io' && kind === 'ApplicationSet')
    .map(resource => ({ namespace: resource.namespace ?? namespace, name: resource.name }));
}

/** What workloads show of one that waits, where they tell more than Argo CD does. */
function shownOf({ memory, trouble, rollout }: State): string | undefined {
  return unwellSituations.has(memory.situation) ? (trouble?.of.message ?? rollout) : undefined;
}

function stateOf(followed: Followed, now: number): State {
  return {
    ...followed,
    memory: { ...beginWait(undefined, now), comparedBefore: followed.comparedBefore },
    attempt: 1,
    application: undefined,
    isBusy: false,
    waitsFor: '',
    saidAt: now,
    said: '',
    trouble: undefined,
    rollout: undefined,
    result: undefined,
  };
}

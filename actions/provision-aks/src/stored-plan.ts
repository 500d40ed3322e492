import { createHash } from 'node:crypto';
import type { Log, RunContext } from '@suite/action-kit';
import { type Clock, count, describeProblem, errorMessage, UserError } from '@suite/foundation';
import { placeOf, type ScopeView } from '@suite/platform-file';
import type { Reviewed } from './inputs.ts';
import type { PlanStore } from './ports.ts';

/** What a plan job hands on: the blob, and what its bytes have to be. */
export interface StoredPlan {
  readonly key: string;
  /** Of the plan file. The digest says what a plan would do; only this covers the backend settings that a file carries as well. */
  readonly sha256: string;
}

/** Of the scope and region that is planned or applied, in this run. */
export interface PlanHandover {
  readonly view: ScopeView;
  readonly context: RunContext;
  readonly plans: PlanStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
}

type StoredReview = Extract<Reviewed, { readonly kind: 'stored' }>;

/** A plan that nobody applied for so long is of no use: approvals are given within days, and then the state has moved on. */
const longestAgeMs = 7 * 24 * 3_600_000;

/** All plans of a scope and region have names that begin so. */
function planPrefix({ platform, scope, region }: ScopeView): string {
  return `${platform}/${scope}/${region}/`;
}

/** Who made a plan, as its metadata say and as the run that applies it has to be. */
function originOf({ runId, sha }: RunContext) {
  // Outside of a workflow there is no run, and a header cannot be empty.
  return { run: runId || '0', commit: sha || '0' };
}

/** Stores a plan for an apply in another job of this run. Gives a warning instead when nobody prepared a container for it. */
export async function storePlan(
  { view, context, plans, newId, log }: PlanHandover,
  content: Buffer,
  { digest, serial }: { readonly digest: string; readonly serial: number | undefined },
): Promise<StoredPlan | { readonly warning: string }> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const { run, commit } = originOf(context);
  const attempt = context.runAttempt;
  const newKey = () => `${planPrefix(view)}${run}-${attempt}-${newId()}.tfplan`;
  const state = serial === undefined ? {} : { serial: String(serial) };
  const added = await plans.add(newKey, content, { run, attempt, commit, digest, ...state });
  if ('key' in added) {
    log.info(`Stored as ${added.key}`);
    return { key: added.key, sha256 };
  }
  const reasons = added.refused.problems.map(describeProblem).join(' ');
  const warning = `The plan file was not stored, so apply plans again and stops unless its digest is equal. ${reasons}`;
  log.info(warning);
  return { warning };
}

/**
 * Throws a UserError unless the key can only be that of a plan of this scope and region. A name is all that a workflow
 * hands on, and the apply identity may read more than its own plans.
 */
export function requireOwnKey(view: ScopeView, key: string): void {
  const prefix = planPrefix(view);
  if (key.startsWith(prefix) && /^\d{1,20}-\d{1,5}-[0-9a-f-]{36}\.tfplan$/.test(key.slice(prefix.length))) return;
  throw new UserError({
    message: `is ${JSON.stringify(key)}, which is no plan of ${placeOf(view)}: those begin with ${prefix}. Nothing was applied.`,
    location: { kind: 'input', name: 'plan-key' },
    remedy: 'Use the `plan-key` output of a plan of the same scope and region.',
  });
}

/** A stored plan that was fetched. */
export interface FetchedPlan {
  /** How often the state had been written when the plan was made. Whoever may add plans may write anything here. */
  readonly serial: string | undefined;
}

/**
 * Brings the stored plan into `file`; undefined when it is gone, because an apply has used it or because of its age. Throws
 * a UserError unless it is, byte for byte, the one that this run's plan job stored.
 */
export async function fetchPlan(
  { context, plans, log }: PlanHandover,
  { key, sha256 }: StoredReview,
  file: string,
): Promise<FetchedPlan | undefined> {
  const found = await plans.download(key, file);
  if (found === undefined) {
    log.info(`The stored plan ${key} is gone: an apply has used it, or it was older than 7 days. Planning again.`);
    return undefined;
  }
  if (found.sha256 !== sha256) {
    throw new UserError({
      message: `The stored plan ${key} was altered: its SHA-256 is ${found.sha256}, that of the plan which was made is ${sha256}. Nothing was applied.`,
      remedy: 'Find out who may write plan files, then plan again.',
    });
  }
  const { run, commit } = originOf(context);
  const { metadata } = found;
  if (metadata['run'] !== run || metadata['commit'] !== commit) {
    throw new UserError({
      message: `The stored plan ${key} was made by the run ${metadata['run'] ?? 'of nobody knows what'} at commit ${metadata['commit'] ?? 'unknown'}; this is run ${run} at ${commit}. Nothing was applied.`,
      remedy: 'Give the outputs of the plan job of this same run.',
    });
  }
  log.info(`Fetched ${key}`);
  return { serial: metadata['serial'] };
}

/**
 * Removes a plan that was used, and those of the same scope and region that nobody will use any more: what this run has
 * planned beside it, in attempts that were cut off or rejected, and what is old. Never fails.
 */
export async function discardPlans({ view, context, plans, clock, log }: PlanHandover, used: string): Promise<void> {
  try {
    await plans.remove(used);
    const oldest = clock.now() - longestAgeMs;
    const prefix = planPrefix(view);
    const own = `${prefix}${originOf(context).run}-`;
    const all = (await plans.list(prefix)).filter(({ key }) => key.startsWith(prefix));
    const spare = all.filter(({ key }) => key.startsWith(own));
    const old = all.filter(plan => !spare.includes(plan) && plan.modifiedAt < oldest);
    for (const { key } of [...spare, ...old]) await plans.remove(key);
    if (old.length > 0) log.info(`Removed ${count(old.length, 'stored plan')} that nobody applied for 7 days`);
  } catch (error) {
    log.warning(`Stored plans could not be cleaned up; the next apply tries again. ${errorMessage(error)}`);
  }
}

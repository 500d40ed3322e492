import type { Change } from '@suite/change-report';
import { listAttributes } from './attributes.ts';
import { readConfiguration } from './configuration.ts';
import { findHazards, raiseRisk } from './hazards.ts';
import { containsTrue, differingLeaves, isEmpty, isEqual, type Leaf, step } from './leaves.ts';
import type { Mask } from './mask.ts';
import type { PlanJson, ResourceChange, Segment } from './plan-json.ts';
import { plainChange, subjectOf } from './subject.ts';

export interface Drift {
  readonly found: ResourceChange;
  /** What differs; empty for a resource that is gone. */
  readonly leaves: readonly Leaf[];
}

/**
 * What somebody changed behind Terraform's back, told from what a provider fills in after every apply (recordings
 * `no-changes` and `drift`). A deletion always counts. A difference counts when the plan puts it back, when a planned
 * value was computed from it, or, in a plan that only refreshes, when the configuration says what it should be. What the
 * plan leaves as it found it is ignored by the configuration or already what it says.
 */
export function findDrift(plan: PlanJson): Drift[] {
  if (plan.drift.length === 0) return [];
  const configuration = readConfiguration(plan);
  const planned = new Map(
    plan.changes.filter(change => change.deposed === undefined).map(change => [change.address, change]),
  );
  return plan.drift.flatMap((found): Drift[] => {
    if (!found.managed || found.deposed !== undefined) return [];
    if (isGone(found)) return [{ found, leaves: [] }];
    const change = planned.get(found.address);
    const leaves = [...differingLeaves(found)].filter(
      leaf =>
        !leaf.unknown &&
        !isNoise(leaf) &&
        (configuration.uses(found, leaf.path) ||
          (change === undefined ? configuration.sets(found, leaf.path) : putsBack(change, found, leaf))),
    );
    return leaves.length === 0 ? [] : [{ found, leaves }];
  });
}

/**
 * The same as a plan that only refreshes would tell it: what differs from the state, whatever this plan does about it. Both refresh
 * alike, and list what they found alike (recordings `drift` and `drift-deleted`).
 */
export function findRefreshed(plan: PlanJson): Drift[] {
  return findDrift({ ...plan, changes: [] });
}

export function describeDrift(drift: readonly Drift[], mask: Mask): Change[] {
  return drift.map(({ found, leaves }): Change => {
    const subject = subjectOf(found, mask);
    if (isGone(found)) return unguarded(plainChange('delete', subject));
    const update = plainChange('update', subject);
    return {
      ...update,
      risk: raiseRisk(update.risk, findHazards(found.type, leaves)),
      attributes: listAttributes(subject, leaves, mask).attributes,
    };
  });
}

function isGone(found: ResourceChange): boolean {
  return found.actions.includes('delete');
}

/** It has happened: there is nothing to allow. */
function unguarded({ allowKey: _, ...change }: Change): Change {
  return change;
}

function isNoise({ before, after }: Leaf): boolean {
  return isEqual(before, after) || (isEmpty(before) && isEmpty(after));
}

/** Whether the plan gives the attribute another value than the one that was found. */
function putsBack(planned: ResourceChange, found: ResourceChange, leaf: Leaf): boolean {
  if (!planned.actions.includes('update') && !planned.actions.includes('create')) return false;
  const path = withoutItems(leaf.path, found.after);
  if (containsTrue(path.reduce(step, planned.afterUnknown))) return false;
  const target = path.reduce(step, planned.after);
  const current = path.reduce(step, found.after);
  return !isEqual(target, current) && !(isEmpty(target) && isEmpty(current));
}

/** Of several blocks the order may be any, so they are compared as one. */
function withoutItems(path: readonly Segment[], within: unknown): readonly Segment[] {
  const at = path.findIndex((_, depth) => {
    const list = path.slice(0, depth).reduce(step, within);
    return Array.isArray(list) && list.length > 1;
  });
  return at === -1 ? path : path.slice(0, at);
}

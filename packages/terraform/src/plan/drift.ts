import type { Change } from '@suite/change-report';
import { listAttributes } from './attributes.ts';
import { readConfiguration } from './configuration.ts';
import { differingLeaves, isEmpty, isEqual, type Leaf, step } from './leaves.ts';
import type { Mask } from './mask.ts';
import type { PlanJson, ResourceChange } from './plan-json.ts';
import { plainChange, subjectOf } from './subject.ts';

/**
 * What somebody changed behind Terraform's back, told from what a provider fills in after every apply (recordings
 * `no-changes` and `drift`). A deletion always counts. A difference counts when the plan puts it back, when a planned
 * value was computed from it, or, in a plan that only refreshes, when the configuration says what it should be. What the
 * plan leaves as it found it is ignored by the configuration or already what it says.
 */
export function readDrift(plan: PlanJson, mask: Mask): Change[] {
  if (plan.drift.length === 0) return [];
  const configuration = readConfiguration(plan);
  const planned = new Map(
    plan.changes.filter(change => change.deposed === undefined).map(change => [change.address, change]),
  );
  return plan.drift.flatMap((found): Change[] => {
    if (!found.managed || found.deposed !== undefined) return [];
    const subject = subjectOf(found, mask);
    if (found.actions.includes('delete')) return [unguarded(plainChange('delete', subject))];
    const change = planned.get(found.address);
    const leaves = [...differingLeaves(found)].filter(
      leaf =>
        !leaf.unknown &&
        !isNoise(leaf) &&
        (configuration.uses(found, leaf.path) ||
          (change === undefined ? configuration.sets(found, leaf.path) : putsBack(change, leaf))),
    );
    if (leaves.length === 0) return [];
    return [
      { ...unguarded(plainChange('update', subject)), attributes: listAttributes(subject, leaves, mask).attributes },
    ];
  });
}

/** It has happened: there is nothing to allow. */
function unguarded({ allowKey: _, ...change }: Change): Change {
  return change;
}

function isNoise({ before, after }: Leaf): boolean {
  return isEqual(before, after) || (isEmpty(before) && isEmpty(after));
}

/** Whether the plan gives the attribute another value than the one that was found. */
function putsBack(change: ResourceChange, leaf: Leaf): boolean {
  if (!change.actions.includes('update') && !change.actions.includes('create')) return false;
  const at = (tree: unknown) => leaf.path.reduce(step, tree);
  if (at(change.afterUnknown) === true) return false;
  const target = at(change.after);
  return !isEqual(target, leaf.after) && !(isEmpty(target) && isEmpty(leaf.after));
}

import type { AttributeChange, Reason } from '@suite/change-report';
import { count, isObject } from '@suite/foundation';
import { differingLeaves, isEmpty, isSet, isWithin, type Leaf, leafAt } from './leaves.ts';
import type { Mask } from './mask.ts';
import type { ResourceChange } from './plan-json.ts';
import type { Subject } from './subject.ts';

// A resource that comes or goes is described, not dumped; a difference is listed unless something is very wrong with it.
const mostDescribed = 40;
const mostDifferences = 200;
// Of a block that forces a replacement, this many attributes are named one by one.
const mostPerReason = 3;

export interface Listed {
  readonly attributes: readonly AttributeChange[];
  readonly warnings: readonly string[];
}

export function listAttributes({ title }: Subject, leaves: readonly Leaf[], mask: Mask): Listed {
  const more = leaves.length - mostDifferences;
  return {
    attributes: leaves.slice(0, mostDifferences).map(leaf => mask.attribute(leaf)),
    warnings:
      more > 0
        ? [`${count(more, 'more attribute')} of ${title} ${more === 1 ? 'differs' : 'differ'}; the plan has them all.`]
        : [],
  };
}

/** What is known of a resource that is made: its settings, as far as they say anything. */
export function describeCreate(change: ResourceChange, mask: Mask): AttributeChange[] {
  return describe(change, leaf => !leaf.unknown && !isEmpty(leaf.after), mask);
}

/** What is known of a resource that goes. Its credentials and what it never used go unmentioned. */
export function describeDelete(change: ResourceChange, mask: Mask): AttributeChange[] {
  return describe(change, leaf => !leaf.beforeSensitive && leaf.before !== false && !isEmpty(leaf.before), mask);
}

function describe(change: ResourceChange, isTelling: (leaf: Leaf) => boolean, mask: Mask): AttributeChange[] {
  const attributes: AttributeChange[] = [];
  for (const leaf of differingLeaves(change)) {
    if (attributes.length === mostDescribed) break;
    const [first] = leaf.path;
    if (first !== 'id' && first !== 'timeouts' && !isObject(leaf.after) && isTelling(leaf)) {
      attributes.push(mask.attribute(leaf));
    }
  }
  return attributes;
}

/**
 * Everything that a replacement decides. What Azure gives out anew (ids, addresses) says nothing about it, nor does what
 * nobody set: Azure shows that as false, zero or empty, the plan of a new resource as null.
 */
export function replacedLeaves(change: ResourceChange): Leaf[] {
  return [...differingLeaves(change)].filter(
    leaf =>
      change.replacePaths.some(path => isWithin(leaf, path)) ||
      !(leaf.unknown || (!isSet(leaf.after) && (leaf.before === false || leaf.before === 0 || isEmpty(leaf.before)))),
  );
}

const statedReasons: ReadonlyMap<string, string> = new Map([
  ['replace_because_tainted', 'the resource is tainted: an earlier apply left it unfinished, or somebody marked it'],
  ['replace_by_request', 'its replacement was asked for with the option -replace'],
  ['replace_by_triggers', 'something changes that its replace_triggered_by names'],
]);

/** Why a resource is replaced: what Terraform states, then every attribute that cannot be changed in place. */
export function replaceReasons(change: ResourceChange, leaves: readonly Leaf[], mask: Mask): Reason[] {
  const stated = statedReasons.get(change.actionReason ?? '');
  const reasons: Reason[] = stated === undefined ? [] : [{ text: stated }];
  for (const path of change.replacePaths) {
    if (path.length === 0 || reasons.length >= mostDifferences) continue;
    const inside = leaves.filter(leaf => isWithin(leaf, path));
    const named = inside.length > 0 && inside.length <= mostPerReason ? inside : [leafAt(change, path)];
    reasons.push(...named.map(leaf => ({ text: '', attribute: mask.attribute(leaf) })));
  }
  return reasons.length > 0 ? reasons : [{ text: 'it cannot be changed in place' }];
}

export function rotationReasons(causes: readonly Leaf[], mask: Mask): Reason[] {
  return causes.slice(0, mostDifferences).map(leaf => ({ text: '', attribute: mask.attribute(leaf) }));
}

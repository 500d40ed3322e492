import { asArray, UserError } from '@suite/foundation';
import { type Configuration, readConfiguration } from './configuration.ts';
import { findDrift } from './drift.ts';
import { differingLeaves, type Leaf } from './leaves.ts';
import { type PlanJson, parsePlan, type ResourceChange } from './plan-json.ts';

/** Takes parts in order and ends as text; `createDigest` of the change report makes one. */
export interface PlanDigest {
  add(part: unknown): void;
  end(): string;
}

/**
 * The digest of what a plan does. Two plans have the same one when applying either does the same to the same things:
 *
 * - In: for every resource that something happens to its address, type, actions, reason, previous address, import and
 *   paths that force a replacement, then every attribute that differs, before and after in clear (a changed secret
 *   changes the digest) or unknown; outputs that change; where a write-only argument is set, all variables, since its value stands nowhere else;
 *   whether the plan is complete; the content of a team's own files, where there are any: what a provisioner does shows nowhere else.
 * - Out: attributes that stay (the number of nodes moves while nobody plans), other variables (what they decide shows in
 *   the attributes), drift (unless the plan only refreshes), times, the version of Terraform, checks, prior state,
 *   configuration, data sources, and the order of everything.
 *
 * `lineage` is that of the state: the digest's key, so that nobody can try out values against a digest. Each part is fed
 * as it is made. Throws a UserError like readPlan, and on an empty lineage, which would be no key at all.
 */
export function digestPlan(
  json: unknown,
  lineage: string,
  createDigest: (key: string) => PlanDigest,
  ownFiles?: string,
): string {
  if (lineage === '') {
    throw new UserError({
      message: 'The state has no lineage, so its plans cannot have a digest.',
      remedy: 'Let the apply identity write the empty state first.',
    });
  }
  const plan = parsePlan(json);
  const changes = sortedChanges(plan);
  const digest = createDigest(lineage);
  digest.add(['plan', 1, plan.complete, plan.errored]);
  if (ownFiles !== undefined) digest.add(['own files', ownFiles]);
  const configuration = readConfiguration(plan);
  if (changes.some(change => writesOnly(change, configuration))) {
    for (const name of Object.keys(plan.variables).sort()) digest.add(['variable', name, plan.variables[name]]);
  }
  for (const change of changes) addChange(digest, change, differingLeaves(change));
  // Only a plan that refreshes and nothing else acts on drift as such: it records it.
  if (plan.root['resource_changes'] === undefined) {
    for (const { found, leaves } of findDrift(plan).toSorted((left, right) =>
      compare(left.found.address, right.found.address),
    )) {
      addChange(digest, found, leaves);
    }
  }
  for (const output of plan.outputs.toSorted((left, right) => compare(left.name, right.name))) {
    const { name, actions, before, after, afterUnknown, beforeSensitive, afterSensitive } = output;
    if (isNothing(actions)) continue;
    digest.add(['output', name, actions, before, after, afterUnknown, beforeSensitive, afterSensitive]);
  }
  for (const invocation of asArray(plan.root['action_invocations'])) digest.add(['invocation', invocation]);
  return digest.end();
}

function addChange(digest: PlanDigest, change: ResourceChange, differences: Iterable<Leaf>): void {
  const { address, deposed, type, actions, actionReason, previousAddress, importing, replacePaths } = change;
  digest.add(['change', address, deposed, type, actions, actionReason, previousAddress, importing, replacePaths]);
  // Terraform sorts the keys of an object, but nothing here needs to depend on it.
  const leaves = [...differences].map(leaf => ({ key: JSON.stringify(leaf.path), leaf }));
  for (const { leaf } of leaves.sort((left, right) => compare(left.key, right.key))) {
    const { path, before, after, unknown, beforeSensitive, afterSensitive } = leaf;
    digest.add(['attribute', path, before, after, unknown, beforeSensitive, afterSensitive]);
  }
}

/** Providers name such arguments `…_wo`; in a plan their values are null. */
function writesOnly(change: ResourceChange, configuration: Configuration): boolean {
  return !isNothing(change.actions) && configuration.argumentsOf(change).some(name => name.endsWith('_wo'));
}

function sortedChanges({ changes }: PlanJson): ResourceChange[] {
  return changes
    .filter(
      ({ managed, actions, previousAddress, importing }) =>
        managed && !(isNothing(actions) && previousAddress === undefined && importing === undefined),
    )
    .sort((left, right) => compare(left.address, right.address) || compare(left.deposed ?? '', right.deposed ?? ''));
}

function isNothing(actions: readonly string[]): boolean {
  return actions.every(action => action === 'no-op' || action === 'read');
}

// By code unit: the order must not depend on a locale.
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

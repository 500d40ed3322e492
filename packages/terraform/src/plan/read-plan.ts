import type { Change, Check, OutputChange } from '@suite/change-report';
import { asArray, asObject, asString, printable } from '@suite/foundation';
import { readChange } from './changes.ts';
import { readChecks } from './checks.ts';
import { describeDrift, findDrift, findRefreshed } from './drift.ts';
import { createMask } from './mask.ts';
import { readOutputs } from './outputs.ts';
import { type PlanJson, parsePlan, type ResourceChange } from './plan-json.ts';
import { showAddress } from './subject.ts';

/** A plan in the terms of the change report. All but `creates` and `variables` may be printed. */
export interface PlanContent {
  /** In the order of the plan. */
  readonly changes: readonly Change[];
  /** What was changed behind Terraform's back; filled also where the plan puts it back. */
  readonly drift: readonly Change[];
  /** What differs from the state, whatever the plan does about it. */
  readonly refreshed: readonly Change[];
  readonly outputs: readonly OutputChange[];
  /** What the configuration checks, and what is known to fail in the apply (`blocked`). */
  readonly checks: readonly Check[];
  readonly warnings: readonly string[];
  /** What it was made for. */
  readonly mode: PlanMode;
  /** There is something to apply; also when only outputs or the recorded state change. */
  readonly applyable: boolean;
  /** False when something was left out with -target. */
  readonly complete: boolean;
  /** Planning failed; Terraform refuses to apply it. */
  readonly errored: boolean;
  /** The values of the root module's variables. May hold secrets in clear: never print them. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** What is made and replaces nothing. `values` may hold secrets in clear: never print them. */
  readonly creates: readonly PlannedCreation[];
  readonly imports: readonly PlannedImport[];
}

/** `destroy`: made with `-destroy`. `either`: it holds no resource, so nobody can tell, and nothing depends on it. */
export type PlanMode = 'build' | 'destroy' | 'either';

export interface PlannedCreation {
  readonly address: string;
  readonly type: string;
  /** Terraform's `after`: unknown values are absent. */
  readonly values: unknown;
}

/** What is taken over, and the id by which the provider knows it. */
export interface PlannedImport {
  readonly address: string;
  readonly type: string;
  readonly id: string;
}

/**
 * Reads what `terraform show -json PLAN` gives, parsed. Pure; the time is linear in the size of the plan. Throws a
 * UserError when it is no plan, a plan of another format, or one with an action that is not known here.
 */
export function readPlan(json: unknown): PlanContent {
  const plan = parsePlan(json);
  const mask = createMask(plan);
  const changes: Change[] = [];
  const checks: Check[] = [];
  const warnings = planWarnings(plan);
  const creates: PlannedCreation[] = [];
  const imports: PlannedImport[] = [];
  for (const entry of plan.changes) {
    const read = readChange(entry, mask);
    changes.push(...read.changes);
    checks.push(...read.checks);
    warnings.push(...read.warnings);
    const { managed, actions, address, type, before, after, importing } = entry;
    if (importing !== undefined) {
      // An import by identity names no id; what it has read does.
      const id = asString(importing['id']) ?? asString(asObject(before)['id']);
      if (id !== undefined) imports.push({ address: showAddress(address), type, id: printable(id) });
    }
    if (managed && actions.length === 1 && actions[0] === 'create') creates.push({ address, type, values: after });
  }
  return {
    changes,
    drift: describeDrift(findDrift(plan), mask),
    refreshed: describeDrift(findRefreshed(plan), mask),
    outputs: readOutputs(plan.outputs, mask),
    checks: [...readChecks(plan, mask), ...checks],
    warnings,
    mode: modeOf(plan),
    applyable: plan.applyable,
    complete: plan.complete,
    errored: plan.errored,
    variables: plan.variables,
    creates,
    imports,
  };
}

/**
 * Terraform's JSON does not name the mode. A plan to destroy gives no reason for what it deletes and lists nothing else; any other one lists what
 * stays as well, and says why something goes (`action_reason`).
 */
function modeOf({ changes }: PlanJson): PlanMode {
  const managed = changes.filter(change => change.managed);
  if (managed.length === 0) return 'either';
  const goes = ({ actions, actionReason }: ResourceChange) =>
    actions.length === 1 && (actions[0] === 'forget' || (actions[0] === 'delete' && actionReason === undefined));
  return managed.every(goes) ? 'destroy' : 'build';
}

function planWarnings({ complete, errored, root }: PlanJson): string[] {
  const warnings: string[] = [];
  // A plan that failed is incomplete for another reason.
  if (!complete && !errored) {
    warnings.push('The plan is incomplete: something was left out with -target, or put off until after this apply.');
  }
  if (asArray(root['action_invocations']).length > 0) {
    warnings.push('The apply also invokes actions of the provider, which are not listed here.');
  }
  return warnings;
}

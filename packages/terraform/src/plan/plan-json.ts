import { asArray, asObject, asString, isObject, type JsonObject, UserError } from '@suite/foundation';

export type Segment = string | number;

/** One entry of `resource_changes` or `resource_drift`. Its trees are those of the plan, not copies. */
export interface ResourceChange {
  readonly address: string;
  readonly type: string;
  /** The label in the configuration. */
  readonly label: string;
  readonly managed: boolean;
  /** With instance keys: `module.pools["a"].module.inner`; empty for the root module. */
  readonly moduleAddress: string;
  /** The key of an old object that create-before-destroy left behind. */
  readonly deposed?: string;
  readonly previousAddress?: string;
  readonly actionReason?: string;
  readonly importing?: JsonObject;
  readonly actions: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
  readonly afterUnknown: unknown;
  readonly beforeSensitive: unknown;
  readonly afterSensitive: unknown;
  readonly replacePaths: readonly (readonly Segment[])[];
}

export interface OutputJson {
  readonly name: string;
  readonly actions: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
  readonly afterUnknown: unknown;
  readonly beforeSensitive: unknown;
  readonly afterSensitive: unknown;
}

/** `terraform show -json PLAN`, narrowed: https://developer.hashicorp.com/terraform/internals/json-format */
export interface PlanJson {
  readonly changes: readonly ResourceChange[];
  readonly drift: readonly ResourceChange[];
  readonly outputs: readonly OutputJson[];
  readonly applyable: boolean;
  /** True also where the program does not tell. */
  readonly complete: boolean;
  readonly errored: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Everything else, read where it is needed. */
  readonly root: JsonObject;
}

// Terraform's own plans are some ten levels deep. Recursion over more than this could exhaust the stack.
const deepest = 200;

/** Throws a UserError with one problem for anything that is no plan of a format known here. */
export function parsePlan(plan: unknown): PlanJson {
  if (!isObject(plan)) throw malformed('it is no JSON object');
  checkFormat(plan['format_version']);
  checkDepth(plan, 0);
  const changes = parseChanges(plan, 'resource_changes');
  const drift = parseChanges(plan, 'resource_drift');
  const outputs = parseOutputs(plan['output_changes']);
  const errored = plan['errored'] === true;
  // OpenTofu writes neither of the two; any Terraform that is supported writes both.
  const { applyable, complete } = plan;
  return {
    changes,
    drift,
    outputs,
    applyable: applyable === undefined ? !errored && doesAnything(plan, changes, drift, outputs) : applyable === true,
    complete: complete === undefined || complete === true,
    errored,
    variables: parseVariables(plan['variables']),
    root: plan,
  };
}

/** What both programs call applyable. A plan that only refreshes has no list of changes, and records the drift. */
function doesAnything(
  plan: JsonObject,
  changes: readonly ResourceChange[],
  drift: readonly ResourceChange[],
  outputs: readonly OutputJson[],
): boolean {
  const isIdle = (actions: readonly string[]) => actions.every(action => action === 'no-op');
  return (
    (plan['resource_changes'] === undefined && drift.length > 0) ||
    outputs.some(({ actions }) => !isIdle(actions)) ||
    changes.some(
      ({ actions, previousAddress, importing }) =>
        !isIdle(actions) || previousAddress !== undefined || importing !== undefined,
    )
  );
}

/** Reads a key that the object itself has: text from outside may name what every object inherits, such as `constructor`. */
export function own(tree: unknown, key: string): unknown {
  return isObject(tree) && Object.hasOwn(tree, key) ? tree[key] : undefined;
}

function checkFormat(version: unknown): void {
  if (typeof version !== 'string' || !/^\d+\.\d+$/.test(version)) throw malformed('`format_version` is missing');
  if (version.split('.')[0] !== '1') {
    throw new UserError({
      message: `This plan is written in format ${version}; only formats 1.x are understood.`,
      remedy: 'Use Terraform or OpenTofu 1.x from 1.11 on, or a newer version of this action.',
    });
  }
}

function checkDepth(tree: unknown, depth: number): void {
  if (typeof tree !== 'object' || tree === null) return;
  if (depth > deepest) throw malformed(`it is nested more than ${deepest} levels deep`);
  if (Array.isArray(tree)) for (const item of tree) checkDepth(item, depth + 1);
  else for (const key of Object.keys(tree)) checkDepth((tree as JsonObject)[key], depth + 1);
}

function parseChanges(plan: JsonObject, key: 'resource_changes' | 'resource_drift'): ResourceChange[] {
  const list = plan[key] ?? [];
  if (!Array.isArray(list)) throw malformed(`\`${key}\` is no list`);
  return list.map((entry, index) => parseChange(entry, `${key}[${index}]`));
}

function parseChange(entry: unknown, where: string): ResourceChange {
  if (!isObject(entry)) throw malformed(`\`${where}\` is no object`);
  const { address, type, change } = entry;
  if (typeof address !== 'string') throw malformed(`\`${where}.address\` is no text`);
  if (typeof type !== 'string') throw malformed(`\`${where}.type\` is no text`);
  if (!isObject(change)) throw malformed(`\`${where}.change\` is no object`);
  const deposed = asString(entry['deposed']);
  const previousAddress = asString(entry['previous_address']);
  const actionReason = asString(entry['action_reason']);
  const importing = change['importing'];
  return {
    address,
    type,
    label: asString(entry['name']) ?? '',
    managed: entry['mode'] !== 'data',
    moduleAddress: asString(entry['module_address']) ?? '',
    ...(deposed === undefined ? {} : { deposed }),
    ...(previousAddress === undefined ? {} : { previousAddress }),
    ...(actionReason === undefined ? {} : { actionReason }),
    ...(isObject(importing) ? { importing } : {}),
    actions: parseActions(change['actions'], `${where}.change`),
    before: change['before'],
    after: change['after'],
    afterUnknown: change['after_unknown'],
    beforeSensitive: change['before_sensitive'],
    afterSensitive: change['after_sensitive'],
    replacePaths: asArray(change['replace_paths']).map(path => asArray(path).filter(isSegment)),
  };
}

function isSegment(value: unknown): value is Segment {
  return typeof value === 'string' || typeof value === 'number';
}

function parseActions(actions: unknown, where: string): readonly string[] {
  if (!Array.isArray(actions) || actions.length === 0 || !actions.every(action => typeof action === 'string'))
    throw malformed(`\`${where}.actions\` is no list of actions`);
  return actions;
}

function parseOutputs(outputs: unknown): OutputJson[] {
  if (outputs === undefined || outputs === null) return [];
  if (!isObject(outputs)) throw malformed('`output_changes` is no object');
  return Object.entries(outputs).map(([name, change]) => {
    if (!isObject(change)) throw malformed('an entry of `output_changes` is no object');
    return {
      name,
      actions: parseActions(change['actions'], 'output_changes.*'),
      before: change['before'],
      after: change['after'],
      afterUnknown: change['after_unknown'],
      beforeSensitive: change['before_sensitive'],
      afterSensitive: change['after_sensitive'],
    };
  });
}

function parseVariables(variables: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(asObject(variables)).map(([name, variable]) => [name, asObject(variable)['value'] ?? null]),
  );
}

function malformed(what: string): UserError {
  return new UserError({
    message: `The plan cannot be understood: ${what}.`,
    remedy:
      'Plan again; if it stays, the version of Terraform or OpenTofu and that of this action do not fit together.',
  });
}

import { asArray, asObject, asString, isObject, type JsonObject } from '@suite/foundation';
import { malformed, requireShallow } from './malformed.ts';

/** The change of one resource, as `terraform show -json` (format 1.x) describes it. */
export interface PlannedChange {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  /** Name of the resource block. */
  readonly name: string;
  /** `module.pools["a"]`; empty for the root. */
  readonly module: string;
  /** Key of `for_each` or `count`. */
  readonly index: string | undefined;
  readonly deposed: string | undefined;
  readonly previousAddress: string | undefined;
  readonly actions: string;
  /** `replace_because_tainted`, … */
  readonly reason: string | undefined;
  readonly importing: { readonly id: string | undefined } | undefined;
  readonly replacePaths: readonly (readonly (string | number)[])[];
  readonly before: unknown;
  readonly after: unknown;
  /** Trees of `true` where something is known after apply or sensitive. */
  readonly unknown: unknown;
  readonly sensitiveBefore: unknown;
  readonly sensitiveAfter: unknown;
}

export interface PlannedOutput {
  readonly name: string;
  readonly actions: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly unknown: unknown;
  readonly sensitiveBefore: unknown;
  readonly sensitiveAfter: unknown;
}

/** A plan as it was printed, narrowed as far as anything here depends on it. It holds secrets in clear. */
export interface PlanDocument {
  /** Undefined in a plan that only refreshes the state. */
  readonly changes: readonly PlannedChange[] | undefined;
  readonly drift: readonly PlannedChange[];
  readonly outputs: readonly PlannedOutput[];
  readonly checks: readonly JsonObject[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly rootModule: JsonObject;
  readonly relevant: readonly { readonly resource: string; readonly path: readonly unknown[] }[];
  /** What newer versions of Terraform plan beside resources; only counted. */
  readonly others: Readonly<Record<'deferred_changes' | 'action_invocations', readonly unknown[]>>;
  readonly applyable: boolean;
  readonly complete: boolean;
  readonly errored: boolean;
}

/** Throws a UserError for anything that is no plan. */
export function readDocument(plan: unknown): PlanDocument {
  if (!isObject(plan)) throw malformed('it is no JSON object');
  if (!/^1\./.test(asString(plan['format_version']) ?? '')) throw malformed('`format_version` is not 1.x');
  const changes = plan['resource_changes'];
  const variables = readObject(plan, 'variables');
  return {
    changes: changes === undefined ? undefined : readChanges(plan, 'resource_changes'),
    drift: readChanges(plan, 'resource_drift'),
    outputs: Object.entries(readObject(plan, 'output_changes')).map(([name, output]) => readOutput(name, output)),
    checks: readArray(plan, 'checks').filter(isObject),
    variables: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, asObject(value)['value']])),
    rootModule: asObject(readObject(plan, 'configuration')['root_module']),
    relevant: readArray(plan, 'relevant_attributes').flatMap(item => {
      const resource = asString(asObject(item)['resource']);
      return resource === undefined ? [] : [{ resource, path: asArray(asObject(item)['attribute']) }];
    }),
    others: {
      deferred_changes: readArray(plan, 'deferred_changes'),
      action_invocations: readArray(plan, 'action_invocations'),
    },
    applyable: readFlag(plan, 'applyable'),
    complete: readFlag(plan, 'complete'),
    errored: readFlag(plan, 'errored'),
  };
}

function readFlag(plan: JsonObject, name: string): boolean {
  const value = plan[name];
  if (typeof value !== 'boolean') throw malformed(`\`${name}\` is not true or false`);
  return value;
}

function readArray(plan: JsonObject, name: string): readonly unknown[] {
  const value = plan[name] ?? [];
  if (!Array.isArray(value)) throw malformed(`\`${name}\` is no list`);
  requireShallow(value, name);
  return value;
}

function readObject(plan: JsonObject, name: string): JsonObject {
  const value = plan[name] ?? {};
  if (!isObject(value)) throw malformed(`\`${name}\` is no object`);
  requireShallow(value, name);
  return value;
}

function readChanges(plan: JsonObject, name: string): PlannedChange[] {
  return readArray(plan, name).map((item, index) => readChange(item, `${name}[${index}]`));
}

function readChange(item: unknown, place: string): PlannedChange {
  if (!isObject(item)) throw malformed(`\`${place}\` is no object`);
  const change = item['change'];
  if (!isObject(change)) throw malformed(`\`${place}.change\` is no object`);
  const text = (key: 'address' | 'mode' | 'type' | 'name') => {
    const value = asString(item[key]);
    if (value === undefined) throw malformed(`\`${place}.${key}\` is no text`);
    return value;
  };
  const index = item['index'];
  const importing = change['importing'];
  return {
    address: text('address'),
    mode: text('mode'),
    type: text('type'),
    name: text('name'),
    module: asString(item['module_address']) ?? '',
    index: typeof index === 'string' || typeof index === 'number' ? String(index) : undefined,
    deposed: asString(item['deposed']),
    previousAddress: asString(item['previous_address']),
    actions: readActions(change, place),
    reason: asString(item['action_reason']),
    importing: isObject(importing) ? { id: asString(importing['id']) } : undefined,
    replacePaths: readReplacePaths(change['replace_paths'], place),
    ...readValues(change),
  };
}

function readOutput(name: string, value: unknown): PlannedOutput {
  const place = `output_changes.${JSON.stringify(name)}`;
  if (!isObject(value)) throw malformed(`\`${place}\` is no object`);
  return { name, actions: readActions(value, place), ...readValues(value) };
}

function readActions(change: JsonObject, place: string): string {
  const actions = change['actions'];
  if (!Array.isArray(actions) || !actions.every(action => typeof action === 'string')) {
    throw malformed(`\`${place}\` has no actions`);
  }
  return actions.join(' ');
}

function readValues(change: JsonObject) {
  return {
    before: change['before'],
    after: change['after'],
    unknown: change['after_unknown'],
    sensitiveBefore: change['before_sensitive'],
    sensitiveAfter: change['after_sensitive'],
  };
}

function readReplacePaths(value: unknown, place: string): (readonly (string | number)[])[] {
  return asArray(value).map(path => {
    const steps = asArray(path).filter(step => typeof step === 'string' || typeof step === 'number');
    if (steps.length === 0) throw malformed(`\`${place}.change.replace_paths\` holds no path`);
    return steps;
  });
}

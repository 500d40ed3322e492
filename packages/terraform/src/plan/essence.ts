import { isObject, UserError } from '@suite/foundation';
import { type Configuration, readConfiguration } from './configuration.ts';
import { isEmpty, isMarked, type Spot, visitDifferences } from './differences.ts';
import { type PlanDocument, type PlannedChange, readDocument } from './document.ts';
import { findDrift } from './drift.ts';
import { sensitiveVariables } from './secrets.ts';

/** Takes one part after the other and keeps none of them. */
export interface DigestSink {
  add(part: unknown): void;
  end(): string;
}

/**
 * Digest of what a plan does, sensitive values included: equal for two plans that do the same, however and whenever they
 * were made. Throws a UserError for what is no plan, or without a lineage.
 *
 * @param lineage random id of the state, known only to those who may read it: it keys the digest.
 */
export function digestPlan(plan: unknown, lineage: string, createDigest: (key: string) => DigestSink): string {
  if (lineage === '') {
    throw new UserError({
      message: 'The state has no lineage, so its plans cannot have a digest.',
      remedy: 'Let the apply identity write the empty state first.',
    });
  }
  const digest = createDigest(`plan digest, version 1\0${lineage}`);
  for (const part of essenceOf(readDocument(plan))) digest.add(part);
  return digest.end();
}

/** What the plan does, part by part, in an order of its own. Holds sensitive values in clear. */
function* essenceOf(document: PlanDocument): Iterable<unknown> {
  const configuration = readConfiguration(document.rootModule);
  const { complete, errored, others, variables } = document;
  yield { complete, errored, others };
  const changes = (document.changes ?? []).filter(isEffective).sort(byAddress);
  // A write-only value stands nowhere in a plan but in the variable that it comes from.
  const names = changes.some(change => writesOnly(change, configuration))
    ? Object.keys(variables).sort()
    : sensitiveVariables(document);
  for (const name of names) yield { variable: name, value: variables[name] };
  for (const change of changes) yield describe(change);
  for (const output of document.outputs.toSorted((left, right) => compare(left.name, right.name))) {
    if (output.actions !== 'no-op') yield { output: output.name, actions: output.actions, ...valuesOf(output) };
  }
  // Only a plan that refreshes the state acts on drift as such.
  if (document.changes === undefined) {
    for (const { resource } of findDrift(document, configuration))
      yield { drift: resource.address, ...describe(resource) };
  }
}

function isEffective({ mode, actions, importing, previousAddress }: PlannedChange): boolean {
  return mode === 'managed' && (actions !== 'no-op' || importing !== undefined || previousAddress !== undefined);
}

/** By convention the names of write-only arguments end in `_wo`. */
function writesOnly(change: PlannedChange, configuration: Configuration): boolean {
  return change.actions !== 'no-op' && configuration.argumentsOf(change).some(name => name.endsWith('_wo'));
}

function byAddress(left: PlannedChange, right: PlannedChange): number {
  return compare(left.address, right.address) || compare(left.deposed ?? '', right.deposed ?? '');
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function describe(change: PlannedChange): Record<string, unknown> {
  const { address, deposed, previousAddress, actions, importing } = change;
  const replacePaths = change.replacePaths.map(path => JSON.stringify(path)).sort();
  const head = { address, deposed, previousAddress, actions, importing: importing?.id, replacePaths };
  switch (actions) {
    case 'no-op':
      return head;
    case 'delete':
    case 'forget':
      return { ...head, id: isObject(change.before) ? change.before['id'] : undefined };
    case 'update':
      return { ...head, differences: differencesOf(change) };
    case 'create':
      return { ...head, after: essential(change.after), unknown: essential(change.unknown) };
    default:
      return {
        ...head,
        after: essential(change.after),
        unknown: essential(change.unknown),
        differences: differencesOf(change),
      };
  }
}

/** Only what changes: what stays may change on its own, like the number of nodes. */
function differencesOf(change: Spot): unknown[] {
  const differences: unknown[] = [];
  visitDifferences(
    change,
    (path, spot) => {
      differences.push({ path, ...valuesOf(spot) });
    },
    ({ before, after }) => isEmpty(before) && isEmpty(after),
  );
  return differences;
}

function valuesOf({ before, after, unknown }: Pick<Spot, 'before' | 'after' | 'unknown'>) {
  return {
    before: essential(before),
    after: isMarked(unknown) ? undefined : essential(after),
    unknown: essential(unknown),
  };
}

/** Without what a provider gives in different forms for the same: null, empty lists and empty objects. */
function essential(value: unknown): unknown {
  if (value === false || isEmpty(value)) return value === false ? false : undefined;
  if (Array.isArray(value)) return value.map(item => essential(item) ?? null);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, essential(inner)]));
}

import type { Difference } from '@suite/change-report';
import type { World } from '@suite/sandbox';

export type Azure = World['azure'];
type Change = (azure: Azure) => void;

/** Makes one thing other than the platform file says, behind Terraform's back, and tells what `verify` then has to report. */
export type Deviation = (azure: Azure) => readonly Difference[];

/** Deviations that hide no other one of them, so that one run of `verify` has to report them all. */
export interface Batch {
  readonly scope: 'shared' | 'prod';
  readonly name: string;
  readonly deviations: readonly Deviation[];
}

export function deviation(what: string, path: string, change: Change, expected: unknown, actual: unknown): Deviation {
  return azure => {
    change(azure);
    return [{ what, path, expected: shown(expected), actual: shown(actual) }];
  };
}

/**
 * One property: the rest of the check's name; where ARM has it, below `properties` (but `sku` and `identity`); what somebody
 * makes of it, undefined to take it away; what it has to be; and what is told of it where that is not the value itself.
 */
export type Row = readonly [check: string, path: string, made: unknown, expected: unknown, told?: unknown];

export function property(what: string, id: string, [check, path, made, expected, told = made]: Row): Deviation {
  return deviation(`${what}: ${check}`, `${placeOf(id)}.${path}`, set(id, path, made), expected, told);
}

export function properties(what: string, id: string, rows: readonly Row[]): Deviation[] {
  return rows.map(row => property(what, id, row));
}

/** A resource that somebody deleted. What goes with it is told before, as it can be looked up until then. */
export function gone(what: string, id: string, ...others: readonly Deviation[]): Deviation {
  return azure => {
    const before = others.flatMap(other => other(azure));
    remove(id)(azure);
    return [...before, { what, path: '', expected: id, actual: 'absent' }];
  };
}

export const remove =
  (id: string): Change =>
  azure => {
    if (!azure.remove(id)) throw new Error(`There is no ${id} that could be deleted.`);
  };

/** Sets what a path leads to; undefined takes it away. */
export const set =
  (id: string, path: string, value: unknown): Change =>
  azure =>
    azure.mutate(id, body => {
      const steps = stepsOf(path);
      const last = steps.pop() ?? '';
      const holder = steps.reduce<Holder>((at, step) => {
        at[step] ??= {};
        return at[step] as Holder;
      }, body);
      if (value === undefined) delete holder[last];
      else holder[last] = value;
    });

/** What a resource shows at a path; undefined where there is nothing. */
export function seen(azure: Azure, id: string, path: string): unknown {
  return stepsOf(path).reduce<unknown>((at, step) => ({ ...(at as Holder) })[step], azure.resource(id));
}

type Holder = Record<string, unknown>;

function stepsOf(path: string): string[] {
  const steps = path.split('.');
  return ['sku', 'identity'].includes(steps[0] ?? '') ? steps : ['properties', ...steps];
}

/** A value as reports show it. */
function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `registries[crcontoso]` of a registry's id. */
export function placeOf(id: string): string {
  const [type, name] = id.split('/').slice(-2);
  return `${type}[${name}]`;
}

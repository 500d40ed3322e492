import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '..', '..', '..', 'test', 'fixtures', 'terraform');

/** Names of all recorded runs of Terraform 1.11.4 with azurerm 5.2.0. */
export const recordedCases: readonly string[] = readdirSync(folder).sort();

export function hasPlan(name: string): boolean {
  return existsSync(join(folder, name, 'plan.json'));
}

/** `file` for cases with several plans: `create-plan`, `refresh-only-plan`. A fresh copy each time. */
export function recordedPlan(name: string, file = 'plan'): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, name, `${file}.json`), 'utf8'));
}

/** Every recorded plan as `case/file`. */
export const recordedPlans: readonly (readonly [string, string])[] = recordedCases.flatMap(name =>
  readdirSync(join(folder, name))
    .filter(file => file.endsWith('plan.json'))
    .map(file => [name, file.replace('.json', '')] as const),
);

/** How the steps of a case ended; a text where one did not end. */
export function exitCodes(name: string): Readonly<Record<string, number | string | boolean>> {
  return JSON.parse(readFileSync(join(folder, name, 'exit-codes.json'), 'utf8'));
}

export interface EntrySketch {
  readonly type?: string;
  readonly address?: string;
  readonly actions?: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly unknown?: unknown;
  readonly sensitiveBefore?: unknown;
  readonly sensitiveAfter?: unknown;
  /** Further keys of the entry and of its `change`. */
  readonly entry?: Readonly<Record<string, unknown>>;
  readonly change?: Readonly<Record<string, unknown>>;
}

/** An entry of `resource_changes`, an update unless it says otherwise. */
export function entry(sketch: EntrySketch): Record<string, unknown> {
  const type = sketch.type ?? 'azurerm_subnet';
  return {
    address: sketch.address ?? `${type}.this`,
    mode: 'managed',
    type,
    name: 'this',
    change: {
      actions: sketch.actions ?? ['update'],
      before: sketch.before ?? null,
      after: sketch.after ?? null,
      after_unknown: sketch.unknown ?? {},
      before_sensitive: sketch.sensitiveBefore ?? {},
      after_sensitive: sketch.sensitiveAfter ?? {},
      ...sketch.change,
    },
    ...sketch.entry,
  };
}

export function planOf(changes: readonly unknown[], rest: Readonly<Record<string, unknown>> = {}) {
  return {
    format_version: '1.2',
    terraform_version: '1.11.4',
    resource_changes: changes,
    applyable: true,
    complete: true,
    errored: false,
    ...rest,
  };
}

import type { Kind } from '@suite/change-report';
import { asArray, asObject } from '@suite/foundation';

/** What Terraform is going to do, as far as preflight judges it. */
export interface Planned {
  readonly changes: readonly { readonly type: string; readonly kind: Kind; readonly address: string }[];
  /** What is made and replaces nothing; of `values` those that are known before the apply. */
  readonly creates: readonly { readonly type: string; readonly address: string; readonly values: unknown }[];
}

/** Whether one of that type is made, also in place of another one. */
export function creates({ changes }: Planned, type: string): boolean {
  return changes.some(change => change.type === type && (change.kind === 'create' || change.kind === 'replace'));
}

/** What stands at `a.0.b` of a resource's values: null is not set, undefined is not known yet. */
export function valueAt(values: unknown, path: string): unknown {
  let current: unknown = values;
  for (const key of path.split('.')) {
    if (current === null || current === undefined) return current;
    current = /^\d+$/.test(key) ? asArray(current)[Number(key)] : asObject(current)[key];
    // A block that is not written is not set, which is not the same as a value to come.
    if (current === undefined && /^\d+$/.test(key)) return null;
  }
  return current;
}

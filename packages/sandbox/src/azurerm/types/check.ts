import type { Path } from '../schema/plan.ts';
import type { ObjectValue } from '../schema/values.ts';
import type { InvalidValue } from './resource-type.ts';
import { count, text } from './shape.ts';

/** Checks of single values, in the words of the SDK behind azurerm. A value that is not known yet passes. */

export function matches(
  object: ObjectValue | undefined,
  path: Path,
  pattern: RegExp,
  complaint: string,
): readonly InvalidValue[] {
  const name = String(path.at(-1));
  const value = text(object, name);
  return value === undefined || pattern.test(value)
    ? []
    : [{ path, summary: `invalid value for ${name} (${complaint})` }];
}

export function hasLength(
  object: ObjectValue | undefined,
  path: Path,
  low: number,
  high: number,
): readonly InvalidValue[] {
  const name = String(path.at(-1));
  const value = text(object, name);
  return value === undefined || (value.length >= low && value.length <= high)
    ? []
    : [{ path, summary: `expected length of ${name} to be in the range (${low} - ${high}), got ${value}` }];
}

export function inRange(
  object: ObjectValue | undefined,
  path: Path,
  low: number,
  high: number,
): readonly InvalidValue[] {
  const value = count(object, String(path.at(-1)));
  // Inside a block the SDK names the whole way, with indices.
  return value === undefined || (value >= low && value <= high)
    ? []
    : [{ path, summary: `expected ${path.join('.')} to be in the range (${low} - ${high}), got ${value}` }];
}

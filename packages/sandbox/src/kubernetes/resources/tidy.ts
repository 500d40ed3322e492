import { isObject } from '@suite/foundation';
import type { Fields } from '../objects.ts';
import { type MessageFields, messageFields } from './messages.ts';

/**
 * Takes out of an object of a built-in type what Go's types do not keep: nulls, and empty lists and maps, empty texts, zeros and
 * false where these are the same as none. `value` is changed.
 */
export function tidy(value: unknown, kind: string): void {
  if (Array.isArray(value)) {
    for (const item of value) tidy(item, kind.replace(/^r:/, ''));
  } else if (isObject(value)) {
    const object = value as Fields;
    const fields = messageFields(kind);
    for (const [key, item] of Object.entries(object)) {
      const [, of = '', presence] = fields === undefined ? [] : (fieldOf(fields, key) ?? []);
      const inner = kind.startsWith('m:') ? kind.slice(2) : String(of);
      const isCollection = inner.startsWith('r:') || (inner.startsWith('m:') && fields !== undefined);
      const isEmpty = Array.isArray(item) ? item.length === 0 : isObject(item) && Object.keys(item).length === 0;
      const isZero = presence === 1 && [0, '', false].includes(item as never);
      if (item === null || isZero || (isCollection && isEmpty && presence !== 2)) delete object[key];
      else tidy(item, inner);
    }
  }
}

/** A field by its JSON name, wherever Go has it inline. */
function fieldOf(fields: MessageFields, key: string): readonly (number | string)[] | undefined {
  const found = fields[key];
  if (found !== undefined) return found;
  for (const [name, [, kind]] of Object.entries(fields)) {
    if (!name.startsWith('...')) continue;
    const inner = fieldOf(messageFields(String(kind)) ?? {}, key);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

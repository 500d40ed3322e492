import data from '../data/messages.json' with { type: 'json' };
import type { Fields } from '../objects.ts';

/**
 * Fields of built-in types by JSON name: number on the wire, kind, and 1 where an empty value is left out of JSON or 2 where even a
 * new object has the field. A name that begins with `...` stands for a message whose fields JSON has in its parent.
 */
export type MessageFields = Readonly<Record<string, readonly (number | string)[]>>;

const messages = data as unknown as Readonly<Record<string, MessageFields>>;

/** The fields of a type named as in data/messages.json (`core.v1.Pod`); undefined for a name that is none of them. */
export function messageFields(name: string): MessageFields | undefined {
  return messages[name];
}

/** `core.v1.Pod`, `rbac.v1.Role` */
export function messageName(group: string, version: string, kind: string): string {
  return `${group === '' ? 'core' : (group.split('.')[0] ?? group)}.${version}.${kind}`;
}

/** A new object of a type, as Go has it: the objects in it that are always there, and nothing in place of lists. */
export function zeroValue(name: string): Fields {
  const zero: Fields = {};
  for (const [field, [, kind, presence]] of Object.entries(messageFields(name) ?? {})) {
    const isMessage = messageFields(String(kind)) !== undefined;
    if (field.startsWith('...')) Object.assign(zero, zeroValue(String(kind)));
    else if (presence === 2) zero[field] = isMessage ? zeroValue(String(kind)) : null;
  }
  return zero;
}

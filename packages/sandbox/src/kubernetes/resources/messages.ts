import data from '../data/messages.json' with { type: 'json' };

/**
 * Fields of built-in types by JSON name: number on the wire, kind, and 1 where an empty value is left out of JSON. A name that
 * begins with `...` stands for a message whose fields JSON has in its parent.
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

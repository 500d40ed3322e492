import { isObject } from '@suite/foundation';
import type { Fields } from '../objects.ts';
import { type MessageFields, messageFields, messageName } from './messages.ts';
import type { ResourceType } from './resource-type.ts';

/** Fields of an object that its type does not have: `spec.replicaCount`, `spec.template.spec.containers[0].img`. */
export function unknownFields(type: ResourceType, object: Readonly<Fields>): readonly string[] {
  if (type.custom !== undefined) return type.custom.schema.unknownFields(object);
  const { apiVersion: _, kind: __, ...rest } = object;
  const fields = messageFields(messageName(type.group, type.version, type.kind));
  // Of two groups (definitions and API services) the types are not at hand: everything passes.
  return fields === undefined ? [] : unknownIn(rest, fields, '');
}

function unknownIn(value: Readonly<Fields>, fields: MessageFields, path: string): string[] {
  const known = flat(fields);
  return Object.entries(value).flatMap(([key, item]) => {
    const place = path === '' ? key : `${path}.${key}`;
    const kind = known.get(key);
    // Objects inside of others, such as claims in a stateful set, may say what they are.
    const isTypeMeta = known.has('metadata') && ['apiVersion', 'kind'].includes(key);
    if (kind === undefined) return isTypeMeta ? [] : [place];
    return unknownOf(item, kind, place);
  });
}

function unknownOf(value: unknown, kind: string, path: string): string[] {
  if (kind.startsWith('r:')) {
    const items = Array.isArray(value) ? value : [];
    return items.flatMap((item, index) => unknownOf(item, kind.slice(2), `${path}[${index}]`));
  }
  if (kind.startsWith('m:')) {
    const items = isObject(value) ? Object.entries(value) : [];
    return items.flatMap(([key, item]) => unknownOf(item, kind.slice(2), `${path}.${key}`));
  }
  const fields = messageFields(kind);
  return fields !== undefined && isObject(value) ? unknownIn(value, fields, path) : [];
}

const flattened = new WeakMap<MessageFields, ReadonlyMap<string, string>>();

/** Kinds by JSON name, with what JSON has inline. */
function flat(fields: MessageFields): ReadonlyMap<string, string> {
  const found = flattened.get(fields);
  if (found !== undefined) return found;
  const known = new Map(
    Object.entries(fields).flatMap(([name, [, kind]]) =>
      name.startsWith('...') ? [...flat(messageFields(String(kind)) ?? {})] : [[name, String(kind)] as const],
    ),
  );
  flattened.set(fields, known);
  return known;
}

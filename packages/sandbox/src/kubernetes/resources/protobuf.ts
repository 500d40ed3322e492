import { type Descriptor, decodeMessage, type FieldType, type Message } from '../../azurerm/plugin/protobuf.ts';
import { type Fields, list, timestamp } from '../objects.ts';
import { messageFields, messageName } from './messages.ts';

/** How typed Go clients send objects, unless they are told otherwise. Answers are always JSON, which they read as well. */
export const protobufType = 'application/vnd.kubernetes.protobuf';

const magic = 'k8s\0';
const envelope: Descriptor = {
  typeMeta: [1, { apiVersion: [1, 'string'], kind: [2, 'string'] }],
  raw: [2, 'bytes'],
};

/** An object out of Kubernetes' envelope; undefined for a type that is not known in this form. */
export function readProtobuf(bytes: Buffer): Fields | undefined {
  if (bytes.subarray(0, 4).toString('latin1') !== magic) return undefined;
  const { typeMeta, raw } = decodeMessage(envelope, bytes.subarray(4));
  const { apiVersion = '', kind = '' } = (typeMeta ?? {}) as Readonly<Record<string, string>>;
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  // Options of a deletion are sent in the version of what they delete.
  const name = kind === 'DeleteOptions' ? 'meta.v1.DeleteOptions' : messageName(group, version, kind);
  if (messageFields(name) === undefined) return undefined;
  const message = decodeMessage(descriptorOf(name), (raw ?? Buffer.alloc(0)) as Uint8Array);
  return { apiVersion, kind, ...toJson(name, message) };
}

const descriptors = new Map<string, Descriptor>();

function descriptorOf(name: string): Descriptor {
  const known = descriptors.get(name);
  if (known !== undefined) return known;
  const fields = Object.entries(messageFields(name) ?? {}).map(([field, [number, kind]]) => {
    const [type, occurs] = fieldType(String(kind));
    const descriptor = occurs === undefined ? [Number(number), type] : [Number(number), type, occurs];
    return [field, descriptor] as const;
  });
  const made = Object.fromEntries(fields) as unknown as Descriptor;
  descriptors.set(name, made);
  return made;
}

const scalars: Readonly<Record<string, FieldType>> = {
  s: 'string',
  i: 'int',
  b: 'bool',
  y: 'bytes',
  Q: { string: [1, 'string'] },
  I: { type: [1, 'int'], intVal: [2, 'int'], strVal: [3, 'string'] },
  T: { seconds: [1, 'int'], nanos: [2, 'int'] },
  U: { seconds: [1, 'int'], nanos: [2, 'int'] },
  F: { Raw: [1, 'bytes'] },
  R: { raw: [1, 'bytes'] },
  D: { duration: [1, 'int'] },
};

function fieldType(kind: string): readonly [FieldType, ('repeated' | 'map')?] {
  if (kind.startsWith('r:')) return [fieldType(kind.slice(2))[0], 'repeated'];
  if (kind.startsWith('m:r:')) return [{ items: [1, 'string', 'repeated'] }, 'map'];
  if (kind.startsWith('m:')) return [fieldType(kind.slice(2))[0], 'map'];
  return [scalars[kind] ?? descriptorOf(kind)];
}

function toJson(name: string, message: Message): Fields {
  const json: Fields = {};
  for (const [field, [, kind, omitsEmpty]] of Object.entries(messageFields(name) ?? {})) {
    const value = message[field];
    if (value === undefined || (omitsEmpty === 1 && [0, '', false].includes(value as never))) continue;
    if (field.startsWith('...')) Object.assign(json, toJson(String(kind), value as Message));
    else if (!(kind === 'T' && isZeroTime(value))) json[field] = valueToJson(String(kind), value);
  }
  return json;
}

/** Go sends times that nobody set. */
function isZeroTime(value: unknown): boolean {
  return Number((value as Message)['seconds'] ?? 0) <= 0;
}

function valueToJson(kind: string, value: unknown): unknown {
  if (kind.startsWith('r:')) return list(value).map(item => valueToJson(kind.slice(2), item));
  if (kind.startsWith('m:r:')) return mapValues(value, item => list((item as Message)['items']));
  if (kind.startsWith('m:'))
    return mapValues(value, item => valueToJson(kind.slice(2), item ?? emptyOf(kind.slice(2))));
  const message = value as Message;
  switch (kind) {
    case 's':
    case 'i':
    case 'b':
      return value;
    case 'y':
      return Buffer.from(value as Uint8Array).toString('base64');
    case 'Q':
      return message['string'] ?? '0';
    case 'I':
      return Number(message['type'] ?? 0) === 0 ? (message['intVal'] ?? 0) : (message['strVal'] ?? '');
    case 'T':
      return timestamp(Number(message['seconds']) * 1000);
    case 'U':
      return new Date(Number(message['seconds'] ?? 0) * 1000).toISOString().replace(/\.(\d+)Z$/, '.$1000Z');
    case 'F':
      return JSON.parse(Buffer.from(message['Raw'] as Uint8Array).toString('utf8'));
    case 'R':
      return JSON.parse(Buffer.from((message['raw'] ?? Buffer.from('null')) as Uint8Array).toString('utf8'));
    case 'D':
      return `${Number(message['duration'] ?? 0) / 1e9}s`;
    default:
      return toJson(kind, message);
  }
}

function emptyOf(kind: string): unknown {
  return kind === 'y' ? Buffer.alloc(0) : kind === 's' ? '' : {};
}

function mapValues(value: unknown, of: (item: unknown) => unknown): Fields {
  return Object.fromEntries(Object.entries((value ?? {}) as Fields).map(([key, item]) => [key, of(item)]));
}

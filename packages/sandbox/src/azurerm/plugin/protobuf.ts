/**
 * The part of the Protocol Buffers wire format that Terraform's plugin protocol uses: varints and length-delimited
 * fields, driven by descriptors. Small enough to write, and a library would double the start time of every provider.
 */
export type Message = { readonly [field: string]: unknown };

export type FieldType = 'string' | 'bytes' | 'bool' | 'int' | Descriptor;

/** `[number, type]`, and how often the field occurs when that is not once. A map's keys are strings. */
export type Field = readonly [number: number, type: FieldType, occurs?: 'repeated' | 'map'];

export interface Descriptor {
  readonly [field: string]: Field;
}

const varint = 0;
const delimited = 2;

export function encodeMessage(descriptor: Descriptor, message: Message): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [name, [number, type, occurs]] of Object.entries(descriptor)) {
    const value = message[name];
    if (value === undefined || value === null) continue;
    if (occurs === 'map') {
      const entry: Descriptor = { key: [1, 'string'], value: [2, type] };
      for (const [key, item] of Object.entries(value)) writeField(parts, number, entry, { key, value: item });
    } else if (occurs === 'repeated') {
      for (const item of value as Iterable<unknown>) writeField(parts, number, type, item);
    } else {
      writeField(parts, number, type, value);
    }
  }
  return Buffer.concat(parts);
}

export function decodeMessage(descriptor: Descriptor, bytes: Uint8Array): Message {
  const byNumber = new Map(Object.entries(descriptor).map(([name, field]) => [field[0], { name, field }]));
  const message: { [field: string]: unknown } = {};
  const reader = { bytes, at: 0 };
  while (reader.at < bytes.length) {
    const key = readVarint(reader);
    const known = byNumber.get(Number(key >> 3n));
    const content = readContent(reader, Number(key & 7n));
    if (known === undefined || content === undefined) continue;
    const { name } = known;
    const [, type, occurs] = known.field;
    if (occurs === 'map') {
      const entry = decodeMessage({ key: [1, 'string'], value: [2, type] }, content as Uint8Array);
      message[name] = { ...(message[name] as object | undefined), [String(entry['key'] ?? '')]: entry['value'] };
    } else if (occurs === 'repeated') {
      message[name] = [...((message[name] as unknown[] | undefined) ?? []), interpret(type, content)];
    } else {
      message[name] = interpret(type, content);
    }
  }
  return message;
}

/** Numbers of one byte, of which a schema has tens of thousands. */
const ofOneByte = Array.from({ length: 0x80 }, (_, value) => Uint8Array.of(value));

function writeField(parts: Uint8Array[], number: number, type: FieldType, value: unknown): void {
  if (type === 'bool' || type === 'int') {
    parts.push(writeVarint((number << 3) | varint), writeVarint(Number(value)));
    return;
  }
  const content =
    type === 'string'
      ? Buffer.from(String(value).toWellFormed())
      : type === 'bytes'
        ? (value as Uint8Array)
        : encodeMessage(type, value as Message);
  parts.push(writeVarint((number << 3) | delimited), writeVarint(content.length), content);
}

function writeVarint(value: number): Uint8Array {
  const known = ofOneByte[value];
  if (known !== undefined) return known;
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function readVarint(reader: Reader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) throw new Error('A message ends inside a number.');
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw new Error('A number in a message is longer than 64 bits.');
}

/** A varint as bigint, a delimited field as bytes, undefined for the fixed-width kinds, which the protocol never uses. */
function readContent(reader: Reader, wireType: number): bigint | Uint8Array | undefined {
  if (wireType === varint) return readVarint(reader);
  const length =
    wireType === delimited ? Number(readVarint(reader)) : wireType === 1 ? 8 : wireType === 5 ? 4 : Number.NaN;
  if (!(reader.at + length <= reader.bytes.length)) throw new Error('A message ends inside a field.');
  reader.at += length;
  return wireType === delimited ? reader.bytes.subarray(reader.at - length, reader.at) : undefined;
}

function interpret(type: FieldType, content: bigint | Uint8Array): unknown {
  if (typeof content === 'bigint') return type === 'bool' ? content !== 0n : Number(BigInt.asIntN(64, content));
  if (type === 'string') return Buffer.from(content.buffer, content.byteOffset, content.length).toString('utf8');
  if (type === 'bytes') return content;
  return decodeMessage(type as Descriptor, content);
}

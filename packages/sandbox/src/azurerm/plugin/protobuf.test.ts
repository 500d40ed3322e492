import { describe, expect, test } from '@jest/globals';
import { type Descriptor, decodeMessage, encodeMessage } from './protobuf.ts';

const inner: Descriptor = { name: [1, 'string'], index: [3, 'int'] };
const outer: Descriptor = {
  text: [1, 'string'],
  bytes: [2, 'bytes'],
  flag: [3, 'bool'],
  number: [4, 'int'],
  one: [5, inner],
  many: [6, inner, 'repeated'],
  byName: [17, inner, 'map'],
};

describe('protobuf', () => {
  test('what is written is read', () => {
    const message = {
      text: 'größe',
      bytes: Uint8Array.of(0, 255),
      flag: true,
      number: 300,
      one: { name: '', index: 0 },
      many: [{ name: 'a' }, { index: -1 }],
      byName: { x: { name: 'y' }, z: { index: 2 ** 40 } },
    };
    const read = decodeMessage(outer, encodeMessage(outer, message));
    expect({ ...read, bytes: Uint8Array.from(read['bytes'] as Uint8Array) }).toEqual(message);
  });

  test('agrees with the wire format', () => {
    expect(Buffer.from(encodeMessage(outer, { text: 'testing', number: 150 })).toString('hex')).toBe(
      '0a0774657374696e67209601',
    );
  });

  test('unknown fields are passed over', () => {
    const later: Descriptor = { ...inner, added: [9, 'string'], more: [10, 'int'] };
    expect(decodeMessage(inner, encodeMessage(later, { name: 'a', added: 'b', more: 1 }))).toEqual({ name: 'a' });
  });

  test.each([['0a05'], ['0a'], ['ffffffffffffffffffffff']])('a message cut short (%s) is refused', hex => {
    expect(() => decodeMessage(outer, Buffer.from(hex, 'hex'))).toThrow('message');
  });
});

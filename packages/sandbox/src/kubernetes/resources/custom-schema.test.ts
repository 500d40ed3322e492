import { describe, expect, test } from '@jest/globals';
import { customSchema } from './custom-schema.ts';

const schema = customSchema(
  {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        required: ['size'],
        properties: {
          size: { type: 'integer', minimum: 1, maximum: 3 },
          name: { type: 'string', minLength: 2, maxLength: 4, pattern: '^[a-z]+$' },
          colour: { enum: ['red', 'blue'], type: 'string', default: 'red' },
          port: { 'x-kubernetes-int-or-string': true },
          gone: { type: 'string', nullable: true },
          items: { type: 'array', items: { type: 'object', properties: { on: { type: 'boolean', default: true } } } },
          map: { type: 'object', additionalProperties: { type: 'object', properties: { n: { type: 'number' } } } },
          free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    },
  },
  false,
);

const object = (spec: object) => ({ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' }, spec });

describe('the schema of a custom resource', () => {
  test.each<[string, object, object]>([
    ['fills in defaults', { size: 1 }, { size: 1, colour: 'red' }],
    [
      'also in items',
      { size: 1, items: [{}, { on: false }] },
      { size: 1, colour: 'red', items: [{ on: true }, { on: false }] },
    ],
    [
      'drops what it does not know',
      { size: 1, other: 1, items: [{ off: 1 }] },
      { size: 1, colour: 'red', items: [{ on: true }] },
    ],
    [
      'keeps what is free',
      { size: 1, free: { any: { thing: 1 } }, map: { k: { n: 1, m: 2 } } },
      { size: 1, colour: 'red', free: { any: { thing: 1 } }, map: { k: { n: 1 } } },
    ],
  ])('%s', (_name, sent, stored) => {
    expect(schema.complete(object(sent))).toEqual(object(stored));
  });

  test.each<[string, object, readonly string[]]>([
    ['nothing wrong', { size: 2, name: 'abc', port: '80', gone: null, map: { k: { n: 1.5 } } }, []],
    ['a field that is missing', {}, ['spec.size: Required value']],
    ['too small', { size: 0 }, ['spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1']],
    ['too big', { size: 4 }, ['spec.size: Invalid value: 4: spec.size in body should be less than or equal to 3']],
    ['no choice', { size: 1, colour: 'x' }, ['spec.colour: Unsupported value: "x": supported values: "red", "blue"']],
    [
      'too short',
      { size: 1, name: 'a' },
      ['spec.name: Invalid value: "a": spec.name in body should be at least 2 chars long'],
    ],
    [
      'too long',
      { size: 1, name: 'abcde' },
      ['spec.name: Invalid value: "abcde": spec.name in body should be at most 4 chars long'],
    ],
    [
      'another form',
      { size: 1, name: 'A1' },
      ['spec.name: Invalid value: "A1": spec.name in body should match \'^[a-z]+$\''],
    ],
    [
      'another type in an item',
      { size: 1, items: [{ on: 'yes' }] },
      ['spec.items[0].on: Invalid value: "string": spec.items[0].on in body must be of type boolean: "string"'],
    ],
    [
      'another type in a map',
      { size: 1, map: { k: [] } },
      ['spec.map.k: Invalid value: "array": spec.map.k in body must be of type object: "array"'],
    ],
    [
      'neither number nor text',
      { size: 1, port: true },
      ['spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"'],
    ],
  ])('%s', (_name, spec, causes) => {
    expect(schema.validate(object(spec)).map(({ field, message }) => `${field}: ${message}`)).toEqual(causes);
  });

  test('tells of fields that it does not know', () => {
    expect(schema.unknownFields(object({ size: 1, other: 1, items: [{ off: 1 }] }))).toEqual([
      'spec.other',
      'spec.items[0].off',
    ]);
  });

  test.each([
    ['no schema', customSchema({}, false)],
    ['one that keeps everything', customSchema({ type: 'object', properties: { spec: { type: 'object' } } }, true)],
  ])('%s lets everything be', (_name, lax) => {
    const any = object({ any: 'thing' });
    expect(lax.complete(any)).toEqual(any);
    expect(lax.unknownFields(any)).toEqual([]);
  });
});

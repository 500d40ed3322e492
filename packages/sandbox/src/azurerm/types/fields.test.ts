import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ResourceSchema } from '../schema/schema.ts';
import { type ObjectValue, unknown } from '../schema/values.ts';
import {
  block,
  blocks,
  checkTable,
  computed,
  count,
  type Fields,
  flag,
  items,
  kept,
  list,
  map,
  readFields,
  reference,
  references,
  refuseOthers,
  text,
  word,
  writeFields,
} from './fields.ts';

fc.configureGlobal({ seed: 1 });

const rule: Fields = { name: text('name'), ports: list('properties.ports'), deny: flag('properties.deny') };
const table: Fields = {
  size: text('properties.size', { absent: 'Small' }),
  mode: word('properties.mode', [['Prevention', 'prevent']]),
  open: flag('properties.access', { words: ['Enabled', 'Disabled'], absent: true }),
  local: flag('properties.disableLocal', { inverted: true, absent: true }),
  days: count('properties.retention.days', { absent: 7 }),
  weeks: count('properties.retention.weeks', { positive: true }),
  hours: count('properties.retention.hours', { none: -1 }),
  storage_mb: count('properties.storageGB', { unit: 1024 }),
  zones: list('zones'),
  ranges: list('properties.acls.ranges', { sendEmpty: true }),
  tags: map('tags'),
  subnet_id: reference('properties.subnet'),
  address_ids: references('properties.addresses'),
  records: items('properties.records', 'ipv4Address', { constant: { kind: 'A' }, sendEmpty: true }),
  retention: block('properties.keep', { days: count('days') }, { constant: { enabled: true } }),
  acls: block('properties.rules', { rule: blocks('rules', rule), action: text('default') }),
  link: blocks('properties.links', { id: reference('target') }, { constant: { manual: false } }),
};

const word1 = fc.stringMatching(/^[a-z]{1,8}$/);
const texts = fc.uniqueArray(word1, { maxLength: 3 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof(
    fc.constant([]),
    arbitrary.map(item => [item]),
  );
const planned = fc.record({
  size: word1,
  mode: fc.constantFrom('Prevention', 'Detection', 'prevent2'),
  open: fc.boolean(),
  local: fc.boolean(),
  days: fc.nat(),
  weeks: fc.nat(),
  hours: fc.integer({ min: -1, max: 5 }),
  storage_mb: fc.nat({ max: 64 }).map(gigabytes => gigabytes * 1024),
  zones: texts,
  ranges: texts,
  tags: fc.dictionary(word1, fc.string()),
  subnet_id: fc.oneof(word1, fc.constant('')),
  address_ids: texts,
  records: texts,
  retention: optional(fc.record({ days: fc.nat() })),
  acls: optional(
    fc.record({
      rule: fc.array(fc.record({ name: word1, ports: texts, deny: fc.boolean() }), { maxLength: 3 }),
      action: word1,
    }),
  ),
  link: fc.array(fc.record({ id: word1 }), { maxLength: 2 }),
}) as fc.Arbitrary<ObjectValue>;

describe('a table of fields', () => {
  test('reads back what it wrote, also over a body that says something else', () => {
    fc.assert(
      fc.property(planned, planned, (before, after) => {
        const first = writeFields(table, before, { properties: {} });
        expect(readFields(table, first)).toEqual(before);
        expect(readFields(table, writeFields(table, after, first))).toEqual(after);
        expect(writeFields(table, after, first)).toEqual(writeFields(table, after, { properties: {} }));
      }),
    );
  });

  test('keeps of the body what it does not speak of, and does not change the body it was given', () => {
    const existing = { properties: { guid: 'g', keep: { enabled: true, days: 3, extra: 1 }, acls: { bypass: 'x' } } };
    const written = writeFields(table, { size: 'Large', ranges: [], retention: [{ days: 9 }] }, existing);
    expect(written).toMatchObject({
      properties: { guid: 'g', size: 'Large', keep: { enabled: true, days: 9, extra: 1 }, acls: { bypass: 'x' } },
    });
    expect(existing.properties.keep.days).toBe(3);
  });

  test('leaves alone what is not known, and takes out what is not given', () => {
    const existing = { properties: { size: 'Large', subnet: { id: '/s' } }, zones: ['1'] };
    const written = writeFields({ ...table }, { size: unknown, subnet_id: null, zones: [] }, existing);
    expect(written).toMatchObject({ properties: { size: 'Large' } });
    expect(written).not.toHaveProperty('zones');
    expect(written).not.toHaveProperty('properties.subnet');
  });

  test('reads what Azure leaves out as Azure means it', () => {
    expect(readFields(table, {})).toMatchObject({ size: 'Small', open: true, local: true, days: 7, retention: [] });
    const off = { properties: { keep: { enabled: false, days: 3 }, access: 'enabled' } };
    expect(readFields(table, off)).toMatchObject({ retention: [], open: true });
  });

  test('a computed field is only read, a kept one only written', () => {
    const both: Fields = { fqdn: computed(text('fqdn')), password: kept(text('password')) };
    expect(writeFields(both, { fqdn: 'mine', password: 'secret' }, {})).toEqual({ password: 'secret' });
    expect(readFields(both, { fqdn: 'azures', password: 'secret' })).toEqual({ fqdn: 'azures' });
  });
});

describe('what no table speaks of', () => {
  const schema: ResourceSchema = {
    version: 0,
    forceNew: [],
    defaults: { on: true },
    block: {
      attributes: {
        name: { type: 'string', required: true },
        size: { type: 'string', optional: true },
        on: { type: 'bool', optional: true },
        other: { type: 'bool', optional: true },
      },
      block_types: {
        retention: {
          nesting_mode: 'list',
          block: {
            attributes: { days: { type: 'number', optional: true }, hours: { type: 'number', optional: true } },
          },
        },
      },
    },
  };
  const fields: Fields = { size: text('size'), retention: block('keep', { days: count('days') }) };
  const refusals = (config: ObjectValue) =>
    refuseOthers('azurerm_x', schema, fields, ['name'], config).map(({ path, summary }) => [path.join('.'), summary]);

  test.each<readonly [string, ObjectValue]>([
    ['known arguments', { name: 'n', size: 's', retention: [{ days: 1, hours: null }] }],
    ['the default of another one', { name: 'n', on: true, other: false, retention: [{ days: 1, hours: 0 }] }],
  ])('%s pass', (_name, config) => {
    expect(refusals(config)).toEqual([]);
  });

  test('anything else is refused by name', () => {
    expect(refusals({ name: 'n', on: false, other: true, retention: [{ days: 1, hours: 2 }] })).toEqual([
      ['on', 'The sandbox does not play `on` of azurerm_x'],
      ['other', 'The sandbox does not play `other` of azurerm_x'],
      ['retention.0.hours', 'The sandbox does not play `retention.hours` of azurerm_x'],
    ]);
  });

  test('a table cannot have what azurerm has not', () => {
    expect(() => checkTable('azurerm_x', schema.block, fields)).not.toThrow();
    expect(() => checkTable('azurerm_x', schema.block, { sise: text('size') })).toThrow('azurerm_x has `sise`');
    expect(() => checkTable('azurerm_x', schema.block, { retention: block('keep', { day: count('day') }) })).toThrow(
      'azurerm_x.retention has `day`',
    );
  });
});

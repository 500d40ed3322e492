import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Fields, KubeObject } from '../objects.ts';
import { KubeError } from '../status.ts';
import { applyConfiguration, trackUpdate, type WriteContext } from './apply.ts';
import { fromFieldsV1, pathInWords, toFieldsV1 } from './field-set.ts';
import { isSameObject, startingEntries } from './managed-fields.ts';
import { customMergeType, mergeTypeOf } from './merge-type.ts';
import { fieldSetOf } from './walk.ts';

fc.configureGlobal({ seed: 1 });

/** What the real API server says to the usual cases is recorded: recorded-answers.test.ts. Here are the corners. */
const type = customMergeType({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        a: { type: 'string' },
        b: { type: 'string' },
        whole: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { x: { type: 'string' } } },
        list: { type: 'array', items: { type: 'string' } },
        tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        parts: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port', 'protocol'],
          items: {
            type: 'object',
            properties: {
              port: { type: 'integer' },
              protocol: { type: 'string', default: 'TCP' },
              name: { type: 'string' },
            },
          },
        },
        map: { type: 'object', additionalProperties: { type: 'object', properties: { n: { type: 'integer' } } } },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
});

const object = (spec: Fields, metadata: Fields = {}): KubeObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Thing',
  metadata: { name: 'a', ...metadata },
  spec,
});
const context = (manager: string, operation: 'Apply' | 'Update' = 'Apply'): WriteContext => ({
  type,
  zero: {},
  writer: { manager, operation, apiVersion: 'example.com/v1', subresource: '' },
  time: '2026-11-23T05:00:00Z',
  scope: { mode: 'drop', names: ['status'] },
});
const apply = (live: KubeObject | undefined, spec: Fields, manager = 'one', force = false) =>
  applyConfiguration(live, object(spec), { ...context(manager), force });
const ownedBy = (one: KubeObject, manager: string) =>
  (one.metadata.managedFields ?? []).find(entry => entry['manager'] === manager)?.['fieldsV1'];
const conflictsOf = (run: () => unknown): readonly (string | undefined)[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof KubeError) return error.details?.causes?.map(({ field }) => field) ?? [];
    throw error;
  }
  return [];
};

describe('server-side apply', () => {
  test.each<[string, Fields, Fields, readonly string[]]>([
    ['the same value', { a: '1' }, { a: '1' }, []],
    ['another value', { a: '1' }, { a: '2' }, ['.spec.a']],
    ['another field', { a: '1' }, { b: '2' }, []],
    ['a list that is replaced whole', { list: ['x'] }, { list: ['x', 'y'] }, ['.spec.list']],
    ['an object that is replaced whole', { whole: { x: '1' } }, { whole: { x: '2' } }, ['.spec.whole']],
    ['another item of a set', { tags: ['x'] }, { tags: ['y'] }, []],
    ['another item of a list with keys', { parts: [{ port: 1 }] }, { parts: [{ port: 2 }] }, []],
    [
      'an item whose key is left to its default',
      { parts: [{ port: 1, name: 'a' }] },
      { parts: [{ port: 1, protocol: 'TCP', name: 'b' }] },
      ['.spec.parts[port=1,protocol="TCP"].name'],
    ],
    ['a key of a map', { map: { x: { n: 1 } } }, { map: { x: { n: 2 }, y: { n: 1 } } }, ['.spec.map.x.n']],
    ['a field that no schema knows', { free: { deep: { x: 1 } } }, { free: { deep: { x: 2 } } }, ['.spec.free.deep.x']],
  ])('%s', (_name, first, second, conflicts) => {
    const live = apply(undefined, first);
    expect(conflictsOf(() => apply(live, second, 'two'))).toEqual(conflicts);
    const forced = apply(live, second, 'two', true);
    expect(conflictsOf(() => apply(forced, first))).toEqual(conflicts);
    expect(conflictsOf(() => apply(forced, second, 'two'))).toEqual([]);
  });

  test.each<[string, Fields, Fields, Fields, Fields]>([
    ['what nobody else wants goes', { a: '1', b: '1' }, {}, { b: '1' }, { b: '1' }],
    ['what another one wants stays', { a: '1', b: '1' }, { a: '1' }, { b: '1' }, { a: '1', b: '1' }],
    ['items of a set', { tags: ['x', 'y'] }, { tags: ['z'] }, { tags: ['y'] }, { tags: ['y', 'z'] }],
    [
      'items of a list with keys',
      { parts: [{ port: 1 }, { port: 2 }] },
      { parts: [{ port: 3 }] },
      { parts: [{ port: 2 }] },
      { parts: [{ port: 2 }, { port: 3 }] },
    ],
    [
      'keys of a map',
      { map: { x: { n: 1 }, y: { n: 1 } } },
      { map: { z: { n: 1 } } },
      { map: { x: { n: 1 } } },
      { map: { x: { n: 1 }, z: { n: 1 } } },
    ],
    ['an object that others added to', { free: { mine: 1 } }, { free: { theirs: 2 } }, {}, { free: { theirs: 2 } }],
  ])('dropped fields: %s', (_name, first, others, next, result) => {
    const shared = apply(apply(undefined, first), others, 'two');
    expect(apply(shared, next)['spec']).toEqual(result);
  });

  test('items that are applied keep their order, those of others their places', () => {
    const live = apply(undefined, { tags: ['a', 'b', 'c'] });
    expect(apply(live, { tags: ['z', 'c', 'y', 'a'] }, 'two')['spec']).toEqual({ tags: ['b', 'z', 'c', 'y', 'a'] });
  });

  test('fields of the server, and of the status, belong to nobody who applies', () => {
    const applied = applyConfiguration(
      undefined,
      { ...object({ a: '1' }, { labels: { x: 'y' }, namespace: 'n' }), status: { done: true } },
      { ...context('one'), force: false },
    );
    expect(ownedBy(applied, 'one')).toEqual({ 'f:metadata': { 'f:labels': { 'f:x': {} } }, 'f:spec': { 'f:a': {} } });
    expect(applied['status']).toBeUndefined();
  });

  test('applying again changes nothing, not even times', () => {
    const live = apply(undefined, { a: '1', parts: [{ port: 1 }] });
    const again = applyConfiguration(live, object({ a: '1', parts: [{ port: 1 }] }), {
      ...context('one'),
      time: '2027-01-01T00:00:00Z',
      force: false,
    });
    expect(again).toEqual(live);
  });

  const specs = fc.record(
    {
      a: fc.constantFrom('1', '2'),
      list: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
      tags: fc.uniqueArray(fc.constantFrom('x', 'y', 'z')),
      parts: fc.uniqueArray(fc.record({ port: fc.integer({ min: 1, max: 3 }), name: fc.constantFrom('p', 'q') }), {
        selector: ({ port }) => port,
      }),
      map: fc.dictionary(fc.constantFrom('k', 'l'), fc.record({ n: fc.integer({ min: 1, max: 2 }) })),
    },
    { requiredKeys: [] },
  );

  test('who applies by force gets every value, and then nobody conflicts with him', () => {
    fc.assert(
      fc.property(specs, specs, specs, (first, second, third) => {
        const live = apply(apply(apply(undefined, first), second, 'two', true), third, 'one', true);
        expect(conflictsOf(() => apply(live, third))).toEqual([]);
        const settled = apply(live, third);
        expect(isSameObject(apply(settled, third), settled)).toBe(true);
        expect(settled['spec']).toMatchObject(
          Object.fromEntries(Object.entries(third).filter(([key]) => key === 'a' || key === 'list')),
        );
      }),
    );
  });

  test('sets survive being written and read', () => {
    fc.assert(
      fc.property(specs, spec => {
        const fields = toFieldsV1({ ...fieldSetOf(object(spec), type), member: false });
        expect(toFieldsV1(fromFieldsV1(fields))).toEqual(fields);
      }),
    );
  });
});

describe('plain writes', () => {
  const update = (live: KubeObject | undefined, next: KubeObject, manager: string) =>
    trackUpdate(live, next, context(manager, 'Update'));

  test('take fields from those who had them, and give back what they remove', () => {
    const live = apply(undefined, { a: '1', tags: ['x', 'y'] });
    const next = update(live, { ...live, spec: { a: '2', tags: ['y'] } }, 'two');
    expect(ownedBy(next, 'two')).toEqual({ 'f:spec': { 'f:a': {} } });
    expect(ownedBy(next, 'one')).toEqual({ 'f:spec': { 'f:tags': { 'v:"y"': {} } } });
  });

  test('that change nothing leave no trace', () => {
    const live = apply(undefined, { a: '1' });
    expect(update(live, live, 'two').metadata.managedFields).toEqual(live.metadata.managedFields);
  });

  const entry = {
    manager: 'x',
    operation: 'Apply',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:data': {} },
  };
  test.each<[string, unknown, number]>([
    ['none sent: what is stored counts', undefined, 1],
    ['an empty list forgets them', [], 0],
    ['a list of nothing forgets them', [{}], 0],
    ['others take their place', [entry, { ...entry, manager: 'y' }], 2],
  ])('managed fields of a request: %s', (_name, sent, count) => {
    expect(startingEntries([entry], sent)).toHaveLength(count);
  });
});

test.each([
  ['spec.template.spec.containers[0].img', '.spec.template.spec.containers[name="web"].img'],
  ['spec.template.spec.containers[0].args[1]', '.spec.template.spec.containers[name="web"].args[1]'],
  ['metadata.lables', '.metadata.lables'],
])('%s in words', (path, words) => {
  const deployment = { spec: { template: { spec: { containers: [{ name: 'web', args: ['a', 'b'] }] } } } };
  expect(pathInWords(path, deployment, mergeTypeOf('apps.v1.Deployment'))).toBe(words);
});

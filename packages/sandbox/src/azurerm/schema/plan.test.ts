import { describe, expect, test } from '@jest/globals';
import { planChange } from './plan.ts';
import type { ResourceSchema } from './schema.ts';
import { type ObjectValue, unknown } from './values.ts';

const schema: ResourceSchema = {
  version: 0,
  forceNew: ['name', 'single.fixed'],
  defaults: { mode: 'User' },
  computedBlocks: ['filled'],
  caseless: ['role'],
  block: {
    attributes: {
      id: { type: 'string', optional: true, computed: true },
      name: { type: 'string', required: true },
      location: { type: 'string', optional: true },
      mode: { type: 'string', optional: true },
      role: { type: 'string', optional: true },
      size: { type: 'number', optional: true, computed: true },
      secret: { type: 'string', optional: true, write_only: true },
      zones: { type: ['set', 'string'], optional: true },
      tags: { type: ['map', 'string'], optional: true },
    },
    block_types: {
      single: {
        nesting_mode: 'list',
        max_items: 1,
        block: {
          attributes: {
            fixed: { type: 'string', optional: true },
            made: { type: 'string', computed: true },
            list: { type: ['list', 'string'], computed: true },
          },
        },
      },
      filled: { nesting_mode: 'list', block: { attributes: { value: { type: 'string', optional: true } } } },
    },
  },
};

const nothing: ObjectValue = {
  id: null,
  name: 'a',
  location: null,
  mode: null,
  role: null,
  size: null,
  secret: null,
  zones: null,
  tags: null,
  single: [],
  filled: [],
};
const prior: ObjectValue = {
  ...nothing,
  id: '/a',
  location: 'westeurope',
  mode: 'User',
  role: 'Reader',
  size: 3,
  zones: ['1', '2'],
  tags: { a: '1' },
  single: [{ fixed: 'x', made: 'm', list: ['l'] }],
  filled: [{ value: 'v' }],
};
const config: ObjectValue = {
  ...nothing,
  location: 'West Europe',
  role: 'reader',
  zones: ['2', '1'],
  tags: { a: '1' },
  single: [{ fixed: 'x', made: null, list: null }],
};

describe('planning', () => {
  test('a new resource: defaults, what Azure will say, no write-only value', () => {
    const { planned, requiresReplace } = planChange(schema, null, { ...config, secret: 's' });
    expect(planned).toEqual({
      ...config,
      id: unknown,
      location: 'westeurope',
      mode: 'User',
      size: unknown,
      secret: null,
      single: [{ fixed: 'x', made: unknown, list: unknown }],
      filled: unknown,
    });
    expect(requiresReplace).toEqual([]);
  });

  test('the same in other words is no change', () => {
    expect(planChange(schema, prior, config)).toEqual({ planned: prior, requiresReplace: [] });
  });

  test.each<readonly [string, Partial<ObjectValue>, Partial<ObjectValue>, readonly unknown[]]>([
    ['a name', { name: 'b' }, { name: 'b' }, [['name']]],
    ['an unknown name', { name: unknown }, { name: unknown }, [['name']]],
    ['collections taken away', { zones: null, tags: null }, { zones: [], tags: {} }, []],
    ['one unknown tag', { tags: { a: '1', b: unknown } }, { tags: unknown }, []],
    ['a role', { role: 'Owner' }, { role: 'Owner' }, []],
    ['a size of its own', { size: 4 }, { size: 4 }, []],
    ['a block taken away', { single: [] }, { single: [] }, [['single', 0, 'fixed']]],
  ])('%s', (_name, edit, expected, paths) => {
    expect(planChange(schema, prior, { ...config, ...edit } as ObjectValue)).toEqual({
      planned: { ...prior, ...expected },
      requiresReplace: paths,
    });
  });

  test('a block that is new to an existing resource announces collections only', () => {
    const { planned, requiresReplace } = planChange(schema, { ...prior, single: [] }, config);
    expect(planned['single']).toEqual([{ fixed: 'x', made: null, list: unknown }]);
    expect(requiresReplace).toEqual([['single', 0, 'fixed']]);
  });

  test('zero and empty values that were read count as not set', () => {
    const read = { ...prior, zones: [], role: '', tags: {} };
    const { planned } = planChange(schema, read, { ...config, zones: null, role: null, tags: null });
    expect(planned).toEqual(read);
  });
});
